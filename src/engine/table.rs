//! The open table: its columns, and what of them is being read.

use super::load::Load;
use super::nested::Nested;
use super::pager::Pager;
use super::pool::Pool;
use super::{Class, Effect, notice, progress};
use crate::bytes::ByteRange;
use crate::catalog;
use crate::column::{Column, Value};
use crate::crossfilter::{Binned, Crossfilter};
use crate::error::{Error, ErrorKind};
use crate::parquet::decode::ByteValues;
use crate::parquet::map::PageMap;
use crate::parquet::meta::{ColumnMeta, FileMeta, Logical};
use crate::protocol::{self, Kind, LoadState, Opened, Request, Response, Show};
use crate::select::Selection;

/// An open table.
pub struct Table {
    pub(super) meta: FileMeta,
    name: String,
    source: String,
    revision: Option<String>,
    file_bytes: u64,
    pub(super) columns: Vec<State>,
    pub(super) show: Show,
    pub(super) filter: Crossfilter,
    pub(super) selection: Selection,
    pub(super) detail: Option<u64>,
    /// Pages that the screen lacks.
    screen_wants: Vec<ByteRange>,
    /// What the page has to be told again.
    pub(super) stale: Stale,
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
}

/// A column of the open table.
pub struct State {
    pub info: protocol::Column,
    pub part: Part,
    /// Where the reading of the whole column stands, once it was asked for.
    load: Option<Load>,
    loading: bool,
    pub data: Option<Column>,
    pub complete: bool,
    pub binned: Option<Binned>,
    /// Rows of each bin in the whole table, as far as binned.
    pub all: Vec<u32>,
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
            all: Vec::new(),
            untold: false,
            failed: false,
            pager,
            nested: Nested::default(),
            told: (0, LoadState::Idle),
        }
    }

    /// Rows that are read, from the first.
    pub fn rows_read(&self) -> usize {
        self.data.as_ref().map_or(0, Column::rows)
    }

    fn tell_progress(&mut self, effects: &mut Vec<Effect>) {
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
        file_bytes: u64,
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
        let filter = Crossfilter::new(rows);
        let selection = Selection::new(filter.mask());
        Self {
            meta,
            name: name.to_owned(),
            source: source.to_owned(),
            revision,
            file_bytes,
            columns,
            show: Show::default(),
            filter,
            selection,
            detail: None,
            screen_wants: Vec::new(),
            stale: Stale { counts: true, masks: true, rows: true, detail: false },
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
            file_bytes: self.file_bytes,
            revision: self.revision.clone(),
            columns: self.columns.iter().map(|column| column.info.clone()).collect(),
            created_by: self.meta.created_by.clone(),
            row_groups: self.meta.groups.len() as u32,
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
                self.detail = Some(row).filter(|row| *row < self.meta.rows);
                self.stale.detail = true;
            }
            // The engine's own.
            Request::Open(_) | Request::Retry => {}
        }
    }

    /// The columns that must be read for this one: itself, and what it is derived from.
    fn parts_of(&self, name: &str) -> Vec<usize> {
        match self.column(name) {
            Some((place, state)) => match state.part {
                Part::Size { width, height } => vec![place, width, height],
                Part::Leaf(_) => vec![place],
                Part::Nested { .. } => Vec::new(),
            },
            None => Vec::new(),
        }
    }

    /// Begins, or goes on, to read a column whole.
    pub(super) fn load(&mut self, name: &str) {
        for place in self.parts_of(name) {
            let rows = self.meta.rows as usize;
            let Some(state) = self.columns.get_mut(place) else { continue };
            if state.complete
                || state.failed
                || !(state.info.chartable || matches!(state.part, Part::Leaf(_)))
            {
                continue;
            }
            state.loading = true;
            if let (Part::Leaf(leaf), None) = (state.part, &state.load) {
                state.pager.prepare(&self.meta);
                state.load = Some(Load::new(leaf, &self.meta));
                state.data = Some(Column::with_capacity(rows));
            }
        }
    }

    /// What is to be read, by what it is for.
    pub fn wants(&self) -> impl Iterator<Item = (Class, ByteRange)> {
        let screen = self.screen_wants.iter().map(|range| (Class::Screen, *range));
        let loads =
            self.columns.iter().enumerate().filter(|(_, state)| state.loading).flat_map(|(place, state)| {
                let class = if self.is_urgent(place) { Class::Chart } else { Class::Background };
                let ranges = state.load.as_ref().map(|load| load.wants(&self.meta)).unwrap_or_default();
                ranges.into_iter().map(move |range| (class, range))
            });
        screen.chain(loads)
    }

    /// Whether a chart or a filter on the screen waits for the column.
    fn is_urgent(&self, place: usize) -> bool {
        let wanted = |name: &str| {
            self.show.charts.iter().any(|chart| chart == name)
                || self.show.filters.iter().any(|filter| filter.column == name)
        };
        let named = |place: usize| self.columns.get(place).is_some_and(|state| wanted(&state.info.name));
        named(place)
            || self.columns.iter().any(|state| match state.part {
                Part::Size { width, height } => {
                    (width == place || height == place) && wanted(&state.info.name)
                }
                Part::Leaf(_) | Part::Nested { .. } => false,
            })
    }

    /// Does all that the bytes at hand allow, and tells the page what is new.
    pub fn advance(&mut self, pool: &mut Pool, effects: &mut Vec<Effect>) {
        for place in 0..self.columns.len() {
            self.advance_load(place, pool, effects);
        }
        self.derive();
        for place in 0..self.columns.len() {
            self.bin(place);
            if let Some(state) = self.columns.get_mut(place) {
                state.tell_progress(effects);
            }
        }
        if std::mem::take(&mut self.stale.counts) {
            let masks = std::mem::take(&mut self.stale.masks);
            self.tell_counts(masks, effects);
        }
        self.poll_pages(pool, effects);
        if std::mem::take(&mut self.stale.rows) {
            self.tell_rows(effects);
        }
        if std::mem::take(&mut self.stale.detail) {
            self.tell_detail(effects);
        }
    }

    fn advance_load(&mut self, place: usize, pool: &mut Pool, effects: &mut Vec<Effect>) {
        let Some(state) = self.columns.get_mut(place).filter(|state| state.loading) else { return };
        let (Some(load), Some(column)) = (&mut state.load, &mut state.data) else { return };
        let before = column.rows();
        match load.advance(&self.meta, pool, column, &mut state.pager.maps) {
            Ok(()) => {
                state.complete = load.is_done(&self.meta);
                if column.rows() != before || state.complete {
                    self.stale.rows |= self.show.columns.contains(&state.info.name);
                    self.stale.detail |= self.detail.is_some() && state.complete;
                }
                if state.complete {
                    state.loading = false;
                    state.load = None;
                }
            }
            Err(error) => self.column_failed(place, &error, effects),
        }
    }

    fn column_failed(&mut self, place: usize, error: &Error, effects: &mut Vec<Effect>) {
        let Some(state) = self.columns.get_mut(place) else { return };
        if !std::mem::replace(&mut state.failed, true) {
            state.loading = false;
            state.load = None;
            if error.kind != ErrorKind::Limit {
                // What was read before the bad page is not taken for the whole.
                state.data = None;
                state.binned = None;
            }
            effects.push(Effect::Respond(Response::Notice(notice::column_failed(&state.info.name, error))));
            self.stale.rows = true;
            self.stale.detail = self.detail.is_some();
        }
    }

    /// Makes derived columns of those that are read whole.
    fn derive(&mut self) {
        for place in 0..self.columns.len() {
            let Some(state) = self.columns.get(place) else { return };
            let Part::Size { width, height } = state.part else { continue };
            if state.complete || !state.loading {
                continue;
            }
            let parts = [width, height].map(|part| self.columns.get(part));
            let failed = parts.iter().flatten().any(|part| part.failed);
            let data =
                parts.map(|part| part.filter(|part| part.complete).and_then(|part| part.data.as_ref()));
            let sizes =
                if let [Some(width), Some(height)] = data { Some(sizes(width, height)) } else { None };
            let Some(state) = self.columns.get_mut(place) else { return };
            if let Some(sizes) = sizes {
                state.data = sizes;
                state.complete = state.data.is_some();
                state.failed = state.data.is_none();
                state.loading = false;
                self.stale.rows = true;
                self.stale.detail = self.detail.is_some();
            } else if failed {
                state.failed = true;
                state.loading = false;
            }
        }
    }

    /// Puts a column that has grown into bins, and looks again at its clause. A column that is
    /// still growing is looked at each time it is four times as long.
    fn bin(&mut self, place: usize) {
        let Some(state) = self.columns.get_mut(place) else { return };
        let Some(data) = &state.data else { return };
        let binned = state.binned.as_ref().map_or(0, |binned| binned.rows.len());
        let grown = if state.complete { data.rows() > binned } else { data.rows() >= 65_536.max(binned * 4) };
        let wanted = state.info.chartable && (state.complete || !state.failed);
        if !grown || !wanted {
            return;
        }
        let binned = crate::crossfilter::bin(&state.info.name, data, state.info.kind == Kind::Time);
        state.all = crate::crossfilter::count(&binned.rows, self.filter.mask(), 0).to_vec();
        self.filter.refresh(&state.info.name, data);
        state.binned = Some(binned);
        state.untold = true;
        self.stale.counts = true;
        self.stale.masks |= self.filter.bit(&state.info.name) != 0;
    }

    /// Gets single pages for the rows on the screen, of columns that are not read whole.
    fn poll_pages(&mut self, pool: &mut Pool, effects: &mut Vec<Effect>) {
        let rows: Vec<u64> = self.window().into_iter().map(u64::from).collect();
        let detail: Vec<u64> = self.detail.into_iter().collect();
        let before = self.screen_wants.len();
        let mut wants = Vec::new();
        let mut later = Vec::new();
        let mut errors = Vec::new();
        for (place, state) in self.columns.iter_mut().enumerate() {
            if matches!(state.part, Part::Size { .. }) || state.failed || state.complete {
                continue;
            }
            let on_screen = self.show.columns.contains(&state.info.name);
            // A column that is about to be read whole is not read twice.
            let read =
                if state.loading && state.info.chartable { u64::MAX } else { state.rows_read() as u64 };
            let missing = |rows: &[u64]| rows.iter().copied().filter(|row| *row >= read).collect::<Vec<_>>();
            let asks = [(on_screen, missing(&rows)), (self.detail.is_some(), missing(&detail))];
            for (number, (asked, rows)) in asks.into_iter().enumerate() {
                if !asked || rows.is_empty() {
                    continue;
                }
                let polled = match state.part {
                    Part::Nested { first, end } => state.nested.poll(&rows, first..end, &self.meta, pool),
                    Part::Leaf(_) | Part::Size { .. } => state.pager.poll(&rows, &self.meta, pool),
                };
                match polled {
                    Ok(missing) if number == 0 => wants.extend(missing),
                    Ok(missing) => later.extend(missing),
                    Err(error) => errors.push((place, error)),
                }
            }
        }
        wants.extend(later);
        if wants != self.screen_wants || before != wants.len() {
            self.stale.rows = true;
            self.stale.detail |= self.detail.is_some();
        }
        self.screen_wants = wants;
        for (place, error) in errors {
            self.column_failed(place, &error, effects);
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
                let raw: u64 = meta
                    .groups
                    .iter()
                    .filter_map(|group| group.chunks.get(leaf))
                    .map(|chunk| chunk.uncompressed_bytes)
                    .sum();
                raw < meta.rows.saturating_mul(4).saturating_add(1 << 20)
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

/// The sizes of images as labels; none where there are more different ones than codes.
fn sizes(width: &Column, height: &Column) -> Option<Column> {
    let (widths, heights) = (width.coded()?, height.coded()?);
    let stride = heights.values + 1;
    // A code for each pair of codes, given when the pair is first met.
    let mut known = vec![u16::MAX; widths.values.checked_add(1)?.checked_mul(stride)?];
    let mut labels = ByteValues::default();
    let mut codes = Vec::with_capacity(width.rows());
    for (row, (w, h)) in widths.codes.iter().zip(&heights.codes).enumerate() {
        if usize::from(*w) >= widths.values || usize::from(*h) >= heights.values {
            codes.push(u16::MAX);
            continue;
        }
        let code = known.get_mut(usize::from(*w) * stride + usize::from(*h))?;
        if *code == u16::MAX {
            let next = u16::try_from(labels.len()).ok().filter(|code| *code < u16::MAX)?;
            let (Some(Value::Int(width)), Some(Value::Int(height))) = (width.get(row), height.get(row))
            else {
                codes.push(u16::MAX);
                continue;
            };
            labels.push(format!("{width}x{height}").as_bytes());
            *code = next;
        }
        codes.push(*code);
    }
    Some(Column::from_codes(codes, labels))
}
