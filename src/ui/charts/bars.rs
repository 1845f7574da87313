//! Categories as horizontal bars; a click on one is a filter.

use crate::protocol::Shape;
use crate::protocol::display;
use crate::protocol::figure::{self, Drawn};
use crate::protocol::texts::{charts as texts, common};
use crate::ui::charts::head::{ChartHead, heading_id};
use crate::ui::charts::plot::{Log, Now, chart_now, clause_of, marked_cell, scale_of};
use crate::ui::store::facts;
use crate::ui::store::{Commit, Store, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::chart;
use crate::view::chart::{Measure, heights};
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
    /// Rows in the whole table.
    pub all: u32,
    /// How long the bar of what matches is, of one.
    pub here_share: f64,
    /// The same of the whole table.
    pub all_share: f64,
}

/// What the bars of a column show. Copies are the same.
#[derive(Clone, Copy)]
struct Model {
    column: StoredValue<String>,
    log: Log,
    clause: Memo<Option<Clause>>,
    bars: Memo<Vec<Bar>>,
    /// Values that are not listed.
    others: Memo<u32>,
    /// Whether more than the first few bars are shown.
    expanded: RwSignal<bool>,
    /// What is typed to find a value.
    wanted: RwSignal<String>,
    /// Whether there is a field to find one.
    finds: Memo<bool>,
    /// The values whose bars are shown.
    shown: Memo<Vec<ListValue>>,
}

impl Model {
    fn new(store: Store, column: StoredValue<String>) -> Self {
        let expanded = RwSignal::new(false);
        let wanted = RwSignal::new(String::new());
        let now = chart_now(store, column);
        let log = Log::new(now);
        let clause = clause_of(store, column);
        let bars = Memo::new(move |_| {
            now.get().map(|now| bars_of(&now, store.measure.get(), log.is_on(), column)).unwrap_or_default()
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
                (false, _) => SHOWN_FIRST,
                (true, true) => usize::MAX,
                (true, false) => MAX_FOUND,
            };
            bars.with(|bars| {
                let found =
                    bars.iter().filter(|bar| wanted.is_empty() || lower(&bar.label).contains(&wanted));
                found.take(count).map(|bar| bar.value.clone()).collect::<Vec<_>>()
            })
        });
        Self { column, log, clause, bars, others, expanded, wanted, finds, shown }
    }

    fn hidden(self) -> usize {
        self.bars.with(Vec::len).saturating_sub(SHOWN_FIRST)
    }

    fn finds_nothing(self) -> bool {
        self.shown.with(Vec::is_empty) && self.wanted.with(|wanted| !wanted.trim().is_empty())
    }

    /// Room for labels, in letters.
    fn label_letters(self) -> f64 {
        let longest = self
            .bars
            .with(|bars| bars.iter().take(SHOWN_FIRST).map(|bar| bar.label.chars().count()).max())
            .unwrap_or(4);
        longest.clamp(5, 16) as f64 * 0.92
    }

    /// Filters by what is typed. It need not be among the values that are listed: a column of users has
    /// thousands.
    fn take_wanted(self, store: Store) {
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
    fn drawn(self, store: Store) -> Option<Drawn> {
        let bars = self.bars.get_untracked().into_iter();
        let bars = bars.map(|bar| figure::Bar { name: bar.label, all: bar.all, here: bar.here }).collect();
        let scale = scale_of(store.measure.get_untracked(), self.log);
        Some(Drawn::Bars(figure::Bars { bars, more: self.others.get_untracked(), scale }))
    }
}

/// The chart of one column.
#[component]
pub fn Bars(column: String) -> impl IntoView {
    let store = use_store();
    let heading = heading_id(&column);
    let data_column = column.clone();
    let column = StoredValue::new(column);
    let model = Model::new(store, column);
    let Model { log, clause, bars, others, expanded, finds, shown, .. } = model;
    let marked = marked_cell(store, column);
    let at = Memo::new(move |_| {
        let cell = marked.get()?;
        column.with_value(|column| facts::cell(column, &cell, None))
    });
    let row = move |value: ListValue| {
        let this = {
            let value = value.clone();
            Memo::new(move |_| bars.with(|bars| bars.iter().find(|bar| bar.value == value).cloned()))
        };
        view! { <BarRow column bar=this clause at/> }
    };
    let more = move || {
        let is_said = !model.finds_nothing() && (expanded.get() || model.hidden() == 0);
        if is_said { others.get() } else { 0 }
    };
    view! {
        <section
            role="group"
            aria-labelledby=heading
            data-column=data_column
            data-brushed=move || clause.with(Option::is_some).then_some("")
        >
            <ChartHead column log clause drawn=Callback::new(move |()| model.drawn(store))>
                <Show when=move || model.hidden() != 0>
                    <button
                        type="button"
                        class="more"
                        aria-expanded=move || expanded.get().to_string()
                        on:click=move |_| expanded.update(|expanded| *expanded = !*expanded)
                    >
                        {move || if expanded.get() { texts::FEWER.to_owned() } else { texts::more(model.hidden()) }}
                    </button>
                </Show>
            </ChartHead>
            <Show when=move || finds.get()>
                <FindValue model/>
            </Show>
            <ul
                class="bars"
                data-long=move || finds.get().then_some("")
                style=("--label", move || format!("calc({:.1}ch + 14px)", model.label_letters()))
            >
                <For each=move || shown.get() key=|value| value.clone() children=row/>
            </ul>
            <Show when=move || model.finds_nothing()>
                <p class="dist-note">{texts::NOT_LISTED}</p>
            </Show>
            <Show when=move || more() != 0>
                <p class="dist-note">{move || texts::more_values(others.get().into())}</p>
            </Show>
        </section>
    }
}

