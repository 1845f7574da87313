//! What keys do in the gallery.

use crate::ui::store::Store;
use crate::ui::widgets::keys::{is_own, key_action, label_key};
use crate::ui::widgets::scroller::Scroller;
use crate::view::chosen::ChosenRows;
use crate::view::keys::{Move, TILES, TileKey};
use crate::view::scroll::{Scroll, paged};
use crate::view::tiles::Tiles;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The listener of the grid.
pub fn keys(
    store: Store,
    scroller: Scroller,
    tiles: Memo<Tiles>,
    count: Memo<u64>,
    reveal: impl Fn(u64) + 'static,
) -> impl Fn(KeyboardEvent) {
    move |event: KeyboardEvent| {
        let now = store.active.get_untracked();
        if let Some(place) = label_key(&event) {
            if !store.label_chosen(place) {
                store.label_at(now, place);
            }
            return event.prevent_default();
        }
        let Some(action) = key_action(TILES, &event).filter(|_| is_own(&event)) else { return };
        match action {
            TileKey::Go(way) => {
                let last = count.get_untracked().saturating_sub(1);
                let line = |down| tiles.with_untracked(|tiles| tiles.next_line(now, down)).unwrap_or(now);
                let to = match way {
                    Move::Right => now.saturating_add(1),
                    Move::Left => now.saturating_sub(1),
                    Move::Down => line(true),
                    Move::Up => line(false),
                    Move::PageUp | Move::PageDown | Move::First | Move::Last => {
                        let screen = scroller.state.with_untracked(Scroll::items_a_screen);
                        paged(way, now, last, screen).unwrap_or(now)
                    }
                };
                let to = to.min(last);
                if event.shift_key() {
                    store.choose_rows([now, to]);
                }
                store.move_to(to);
                reveal(to);
            }
            TileKey::Open => store.select_at(now),
            TileKey::Choose => store.toggle_chosen(now),
            TileKey::Close if store.chosen.rows.with_untracked(ChosenRows::is_empty) => {
                store.select_row(None)
            }
            TileKey::Close => store.chosen.clear(),
        }
        event.prevent_default();
    }
}
