//! Links that change the view in place.

/// Whether the user asked for another tab or window.
pub fn opens_elsewhere(event: &leptos::ev::MouseEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0
}
