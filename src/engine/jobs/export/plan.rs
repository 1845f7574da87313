//! What an export writes: which columns, and which rows at a time.

use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::data::{Data, DataColumn, Origin};
use crate::engine::output::export::task::{Column, Holds, RangeIndex};
use crate::formats::parquet::codec::Codec;
use crate::formats::parquet::meta::{FileMeta, Logical, Physical};
use crate::formats::parquet::pandas::{INDEX_FIELD, Index};
use crate::protocol::Kind;
use crate::protocol::export::{Format, Stage, Start};
use crate::protocol::texts::export::{NO_COLUMNS, NOT_DERIVED, TOO_MUCH_TO_SORT};
use crate::table::column::{UNSIGNED, Value};
use std::collections::VecDeque;
use std::ops::Range;

/// Rows in another order than the file's are kept until all are here: so much of them at a time, unpacked.
const KEPT_BYTES: u64 = 256 << 20;

/// Their columns are read once for each time. Beyond this, not at all.
const MAX_PASSES: usize = 16;

/// The place of columns that nobody asked for.
const UNASKED: u32 = u32::MAX;

/// A column that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its place among the columns that were asked for, and its name.
    pub asked: (u32, String),
    /// Where its values come from.
    pub from: From,
}

/// Where values come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A top-level field of the file: its number, and its leaves.
    Root(usize, Range<usize>),
    /// A column that is derived from others, by its place, and what it holds.
    Derived(usize, Holds),
    /// An index that is in no column: its first number, and how far the next one is.
    Index(i64, i64),
}

impl Source {
    /// What the encoder is told of it.
    pub fn column(&self) -> Column {
        match self.from {
            From::Root(number, _) => Column::Root(number as u32),
            From::Derived(_, holds) => Column::Derived(self.asked.1.clone(), holds),
            From::Index(..) => Column::Derived(self.asked.1.clone(), Holds::Whole),
        }
    }

    /// Its leaves.
    pub fn leaves(&self) -> Range<usize> {
        match &self.from {
            From::Root(_, leaves) => leaves.clone(),
            From::Derived(..) | From::Index(..) => 0..0,
        }
    }
}

/// Whether files of this format tell their readers of an index.
const fn has_index(format: Format) -> bool {
    match format {
        Format::Parquet | Format::Arrow => true,
        Format::Csv { .. } | Format::JsonLines => false,
    }
}

/// What becomes of an index that the file has in no column, and the column that holds it from now on, where it needs
/// one: rows that are not all of them, or in another order, keep the numbers that they had.
pub fn range_index(
    format: Format,
    data: &Data,
    sources: &[Source],
    all_in_order: bool,
) -> (RangeIndex, Option<Source>) {
    let levels = &data.meta.index;
    let found = levels.iter().enumerate().find_map(|(level, index)| match index {
        Index::Range(range) => Some((level, range)),
        Index::Column(..) => None,
    });
    let Some((level, range)) = found else { return (RangeIndex::Dropped, None) };
    // Each file of several has its own.
    if !has_index(format) || data.files.counts().0 > 1 || data.identity.origin.is_some() {
        return (RangeIndex::Dropped, None);
    }
    if all_in_order {
        return (RangeIndex::Kept, None);
    }
    if range.is_plain() && levels.len() == 1 {
        return (RangeIndex::Dropped, None);
    }
    let taken = |name: &str| sources.iter().any(|source| source.asked.1 == name);
    let name = range.name.clone().filter(|name| !taken(name));
    let name = name.unwrap_or_else(|| format!("{INDEX_FIELD}{level}__"));
    let source = Source { asked: (UNASKED, name), from: From::Index(range.start, range.step) };
    (RangeIndex::LastColumn, Some(source))
}

