//! Columns that are measured of a text column: they are made as that is read.

use super::Data;
use super::column::{DataColumn, Derived, Origin};
use crate::base::error::{Error, Result};
use crate::engine::change::Change;
use crate::protocol::{self, Kind};
use crate::table::column::Column;
use crate::table::measure::{self, Gauge};
use crate::view::measures::{MAX_ADDED, Measure, Measured, Values};

/// What measures texts, as far as it is here.
#[derive(Default)]
pub struct Measuring {
    /// Whether the code, and the vocabulary, were asked for.
    asked: Option<Asked>,
    /// The vocabulary.
    vocabulary: Option<Vec<u8>>,
    /// Whether the last attempt came to nothing.
    failed: bool,
}

/// What is on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Asked {
    vocabulary: bool,
}

impl Data {
    /// Takes over which columns are added. Whether these are others than before.
    pub fn set_added(&mut self, names: &[String]) -> bool {
        let mut changed = false;
        for column in self.columns.iter_mut().filter(|column| column.gauge.is_some()) {
            let hidden = !names.contains(&column.info.name);
            changed |= std::mem::replace(&mut column.hidden, hidden) != hidden;
            column.loading &= !hidden;
        }
        for name in names.iter().take(MAX_ADDED) {
            if self.place(name).is_none()
                && let Some(column) = self.measured(name)
            {
                self.columns.push(column);
                changed = true;
            }
        }
        if changed {
            self.give_meters();
        }
        changed
    }

    fn measured(&self, name: &str) -> Option<DataColumn> {
        let Measured { measure, column } = Measured::read(name)?;
        let text = self.place(column)?;
        let own = self.columns.get(text)?;
        let is_text = own.info.kind == Kind::Text && matches!(own.origin, Origin::Leaf(_));
        let added = self.columns.iter().filter(|column| column.gauge.is_some()).count();
        if !is_text || added >= MAX_ADDED * 2 {
            return None;
        }
        let info = protocol::Column {
            name: name.to_owned(),
            kind: match measure.values() {
                Values::Whole => Kind::Integer,
                Values::Share => Kind::Float,
                Values::Truth => Kind::Bool,
                Values::Names => Kind::Text,
            },
            type_name: measure.name().to_owned(),
            bytes: own.info.bytes,
            chartable: true,
            derived_from: vec![own.info.name.clone()],
        };
        let mut made =
            DataColumn::new(info, Origin::Derived(Derived::Measured { text, measure }), Vec::new());
        made.gauge = Some(Gauge::new(measure));
        Some(made)
    }

    /// Reads what shown columns can't be told of single rows, where that is here already, or small.
    pub fn load_what_rows_need(&mut self, shown: &[String]) {
        /// More is read only where a chart, a filter or an order asks for it.
        const SMALL_BYTES: u64 = 4_000_000;
        let needed = |name: &&String| {
            let Some(column) = self.column(name) else { return false };
            let Origin::Derived(Derived::Measured { text, measure }) = column.origin else { return false };
            let is_at_hand =
                self.columns.get(text).is_some_and(|text| text.complete || text.info.bytes <= SMALL_BYTES);
            measure.is_of_all_rows() && is_at_hand && !column.complete && !column.loading
        };
        let needed: Vec<String> = shown.iter().filter(needed).cloned().collect();
        needed.iter().for_each(|name| self.load(name));
    }

    // ------------------------------------------------------------ what measures

    fn lacking(&self) -> impl Iterator<Item = Measure> {
        let gauges = self.columns.iter().filter(|column| !column.hidden && !column.failed);
        let gauges = gauges.filter_map(|column| column.gauge.as_ref());
        gauges.filter(|gauge| gauge.meter.is_none()).map(Gauge::measure)
    }

    /// Whether what measures has to be fetched now, and the vocabulary with it.
    pub fn needs_measures(&mut self) -> Option<bool> {
        if self.measuring.asked.is_some() {
            return None;
        }
        let lacks_vocabulary = self.measuring.vocabulary.is_none();
        self.lacking().next()?;
        let vocabulary = lacks_vocabulary && self.lacking().any(Measure::needs_vocabulary);
        self.measuring.asked = Some(Asked { vocabulary });
        Some(vocabulary)
    }

    /// Whether what measures is on its way.
    pub fn awaits_measures(&self) -> bool {
        self.measuring.asked.is_some()
    }

