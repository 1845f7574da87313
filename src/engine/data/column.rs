//! A column of the open table: where its values come from, and what of it is here.

use super::damage::Damage;
use super::joins::JoinedColumn;
use super::load::Load;
use super::nested::Nested;
use super::pager::Pager;
use crate::base::moment::TimeKind;
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::{ColumnMeta, FileMeta, Logical};
use crate::formats::parquet::shape::{has_variants, is_variant};
use crate::protocol::{self, Kind, LoadState, NESTED, NESTED_TEXT, VARIANT};
use crate::table::column::{Column, Value, meant};
use crate::table::crossfilter::Binned;
use crate::table::measure::Gauge;
use crate::view::catalog;
use crate::view::facts::Facts;
use crate::view::measures::Measure;
use crate::view::roles::{Role, Roles};

/// A column of the open table.
pub struct DataColumn {
    /// What the page knows of it.
    pub info: protocol::Column,
    /// Where its values come from.
    pub origin: Origin,
    /// What stored values mean; none where it is nested or derived.
    pub logical: Option<Logical>,
    /// Where the reading of the whole column stands, once it was asked for.
    pub(super) load: Option<Load>,
    /// Whether it is being read whole.
    pub loading: bool,
    /// Whether bytes at hand may hold pages of it that nobody looked at, since reading it began after
    /// this step's pages were decoded.
    pub(super) unseen: bool,
    /// Its rows from the first on, as far as they are read.
    pub values: Option<Column>,
    /// Whether that is all of them.
    pub complete: bool,
    /// The rows in bins.
    pub binned: Option<Binned>,
    /// Whether it can't be read.
    pub failed: bool,
    /// What of it can't be read, in the order in which that was found; no row twice.
    pub damages: Vec<Damage>,
    /// Single pages of it.
    pub pages: Pages,
    /// What measures it, where it is measured.
    pub gauge: Option<Gauge>,
    /// Bytes of what it is made of that are read, while it is being made.
    pub(super) derived_bytes: u64,
    /// Whether nobody asks for it any more: a column that was added and taken away.
    pub hidden: bool,
    /// Whether values of the type VARIANT are in it, which takes code that may not be here.
    pub(super) has_variants: bool,
}

/// Single pages of a column that is not read whole.
#[derive(Debug, Default)]
pub struct Pages {
    /// Pages of a flat column.
    pub pager: Pager,
    /// Rows of a nested one, of the row groups last asked for.
    pub nested: Nested,
}

/// Where a column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flat column of the file.
    Leaf(usize),
    /// Lists or structures: a top-level field, from one leaf up to, not including, another.
    Nested { first: usize, end: usize },
    /// Other columns.
    Derived(Derived),
}

/// What a column is made of, by the places of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// Width and height, as one label.
    Size { width: usize, height: usize },
    /// A column of texts, which are measured.
    Measured { text: usize, measure: Measure },
    /// A column of another table, found by a column of keys.
    Joined(JoinedColumn),
    /// Labels of one's own.
    Label,
    /// Notes of one's own.
    Note,
}

impl Derived {
    /// The columns that it is made of.
    pub fn parts(self) -> impl Iterator<Item = usize> {
        let (first, second) = match self {
            Self::Size { width, height } => (Some(width), Some(height)),
            Self::Measured { text, .. } => (Some(text), None),
            Self::Joined(JoinedColumn { key, .. }) => (Some(key), None),
            Self::Label | Self::Note => (None, None),
        };
        [first, second].into_iter().flatten()
    }
}

impl Origin {
    /// The columns that it is made of; none for a column of the file.
    pub fn parts(self) -> impl Iterator<Item = usize> {
        let made = match self {
            Self::Derived(made) => Some(made),
            Self::Leaf(_) | Self::Nested { .. } => None,
        };
        made.into_iter().flat_map(Derived::parts)
    }

    /// Whether it is made of other columns.
    pub fn is_derived(self) -> bool {
        matches!(self, Self::Derived(_))
    }
}

impl DataColumn {
    pub(super) fn new(info: protocol::Column, origin: Origin, maps: Vec<PageMap>) -> Self {
        let leaf = if let Origin::Leaf(leaf) = origin { leaf } else { 0 };
        let mut pager = Pager::new(leaf);
        pager.maps = maps;
        Self {
            info,
            origin,
            logical: None,
            load: None,
            loading: false,
            unseen: false,
            values: None,
            complete: false,
            binned: None,
            failed: false,
            damages: Vec::new(),
            pages: Pages { pager, nested: Nested::default() },
            gauge: None,
            derived_bytes: 0,
            hidden: false,
            has_variants: false,
        }
    }

