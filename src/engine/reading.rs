//! Reading the open table: what is wanted, and what comes of the bytes at hand.

use super::load::Load;
use super::pace::Pace;
use super::pool::Pool;
use super::table::{Later, Part, Table};
use super::{Class, Effect, notice};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::formats::parquet::decode::{ByteValues, Values};
use crate::formats::parquet::meta::Logical;
use crate::protocol::images::ImageColumn;
use crate::protocol::{Kind, Response};
use crate::table::column::{Column, ROWS_A_CALL, Store, Value, value_at};

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
                let long =
                    state.info.kind == Kind::Text && (!state.info.chartable || self.prompt == Some(place));
                let column = if long { Column::text(rows) } else { Column::with_capacity(rows) };
                let kind = self.meta.columns.get(leaf).map(|column| column.logical);
                let unsigned = kind == Some(Logical::Int { signed: false, bits: 64 });
                state.data = Some(if unsigned { column.unsigned() } else { column });
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
        let images = self.image_wants.iter().map(|range| (Class::Image, *range));
        let export = self.export_wants().map(|range| (Class::Background, range));
        self.file_wants().into_iter().chain(screen).chain(images).chain(loads).chain(export)
    }

    /// Whether a chart or a filter on the screen waits for the column.
    pub(super) fn is_urgent(&self, place: usize) -> bool {
        let wanted = |name: &str| {
            self.show.charts.iter().any(|chart| chart == name)
                || self.show.filters.iter().any(|filter| filter.column == name)
        };
        let named = |place: usize| self.columns.get(place).is_some_and(|state| wanted(&state.info.name));
        named(place)
            || self.is_asked(place)
            || self.columns.iter().any(|state| match state.part {
                Part::Size { width, height } => {
                    (width == place || height == place) && wanted(&state.info.name)
                }
                Part::Leaf(_) | Part::Nested { .. } => false,
            })
    }

    /// Does all that the bytes at hand allow, and tells the page what is new.
    /// Whether there is more to be done.
    pub fn advance(&mut self, pool: &mut Pool, pace: &mut Pace, effects: &mut Vec<Effect>) -> bool {
        self.open_files(pool, effects);
        for place in 0..self.columns.len() {
            self.advance_load(place, pool, effects);
        }
        self.derive();
        let working = self.search_on() | self.sort_on();
        for place in 0..self.columns.len() {
            self.bin(place);
            if let Some(state) = self.columns.get_mut(place) {
                state.tell_progress(effects);
            }
        }
        // What has only grown goes along with what is told anyway.
        if self.later.any() && (self.stale.counts || pace.is_due()) {
            let Later { masks, rows, lists } = std::mem::take(&mut self.later);
            self.stale.counts |= masks;
            self.stale.masks |= masks;
            self.stale.rows |= rows;
            self.stale.lists |= lists;
            pace.look();
        } else if self.stale.counts && self.asked.search.is_some() {
            pace.look();
        }
        if std::mem::take(&mut self.stale.counts) {
            let masks = std::mem::take(&mut self.stale.masks);
            self.tell_counts(masks, effects);
        }
        self.tell_groups(effects);
        let more = self.tell_lists(effects) | working;
        self.poll_pages(pool, effects);
        if std::mem::take(&mut self.stale.rows) {
            self.tell_rows(effects);
            self.tell_picked(effects);
        }
        if std::mem::take(&mut self.stale.detail) {
            self.tell_detail(effects);
        }
        let writes_on = self.advance_export(pool, effects);
        more || writes_on
    }

    fn advance_load(&mut self, place: usize, pool: &mut Pool, effects: &mut Vec<Effect>) {
        let Some(state) = self.columns.get_mut(place).filter(|state| state.loading) else { return };
        let (Some(load), Some(column)) = (&mut state.load, &mut state.data) else { return };
        let before = column.rows();
        match load.advance(&self.meta, pool, column, &mut state.pager.maps) {
            Ok(()) => {
                state.complete = load.is_done(&self.meta) && !self.files.unread();
                if column.rows() != before || state.complete {
                    let shown = self.compare.picks()
                        || self.show.columns.contains(&state.info.name)
                        || self.show.extras.contains(&state.info.name);
                    // A search tells its rows with its counts.
                    if self.prompt == Some(place) && self.asked.search.is_some() && !state.complete {
                        self.later.rows |= shown;
                    } else {
                        self.stale.rows |= shown;
                    }
                    self.stale.detail |= self.detail.is_some() && state.complete;
                }
                if state.complete {
                    state.loading = false;
                    state.load = None;
                    column.finish();
                }
                let (grown, complete) = (column.rows() != before, state.complete);
                if grown || complete {
                    if self.prompt == Some(place) {
                        self.forget_lists();
                    }
                    self.follow(place);
                    let listed = self.prompt == Some(place) && self.lists_prompts();
                    self.later.lists |= listed && !complete;
                    self.stale.lists |= listed && complete;
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
    /// still growing is looked at each time it is four times as long, unless the rest of it will
    /// make no more than that.
    fn bin(&mut self, place: usize) {
        let rows_in_all = self.rows_in_all();
        let Some(state) = self.columns.get_mut(place) else { return };
        let Some(data) = &state.data else { return };
        let binned = state.binned.as_ref().map_or(0, |binned| binned.rows.len());
        let rows = data.rows();
        let far_from_done = (rows as u64).saturating_mul(4) <= rows_in_all;
        let grown =
            if state.complete { rows > binned } else { far_from_done && rows >= 65_536.max(binned * 4) };
        let wanted = state.info.chartable && (state.complete || !state.failed);
        if !grown || !wanted {
            return;
        }
        let binned = crate::table::crossfilter::bin(&state.info.name, data, state.info.kind == Kind::Time);
        self.filter.refresh(&state.info.name, data);
        state.binned = Some(binned);
        state.untold = true;
        self.stale.counts = true;
        self.stale.masks |= self.filter.bit(&state.info.name) != 0;
    }

    /// Gets single pages for the rows on the screen, of columns that are not read whole.
    fn poll_pages(&mut self, pool: &mut Pool, effects: &mut Vec<Effect>) {
        // Pages are found from front to back, whatever the order of the rows.
        let mut rows: Vec<u64> = self.window().into_iter().map(u64::from).collect();
        rows.sort_unstable();
        let detail: Vec<u64> = self.detail.into_iter().collect();
        let before = self.screen_wants.len();
        // Where the image of the open row is, then the screen, then its other values.
        let mut sooner = Vec::new();
        let mut wants = Vec::new();
        let mut later = Vec::new();
        let mut last = Vec::new();
        let mut errors = Vec::new();
        let addresses = match self.image_column() {
            Some(ImageColumn::Addresses { column }) => Some(column),
            Some(ImageColumn::Embedded { .. }) | None => None,
        };
        // A column that is made of two others needs those.
        let sides: Vec<usize> = self
            .columns
            .iter()
            .filter(|state| !state.complete && self.show.columns.contains(&state.info.name))
            .flat_map(|state| match state.part {
                Part::Size { width, height } => vec![width, height],
                Part::Leaf(_) | Part::Nested { .. } => Vec::new(),
            })
            .collect();
        for (place, state) in self.columns.iter_mut().enumerate() {
            if matches!(state.part, Part::Size { .. }) || state.failed || state.complete {
                continue;
            }
            let on_screen = self.show.columns.contains(&state.info.name) || sides.contains(&place);
            // A column that is about to be read whole is not read twice.
            let read =
                if state.loading && state.info.chartable { u64::MAX } else { state.rows_read() as u64 };
            let missing = |rows: &[u64]| rows.iter().copied().filter(|row| *row >= read).collect::<Vec<_>>();
            let extra = self.show.extras.contains(&state.info.name);
            let (image_rows, image_columns) = &self.image_rows;
            let says_where =
                image_columns.contains(&state.info.name) || addresses.as_ref() == Some(&state.info.name);
            let (taken_rows, taken_columns) = &self.taken_rows;
            let takes =
                taken_columns.contains(&state.info.name) || addresses.as_ref() == Some(&state.info.name);
            let asks = [
                (on_screen, missing(&rows)),
                (self.detail.is_some(), missing(&detail)),
                (says_where, missing(image_rows)),
                (takes, missing(taken_rows)),
                (extra && !on_screen, missing(&rows)),
                (true, missing(self.compare.rows_of(&state.info.name))),
            ];
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
                    Ok(missing) if number == 1 && says_where => sooner.extend(missing),
                    Ok(missing) if number == 1 => later.extend(missing),
                    Ok(missing) => last.extend(missing),
                    Err(error) => errors.push((place, error)),
                }
            }
            state.pager.round();
        }
        wants.splice(0..0, sooner);
        wants.extend(later);
        // What goes wrong there is told by the images that are not shown for it.
        if let Some(Ok(missing)) = self.embedded.as_mut().map(|embedded| embedded.poll(&self.meta, pool)) {
            last.extend(missing);
        }
        if wants != self.screen_wants || last != self.image_wants || before != wants.len() {
            self.stale.rows = true;
            self.stale.detail |= self.detail.is_some();
        }
        self.screen_wants = wants;
        self.image_wants = last;
        for (place, error) in errors {
            self.column_failed(place, &error, effects);
        }
    }
}

/// The sizes of images as labels; none where there are more different ones than codes.
fn sizes(width: &Column, height: &Column) -> Option<Column> {
    match (width.store(), height.store()) {
        (Store::Codes8(widths, w), Store::Codes8(heights, h)) => pair((widths, w), (heights, h)),
        (Store::Codes8(widths, w), Store::Codes16(heights, h)) => pair((widths, w), (heights, h)),
        (Store::Codes16(widths, w), Store::Codes8(heights, h)) => pair((widths, w), (heights, h)),
        (Store::Codes16(widths, w), Store::Codes16(heights, h)) => pair((widths, w), (heights, h)),
        (Store::Plain(..) | Store::Text(_), _) | (_, Store::Plain(..) | Store::Text(_)) => None,
    }
}

/// Codes for pairs of codes, given when a pair is first met.
struct Pairs<'a> {
    widths: &'a Values,
    heights: &'a Values,
    known: Vec<u16>,
    labels: ByteValues,
    codes: Vec<u16>,
}

