//! The prompts, as a long list.

use crate::base::numbers;
use crate::protocol::Shape;
use crate::protocol::compare::Group;
use crate::protocol::images::Want;
use crate::protocol::texts::compare as texts;
use crate::ui::compare::Order;
use crate::ui::gallery::tile::prompt_in;
use crate::ui::store::{Commit, Part, PickFor, Sight, size_px, use_store};
use crate::ui::widgets::observe_size::observe_size;
use crate::ui::widgets::picture::PictureOf;
use crate::ui::widgets::scroller::Scroller;
use crate::view::roles::Role;
use crate::view::scroll::{Event, Extent};
use crate::view::spec::{Bound, Clause, List, ListValue, Range};
use leptos::prelude::*;
use std::sync::Arc;

/// Height of a prompt.
const ROW_PX: f64 = 64.0;

/// Prompts painted beyond both ends of the window.
const OVERSCAN: u64 = 4;

/// Length of the image beside a prompt.
const IMAGE_PX: f64 = 48.0;

/// How many images a prompt has.
const AMOUNTS: std::ops::RangeInclusive<u32> = 4..=9;

/// The list. `shown` are the rows of the prompt that is looked at.
#[component]
pub fn PromptList(
    groups: Memo<Option<Arc<Vec<Group>>>>,
    order: RwSignal<Order>,
    chosen: RwSignal<usize>,
    shown: Memo<Vec<u64>>,
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
    let rated = Memo::new(move |_| {
        store.compare.groups.with(|groups| groups.as_ref().is_some_and(|groups| groups.rated))
    });
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
            store.pick(PickFor::Compare, rows);
        }
    });
    // Beside each prompt its best image.
    Effect::new(move || {
        let slice = slice.get();
        let px = size_px(IMAGE_PX);
        let wants = groups.with(|groups| {
            let groups = groups.as_ref().map(|groups| groups.as_slice()).unwrap_or_default();
            let seen =
                groups.get(slice.first as usize..(slice.end as usize).min(groups.len())).unwrap_or_default();
            let first = seen.iter().filter_map(|group| group.rows.0.first());
            first.map(|row| Want { row: u64::from(*row), px }).collect::<Vec<_>>()
        });
        store.images.look_at(Part::List, if store.images.saving.get() { Vec::new() } else { wants });
    });
    on_cleanup(move || store.images.look_at(Part::List, Vec::new()));
    let item = move |at: usize| {
        let group = Memo::new(move |_| groups.with(|groups| groups.as_ref()?.get(at).cloned()));
        let text = move || {
            let first = group.with(|group| group.as_ref()?.rows.0.first().copied())?;
            store.compare.rows.with(|rows| rows.get(&u64::from(first)).and_then(|row| prompt_in(store, row)))
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
        let want = Signal::derive(move || {
            let first = group.with(|group| group.as_ref()?.rows.0.first().copied())?;
            Some(Want { row: u64::from(first), px: size_px(IMAGE_PX) })
        });
        view! {
            <button
                type="button"
                class="prompt-item"
                aria-current=move || (chosen.get() == at).then_some("true")
                on:click=move |_| chosen.set(at)
            >
                <span class="prompt-thumb" aria-hidden="true">
                    <PictureOf want=want sight=Signal::derive(|| Sight::Clear) name="" small=true/>
                </span>
                <span class="prompt-words">{move || text().unwrap_or_else(|| texts::NO_WORDS_YET.to_owned())}</span>
                <small>{says}</small>
            </button>
        }
    };
    view! {
        <nav class="prompt-list" aria-label=texts::PROMPTS>
            <p class="prompt-list-head">
                <b>{move || texts::prompts(count.get() as u64)}</b>
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
            </p>
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
                        {item(at)}
                    </For>
                </div>
                <div class="grid-track" aria-hidden="true"></div>
            </div>
        </nav>
    }
}

/// The choice of one category, which is a filter like any other.
#[component]
fn Categories() -> impl IntoView {
    let store = use_store();
    let column = Memo::new(move |_| store.role(Role::Category).unwrap_or_default());
    let labels = Memo::new(move |_| {
        store.charts.with(|charts| match column.with(|column| charts.get(column)).map(|chart| &chart.shape) {
            Some(Shape::Categories { labels, .. }) => labels.clone(),
            Some(Shape::Bins(_)) | None => Vec::new(),
        })
    });
    let chosen = Memo::new(move |_| {
        store.spec.with(|spec| match column.with(|column| spec.filters.get(column)) {
            Some(Clause::List(List { values, negated: false })) => match values.as_slice() {
                [ListValue::Text(only)] => Some(only.clone()),
                _ => None,
            },
            Some(_) | None => None,
        })
    });
    let choose = move |value: String| {
        let values = vec![ListValue::Text(value.clone())];
        let clause = (!value.is_empty()).then_some(Clause::List(List { values, negated: false }));
        store.set_clause(&column.get_untracked(), clause, Commit::Step);
    };
    let option = move |label: String| {
        let value = label.clone();
        let selected = move || chosen.with(|chosen| chosen.as_deref() == Some(value.as_str()));
        view! { <option value=label.clone() selected=selected>{label.clone()}</option> }
    };
    view! {
        <select aria-label=texts::CATEGORY on:change:target=move |event| choose(event.target().value())>
            <option value="" selected=move || chosen.with(Option::is_none)>{texts::ALL_CATEGORIES}</option>
            {move || labels.get().into_iter().map(option).collect_view()}
        </select>
    }
}

/// The choice of how many images a prompt has, which is a filter like any other.
#[component]
fn Amounts() -> impl IntoView {
    let store = use_store();
    let column = Memo::new(move |_| store.role(Role::Amount).unwrap_or_default());
    let chosen = Memo::new(move |_| {
        store.spec.with(|spec| match column.with(|column| spec.filters.get(column)) {
            Some(Clause::Range(Range { low: Some(Bound::Number(low)), high: Some(Bound::Number(high)) }))
                if low == high =>
            {
                Some(*low as u32)
            }
            Some(_) | None => None,
        })
    });
    let choose = move |value: String| {
        let end = numbers::parse(&value).map(Bound::Number);
        let clause = end.map(|end| Clause::Range(Range { low: Some(end), high: Some(end) }));
        store.set_clause(&column.get_untracked(), clause, Commit::Step);
    };
    view! {
        <select aria-label=texts::NUMBER on:change:target=move |event| choose(event.target().value())>
            <option value="" selected=move || chosen.get().is_none()>{texts::ANY_NUMBER}</option>
            {AMOUNTS
                .map(|amount| {
                    view! {
                        <option value=amount.to_string() selected=move || chosen.get() == Some(amount)>
                            {texts::images(amount as usize)}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
}
