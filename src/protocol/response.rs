//! What the data thread answers.

use super::{
    Chart, Count, Cube, Detail, Notice, Opened, Phrases, Progress, Prompts, QueryState, Rows, Traffic,
    browse, compare, describe, export, figure, group_by, images, join, labels, like, membership, outcome,
    pairs, plot, script, suggest,
};
use serde::{Deserialize, Serialize};

/// What the worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response<S = LazyResponse> {
    /// The footer is read: this is what is in the file.
    Opened(Opened),
    /// More files of the table are open than before, or columns were added.
    Grown(Opened),
    /// A column's chart for the present filters.
    Chart(Chart),
    /// How many rows match.
    Count(Count),
    /// What became of the query.
    Query(QueryState),
    /// Rows of the table.
    Rows(Rows),
    /// All that a drag on one chart needs.
    Cube(Cube),
    /// What came of a wanted image.
    Image(images::Image),
    /// How far a column is read.
    Progress(Progress),
    /// What has been read in all.
    Traffic(Traffic),
    /// Something went wrong, and what still works.
    Notice(Notice),
    /// The trouble with this subject is over.
    Settled {
        /// [`Notice::subject`].
        subject: String,
    },
    /// Labels or notes are others than before: a step of this number was taken.
    Labelled(u32),
    /// What only lazily loaded views ask for: the page can leave it unread until their code is
    /// there, which alone can read it.
    Lazy(S),
}

/// Decoded only by lazily loaded modules of the page: see [`Response::Lazy`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LazyResponse {
    /// What there is to choose from; sent again when more is known.
    Listed(Box<browse::Listed>),
    /// Two columns against each other.
    Plot(Box<plot::Plot>),
    /// What goes along with an outcome.
    Outcome(Box<outcome::Outcome>),
    /// Different prompts.
    Prompts(Prompts),
    /// What prompts are made of.
    Phrases(Phrases),
    /// Prompts by rank.
    Likes(Box<like::Likes>),
    /// Words that begin as what is being typed.
    Suggestions(suggest::Suggestions),
    /// All fields of one row; sent again when more of them are there.
    Detail(Detail),
    /// The rows of each prompt.
    Groups(compare::Groups),
    /// The pairs of what people prefer.
    Pairs(Box<pairs::Pairs>),
    /// Groups of rows by the values of columns.
    GroupBy(Box<group_by::Groups>),
    /// Cells of rows that were named one by one.
    Picked(compare::Picked),
    /// Which of the rows asked about are not in the result.
    Membership(membership::Membership),
    /// How far the writing of rows is.
    Export(export::Progress),
    /// A view as a program.
    Script(script::Script),
    /// A chart as a drawing.
    Figure(figure::Figure),
    /// How an image was made.
    Making(images::Making),
    /// What the file says of itself.
    Described(Box<describe::Described>),
    /// Labels of one's own.
    Labels(Box<labels::Labels>),
    /// A file of labels.
    LabelFile(labels::File),
    /// What is known of the table beside the open one; none where there is none any more.
    Joined(Vec<join::Joined>),
    /// How much is kept on this device.
    Kept {
        /// In bytes; none where nothing can be.
        bytes: Option<u64>,
    },
}

impl From<LazyResponse> for Response {
    fn from(response: LazyResponse) -> Self {
        Self::Lazy(response)
    }
}
