//! The brush of a histogram: a pointer and keys become bins, bins a range and back.

use crate::view::keys::HandleKey;

/// The bins that are chosen, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// First bin.
    pub first: usize,
    /// Last bin, not before the first.
    pub last: usize,
}

impl Chosen {
    /// Every bin.
    pub fn whole(slots: usize) -> Self {
        Self { first: 0, last: slots.saturating_sub(1) }
    }

    /// One of its ends.
    pub fn end(self, low: bool) -> usize {
        if low { self.first } else { self.last }
    }

    /// The bins between two, in either order.
    pub fn between(a: usize, b: usize) -> Self {
        Self { first: a.min(b), last: a.max(b) }
    }

    /// Whether the bin is chosen.
    pub fn holds(self, slot: usize) -> bool {
        self.first <= slot && slot <= self.last
    }

    /// Number of bins.
    pub fn width(self) -> usize {
        self.last - self.first + 1
    }
}

/// The bins that a range of values covers: `low` and `high` are its ends, open where missing;
/// `from` and `to` are the ends that each bin would give to a range. A bin that is cut counts.
pub fn bins_of_range(low: Option<f64>, high: Option<f64>, from: &[f64], to: &[f64]) -> Option<Chosen> {
    let count = from.len().min(to.len());
    let last_bin = count.checked_sub(1)?;
    let first = low.map_or(0, |low| to.partition_point(|end| *end < low)).min(last_bin);
    let last = high.map_or(count, |high| from.partition_point(|start| *start <= high)).saturating_sub(1);
    // `to` of times is the first moment after, so the end of one bin is the start of the next.
    let last = match (high, from.get(last), last.checked_sub(1).and_then(|before| to.get(before))) {
        (Some(high), Some(start), Some(end_before)) if *start >= high && *end_before >= high => last - 1,
        _ => last,
    };
    let first = match (low, to.get(first), from.get(first + 1)) {
        (Some(low), Some(end), Some(next)) if *end <= low && *next <= low => first + 1,
        _ => first,
    };
    Some(Chosen { first, last: last.max(first).min(last_bin) })
}

/// What a pointer does to the chosen bins while it is held down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drag {
    /// A new choice that begins at this bin.
    New(usize),
    /// The other end stays at this bin.
    Resize(usize),
    /// The choice is moved as it is; the pointer went down on the bin `grip`.
    Move {
        /// What was chosen before.
        was: Chosen,
        /// Where the pointer went down.
        grip: usize,
    },
}

impl Drag {
    /// What begins where the pointer goes down on the plot: what is chosen is moved, else chosen anew.
    pub fn at(chosen: Option<Chosen>, slot: usize) -> Self {
        match chosen {
            Some(was) if was.holds(slot) => Self::Move { was, grip: slot },
            Some(_) | None => Self::New(slot),
        }
    }

    /// What is chosen when the pointer is at `slot` of `slots`.
    pub fn to(self, slot: usize, slots: usize) -> Chosen {
        let slot = slot.min(slots.saturating_sub(1));
        match self {
            Self::New(anchor) | Self::Resize(anchor) => Chosen::between(anchor, slot),
            Self::Move { was, grip } => {
                let most = slots.saturating_sub(was.width());
                let first = (was.first + slot).saturating_sub(grip).min(most);
                Chosen { first, last: first + was.width() - 1 }
            }
        }
    }
}

/// A step of a handle by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many bins to the right, or to the left where negative.
    By(isize),
    /// As far left as it goes.
    Home,
    /// As far right as it goes.
    End,
}

impl Step {
    /// How a key on a handle moves it among so many bins; none where it does something else.
    pub fn of(key: HandleKey, slots: usize) -> Option<Self> {
        let quarter = isize::try_from(slots.div_ceil(4)).unwrap_or(1);
        match key {
            HandleKey::By(bins) => Some(Self::By(bins)),
            HandleKey::Quarters(quarters) => Some(Self::By(quarters * quarter)),
            HandleKey::First => Some(Self::Home),
            HandleKey::Last => Some(Self::End),
            HandleKey::Type | HandleKey::Clear => None,
        }
    }
}

/// Moves one handle; it stops at the other one.
pub fn stepped(chosen: Chosen, low_handle: bool, step: Step, slots: usize) -> Chosen {
    let last_slot = slots.saturating_sub(1);
    let (least, most, now) =
        if low_handle { (0, chosen.last, chosen.first) } else { (chosen.first, last_slot, chosen.last) };
    let to = match step {
        Step::By(by) => now.saturating_add_signed(by),
        Step::Home => least,
        Step::End => most,
    };
    let to = to.max(least).min(most);
    if low_handle { Chosen { first: to, ..chosen } } else { Chosen { last: to, ..chosen } }
}

/// A pointer that moved less than this has clicked, not dragged.
const CLICK_PX: f64 = 3.0;

/// A drag under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    drag: Drag,
    /// The bin of the last frame.
    slot: usize,
    /// Where the pointer went down.
    from_px: f64,
    has_moved: bool,
}

impl Brush {
    /// The pointer went down at `from_px`, on this bin.
    pub fn new(drag: Drag, slot: usize, from_px: f64) -> Self {
        Self { drag, slot, from_px, has_moved: false }
    }

    /// The pointer is at `at_px`, on this bin of so many. Chosen is what has changed by it.
    pub fn moved(self, at_px: f64, slot: usize, slots: usize) -> (Self, Option<Chosen>) {
        let drags = self.has_moved || (at_px - self.from_px).abs() >= CLICK_PX;
        if drags && (slot != self.slot || !self.has_moved) {
            (Self { slot, has_moved: true, ..self }, Some(self.drag.to(slot, slots)))
        } else {
            (self, None)
        }
    }

