//! Which rows of a long table are on the screen, and where they are painted.
//!
//! A browser lays out no more than some 16 to 33 million pixels, and fourteen million rows of
//! 48 px are 672 million. So the scroller is given a shorter *track*, and this module keeps two
//! numbers apart: `at_px`, the true offset in the table, and `track_px`, what the scroller says.
//! Near both ends they move together pixel by pixel, so that the first and the last row are
//! reached exactly; in between the track is squeezed. Small moves (wheel, keys, trackpad) are
//! taken as true pixels everywhere, large ones (the scrollbar's thumb) as a place on the track,
//! and when the scrolling rests the thumb is put where it belongs.

/// The longest track that is laid out.
pub const MAX_TRACK_PX: f64 = 8_000_000.0;

/// Near both ends of a squeezed track this much is true to scale.
const EXACT_PX: f64 = 200_000.0;

/// A move of the scroller up to this many screens is taken as true pixels.
const SMALL_MOVE_SCREENS: f64 = 3.0;

/// How far the thumb may be from where it belongs before it is put right while still moving.
const MAX_DRIFT_PX: f64 = 100_000.0;

/// A window on a table with rows of equal height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    rows: u64,
    row_px: f64,
    view_px: f64,
    at_px: f64,
    track_px: f64,
}

/// What to paint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// First row to paint.
    pub first: u64,
    /// First row after those to paint.
    pub end: u64,
    /// Where the first of them begins, in pixels of the track.
    pub top_px: f64,
}

impl Viewport {
    /// The top of a table. Heights are in pixels and positive.
    pub fn new(rows: u64, row_px: f64, view_px: f64) -> Self {
        Self { rows, row_px: row_px.max(1.0), view_px: view_px.max(0.0), at_px: 0.0, track_px: 0.0 }
    }

    /// Height of the track to lay out.
    pub fn track_height_px(&self) -> f64 {
        self.table_px().min(MAX_TRACK_PX)
    }

    /// Rows that fit on one screen, at least one.
    pub fn rows_a_screen(&self) -> u64 {
        ((self.view_px / self.row_px).floor() as u64).max(1)
    }

    /// The first row of which anything is seen.
    pub fn first_row(&self) -> u64 {
        (self.at_px / self.row_px) as u64
    }

    /// Moves to where this row, or a part of it, is at the top.
    #[must_use]
    pub fn at_row(mut self, row: f64) -> Self {
        self.at_px = (row * self.row_px).clamp(0.0, self.reach_px());
        self.track_px = self.track_of(self.at_px);
        self
    }

    /// The row at the top, with its part that is out of sight.
    pub fn top_row(&self) -> f64 {
        self.at_px / self.row_px
    }

    /// Height of the window.
    pub fn view_px(&self) -> f64 {
        self.view_px
    }

    /// Height of a row.
    pub fn row_px(&self) -> f64 {
        self.row_px
    }

    /// Where the scroller should stand.
    pub fn track_px(&self) -> f64 {
        self.track_px
    }

    /// Another number of rows, height of rows or height of the window. The first row in sight
    /// stays where it is, as far as there are rows.
    #[must_use]
    pub fn resized(self, rows: u64, row_px: f64, view_px: f64) -> Self {
        let first = self.at_px / self.row_px;
        let mut next = Self::new(rows, row_px, view_px);
        next.at_px = (first * next.row_px).clamp(0.0, next.reach_px());
        next.track_px = next.track_of(next.at_px);
        next
    }

    /// The scroller says that it stands at `track_px`.
    #[must_use]
    pub fn scrolled(mut self, track_px: f64) -> Self {
        let track_px = if track_px.is_finite() { track_px.clamp(0.0, self.track_reach_px()) } else { 0.0 };
        let moved = track_px - self.track_px;
        let small = moved.abs() <= SMALL_MOVE_SCREENS * self.view_px;
        self.at_px = if !self.is_squeezed() || track_px == 0.0 || track_px == self.track_reach_px() || !small
        {
            self.at_of(track_px)
        } else {
            (self.at_px + moved).clamp(0.0, self.reach_px())
        };
        self.track_px = track_px;
        self
    }

