//! The image of the row whose details are open, and what can be done with it.

use super::icon::{Icon, icon};
use super::picture::PictureOf;
use super::store::{Part, Shot, Sight, prompt_of, use_store};
use super::zoom::Zoom;
use crate::bytes::human_bytes;
use crate::protocol::Cell;
use crate::protocol::images::{Picture, Want};
use crate::words::parameters::parameters;
use leptos::prelude::*;

/// Where people can ask for an image to be taken out of DiffusionDB.
const REPORT: &str = "https://forms.gle/GbYaSpRNYqxCafMZ9";

/// The image on its mat. `next` is the position after it in the result.
#[component]
pub fn DetailImage(#[prop(into)] next: Signal<Option<u64>>) -> impl IntoView {
    let store = use_store();
    let row = Memo::new(move |_| store.spec.with(|spec| spec.row));
    let want = Memo::new(move |_| row.get().map(|row| Want { row, px: 0 }));
    let sight = Memo::new(move |_| {
        let Some(row) = row.get() else { return Sight::Blurred(None) };
        store.detail.with(|detail| {
            let fields =
                detail.as_ref().filter(|detail| detail.row == row).map(|detail| detail.fields.as_slice());
            store.images.sight(row, store.has_scores(), |name| {
                fields
                    .unwrap_or_default()
                    .iter()
                    .find(|(column, _)| column == name)
                    .map(|(_, cell)| cell.clone())
            })
        })
    });
    let name = Signal::derive(move || {
        store.detail.with(|detail| match detail.as_ref().and_then(|detail| prompt_of(detail)) {
            Some((_, Cell::Text(text))) => text.clone(),
            _ => String::new(),
        })
    });
    // The next one is read while this one is looked at.
    Effect::new(move || {
        let shown = want.get().filter(|_| sight.get() != Sight::Flagged && !store.images.saving.get());
        store.images.look_at(Part::Detail, shown.into_iter().collect());
        let next = next.get().and_then(|next| store.rows.with(|rows| rows.get(next).cloned()));
        let next = next.filter(|row| store.wants(row) && shown.is_some());
        store.images.look_at(Part::Next, next.map(|row| Want { row: row.row, px: 0 }).into_iter().collect());
    });
    on_cleanup(move || {
        store.images.look_at(Part::Detail, Vec::new());
        store.images.look_at(Part::Next, Vec::new());
    });
    let picture = Memo::new(move |_| match want.get().and_then(|want| store.images.shot(want)) {
        Some(Shot::Here(shown)) => Some((shown.url.clone(), shown.facts.clone())),
        Some(Shot::Failed(_)) | None => None,
    });
    let zoomed = RwSignal::new(false);
    let clear = move || sight.get() == Sight::Clear && picture.with(Option::is_some);
    view! {
        <figure class="detail-image">
            <div class="detail-mat">
                <PictureOf want=want sight=sight name=name/>
                <Show when=clear>
                    <button
                        type="button"
                        class="detail-open"
                        aria-label="Show the image at full size"
                        on:click=move |_| zoomed.set(true)
                    ></button>
                </Show>
            </div>
            {move || {
                picture
                    .get()
                    .filter(|(_, facts)| !facts.preview)
                    .map(|(url, facts)| view! { <About url facts seen=sight.get() == Sight::Clear/> })
            }}
        </figure>
        <Show when=move || zoomed.get() && clear()>
            <Zoom
                url=Signal::derive(move || picture.get().map(|(url, _)| url).unwrap_or_default())
                name=name
                close=Callback::new(move |()| zoomed.set(false))
            />
        </Show>
    }
}

/// Where the image is from, what it is, and what can be done with it.
#[component]
fn About(url: String, facts: Picture, seen: bool) -> impl IntoView {
    let store = use_store();
    let Picture { width_px, height_px, format, file_bytes, source, page, requests, note, texts, .. } = facts;
    let requests =
        if requests == 1 { "1 range request".to_owned() } else { format!("{requests} range requests") };
    let file = source.rsplit(" / ").next().unwrap_or("image").to_owned();
    let settings = move || {
        store.detail.with(|detail| {
            let detail = detail.as_ref()?;
            let prompt = match prompt_of(detail) {
                Some((_, Cell::Text(text))) => text.as_str(),
                _ => return None,
            };
            parameters(prompt, |name| {
                detail.fields.iter().find(|(column, _)| column == name).map(|(_, cell)| cell.clone())
            })
        })
    };
    let copy = move |_| {
        if let Some(settings) = untrack(settings) {
            store.copy(&settings, "Parameters copied");
        }
    };
    view! {
        <figcaption class="detail-source">
            <span class="detail-path" title=source.clone()>{source.clone()}</span>
            <span>{format!("{} × {} px · {format} · {} · {requests}", width_px, height_px, human_bytes(file_bytes))}</span>
            {note.map(|note| view! { <span class="detail-note">{icon(Icon::Info)} {note}</span> })}
        </figcaption>
        <div class="detail-actions">
            <Show when=move || settings().is_some()>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=copy>
                    {icon(Icon::Copy)} "Copy parameters"
                </button>
            </Show>
            {seen
                .then(|| {
                    view! {
                        <a class="button" data-kind="line" data-size="small" href=url download=file>
                            {icon(Icon::Load)} "Download"
                        </a>
                    }
                })}
            {page
                .map(|page| {
                    view! {
                        <a class="button" data-kind="line" data-size="small" href=page target="_blank" rel="noopener noreferrer">
                            {icon(Icon::Out)} "Open on Hub"
                        </a>
                    }
                })}
            <a class="button" data-size="small" href=REPORT target="_blank" rel="noopener noreferrer">"Report"</a>
        </div>
        {(!texts.is_empty())
            .then(|| {
                let rows = texts
                    .into_iter()
                    .map(|(keyword, text)| view! { <div><dt>{keyword}</dt><dd>{text}</dd></div> })
                    .collect_view();
                view! {
                    <details class="detail-texts">
                        <summary>"Text in the file"</summary>
                        <dl>{rows}</dl>
                    </details>
                }
            })}
    }
}
