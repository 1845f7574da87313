//! The buttons of the views that the open table can be shown in.

use crate::protocol::texts::panels as texts;
use crate::ui::runtime::lazy::Loaded;
use crate::ui::runtime::turn::InTurn;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::icon;
use crate::view::views::{Lists, View};
use leptos::prelude::*;

/// The choice of a view; nothing where there is only one.
#[component]
pub fn Views() -> impl IntoView {
    let store = use_store();
    let loaded = use_context::<Loaded>();
    let views = Memo::new(move |_| {
        let views = View::ALL.iter().copied().filter(|view| store.has_view(*view));
        views.collect::<Vec<_>>()
    });
    let button = move |view: View| {
        let facts = view.facts();
        // A view of the file rather than of its rows takes little room.
        let is_small = facts.lists == Lists::Nothing;
        let pressed = move || store.spec.with(|spec| spec.view == view).to_string();
        view! {
            <button
                type="button"
                class="button"
                aria-label=facts.title
                title=facts.title
                aria-pressed=pressed
                on:click=move |_| store.set_view(view)
            >
                {loaded.map(|loaded| icon(loaded.icon_of(view)))}
                {(!is_small).then(|| view! { <span class="view-name">{facts.title}</span> })}
            </button>
        }
    };
    view! {
        {move || {
            let views = views.get();
            (views.len() > 1)
                .then(|| {
                    view! {
                        <InTurn>
                            <div class="views" role="group" aria-label=texts::VIEW>
                                {views.iter().copied().map(button).collect_view()}
                            </div>
                        </InTurn>
                    }
                })
        }}
    }
}
