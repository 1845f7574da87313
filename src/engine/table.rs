//! The open table: its columns, and what the page may ask of it. Reading stands in `reading`.

use super::asked::Asked;
use super::compare::Compare;
use super::embedded::Embedded;
use super::export::Export;
use super::files::Files;
use super::lists::Lists;
use super::load::Load;
use super::nested::Nested;
use super::pager::Pager;
use super::same::SamePrompt;
use super::sort::Ordering;
use super::{Effect, progress};
use crate::base::bytes::ByteRange;
use crate::engine::output::figure::draw;
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::{ColumnMeta, FileMeta, Logical};
use crate::protocol::describe::Describe;
use crate::protocol::{self, Kind, LoadState, Opened, Request, Show};
use crate::table::column::{Column, Value};
use crate::table::crossfilter::{Binned, Crossfilter};
use crate::table::select::Selection;
use crate::view::catalog;
use crate::view::roles::{Candidate, Corrections, Holds, Role, Roles};
use crate::view::spec::HubPath;

/// An open table.
pub struct Table {
    pub(super) meta: FileMeta,
    name: String,
    source: String,
    revision: Option<String>,
    /// Where it is on the Hub, if it is there, and on which Hub.
    pub(super) on_hub: Option<(String, HubPath)>,
    pub(super) files: Files,
    pub(super) columns: Vec<State>,
    pub(super) show: Show,
    pub(super) filter: Crossfilter,
    pub(super) selection: Selection,
    pub(super) detail: Option<u64>,
    /// Which column plays which part.
    pub(super) roles: Roles,
    /// The column of prompts, by its place.
    pub(super) prompt: Option<usize>,
    pub(super) asked: Asked,
    pub(super) ordering: Ordering,
    pub(super) lists: Lists,
    /// The rows of the prompt whose details are open.
    pub(super) same: SamePrompt,
    /// Pages that the screen lacks.
    pub(super) screen_wants: Vec<ByteRange>,
    /// Pages that say where images are and what is to be known before they are shown.
    pub(super) image_wants: Vec<ByteRange>,
    /// What the view of groups wants.
    pub(super) compare: Compare,
    /// Rows whose images are wanted, and the columns that say where those are.
    pub(super) image_rows: (Vec<u64>, Vec<String>),
    /// Rows whose images are taken away now, in ascending order, and the columns that are needed of them.
    pub(super) taken_rows: (Vec<u64>, Vec<String>),
    /// What was last asked of the file itself: it is told again when more of it is known.
    pub(super) describes: Option<Describe>,
    /// The column of images that the catalogue does not know of.
    pub(super) embedded: Option<Embedded>,
    /// Rows that are being written to a file.
    pub(super) export: Option<Box<Export>>,
    /// What the page has to be told again.
    pub(super) stale: Stale,
    /// What it has to be told again when there is time.
    pub(super) later: Later,
}

/// What the page has to be told again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stale {
    /// Something of the counts or charts.
    pub counts: bool,
    /// The filters' masks, and with them every count and chart.
    pub masks: bool,
    pub rows: bool,
    pub detail: bool,
    /// Prompts or phrases.
    pub lists: bool,
}

/// What is other only because more of the prompts has been looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Later {
    /// The filters' masks.
    pub masks: bool,
    pub rows: bool,
    /// Prompts or phrases.
    pub lists: bool,
}

impl Later {
    /// Whether anything is.
    pub fn any(self) -> bool {
        self.masks || self.rows || self.lists
    }
}

/// A column of the open table.
pub struct State {
    pub info: protocol::Column,
    pub part: Part,
    /// Where the reading of the whole column stands, once it was asked for.
    pub(super) load: Option<Load>,
    pub(super) loading: bool,
    pub data: Option<Column>,
    pub complete: bool,
    pub binned: Option<Binned>,
    /// Whether the page has yet to see the chart of these bins.
    pub untold: bool,
    pub failed: bool,
    pub pager: Pager,
    /// Rows of nested values, as JSON, of the row groups last looked at.
    pub nested: Nested,
    told: (u64, LoadState),
}

/// Where a column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A flat column of the file.
    Leaf(usize),
    /// Lists or structures: a top-level field, from one leaf up to, not including, another.
    Nested { first: usize, end: usize },
    /// Width and height, by their place among the columns.
    Size { width: usize, height: usize },
}

impl State {
    fn new(info: protocol::Column, part: Part, maps: Vec<PageMap>) -> Self {
        let leaf = if let Part::Leaf(leaf) = part { leaf } else { 0 };
        let mut pager = Pager::new(leaf);
        pager.maps = maps;
        Self {
            info,
            part,
            load: None,
            loading: false,
            data: None,
            complete: false,
            binned: None,
            untold: false,
            failed: false,
            pager,
            nested: Nested::default(),
            told: (0, LoadState::Idle),
        }
    }

