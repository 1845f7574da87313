//! The prompts, as a long list.

use super::compare::Order;
use super::gallery_tile::prompt_in;
use super::store::use_store;
use super::table::observe_size;
use crate::protocol::compare::Group;
use crate::viewport::Viewport;
use crate::words::thousands;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// Height of a prompt.
const ROW_PX: f64 = 60.0;

/// The list. `shown` are the rows of the prompt that is looked at.
#[component]
pub fn PromptList(
    groups: Memo<Option<Arc<Vec<Group>>>>,
    order: RwSignal<Order>,
    chosen: RwSignal<usize>,
    shown: Memo<Vec<u64>>,
) -> impl IntoView {
    let store = use_store();
    let frame: NodeRef<html::Div> = NodeRef::new();
    let size = RwSignal::new((0.0_f64, 0.0_f64));
    let viewport = RwSignal::new(Viewport::new(0, ROW_PX, 0.0));
    observe_size(frame, size);
    let count = Memo::new(move |_| groups.with(|groups| groups.as_ref().map_or(0, |groups| groups.len())));
    Effect::new(move || {
        viewport.set(viewport.get_untracked().resized(count.get() as u64, ROW_PX, size.get().1));
    });
    Effect::new(move || {
        let next = viewport.get_untracked().revealing(chosen.get() as u64);
        viewport.set(next);
        if let Some(frame) = frame.get_untracked() {
            frame.set_scroll_top(next.track_px().round() as i32);
        }
    });
    let slice = Memo::new(move |_| viewport.get().slice(4));
    // The first row of each prompt in sight tells its words.
    Effect::new(move || {
        let slice = slice.get();
        let mut rows = shown.get();
        groups.with(|groups| {
            let groups = groups.as_ref().map(|groups| groups.as_slice()).unwrap_or_default();
            let seen =
                groups.get(slice.first as usize..(slice.end as usize).min(groups.len())).unwrap_or_default();
            rows.extend(seen.iter().filter_map(|group| group.rows.0.first().map(|row| u64::from(*row))));
        });
        rows.sort_unstable();
        rows.dedup();
        if !rows.is_empty() {
            store.pick(rows);
        }
    });
    let scrolled = move |_| {
        if let Some(frame) = frame.get_untracked() {
            viewport.set(viewport.get_untracked().scrolled(f64::from(frame.scroll_top())));
        }
    };
    let item = move |at: usize| {
        let group = Memo::new(move |_| groups.with(|groups| groups.as_ref()?.get(at).cloned()));
        let text = move || {
            let first = group.with(|group| group.as_ref()?.rows.0.first().copied())?;
            store.compare.rows.with(|rows| rows.get(&u64::from(first)).and_then(|row| prompt_in(row)))
        };
        let images = move || group.with(|group| group.as_ref().map_or(0, |group| group.rows.0.len()));
        view! {
            <button
                type="button"
                class="prompt-item"
                aria-current=move || (chosen.get() == at).then_some("true")
                on:click=move |_| chosen.set(at)
            >
                <span>{move || text().unwrap_or_else(|| "…".to_owned())}</span>
                <small>{move || format!("{} images", images())}</small>
            </button>
        }
    };
    view! {
        <nav class="prompt-list" aria-label="Prompts">
            <p class="prompt-list-head">
                <b>{move || format!("{} prompts", thousands(count.get() as u64))}</b>
                <select
                    aria-label="Sort prompts"
                    on:change:target=move |event| {
                        order.set(match event.target().value().as_str() {
                            "disagreement" => Order::Disagreement,
                            "images" => Order::Images,
                            _ => Order::File,
                        });
                    }
                >
                    <option value="file">"as in the file"</option>
                    <option value="disagreement">"most disagreement"</option>
                    <option value="images">"most images"</option>
                </select>
            </p>
            <div
                class="prompt-items"
                node_ref=frame
                style=("--track", move || format!("{}px", viewport.get().track_height_px()))
                style=("--top", move || format!("{:.1}px", slice.get().top_px))
                on:scroll=scrolled
            >
                <div class="prompt-body">
                    <For each=move || { let slice = slice.get(); slice.first as usize..slice.end as usize } key=|at| *at let:at>
                        {item(at)}
                    </For>
                </div>
                <div class="grid-track" aria-hidden="true"></div>
            </div>
        </nav>
    }
}
