//! What sorting costs where a column has to be read for it, before it is read.

use crate::protocol::texts::table as texts;
use crate::ui::store::facts;
use crate::ui::store::use_store;
use leptos::prelude::*;

/// The question; nothing while none is open.
#[component]
pub fn SortNote() -> impl IntoView {
    let store = use_store();
    let question = Memo::new(move |_| store.sort_question());
    move || {
        let (column, bytes) = question.get()?;
        let title = facts::title(&column).to_owned();
        Some(view! {
            <p class="sort-note" role="status">
                <span>{texts::sort_reads(&title, bytes)}</span>
                <button type="button" class="button" data-kind="link" data-size="small" on:click=move |_| store.agree_to_sort()>
                    {texts::READ_AND_SORT}
                </button>
                <button type="button" class="button" data-size="small" on:click=move |_| store.drop_sort()>
                    {texts::LEAVE}
                </button>
            </p>
        })
    }
}
