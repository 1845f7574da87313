//! How far a search has come, beside the field: it can be paused, taken up again and given up.

use crate::protocol::display::{percent, percent_floor};
use crate::protocol::texts::search as texts;
use crate::ui::store::{Reading, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use leptos::prelude::*;

/// The share of the prompts that were searched, and what can be done; nothing while no search is
/// under way.
#[component]
pub fn SearchState() -> impl IntoView {
    let store = use_store();
    let reading = Memo::new(move |_| store.search_reading());
    let share = Memo::new(move |_| {
        let count = store.count.get();
        count.map_or((0, 0), |count| (count.rows_read, count.rows))
    });
    let percents = move || share.with(|(read, rows)| percent(*read, *rows));
    let floor = move || share.with(|(read, rows)| percent_floor(*read, *rows)).to_string();
    let paused = move || reading.get() == Some(Reading::Paused);
    view! {
        <Show when=move || reading.get().is_some()>
            <span class="search-state" data-paused=move || paused().then_some("")>
                <span
                    class="search-progress"
                    role="progressbar"
                    aria-label=texts::SEARCH
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=floor
                    style=("--v", floor)
                ></span>
                <span class="search-share">
                    {move || if paused() { texts::paused_at(&percents()) } else { percents() }}
                </span>
                <button
                    type="button"
                    class="close"
                    aria-label=move || if paused() { texts::RESUME } else { texts::PAUSE }
                    title=move || if paused() { texts::ABOUT_RESUME } else { texts::ABOUT_PAUSE }
                    on:click=move |_| if paused() { store.resume_search() } else { store.pause_search() }
                >
                    {move || icon(if paused() { Icon::Play } else { Icon::Pause })}
                </button>
                <button
                    type="button"
                    class="close"
                    aria-label=texts::CANCEL
                    title=texts::ABOUT_CANCEL
                    on:click=move |_| store.set_query("")
                >
                    {icon(Icon::Close)}
                </button>
            </span>
        </Show>
    }
}
