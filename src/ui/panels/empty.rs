//! The case when there is nothing to lay into it: no row matches, or the table can't be shown.

use crate::protocol::texts::{common, panels as texts};
use crate::protocol::{Action, ClauseRef};
use crate::ui::panels::notices::Actions;
use crate::ui::panels::sign_in::SignIn;
use crate::ui::store::facts;
use crate::ui::store::{Item, ItemAction, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use leptos::prelude::*;

/// No row matches: which filters are on, and a way out of each.
#[component]
pub fn NothingMatches() -> impl IntoView {
    let store = use_store();
    let noun = move || store.spec.with(|spec| crate::ui::runtime::names::row_noun(spec.table.as_ref()));
    let without = move || {
        store.count.with(|count| count.as_ref().map(|count| count.without.clone())).unwrap_or_default()
    };
    let advice = move || {
        if without().is_empty() { texts::TOGETHER } else { texts::WITHOUT_ONE }
    };
    view! {
        <section class="blank">
            {icon(Icon::Info)}
            <h2>{move || texts::no_match(noun())}</h2>
            <p>{advice}</p>
            <div class="blank-actions">
                {move || {
                    without()
                        .into_iter()
                        .map(|(clause, rows)| {
                            let name = match &clause {
                                ClauseRef::Column(column) => {
                                    let asked = store.spec.with(|spec| spec.filters.get(column).cloned());
                                    let asked = asked.map(|asked| facts::clause(column, &asked)).unwrap_or_default();
                                    format!("{} {asked}", facts::title(column))
                                }
                                ClauseRef::Query => texts::THE_SEARCH.to_owned(),
                                ClauseRef::Subset => texts::THE_SUBSET.to_owned(),
                            };
                            let words = texts::without(&name, rows);
                            let drop = move |_| match &clause {
                                ClauseRef::Column(column) => store.clear_clause(column),
                                ClauseRef::Query => store.set_query(""),
                                ClauseRef::Subset => store.set_subset(None),
                            };
                            view! { <button type="button" class="button" data-kind="line" on:click=drop>{words}</button> }
                        })
                        .collect_view()
                }}
                <button type="button" class="button" data-kind="main" on:click=move |_| store.clear_all()>
                    {common::CLEAR_ALL}
                </button>
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
