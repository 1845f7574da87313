//! What keys do in the gallery.

use crate::ui::gallery::{Picked, toggle};
use crate::ui::store::Store;
use crate::ui::widgets::scroller::Scroller;
use crate::view::scroll::{Scroll, paged};
use crate::view::tiles::Tiles;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The listener of the grid.
pub fn keys(
    store: Store,
    scroller: Scroller,
    tiles: Memo<Tiles>,
    chosen: Picked,
    count: Memo<u64>,
    reveal: impl Fn(u64) + 'static,
) -> impl Fn(KeyboardEvent) {
    let move_to = move |now: u64, to: u64, choose: bool| {
        if choose {
            chosen.update(|chosen| chosen.extend([now, to]));
        }
        store.move_to(to);
        reveal(to);
    };
    move |event: KeyboardEvent| {
        if event.target() != event.current_target() || event.alt_key() {
            return;
        }
        let (now, last) = (store.active.get_untracked(), count.get_untracked().saturating_sub(1));
        let line = |down| tiles.with_untracked(|tiles| tiles.next_line(now, down)).unwrap_or(now);
        let to = match event.key().as_str() {
            "ArrowRight" => now.saturating_add(1),
            "ArrowLeft" => now.saturating_sub(1),
            "ArrowDown" => line(true),
            "ArrowUp" => line(false),
            "Enter" => {
                event.prevent_default();
                store.select_at(now);
                return;
            }
            " " => {
                event.prevent_default();
                toggle(chosen, now);
                return;
            }
            "Escape" => {
                if chosen.with_untracked(BTreeSet::is_empty) {
                    store.select_row(None);
                } else {
                    chosen.set(BTreeSet::new());
                }
                return;
            }
            key => {
                let screen = scroller.state.with_untracked(Scroll::items_a_screen);
                let Some(to) = paged(key, now, last, screen) else { return };
                to
            }
        };
        event.prevent_default();
        move_to(now, to.min(last), event.shift_key());
    }
}