    /// Bytes of it in the files that are open; none where it is derived.
    pub fn bytes_open(&self, meta: &FileMeta) -> Option<u64> {
        match self.part {
            Part::Leaf(leaf) => Some(meta.column_bytes(leaf)),
            Part::Nested { first, end } => Some((first..end).map(|leaf| meta.column_bytes(leaf)).sum()),
            Part::Size { .. } => None,
        }
    }

    /// Rows that are read, from the first.
    pub fn rows_read(&self) -> usize {
        self.data.as_ref().map_or(0, Column::rows)
    }

    pub(super) fn tell_progress(&mut self, effects: &mut Vec<Effect>) {
        let state = if self.failed {
            LoadState::Failed
        } else if self.complete {
            LoadState::Loaded
        } else if self.loading {
            LoadState::Loading
        } else {
            LoadState::Idle
        };
        let bytes =
            if self.complete { self.info.bytes } else { self.load.as_ref().map_or(0, |load| load.bytes) };
        // A hundredth is a pixel or two of a progress bar.
        let step = bytes.abs_diff(self.told.0) * 100 >= self.info.bytes.max(1);
        if state != self.told.1 || (state == LoadState::Loading && step) {
            self.told = (bytes, state);
            let rows = self.rows_read() as u64;
            effects.push(Effect::Respond(progress(&self.info.name, state, bytes, self.info.bytes, rows)));
        }
    }
}

impl Table {
    /// An open table of which nothing but the footer is read.
    pub fn new(
        meta: FileMeta,
        maps: Vec<Vec<PageMap>>,
        name: &str,
        source: &str,
        revision: Option<String>,
        files: Files,
        corrections: &Corrections,
    ) -> Self {
        let rows = meta.rows as usize;
        let mut maps = maps.into_iter().map(Some).collect::<Vec<_>>();
        let mut columns: Vec<State> = Vec::new();
        for (leaf, column) in meta.columns.iter().enumerate() {
            let bytes = meta.column_bytes(leaf);
            let known = maps.get_mut(leaf).and_then(Option::take).unwrap_or_default();
            if column.flat {
                columns.push(State::new(describe(column, bytes, &meta, leaf), Part::Leaf(leaf), known));
            } else if let Some(last) = columns
                .last_mut()
                .filter(|last| matches!(last.part, Part::Nested { .. }) && last.info.name == column.root)
            {
                last.info.bytes += bytes;
                if let Part::Nested { end, .. } = &mut last.part {
                    *end = leaf + 1;
                }
            } else {
                let info = protocol::Column {
                    name: column.root.clone(),
                    kind: Kind::Nested,
                    type_name: "nested".to_owned(),
                    bytes,
                    chartable: false,
                    derived_from: Vec::new(),
                };
                columns.push(State::new(info, Part::Nested { first: leaf, end: leaf + 1 }, Vec::new()));
            }
        }
        let place = |name: &str| {
            columns.iter().position(|column| {
                column.info.name == name
                    && matches!(column.part, Part::Leaf(_))
                    && column.info.kind == Kind::Integer
            })
        };
        if let (Some(width), Some(height)) = (place("width"), place("height"))
            && !columns.iter().any(|column| column.info.name == catalog::SIZE)
        {
            let bytes =
                [width, height].iter().filter_map(|place| columns.get(*place)).map(|c| c.info.bytes).sum();
            let info = protocol::Column {
                name: catalog::SIZE.to_owned(),
                kind: Kind::Text,
                type_name: "width x height".to_owned(),
                bytes,
                chartable: true,
                derived_from: vec!["width".to_owned(), "height".to_owned()],
            };
            columns.push(State::new(info, Part::Size { width, height }, Vec::new()));
        }
        for state in &mut columns {
            state.info.bytes = files.in_all(state.info.bytes);
        }
        let filter = Crossfilter::new(rows);
        let selection = Selection::new(filter.mask(), None);
        let embedded = match corrections.get(&Role::Image) {
            Some(None) => None,
            Some(Some(name)) => Embedded::of(&meta, name),
            None => Embedded::find(&meta),
        };
        let roles =
            roles_of(&columns, &meta, corrections).with(Role::Image, embedded.as_ref().map(Embedded::name));
        let named = |name: &str| columns.iter().position(|state| state.info.name == name);
        let prompt = roles.column(Role::Prompt).and_then(named);
        Self {
            meta,
            name: name.to_owned(),
            source: source.to_owned(),
            revision,
            on_hub: None,
            files,
            columns,
            show: Show::default(),
            filter,
            selection,
            detail: None,
            roles,
            prompt,
            asked: Asked::default(),
            ordering: Ordering::default(),
            lists: Lists::default(),
            same: SamePrompt::default(),
            screen_wants: Vec::new(),
            image_wants: Vec::new(),
            compare: Compare::default(),
            describes: None,
            image_rows: (Vec::new(), Vec::new()),
            taken_rows: (Vec::new(), Vec::new()),
            embedded,
            export: None,
            stale: Stale { counts: true, masks: true, rows: true, detail: false, lists: false },
            later: Later::default(),
        }
    }

