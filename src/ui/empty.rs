//! The case when there is nothing to lay into it: no row matches, or the table can't be shown.

use super::icon::{Icon, icon};
use super::notices::Actions;
use super::sign_in::SignIn;
use super::store::{Item, ItemAction, use_store};
use crate::catalog;
use crate::protocol::Action;
use crate::words;
use leptos::prelude::*;

/// No row matches: which filters are on, and a way out of each.
#[component]
pub fn NothingMatches() -> impl IntoView {
    let store = use_store();
    let filters = move || store.spec.with(|spec| spec.filters.clone().into_iter().collect::<Vec<_>>());
    let has_several = move || store.spec.with(|spec| spec.filters.len() > 1);
    let noun = move || store.spec.with(|spec| super::format::row_noun(spec.table.as_ref()));
    view! {
        <section class="blank">
            {icon(Icon::Info)}
            <h2>{move || format!("No {} match", noun())}</h2>
            <p>"Each filter leaves some out. Drop one of them to see more."</p>
            <div class="blank-actions">
                {move || {
                    filters()
                        .into_iter()
                        .map(|(column, clause)| {
                            let words = format!(
                                "Drop {} {}",
                                catalog::title(&column),
                                words::clause(&column, &clause),
                            );
                            view! {
                                <button
                                    type="button"
                                    class="button"
                                    data-kind="line"
                                    on:click=move |_| store.clear_clause(&column)
                                >
                                    {words}
                                </button>
                            }
                        })
                        .collect_view()
                }}
                <Show when=move || has_several()>
                    <button type="button" class="button" data-kind="main" on:click=move |_| store.clear_all()>
                        "Clear all"
                    </button>
                </Show>
            </div>
        </section>
    }
}

/// The table can't be shown.
#[component]
pub fn Fatal(item: Item) -> impl IntoView {
    let Item { title, text, actions, .. } = item;
    // Where a token is asked for, that is the way to go.
    let main = !actions.iter().any(|action| matches!(action, ItemAction::Of(Action::SignIn(_))));
    view! {
        <section class="blank" role="alert">
            {icon(Icon::File)}
            <h2>{title}</h2>
            <p>{text}</p>
            <SignIn actions=actions.clone()/>
            <div class="blank-actions">
                <Actions actions main=main/>
            </div>
        </section>
    }
}