    /// Takes its bytes for text, where it is of this name and holds bytes; whether it does.
    pub(super) fn take_for_text(&mut self, name: &str, meta: &FileMeta) -> bool {
        let Origin::Leaf(leaf) = self.origin else { return false };
        if self.info.name != name || self.info.kind != Kind::Binary {
            return false;
        }
        self.logical = Some(Logical::Text);
        self.info.kind = Kind::Text;
        self.info.chartable = has_few_texts(meta.raw_bytes(leaf), meta.rows);
        true
    }

    /// Bytes of it in the files that are open; none where it is derived.
    pub(super) fn bytes_open(&self, meta: &FileMeta) -> Option<u64> {
        match self.origin {
            Origin::Leaf(leaf) => Some(meta.column_bytes(leaf)),
            Origin::Nested { first, end } => Some((first..end).map(|leaf| meta.column_bytes(leaf)).sum()),
            Origin::Derived(_) => None,
        }
    }

    /// Takes note of rows that can't be read; whether they were not known.
    pub(super) fn note_damage(&mut self, damage: &Damage) -> bool {
        let mut rows = damage.rows.clone();
        for known in &self.damages {
            if known.rows.contains(&rows.start) {
                rows.start = known.rows.end;
            }
        }
        // What was found before lies behind it, where it overlaps at all.
        let inside = self.damages.iter().map(|known| known.rows.start).filter(|start| rows.contains(start));
        rows.end = inside.min().unwrap_or(rows.end);
        let is_new = rows.start < rows.end;
        if is_new {
            self.damages.push(Damage { rows, ..damage.clone() });
        }
        is_new
    }

    /// Whether the value of a row can't be read, though others can.
    pub fn is_unreadable(&self, row: u64) -> bool {
        self.damages.iter().any(|damage| damage.rows.contains(&row))
    }

    /// Rows that are read, from the first.
    pub fn rows_read(&self) -> usize {
        self.values.as_ref().map_or(0, Column::rows)
    }

    /// The value of a row, if it is read.
    pub fn value(&self, row: u64) -> Option<Value<'_>> {
        let index = usize::try_from(row).ok()?;
        self.values
            .as_ref()
            .and_then(|values| values.get(index))
            .or_else(|| Some(meant(self.pages.pager.get(row)?, self.logical)))
    }

    /// Where its reading stands, and how many of its bytes are read.
    pub fn progress(&self) -> (LoadState, u64) {
        let state = if self.failed {
            LoadState::Failed
        } else if self.complete {
            LoadState::Loaded
        } else if self.loading {
            LoadState::Loading
        } else {
            LoadState::Idle
        };
        let read = || self.load.as_ref().map_or(self.derived_bytes, |load| load.bytes);
        let bytes = if self.complete { self.info.bytes } else { read() };
        (state, bytes)
    }

    /// Whether so little is left to read of the open files that those behind them are needed.
    pub(super) fn is_near_end(&self, meta: &FileMeta) -> bool {
        // Labels are here: only the number of rows is not.
        let is_own = matches!(self.origin, Origin::Derived(Derived::Label | Derived::Note));
        self.loading && (is_own || self.load.as_ref().is_some_and(|load| load.is_near_end(meta)))
    }
}

