//! What happens to the engine, and what it wants done.

use super::beside::{News, Task as BesideTask};
use super::browse::Listing;
use super::data::Kept;
use super::output::export::task::{Failure, Task};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, Result};
use crate::base::ids::{DecodeId, FetchId, SourceId};
use crate::formats::hub::answer::Identity;
use crate::formats::tabular::reading::Reading;
use crate::formats::tabular::task::{Report, Task as ImportTask};
use crate::protocol::{Request, Response};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "it is moved once, from the shell into the step")]
pub enum Event {
    /// The page asks.
    Request(Request),
    /// The page hands over files of the user's disk, which [`Effect::Fetch`] then means: the n-th is
    /// [`SourceId::part`] of n.
    LocalFiles {
        /// What they are called together.
        name: String,
        /// Name and size of each.
        files: Vec<(String, u64)>,
        /// As in [`Open`](crate::protocol::Open).
        roles: Vec<(String, Option<String>)>,
        /// As in [`Open`](crate::protocol::Open).
        reading: Reading,
    },
    /// The answer to a fetch has begun; its body follows.
    Began {
        /// Which fetch.
        id: FetchId,
        /// Which bytes of the file the body will hold: those asked for, cut at the file's end, or
        /// the whole file.
        range: ByteRange,
        /// What the file is.
        identity: Identity,
    },
    /// The same, of bytes that were kept on this device from an earlier visit. They come in parts: each
    /// begins anew.
    Kept {
        /// Which fetch.
        id: FetchId,
        /// Which bytes of the file follow.
        range: ByteRange,
        /// What the file is.
        identity: Identity,
    },
    /// What is kept of a file is used although the server could not be asked whether it has changed.
    Unchecked {
        /// Which fetch.
        id: FetchId,
        /// Why it could not be asked.
        error: Error,
    },
    /// Nothing more is kept on this device.
    NotKept {
        /// Why.
        error: Error,
    },
    /// A fetch was for bytes beyond the end of the file.
    BeyondEnd {
        /// Which fetch.
        id: FetchId,
        /// The file's size, where the server tells.
        file_bytes: Option<u64>,
    },
    /// The next bytes of a body.
    Bytes {
        /// Which fetch.
        id: FetchId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// All bytes of a body have come.
    Done {
        /// Which fetch.
        id: FetchId,
    },
    /// A fetch failed for good.
    Failed {
        /// Which fetch.
        id: FetchId,
        /// Why.
        error: Error,
    },
    /// A fetch failed and will be tried again.
    Waiting {
        /// Which fetch.
        id: FetchId,
        /// Why.
        error: Error,
        /// When it will be tried again.
        retry_in_millis: u32,
    },
    /// An image was decoded.
    Decoded {
        /// Which one.
        id: DecodeId,
        /// The smaller image that was asked for, with its media type; none where the image itself
        /// is to be shown. An error where it can't be decoded.
        smaller: Result<Option<(Vec<u8>, String)>>,
    },
    /// A piece of an export is where it belongs.
    Written {
        /// Which export.
        export: u32,
    },
    /// An export can't be written any further.
    WriteFailed {
        /// Which export.
        export: u32,
        /// Why, in a sentence.
        message: String,
    },
    /// A task of [`Effect::Encode`] is done: bytes of the file, or why it can't be written.
    Encoded {
        /// Which export.
        export: u32,
        /// What came of it.
        outcome: std::result::Result<Vec<u8>, Failure>,
    },
    /// A task of [`Effect::Import`] is done.
    Imported {
        /// Which file.
        import: u32,
        /// What came of it.
        outcome: Result<Imported>,
    },
    /// The lengths of files came, or could not be had.
    Sizes {
        /// Which question this answers.
        id: FetchId,
        /// Files by their paths, with their lengths; none if nothing could be had.
        sizes: Option<Vec<(String, u64)>>,
    },
    /// What [`Effect::FetchMeasures`] asks for is here, with the vocabulary where that was asked for; or it can't
    /// be had.
    Measures {
        /// What came of it.
        outcome: Result<Option<Vec<u8>>>,
    },
    /// What [`Effect::FetchCodecs`] asks for is here; or it can't be had.
    Codecs {
        /// An error where it can't.
        outcome: Result<()>,
    },
    /// What [`Effect::FetchVariants`] asks for is here; or it can't be had.
    Variants {
        /// What came of it.
        outcome: Result<()>,
    },
    /// What [`Effect::ReadLabels`] asks for; an error where nothing can be kept.
    LabelsRead {
        /// Of which table.
        table: String,
        /// What is kept.
        outcome: Result<Kept>,
    },
    /// Something is told of the table beside the open one.
    Beside {
        /// Which one.
        join: u32,
        /// What is told.
        news: News,
    },
    /// Labels can't be kept on this device.
    LabelsNotKept,
    /// There was more to be done than one step takes.
    Continue,
    /// The time of [`Effect::Wake`] has come.
    Woken,
    /// A page of a listing came, or could not be had.
    Listing {
        /// Which one.
        id: FetchId,
        /// The page.
        answer: Result<Listing>,
    },
}

/// What came of a task of [`Effect::Import`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The bytes were taken.
    Taken,
    /// [`SourceId::TABLE`] is a file of the first rows now, of so many bytes; none where there are no rows yet.
    Preview(Option<u64>),
    /// So many bytes were read the second time.
    Step(u64),
    /// [`SourceId::TABLE`] is a file of all rows now.
    Whole {
        /// Its size.
        file_bytes: u64,
        /// What came of reading the file.
        report: Report,
    },
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "it is moved once, from the step into the shell")]
pub enum Effect {
    /// From now on fetches of this source mean the file at this address. A new table takes all other
    /// sources with it, and fetches of them that are under way are aborted.
    Source {
        /// Which source.
        source: SourceId,
        /// Its address.
        url: String,
    },
    /// A source will not be read again.
    Forget {
        /// Which source.
        source: SourceId,
    },
    /// Read a range of a file.
    Fetch {
        /// What its answer is called.
        id: FetchId,
        /// Of which file.
        source: SourceId,
        /// Which bytes.
        range: ByteRange,
    },
    /// Read what is cached of a range on this device; nothing is asked of a server. It fails where a part is
    /// missing, once what is cached has come.
    ReadCached {
        /// What its answer is called.
        id: FetchId,
        /// Of which file.
        source: SourceId,
        /// Which bytes.
        range: ByteRange,
    },
    /// Read a small file whole, if it is there.
    Get {
        /// What its answer is called.
        id: FetchId,
        /// Its address.
        url: String,
        /// More than this is not read.
        most_bytes: u64,
    },
    /// Ask the Hub for the lengths of files, by posting a form.
    Sizes {
        /// What its answer is called.
        id: FetchId,
        /// Where to.
        url: String,
        /// The files: their paths, and the addresses under which something of them may be kept.
        files: Vec<(String, String)>,
    },
    /// Decode an image: to find out whether that is possible, and into a smaller one.
    Decode {
        /// What its answer is called.
        id: DecodeId,
        /// The image file.
        bytes: Vec<u8>,
        /// Its media type.
        mime: String,
        /// The size of the smaller one, if one is asked for.
        size_px: Option<(u32, u32)>,
    },
    /// Stop a fetch; it is not heard of again.
    Abort {
        /// Which one.
        id: FetchId,
    },
    /// Give a task to the encoder of an export, which begins with the first one.
    Encode {
        /// Which export.
        export: u32,
        /// The task.
        task: Task,
    },
    /// Give a task to what makes Parquet of other files. With the first one of a file, what was
    /// [`SourceId::TABLE`] is [`SourceId::ORIGINAL`].
    Import {
        /// Which file.
        import: u32,
        /// The task.
        task: ImportTask,
    },
    /// Drop what was made of a file.
    DropImport {
        /// Which file.
        import: u32,
    },
    /// Add bytes to the file of an export.
    Write {
        /// Which export.
        export: u32,
        /// The bytes.
        bytes: Vec<u8>,
        /// Whether they are the last ones.
        last: bool,
    },
    /// The file of an export will not be completed: drop it, and its encoder.
    DropFile {
        /// Which export.
        export: u32,
    },
    /// Fetch what measures texts.
    FetchMeasures {
        /// Whether the vocabulary of CLIP is needed, too.
        vocabulary: bool,
    },
    /// Fetch what decompresses codecs that few files use.
    FetchCodecs,
    /// Fetch what reads values of the type VARIANT.
    FetchVariants,
    /// Read what is kept of the labels of a table.
    ReadLabels {
        /// What the table is called there.
        table: String,
    },
    /// Keep labels of a table.
    KeepLabels {
        /// What the table is called there.
        table: String,
        /// What is written, or removed.
        records: Kept,
    },
    /// Something is asked of the table beside the open one: it is carried out by a [`Beside`](super::Beside), whose
    /// effects are apart from these.
    Beside {
        /// Which one.
        join: u32,
        /// What is asked.
        task: BesideTask,
    },
    /// Try at once what waits to be tried again.
    RetryNow,
    /// There is more to be done: step on, after what has come meanwhile.
    Continue,
    /// Something waits to be told: wake the engine after this time.
    Wake {
        /// The time.
        in_millis: u32,
    },
    /// Get a page of a listing.
    List {
        /// What its answer is called.
        id: FetchId,
        /// The address.
        url: String,
    },
    /// Tell the page.
    Respond(Response),
}