/// Widths times heights, beyond which sizes are not told apart: a table of two bytes each.
const MAX_PAIRS: usize = 1 << 22;

/// A pair that has not been met.
const UNKNOWN: u16 = u16::MAX - 1;

fn pair<W: Copy + Into<usize>, H: Copy + Into<usize>>(
    (widths, width_values): (&[W], &Values),
    (heights, height_values): (&[H], &Values),
) -> Option<Column> {
    let known = width_values.len().checked_mul(height_values.len()).filter(|pairs| *pairs <= MAX_PAIRS)?;
    let mut pairs = Pairs {
        widths: width_values,
        heights: height_values,
        known: vec![UNKNOWN; known],
        labels: ByteValues::default(),
        codes: Vec::with_capacity(widths.len()),
    };
    for (widths, heights) in widths.chunks(ROWS_A_CALL).zip(heights.chunks(ROWS_A_CALL)) {
        pairs.add(widths, heights)?;
    }
    Some(Column::from_codes(pairs.codes, pairs.labels))
}

impl Pairs<'_> {
    #[inline(never)]
    fn add<W: Copy + Into<usize>, H: Copy + Into<usize>>(
        &mut self,
        widths: &[W],
        heights: &[H],
    ) -> Option<()> {
        let stride = self.heights.len();
        for (width, height) in widths.iter().zip(heights) {
            let (width, height): (usize, usize) = ((*width).into(), (*height).into());
            // The codes of null lie behind those of values.
            let place = if height < stride { width * stride + height } else { usize::MAX };
            let code = match self.known.get(place) {
                Some(&UNKNOWN) => self.name(place, width, height)?,
                Some(code) => *code,
                None => u16::MAX,
            };
            self.codes.push(code);
        }
        Some(())
    }

    /// A code for a new pair; none where the codes are used up.
    #[cold]
    fn name(&mut self, place: usize, width: usize, height: usize) -> Option<u16> {
        let code = u16::try_from(self.labels.len()).ok().filter(|code| *code < UNKNOWN)?;
        let (Value::Int(width), Value::Int(height)) =
            (value_at(self.widths, width), value_at(self.heights, height))
        else {
            return Some(u16::MAX);
        };
        self.labels.push(format!("{width}x{height}").as_bytes());
        *self.known.get_mut(place)? = code;
        Some(code)
    }
}