    /// What measures has come, with the vocabulary where it was asked for; or it can't be had.
    pub fn take_measures(&mut self, outcome: Result<Option<Vec<u8>>>) -> Vec<Change> {
        let Some(Asked { vocabulary: asked }) = self.measuring.asked.take() else { return Vec::new() };
        let error = match outcome {
            Ok(vocabulary) => {
                if vocabulary.is_some() {
                    self.measuring.vocabulary = vocabulary;
                }
                self.give_meters()
            }
            Err(error) => Some(error),
        };
        let Some(error) = error else { return vec![Change::Pages] };
        self.measuring.failed = true;
        // Without the vocabulary what needs none goes on.
        let has_code = measure::make().is_some();
        let mut changes = vec![Change::MeasuresFailed { error }];
        for (place, column) in self.columns.iter_mut().enumerate() {
            let lacks = column.gauge.as_ref().filter(|gauge| gauge.meter.is_none()).map(Gauge::measure);
            let lacks = lacks.is_some_and(|measure| !has_code || (asked && measure.needs_vocabulary()));
            if lacks && !column.failed {
                column.failed = true;
                column.loading = false;
                changes.push(Change::Failed { column: place, error: None });
            }
        }
        changes
    }

    /// What failed is tried again.
    pub fn retry_measures(&mut self) {
        if !std::mem::take(&mut self.measuring.failed) {
            return;
        }
        let lacking = self.columns.iter_mut().filter(|column| {
            column.gauge.as_ref().is_some_and(|gauge| gauge.meter.is_none()) && !column.hidden
        });
        lacking.for_each(|column| column.failed = false);
    }

    /// Gives columns what measures them, as far as it is here. What is wrong with the vocabulary.
    fn give_meters(&mut self) -> Option<Error> {
        let make = measure::make()?;
        let vocabulary = self.measuring.vocabulary.as_deref();
        let mut wrong = None;
        for column in &mut self.columns {
            let Some(gauge) = column.gauge.as_mut().filter(|gauge| gauge.meter.is_none()) else { continue };
            if gauge.measure().needs_vocabulary() && vocabulary.is_none() {
                continue;
            }
            match make(gauge.measure(), vocabulary) {
                Ok(meter) => {
                    gauge.meter = Some(meter);
                    column.unseen |= column.loading;
                }
                Err(error) => wrong = Some(error),
            }
        }
        if wrong.is_some() {
            self.measuring.vocabulary = None;
        }
        wrong
    }

    // ------------------------------------------------------------ measuring

    /// Measures what has come of texts, some at a time.
    pub(super) fn measure(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for place in 0..self.columns.len() {
            let Some(column) = self.columns.get_mut(place).filter(|column| column.loading) else { continue };
            let Origin::Derived(Derived::Measured { text, .. }) = column.origin else { continue };
            let (Some(mut gauge), values) = (column.gauge.take(), column.values.take()) else { continue };
            let mut values = values.unwrap_or_else(|| Column::with_capacity(0));
            let before = values.rows();
            let rows = self.meta.rows;
            let text = self.columns.get(text);
            let complete = text.is_some_and(|text| text.complete);
            let failed = text.is_none_or(|text| text.failed);
            let grown = match text.and_then(|text| text.values.as_ref()) {
                Some(texts) => gauge.grow(texts, complete, &mut values),
                None => Ok(false),
            };
            let all = text.and_then(|text| text.values.as_ref()).map_or(0, Column::rows);
            let Some(column) = self.columns.get_mut(place) else { continue };
            let is_measured = gauge.meter.is_some();
            let (now, more) = (values.rows(), matches!(grown, Ok(true)));
            column.derived_bytes =
                (column.info.bytes as f64 * (now as f64 / rows.max(1) as f64).min(1.0)) as u64;
            if complete && is_measured && now == all && !more {
                values.finish();
                gauge.finish();
                column.complete = true;
                column.loading = false;
            }
            column.unseen = more && column.loading;
            column.gauge = Some(gauge);
            column.values = Some(values);
            if let Err(error) = grown {
                changes.extend(self.fail(place, error));
                continue;
            }
            if failed {
                column.failed = true;
                column.loading = false;
                changes.push(Change::Failed { column: place, error: None });
            } else if now != before || column.complete {
                changes.push(Change::Grew { column: place, complete: column.complete });
            }
        }
        changes
    }

    /// Where what a text encoder takes of a prompt ends, in bytes; none where that is all of it, or where its
    /// tokens are not counted.
    pub fn end_of_context(&self, prompt: &str) -> Option<usize> {
        let counted = self.columns.iter().find(|column| match column.origin {
            Origin::Derived(Derived::Measured { text, measure }) => {
                Some(text) == self.prompt && measure.needs_vocabulary() && !column.hidden
            }
            Origin::Derived(Derived::Size { .. } | Derived::Joined(_) | Derived::Label | Derived::Note)
            | Origin::Leaf(_)
            | Origin::Nested { .. } => false,
        })?;
        counted.gauge.as_ref()?.meter.as_ref()?.end_of_context(prompt)
    }
}