/// The columns that are asked for.
///
/// # Errors
/// How the export ends where there is none, or where some can't be read: all of these are named.
pub fn sources(start: &Start, data: &Data) -> std::result::Result<Vec<Source>, Stage> {
    let roots = data.meta.roots();
    let mut sources: Vec<Source> = Vec::new();
    let (mut bad, mut why) = (Vec::new(), None);
    for (place, name) in start.columns.iter().enumerate() {
        let before = start.columns.iter().take(place).filter(|other| *other == name).count();
        let named = data.columns.iter().enumerate().filter(|(_, column)| column.info.name == *name);
        let Some((own, column)) = named.into_iter().nth(before) else { continue };
        let place = place as u32;
        if start.without.contains(&place) {
            continue;
        }
        if let Err(error) = check(column, data) {
            bad.push((place, name.clone()));
            why.get_or_insert_with(|| error.to_string());
            continue;
        }
        let asked = (place, name.clone());
        let add = |from: From| {
            if !sources.iter().any(|source: &Source| source.from == from) {
                sources.push(Source { asked: asked.clone(), from });
            }
        };
        match column.origin {
            Origin::Derived(_) => std::iter::once(From::Derived(own, holds(column))).for_each(add),
            Origin::Leaf(leaf) => roots_of(&roots, &(leaf..leaf + 1)).for_each(add),
            Origin::Nested { first, end } => roots_of(&roots, &(first..end)).for_each(add),
        }
    }
    // What says which row is which goes along, though nobody sees it; its readers do.
    let with_index = has_index(start.format) && !start.without.contains(&UNASKED);
    for level in data.meta.index.iter().filter(|_| with_index) {
        let Index::Column(name, _) = level else { continue };
        let Some(column) = data.column(name).filter(|_| data.facts.is_index(name)) else { continue };
        let Origin::Leaf(leaf) = column.origin else { continue };
        let own = roots_of(&roots, &(leaf..leaf + 1)).next();
        let is_new = |from: &From| !sources.iter().any(|source: &Source| source.from == *from);
        if let Some(from) = own.filter(is_new)
            && !sources.is_empty()
            && check(column, data).is_ok()
        {
            sources.push(Source { asked: (UNASKED, name.clone()), from });
        }
    }
    match why {
        Some(why) => Err(Stage::Unreadable { columns: bad, why, may_be_empty: false }),
        None if sources.is_empty() => Err(Stage::Failed(NO_COLUMNS.to_owned())),
        None => Ok(sources),
    }
}

/// What a column holds that is not in the file: of another file, what that one has, decimals as their digits.
fn holds(column: &DataColumn) -> Holds {
    match (column.info.kind, column.logical) {
        (Kind::Bool, _) => Holds::Flag,
        (Kind::Integer, Some(UNSIGNED)) => Holds::Unsigned,
        (Kind::Integer, _) => Holds::Whole,
        (_, Some(Logical::Decimal { .. })) => Holds::Text,
        (_, Some(Logical::Time(kind, unit))) => Holds::Moments(kind, unit),
        (Kind::Float, Some(Logical::Float)) if column.info.type_name == "FLOAT" => Holds::Single,
        (Kind::Float, _) => Holds::Number,
        (Kind::Clock | Kind::Duration, _) => Holds::Number,
        (Kind::Text | Kind::Time | Kind::Binary | Kind::Nested, _) => Holds::Text,
    }
}

/// The top-level fields with times of 96 bits, of which some are further away than a count of nanoseconds reaches; none
/// while it is not known. Years 1 and 9999 stand in many files for no time at all.
pub fn far(sources: &[Source], data: &mut Data) -> Option<Vec<u32>> {
    let is_long =
        |leaf: usize| data.meta.columns.get(leaf).is_some_and(|column| column.physical == Physical::Int96);
    let roots = sources.iter().filter_map(|source| match &source.from {
        From::Root(number, leaves) if leaves.clone().any(is_long) => Some((*number as u32, leaves.clone())),
        From::Root(..) | From::Derived(..) | From::Index(..) => None,
    });
    let roots: Vec<(u32, Range<usize>)> = roots.collect();
    let (mut far, mut known) = (Vec::new(), true);
    for (number, leaves) in roots {
        let own = data.columns.iter().find(|column| column.origin == Origin::Leaf(leaves.start));
        let own = own.filter(|column| leaves.len() == 1 && !column.failed);
        match own {
            // Where it can't be told, no time is wrong, and some may lose a digit.
            None => far.push(number),
            Some(column) if column.complete => {
                let beyond = |row| match column.value(row) {
                    Some(Value::Time(time)) => time.ticks.checked_mul(1_000).is_none(),
                    _ => false,
                };
                if (0..data.meta.rows).any(beyond) {
                    far.push(number);
                }
            }
            Some(column) => {
                let name = column.info.name.clone();
                data.load(&name);
                known = false;
            }
        }
    }
    known.then_some(far)
}

