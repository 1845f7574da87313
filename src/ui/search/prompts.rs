//! One line a prompt: how many rows have it, what they differ in, and the rows themselves when it
//! is opened.

use crate::protocol::Prompt;
use crate::protocol::display::{percent, thousands};
use crate::protocol::texts::{common, like, search as texts};
use crate::ui::search::like::LikeList;
use crate::ui::search::marked::marked_near;
use crate::ui::store::{Store, facts, use_store};
use crate::ui::widgets::observe_size::observe_size;
use crate::ui::widgets::scroller::Scroller;
use crate::view::like::Like;
use crate::view::scroll::Extent;
use leptos::prelude::*;

/// Height of a line.
const LINE_PX: f64 = 48.0;

/// Lines painted beyond both ends of the window.
const OVERSCAN: u64 = 6;

/// Letters of a prompt that have room in its two lines, at the least.
const LETTERS: usize = 96;

/// The view: prompts by rank where the link says by what.
#[component]
pub fn PromptsView() -> impl IntoView {
    let store = use_store();
    let like = Memo::new(move |_| store.spec.with(|spec| spec.like));
    move || match like.get() {
        Some(like) => view! { <LikeList like/> }.into_any(),
        None => view! { <ByRows/> }.into_any(),
    }
}

/// Prompts of the result, those of most rows first.
#[component]
fn ByRows() -> impl IntoView {
    let store = use_store();
    let (list, size) = observe_size();
    let opened = RwSignal::new(None::<Prompt>);
    let total =
        Memo::new(move |_| store.prompts.with(|prompts| prompts.as_ref().map_or(0, |prompts| prompts.total)));
    let scroller = Scroller::new(list, move || Extent {
        items: total.get(),
        per_row: 1,
        row_px: LINE_PX,
        view_px: size.get().1,
    });
    let slice = scroller.slice(OVERSCAN);
    Effect::new(move || {
        let slice = slice.get();
        store.look_at(slice.first, slice.end.max(slice.first + 40));
    });
    let complete =
        move || store.prompts.with(|prompts| prompts.as_ref().is_some_and(|prompts| prompts.complete));
    let progress = move || {
        let count = store.count.get()?;
        (!complete() && count.rows_read > 0)
            .then(|| texts::prompts_read(&percent(count.rows_read, count.rows)))
    };
    view! {
        <div class="prompts">
            <p class="pane-note">
                <span role="status">
                {move || texts::different_prompts(total.get())}
                {move || store.prompts.with(|prompts| {
                    prompts.as_ref().and_then(|prompts| prompts.pinned).map(|(both, only)| texts::prompts_in_a(both, only))
                })}
                {progress}
                </span>
                <Show when=move || store.traffic.with(|traffic| traffic.indexed) && store.spec.with(|spec| spec.query.is_some())>
                    <button
                        type="button"
                        class="button"
                        data-kind="link"
                        data-size="small"
                        title=like::ABOUT_BEST
                        on:click=move |_| store.show_like(Some(Like::Search))
                    >
                        {like::BEST_MATCH}
                    </button>
                </Show>
            </p>
            <div
                class="prompt-list"
                tabindex="0"
                role="group"
                aria-label=texts::PROMPTS
                node_ref=list
                style=("--track", move || scroller.track())
                style=("--top", move || format!("{:.2}px", slice.get().top_px))
                on:scroll=move |_| scroller.scrolled(|| {})
            >
                <ol>
                    <For each=move || { let slice = slice.get(); slice.first..slice.end } key=|position| *position let:position>
                        <Line position opened/>
                    </For>
                </ol>
                <div class="prompt-track" aria-hidden="true"></div>
            </div>
            {move || opened.get().map(|prompt| view! { <Opened prompt close=move || opened.set(None)/> })}
        </div>
    }
}

/// One prompt, which may be on its way.
#[component]
fn Line(position: u64, opened: RwSignal<Option<Prompt>>) -> impl IntoView {
    let store = use_store();
    let prompt = Memo::new(move |_| {
        store.prompts.with(|prompts| {
            let prompts = prompts.as_ref()?;
            let at = usize::try_from(position.checked_sub(prompts.first)?).ok()?;
            prompts.prompts.get(at).cloned()
        })
    });
    move || match prompt.get() {
        None => view! { <li class="prompt-line" aria-busy="true"><i class="skeleton"></i></li> }.into_any(),
        Some(prompt) => {
            let text = words_of(&prompt, LETTERS);
            let ranges = prompt.ranges.iter().map(range).collect_view();
            let count = thousands(u64::from(prompt.count));
            let pinned = prompt.pinned.map(|rows| view! { <small>{texts::rows_in_a(rows.into())}</small> });
            view! {
                <li class="prompt-line">
                    <button type="button" on:click=move |_| opened.set(Some(prompt.clone()))>
                        <b>{count}{pinned}</b>
                        <span class="prompt-text">{text}</span>
                        <span class="prompt-ranges">{ranges}</span>
                    </button>
                </li>
            }
            .into_any()
        }
    }
}

/// The words of a prompt, with what matched in them; so many letters of it have room.
pub fn words_of(prompt: &Prompt, letters: usize) -> AnyView {
    if prompt.text.trim().is_empty() {
        view! { <em>{common::EMPTY_PROMPT}</em> }.into_any()
    } else {
        marked_near(&prompt.text, &prompt.marks, letters).into_any()
    }
}

/// The rows that have a prompt, as a list that each is opened from.
pub fn rows(store: Store, prompt: &Prompt, class: Option<&'static str>) -> AnyView {
    let row = |row: &u32| {
        let row = u64::from(*row);
        view! {
            <li>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.select_row(Some(row))>
                    {common::row(row)}
                </button>
            </li>
        }
    };
    let more = u64::from(prompt.count).saturating_sub(prompt.rows.len() as u64);
    view! {
        <ul class=class>
            {prompt.rows.iter().map(row).collect_view()}
            {(more > 0).then(|| view! { <li>{common::and_more(more)}</li> })}
        </ul>
    }
    .into_any()
}

/// What its rows have in a column.
fn range((column, low, high): &(String, f64, f64)) -> AnyView {
    let title = facts::title(column);
    let words = if low == high { format!("{title} {low}") } else { format!("{title} {low} – {high}") };
    view! { <span>{words}</span> }.into_any()
}

/// The rows of one prompt.
#[component]
fn Opened(prompt: Prompt, close: impl Fn() + Copy + 'static) -> impl IntoView {
    let store = use_store();
    let text = prompt.text.clone();
    view! {
        <section class="prompt-open" aria-label=texts::PROMPT_ROWS>
            <header class="pane-head">
                <h2>{texts::rows_of_prompt(u64::from(prompt.count))}</h2>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.show_prompt(&text)>
                    {texts::SHOW_IN_TABLE}
                </button>
                <button type="button" class="button" data-size="small" on:click=move |_| close()>{common::CLOSE}</button>
            </header>
            <p>{prompt.text.clone()}</p>
            {rows(store, &prompt, None)}
        </section>
    }
}
