//! What the bars of a column show.

use crate::protocol::Shape;
use crate::protocol::figure::{self, Drawn};
use crate::protocol::texts::common;
use crate::ui::charts::plot::{Growing, Now, chart_now, clause_of, scale_of};
use crate::ui::store::facts;
use crate::ui::store::{Commit, Store};
use crate::view::chart;
use crate::view::chart::{Growth, Measure, heights};
use crate::view::choice;
use crate::view::spec::{Clause, ListValue};
use leptos::prelude::*;

/// Bars that are shown before "n more" is pressed.
const SHOWN_FIRST: usize = 5;

/// With more values than this there is a field to find one.
const FOUND_BY_EYE: usize = 10;

/// Bars that are shown at a time where one is looked for.
const MAX_FOUND: usize = 60;

/// One category with all that its bar needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What a click asks for.
    pub value: ListValue,
    /// What it is called.
    pub label: String,
    /// Rows that match.
    pub here: u32,
    /// Rows in the whole table, or those that are pinned.
    pub all: u32,
    /// Whether it is those.
    pub pinned: bool,
    /// How long the bar of what matches is, of one.
    pub here_share: f64,
    /// The same of the whole table.
    pub all_share: f64,
}

/// What the bars of a column show. Copies are the same.
#[derive(Clone, Copy)]
pub struct Model {
    /// The column.
    pub column: StoredValue<String>,
    /// Its chart.
    pub now: Memo<Option<Now>>,
    /// The scale of its counts.
    pub growing: Growing,
    /// Its clause.
    pub clause: Memo<Option<Clause>>,
    /// Its bars.
    pub bars: Memo<Vec<Bar>>,
    /// Values that are not listed.
    pub others: Memo<u32>,
    /// Whether more than the first few bars are shown.
    pub expanded: RwSignal<bool>,
    /// What is typed to find a value.
    pub wanted: RwSignal<String>,
    /// Whether there is a field to find one.
    pub finds: Memo<bool>,
    /// The values whose bars are shown.
    pub shown: Memo<Vec<ListValue>>,
}

impl Model {
    /// Of a column that has a chart.
    pub fn new(store: Store, column: StoredValue<String>) -> Self {
        let expanded = RwSignal::new(false);
        let wanted = RwSignal::new(String::new());
        let now = chart_now(store, column);
        let growing = Growing::new(now);
        let clause = clause_of(store, column);
        let bars = Memo::new(move |_| {
            now.get().map(|now| bars_of(&now, store.measure.get(), growing.get(), column)).unwrap_or_default()
        });
        let others = Memo::new(move |_| match now.get().map(|now| now.chart.shape.clone()) {
            Some(Shape::Categories { others, .. }) => others,
            Some(Shape::Bins(_)) | None => 0,
        });
        let finds =
            Memo::new(move |_| expanded.get() && (others.get() > 0 || bars.with(Vec::len) > FOUND_BY_EYE));
        let shown = Memo::new(move |_| {
            let wanted = if finds.get() { wanted.with(|wanted| lower(wanted.trim())) } else { String::new() };
            let count = match (expanded.get(), wanted.is_empty()) {
                (false, _) => bars.with(|bars| shown_first(bars)),
                (true, true) => usize::MAX,
                (true, false) => MAX_FOUND,
            };
            bars.with(|bars| {
                let found =
                    bars.iter().filter(|bar| wanted.is_empty() || lower(&bar.label).contains(&wanted));
                found.take(count).map(|bar| bar.value.clone()).collect::<Vec<_>>()
            })
        });
        Self { column, now, growing, clause, bars, others, expanded, wanted, finds, shown }
    }

    /// How many bars are not shown at first.
    pub fn hidden(self) -> usize {
        self.bars.with(|bars| bars.len().saturating_sub(shown_first(bars)))
    }

    /// Whether none of many values is in two rows, so that bars say nothing.
    pub fn is_all_different(self) -> bool {
        self.bars.with(|bars| shown_first(bars) == 0) && !self.expanded.get()
    }

    /// Whether a value is looked for that is not listed.
    pub fn finds_nothing(self) -> bool {
        self.shown.with(Vec::is_empty) && self.wanted.with(|wanted| !wanted.trim().is_empty())
    }

    /// Room for labels, in letters.
    pub fn label_letters(self) -> f64 {
        let longest = self
            .bars
            .with(|bars| bars.iter().take(SHOWN_FIRST).map(|bar| bar.label.chars().count()).max())
            .unwrap_or(4);
        longest.clamp(5, 16) as f64 * 0.92
    }

    /// Filters by what is typed. It need not be among the values that are listed: a column of users has
    /// thousands.
    pub fn take_wanted(self, store: Store) {
        let text = self.wanted.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let named = self.bars.with_untracked(|bars| {
            bars.iter().find(|bar| lower(&bar.label) == lower(&text)).map(|bar| bar.value.clone())
        });
        let value = named.unwrap_or(ListValue::Text(text));
        let clause = self.clause.get_untracked();
        if clause.is_none() || !choice::holds(clause.as_ref(), &value) {
            let next = choice::toggled(clause, &value);
            self.column.with_value(|column| store.set_clause(column, next, Commit::Step));
        }
        self.wanted.set(String::new());
    }

    /// The chart as other programs draw it.
    pub fn drawn(self, store: Store) -> Option<Drawn> {
        let bars = self.bars.get_untracked().into_iter();
        let bars = bars.map(|bar| figure::Bar { name: bar.label, all: bar.all, here: bar.here }).collect();
        let scale = scale_of(store, self.growing);
        Some(Drawn::Bars(figure::Bars { bars, more: self.others.get_untracked(), scale }))
    }
}

/// How many bars are shown at first: the longest, unless all are of one row.
fn shown_first(bars: &[Bar]) -> usize {
    let most = bars.iter().filter(|bar| bar.value != ListValue::Null).map(|bar| bar.all).max();
    if bars.len() > SHOWN_FIRST && most == Some(1) { 0 } else { SHOWN_FIRST }
}

fn bars_of(now: &Now, measure: Measure, growth: Growth, column: StoredValue<String>) -> Vec<Bar> {
    let Shape::Categories { labels, .. } = &now.chart.shape else { return Vec::new() };
    let (mut all, mut here) = (now.chart.all.0.clone(), now.here.clone());
    all.resize(labels.len(), 0);
    here.resize(labels.len(), 0);
    all.push(now.chart.null_all);
    here.push(now.null_here);
    let both = heights(&all, &here, measure, growth);
    let values = labels.iter().map(|label| ListValue::Text(label.clone())).chain([ListValue::Null]);
    let counts = all.into_iter().zip(here);
    let shares = both.all.into_iter().zip(both.here);
    values
        .zip(counts.zip(shares))
        .filter(|(value, ((all, here), _))| *value != ListValue::Null || *all > 0 || *here > 0)
        .map(|(value, ((all, here), (all_share, here_share)))| {
            let label = match &value {
                ListValue::Null => common::NONE.to_owned(),
                ListValue::Text(text) => column.with_value(|column| facts::category(column, text)),
            };
            let (all_share, here_share) = (all_share / chart::HEIGHT, here_share / chart::HEIGHT);
            Bar { value, label, here, all, pinned: now.chart.pinned, here_share, all_share }
        })
        .collect()
}

/// In lower case. The browser has the tables for it.
fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}
