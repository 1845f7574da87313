//! What sets the matching rows apart from the others: columns by how far the distributions of both are apart.

use crate::protocol::differences::{difference_of, difference_of_pinned};
use crate::protocol::display::number;
use crate::protocol::pin::Pinned;
use crate::protocol::texts::{common, differences as texts, groups, outcome, pin};
use crate::protocol::{Chart, Count, Shape};
use crate::ui::charts::axis::slot_name;
use crate::ui::charts::plot::clause_of_bins;
use crate::ui::groups::outcome::OutcomeView;
use crate::ui::groups::outcome::picker::Picker;
use crate::ui::store::{Store, facts, use_store};
use crate::view::brush::Chosen;
use crate::view::choice;
use crate::view::differences::{Difference, Place};
use crate::view::spec::{Clause, ListValue};
use leptos::prelude::*;

/// A column, and what differs in it.
#[derive(Clone, PartialEq)]
struct Found {
    column: String,
    difference: Difference,
    /// What the bin is called whose shares are furthest apart.
    value: String,
    /// The filter that leaves its rows.
    clause: Option<Clause>,
    /// The medians of both, where the values are numbers or times.
    medians: Option<(String, String)>,
    complete: bool,
    /// Whether it is of B and A.
    pinned: bool,
}

/// The view: what goes along with an outcome where one is chosen, else what differs.
#[component]
pub fn DifferencesView() -> impl IntoView {
    let store = use_store();
    let has_outcome = Memo::new(move |_| store.spec.with(|spec| spec.outcome.is_some()));
    view! {
        <section class="pane differences" aria-label=texts::DIFFERENCES tabindex="0">
            <Picker/>
            <Show when=move || has_outcome.get() fallback=|| view! { <Ranked/> }>
                <OutcomeView/>
            </Show>
        </section>
    }
}

/// The columns, the most different first.
#[component]
fn Ranked() -> impl IntoView {
    let store = use_store();
    // What is held against A is B as it is, filters and all.
    let filtered = Memo::new(move |_| {
        store.spec.with(|spec| match spec.pin {
            Some(_) => Vec::new(),
            None => spec.filters.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(),
        })
    });
    let found = Memo::new(move |_| {
        let count = store.count.get().filter(compares)?;
        let filtered = filtered.get();
        let mut found: Vec<Found> = store.charts.with(|charts| {
            let charts = charts.iter().filter(|(name, _)| !filtered.contains(name));
            charts.filter_map(|(_, chart)| compare(chart, &count)).collect()
        });
        found.sort_by(|a, b| b.difference.distance.total_cmp(&a.difference.distance));
        Some(found)
    });
    let rows = Memo::new(move |_| store.count.get().map(|count| (count.matching, count.rows)));
    let pinned = Memo::new(move |_| {
        store.is_pinned().then(|| store.count.with(|count| Pinned::of(count.as_ref()?).map(about_pinned)))
    });
    let note = move || match rows.get() {
        None => String::new(),
        _ if pinned.with(Option::is_some) => pinned.get().flatten().unwrap_or_default(),
        Some((0, _)) => texts::NO_ROWS.to_owned(),
        Some((matching, rows)) if matching >= rows => texts::ALL_ROWS.to_owned(),
        Some((matching, rows)) => texts::compared(matching, rows - matching),
    };
    let left_out = move || {
        let titles: Vec<String> =
            filtered.with(|names| names.iter().map(|name| facts::title(name).to_owned()).collect());
        (!titles.is_empty() && found.with(Option::is_some)).then(|| texts::left_out(&titles))
    };
    view! {
        <div class="pane-head">
            <p class="pane-note" role="status">{note} " " {left_out}</p>
            <ReadMore/>
        </div>
        <ol class="difference-list" aria-label=texts::RANKED>
            {move || found.get().unwrap_or_default().into_iter().map(|found| line(store, found)).collect_view()}
        </ol>
    }
}

/// Whether there are rows on both sides, and other ones.
fn compares(count: &Count) -> bool {
    match Pinned::of(count) {
        Some(pinned) => pinned.rows > 0 && count.matching > 0 && !pinned.is_same(),
        // What all rows have, none of them differs in.
        None => 0 < count.matching && count.matching < count.rows,
    }
}

/// What is compared with the pinned rows.
fn about_pinned(pinned: Pinned<'_>) -> String {
    let compared = match (pinned.rows, pinned.count.matching) {
        (0, _) => texts::NO_PINNED.to_owned(),
        (_, 0) => texts::NO_ROWS.to_owned(),
        _ if pinned.is_same() => texts::SAME_ROWS.to_owned(),
        (a, b) => texts::compared_with_pinned(a, b),
    };
    pin::so_far(pinned).into_iter().fold(compared, |compared, so_far| format!("{compared} {so_far}"))
}

