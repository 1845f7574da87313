//! A sheet over the page.

use leptos::html::Dialog;
use leptos::prelude::*;

/// A dialog that is open as long as it is part of the page, and what closes it; `closed` takes it out. The
/// browser keeps the focus within it, and gives it back.
pub fn sheet(closed: impl Fn() + Copy) -> (NodeRef<Dialog>, impl Fn() + Copy) {
    let dialog: NodeRef<Dialog> = NodeRef::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.show_modal();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        closed();
    };
    (dialog, close)
}
