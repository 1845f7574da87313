//! The line that says how many rows match, and the chips of what was asked.

use crate::protocol::display::{percent, percent_floor, thousands};
use crate::protocol::texts::{common, panels as texts, pin};
use crate::ui::panels::labels::LabelsMenu;
use crate::ui::panels::subset::SubsetMenu;
use crate::ui::panels::views::Views;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::runtime::names;
use crate::ui::runtime::turn::InTurn;
use crate::ui::store::facts;
use crate::ui::store::{Store, asks_anything, count_now, use_store};
use crate::ui::table::columns_menu::ColumnsMenu;
use crate::ui::table::sort_note::SortNote;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::undo_buttons::UndoButtons;
use crate::view::query;
use crate::view::query::What;
use crate::view::spec::{Clause, List, Subset, View};
use leptos::prelude::*;

/// The line.
#[component]
pub fn ResultLine() -> impl IntoView {
    let store = use_store();
    let count = Memo::new(move |_| count_now(store));
    let noun = move || store.spec.with(|spec| names::row_noun(spec.table.as_ref()));
    let filtered = move || store.spec.with(asks_anything);
    let rows = move || store.opened.with(|opened| opened.as_ref().map(|opened| opened.rows));
    // Of a search alone it may be known how many rows match before any of them is.
    let exact = move || {
        let searches = store.spec.with(|spec| spec.filters.is_empty() && spec.subset.is_none());
        count.get().filter(|count| searches && count.rows_read < count.rows)?.searched
    };
    let number = move || Some(thousands(exact().or(count.get().map(|count| count.matching))?));
    let of = move || match (rows(), filtered()) {
        (Some(_), true) => {
            let opened = store.opened.get();
            let (rows, about) =
                opened.map_or((0, false), |opened| (opened.rows_in_all, opened.rows_in_all > opened.rows));
            texts::of_rows(rows, about, noun())
        }
        (Some(_), false) => noun().to_owned(),
        (None, _) => texts::READING_INDEX.to_owned(),
    };
    let searched = move || store.spec.with(|spec| spec.query.is_some());
    let partial = move || count.get().filter(|count| count.rows_read < count.rows && filtered());
    let files = move || {
        let opened = store.opened.get()?;
        let (all, open) = opened.files;
        (opened.rows_in_all > opened.rows && !filtered())
            .then(|| texts::in_files(open.into(), all.into(), opened.rows_in_all))
    };
    view! {
        <div class="result">
            <div class="count" role="status">
                {move || match number() {
                    Some(number) => view! { <strong>{number}</strong> }.into_any(),
                    None => view! { <span class="skeleton count-skeleton"></span> }.into_any(),
                }}
                <span>{of}</span>
                {move || {
                    let distinct = count.get()?.distinct?;
                    Some(view! { <span class="distinct">{texts::distinct_prompts(distinct)}</span> })
                }}
                {move || files().map(|files| view! { <span class="sofar">{files}</span> })}
                {move || {
                    partial().map(|count| {
                        let share = percent_floor(count.rows_read, count.rows).to_string();
                        view! {
                            <span class="sofar">
                                <i class="pie" style=("--v", share) aria-hidden="true"></i>
                                {texts::share_so_far(&percent(count.rows_read, count.rows), searched(), exact().is_some())}
                            </span>
                        }
                    })
                }}
            </div>
            <span class="whisper" role="status">{move || store.whisper.get()}</span>
            <UndoButtons/>
            <Show when=move || store.opened.with(Option::is_some)>
                <InTurn><SubsetMenu/></InTurn>
                <InTurn><LabelsMenu/></InTurn>
            </Show>
            <Show when=move || store.spec.with(|spec| spec.view == View::Table)>
                <InTurn><ColumnsMenu/></InTurn>
            </Show>
            <InTurn><Views/></InTurn>
        </div>
        <Chips/>
        <Show when=move || store.is_pinned()>
            <LazyPart of=Lazy::Pin/>
        </Show>
        <SortNote/>
    }
}

