//! The explore view: bar, rail, case, status.

use crate::protocol::Level;
use crate::ui::charts::rail::Rail;
use crate::ui::panels::empty::Fatal;
use crate::ui::panels::notices::Notices;
use crate::ui::panels::result::ResultLine;
use crate::ui::panels::status_bar::StatusBar;
use crate::ui::panels::top_bar::TopBar;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::runtime::names::table_name;
use crate::ui::runtime::turn::InTurn;
use crate::ui::store::{asks_anything, count_now, use_store};
use crate::view::views::{Lists, View};
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
    let shown = Memo::new(move |_| store.view_or_table());
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
                                {move || match (open.get(), nothing.get(), shown.get()) {
                                    (false, _, _) => view! { <Waiting/> }.into_any(),
                                    // A view of the file has something to show without any row; a chart of two columns
                                    // leaves their own filters out, and is where another press takes them back.
                                    (true, true, view) if view != View::Plot && view.facts().lists != Lists::Nothing => {
                                        view! { <LazyPart of=Lazy::Nothing/> }.into_any()
                                    }
                                    (true, _, View::Table) => view! {
                                        <InTurn before=|| view! { <Waiting/> }>
                                            <LazyPart of=Lazy::View(View::Table)/>
                                        </InTurn>
                                    }
                                    .into_any(),
                                    (true, _, view) => view! { <LazyPart of=Lazy::View(view)/> }.into_any(),
                                }}
                            </div>
                            <Show when=move || selected.get()>
                                <LazyPart of=Lazy::Detail/>
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
