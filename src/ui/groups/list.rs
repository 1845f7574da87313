//! The groups, a line each.

use super::controls::set;
use crate::protocol::display::{number, share_of, thousands, time_full, time_until};
use crate::protocol::group_by::{Cell, Groups, Key, Line, State};
use crate::protocol::texts::{common, groups as texts};
use crate::ui::store::{Store, facts, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::group_by::{By, GroupBy, Measure, Order, Span, What};
use crate::view::spec::{Clause, ListValue};
use crate::view::{choice, spec};
use leptos::prelude::*;

/// The table of groups.
#[component]
pub fn List(group_by: Memo<GroupBy>) -> impl IntoView {
    let store = use_store();
    move || {
        let groups = store.groups.get()?;
        let State::Lines { total, lines, most, .. } = &groups.state else { return None };
        // Groups of another choice than the present one are on their way out.
        let group_by = group_by.get();
        if *total == 0 || group_by.items() != groups.items {
            return None;
        }
        let heads = heads(store, &group_by, groups.pinned.is_some());
        let rows = lines.iter().map(|line| row(store, &group_by, line, &groups, *most)).collect_view();
        Some(view! {
            <div class="group-scroll">
                <table class="group-table">
                    <caption class="hidden">{texts::GROUPS}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })
    }
}

/// The head of a column.
struct Head {
    name: String,
    is_number: bool,
    /// What it sorts by, as [`GroupBy::sorted_by`] has it; a share is sorted by its count.
    sorts: Option<usize>,
    /// The place of what is computed, which can be taken away.
    measure: Option<usize>,
    about: Option<&'static str>,
}

impl Head {
    fn number(name: &str, sorts: Option<usize>) -> Self {
        Self { name: name.to_owned(), is_number: true, sorts, measure: None, about: None }
    }
}

/// The heads of all columns, which sort.
fn heads(store: Store, group_by: &GroupBy, is_pinned: bool) -> AnyView {
    let keys = group_by.by.len();
    let behind = keys + 1 + group_by.measures.len();
    let key = |(place, by): (usize, &By)| {
        let title = facts::title(&by.column);
        let name =
            by.span.map_or_else(|| title.to_owned(), |span| format!("{title}, {}", texts::span(Some(span))));
        Head { name, is_number: false, sorts: Some(place), measure: None, about: None }
    };
    let counts = if is_pinned {
        let texts::Pinned { count, share, a, a_share, difference } = texts::PINNED;
        let difference =
            Head { about: Some(texts::ABOUT_DIFFERENCE), ..Head::number(difference, Some(behind + 1)) };
        vec![
            Head::number(count, Some(keys)),
            Head::number(share, None),
            Head::number(a, Some(behind)),
            Head::number(a_share, None),
            difference,
        ]
    } else {
        vec![Head::number(texts::COUNT, Some(keys)), Head::number(texts::SHARE, None)]
    };
    let measures = group_by.measures.iter().enumerate().map(|(place, measure)| Head {
        measure: Some(place),
        ..Head::number(&measure_name(measure), Some(keys + 1 + place))
    });
    let sorted = group_by.sorted_by(is_pinned);
    let head = |head: Head| head_view(store, group_by, head, sorted);
    group_by.by.iter().enumerate().map(key).chain(counts).chain(measures).map(head).collect_view().into_any()
}

fn head_view(store: Store, group_by: &GroupBy, head: Head, sorted: usize) -> AnyView {
    let Head { name, is_number, sorts, measure, about } = head;
    let is_number = is_number.then_some("");
    let Some(place) = sorts else {
        return view! { <th scope="col" data-number=is_number>{name}</th> }.into_any();
    };
    let (ascending, keys) = (group_by.order.ascending, group_by.by.len());
    let is_sorted = sorted == place;
    let (order, mark) = match (is_sorted, ascending) {
        (false, _) => ("none", ""),
        (true, true) => ("ascending", " ↑"),
        (true, false) => ("descending", " ↓"),
    };
    let now = StoredValue::new(group_by.clone());
    let sort = move |_| {
        let mut next = now.get_value();
        // Names are read from their beginning, numbers from the largest.
        let ascending = if is_sorted { !ascending } else { place < keys };
        next.order = Order { place: u8::try_from(place).ok(), ascending };
        set(store, &next);
    };
    let remove = measure.map(|measure| {
        let take = move |_| {
            let mut next = now.get_value();
            next.measures.remove(measure);
            next.order = Order::default();
            set(store, &next);
        };
        view! {
            <button type="button" class="close" aria-label=texts::remove(&name) on:click=take>{icon(Icon::Close)}</button>
        }
    });
    let title = about.map_or_else(|| texts::sort(&name), str::to_owned);
    view! {
        <th scope="col" aria-sort=order data-number=is_number>
            <button type="button" class="group-sort" title=title on:click=sort>{name.clone()}{mark}</button>
            {remove}
        </th>
    }
    .into_any()
}

/// What is computed, in words.
fn measure_name(measure: &Measure) -> String {
    let Measure { column, what } = measure;
    let value = match what {
        What::Share(Some(value)) => facts::category(column, value),
        What::Share(None) | What::Distinct | What::Mean | What::Quantile(_) | What::Least | What::Most => {
            String::new()
        }
    };
    texts::measure(what, facts::title(column), &value)
}

fn row(store: Store, group_by: &GroupBy, line: &Line, groups: &Groups, most: u64) -> AnyView {
    let names: Vec<String> = group_by.by.iter().zip(&line.keys).map(|(by, key)| key_name(by, key)).collect();
    let clauses = StoredValue::new(clauses(group_by, line));
    let choose = move |_| store.set_clauses(clauses.get_value());
    let keys = names.iter().enumerate().map(|(place, name)| {
        let is_none = matches!(line.keys.get(place), Some(Key::None));
        let name = name.clone();
        if place == 0 {
            view! {
                <th scope="row">
                    <button type="button" class="phrase" data-none=is_none.then_some("") title=texts::FILTER_BY on:click=choose>{name}</button>
                </th>
            }
            .into_any()
        } else {
            view! { <td class="group-key" data-none=is_none.then_some("")>{name}</td> }.into_any()
        }
    });
    let width = line.rows as f64 / most.max(1) as f64;
    let pinned = groups.pinned.map(|all| {
        let rows = line.pinned.unwrap_or(0);
        let share = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        view! {
            <td class="group-pinned" data-number="">{thousands(rows)}</td>
            <td data-number="">{share_of(rows, all)}</td>
            <td data-number="">{texts::difference(share(line.rows, groups.rows), share(rows, all))}</td>
        }
    });
    let cells = line.cells.iter().map(|cell| {
        let words = cell_words(cell, line.rows);
        let (title, words) = match words {
            Some((words, title)) => (title, words),
            None => (Some(texts::ABOUT_NOTHING.to_owned()), texts::NOTHING.to_owned()),
        };
        view! { <td data-number="" title=title>{words}</td> }
    });
    view! {
        <tr>
            {keys.collect_view()}
            <td class="group-count" data-number=""><i style=("--w", format!("{width:.4}"))></i><b>{thousands(line.rows)}</b></td>
            <td data-number="">{share_of(line.rows, groups.rows)}</td>
            {pinned}
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}

/// What rows of a group have in common.
fn key_name(by: &By, key: &Key) -> String {
    match key {
        Key::None => common::NONE.to_owned(),
        Key::Value(text) if text.is_empty() => texts::EMPTY.to_owned(),
        Key::Value(text) => facts::category(&by.column, text),
        Key::Span { start, .. } => {
            let full = time_full(*start);
            let letters = match by.span {
                Some(Span::Year) => 4,
                Some(Span::Month) => 7,
                Some(Span::Day) | None => 10,
                Some(Span::Hour) => 16,
            };
            // The year may have more digits, or a sign.
            let more = full.find(['-']).filter(|at| *at > 0).map_or(0, |at| at.saturating_sub(4));
            full.get(..(letters + more).min(full.len())).unwrap_or(&full).to_owned()
        }
    }
}

/// A value in words, and more of it for the tip.
fn cell_words(cell: &Cell, rows: u64) -> Option<(String, Option<String>)> {
    match cell {
        Cell::None => None,
        Cell::Number(value) => Some((number(*value), Some(value.to_string()))),
        Cell::Time(millis) => Some((time_full(*millis), None)),
        Cell::Count(count) => Some((thousands(*count), None)),
        // Of no rows there is no share.
        Cell::Part(_) if rows == 0 => None,
        Cell::Part(part) => Some((share_of(*part, rows), Some(common::rows(*part)))),
    }
}

/// The filters that leave the rows of a group.
fn clauses(group_by: &GroupBy, line: &Line) -> Vec<(String, Option<Clause>)> {
    let clause = |key: &Key| match key {
        Key::None => Clause::Null,
        Key::Value(text) => choice::only(&ListValue::Text(text.clone())).unwrap_or(Clause::NotNull),
        Key::Span { start, end } => Clause::Range(spec::Range {
            low: Some(spec::Bound::Time(crate::protocol::display::time_from(*start as i64))),
            high: Some(spec::Bound::Time(time_until(*end as i64))),
        }),
    };
    group_by.by.iter().zip(&line.keys).map(|(by, key)| (by.column.clone(), Some(clause(key)))).collect()
}