    /// What people call the file.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What the page is told of the file.
    pub fn opened(&self) -> Opened {
        Opened {
            table: self.name.clone(),
            source: self.source.clone(),
            rows: self.meta.rows,
            rows_in_all: self.rows_in_all(),
            files: self.files.counts(),
            file_bytes: self.files.bytes(),
            revision: self.revision.clone(),
            columns: self.columns.iter().map(|column| column.info.clone()).collect(),
            created_by: self.meta.created_by.clone(),
            row_groups: self.meta.groups.len() as u32,
            prompt: self
                .prompt
                .and_then(|place| self.columns.get(place))
                .map(|state| state.info.name.clone()),
            images: self.image_column(),
            roles: self.roles.pairs(),
        }
    }

    /// The column of this name, and its place.
    pub(super) fn column(&self, name: &str) -> Option<(usize, &State)> {
        self.columns.iter().enumerate().find(|(_, column)| column.info.name == name)
    }

    /// Does what the page asks.
    pub fn request(&mut self, request: Request, effects: &mut Vec<Effect>) {
        match request {
            Request::Show(show) => self.set_show(show, effects),
            Request::Load { column } => self.load(&column),
            Request::Stop { column } => {
                for place in self.parts_of(&column) {
                    if let Some(state) = self.columns.get_mut(place) {
                        state.loading = false;
                        state.tell_progress(effects);
                    }
                }
            }
            Request::Touch { column, generation } => self.touch(&column, generation, effects),
            Request::Detail { row } => {
                self.detail = Some(row).filter(|row| *row < self.meta.rows || self.files.unread());
                self.stale.detail = true;
            }
            Request::Describe(asked) => {
                self.describes = Some(asked.clone());
                self.describe(asked, effects);
            }
            Request::Groups { wanted } => self.want_groups(wanted),
            Request::Pick(pick) => self.pick(pick),
            Request::Export(start) => self.begin_export(start, effects),
            // The engine has given up images already.
            Request::CancelExport => self.cancel_export(effects),
            Request::Script(want) => self.tell_script(want, effects),
            Request::Figure(want) => {
                effects.push(Effect::Respond(protocol::Seldom::Figure(draw(*want)).into()))
            }
            // The engine's own.
            Request::Open(_)
            | Request::Browse(_)
            | Request::Retry
            | Request::Images(_)
            | Request::TakeImages(_)
            | Request::RetryImage { .. }
            | Request::SignIn { .. }
            | Request::Keep { .. }
            | Request::FirstVisit
            | Request::Kept { .. } => {}
        }
    }

    /// The value of a row, if it is read.
    pub(super) fn value<'a>(&'a self, state: &'a State, row: u64) -> Option<Value<'a>> {
        let index = usize::try_from(row).ok()?;
        state.data.as_ref().and_then(|data| data.get(index)).or_else(|| state.pager.get(row))
    }

    /// What a leaf's values mean.
    pub(super) fn logical(&self, state: &State) -> Option<Logical> {
        match state.part {
            Part::Leaf(leaf) => self.meta.columns.get(leaf).map(|column| column.logical),
            Part::Nested { .. } | Part::Size { .. } => None,
        }
    }
}

/// Which column plays which part.
fn roles_of(columns: &[State], meta: &FileMeta, corrections: &Corrections) -> Roles {
    let candidates: Vec<Candidate<'_>> = columns
        .iter()
        .filter(|state| !matches!(state.part, Part::Size { .. }))
        .map(|state| {
            let holds = match state.info.kind {
                Kind::Text => Holds::Text,
                Kind::Integer | Kind::Float => Holds::Number,
                Kind::Binary => Holds::Bytes,
                Kind::Nested => Holds::Nested,
                Kind::Time => Holds::Time,
                Kind::Bool => Holds::Other,
            };
            let bytes = match state.part {
                Part::Leaf(leaf) => meta.raw_bytes(leaf),
                Part::Nested { .. } | Part::Size { .. } => 0,
            };
            Candidate { name: &state.info.name, holds, row_bytes: bytes / meta.rows.max(1) }
        })
        .collect();
    Roles::new(&candidates, corrections)
}

/// What the page is told of a flat column.
fn describe(column: &ColumnMeta, bytes: u64, meta: &FileMeta, leaf: usize) -> protocol::Column {
    let kind = match column.logical {
        Logical::Bool => Kind::Bool,
        Logical::Int { .. } | Logical::TimeOfDay(_) => Kind::Integer,
        Logical::Float | Logical::Float16 | Logical::Decimal { .. } => Kind::Float,
        Logical::Date | Logical::Timestamp(_) => Kind::Time,
        Logical::Text => Kind::Text,
        Logical::Binary => Kind::Binary,
    };
    let chartable = match kind {
        Kind::Text => match catalog::column(&column.name) {
            Some(facts) => facts.categorical,
            None => {
                // Text with few different values is written as indexes into a dictionary: a few
                // bits a row, and the dictionary.
                meta.raw_bytes(leaf) < meta.rows.saturating_mul(4).saturating_add(1 << 20)
            }
        },
        Kind::Bool | Kind::Integer | Kind::Float | Kind::Time => true,
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