/// The top-level fields to which these leaves belong.
fn roots_of<'a>(roots: &'a [Range<usize>], leaves: &Range<usize>) -> impl Iterator<Item = From> + use<'a> {
    let leaves = leaves.clone();
    let own = move |root: &Range<usize>| root.start < leaves.end && leaves.start < root.end;
    let all = roots.iter().enumerate().filter(move |(_, root)| own(root));
    all.map(|(number, root)| From::Root(number, root.clone()))
}

/// Whether a column can be read, as far as that is known before its pages are.
fn check(column: &DataColumn, data: &Data) -> Result<()> {
    let leaves = match column.origin {
        Origin::Derived(_) if column.failed => return Err(Error::corrupt(NOT_DERIVED)),
        Origin::Derived(_) => 0..0,
        Origin::Leaf(leaf) => leaf..leaf + 1,
        Origin::Nested { first, end } => first..end,
    };
    for leaf in leaves {
        if let Some(column) = data.meta.columns.get(leaf) {
            column.check()?;
        }
        if data
            .meta
            .groups
            .iter()
            .filter_map(|group| group.chunks.get(leaf))
            .any(|chunk| chunk.codec == Codec::Lzo)
        {
            return Err(Error::new(ErrorKind::Unsupported, "its compression, LZO, is not supported"));
        }
    }
    Ok(())
}

/// Rows that are written together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The rows, in the file's order.
    pub rows: Vec<u32>,
    /// The order in which they are written, by their places in `rows`; none where it is the same.
    pub order: Option<Vec<u32>>,
}

/// Rows in their order, cut so that what has to be kept of each pass fits into memory.
///
/// # Errors
/// Where the columns would have to be read too often.
pub fn passes(rows: Vec<u32>, in_file_order: bool, row_bytes: u64) -> Result<VecDeque<Pass>> {
    if in_file_order {
        return Ok(VecDeque::from([Pass { rows, order: None }]));
    }
    let most = usize::try_from(KEPT_BYTES / row_bytes.max(1)).unwrap_or(usize::MAX).max(1);
    if rows.len().div_ceil(most) > MAX_PASSES {
        return Err(Error::new(ErrorKind::Limit, TOO_MUCH_TO_SORT));
    }
    let pass = |rows: &[u32]| {
        let mut sorted: Vec<(u32, u32)> = rows.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let mut order: Vec<(u32, u32)> =
            sorted.iter().zip(0..).map(|((_, at), place)| (*at, place)).collect();
        order.sort_unstable();
        Pass {
            rows: sorted.into_iter().map(|(row, _)| row).collect(),
            order: Some(order.into_iter().map(|(_, place)| place).collect()),
        }
    };
    Ok(rows.chunks(most).map(pass).collect())
}

/// About how many bytes a row of these columns takes, unpacked.
pub fn row_bytes(sources: &[Source], meta: &FileMeta) -> u64 {
    let all: u64 = sources.iter().flat_map(Source::leaves).map(|leaf| meta.raw_bytes(leaf)).sum();
    all / meta.rows.max(1)
}

/// How many rows are passed over, and how many behind them are taken, again and again.
pub fn runs(rows: &[u64]) -> Vec<u32> {
    let mut runs: Vec<u32> = Vec::new();
    let mut end = 0;
    for row in rows {
        match runs.last_mut() {
            Some(taken) if *row == end => *taken += 1,
            // A row group has fewer rows than that.
            _ => runs.extend([(row - end) as u32, 1]),
        }
        end = row + 1;
    }
    runs
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{KEPT_BYTES, Pass, passes, runs};

    #[test]
    fn rows_become_runs() {
        assert_eq!(runs(&[0, 1, 4, 5, 9]), [0, 2, 2, 2, 3, 1]);
        assert_eq!(runs(&[3]), [3, 1]);
    }

    #[test]
    fn another_order_is_cut_to_what_fits() {
        let got = passes(vec![7, 2, 5, 1], false, KEPT_BYTES / 3).unwrap();
        assert_eq!(
            got,
            [
                Pass { rows: vec![2, 5, 7], order: Some(vec![2, 0, 1]) },
                Pass { rows: vec![1], order: Some(vec![0]) }
            ]
        );
        assert!(passes((0..100).collect(), false, KEPT_BYTES).is_err());
    }
}
