//! Scrolling as a reducer: what happens to a list, and where its scroller stands then.
//!
//! A list has items in rows of equal height: a row of the table is one item, a block of the gallery
//! many. Whatever its shape becomes, the item at the top stays there. [`Viewport`] keeps the true place
//! apart from what the browser can lay out.

use crate::view::keys::Move;
use crate::view::viewport::{Slice, Viewport};

/// A list, and the window on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Items of the whole list.
    pub items: u64,
    /// Items of a row, at least one.
    pub per_row: u64,
    /// Height of a row.
    pub row_px: f64,
    /// Height of the window.
    pub view_px: f64,
}

/// What happens to a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The list or the window has another shape.
    Resized(Extent),
    /// The browser reports where the scroller stands: wheel, thumb, touch or keys.
    Scrolled {
        /// Its `scrollTop`.
        track_px: f64,
    },
    /// There was no scroll event for a while.
    Rested,
    /// The link names a position; the first time `first` is shown instead.
    Linked {
        /// What the link says.
        at: Option<u64>,
        /// The position that is shown when the list opens.
        first: u64,
    },
    /// This position is now written to the link.
    Kept {
        /// The first item in sight.
        first: u64,
    },
    /// It is known where in its row the sought item lies.
    Found {
        /// Row, and the part of it above the item.
        row: f64,
    },
    /// An item has to be in sight.
    Reveal {
        /// The item.
        position: u64,
        /// What of its row: where it begins and its height; none for the whole row.
        part_px: Option<(f64, f64)>,
    },
    /// The list begins anew.
    Top,
}

impl Event {
    /// Whether the scroller can only follow once the browser has laid out the list.
    pub fn needs_layout(&self) -> bool {
        match self {
            Self::Resized(_) | Self::Linked { .. } | Self::Found { .. } => true,
            Self::Scrolled { .. } | Self::Rested | Self::Kept { .. } | Self::Reveal { .. } | Self::Top => {
                false
            }
        }
    }
}

/// Where a list stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scroll {
    view: Viewport,
    items: u64,
    per_row: u64,
    /// What the link said last; none until it was followed once.
    linked: Option<Option<u64>>,
    /// The item that is to be at the top, until it is known where in its row it lies.
    pub sought: Option<u64>,
    /// What has to be in sight, until the list is laid out.
    unseen: Option<(u64, Option<(f64, f64)>)>,
    /// What was to be in sight before the link was followed, which is no reason to be taken away from it.
    early: Option<(u64, Option<(f64, f64)>)>,
}

impl Scroll {
    /// An empty list.
    pub fn new() -> Self {
        Self {
            view: Viewport::new(0, 1.0, 0.0),
            items: 0,
            per_row: 1,
            linked: None,
            sought: None,
            unseen: None,
            early: None,
        }
    }

    /// The list after an event.
    #[must_use]
    pub fn after(mut self, event: Event) -> Self {
        match event {
            Event::Resized(shape) => self.resize(shape),
            Event::Scrolled { track_px } => self.view = self.view.scrolled(track_px).settled(false),
            Event::Rested => self.view = self.view.settled(true),
            Event::Linked { at, first } if self.linked != Some(at) => {
                let first = if self.linked.is_some() { at.unwrap_or(0) } else { first };
                self.linked = Some(at);
                self.sought = (first > 0).then_some(first);
                let position = first.min(self.items.saturating_sub(1));
                self.view = self.view.at_row(position as f64 / self.per_row as f64);
                if let Some(early) = self.early.take() {
                    self.unseen = Some(early);
                    self.reveal();
                }
            }
            Event::Linked { .. } => {}
            Event::Kept { first } => self.linked = Some((first > 0).then_some(first)),
            Event::Found { row } => {
                self.sought = None;
                self.view = self.view.at_row(row);
            }
            Event::Reveal { position, part_px } => {
                self.unseen = Some((position, part_px));
                if self.linked.is_none() {
                    self.early = self.unseen;
                }
                self.reveal();
            }
            Event::Top => {
                (self.unseen, self.early) = (None, None);
                self.view = self.view.scrolled(0.0);
            }
        }
        self
    }

