//! The prompts, as a long list.

use crate::protocol::compare::Group;
use crate::protocol::images::Want;
use crate::protocol::texts::compare as texts;
use crate::ui::compare::Order;
use crate::ui::compare::filters::{Amounts, Categories};
use crate::ui::gallery::tile::prompt_in;
use crate::ui::store::{Part, PickFor, Sight, size_px, use_store};
use crate::ui::widgets::observe_size::observe_size;
use crate::ui::widgets::picture::PictureOf;
use crate::ui::widgets::scroller::Scroller;
use crate::view::scroll::{Event, Extent};
use leptos::prelude::*;
use std::sync::Arc;

/// Height of a prompt.
const ROW_PX: f64 = 64.0;

/// Prompts painted beyond both ends of the window.
const OVERSCAN: u64 = 4;

/// Length of the image beside a prompt.
const IMAGE_PX: f64 = 48.0;

/// The list. `shown` are the rows of the prompt that is looked at.
#[component]
pub fn PromptList(
    groups: Memo<Option<Arc<Vec<Group>>>>,
    order: RwSignal<Order>,
    chosen: RwSignal<usize>,
    shown: Memo<Vec<u64>>,
    rated: Memo<bool>,
) -> impl IntoView {
    let store = use_store();
    let (frame, size) = observe_size();
    let count = Memo::new(move |_| groups.with(|groups| groups.as_ref().map_or(0, |groups| groups.len())));
    let scroller = Scroller::new(frame, move || Extent {
        items: count.get() as u64,
        per_row: 1,
        row_px: ROW_PX,
        view_px: size.get().1,
    });
    Effect::new(move || scroller.send(Event::Reveal { position: chosen.get() as u64, part_px: None }));
    let slice = scroller.slice(OVERSCAN);
    // The first row of each prompt in sight tells its words, and is its best image.
    let first_rows = Memo::new(move |_| {
        let slice = slice.get();
        groups.with(|groups| {
            let groups = groups.as_ref().map(|groups| groups.as_slice()).unwrap_or_default();
            let end = (slice.end as usize).min(groups.len());
            let seen = groups.get(slice.first as usize..end).unwrap_or_default();
            seen.iter().filter_map(first_row).collect::<Vec<u64>>()
        })
    });
    Effect::new(move || {
        let mut rows = shown.get();
        rows.extend(first_rows.get());
        rows.sort_unstable();
        rows.dedup();
        if !rows.is_empty() {
            store.pick(PickFor::Compare, rows);
        }
    });
    Effect::new(move || {
        let px = size_px(IMAGE_PX);
        let wants = first_rows.get().into_iter().filter(|row| store.wants_row(*row));
        let wants = wants.map(|row| Want::of(row, px)).collect();
        store.images.look_at(Part::List, if store.images.saving.get() { Vec::new() } else { wants });
    });
    on_cleanup(move || store.images.look_at(Part::List, Vec::new()));
    let left_out =
        move || store.compare.groups.with(|groups| groups.as_ref().map_or(0, |groups| groups.left_out));
    view! {
        <nav class="prompt-list" aria-label=texts::PROMPTS>
            <p class="prompt-list-head">
                <b>{move || texts::prompts(count.get() as u64 + left_out())}</b>
                <Sorting order rated/>
            </p>
            <Show when=move || { left_out() > 0 }>
                <p class="prompt-list-head">{move || texts::prompts_left_out(left_out())}</p>
            </Show>
            <p class="prompt-list-head">
                <Categories/>
                <Amounts/>
            </p>
            <div
                class="prompt-items"
                node_ref=frame
                style=("--track", move || scroller.track())
                style=("--top", move || format!("{:.1}px", slice.get().top_px))
                on:scroll=move |_| scroller.scrolled(|| {})
            >
                <div class="prompt-body">
                    <For each=move || { let slice = slice.get(); slice.first as usize..slice.end as usize } key=|at| *at let:at>
                        <PromptItem at groups order chosen/>
                    </For>
                </div>
                <div class="grid-track" aria-hidden="true"></div>
            </div>
        </nav>
    }
}

/// How the prompts are sorted.
#[component]
fn Sorting(order: RwSignal<Order>, rated: Memo<bool>) -> impl IntoView {
    view! {
        <select
            aria-label=texts::SORT
            on:change:target=move |event| {
                order.set(match event.target().value().as_str() {
                    "disagreement" => Order::Disagreement,
                    "images" => Order::Images,
                    _ => Order::File,
                });
            }
        >
            <option value="file">{texts::SORT_FILE}</option>
            <option value="disagreement" disabled=move || !rated.get()>{texts::SORT_DISAGREEMENT}</option>
            <option value="images">{texts::SORT_IMAGES}</option>
        </select>
    }
}

/// One prompt: its best image, its words, and how many images it has.
#[component]
fn PromptItem(
    at: usize,
    groups: Memo<Option<Arc<Vec<Group>>>>,
    order: RwSignal<Order>,
    chosen: RwSignal<usize>,
) -> impl IntoView {
    let store = use_store();
    let group = Memo::new(move |_| groups.with(|groups| groups.as_ref()?.get(at).cloned()));
    let first = move || group.with(|group| first_row(group.as_ref()?));
    let words = move || {
        let first = first()?;
        store.compare.rows.with(|rows| prompt_in(store, rows.get(&first)?))
    };
    let says = move || {
        group.with(|group| {
            let group = group.as_ref()?;
            let images = group.rows.0.len();
            Some(match order.get() {
                Order::Disagreement => texts::images_disagreeing(images, group.disagreement),
                Order::File | Order::Images => texts::images(images),
            })
        })
    };
    let want = Signal::derive(move || Some(Want::of(first()?, size_px(IMAGE_PX))));
    let sight = Signal::derive(move || first().map_or(Sight::Clear, |row| store.sight_of_row(row)));
    view! {
        <button
            type="button"
            class="prompt-item"
            aria-current=move || (chosen.get() == at).then_some("true")
            on:click=move |_| chosen.set(at)
        >
            <span class="prompt-thumb" aria-hidden="true">
                <PictureOf want=want sight=sight name="" small=true/>
            </span>
            <span class="prompt-words">{move || words().unwrap_or_else(|| texts::NO_WORDS_YET.to_owned())}</span>
            <small>{says}</small>
        </button>
    }
}

fn first_row(group: &Group) -> Option<u64> {
    group.rows.0.first().map(|row| u64::from(*row))
}
