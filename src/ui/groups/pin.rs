//! The line that says which rows are pinned, as A, and how they stand to those that match, which are B.

use crate::protocol::pin::Pinned;
use crate::protocol::texts::{common, pin as texts};
use crate::ui::store::{facts, use_store};
use crate::view::spec::{Clause, RowQuery};
use leptos::prelude::*;

/// The line.
#[component]
pub fn PinLine() -> impl IntoView {
    let store = use_store();
    let asked = move || {
        // A link is read before its table is open, and until then nobody knows what people call its columns.
        store.opened.track();
        store.spec.with(|spec| spec.pin.as_ref().map(asked))
    };
    // A drag has not been held against A yet.
    let counted = Memo::new(move |_| {
        let count = store.count.get()?;
        let pinned = Pinned::of(&count)?;
        let is_dragged =
            store.live.with(|live| live.as_ref().is_some_and(|live| live.generation > count.generation));
        let said = [Some(texts::counted(pinned)), texts::so_far(pinned), texts::left_out(pinned)];
        (!is_dragged).then(|| said.into_iter().flatten().collect::<Vec<_>>().join(" "))
    });
    let waits = move || {
        if store.search_costs().is_some() { texts::WAITS_FOR_SEARCH } else { texts::COUNTING }
    };
    view! {
        <div class="pin" role="group" aria-label=texts::PINNED>
            <p class="pin-asked"><b>{texts::A_IS}</b> " " {asked}</p>
            <p class="pin-counted" role="status">{move || counted.get().unwrap_or_else(|| waits().to_owned())}</p>
            <span class="pin-acts">
                <button type="button" class="button" data-kind="line" data-size="small" title=texts::ABOUT_SWAP on:click=move |_| store.swap_pin()>
                    {texts::SWAP}
                </button>
                <button type="button" class="button" data-kind="line" data-size="small" title=texts::ABOUT_UNPIN on:click=move |_| store.unpin()>
                    {texts::UNPIN}
                </button>
            </span>
        </div>
    }
}

/// What was asked, for people.
fn asked(rows: &RowQuery) -> String {
    let RowQuery { subset, query, filters, sort: _ } = rows;
    let subset = subset.as_ref().map(|subset| texts::subset(&facts::subset(subset)));
    let clauses = filters.iter().map(|(column, clause)| {
        let not = matches!(clause, Clause::List(list) if list.negated);
        let not = if not { format!("{} ", common::NOT) } else { String::new() };
        format!("{} {not}{}", facts::title(column), facts::clause(column, clause))
    });
    let all: Vec<String> = query.clone().into_iter().chain(subset).chain(clauses).collect();
    if all.is_empty() { texts::EVERY_ROW.to_owned() } else { all.join(common::SEPARATOR) }
}
