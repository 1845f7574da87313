//! The ways to look at the result, as one choice.

use crate::ui::runtime::turn::InTurn;
use crate::ui::store::{Pictures, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::spec::View;
use leptos::prelude::*;

/// The choice of a view; nothing where there is only one.
#[component]
pub fn Views() -> impl IntoView {
    let store = use_store();
    let pictures = Memo::new(move |_| store.pictures());
    let views = move || {
        let mut views = vec![(View::Table, "Table", Icon::Table)];
        if let Some(pictures) = pictures.get() {
            views.push((View::Gallery, "Gallery", Icon::Gallery));
            if matches!(pictures, Pictures::Known(places) if places.is_ranked()) {
                views.push((View::Compare, "Compare", Icon::Compare));
            }
        }
        if store.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.prompt.is_some())) {
            views.push((View::Prompts, "Prompts", Icon::Prompts));
            views.push((View::Phrases, "Phrases", Icon::Phrases));
        }
        views.push((View::Metadata, "Metadata", Icon::Metadata));
        views
    };
    let button = move |(view, name, symbol): (View, &'static str, Icon)| {
        let pressed = move || store.spec.with(|spec| spec.view == view).to_string();
        view! {
            <button
                type="button"
                class="button"
                aria-label=name
                title=(view == View::Metadata).then_some(name)
                aria-pressed=pressed
                on:click=move |_| store.set_view(view)
            >
                {icon(symbol)}
                // What is seldom looked at takes little room.
                {(view != View::Metadata).then(|| view! { <span class="view-name">{name}</span> })}
            </button>
        }
    };
    view! {
        {move || {
            let views = views();
            (views.len() > 1)
                .then(|| {
                    view! {
                        <InTurn>
                            <div class="views" role="group" aria-label="View">
                                {views.iter().copied().map(button).collect_view()}
                            </div>
                        </InTurn>
                    }
                })
        }}
    }
}
