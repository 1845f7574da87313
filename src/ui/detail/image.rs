//! The image of the row whose details are open, and what can be done with it.

use crate::protocol::Cell;
use crate::protocol::images::{Picture, Want};
use crate::protocol::texts::detail as texts;
use crate::ui::detail::zoom::Zoom;
use crate::ui::store::{Part, Sight, prompt_of, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::picture::PictureOf;
use leptos::prelude::*;

/// The image on its mat. `next` is the position after it in the result.
#[component]
pub fn DetailImage(#[prop(into)] next: Signal<Option<u64>>) -> impl IntoView {
    let store = use_store();
    let row = Memo::new(move |_| store.spec.with(|spec| spec.row));
    let want = Memo::new(move |_| row.get().map(|row| Want::of(row, 0)));
    let sight = Memo::new(move |_| store.sight_of_detail());
    let name = Signal::derive(move || {
        store.detail.with(|detail| match detail.as_ref().and_then(|detail| prompt_of(detail)) {
            Some((_, Cell::Text(text))) => text.clone(),
            _ => String::new(),
        })
    });
    // The next one is read while this one is looked at.
    Effect::new(move || {
        let shown = want.get().filter(|_| sight.get().is_asked_for() && !store.images.saving.get());
        store.images.look_at(Part::Detail, shown.into_iter().collect());
        let next = next.get().and_then(|next| store.rows.with(|rows| rows.get(next).cloned()));
        let next = next.filter(|row| store.wants(row) && shown.is_some());
        store.images.look_at(Part::Next, next.map(|row| Want::of(row.row, 0)).into_iter().collect());
    });
    on_cleanup(move || {
        store.images.look_at(Part::Detail, Vec::new());
        store.images.look_at(Part::Next, Vec::new());
    });
    let picture = Memo::new(move |_| store.picture_of_detail());
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
                        aria-label=texts::SHOW_FULL_SIZE
                        on:click=move |_| zoomed.set(true)
                    ></button>
                </Show>
            </div>
            {move || {
                picture.get().map(|shown| view! { <About facts=shown.facts.clone()/> })
            }}
        </figure>
        <Show when=move || zoomed.get() && clear()>
            <Zoom
                url=Signal::derive(move || picture.get().map(|shown| shown.url.clone()).unwrap_or_default())
                name=name
                close=Callback::new(move |()| zoomed.set(false))
            />
        </Show>
    }
}

/// Where the image is from, and what it is.
#[component]
fn About(facts: Picture) -> impl IntoView {
    let Picture { width_px, height_px, format, file_bytes, source, address, requests, note, .. } = facts;
    let about = texts::about_image(width_px, height_px, &format, file_bytes, address.is_some(), requests);
    view! {
        <figcaption class="detail-source">
            <span class="detail-path" title=source.clone()>{source.clone()}</span>
            <span>{about}</span>
            {note.map(|note| view! { <span class="detail-note">{icon(Icon::Info)} {note}</span> })}
        </figcaption>
    }
}

/// What can be done with the image itself: buttons of a row of buttons.
#[component]
pub fn ImageActions() -> impl IntoView {
    let store = use_store();
    let picture = Memo::new(move |_| store.picture_of_detail());
    let seen = Memo::new(move |_| store.sight_of_detail() == Sight::Clear);
    let report = Memo::new(move |_| store.about().and_then(|about| about.report.as_deref()));
    view! {
        {move || {
            let shown = picture.get()?;
            let file = file_name(&shown.facts.source, &shown.facts.format);
            let download = seen
                .get()
                .then(|| {
                    view! {
                        <a class="button" data-kind="line" data-size="small" href=shown.url.clone() download=file>
                            {icon(Icon::Load)} {texts::DOWNLOAD}
                        </a>
                    }
                });
            let address = shown
                .facts
                .address
                .clone()
                .map(|address| {
                    view! {
                        <a class="button" data-kind="line" data-size="small" href=address target="_blank" rel="noopener noreferrer">
                            {icon(Icon::Out)} {texts::OPEN_ADDRESS}
                        </a>
                    }
                });
            Some(view! { {download} {address} })
        }}
        {move || {
            let address = report.get()?;
            Some(
                view! {
                    <a class="button" data-size="small" href=address target="_blank" rel="noopener noreferrer" title=texts::ABOUT_REPORT>
                        {texts::REPORT}
                    </a>
                },
            )
        }}
    }
}

/// What the image file says in words.
#[component]
pub fn ImageTexts() -> impl IntoView {
    let store = use_store();
    let words = Memo::new(move |_| {
        store.picture_of_detail().map(|shown| shown.facts.texts.clone()).unwrap_or_default()
    });
    view! {
        <Show when=move || !words.with(Vec::is_empty)>
            <details class="detail-texts">
                <summary>{texts::FILE_TEXT}</summary>
                <dl>
                    {move || {
                        words
                            .get()
                            .into_iter()
                            .map(|(keyword, text)| view! { <div><dt>{keyword}</dt><dd>{text}</dd></div> })
                            .collect_view()
                    }}
                </dl>
            </details>
        </Show>
    }
}

/// What a download is called: the last part of where the image is from, with the ending of its kind.
fn file_name(source: &str, format: &str) -> String {
    let name = source.rsplit(['/', ' ']).next().unwrap_or_default();
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let ending = format!(".{}", format.to_lowercase());
    if name.to_lowercase().ends_with(&ending) || name.to_lowercase().ends_with(".jpg") {
        return name.to_owned();
    }
    let stem = if name.is_empty() || name == "table" { "image" } else { name };
    format!("{stem}{ending}")
}
