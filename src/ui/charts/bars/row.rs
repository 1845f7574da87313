//! One bar.

use crate::protocol::display;
use crate::protocol::texts::charts as texts;
use crate::ui::charts::bars::model::Bar;
use crate::ui::store::use_store;
use crate::view::choice;
use crate::view::spec::Clause;
use leptos::prelude::*;

/// One value: its bar is a switch, and beside it stand "only" and "not".
#[component]
pub fn BarRow(
    column: StoredValue<String>,
    bar: Memo<Option<Bar>>,
    clause: Memo<Option<Clause>>,
    /// What the marked row has.
    #[prop(optional)]
    at: Option<Memo<Option<String>>>,
) -> impl IntoView {
    let store = use_store();
    let value = move || bar.with_untracked(|bar| bar.as_ref().map(|bar| bar.value.clone()));
    let pressed = Memo::new(move |_| {
        let value = bar.with(|bar| bar.as_ref().map(|bar| bar.value.clone()));
        value.is_some_and(|value| choice::holds(clause.get().as_ref(), &value))
    });
    // Nobody reads the tips of bars that the pointer is not on: they are not written in every frame.
    let hovered = RwSignal::new(false);
    let set = move |next: Option<Clause>| column.with_value(|column| store.choose(column, next, None));
    let toggle = move |_| {
        if let Some(value) = value() {
            set(choice::toggled(clause.get_untracked(), &value));
        }
    };
    let only = move |_| {
        if let Some(value) = value() {
            set(choice::only(&value));
        }
    };
    let not = move |_| {
        if let Some(value) = value() {
            set(choice::without(clause.get_untracked(), &value));
        }
    };
    let label = move || bar.with(|bar| bar.as_ref().map(|bar| bar.label.clone())).unwrap_or_default();
    let is_at = move || at.is_some_and(|at| at.with(|at| at.as_ref().is_some_and(|at| *at == label())));
    view! {
        <li class="bar-item">
            <button
                type="button"
                class="bar-row"
                aria-pressed=move || pressed.get().to_string()
                data-at=move || is_at().then_some("")
                title=move || hovered.get().then(|| bar.get().map(|bar| tip(&bar))).flatten()
                on:pointerenter=move |_| hovered.set(true)
                on:pointerleave=move |_| hovered.set(false)
                on:click=toggle
            >
                <span class="bar-label">{label}</span>
                <span
                    class="track"
                    style=("--all", move || format!("{:.4}", bar.with(|bar| bar.as_ref().map_or(0.0, |bar| bar.all_share))))
                    style=("--here", move || format!("{:.4}", bar.with(|bar| bar.as_ref().map_or(0.0, |bar| bar.here_share))))
                >
                    <i></i>
                    <b></b>
                </span>
                <span class="bar-count">
                    {move || bar.with(|bar| bar.as_ref().map(|bar| display::count(bar.here.into())))}
                </span>
            </button>
            <span class="bar-acts">
                <button type="button" aria-label=move || texts::only(&label()) title=texts::ONLY_THIS on:click=only>
                    {texts::ONLY}
                </button>
                <button type="button" aria-label=move || texts::not(&label()) title=texts::NOT_THIS on:click=not>
                    {texts::NOT}
                </button>
            </span>
        </li>
    }
}

fn tip(bar: &Bar) -> String {
    texts::here_in_all(&bar.label, bar.here.into(), bar.all.into(), bar.pinned)
}