    /// Brings what has to be in sight there, once there is room for it.
    fn reveal(&mut self) {
        if !self.is_ready() {
            return;
        }
        if let Some((position, part_px)) = self.unseen.take() {
            let row = position / self.per_row;
            self.view = match part_px {
                None => self.view.revealing(row),
                Some((from_px, height_px)) => self.view.revealing_px(row, from_px, height_px),
            };
        }
    }

    fn resize(&mut self, shape: Extent) {
        let Extent { items, per_row, row_px, view_px } = shape;
        let per_row = per_row.max(1);
        let rows = items.div_ceil(per_row);
        self.view = if per_row == self.per_row {
            self.view.resized(rows, row_px, view_px)
        } else {
            let top = self.view.top_row() * self.per_row as f64 / per_row as f64;
            Viewport::new(rows, row_px, view_px).at_row(top)
        };
        (self.items, self.per_row) = (items, per_row);
        self.reveal();
    }

    /// Whether there is anything to see, and room to see it.
    pub fn is_ready(&self) -> bool {
        self.items > 0 && self.view.view_px() > 0.0
    }

    /// The rows to paint, with `overscan` more on both sides.
    pub fn slice(&self, overscan: u64) -> Slice {
        self.view.slice(overscan)
    }

    /// The row at the top, with its part that is out of sight.
    pub fn top_row(&self) -> f64 {
        self.view.top_row()
    }

    /// Height of the window.
    pub fn view_px(&self) -> f64 {
        self.view.view_px()
    }

    /// Height of the track to lay out.
    pub fn track_height_px(&self) -> f64 {
        self.view.track_height_px()
    }

    /// Where the scroller should stand.
    pub fn track_px(&self) -> f64 {
        self.view.track_px()
    }

    /// Items that fit on one screen: whole rows where a row is one item, at least one.
    pub fn items_a_screen(&self) -> u64 {
        match self.per_row {
            1 => self.view.rows_a_screen(),
            per_row => (per_row as f64 * self.view.view_px() / self.view.row_px()) as u64,
        }
    }
}

