//! A few words over a chart, where the pointer is.

use leptos::prelude::*;

/// The tooltip: where it is, as a share of its parent's width in percent, and what it says; none while the
/// pointer is elsewhere. Whoever does not see it finds the same in the names of what it is about.
pub fn tooltip(at: impl Fn() -> Option<(String, String)> + Send + 'static) -> impl IntoView {
    move || {
        at().map(|(place, words)| {
            view! { <span class="tip" style=("--p", place) aria-hidden="true">{words}</span> }
        })
    }
}
