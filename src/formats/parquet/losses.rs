//! Which rows of a row group are lost with the pages of a leaf that can't be read.
//!
//! A page of lists does not say how many rows it has, nor whether it begins with one: headers of the second version do.
//! Elsewhere it follows from the pages around it, as the row group says how many rows there are.

use crate::base::error::Error;
use std::ops::Range;

/// A data page of a leaf, in the order of its chunk.
#[derive(Clone, Debug)]
pub enum Part {
    /// It was read.
    Read {
        /// Rows that begin on it.
        rows: u64,
        /// Whether it begins within a row.
        continues: bool,
    },
    /// It can't be read, or it and all behind it.
    Lost {
        /// Rows that begin on it, where that is known.
        rows: Option<u64>,
        /// Whether it begins with a row for sure.
        begins_row: bool,
        /// Why.
        error: Error,
    },
}

/// What becomes of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its entries count.
    Kept,
    /// They don't: nothing tells of which rows they are.
    Dropped,
    /// Its rows are lost.
    Lost {
        /// Rows that begin on it.
        rows: u64,
        /// The rows of which something is lost, counted from the first of the row group; perhaps none.
        lost: Range<u64>,
    },
}

/// What becomes of each page, in a row group of so many rows; none where the pages contradict that.
pub fn fates(parts: &[Part], group_rows: u64) -> Option<Vec<Fate>> {
    let is_unknown = |part: &Part| matches!(part, Part::Lost { rows: None, .. });
    // Of several stretches nothing tells which is how long: all between them is lost as well.
    let first = parts.iter().position(is_unknown);
    let stretch = match (first, parts.iter().rposition(is_unknown)) {
        (Some(first), Some(last)) => first..last + 1,
        _ => 0..0,
    };
    let known = parts.iter().enumerate().filter(|(place, _)| !stretch.contains(place));
    let known: u64 = known
        .map(|(_, part)| match part {
            Part::Read { rows, .. } | Part::Lost { rows: Some(rows), .. } => *rows,
            Part::Lost { rows: None, .. } => 0,
        })
        .sum();
    let left = group_rows.checked_sub(known)?;
    if stretch.is_empty() && left > 0 {
        return None;
    }
    let mut row = 0;
    let fates = parts.iter().enumerate().map(|(place, part)| match part {
        _ if stretch.contains(&place) && place > stretch.start => Fate::Dropped,
        Part::Read { rows, .. } => {
            row += rows;
            Fate::Kept
        }
        Part::Lost { rows, begins_row, .. } => {
            let rows = rows.unwrap_or(left);
            // The row before may go on here.
            let start = if *begins_row { row } else { row.saturating_sub(1) };
            row += rows;
            Fate::Lost { rows, lost: start..row }
        }
    });
    Some(fates.collect())
}

#[cfg(test)]
mod tests {
    use super::{Fate, Part, fates};
    use crate::base::error::Error;

    fn read(rows: u64) -> Part {
        Part::Read { rows, continues: false }
    }

    fn lost(rows: Option<u64>, begins_row: bool) -> Part {
        Part::Lost { rows, begins_row, error: Error::corrupt("bad") }
    }

    #[test]
    fn rows_follow_from_the_pages_around() {
        let check = |parts: &[Part], expected: Option<&[Fate]>| {
            assert_eq!(fates(parts, 100).as_deref(), expected, "{parts:?}");
        };
        let gone = |rows, lost| Fate::Lost { rows, lost };
        check(&[read(60), lost(Some(40), true)], Some(&[Fate::Kept, gone(40, 60..100)]));
        check(&[read(60), lost(None, false), read(30)], Some(&[Fate::Kept, gone(10, 59..70), Fate::Kept]));
        check(&[lost(None, false), read(30)], Some(&[gone(70, 0..70), Fate::Kept]));
        check(
            &[lost(Some(10), true), read(20), lost(None, false), read(5), lost(None, false), read(40)],
            Some(&[gone(10, 0..10), Fate::Kept, gone(30, 29..60), Fate::Dropped, Fate::Dropped, Fate::Kept]),
        );
        // All of it is within one row.
        check(&[read(60), lost(None, false), read(40)], Some(&[Fate::Kept, gone(0, 59..60), Fate::Kept]));
        check(&[read(101), lost(None, false)], None);
        check(&[read(60), lost(Some(30), true)], None);
    }
}
