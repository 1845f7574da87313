//! The head of a chart: its name, the scale of its counts, and the button that clears it.

use crate::protocol::display::middle;
use crate::protocol::figure::Drawn;
use crate::protocol::texts::common as texts;
use crate::ui::charts::plot::{Growing, GrowthButton};
use crate::ui::charts::save::SaveChart;
use crate::ui::store::facts;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::spec::Clause;
use leptos::prelude::*;

/// Letters of a name that have room.
pub const MOST_LETTERS: usize = 26;

/// The id of a chart's heading, by which the chart is named.
pub fn heading_id(column: &str) -> String {
    format!("dist-{}", column.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"))
}

/// The head; what only one kind of chart has there comes last.
#[component]
pub fn ChartHead(
    column: StoredValue<String>,
    growing: Growing,
    clause: Memo<Option<Clause>>,
    /// The chart as it is on the screen.
    drawn: Callback<(), Option<Drawn>>,
    children: Children,
) -> impl IntoView {
    let store = use_store();
    let (title, about, id) = column.with_value(|column| {
        let about = facts::column(column).map_or_else(|| column.clone(), |facts| facts.about.to_string());
        (facts::title(column).to_owned(), about, heading_id(column))
    });
    view! {
        <header class="dist-head">
            <h3 id=id title=about aria-label=title.clone()>{middle(&title, MOST_LETTERS)}</h3>
            <SaveChart title=title.clone() name=column.get_value() chart=drawn/>
            <GrowthButton title=title.clone() growing/>
            <button
                type="button"
                class="close"
                aria-label=texts::clear(&title)
                disabled=move || clause.with(Option::is_none)
                on:click=move |_| column.with_value(|column| store.clear_clause(column))
            >
                {icon(Icon::Close)}
            </button>
            {children()}
        </header>
    }
}
