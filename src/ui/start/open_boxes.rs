//! Opening a table that is not in the catalogue: by path, by address, or from this device.

use crate::protocol::texts::start as texts;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::place::table_of;
use leptos::ev::{DragEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;

/// A field for a path on the Hub or an address.
#[component]
pub fn PlaceBox() -> impl IntoView {
    let store = use_store();
    let field: NodeRef<html::Input> = NodeRef::new();
    let trouble = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = field.get_untracked() else { return };
        match table_of(&input.value()) {
            Ok(table) => store.open(table),
            Err(message) => {
                trouble.set(Some(message));
                let _ = input.focus();
            }
        }
    };
    view! {
        <section class="box">
            <h2 id="place-title">{texts::OPEN_ANY}</h2>
            <form class="place" on:submit=submit novalidate>
                <input
                    type="text"
                    class="field"
                    name="place"
                    node_ref=field
                    aria-labelledby="place-title"
                    aria-describedby="place-help"
                    aria-invalid=move || trouble.with(Option::is_some).then_some("true")
                    placeholder=texts::PLACE_HINT
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    on:input=move |_| trouble.set(None)
                />
                <button type="submit" class="button" data-kind="line">{texts::OPEN}</button>
            </form>
            <p id="place-help" aria-live="polite" data-trouble=move || trouble.with(Option::is_some).then_some("")>
                {move || {
                    trouble
                        .get()
                        .unwrap_or_else(|| texts::PLACE_HELP.to_owned())
                }}
            </p>
        </section>
    }
}

/// A place to drop a file, and a button that chooses one.
#[component]
pub fn DropBox() -> impl IntoView {
    let store = use_store();
    let over = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let input: NodeRef<html::Input> = NodeRef::new();
    let take = move |files: Option<web_sys::FileList>| {
        trouble.set(store.open_files(files).err());
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    view! {
        <section
            class="box"
            data-drop=""
            data-over=move || over.get().then_some("")
            on:dragover=move |event: DragEvent| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <h2>{icon(Icon::Upload)} {texts::DROP}</h2>
            <p data-trouble=move || trouble.with(Option::is_some).then_some("") aria-live="polite">
                {move || trouble.get().unwrap_or_else(|| texts::DROP_HELP.to_owned())}
            </p>
            <label class="pick">
                <input
                    type="file"
                    class="hidden"
                    accept=texts::ENDINGS
                    multiple
                    node_ref=input
                    on:change=move |_| take(input.get_untracked().and_then(|input| input.files()))
                />
                <span>{texts::CHOOSE_FILES}</span>
            </label>
        </section>
    }
}
