//! What is needed of the open table: one [`Demand`] says who needs which rows of which columns, and
//! how urgently. [`Data`](super::data::Data) turns demands into byte ranges, and nothing else does.

use crate::base::bytes::ByteRange;

/// How urgent something is; earlier ones are served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The table can't be opened without it.
    Open,
    /// What people look at first: the prompts in sight, and what decides which rows those are.
    First,
    /// The charts of cfg and steps.
    Settings,
    /// The rest of what is on the screen.
    Screen,
    /// It leads to images, or completes what is on the screen already.
    Image,
    /// So much that it takes long in any case, and the screen grows with it: a search through all prompts. It
    /// has a share of the link beside everything else.
    Long,
    /// Nobody looks at it.
    Background,
}

impl Class {
    /// Those that wait for the ones before them.
    pub const IN_ORDER: [Self; 5] = [Self::Open, Self::First, Self::Settings, Self::Screen, Self::Image];
}

/// Who needs something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The rows on the screen.
    Screen,
    /// The row whose details are open.
    Detail,
    /// Images on the screen.
    Images,
    /// Rows that were picked one by one.
    Picked,
    /// A column that is read whole.
    Load,
    /// Rows that are exported.
    Export,
    /// Images that are put into an archive.
    ImageArchive,
    /// Keys of rows with labels.
    Labels,
}

/// Which rows are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// These, in ascending order.
    These(Vec<u64>),
    /// All, page by page, as far ahead as is sensible.
    All,
    /// Rows of files that are not open yet: their footers.
    Further,
    /// Those whose pages an export waits for, as they are in the file.
    Raw,
}

/// Where values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// A column of the table, by its place.
    Column(usize),
    /// Image files that the table itself holds, by the number of their [`Spot`](crate::protocol::images::Spot).
    ImageFiles(u8),
}

/// Rows that someone needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Who needs them.
    pub who: Who,
    /// Which rows.
    pub rows: Rows,
    /// Of which columns.
    pub fields: Vec<Field>,
    /// How urgently.
    pub class: Class,
}

/// What came of polling demands.
#[derive(Debug, Default)]
pub struct Polled {
    /// Ranges of the table's addresses that are not decoded yet, in the order of the demands.
    pub missing: Vec<(Class, ByteRange)>,
    /// Whether a page was decoded, so that values are here that were not.
    pub decoded: bool,
}
