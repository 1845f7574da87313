//! Parts of the page that are made one after another, each in a task of its own: between two of them the
//! browser can answer whoever types or scrolls.

use crate::ui::runtime::slices::{in_turn, in_turn_first};
use leptos::prelude::*;

/// What becomes true in a task of its own, after those that were asked for before.
pub fn turn() -> RwSignal<bool> {
    let turn = RwSignal::new(false);
    in_turn(move || {
        // What waited may be gone.
        let _ = turn.try_set(true);
    });
    turn
}

/// What becomes true in a task of its own, before those that were asked for before: what people look at first.
pub fn first_turn() -> RwSignal<bool> {
    let turn = RwSignal::new(false);
    in_turn_first(move || {
        let _ = turn.try_set(true);
    });
    turn
}

/// A part of the page that is made in its turn.
#[component]
pub fn InTurn(
    /// What is in its place until then.
    #[prop(optional, into)]
    before: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let turn = turn();
    move || if turn.get() { children() } else { before.run() }
}
