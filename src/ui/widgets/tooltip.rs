//! The tooltip of a chart: a line of text beside what is pointed at.

use leptos::prelude::*;

/// A line of text at a place within the element around it, while there is one. Screen readers read the chart
/// itself instead.
#[component]
pub fn Tooltip(
    /// How far from the start of the element, as a length or percentage of CSS, and the text.
    #[prop(into)]
    at: Signal<Option<(String, String)>>,
) -> impl IntoView {
    move || {
        let (place, text) = at.get()?;
        Some(view! { <span class="tip" style=("--p", place) aria-hidden="true">{text}</span> })
    }
}
