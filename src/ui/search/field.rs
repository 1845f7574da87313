//! The field for what is asked of the prompts.
//!
//! What is typed stands in a plain input without colour; a mirror behind it draws the same text
//! with phrases, exclusions and mistakes told apart. Half-typed queries stay here.

use crate::protocol::display::middle;
use crate::protocol::suggest::MIN_LETTERS;
use crate::protocol::texts::{common, search as texts};
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::search::draft::Draft;
use crate::ui::search::state::SearchState;
use crate::ui::store::{Store, facts, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::words::code;
use crate::view::query;
use crate::view::query::{Problem, What};
use crate::view::roles::Role;
use leptos::prelude::*;

/// The field, and the line under it where something is wrong.
#[component]
pub fn SearchField() -> impl IntoView {
    let store = use_store();
    let draft = Draft::new(store);
    provide_context(draft);
    let input = draft.input;
    // Once two letters stand there, words are suggested where an index knows them.
    let suggests = Memo::new(move |before| {
        store.traffic.with(|traffic| traffic.indexed)
            && (before == Some(&true) || draft.text.with(|text| text.len() >= MIN_LETTERS))
    });
    let asks_for = Memo::new(move |_| match store.column_of(Role::Prompt) {
        Some(name) if !is_prompt(&name) => texts::search_column(&middle(&name, MOST_LETTERS)),
        None if store.opened.with(Option::is_some) => texts::CHOOSE_COLUMN.to_owned(),
        Some(_) | None => texts::SEARCH_PROMPTS.to_owned(),
    });
    let scrolled = RwSignal::new(0);
    let problem = Memo::new(move |_| draft.problem());
    let keydown = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            draft.finish();
            store.agree_to_search();
        }
        "Escape" => {
            if let Some(input) = input.get_untracked() {
                let _ = input.blur();
            }
        }
        _ => {}
    };
    view! {
        <div class="search-area">
            <form class="search" role="search" on:submit=move |event| event.prevent_default()>
                {icon(Icon::Search)}
                {mirror(draft, problem, scrolled)}
                <input
                    type="search"
                    node_ref=input
                    aria-label=move || asks_for.get()
                    aria-describedby="search-help"
                    aria-invalid=move || problem.get().is_some().then_some("true")
                    aria-errormessage="search-problem"
                    placeholder=move || asks_for.get()
                    disabled=move || store.column_of(Role::Prompt).is_none()
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    maxlength=query::MAX_QUERY_BYTES.to_string()
                    prop:value=move || draft.text.get()
                    on:input=move |event| draft.type_in(event_target_value(&event))
                    on:keydown=keydown
                    on:blur=move |_| draft.finish()
                    on:scroll=move |_| {
                        if let Some(input) = input.get_untracked() {
                            scrolled.set(input.scroll_left());
                        }
                    }
                />
                <SearchedColumn/>
                <span class="search-help" id="search-help">
                    <span>{code(texts::EXAMPLE_WORD)} {common::SEPARATOR} {code(texts::EXAMPLE_PHRASE)} {common::SEPARATOR} {code(texts::EXAMPLE_EXCLUDE)}</span>
                    <kbd>"/"</kbd>
                </span>
                {found(draft)}
                <SearchState/>
            </form>
            <Show when=move || suggests.get()>
                <LazyPart of=Lazy::Suggestions/>
            </Show>
            {move || problem.get().map(wrong)}
            {costs(store)}
        </div>
    }
}

/// Whether people know a column's values as prompts.
fn is_prompt(name: &str) -> bool {
    facts::column(name).is_some() || name.eq_ignore_ascii_case(Role::Prompt.title())
}

