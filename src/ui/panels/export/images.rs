//! The part of the menu that saves images.

use crate::protocol::export::{MAX_IMAGES, Rows};
use crate::protocol::texts::{common, export as texts};
use crate::ui::panels::export::running::Begin;
use crate::ui::panels::export::where_it_goes;
use crate::ui::store::{Taken, use_store};
use leptos::prelude::*;

/// The first images of the result.
#[component]
pub fn ImagesPart() -> impl IntoView {
    /// As many as somebody may want to look at.
    const USUAL: u32 = 100;
    let store = use_store();
    let text = RwSignal::new(USUAL.to_string());
    let number = move || {
        let number = text.with(|text| text.replace([',', ' '], "").parse::<u32>().ok());
        number.filter(|number| (1..=MAX_IMAGES as u32).contains(number))
    };
    let waits = move || store.count.with(Option::is_none) || store.search_waits();
    let disabled = Signal::derive(move || waits() || number().is_none());
    let begin = Callback::new(move |()| {
        if let Some(number) = untrack(number) {
            store.take_images(Rows::First(number));
        }
    });
    view! {
        <section class="export-part" aria-label=texts::IMAGES>
            <h2 class="panel-title">{texts::IMAGES_TITLE}</h2>
            <div class="export-row">
                <label class="choice">
                    <span>{texts::THE_FIRST}</span>
                    <input
                        type="text"
                        class="field export-number"
                        inputmode="numeric"
                        aria-label=texts::IMAGES_NUMBER
                        aria-invalid=move || number().is_none().then_some("true")
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    />
                    <span>{texts::OF_THE_ROWS}</span>
                </label>
            </div>
            <p class="export-note">
                {texts::images_note(MAX_IMAGES as u64, &where_it_goes())}
            </p>
            <Begin of=Taken::Images words=common::SAVE_IMAGES main=false disabled begin/>
        </section>
    }
}
