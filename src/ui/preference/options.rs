//! Which pairs are taken.

use super::{Answer, Looked};
use crate::base::numbers;
use crate::protocol::pairs::Kind;
use crate::protocol::texts::pairs as texts;
use crate::ui::store::{Commit, use_store};
use crate::view::pairs::{Options, PairsView};
use leptos::prelude::*;

/// Differences to choose from.
const LEAST: [u32; 5] = [0, 1, 2, 3, 4];

/// Numbers of pairs to choose from.
const MOST: [u32; 6] = [0, 1, 3, 5, 10, 20];

/// The choices. Rows of two images have but one: each of them is one pair. No filter cuts what a row lists.
#[component]
pub fn OptionsRow(two: Memo<bool>, in_rows: Memo<bool>, answer: Answer, looked_at: Looked) -> impl IntoView {
    let store = use_store();
    let options = Memo::new(move |_| looked_at.with(|view| view.options));
    let set = move |change: &dyn Fn(&mut Options)| {
        let mut next = PairsView { at: 0, ..looked_at.get_untracked() };
        change(&mut next.options);
        store.look_at_pairs(&next, Commit::Step);
    };
    let is_rated = Memo::new(move |_| {
        store.compare.groups.with(|groups| groups.as_ref().is_some_and(|groups| groups.rated))
            && answer.with(|answer| answer.as_ref().is_some_and(|pairs| pairs.kind == Kind::Ranked))
    });
    let least_rank = move |value: f64| set(&|options| options.least_rank = value);
    let least_rating = move |value: f64| set(&|options| options.least_rating = value);
    let most = move |value: f64| set(&|options| options.most = value as u32);
    view! {
        <fieldset class="pref-options">
            <legend class="hidden">{texts::OPTIONS}</legend>
            <Show when=move || !two.get()>
                {choice(texts::LEAST_RANK, &LEAST, texts::ANY, Signal::derive(move || options.get().least_rank), least_rank)}
                <Show when=move || is_rated.get()>
                    {choice(texts::LEAST_RATING, &LEAST, texts::ANY, Signal::derive(move || options.get().least_rating), least_rating)}
                </Show>
                {choice(texts::MOST, &MOST, texts::ALL, Signal::derive(move || f64::from(options.get().most)), most)}
            </Show>
            <Show when=move || !in_rows.get()>
                <label class="choice">
                    <input
                        type="checkbox"
                        prop:checked=move || options.get().whole
                        on:change=move |_| set(&|options| options.whole = !options.whole)
                    />
                    <span>{texts::WHOLE}</span>
                </label>
            </Show>
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || options.get().readable
                    on:change=move |_| set(&|options| options.readable = !options.readable)
                />
                <span>{texts::READABLE}</span>
            </label>
        </fieldset>
        <Show when=move || options.get().readable>
            <p class="pref-note">{texts::READABLE_NOTE}</p>
        </Show>
    }
}

/// One number of a few; 0 is called `none`.
fn choice(
    label: &'static str,
    of: &'static [u32],
    none: &'static str,
    now: Signal<f64>,
    set: impl Fn(f64) + 'static,
) -> AnyView {
    let option = move |value: &'static u32| {
        let name = if *value == 0 { none.to_owned() } else { value.to_string() };
        view! { <option value=value.to_string() selected=move || now.get() == f64::from(*value)>{name}</option> }
    };
    view! {
        <label class="pref-choice">
            <span>{label}</span>
            <select
                class="field"
                on:change:target=move |event| set(numbers::parse(&event.target().value()).unwrap_or(0.0))
            >
                {of.iter().map(option).collect_view()}
            </select>
        </label>
    }
    .into_any()
}
