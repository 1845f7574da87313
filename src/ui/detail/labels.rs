//! The label of the row whose details are open, and its note.

use crate::protocol::Cell;
use crate::protocol::labels::{Ask, Label, What};
use crate::protocol::texts::labels as texts;
use crate::ui::panels::labels::AddLabel;
use crate::ui::store::use_store;
use crate::view::labels::MAX_NOTE_CHARS;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The labels as buttons, and the field of the note.
#[component]
pub fn DetailLabels() -> impl IntoView {
    let store = use_store();
    if untrack(|| store.labels()).is_none() {
        store.ask_labels(What::Tell.into());
    }
    let row = Memo::new(move |_| store.detail.with(|detail| detail.as_ref().map(|detail| detail.row)));
    let text = move |of: fn(&(String, String)) -> &String| {
        let column = store.labels().map(|all| of(&all.columns).clone())?;
        store.detail.with(|detail| {
            let fields = &detail.as_ref()?.fields;
            match fields.iter().find(|(name, _)| *name == column) {
                Some((_, Cell::Text(text))) => Some(text.clone()),
                _ => None,
            }
        })
    };
    let own = Memo::new(move |_| text(|columns| &columns.0));
    let note = Memo::new(move |_| text(|columns| &columns.1).unwrap_or_default());
    let write = move |event| {
        if let Some(row) = row.get_untracked() {
            let text = event_target_value(&event);
            store.ask_labels(Ask { what: What::Note, rows: vec![row], text, ..Ask::default() });
        }
    };
    // Keys of the details are not meant while someone types.
    let typing = move |event: KeyboardEvent| {
        if event.key() != "Escape" {
            event.stop_propagation();
        }
    };
    let listed = move || (1u8..).zip(store.label_list()).collect::<Vec<_>>();
    view! {
        <section class="drawer-labels" aria-label=texts::LABEL_AND_NOTE>
            <div class="label-buttons" role="group" aria-label=texts::LABEL>
                <For each=listed key=|(place, label)| (*place, label.name.clone(), label.colour) let:item>
                    <LabelButton place=item.0 label=item.1 row own/>
                </For>
            </div>
            <div on:keydown=typing>
                <AddLabel row=Signal::derive(move || row.get())/>
                <textarea
                    class="field label-note"
                    rows="1"
                    maxlength=MAX_NOTE_CHARS.to_string()
                    aria-label=texts::NOTE
                    placeholder=texts::NOTE
                    prop:value=move || note.get()
                    on:change=write
                ></textarea>
            </div>
        </section>
    }
}

#[component]
fn LabelButton(place: u8, label: Label, row: Memo<Option<u64>>, own: Memo<Option<String>>) -> impl IntoView {
    let store = use_store();
    let Label { name, colour, .. } = label;
    let is = {
        let name = name.clone();
        Memo::new(move |_| own.with(|own| own.as_ref() == Some(&name)))
    };
    let toggle = move |_| {
        if let Some(row) = row.get_untracked() {
            store.toggle_label(row, place);
        }
    };
    view! {
        <button
            type="button"
            class="button"
            data-kind="line"
            data-size="small"
            data-label=colour.to_string()
            aria-pressed=move || is.get().to_string()
            on:click=toggle
        >
            <i class="label-dot"></i>
            {name}
            {(place <= 9).then(|| view! { <kbd aria-hidden="true">{place.to_string()}</kbd> })}
        </button>
    }
}
