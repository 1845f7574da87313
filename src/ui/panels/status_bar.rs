//! What is being read, what it has cost, and where it comes from.

use crate::base::bytes::human_bytes;
use crate::protocol::display::{percent, percent_floor};
use crate::protocol::{LoadState, Progress};
use crate::ui::store::facts;
use crate::ui::store::use_store;
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
        let requests = if traffic.requests == 1 { "request" } else { "requests" };
        let kept = match traffic.kept_bytes {
            0 => String::new(),
            kept => format!(", {} kept here", human_bytes(kept)),
        };
        Some(format!(
            "fetched {} of {} file in {} {requests}{kept}",
            human_bytes(traffic.bytes),
            human_bytes(file),
            traffic.requests
        ))
    };
    let memory = move || {
        let bytes = store.traffic.get().memory_bytes;
        (bytes > 0).then(|| format!("{} of memory in use", human_bytes(bytes)))
    };
    let images = move || {
        let traffic = store.traffic.get();
        let requests = if traffic.image_requests == 1 { "request" } else { "requests" };
        (traffic.image_requests > 0).then(|| {
            format!("images {} in {} {requests}", human_bytes(traffic.image_bytes), traffic.image_requests)
        })
    };
    let connection = move || {
        let traffic = store.traffic.get();
        match (traffic.waiting, traffic.in_flight) {
            (true, _) => ("waiting", "waiting for the server"),
            (false, 0) => ("idle", "idle"),
            (false, _) => ("reading", "reading"),
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
                <span>"nothing loaded"</span>
            </Show>
            <span class="status-fetched" title=memory data-memory=move || store.traffic.get().memory_bytes.to_string()>
                {fetched}
            </span>
            <span class="status-fetched" data-of="images">{images}</span>
            <span class="status-connection" data-state=move || connection().0>{move || connection().1}</span>
            <span class="status-source" title=source>{source}</span>
        </footer>
    }
}

#[component]
fn Job(column: String, job: Memo<Option<Progress>>) -> impl IntoView {
    let store = use_store();
    let name = format!("{} column", facts::title(&column));
    let share = move || job.get().map_or(0, |job| percent_floor(job.bytes, job.bytes_total));
    let amounts = move || {
        let job = job.get()?;
        let (bytes, total) = (human_bytes(job.bytes), human_bytes(job.bytes_total));
        let rate = store.traffic.get().bytes_per_second;
        let rate = if rate >= 1.0 { format!(" · {}/s", human_bytes(rate as u64)) } else { String::new() };
        Some(format!("{} · {bytes} of {total}{rate}", percent(job.bytes, job.bytes_total)))
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
                aria-label=format!("Stop reading {}", facts::title(&column))
                on:click=move |_| store.stop_column(&column)
            >
                {crate::ui::widgets::icon::icon(crate::ui::widgets::icon::Icon::Stop)}
                <span class="button-words">"stop"</span>
            </button>
        </div>
    }
}
