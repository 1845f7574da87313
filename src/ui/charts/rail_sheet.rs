//! All that the rail holds, as a sheet over a narrow window, and the button that opens it.

use crate::protocol::texts::{charts as texts, common};
use crate::ui::charts::rail::{Charts, Heights};
use crate::ui::panels::subset::SubsetMenu;
use crate::ui::runtime::names;
use crate::ui::store::use_store;
use crate::ui::store::{asks_anything, count_now};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::sheet::sheet;
use crate::ui::widgets::undo_buttons::UndoButtons;
use leptos::prelude::*;

/// From this width on, the rail is beside the case and needs no sheet.
const WIDE_PX: f64 = 900.0;

/// The button at the head of the strip; a wide window has no use for it.
#[component]
pub fn SheetButton(open: RwSignal<bool>) -> impl IntoView {
    let store = use_store();
    let asked =
        Memo::new(move |_| store.spec.with(|spec| spec.filters.len() + usize::from(spec.subset.is_some())));
    let name = move || texts::all_filters(asked.get());
    view! {
        <button
            type="button"
            class="rail-open"
            aria-haspopup="dialog"
            aria-label=name
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.set(true)
        >
            {icon(Icon::Filter)}
            <span>{common::FILTERS}</span>
            " "
            {move || (asked.get() > 0).then(|| view! { <b>{asked.get()}</b> })}
        </button>
    }
}

/// Whether the sheet is open.
#[derive(Clone, Copy)]
pub struct SheetOpen(pub RwSignal<bool>);

/// The sheet.
#[component]
pub fn RailSheet() -> impl IntoView {
    let SheetOpen(open) = use_context()?;
    let store = use_store();
    let (dialog, close) = sheet(move || open.set(false));
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        let width = window().inner_width().ok().and_then(|width| width.as_f64());
        if width.is_some_and(|width| width >= WIDE_PX) {
            close();
        }
    });
    on_cleanup(move || resized.remove());
    let any = Memo::new(move |_| store.spec.with(asks_anything));
    let show = move || match count_now(store) {
        Some(count) => {
            let noun = store.spec.with(|spec| names::row_noun(spec.table.as_ref()));
            texts::show(count.matching, noun)
        }
        None => texts::SHOW_ROWS.to_owned(),
    };
    Some(view! {
        <dialog class="rail-sheet" aria-labelledby="rail-sheet-title" node_ref=dialog on:close=move |_| open.set(false)>
            <div class="rail-head">
                <h2 id="rail-sheet-title">{common::FILTERS}</h2>
                <Heights/>
                <button type="button" class="close" aria-label=texts::CLOSE_FILTERS on:click=move |_| close()>
                    {icon(Icon::Close)}
                </button>
            </div>
            // A part of its own: heads of charts are heads of it, and not of the page.
            <section class="rail-all">
                <Show when=move || store.opened.with(Option::is_some)>
                    <div class="rail-subset">
                        <SubsetMenu/>
                        <UndoButtons/>
                    </div>
                </Show>
                <Charts/>
            </section>
            <footer class="rail-foot">
                <button type="button" class="button" data-kind="line" disabled=move || !any.get() on:click=move |_| store.clear_all()>
                    {common::CLEAR_ALL}
                </button>
                <button type="button" class="button" data-kind="main" on:click=move |_| close()>
                    <span role="status">{show}</span>
                </button>
            </footer>
        </dialog>
    })
}
