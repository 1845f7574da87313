//! The small menu of a chart: it as a picture, or as a drawing.

use crate::protocol::figure::Drawn;
use crate::protocol::texts::charts as texts;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::{Picturing, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::popover::{Popover, PopoverOpen};
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
    let label = texts::save_chart(&title);
    let saved = Saved { title: StoredValue::new(title), name: StoredValue::new(name), chart };
    view! {
        <Popover label=label class="log save-chart" end=true trigger=ViewFn::from(|| icon(Icon::Load))>
            {
                provide_context(saved);
                view! { <LazyPart of=Lazy::SaveChart/> }
            }
        </Popover>
    }
}

/// The chart that a menu is of.
#[derive(Clone, Copy)]
struct Saved {
    title: StoredValue<String>,
    name: StoredValue<String>,
    chart: Callback<(), Option<Drawn>>,
}

/// What is in it.
#[component]
pub fn SaveChartPanel() -> impl IntoView {
    let store = use_store();
    let Saved { title, name, chart } = use_context()?;
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
    Some(view! {
        <ul>
            {way(Picturing::Png, texts::SAVE_PNG, texts::ABOUT_PNG)}
            {way(Picturing::Svg, texts::SAVE_SVG, texts::ABOUT_SVG)}
        </ul>
    })
}
