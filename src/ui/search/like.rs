//! Prompts by rank: those that are like the one of a row, and those that have most of what is searched for.

use crate::protocol::Prompt;
use crate::protocol::like::{MAX_UNITS, Ranked, State};
use crate::protocol::texts::{common, like as texts};
use crate::ui::search::prompts::{rows, words_of};
use crate::ui::search::term::Term;
use crate::ui::store::{Store, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::like::Like;
use leptos::prelude::*;

/// Letters of a prompt that have room in its lines, at the least.
const LETTERS: usize = 160;

/// The list.
#[component]
pub fn LikeList(like: Like) -> impl IntoView {
    let store = use_store();
    Effect::new(move || {
        if store.opened.with(Option::is_some) {
            store.ask_like(Some(like));
        }
    });
    on_cleanup(move || store.ask_like(None));
    let title = move || match like {
        Like::Row(row) => texts::like_row(row),
        Like::Search => texts::best_of(&store.spec.with(|spec| spec.query.clone()).unwrap_or_default()),
    };
    let state = Memo::new(move |_| {
        let likes = store.likes.get().filter(|likes| likes.like == like);
        likes.map(|likes| likes.state.clone())
    });
    let body = move || match state.get() {
        None => waits(),
        Some(State::NoIndex) => {
            view! { <p class="pane-note">{texts::NO_INDEX} " " {texts::MAKE_INDEX}</p> }.into_any()
        }
        Some(State::NoRow) => view! { <p class="pane-note">{texts::NO_ROW}</p> }.into_any(),
        Some(State::NoWords) => view! { <p class="pane-note">{texts::NO_WORDS}</p> }.into_any(),
        Some(State::Ranked(ranked)) => ranks(store, *ranked),
    };
    view! {
        <section class="likes" aria-label=texts::RANKED aria-busy=move || state.with(Option::is_none).to_string()>
            <header class="pane-head">
                <h2>{title}</h2>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.show_like(None)>
                    {texts::ALL_PROMPTS}
                </button>
            </header>
            <div class="likes-body" tabindex="0" role="group" aria-label=texts::RANKED>
                {body}
            </div>
        </section>
    }
}

fn waits() -> AnyView {
    view! {
        <div class="phrases-wait" aria-hidden="true">
            <i class="skeleton"></i>
            <i class="skeleton"></i>
            <i class="skeleton"></i>
        </div>
    }
    .into_any()
}

fn ranks(store: Store, ranked: Ranked) -> AnyView {
    let Ranked { own, revisions, prompts, is_cut, words, frequent } = ranked;
    let is_like = own.is_some();
    let own = own.map(|own| {
        view! {
            <p class="like-own">{words_of(&own, LETTERS)}</p>
            {rows(store, &own, Some("like-rows"))}
        }
    });
    let revised = (!revisions.is_empty()).then(|| {
        view! {
            <section class="like-part" aria-label=texts::REVISIONS>
                <h3>{texts::REVISIONS}</h3>
                <p class="pane-note">{texts::ABOUT_REVISIONS}</p>
                {lines(store, revisions)}
            </section>
        }
    });
    let title = if is_like { texts::LIKE_IT } else { texts::BEST_FIRST };
    let found = if prompts.is_empty() {
        let nothing = if is_like { texts::NOTHING_LIKE_IT } else { texts::NOTHING_MATCHES };
        view! { <p class="pane-note">{nothing}</p> }.into_any()
    } else {
        lines(store, prompts)
    };
    view! {
        {own}
        {weighed(texts::BY_WORDS, words)}
        {weighed(texts::FREQUENT, frequent)}
        {revised}
        <section class="like-part" aria-label=title>
            <h3>{title}</h3>
            {found}
            {is_cut.then(|| view! { <p class="pane-note">{texts::cut(MAX_UNITS as u64)}</p> })}
        </section>
    }
    .into_any()
}

/// Words that were weighed, each of them to be searched for.
fn weighed(title: &'static str, words: Vec<(String, u64)>) -> Option<AnyView> {
    let word = |(word, rows): (String, u64)| {
        view! { <li><Term text=word class="modifier"/> <small>{common::rows(rows)}</small></li> }
    };
    (!words.is_empty()).then(|| {
        view! {
            <div class="like-words">
                <span>{title}</span>
                <ul aria-label=title>{words.into_iter().map(word).collect_view()}</ul>
            </div>
        }
        .into_any()
    })
}

fn lines(store: Store, prompts: Vec<Prompt>) -> AnyView {
    let line = |prompt: Prompt| {
        let first = u64::from(prompt.rows.first().copied().unwrap_or_default());
        let more = texts::more_like(first);
        view! {
            <li class="like-line">
                <button type="button" title=texts::OPEN_ROW on:click=move |_| store.select_row(Some(first))>
                    <span class="prompt-text">{words_of(&prompt, LETTERS)}</span>
                    <small>{texts::rows(first, u64::from(prompt.count))}</small>
                </button>
                <button type="button" class="button" data-kind="icon" aria-label=more.clone() title=more on:click=move |_| store.show_like(Some(Like::Row(first)))>
                    {icon(Icon::Phrases)}
                </button>
            </li>
        }
    };
    view! { <ol class="like-lines">{prompts.into_iter().map(line).collect_view()}</ol> }.into_any()
}