    /// Puts the thumb where it belongs: always when `resting`, else only when it is far off.
    /// The scroller has to follow when [`Viewport::track_px`] has changed.
    #[must_use]
    pub fn settled(mut self, resting: bool) -> Self {
        let wanted = self.track_of(self.at_px);
        if resting || (wanted - self.track_px).abs() > MAX_DRIFT_PX {
            self.track_px = wanted;
        }
        self
    }

    /// Moves as little as needed to have all of `row` in sight.
    #[must_use]
    pub fn revealing(self, row: u64) -> Self {
        self.revealing_px(row, 0.0, self.row_px)
    }

    /// Moves as little as needed to have a part of `row` in sight: `height_px` from `from_px` below its
    /// top.
    #[must_use]
    pub fn revealing_px(mut self, row: u64, from_px: f64, height_px: f64) -> Self {
        let top = row.min(self.rows.saturating_sub(1)) as f64 * self.row_px + from_px;
        let lowest = top + height_px - self.view_px;
        let at = if top < self.at_px { top } else { self.at_px.max(lowest) };
        let at = at.clamp(0.0, self.reach_px());
        if at != self.at_px {
            let moved = at - self.at_px;
            self.at_px = at;
            let belongs = self.track_of(at);
            let nearby = self.track_px + moved;
            let near =
                (nearby - belongs).abs() <= MAX_DRIFT_PX && (0.0..=self.track_reach_px()).contains(&nearby);
            self.track_px =
                if self.is_squeezed() && near && moved.abs() <= self.view_px { nearby } else { belongs };
        }
        self
    }

    /// The rows to paint, with `overscan` more on both sides.
    pub fn slice(&self, overscan: u64) -> Slice {
        let first = self.first_row().saturating_sub(overscan).min(self.rows);
        let last = ((self.at_px + self.view_px) / self.row_px).ceil() as u64;
        let end = last.saturating_add(overscan).min(self.rows);
        let top_px = self.track_px - (self.at_px - first as f64 * self.row_px);
        Slice { first, end: end.max(first), top_px }
    }

    fn table_px(&self) -> f64 {
        self.rows as f64 * self.row_px
    }

    fn is_squeezed(&self) -> bool {
        self.table_px() > MAX_TRACK_PX
    }

    /// The largest `at_px`.
    fn reach_px(&self) -> f64 {
        (self.table_px() - self.view_px).max(0.0)
    }

    /// The largest `track_px`.
    fn track_reach_px(&self) -> f64 {
        (self.track_height_px() - self.view_px).max(0.0)
    }

    /// True pixels per pixel of the squeezed middle of the track.
    fn squeeze(&self) -> f64 {
        let middle = self.track_reach_px() - 2.0 * EXACT_PX;
        if middle <= 0.0 { 1.0 } else { ((self.reach_px() - 2.0 * EXACT_PX) / middle).max(1.0) }
    }

    fn at_of(&self, track_px: f64) -> f64 {
        if !self.is_squeezed() {
            return track_px.min(self.reach_px());
        }
        let left = self.track_reach_px() - track_px;
        if track_px <= EXACT_PX {
            track_px
        } else if left <= EXACT_PX {
            self.reach_px() - left
        } else {
            EXACT_PX + (track_px - EXACT_PX) * self.squeeze()
        }
    }

