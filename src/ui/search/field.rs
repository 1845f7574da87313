//! The field for what is asked of the prompts.
//!
//! What is typed stands in a plain input without colour; a mirror behind it draws the same text
//! with phrases, exclusions and mistakes told apart. Half-typed queries stay here.

use crate::protocol::texts::{common, search as texts};
use crate::ui::search::state::SearchState;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::query;
use crate::view::query::{Problem, What};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// After so long without a key the query is asked.
const PAUSE: Duration = Duration::from_millis(150);

/// The field, and the line under it where something is wrong.
#[component]
pub fn SearchField() -> impl IntoView {
    let store = use_store();
    let input: NodeRef<html::Input> = NodeRef::new();
    let draft = RwSignal::new(String::new());
    let scrolled = RwSignal::new(0);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    // What is typed in one go is one step of the history.
    let in_one_go = StoredValue::new(false);
    Effect::new(move || {
        let asked = store.spec.with(|spec| spec.query.clone()).unwrap_or_default();
        if draft.with_untracked(|draft| draft.trim() != asked) {
            draft.set(asked);
        }
    });
    let parsed = Memo::new(move |_| draft.with(|draft| query::parse(draft)));
    let problem = Memo::new(move |_| match parsed.get() {
        Err(problem) => Some(problem),
        Ok(_) => {
            let state = store.query.get();
            let same = draft.with(|draft| draft.trim() == state.query);
            let (start, end, message) = state.problem.filter(|_| same)?;
            let lead = draft.with(|draft| draft.len() - draft.trim_start().len());
            Some(Problem { place: start as usize + lead..end as usize + lead, message })
        }
    });
    let ask = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if parsed.with_untracked(Result::is_ok) {
            let text = draft.get_untracked();
            store.search_for(&text, in_one_go.get_value());
            in_one_go.set_value(true);
        }
    };
    let typed = move |event| {
        draft.set(event_target_value(&event));
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    };
    let keydown = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            ask();
            store.agree_to_search();
            in_one_go.set_value(false);
        }
        "Escape" => {
            if let Some(input) = input.get_untracked() {
                let _ = input.blur();
            }
        }
        _ => {}
    };
    on_cleanup(move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    let mirror = move || draft.with(|draft| pieces(draft, problem.get().as_ref()));
    let costs = Memo::new(move |_| store.search_costs());
    view! {
        <div class="search-area">
            <form class="search" role="search" on:submit=move |event| event.prevent_default()>
                {icon(Icon::Search)}
                <span class="mirror" aria-hidden="true">
                    <span style=("--scroll", move || format!("{}px", scrolled.get()))>
                        {move || {
                            mirror()
                                .into_iter()
                                .map(|(text, kind)| view! { <span data-kind=kind>{text}</span> })
                                .collect_view()
                        }}
                    </span>
                </span>
                <input
                    type="search"
                    node_ref=input
                    aria-label=texts::SEARCH_PROMPTS
                    aria-describedby="search-help"
                    aria-invalid=move || problem.get().is_some().then_some("true")
                    aria-errormessage="search-problem"
                    placeholder=texts::SEARCH_PROMPTS
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    maxlength=query::MAX_QUERY_BYTES.to_string()
                    prop:value=move || draft.get()
                    on:input=typed
                    on:keydown=keydown
                    on:blur=move |_| {
                        ask();
                        in_one_go.set_value(false);
                    }
                    on:scroll=move |_| {
                        if let Some(input) = input.get_untracked() {
                            scrolled.set(input.scroll_left());
                        }
                    }
                />
                <span class="search-help" id="search-help">
                    <span><code>{texts::EXAMPLE_WORD}</code> {common::SEPARATOR} <code>{texts::EXAMPLE_PHRASE}</code> {common::SEPARATOR} <code>{texts::EXAMPLE_EXCLUDE}</code></span>
                    <kbd>"/"</kbd>
                </span>
                <SearchState/>
            </form>
            {move || {
                problem
                    .get()
                    .map(|problem| {
                        view! {
                            <p class="search-note" id="search-problem" role="alert" data-level="error">
                                {problem.message}
                            </p>
                        }
                    })
            }}
            {move || {
                costs
                    .get()
                    .map(|bytes| {
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
            }}
        </div>
    }
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
