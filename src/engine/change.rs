//! What changed in a step. The owners return it, and what has to be reported again follows from it:
//! nobody sets flags of somebody else.

use crate::base::error::Error;

/// Something that is different from before.
#[derive(Clone, Debug)]
pub enum Change {
    /// More rows of a column are read, or it is complete.
    Grew {
        /// The column, by its place.
        column: usize,
        /// Whether all of it is read.
        complete: bool,
    },
    /// A column was put into bins anew.
    Binned {
        /// The column, by its place.
        column: usize,
    },
    /// A column of labels or notes has other values.
    Relabelled {
        /// The column, by its place.
        column: usize,
    },
    /// A column can't be read. A derived column has no error of its own.
    Failed {
        /// The column, by its place.
        column: usize,
        /// Why.
        error: Option<Error>,
    },
    /// Rows of a column can't be read, though others can.
    Damaged {
        /// The column, by its place.
        column: usize,
    },
    /// What measures texts can't be had.
    MeasuresFailed {
        /// Why.
        error: Error,
    },
    /// Values of single rows came.
    Pages,
    /// More files are open than before, or it is known that no more rows follow.
    Files,
    /// A file of several is not part of the table.
    FileLeftOut {
        /// What people call it.
        name: String,
        /// Why.
        error: Error,
    },
    /// Other rows match. While a search goes on (`settled` is false) more rows were evaluated, and
    /// that may be reported with the next refresh.
    Matches {
        /// Whether it is worth reporting at once.
        settled: bool,
    },
    /// How many rows the search alone matches is known before they are.
    Counted,
    /// The rows stand in another order.
    Order,
}