/// What differs in a column.
fn compare(chart: &Chart, count: &Count) -> Option<Found> {
    let difference = match Pinned::of(count) {
        // What was counted before the pin came or went is of other rows.
        pinned if pinned.is_some() != chart.pinned => return None,
        Some(pinned) => difference_of_pinned(chart, pinned)?,
        None => difference_of(chart, count)?,
    };
    let Named { value, clause } = named(chart, difference.place);
    let medians = match &chart.shape {
        Shape::Bins(_) => difference.medians.filter(|(here, there)| here != there),
        Shape::Categories { .. } => None,
    };
    Some(Found {
        column: chart.column.clone(),
        value,
        clause,
        medians: medians.map(|(here, there)| (bin_name(chart, here), bin_name(chart, there))),
        complete: chart.complete,
        pinned: chart.pinned,
        difference,
    })
}

/// A place of a chart: what it is called, and the filter that leaves its rows, where there is one.
pub struct Named {
    /// For people.
    pub value: String,
    /// The filter.
    pub clause: Option<Clause>,
}

/// What a place of a chart is called.
pub fn named(chart: &Chart, place: Place) -> Named {
    let (value, clause) = match (place, &chart.shape) {
        (Place::None, _) => (common::NONE.to_owned(), Some(Clause::Null)),
        (Place::Other, Shape::Bins(_)) => (outcome::NOT_A_NUMBER.to_owned(), None),
        (Place::Other, Shape::Categories { .. }) => (texts::OTHER_VALUES.to_owned(), None),
        (Place::Bin(bin), Shape::Bins(bins)) => {
            (bin_name(chart, bin), clause_of_bins(Chosen { first: bin, last: bin }, bins))
        }
        (Place::Bin(bin), Shape::Categories { labels, .. }) => {
            let only = |label: &String| choice::only(&ListValue::Text(label.clone()));
            (bin_name(chart, bin), labels.get(bin).and_then(only))
        }
    };
    Named { value, clause }
}

fn bin_name(chart: &Chart, bin: usize) -> String {
    let column = &chart.column;
    match &chart.shape {
        Shape::Bins(bins) => slot_name(bins, bin, facts::column(column)),
        Shape::Categories { labels, .. } => match labels.get(bin).map(String::as_str) {
            None | Some("") => groups::EMPTY.to_owned(),
            Some(label) => facts::category(column, label),
        },
    }
}

fn line(store: Store, found: Found) -> AnyView {
    let Found { column, difference, value, clause, medians, complete, pinned } = found;
    let title = facts::title(&column).to_owned();
    let words = texts::shares(&value, difference.shares, pinned);
    let medians = medians.map(|(here, there)| texts::medians(&here, &there, pinned));
    let tip = texts::filter_by(&title, &value);
    let distance = difference.distance;
    let data_column = column.clone();
    let words = match clause {
        Some(clause) => {
            let choose = move |_| store.set_clauses(vec![(column.clone(), Some(clause.clone()))]);
            view! { <button type="button" class="link" title=tip on:click=choose>{words}</button> }.into_any()
        }
        None => words.into_any(),
    };
    view! {
        <li data-column=data_column>
            <h2>{title}</h2>
            <span class="difference-bar" title=texts::ABOUT_DISTANCE>
                <i style=("--w", format!("{distance:.4}"))></i>
                <b>{number((distance * 1e3).round() / 1e3)}</b>
            </span>
            <p>{words} {medians} {(!complete).then_some(texts::NOT_ALL_READ)}</p>
        </li>
    }
    .into_any()
}

/// The button that reads the columns that are not compared yet.
#[component]
pub fn ReadMore() -> impl IntoView {
    let store = use_store();
    let unread = Memo::new(move |_| {
        let wanted = store.wanted.get();
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            let unread = columns.iter().filter(|column| column.chartable && !wanted.contains(&column.name));
            unread.map(|column| (column.name.clone(), column.bytes)).collect::<Vec<_>>()
        })
    });
    let words = move || {
        unread.with(|unread| texts::read_more(unread.len(), unread.iter().map(|(_, bytes)| bytes).sum()))
    };
    let read = move |_| unread.get_untracked().iter().for_each(|(name, _)| store.load_column(name));
    view! {
        <Show when=move || unread.with(|unread| !unread.is_empty())>
            <button type="button" class="button" data-kind="line" data-size="small" on:click=read>{words}</button>
        </Show>
    }
}