    /// The pointer is let go. Chosen is the bin of a click; a click on what is chosen changes nothing.
    pub fn released(self, slots: usize) -> Option<Chosen> {
        match (self.drag, self.has_moved) {
            (Drag::New(_), false) => Some(self.drag.to(self.slot, slots)),
            (Drag::New(_) | Drag::Resize(_) | Drag::Move { .. }, _) => None,
        }
    }
}

/// Counts of the rows of the bins `chosen`, from counts of the rows before each bin:
/// `before` is `(active bins + 1) x bins`, the active bin outermost.
pub fn cube_slice(before: &[u32], bins: usize, chosen: Chosen) -> Vec<u32> {
    let row = |at: usize| before.get(at * bins..(at + 1) * bins);
    match (row(chosen.first), row(chosen.last + 1)) {
        (Some(start), Some(end)) => start.iter().zip(end).map(|(a, b)| b.saturating_sub(*a)).collect(),
        _ => vec![0; bins],
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Brush, Chosen, Drag, Step, bins_of_range, cube_slice, stepped};
    use crate::view::keys::{HANDLE, KeyPress, action};
    use proptest::prelude::*;

    #[test]
    fn a_range_is_found_again_among_the_bins() {
        let (from, to) = ([1.0, 5.0, 7.0, 11.0], [4.0, 6.0, 10.0, 30.0]);
        let find = |low, high| bins_of_range(low, high, &from, &to).map(|chosen| (chosen.first, chosen.last));
        assert_eq!(find(Some(5.0), Some(10.0)), Some((1, 2)));
        assert_eq!(find(None, Some(6.0)), Some((0, 1)));
        assert_eq!(find(Some(8.0), None), Some((2, 3)));
        assert_eq!(find(Some(99.0), None), Some((3, 3)));
        let days = [0.0, 10.0, 20.0, 30.0];
        let ends = [10.0, 20.0, 30.0, 40.0];
        let chosen = bins_of_range(Some(10.0), Some(30.0), &days, &ends);
        assert_eq!(chosen, Some(Chosen { first: 1, last: 2 }));
        assert_eq!(bins_of_range(None, None, &[], &[]), None);
    }

    #[test]
    fn handles_stop_at_each_other() {
        let chosen = Chosen { first: 2, last: 5 };
        assert_eq!(stepped(chosen, true, Step::By(10), 20), Chosen { first: 5, last: 5 });
        assert_eq!(stepped(chosen, true, Step::Home, 20), Chosen { first: 0, last: 5 });
        assert_eq!(stepped(chosen, false, Step::By(-10), 20), Chosen { first: 2, last: 2 });
        assert_eq!(stepped(chosen, false, Step::End, 20), Chosen { first: 2, last: 19 });
    }

    #[test]
    fn keys_are_steps() {
        let step = |key, shift, slots| {
            let press = KeyPress { key, ctrl: false, alt: false, shift };
            action(HANDLE, press).and_then(|key| Step::of(key, slots))
        };
        assert_eq!(step("ArrowLeft", true, 20), Some(Step::By(-10)));
        assert_eq!(step("ArrowUp", false, 20), Some(Step::By(1)));
        assert_eq!(step("PageDown", false, 18), Some(Step::By(-5)));
        assert_eq!(step("End", false, 20), Some(Step::End));
        assert_eq!(step("Enter", false, 20), None);
    }

    #[test]
    fn a_press_becomes_a_click_or_a_drag() {
        let press = |slot| Brush::new(Drag::at(Some(Chosen { first: 4, last: 6 }), slot), slot, 100.0);
        // A click outside what is chosen chooses one bin; inside it nothing.
        assert_eq!(press(2).released(20), Some(Chosen { first: 2, last: 2 }));
        assert_eq!(press(5).released(20), None);
        // A hand that trembles does not drag.
        assert_eq!(press(2).moved(102.0, 2, 20), (press(2), None));
        let (drag, chosen) = press(2).moved(140.0, 8, 20);
        assert_eq!(chosen, Some(Chosen { first: 2, last: 8 }));
        assert_eq!(drag.moved(141.0, 8, 20), (drag, None));
        assert_eq!(drag.released(20), None);
        // Back over the bin where it began it is still a drag.
        assert_eq!(drag.moved(100.0, 2, 20).1, Some(Chosen { first: 2, last: 2 }));
        assert_eq!(press(5).moved(200.0, 9, 20).1, Some(Chosen { first: 8, last: 10 }));
    }

    #[test]
    fn a_cube_is_cut_by_subtraction() {
        let before = [0, 0, 1, 2, 4, 6];
        assert_eq!(cube_slice(&before, 2, Chosen { first: 1, last: 1 }), [3, 4]);
        assert_eq!(cube_slice(&before, 2, Chosen { first: 0, last: 1 }), [4, 6]);
        assert_eq!(cube_slice(&before, 2, Chosen { first: 0, last: 7 }), [0, 0]);
    }

    proptest! {
        #[test]
        fn a_drag_stays_among_the_bins(slots in 1_usize..100, a in 0_usize..100, b in 0_usize..100, c in 0_usize..200) {
            let was = Chosen::between(a.min(slots - 1), b.min(slots - 1));
            for drag in [Drag::New(was.first), Drag::Resize(was.last), Drag::Move { was, grip: was.first }] {
                let chosen = drag.to(c, slots);
                prop_assert!(chosen.first <= chosen.last && chosen.last < slots);
            }
            prop_assert_eq!(Drag::Move { was, grip: was.first }.to(was.first, slots), was);
        }
    }
}
