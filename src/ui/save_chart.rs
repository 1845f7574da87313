//! The small menu of a chart: it as a picture, or as a drawing.

use super::icon::{Icon, icon};
use super::popover::{Popover, PopoverOpen};
use super::store::{Picturing, use_store};
use crate::protocol::figure::Drawn;
use leptos::prelude::*;

/// The button and its panel.
#[component]
pub fn SaveChart(
    /// What the chart is of.
    title: String,
    /// What its file is called after the table.
    name: String,
    /// The chart as it is on the screen.
    chart: Callback<(), Option<Drawn>>,
) -> impl IntoView {
    let label = format!("Save the chart of {title}");
    let (title, name) = (StoredValue::new(title), StoredValue::new(name));
    view! {
        <Popover label=label class="log save-chart" end=true trigger=ViewFn::from(|| icon(Icon::Load))>
            <Ways title name chart/>
        </Popover>
    }
}

#[component]
fn Ways(
    title: StoredValue<String>,
    name: StoredValue<String>,
    chart: Callback<(), Option<Drawn>>,
) -> impl IntoView {
    let store = use_store();
    let open = use_context::<PopoverOpen>();
    let way = move |picturing: Picturing, words: &'static str, note: &'static str| {
        let take = move |_| {
            if let Some(chart) = chart.run(()) {
                store.take_figure(title.get_value(), &name.get_value(), chart, picturing);
            }
            if let Some(PopoverOpen(open)) = open {
                open.set(false);
            }
        };
        view! {
            <li>
                <button type="button" aria-label=words on:click=take>
                    <span>{words}</span>
                    <small>{note}</small>
                </button>
            </li>
        }
    };
    view! {
        <ul>
            {way(Picturing::Png, "Save as PNG", "pixels")}
            {way(Picturing::Svg, "Save as SVG", "a drawing")}
        </ul>
    }
}
