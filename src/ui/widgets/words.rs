//! Elements that hold one text. They are not inlined: the code of each is in the page once.

use leptos::prelude::*;

/// The words beside an icon of a button; a narrow page leaves them out.
#[inline(never)]
pub fn button_words(text: &'static str) -> AnyView {
    view! { <span class="button-words">{text}</span> }.into_any()
}

/// An example of what can be typed.
#[inline(never)]
pub fn code(text: &'static str) -> AnyView {
    view! { <code>{text}</code> }.into_any()
}