/// The columns of a file, with what is known of their pages.
pub(super) fn columns_of(meta: &FileMeta, maps: Vec<Vec<PageMap>>, facts: &Facts) -> Vec<DataColumn> {
    let mut maps = maps.into_iter().map(Some).collect::<Vec<_>>();
    let roots = meta.roots();
    let mut columns: Vec<DataColumn> = Vec::new();
    for (leaf, column) in meta.columns.iter().enumerate() {
        let bytes = meta.column_bytes(leaf);
        let known = maps.get_mut(leaf).and_then(Option::take).unwrap_or_default();
        if column.flat {
            let info = described(column, bytes, meta, leaf, facts);
            let logical = Some(column.logical);
            columns.push(DataColumn { logical, ..DataColumn::new(info, Origin::Leaf(leaf), known) });
        } else if let Some(last) = columns
            .last_mut()
            .filter(|last| matches!(last.origin, Origin::Nested { .. }) && last.info.name == column.root)
        {
            last.info.bytes += bytes;
            if column.logical == Logical::Text && last.info.kind == Kind::Nested {
                last.info.type_name = NESTED_TEXT.to_owned();
            }
            if let Origin::Nested { end, .. } = &mut last.origin {
                *end = leaf + 1;
            }
        } else {
            let root = roots.iter().position(|root| root.contains(&leaf));
            let field = root.and_then(|root| meta.schema.get_fields().get(root));
            let is_variant = field.is_some_and(|field| is_variant(field));
            let has_text = column.logical == Logical::Text;
            let raw_bytes = || {
                let leaves = root.and_then(|root| roots.get(root)).cloned().unwrap_or_default();
                leaves.map(|leaf| meta.raw_bytes(leaf)).fold(0, u64::saturating_add)
            };
            let info = protocol::Column {
                name: column.root.clone(),
                // Their JSON is text, and is filtered as such.
                kind: if is_variant { Kind::Text } else { Kind::Nested },
                type_name: match (is_variant, has_text) {
                    (true, _) => VARIANT,
                    (false, true) => NESTED_TEXT,
                    (false, false) => NESTED,
                }
                .to_owned(),
                bytes,
                chartable: is_variant && has_few_texts(raw_bytes(), meta.rows),
                derived_from: Vec::new(),
            };
            let origin = Origin::Nested { first: leaf, end: leaf + 1 };
            let has_variants = field.is_some_and(|field| has_variants(field));
            columns.push(DataColumn { has_variants, ..DataColumn::new(info, origin, Vec::new()) });
        }
    }
    columns
}

/// The column that is derived from width and height, where the file has these and not that.
pub(super) fn size_column(columns: &[DataColumn], roles: &Roles) -> Option<DataColumn> {
    let place = |role: Role| {
        columns.iter().position(|column| {
            roles.column(role) == Some(column.info.name.as_str())
                && matches!(column.origin, Origin::Leaf(_))
                && column.info.kind == Kind::Integer
        })
    };
    let (width, height) = (place(Role::Width)?, place(Role::Height)?);
    if columns.iter().any(|column| column.info.name == catalog::SIZE) {
        return None;
    }
    let sides = [columns.get(width)?, columns.get(height)?];
    let info = protocol::Column {
        name: catalog::SIZE.to_owned(),
        kind: Kind::Text,
        type_name: "width x height".to_owned(),
        bytes: sides.iter().map(|side| side.info.bytes).sum(),
        chartable: true,
        derived_from: sides.iter().map(|side| side.info.name.clone()).collect(),
    };
    Some(DataColumn::new(info, Origin::Derived(Derived::Size { width, height }), Vec::new()))
}

/// Whether a column of texts may have few different ones: those are written as indexes into a dictionary, which are a
/// few bits a row, and the dictionary.
fn has_few_texts(raw_bytes: u64, rows: u64) -> bool {
    raw_bytes < rows.saturating_mul(4).saturating_add(1 << 20)
}

/// What the page is told of a flat column.
fn described(
    column: &ColumnMeta,
    bytes: u64,
    meta: &FileMeta,
    leaf: usize,
    facts: &Facts,
) -> protocol::Column {
    let kind = match column.logical {
        Logical::Bool => Kind::Bool,
        Logical::Int { .. } => Kind::Integer,
        Logical::Float | Logical::Float16 | Logical::Decimal { .. } => Kind::Float,
        Logical::Time(TimeKind::Clock, _) => Kind::Clock,
        Logical::Time(TimeKind::Duration, _) => Kind::Duration,
        Logical::Time(TimeKind::Instant | TimeKind::Local | TimeKind::Date, _) => Kind::Time,
        Logical::Text | Logical::Uuid | Logical::Interval | Logical::Period(_) => Kind::Text,
        Logical::Binary => Kind::Binary,
    };
    let chartable = match kind {
        Kind::Text => match facts.column(&column.name) {
            Some(facts) => facts.categorical,
            None => has_few_texts(meta.raw_bytes(leaf), meta.rows),
        },
        Kind::Bool | Kind::Integer | Kind::Float | Kind::Time | Kind::Clock | Kind::Duration => true,
        Kind::Binary | Kind::Nested => false,
    };
    protocol::Column {
        name: column.name.clone(),
        kind,
        type_name: column.type_name(),
        bytes,
        chartable,
        derived_from: Vec::new(),
    }
}
