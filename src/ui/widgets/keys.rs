//! From events of the keyboard to the table of shortcuts.

use crate::view::keys::{KeyPress, LABELS, LabelKey, PageKey, Shortcut, action, page_action};
use leptos::ev::KeyboardEvent;
use leptos::prelude::document;
use wasm_bindgen::JsCast;

/// What a key does among these shortcuts.
pub fn key_action<A: Copy>(shortcuts: &'static [Shortcut<A>], event: &KeyboardEvent) -> Option<A> {
    action(shortcuts, press(event, &event.key()))
}

/// What a key does wherever the focus is: nothing while someone types, and while a dialog lies over the page
/// only steps are taken back.
pub fn page_key(event: &KeyboardEvent) -> Option<PageKey> {
    let action = page_action(press(event, &event.key()))?;
    let is_step = matches!(action, PageKey::Undo | PageKey::Redo);
    let is_free = is_step || !(event.default_prevented() || is_covered());
    Some(action).filter(|_| is_free && !is_typing(event))
}

/// Which label a key stands for, unless someone types.
pub fn label_key(event: &KeyboardEvent) -> Option<u8> {
    let LabelKey::Toggle(place) = key_action(LABELS, event)?;
    (!is_typing(event)).then_some(place)
}

/// Whether a key was pressed on the element that listens, rather than on one inside it.
pub fn is_own(event: &KeyboardEvent) -> bool {
    event.target() == event.current_target()
}

fn press<'a>(event: &KeyboardEvent, key: &'a str) -> KeyPress<'a> {
    KeyPress {
        key,
        ctrl: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        shift: event.shift_key(),
    }
}

/// Whether a key goes into a field.
fn is_typing(event: &KeyboardEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| {
        let name = element.tag_name();
        let presses = ["checkbox", "radio", "range", "button", "file"];
        match name.as_str() {
            "INPUT" => element.get_attribute("type").is_none_or(|kind| !presses.contains(&kind.as_str())),
            "TEXTAREA" | "SELECT" => true,
            _ => false,
        }
    })
}

/// Whether something lies over the page that takes the keys.
fn is_covered() -> bool {
    document().query_selector("[role=dialog], dialog[open]").ok().flatten().is_some()
}
