//! The scroller of a long list: feeds what happens into [`Scroll`], and moves the element after it.

use crate::base::sorted::Map;
use crate::ui::store::Store;
use crate::view::scroll::{Event, Extent, Scroll};
use crate::view::spec::Spec;
use crate::view::viewport::Slice;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// After so long without a scroll event the list is at rest.
const REST: Duration = Duration::from_millis(160);

/// A list and the element that scrolls it. Copies are the same one.
#[derive(Clone, Copy)]
pub struct Scroller {
    /// Where the list stands.
    pub state: RwSignal<Scroll>,
    frame: NodeRef<html::Div>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Scroller {
    /// The scroller of the element `frame`, whose list has this extent.
    pub fn new(frame: NodeRef<html::Div>, extent: impl Fn() -> Extent + 'static) -> Self {
        let state = RwSignal::new(Scroll::new());
        let scroller = Self { state, frame, timer: StoredValue::new(None) };
        Effect::new(move || scroller.send(Event::Resized(extent())));
        on_cleanup(move || scroller.clear_timer());
        scroller
    }

    /// The rows to paint.
    pub fn slice(self, overscan: u64) -> Memo<Slice> {
        Memo::new(move |_| self.state.get().slice(overscan))
    }

    /// Height of the track, for the styles.
    pub fn track(self) -> String {
        format!("{}px", self.state.get().track_height_px())
    }

    /// Takes an event in; the element follows.
    pub fn send(self, event: Event) {
        let now = self.state.get_untracked();
        let next = now.after(event);
        if next != now {
            self.state.set(next);
        }
        if event.needs_layout() {
            request_animation_frame(move || self.follow());
        } else {
            self.follow();
        }
    }

    /// Moves the element where the list is, unless it is there. In a later frame the view may be gone.
    fn follow(self) {
        if self.is_moved() == Some(true)
            && let Some(frame) = self.frame.get_untracked()
        {
            frame.set_scroll_top(self.state.get_untracked().track_px().round() as i32);
        }
    }

    /// For `on:scroll`. Once the list is at rest, `rested` is called.
    pub fn scrolled(self, rested: impl Fn() + Copy + 'static) {
        let Some(frame) = self.frame.try_get_untracked().flatten() else { return };
        self.send(Event::Scrolled { track_px: f64::from(frame.scroll_top()) });
        self.clear_timer();
        let rest = move || match self.is_moved() {
            None => {}
            // Its scroll event is still to come: to follow the list now would undo the move.
            Some(true) => self.scrolled(rested),
            Some(false) => {
                self.send(Event::Rested);
                rested();
            }
        };
        self.timer.set_value(set_timeout_with_handle(rest, REST).ok());
    }

    /// Whether the element stands elsewhere than the list; none where the view is gone.
    fn is_moved(self) -> Option<bool> {
        let now = self.state.try_get_untracked()?;
        let frame = self.frame.try_get_untracked().flatten()?;
        Some((f64::from(frame.scroll_top()) - now.track_px()).abs() >= 1.0)
    }

    fn clear_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    /// Follows the position in the link, and begins at the top with every other filter.
    pub fn follow_link(self, store: Store) {
        let ready = Memo::new(move |_| self.state.with(Scroll::is_ready));
        Effect::new(move |before: Option<Map<_, _>>| {
            let (filters, at) = store.spec.with(|spec| (spec.filters.clone(), spec.at));
            if before.is_some_and(|before| before != filters) && store.dragging.get_untracked().is_none() {
                self.send(Event::Top);
            }
            if ready.get() {
                let first = store.spec.with_untracked(Spec::first_in_sight);
                self.send(Event::Linked { at, first });
            }
            filters
        });
    }

    /// Writes the first item in sight to the link; not in the middle of a drag.
    pub fn keep_in_link(self, store: Store, first: u64) {
        if store.dragging.get_untracked().is_none() {
            self.send(Event::Kept { first });
            store.set_at(first);
        }
    }
}