impl Default for Scroll {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a key leads that means the same in every list: a screen on or back, and both ends.
pub fn paged(way: Move, now: u64, last: u64, a_screen: u64) -> Option<u64> {
    match way {
        Move::PageDown => Some(now.saturating_add(a_screen).min(last)),
        Move::PageUp => Some(now.saturating_sub(a_screen)),
        Move::First => Some(0),
        Move::Last => Some(last),
        Move::Up | Move::Down | Move::Left | Move::Right => None,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Event, Extent, Scroll, paged};
    use crate::view::keys::Move;
    use crate::view::viewport::MAX_TRACK_PX;
    use proptest::prelude::*;

    const ROWS: Extent = Extent { items: 14_000_000, per_row: 1, row_px: 48.0, view_px: 700.0 };

    fn after(events: &[Event]) -> Scroll {
        events.iter().fold(Scroll::new(), |scroll, event| scroll.after(*event))
    }

    #[test]
    fn the_item_at_the_top_stays_there() {
        let top = |shape: Extent, next: Extent| {
            let at = Event::Linked { at: Some(6_000_000), first: 6_000_000 };
            after(&[Event::Resized(shape), at, Event::Resized(next)]).top_row()
        };
        assert_eq!(top(ROWS, Extent { row_px: 80.0, ..ROWS }).round(), 6_000_000.0);
        // The same in blocks of 24 items, and of 12.
        let blocks = Extent { per_row: 24, row_px: 640.0, ..ROWS };
        assert_eq!(top(blocks, Extent { per_row: 12, row_px: 320.0, ..blocks }), 500_000.0);
    }

    #[test]
    fn a_list_higher_than_a_browser_lays_out_ends_exactly() {
        let end = after(&[Event::Resized(ROWS), Event::Scrolled { track_px: MAX_TRACK_PX }, Event::Rested]);
        assert_eq!(end.track_height_px(), MAX_TRACK_PX);
        assert_eq!(end.slice(0).end, ROWS.items);
        let last = Event::Reveal { position: ROWS.items - 1, part_px: None };
        assert_eq!(after(&[Event::Resized(ROWS), last]).slice(0), end.slice(0));
    }

    #[test]
    fn what_has_to_be_in_sight_waits_for_the_layout() {
        let reveal = |position| Event::Reveal { position, part_px: None };
        let first = after(&[reveal(0), Event::Resized(ROWS)]);
        assert_eq!((first.top_row(), first.slice(0).first), (0.0, 0));
        let last = after(&[reveal(ROWS.items - 1), Event::Resized(ROWS)]);
        assert_eq!(last.slice(0).end, ROWS.items);
        assert_eq!(after(&[reveal(ROWS.items - 1), Event::Top, Event::Resized(ROWS)]).top_row(), 0.0);
        // A key before the link was followed counts as much as one behind it.
        let link = Event::Linked { at: None, first: 0 };
        for events in [
            [Event::Resized(ROWS), reveal(ROWS.items - 1), link],
            [reveal(ROWS.items - 1), Event::Resized(ROWS), link],
        ] {
            assert_eq!(after(&events).slice(0).end, ROWS.items);
        }
    }

    #[test]
    fn the_link_leads_once_and_what_was_kept_does_not_lead_again() {
        let linked = |at| Event::Linked { at, first: 90 };
        let open = after(&[Event::Resized(ROWS), linked(None)]);
        assert_eq!((open.top_row(), open.sought), (90.0, Some(90)));
        let kept = open.after(Event::Scrolled { track_px: 480.0 }).after(Event::Kept { first: 10 });
        assert_eq!(kept.after(linked(Some(10))), kept);
        // A step back leads to where the link says; without a position that is the top.
        assert_eq!(kept.after(linked(Some(30))).top_row(), 30.0);
        assert_eq!(kept.after(linked(None)).top_row(), 0.0);
    }

    #[test]
    fn what_is_sought_is_found_once() {
        let blocks = Extent { items: 100, per_row: 24, row_px: 640.0, view_px: 500.0 };
        let sought = after(&[Event::Resized(blocks), Event::Linked { at: Some(30), first: 30 }]);
        assert_eq!(sought.top_row(), 1.25);
        let found = sought.after(Event::Found { row: 1.5 });
        assert_eq!((found.top_row(), found.sought), (1.5, None));
    }

    #[test]
    fn keys_page_and_go_to_the_ends() {
        assert_eq!(paged(Move::PageDown, 5, 99, 10), Some(15));
        assert_eq!(paged(Move::PageDown, 95, 99, 10), Some(99));
        assert_eq!(paged(Move::PageUp, 5, 99, 10), Some(0));
        assert_eq!(paged(Move::First, 5, 99, 10), Some(0));
        assert_eq!(paged(Move::Last, 5, 99, 10), Some(99));
        assert_eq!(paged(Move::Down, 5, 99, 10), None);
    }

    proptest! {
        #[test]
        fn the_window_stays_within_the_list(
            events in prop::collection::vec((0_u8..7, 0.0_f64..1.0), 0..40), per_row in 1_u64..40,
        ) {
            let mut scroll = Scroll::new();
            for (which, share) in events {
                let position = (share * 20_000_000.0) as u64;
                scroll = scroll.after(match which {
                    0 => Event::Resized(Extent { items: position, per_row: 1, row_px: 48.0, view_px: 1_000.0 * share }),
                    1 => Event::Resized(Extent { items: position, per_row, row_px: 640.0, view_px: 900.0 }),
                    2 => Event::Scrolled { track_px: share * MAX_TRACK_PX },
                    3 => Event::Rested,
                    4 => Event::Linked { at: Some(position), first: position },
                    5 => Event::Reveal { position, part_px: None },
                    _ => Event::Reveal { position, part_px: Some((share * 600.0, 100.0)) },
                });
                let slice = scroll.slice(0);
                prop_assert!(slice.first <= slice.end && slice.end <= scroll.items.div_ceil(scroll.per_row));
                prop_assert!((0.0..=scroll.track_height_px()).contains(&scroll.track_px()));
            }
        }
    }
}
