//! What is being read, what it has cost, and where it comes from.

use crate::protocol::display::percent_floor;
use crate::protocol::texts::{common, panels as texts};
use crate::protocol::{LoadState, Progress};
use crate::ui::store::facts;
use crate::ui::store::use_store;
use crate::ui::widgets::words::button_words;
use leptos::prelude::*;

/// The bar below everything.
#[component]
pub fn StatusBar() -> impl IntoView {
    let store = use_store();
    // One job at a time has room: the one with most left to read.
    let job = Memo::new(move |_| {
        store.progress.with(|all| {
            all.values()
                .filter(|progress| progress.state == LoadState::Loading)
                .max_by_key(|progress| progress.bytes_total.saturating_sub(progress.bytes))
                .cloned()
        })
    });
    let column = Memo::new(move |_| job.with(|job| job.as_ref().map(|job| job.column.clone())));
    let fetched = move || {
        let traffic = store.traffic.get();
        let file = store.opened.with(|opened| opened.as_ref().map(|opened| opened.file_bytes))?;
        Some(texts::fetched(traffic.bytes, file, traffic.requests, traffic.kept_bytes))
    };
    let memory = move || {
        let bytes = store.traffic.get().memory_bytes;
        (bytes > 0).then(|| texts::memory(bytes))
    };
    let images = move || {
        let traffic = store.traffic.get();
        (traffic.image_requests > 0)
            .then(|| texts::images_fetched(traffic.image_bytes, traffic.image_requests))
    };
    let index = move || {
        let traffic = store.traffic.get();
        let searches = traffic.indexed && store.spec.with(|spec| spec.query.is_some());
        searches.then(|| texts::searched_by_index(traffic.index_bytes))
    };
    let connection = move || {
        let traffic = store.traffic.get();
        match (traffic.waiting, traffic.in_flight) {
            (true, _) => ("waiting", texts::WAITING),
            (false, 0) => ("idle", texts::IDLE),
            (false, _) => ("reading", texts::READING),
        }
    };
    let source = move || {
        store.opened.with(|opened| {
            opened.as_ref().map(|opened| match &opened.revision {
                Some(revision) => format!("{} @ {revision}", opened.source),
                None => opened.source.clone(),
            })
        })
    };
    view! {
        <footer class="status">
            {move || column.get().map(|column| view! { <Job column job/> })}
            <Show when=move || column.with(Option::is_none) && store.opened.with(Option::is_none)>
                <span>{texts::NOTHING_LOADED}</span>
            </Show>
            <span class="status-fetched" title=memory data-memory=move || store.traffic.get().memory_bytes.to_string()>
                {fetched}
            </span>
            <span class="status-fetched" data-of="images">{images}</span>
            <span class="status-fetched" data-of="index">{index}</span>
            <span class="status-connection" data-state=move || connection().0>{move || connection().1}</span>
            <span class="status-source" title=source>{source}</span>
        </footer>
    }
}

#[component]
fn Job(column: String, job: Memo<Option<Progress>>) -> impl IntoView {
    let store = use_store();
    let is_column = store.opened.with_untracked(|opened| {
        opened.as_ref().is_some_and(|opened| opened.columns.iter().any(|known| known.name == column))
    });
    // What is not a column is the file that the table is made of.
    let name = if is_column { texts::column(facts::title(&column)) } else { column.clone() };
    let share = move || job.get().map_or(0, |job| percent_floor(job.bytes, job.bytes_total));
    let amounts = move || {
        let job = job.get()?;
        Some(texts::read_so_far(job.bytes, job.bytes_total, store.traffic.get().bytes_per_second))
    };
    view! {
        <div class="job">
            <b>{name.clone()}</b>
            <span
                class="progress"
                role="progressbar"
                aria-label=name
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || share().to_string()
                style=("--v", move || share().to_string())
            ></span>
            <span class="job-amounts">{amounts}</span>
            <button
                type="button"
                class="button"
                data-size="small"
                aria-label=common::stop_reading(facts::title(&column))
                on:click=move |_| store.stop_column(&column)
            >
                {crate::ui::widgets::icon::icon(crate::ui::widgets::icon::Icon::Stop)}
                {button_words(texts::STOP)}
            </button>
        </div>
    }
}