#[component]
fn Chips() -> impl IntoView {
    let store = use_store();
    let filters = move || store.spec.with(|spec| spec.filters.clone().into_iter().collect::<Vec<_>>());
    let any = Memo::new(move |_| store.spec.with(asks_anything));
    view! {
        <Show when=move || any.get()>
            <ul class="chips" aria-label=common::FILTERS>
                {move || terms(store)}
                {move || store.spec.with(|spec| spec.subset.clone()).map(|subset| subset_chip(store, &subset))}
                {move || {
                    filters()
                        .into_iter()
                        .map(|(column, clause)| view! { <li><Chip column clause/></li> })
                        .collect_view()
                }}
                {act(store, common::CLEAR_ALL, "", Store::clear_all)}
                {act(store, pin::PIN, pin::ABOUT_PIN, Store::pin)}
            </ul>
        </Show>
    }
}

/// A button for all of it.
fn act(store: Store, words: &'static str, about: &'static str, act: fn(Store)) -> impl IntoView {
    view! {
        <li>
            <button type="button" class="button" data-size="small" title=about on:click=move |_| act(store)>
                {words}
            </button>
        </li>
    }
}

/// What is asked of the prompts, a chip a term.
fn terms(store: Store) -> impl IntoView {
    let text = store.spec.with(|spec| spec.query.clone()).unwrap_or_default();
    let terms: Vec<query::Term> =
        query::parse(&text).map(|query| query.terms().cloned().collect()).unwrap_or_default();
    let chip = move |term: query::Term| {
        let words = match &term.what {
            What::Word { .. } => {
                text.get(term.place.clone()).unwrap_or_default().trim_start_matches('-').to_owned()
            }
            What::Phrase(phrase) => format!("“{phrase}”"),
            What::Regex(pattern) => format!("/{pattern}/"),
        };
        let label = texts::remove(&words);
        let rest = query::without_place(&text, term.place);
        let not = term.excluded;
        view! {
            <li>
                <span class="chip" data-not=not.then_some("") data-term="">
                    <span class="chip-words">{not.then(|| view! { <em>{common::NOT}</em> })} <b>{words}</b></span>
                    <button type="button" class="close" aria-label=label on:click=move |_| store.set_query(&rest)>
                        {icon(Icon::Close)}
                    </button>
                </span>
            </li>
        }
    };
    terms.into_iter().map(chip).collect_view()
}

fn subset_chip(store: Store, subset: &Subset) -> impl IntoView + use<> {
    let words = facts::subset(subset);
    view! {
        <li>
            <span class="chip">
                <span class="chip-words">{texts::SUBSET_CHIP} <b>{words}</b></span>
                <button type="button" class="close" aria-label=texts::CLEAR_SUBSET on:click=move |_| store.set_subset(None)>
                    {icon(Icon::Close)}
                </button>
            </span>
        </li>
    }
}

#[component]
fn Chip(column: String, clause: Clause) -> impl IntoView {
    let store = use_store();
    let not = matches!(&clause, Clause::List(List { negated: true, .. }));
    // A link is read before its table is open, and until then nobody knows what people call its columns.
    let of_table = {
        let column = column.clone();
        move || {
            store.opened.track();
            (facts::title(&column).to_owned(), facts::clause(&column, &clause))
        }
    };
    let words = Memo::new(move |_| of_table());
    let label = move || words.with(|(title, _)| common::clear(title));
    let name = column.clone();
    view! {
        <span class="chip" data-not=not.then_some("") data-column=column>
            <span class="chip-words">
                {move || words.with(|(title, _)| title.clone())} " " {not.then(|| view! { <em>{common::NOT}</em> })}
                <b>{move || words.with(|(_, text)| text.clone())}</b>
            </span>
            <button type="button" class="close" aria-label=label on:click=move |_| store.clear_clause(&name)>
                {icon(Icon::Close)}
            </button>
        </span>
    }
}