/// Which column is searched, where a table that nobody knows has several of text.
#[component]
fn SearchedColumn() -> impl IntoView {
    let store = use_store();
    let columns = Memo::new(move |_| {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            let own = columns.iter().filter(|column| column.is_plain_text());
            own.map(|column| column.name.clone()).collect::<Vec<_>>()
        })
    });
    let searched = move || store.column_of(Role::Prompt);
    let is_known = move || searched().is_some_and(|name| facts::column(&name).is_some());
    let has_choice = move || !is_known() && columns.with(Vec::len) > usize::from(searched().is_some());
    let options = move || {
        let now = searched();
        let option = move |name: String| {
            let selected = now.as_ref() == Some(&name);
            view! { <option value=name.clone() selected=selected>{middle(&name, MOST_LETTERS)}</option> }
        };
        columns.get().into_iter().map(option).collect_view()
    };
    let choose = move |event: leptos::ev::Event| {
        store.set_role(Role::Prompt, Some(Some(event_target_value(&event))));
    };
    view! {
        <Show when=has_choice>
            <select class="search-column" aria-label=texts::SEARCHED_COLUMN title=texts::SEARCHED_COLUMN on:change=choose>
                {move || searched().is_none().then(|| view! { <option value="" selected=true disabled=true>{common::NONE}</option> })}
                {options}
            </select>
        </Show>
    }
}

/// Letters of a column's name that have room in the field.
const MOST_LETTERS: usize = 18;

/// The text behind the input, in its colours.
fn mirror(draft: Draft, problem: Memo<Option<Problem>>, scrolled: RwSignal<i32>) -> AnyView {
    let pieces = move || draft.text.with(|text| pieces(text, problem.get().as_ref()));
    view! {
        <span class="mirror" aria-hidden="true">
            <span style=("--scroll", move || format!("{}px", scrolled.get()))>
                {move || {
                    pieces()
                        .into_iter()
                        .map(|(text, kind)| view! { <span data-kind=kind>{text}</span> })
                        .collect_view()
                }}
            </span>
        </span>
    }
    .into_any()
}

/// How many rows the search alone matches, whatever else is asked, where an index has said so of what stands there.
fn found(draft: Draft) -> AnyView {
    let found = Memo::new(move |_| draft.found());
    let rows = move || {
        found.get().map(
            |rows| view! { <span class="search-found" title=texts::ABOUT_FOUND>{common::rows(rows)}</span> },
        )
    };
    rows.into_any()
}

/// What is wrong with the query.
fn wrong(problem: Problem) -> AnyView {
    view! {
        <p class="search-note" id="search-problem" role="alert" data-level="error">
            {problem.message}
        </p>
    }
    .into_any()
}

/// What the search reads, before it is started.
fn costs(store: Store) -> AnyView {
    let costs = Memo::new(move |_| store.search_costs());
    let note = move || {
        costs.get().map(|bytes| {
            view! {
                <p class="search-note" role="status">
                    {texts::search_reads(bytes)}
                    <button
                        type="button"
                        class="button"
                        data-kind="link"
                        data-size="small"
                        on:click=move |_| store.agree_to_search()
                    >
                        {texts::READ_AND_SEARCH}
                    </button>
                </p>
            }
        })
    };
    note.into_any()
}

/// The text in pieces of one kind each.
fn pieces(text: &str, problem: Option<&Problem>) -> Vec<(String, Option<&'static str>)> {
    let mut kinds: Vec<(usize, usize, &'static str)> = Vec::new();
    match (problem, query::parse(text)) {
        (Some(problem), _) => kinds.push((problem.place.start, problem.place.end, "wrong")),
        (None, Ok(query)) => {
            for term in query.terms() {
                let kind = match (&term.what, term.excluded) {
                    (_, true) => "not",
                    (What::Phrase(_), false) => "phrase",
                    (What::Regex(_), false) => "regex",
                    (What::Word { .. }, false) => continue,
                };
                kinds.push((term.place.start, term.place.end, kind));
            }
        }
        (None, Err(_)) => {}
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    for (start, end, kind) in kinds {
        pieces.push((text.get(at..start).unwrap_or_default().to_owned(), None));
        pieces.push((text.get(start..end).unwrap_or_default().to_owned(), Some(kind)));
        at = end;
    }
    pieces.push((text.get(at..).unwrap_or_default().to_owned(), None));
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}
