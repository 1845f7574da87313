//! Two columns against each other: each cell as dark as it has rows, and a filter of both.

mod cells;
mod map;

use crate::protocol::display::compact;
use crate::protocol::texts::charts as texts;
use crate::ui::charts::heat::cells::Cells;
use crate::ui::charts::heat::map::{Map, STEPS};
use crate::ui::charts::save::SaveChart;
use crate::ui::store::facts;
use crate::ui::store::use_store;
use leptos::prelude::*;

/// The map.
#[component]
pub fn HeatMap() -> impl IntoView {
    let store = use_store();
    let map = Memo::new(move |_| {
        let heat = store.heat.get()?;
        store.charts.with(|charts| Map::new(&heat, charts))
    });
    let active = RwSignal::new((0usize, 0usize));
    let (x, y) = untrack(|| store.heat_names());
    let title = texts::map_title(facts::title(&x), facts::title(&y));
    let name = format!("{x}-{y}");
    let drawn = Callback::new(move |()| map.with_untracked(|map| map.as_ref().map(Map::drawn)));
    view! {
        {move || {
            let map = map.get()?;
            // A map in the place of one that had the focus has it as well.
            let focused = document().active_element().is_some_and(|element| element.matches(".heat").unwrap_or(false));
            let legend = (1..=STEPS).map(|step| view! { <i data-step=step.to_string()></i> }).collect_view();
            Some(view! {
                <div class="pane-head">
                    <h2>{title.clone()}</h2>
                    <div class="legend" aria-hidden="true">
                        <span>"1"</span>
                        <span>{legend}</span>
                        <span>{compact(map.most)}</span>
                    </div>
                    <SaveChart title=title.clone() name=name.clone() chart=drawn/>
                </div>
                <Cells map active focused/>
            })
        }}
    }
}
