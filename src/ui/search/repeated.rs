//! The prompts that most rows have, beside what prompts are made of.

use crate::protocol::Repeated;
use crate::protocol::display::thousands;
use crate::protocol::texts::{common, search as texts};
use crate::ui::search::marked::marked_near;
use crate::ui::store::use_store;
use crate::view::spec::View;
use leptos::prelude::*;

/// Letters of a repeated prompt that have room in its line.
const LETTERS: usize = 44;

/// The list, and the way to all prompts.
#[component]
pub fn RepeatedPrompts() -> impl IntoView {
    let store = use_store();
    view! {
        <div class="pane-head">
            <h2>{texts::MOST_REPEATED}</h2>
            <button type="button" class="button" data-kind="link" data-size="small" on:click=move |_| store.set_view(View::Prompts)>
                {texts::ALL_PROMPTS}
            </button>
        </div>
        <ol class="repeated">
            {move || {
                let phrases = store.phrases.get();
                let repeated = phrases.map(|phrases| phrases.repeated.clone()).unwrap_or_default();
                repeated
                    .into_iter()
                    .map(|Repeated { text, marks, count }| {
                        let asked = text.clone();
                        view! {
                            <li>
                                <button type="button" title=texts::SHOW_PROMPT on:click=move |_| store.show_prompt(&asked)>
                                    {if text.trim().is_empty() {
                                        view! { <em>{common::EMPTY_PROMPT}</em> }.into_any()
                                    } else {
                                        marked_near(&text, &marks, LETTERS).into_any()
                                    }}
                                </button>
                                <span>{thousands(u64::from(count))}</span>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ol>
    }
}
