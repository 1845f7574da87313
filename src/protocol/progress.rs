//! How far reading is, what it costs, and what people are told of it.

use crate::formats::tabular::reading::Reading;
use crate::view::spec::TableRef;
use serde::{Deserialize, Serialize};

/// How far a column is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The column's name.
    pub column: String,
    /// Where it stands.
    pub state: LoadState,
    /// Bytes read of it.
    pub bytes: u64,
    /// Bytes of it in all.
    pub bytes_total: u64,
    /// Rows read, from the first one.
    pub rows: u64,
}

/// Where the reading of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoadState {
    /// Nobody asked for it, or it was stopped.
    Idle,
    /// Being read.
    Loading,
    /// Read whole.
    Loaded,
    /// Failed; the notice says why.
    Failed,
}

/// What has been read since the table was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// Body bytes that came.
    pub bytes: u64,
    /// Requests made.
    pub requests: u32,
    /// Body bytes that came for images.
    pub image_bytes: u64,
    /// Requests made for images.
    pub image_requests: u32,
    /// Body bytes that came of an index of the table's texts.
    pub index_bytes: u64,
    /// Whether searches are answered by such an index.
    pub indexed: bool,
    /// Bytes that did not have to come, because they were kept of an earlier visit.
    pub kept_bytes: u64,
    /// Requests under way.
    pub in_flight: u32,
    /// Bytes a second over the last seconds; 0 when idle.
    pub bytes_per_second: f64,
    /// Whether the last attempt of anything failed and will be tried again.
    pub waiting: bool,
    /// Memory that the data thread has taken.
    pub memory_bytes: u64,
}

/// Something went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it is about; a newer notice about the same replaces the older one.
    pub subject: String,
    /// How bad it is.
    pub level: Level,
    /// What happened, in a few words.
    pub title: String,
    /// Where, what still works, what to do.
    pub text: String,
    /// What the user can do about it here; at most two.
    pub actions: Vec<Action>,
    /// Milliseconds until the next try, where one will be made.
    pub retry_in_millis: Option<u32>,
}

/// How bad a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something waits or was left out.
    Warning,
    /// Something failed.
    Error,
    /// The table can't be shown at all.
    Fatal,
}

/// What a notice offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// [`Request::Retry`].
    Retry,
    /// Open the table again.
    Reload,
    /// Go to the start page.
    ChooseAnother,
    /// Open another table.
    OpenTable(TableRef),
    /// Open the table again, read like this.
    ReadAs(Reading),
    /// [`ShellRequest::SignIn`], with a token that the user has.
    SignIn(Gate),
}

/// A repository that is not open to everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// The Hub's origin.
    pub endpoint: String,
    /// `owner/name`.
    pub repository: String,
    /// The address of the repository's page, where its terms are.
    pub page: String,
}