    fn track_of(&self, at_px: f64) -> f64 {
        if !self.is_squeezed() {
            return at_px.min(self.track_reach_px());
        }
        let left = self.reach_px() - at_px;
        if at_px <= EXACT_PX {
            at_px
        } else if left <= EXACT_PX {
            self.track_reach_px() - left
        } else {
            EXACT_PX + (at_px - EXACT_PX) / self.squeeze()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TRACK_PX, Viewport};
    use proptest::prelude::*;

    #[test]
    fn a_short_table_scrolls_as_it_is() {
        let view = Viewport::new(100, 48.0, 480.0);
        assert_eq!(view.track_height_px(), 4_800.0);
        let slice = view.scrolled(960.0).slice(2);
        assert_eq!((slice.first, slice.end, slice.top_px), (18, 32, 864.0));
        assert_eq!(view.rows_a_screen(), 10);
    }

    #[test]
    fn fourteen_million_rows_end_exactly() {
        let view = Viewport::new(14_000_000, 48.0, 700.0);
        assert_eq!(view.track_height_px(), MAX_TRACK_PX);
        let end = view.scrolled(f64::MAX);
        let slice = end.slice(0);
        assert_eq!(slice.end, 14_000_000);
        let bottom = slice.top_px + (slice.end - slice.first) as f64 * 48.0;
        assert!((bottom - MAX_TRACK_PX).abs() < 0.001, "{bottom}");
        assert_eq!(view.revealing(13_999_999).slice(0), slice);
    }

    #[test]
    fn a_wheel_turn_in_the_middle_is_a_wheel_turn() {
        let middle = Viewport::new(14_000_000, 48.0, 700.0).scrolled(4_000_000.0);
        let next = middle.scrolled(4_000_096.0);
        assert_eq!(next.first_row(), middle.first_row() + 2);
        assert_eq!(next.settled(false), next, "the thumb is not touched while it moves");
        let rested = next.settled(true);
        assert_eq!(rested.first_row(), next.first_row());
        assert!((rested.track_px() - next.track_px()).abs() > 90.0);
    }

    #[test]
    fn the_thumb_jumps_in_proportion() {
        let view = Viewport::new(14_000_000, 48.0, 700.0).scrolled(4_000_000.0);
        let share = view.first_row() as f64 / 14_000_000.0;
        assert!((share - 0.5).abs() < 0.001, "{share}");
    }

    #[test]
    fn a_table_without_rows_paints_nothing() {
        let slice = Viewport::new(0, 48.0, 700.0).scrolled(10.0).revealing(5).slice(8);
        assert_eq!((slice.first, slice.end), (0, 0));
    }

    proptest! {
        #[test]
        fn what_is_painted_covers_the_window(
            rows in 0_u64..20_000_000,
            view_px in 100.0_f64..2_000.0,
            moves in prop::collection::vec((any::<bool>(), 0.0_f64..1.0), 0..30),
        ) {
            let mut view = Viewport::new(rows, 48.0, view_px);
            for (jump, by) in moves {
                let reach = (view.track_height_px() - view_px).max(0.0);
                let to = if jump { by * reach } else { view.track_px() + (by - 0.5) * 400.0 };
                view = view.scrolled(to).settled(jump);
                let slice = view.slice(4);
                prop_assert!(slice.first <= slice.end && slice.end <= rows);
                let painted_end = slice.top_px + (slice.end - slice.first) as f64 * 48.0;
                prop_assert!(slice.top_px <= view.track_px() + 0.001);
                let table_end = (rows as f64 * 48.0).min(view_px);
                prop_assert!(painted_end + 0.001 >= view.track_px() + table_end, "{slice:?} {view:?}");
            }
        }

        #[test]
        fn every_row_can_be_revealed(rows in 1_u64..20_000_000, at in 0.0_f64..1.0, from in 0.0_f64..1.0) {
            let view = Viewport::new(rows, 48.0, 640.0);
            let row = ((rows - 1) as f64 * at) as u64;
            let view = view.scrolled(from * view.track_height_px()).revealing(row);
            let slice = view.slice(0);
            let top = slice.top_px + (row as f64 - slice.first as f64) * 48.0;
            prop_assert!(top >= view.track_px() - 0.001);
            prop_assert!(top + 48.0 <= view.track_px() + 640.001);
        }

        #[test]
        fn steps_of_one_row_reach_every_row(start in 0_u64..13_999_000) {
            let mut view = Viewport::new(14_000_000, 48.0, 700.0).revealing(start);
            for row in start..start + 40 {
                view = view.revealing(row).settled(false);
                let slice = view.slice(0);
                prop_assert!(slice.first <= row && row < slice.end);
            }
        }
    }
}
