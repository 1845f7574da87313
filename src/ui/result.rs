//! The line that says how many rows match, and the chips of what was asked.

use super::columns_menu::ColumnsMenu;
use super::format;
use super::icon::{Icon, icon};
use super::store::{Store, use_store};
use super::views::Views;
use crate::catalog;
use crate::protocol::Count;
use crate::spec::{Clause, List, View};
use crate::words::{self, percent, percent_floor, thousands};
use leptos::prelude::*;

/// The newest that is known of how many rows match.
pub fn count_now(store: Store) -> Option<Count> {
    let opened = store.opened.get()?;
    let count = store.count.get();
    let live = store.live.get();
    match (count, live) {
        (Some(count), Some(live)) if live.generation > count.generation => {
            Some(Count { matching: live.matching, generation: live.generation, ..count })
        }
        (Some(count), _) => Some(count),
        // Without filters every row matches, and no one has to be asked.
        (None, _) if store.spec.with(|spec| spec.filters.is_empty()) => {
            Some(Count { generation: 0, matching: opened.rows, rows_read: opened.rows, rows: opened.rows })
        }
        (None, _) => None,
    }
}

/// The line.
#[component]
pub fn ResultLine() -> impl IntoView {
    let store = use_store();
    let count = Memo::new(move |_| count_now(store));
    let noun = move || store.spec.with(|spec| format::row_noun(spec.table.as_ref()));
    let filtered = move || store.spec.with(|spec| !spec.filters.is_empty());
    let rows = move || store.opened.with(|opened| opened.as_ref().map(|opened| opened.rows));
    let number = move || match (count.get(), rows()) {
        (Some(count), _) => Some(thousands(count.matching)),
        (None, _) => None,
    };
    let of = move || match (rows(), filtered()) {
        (Some(rows), true) => format!("of {} {}", thousands(rows), noun()),
        (Some(_), false) => noun().to_owned(),
        (None, _) => "Reading the index".to_owned(),
    };
    let partial = move || count.get().filter(|count| count.rows_read < count.rows);
    view! {
        <div class="result">
            <div class="count" role="status">
                {move || match number() {
                    Some(number) => view! { <strong>{number}</strong> }.into_any(),
                    None => view! { <span class="skeleton count-skeleton"></span> }.into_any(),
                }}
                <span>{of}</span>
                {move || {
                    partial().map(|count| {
                        let share = percent_floor(count.rows_read, count.rows).to_string();
                        view! {
                            <span class="sofar">
                                <i class="pie" style=("--v", share) aria-hidden="true"></i>
                                {format!("{} read", percent(count.rows_read, count.rows))}
                            </span>
                        }
                    })
                }}
            </div>
            <span class="whisper" role="status">{move || store.whisper.get()}</span>
            <Show when=move || store.spec.with(|spec| spec.view == View::Table)>
                <ColumnsMenu/>
            </Show>
            <Views/>
        </div>
        <Chips/>
    }
}

#[component]
fn Chips() -> impl IntoView {
    let store = use_store();
    let filters = move || store.spec.with(|spec| spec.filters.clone().into_iter().collect::<Vec<_>>());
    let any = Memo::new(move |_| store.spec.with(|spec| !spec.filters.is_empty()));
    view! {
        <Show when=move || any.get()>
            <ul class="chips" aria-label="Filters">
                {move || {
                    filters()
                        .into_iter()
                        .map(|(column, clause)| view! { <li><Chip column clause/></li> })
                        .collect_view()
                }}
                <li>
                    <button type="button" class="button" data-size="small" on:click=move |_| store.clear_all()>
                        "Clear all"
                    </button>
                </li>
            </ul>
        </Show>
    }
}

#[component]
fn Chip(column: String, clause: Clause) -> impl IntoView {
    let store = use_store();
    let not = matches!(&clause, Clause::List(List { negated: true, .. }));
    let title = catalog::title(&column).to_owned();
    let text = words::clause(&column, &clause);
    let label = format!("Clear {title}");
    let name = column.clone();
    view! {
        <span class="chip" data-not=not.then_some("") data-column=column>
            <span class="chip-words">
                {title} " " {not.then(|| view! { <em>"not "</em> })} <b>{text}</b>
            </span>
            <button type="button" class="close" aria-label=label on:click=move |_| store.clear_clause(&name)>
                {icon(Icon::Close)}
            </button>
        </span>
    }
}
