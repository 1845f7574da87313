//! Reading the open table: what is wanted, and what comes of the bytes at hand.

use super::load::Load;
use super::pool::Pool;
use super::table::{Part, Table};
use super::{Class, Effect, notice};
use crate::bytes::ByteRange;
use crate::column::{Column, Value};
use crate::error::{Error, ErrorKind};
use crate::parquet::decode::ByteValues;
use crate::protocol::{Kind, Response};

impl Table {
    /// The columns that must be read for this one: itself, and what it is derived from.
    pub(super) fn parts_of(&self, name: &str) -> Vec<usize> {
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
