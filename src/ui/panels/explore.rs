//! The explore view: bar, rail, case, status.

use crate::protocol::Level;
use crate::ui::charts::rail::Rail;
use crate::ui::panels::empty::Fatal;
use crate::ui::panels::notices::Notices;
use crate::ui::panels::result::{ResultLine, asks_anything, count_now};
use crate::ui::panels::status_bar::StatusBar;
use crate::ui::panels::top_bar::TopBar;
use crate::ui::runtime::later::{Late, Later};
use crate::ui::runtime::names::table_name;
use crate::ui::runtime::turn::InTurn;
use crate::ui::store::{Pictures, use_store};
use crate::ui::table::Table;
use crate::view::spec::View;
use leptos::prelude::*;

/// The view of an open table.
#[component]
pub fn Explore() -> impl IntoView {
    let store = use_store();
    let bare = Memo::new(move |_| store.spec.with(|spec| spec.embed));
    let fatal = Memo::new(move |_| {
        store.notices.with(|notices| notices.iter().find(|notice| notice.level == Level::Fatal).cloned())
    });
    let nothing = Memo::new(move |_| {
        let filtered = store.spec.with(asks_anything);
        filtered && count_now(store).is_some_and(|count| count.matching == 0 && count.rows_read >= count.rows)
    });
    let open = Memo::new(move |_| store.opened.with(Option::is_some));
    let name = move || {
        let (name, part) = store.spec.with(|spec| spec.table.as_ref().map(table_name)).unwrap_or_default();
        format!("{name} {part}")
    };
    // A link may name a view that this table does not have.
    let way = Memo::new(move |_| match (store.spec.with(|spec| spec.view), store.pictures()) {
        (view @ (View::Prompts | View::Phrases | View::Metadata), _) => view,
        (_, None) => View::Table,
        (View::Compare, Some(Pictures::Known(places))) if places.is_ranked() => View::Compare,
        (View::Compare, Some(_)) => View::Table,
        (view, Some(_)) => view,
    });
    let selected = Memo::new(move |_| store.spec.with(|spec| spec.row.is_some()));
    view! {
        <div class="app">
            <Show when=move || !bare.get()>
                <InTurn><TopBar/></InTurn>
            </Show>
            <InTurn><Rail/></InTurn>
            <main class="case">
                <h1 class="hidden">{name}</h1>
                {move || match fatal.get() {
                    Some(item) => view! { <Fatal item/> }.into_any(),
                    None => {
                        view! {
                            <div class="view">
                                <InTurn><ResultLine/></InTurn>
                                <InTurn><Notices/></InTurn>
                                {move || match (open.get(), nothing.get(), way.get()) {
                                    (false, _, _) => view! { <Waiting/> }.into_any(),
                                    (true, _, View::Metadata) => view! { <Later late=Late::Metadata/> }.into_any(),
                                    (true, true, _) => view! { <Later late=Late::Nothing/> }.into_any(),
                                    (true, false, View::Table) => {
                                        view! { <InTurn before=|| view! { <Waiting/> }><Table/></InTurn> }.into_any()
                                    }
                                    (true, false, View::Gallery) => view! { <Later late=Late::Gallery/> }.into_any(),
                                    (true, false, View::Compare) => view! { <Later late=Late::Compare/> }.into_any(),
                                    (true, false, View::Prompts) => view! { <Later late=Late::Prompts/> }.into_any(),
                                    (true, false, View::Phrases) => view! { <Later late=Late::Phrases/> }.into_any(),
                                }}
                            </div>
                            <Show when=move || selected.get()>
                                <Later late=Late::Detail/>
                            </Show>
                        }
                            .into_any()
                    }
                }}
            </main>
            <Show when=move || !bare.get()>
                <InTurn><StatusBar/></InTurn>
            </Show>
        </div>
    }
}

/// Rows of which not even the columns are known yet.
#[component]
fn Waiting() -> impl IntoView {
    const ROWS: usize = 14;
    let rows = (0..ROWS).map(|_| view! { <div class="wait-row"><i class="skeleton"></i><i class="skeleton"></i><i class="skeleton"></i></div> });
    view! { <div class="grid-wait" aria-hidden="true">{rows.collect_view()}</div> }
}