/// The field to find a value among many.
#[component]
fn FindValue(model: Model) -> impl IntoView {
    let store = use_store();
    let Model { column, wanted, .. } = model;
    let label = column.with_value(|column| texts::find_value(facts::title(column)));
    let key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            model.take_wanted(store);
        }
        "Escape" if wanted.with_untracked(|wanted| !wanted.is_empty()) => {
            event.prevent_default();
            wanted.set(String::new());
        }
        _ => {}
    };
    view! {
        <div class="bars-find">
            {icon(Icon::Search)}
            <input
                type="search"
                class="field"
                aria-label=label
                placeholder=texts::FIND_HINT
                autocomplete="off"
                spellcheck="false"
                prop:value=move || wanted.get()
                on:input=move |event| wanted.set(event_target_value(&event))
                on:keydown=key
            />
        </div>
    }
}

/// One value: its bar is a switch, and beside it stand "only" and "not".
#[component]
pub fn BarRow(
    column: StoredValue<String>,
    bar: Memo<Option<Bar>>,
    clause: Memo<Option<Clause>>,
    /// What the marked row has.
    #[prop(optional)]
    at: Option<Memo<Option<String>>>,
) -> impl IntoView {
    let store = use_store();
    let value = move || bar.with_untracked(|bar| bar.as_ref().map(|bar| bar.value.clone()));
    let pressed = Memo::new(move |_| {
        let value = bar.with(|bar| bar.as_ref().map(|bar| bar.value.clone()));
        value.is_some_and(|value| choice::holds(clause.get().as_ref(), &value))
    });
    // Nobody reads the tips of bars that the pointer is not on: they are not written in every frame.
    let hovered = RwSignal::new(false);
    let set = move |next: Option<Clause>| column.with_value(|column| store.choose(column, next, None));
    let toggle = move |_| {
        if let Some(value) = value() {
            set(choice::toggled(clause.get_untracked(), &value));
        }
    };
    let only = move |_| {
        if let Some(value) = value() {
            set(choice::only(&value));
        }
    };
    let not = move |_| {
        if let Some(value) = value() {
            set(choice::without(clause.get_untracked(), &value));
        }
    };
    let label = move || bar.with(|bar| bar.as_ref().map(|bar| bar.label.clone())).unwrap_or_default();
    let is_at = move || at.is_some_and(|at| at.with(|at| at.as_ref().is_some_and(|at| *at == label())));
    view! {
        <li class="bar-item">
            <button
                type="button"
                class="bar-row"
                aria-pressed=move || pressed.get().to_string()
                data-at=move || is_at().then_some("")
                title=move || hovered.get().then(|| bar.get().map(|bar| tip(&bar))).flatten()
                on:pointerenter=move |_| hovered.set(true)
                on:pointerleave=move |_| hovered.set(false)
                on:click=toggle
            >
                <span class="bar-label">{label}</span>
                <span
                    class="track"
                    style=("--all", move || format!("{:.4}", bar.with(|bar| bar.as_ref().map_or(0.0, |bar| bar.all_share))))
                    style=("--here", move || format!("{:.4}", bar.with(|bar| bar.as_ref().map_or(0.0, |bar| bar.here_share))))
                >
                    <i></i>
                    <b></b>
                </span>
                <span class="bar-count">
                    {move || bar.with(|bar| bar.as_ref().map(|bar| display::count(bar.here.into())))}
                </span>
            </button>
            <span class="bar-acts">
                <button type="button" aria-label=move || texts::only(&label()) title=texts::ONLY_THIS on:click=only>
                    {texts::ONLY}
                </button>
                <button type="button" aria-label=move || texts::not(&label()) title=texts::NOT_THIS on:click=not>
                    {texts::NOT}
                </button>
            </span>
        </li>
    }
}

fn bars_of(now: &Now, measure: Measure, log: bool, column: StoredValue<String>) -> Vec<Bar> {
    let Shape::Categories { labels, .. } = &now.chart.shape else { return Vec::new() };
    let (mut all, mut here) = (now.chart.all.0.clone(), now.here.clone());
    all.resize(labels.len(), 0);
    here.resize(labels.len(), 0);
    all.push(now.chart.null_all);
    here.push(now.null_here);
    let both = heights(&all, &here, measure, log);
    let values = labels.iter().map(|label| ListValue::Text(label.clone())).chain([ListValue::Null]);
    let counts = all.into_iter().zip(here);
    let shares = both.all.into_iter().zip(both.here);
    values
        .zip(counts.zip(shares))
        .filter(|(value, ((all, _), _))| *value != ListValue::Null || *all > 0)
        .map(|(value, ((all, here), (all_share, here_share)))| {
            let label = match &value {
                ListValue::Null => common::NONE.to_owned(),
                ListValue::Text(text) => column.with_value(|column| facts::category(column, text)),
            };
            let (all_share, here_share) = (all_share / chart::HEIGHT, here_share / chart::HEIGHT);
            Bar { value, label, here, all, here_share, all_share }
        })
        .collect()
}

/// In lower case. The browser has the tables for it.
fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

fn tip(bar: &Bar) -> String {
    texts::here_in_all(&bar.label, bar.here.into(), bar.all.into())
}
