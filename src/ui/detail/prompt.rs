//! The prompt of the row whose details are open, in its parts, and what can be done with it.

use crate::protocol::Cell;
use crate::protocol::texts::{added, common, detail as texts, like};
use crate::ui::detail::image::ImageActions;
use crate::ui::search::marked::marked;
use crate::ui::search::term::Term;
use crate::ui::store::{prompt_of, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::like::Like;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The most modifiers that are laid out of one prompt.
const MAX_MODIFIERS: usize = 60;

/// The prompt with what the search has found in it, its parts, and what can be copied.
#[component]
pub fn DetailPrompt() -> impl IntoView {
    let store = use_store();
    let prompt = Memo::new(move |_| {
        store.detail.with(|detail| match detail.as_ref().and_then(|detail| prompt_of(detail)) {
            Some((_, Cell::Text(text))) => Some(text.clone()),
            _ => None,
        })
    });
    let waits = Memo::new(move |_| {
        store.detail.with(|detail| {
            matches!(detail.as_ref().and_then(|detail| prompt_of(detail)), Some((_, Cell::Pending)))
        })
    });
    let marks = Memo::new(move |_| {
        store.detail.with(|detail| detail.as_ref().map(|detail| detail.marks.clone()).unwrap_or_default())
    });
    let seen_bytes =
        Memo::new(move |_| store.detail.with(|detail| detail.as_ref().and_then(|detail| detail.seen_bytes)));
    let parts = Memo::new(move |_| prompt.with(|prompt| modifiers(prompt.as_deref().unwrap_or_default())));
    view! {
        <section class="drawer-prompt" aria-label=texts::PROMPT>
            <Show when=move || waits.get()>
                <p class="skeleton drawer-line"></p>
            </Show>
            {move || {
                prompt
                    .get()
                    .map(|prompt| match prompt.trim() {
                        "" => view! { <h2><em>{common::EMPTY_PROMPT}</em></h2> }.into_any(),
                        _ => view! { <h2>{dimmed(&prompt, &marks.get(), seen_bytes.get())}</h2> }.into_any(),
                    })
            }}
            <Show when=move || seen_bytes.get().is_some()>
                <p class="prompt-cut">{added::cut_off()}</p>
            </Show>
            <Show when=move || !parts.with(Vec::is_empty)>
                <ul class="modifiers" aria-label=texts::MODIFIERS title=texts::ABOUT_MODIFIERS>
                    <For each=move || parts.get() key=Clone::clone let:part>
                        <li><Term text=part class="modifier"/></li>
                    </For>
                </ul>
            </Show>
            <Actions prompt/>
        </section>
    }
}

/// The prompt with marks; what begins at `seen_bytes` is dimmed.
fn dimmed(prompt: &str, marks: &[(u32, u32)], seen_bytes: Option<u32>) -> impl IntoView + use<> {
    let end = seen_bytes.map_or(prompt.len(), |end| end as usize);
    let (seen, unseen) = prompt.split_at_checked(end).unwrap_or((prompt, ""));
    let end = seen.len() as u32;
    let before: Vec<(u32, u32)> =
        marks.iter().filter(|(from, _)| *from < end).map(|(from, to)| (*from, (*to).min(end))).collect();
    let behind: Vec<(u32, u32)> = marks
        .iter()
        .filter(|(_, to)| *to > end)
        .map(|(from, to)| (from.saturating_sub(end), to - end))
        .collect();
    let unseen = (!unseen.is_empty())
        .then(|| view! { <span class="prompt-unseen" title=added::UNSEEN>{marked(unseen, &behind)}</span> });
    view! { {marked(seen, &before)} {unseen} }
}

/// What can be done with the prompt, the row and its image.
#[component]
fn Actions(prompt: Memo<Option<String>>) -> impl IntoView {
    let store = use_store();
    let settings = Memo::new(move |_| store.parameters());
    let link = move |_| match store.link() {
        Some(link) => store.copy(&link, texts::PERMALINK_COPIED),
        None => store.copy("", common::NOT_SHARED),
    };
    let more = move |_| {
        if let Some(row) = store.spec.with_untracked(|spec| spec.row) {
            store.show_like(Some(Like::Row(row)));
        }
    };
    let copy_prompt = move |_| {
        if let Some(prompt) = prompt.get_untracked() {
            store.copy(&prompt, common::PROMPT_COPIED);
        }
    };
    let copy_settings = move |_| {
        if let Some(settings) = settings.get_untracked() {
            store.copy(&settings, texts::PARAMETERS_COPIED);
        }
    };
    let page = Memo::new(move |_| store.page_of_detail());
    view! {
        <div class="drawer-actions">
            <Show when=move || prompt.with(Option::is_some)>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=copy_prompt>
                    {icon(Icon::Copy)} {texts::COPY_PROMPT}
                </button>
            </Show>
            <Show when=move || settings.with(Option::is_some)>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=copy_settings>
                    {icon(Icon::Copy)} {texts::COPY_PARAMETERS}
                </button>
            </Show>
            <Show when=move || prompt.with(Option::is_some)>
                <button type="button" class="button" data-kind="line" data-size="small" title=like::ABOUT_MORE on:click=more>
                    {icon(Icon::Phrases)} {like::MORE_LIKE_THIS}
                </button>
            </Show>
            <button type="button" class="button" data-kind="line" data-size="small" on:click=link>
                {icon(Icon::Link)} {texts::PERMALINK}
            </button>
            {move || {
                page.get()
                    .map(|page| {
                        view! {
                            <a class="button" data-kind="line" data-size="small" href=page target="_blank" rel="noopener noreferrer">
                                {icon(Icon::Out)} {texts::OPEN_ON_HUB}
                            </a>
                        }
                    })
            }}
            <ImageActions/>
        </div>
    }
}

/// The parts between commas, each once, without those that nobody can search for.
fn modifiers(prompt: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    prompt
        .split([',', '\n'])
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|part| part.chars().any(char::is_alphanumeric) && seen.insert(part.to_lowercase()))
        .take(MAX_MODIFIERS)
        .collect()
}
