//! An image in its place: on its way, here, blurred, or why there is none.

use crate::protocol::images::{Failure, Want};
use crate::protocol::texts::{common, gallery as texts};
use crate::ui::store::{Shot, Shown, Sight, Store, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// The image of a row, as large as its place. `name` is what it shows, for those who do not see it.
#[component]
pub fn PictureOf(
    /// The image, or none while it is not known which.
    #[prop(into)]
    want: Signal<Option<Want>>,
    /// Whether it may be seen.
    #[prop(into)]
    sight: Signal<Sight>,
    /// What it shows.
    #[prop(into)]
    name: Signal<String>,
    /// Whether there is no room for words.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let store = use_store();
    let shot = Memo::new(move |_| match (want.get(), sight.get()) {
        (_, Sight::Flagged | Sight::Unasked) | (None, _) => None,
        (Some(want), Sight::Clear | Sight::Blurred(_)) => store.images.shot(want),
    });
    let waits_for_click = move || store.images.saving.get() && shot.with(Option::is_none);
    let body = move || match (sight.get(), shot.get()) {
        (Sight::Flagged, _) => flagged(store, want, small),
        (Sight::Unasked, _) => view! { <Unasked want small/> }.into_any(),
        (_, None) if waits_for_click() && small => ().into_any(),
        (_, None) if waits_for_click() => waiting(store),
        (_, None) => view! { <i class="skeleton" aria-hidden="true"></i> }.into_any(),
        (_, Some(Shot::Failed(failure))) => failed(store, want, failure, small),
        (sight, Some(Shot::Here(shown))) => seen(want, sight, shown, name, small),
    };
    let state = move || match (sight.get(), shot.with(Option::is_some)) {
        (Sight::Flagged, _) => "flagged",
        (Sight::Unasked, _) => "unasked",
        (_, false) => "pending",
        (_, true) if matches!(shot.get(), Some(Shot::Failed(_))) => "failed",
        (Sight::Blurred(_), true) => "blurred",
        (Sight::Clear, true) => "here",
    };
    view! { <span class="well" data-state=state data-small=small.then_some("")>{body}</span> }
}

/// What stands in place of an image that the source has flagged.
fn flagged(store: Store, want: Signal<Option<Want>>, small: bool) -> AnyView {
    if small {
        return view! { <span class="well-mark" title=texts::FLAGGED>{icon(Icon::Hidden)}</span> }.into_any();
    }
    let load = move |event: MouseEvent| {
        event.stop_propagation();
        if let Some(want) = want.get_untracked() {
            store.images.reveal(want.row);
        }
    };
    view! {
        <span class="plate">
            {icon(Icon::Hidden)}
            {texts::FLAGGED}
            <button type="button" class="button" data-kind="line" data-size="small" on:click=load>{texts::LOAD_ANYWAY}</button>
        </span>
    }
    .into_any()
}

/// What stands in place of images while the browser saves data.
fn waiting(store: Store) -> AnyView {
    let load = move |event: MouseEvent| {
        event.stop_propagation();
        store.images.load_despite_saving();
    };
    view! {
        <span class="plate">
            {texts::SAVING_DATA}
            <button type="button" class="button" data-kind="line" data-size="small" on:click=load>{texts::LOAD_IMAGES}</button>
        </span>
    }
    .into_any()
}

/// Why there is no image.
fn failed(store: Store, want: Signal<Option<Want>>, failure: Failure, small: bool) -> AnyView {
    let mark = if failure.absent { common::NONE.into_any() } else { icon(Icon::Alert).into_any() };
    if small {
        return view! { <span class="well-mark" title=failure.message>{mark}</span> }.into_any();
    }
    let retry = move |event: MouseEvent| {
        event.stop_propagation();
        if let Some(want) = want.get_untracked() {
            store.images.retry(want.row);
        }
    };
    view! {
        <span class="plate">
            {mark}
            {(!failure.absent).then(|| view! { <b>{texts::NOT_LOADED}</b> })}
            <span class="plate-words">{failure.message}</span>
            {failure
                .retry
                .then(|| {
                    view! {
                        <button type="button" class="button" data-kind="line" data-size="small" on:click=retry>
                            {common::RETRY}
                        </button>
                    }
                })}
        </span>
    }
    .into_any()
}

/// The image, and what lies over it.
fn seen(
    want: Signal<Option<Want>>,
    sight: Sight,
    shown: Arc<Shown>,
    name: Signal<String>,
    small: bool,
) -> AnyView {
    let blurred = sight != Sight::Clear;
    let url = shown.url.clone();
    let note = shown.facts.note.clone();
    let same_prompt = shown.facts.same_prompt && !small;
    // The URL holds as long as the picture does.
    let kept = StoredValue::new_local(shown);
    on_cleanup(move || kept.dispose());
    let plate = match sight {
        Sight::Blurred(score) if !small => Some(view! { <Veil want score/> }),
        Sight::Blurred(_) | Sight::Clear | Sight::Flagged | Sight::Unasked => None,
    };
    let alt = move || if blurred { texts::BLURRED.to_owned() } else { name.get() };
    view! {
        <img src=url alt=alt title=note.filter(|_| !small) decoding="async" draggable="false"/>
        {same_prompt.then(|| view! { <span class="well-badge">{texts::SAME_PROMPT}</span> })}
        {plate}
    }
    .into_any()
}

/// What stands in place of an image at an address that nobody has clicked on.
#[component]
fn Unasked(#[prop(into)] want: Signal<Option<Want>>, small: bool) -> impl IntoView {
    let store = use_store();
    let host = move || {
        let address = want.get().and_then(|want| store.address_of(want)).unwrap_or_default();
        let rest = address.split_once("://").map_or("", |(_, rest)| rest).to_owned();
        rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
    };
    let words = move || match host().as_str() {
        "" => texts::LOAD_IMAGE.to_owned(),
        host => texts::load_from(host),
    };
    let load = move |event: MouseEvent| {
        event.stop_propagation();
        if let Some(want) = want.get_untracked() {
            store.images.ask_address(want.row);
        }
    };
    if small {
        view! {
            <button type="button" class="well-mark" aria-label=words title=words on:click=load>{icon(Icon::Load)}</button>
        }
            .into_any()
    } else {
        view! {
            <span class="plate">
                <button type="button" class="button" data-kind="line" data-size="small" on:click=load>{words}</button>
            </span>
        }
            .into_any()
    }
}

/// What lies over a blurred image.
#[component]
fn Veil(#[prop(into)] want: Signal<Option<Want>>, score: Option<f64>) -> impl IntoView {
    let store = use_store();
    let reveal = move |event: MouseEvent| {
        event.stop_propagation();
        if let Some(want) = want.get_untracked() {
            store.images.reveal(want.row);
        }
    };
    let score = score.map_or_else(
        || texts::SCORE_UNKNOWN.into_any(),
        |score| view! { {texts::SCORE} <b>{format!("{score:.2}")}</b> }.into_any(),
    );
    view! {
        <span class="plate" data-over="">
            <span class="plate-score">{icon(Icon::Hidden)} {score}</span>
            <button type="button" class="button" data-kind="line" data-size="small" on:click=reveal>{texts::REVEAL}</button>
        </span>
    }
}
