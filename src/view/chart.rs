//! The geometry of charts: counts become paths, a pointer becomes bins, edges become labels.
//!
//! Everything is in the units of the plot's view box, [`WIDTH`] by [`HEIGHT`], the origin at the
//! top left. Nothing here paints.

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Width of the plot.
pub const WIDTH: f64 = 240.0;
/// Height of the plot.
pub const HEIGHT: f64 = 40.0;
/// Between the scale and a bin that stands beside it.
const GAP: f64 = 6.0;
/// Width of a bin that stands beside the scale.
const ALONE_WIDTH: f64 = 12.0;
/// A bin with rows is at least this high, so that few are not none.
const LEAST_HEIGHT: f64 = 1.0;
/// The highest bar leaves this much of the plot free.
const HEADROOM: f64 = 2.0;
/// Height of the highest bar.
pub const FULL_HEIGHT: f64 = HEIGHT - HEADROOM;

/// Where the bins of a histogram lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Bins on the scale.
    pub bins: usize,
    /// Whether what lies below the scale has a bin of its own, at the left.
    pub below: bool,
    /// Whether what lies above it has one, at the right.
    pub above: bool,
    /// Whether a value has one more to itself, right of all others.
    pub detached: bool,
}

impl Layout {
    /// Bins in all.
    pub fn slots(self) -> usize {
        self.end_of_scale() + usize::from(self.above) + usize::from(self.detached)
    }

    /// The first bin behind those on the scale.
    pub fn end_of_scale(self) -> usize {
        self.bins + usize::from(self.below)
    }

    /// Whether a bin stands beside the scale.
    pub fn is_alone(self, slot: usize) -> bool {
        (self.below && slot == 0) || slot >= self.end_of_scale()
    }

    /// Left and right end of a bin.
    pub fn slot(self, slot: usize) -> (f64, f64) {
        let (left, right) = self.scale();
        if self.below && slot == 0 {
            return (0.0, ALONE_WIDTH);
        }
        if let Some(beside) = slot.checked_sub(self.end_of_scale()) {
            let last = usize::from(self.above) + usize::from(self.detached);
            let from = right + GAP + beside.min(last.saturating_sub(1)) as f64 * (ALONE_WIDTH + GAP);
            return (from, from + ALONE_WIDTH);
        }
        let step = (right - left) / self.bins.max(1) as f64;
        let on_scale = slot - usize::from(self.below);
        (left + on_scale as f64 * step, left + (on_scale + 1) as f64 * step)
    }

    /// The bin under the pointer; beyond the ends the nearest one.
    pub fn slot_at(self, x: f64) -> usize {
        let (left, right) = self.scale();
        let last = self.slots().saturating_sub(1);
        if self.below && x < left - GAP / 2.0 {
            return 0;
        }
        let beside = (x - right - GAP / 2.0) / (ALONE_WIDTH + GAP);
        if self.slots() > self.end_of_scale() && beside >= 0.0 {
            return (self.end_of_scale() + beside as usize).min(last);
        }
        let step = (right - left) / self.bins.max(1) as f64;
        let on_scale = if x > left { ((x - left) / step) as usize } else { 0 };
        (on_scale.min(self.bins.saturating_sub(1)) + usize::from(self.below)).min(last)
    }

    /// Where a value lies, if it is on the plot. `edges` is one longer than the bins of the scale.
    pub fn place(self, edges: &[f64], detached: Option<f64>, value: f64) -> Option<f64> {
        let middle = |slot: usize| {
            let (left, right) = self.slot(slot);
            f64::midpoint(left, right)
        };
        if self.detached && detached == Some(value) {
            return Some(middle(self.slots().checked_sub(1)?));
        }
        if self.below && value < *edges.first()? {
            return Some(middle(0));
        }
        if self.above && value >= *edges.last()? {
            return Some(middle(self.end_of_scale()));
        }
        let after = edges.partition_point(|edge| *edge <= value);
        let bin = after.checked_sub(1)?.min(self.bins.checked_sub(1)?);
        let (low, high) = (*edges.get(bin)?, *edges.get(bin + 1)?);
        if !(value >= low && value <= high) {
            return None;
        }
        let (left, right) = self.slot(bin + usize::from(self.below));
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        Some(left + share * (right - left))
    }

    /// Where the scale begins and ends.
    fn scale(self) -> (f64, f64) {
        let beside = |there: bool| if there { ALONE_WIDTH + GAP } else { 0.0 };
        (beside(self.below), WIDTH - beside(self.above) - beside(self.detached))
    }
}

/// Two histograms on one scale: heights in units of the plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heights {
    /// Of the whole table.
    pub all: Vec<f64>,
    /// Of the rows that match.
    pub here: Vec<f64>,
}

/// What heights stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// A share of the rows that are counted: shapes compare although one may rest on a hundred times
    /// as many rows.
    #[default]
    Share,
    /// Rows.
    Count,
}

/// How counts become heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Growth {
    /// Twice as high is twice as many.
    #[default]
    Linear,
    /// Twice as high is four times as many.
    Root,
    /// Each step up is as many times the one before.
    Log,
}

impl Growth {
    /// What fits these counts: a square root where one bin dwarfs the others.
    pub fn fitting(counts: &[u32]) -> Self {
        if is_lopsided(counts) { Self::Root } else { Self::Linear }
    }

    /// A count as a height, in no unit.
    pub fn of(self, count: f64) -> f64 {
        match self {
            Self::Linear => count,
            Self::Root => count.sqrt(),
            Self::Log => count.ln_1p(),
        }
    }

    /// The next one, around.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Linear => Self::Root,
            Self::Root => Self::Log,
            Self::Log => Self::Linear,
        }
    }
}

/// Heights of both histograms on one scale.
pub fn heights(all: &[u32], here: &[u32], measure: Measure, growth: Growth) -> Heights {
    let sum = |counts: &[u32]| counts.iter().map(|count| f64::from(*count)).sum::<f64>();
    let (sum_all, sum_here) = (sum(all), sum(here));
    // What matches is scaled to as many rows as there are in all, and both are then one scale.
    let stretch = match measure {
        // Where the others are none, there is nothing to be scaled to.
        Measure::Share if sum_here > 0.0 && sum_all > 0.0 => sum_all / sum_here,
        Measure::Share | Measure::Count => 1.0,
    };
    let value = |count: u32, stretch: f64| growth.of(f64::from(count) * stretch);
    let all: Vec<f64> = all.iter().map(|count| value(*count, 1.0)).collect();
    let here: Vec<f64> = here.iter().map(|count| value(*count, stretch)).collect();
    let most = all.iter().chain(&here).copied().fold(0.0, f64::max);
    let height = |value: f64| {
        if value <= 0.0 || most <= 0.0 { 0.0 } else { (value / most * FULL_HEIGHT).max(LEAST_HEIGHT) }
    };
    Heights { all: all.into_iter().map(height).collect(), here: here.into_iter().map(height).collect() }
}

/// Whether one bin dwarfs the others, so that on a plain scale they would not be seen.
fn is_lopsided(counts: &[u32]) -> bool {
    /// Fewer bins than this are told apart anyway.
    const MANY: usize = 5;
    let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let most = counts.iter().copied().max().unwrap_or(0);
    u64::from(most) * 2 > total && counts.iter().filter(|count| **count > 0).count() >= MANY
}

/// The outline of the whole table: steps from the base line and back. The outline alone leaves
/// the base line out.
pub fn step_path(layout: Layout, heights: &[f64], closed: bool) -> String {
    let mut path = String::new();
    let mut open = |from: usize, to: usize| {
        let Some(bins) = heights.get(from..to).filter(|bins| !bins.is_empty()) else { return };
        let (left, _) = layout.slot(from);
        let _ = write!(path, "M{} {HEIGHT}", round(left));
        for (offset, height) in bins.iter().enumerate() {
            let (_, right) = layout.slot(from + offset);
            let _ = write!(path, "V{}H{}", round(HEIGHT - height), round(right));
        }
        let _ = write!(path, "V{HEIGHT}{}", if closed { "z" } else { "" });
    };
    let (begin, end) = (usize::from(layout.below), layout.end_of_scale());
    open(0, begin);
    open(begin, end);
    for alone in end..layout.slots() {
        open(alone, alone + 1);
    }
    path
}

/// Bars of the bins in `from..end`, with a gap between them where there is room.
pub fn bar_path(layout: Layout, heights: &[f64], from: usize, end: usize) -> String {
    let mut path = String::new();
    for slot in from..end.min(layout.slots()) {
        let Some(height) = heights.get(slot).filter(|height| **height > 0.0) else { continue };
        let (left, right) = layout.slot(slot);
        let gap = if right - left > 3.0 { 0.5 } else { 0.0 };
        let _ = write!(
            path,
            "M{} {HEIGHT}V{}H{}V{HEIGHT}z",
            round(left + gap),
            round(HEIGHT - height),
            round(right - gap)
        );
    }
    path
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Two to four round values between two ends, for labels below the plot.
pub fn ticks(low: f64, high: f64) -> Vec<f64> {
    if !(low.is_finite() && high.is_finite()) || high <= low {
        return if low.is_finite() { vec![low] } else { Vec::new() };
    }
    let rough = (high - low) / 3.0;
    let magnitude = 10_f64.powi(rough.log10().floor() as i32);
    let mut best = Vec::new();
    for factor in [1.0, 2.0, 2.5, 5.0, 10.0] {
        let step = factor * magnitude;
        let first = (low / step - 1e-9).ceil();
        let last = (high / step + 1e-9).floor();
        let count = last - first + 1.0;
        if (2.0..=4.0).contains(&count) {
            best = (0..count as u32).map(|index| (first + f64::from(index)) * step).collect();
            break;
        }
    }
    if best.is_empty() { vec![low, high] } else { best }
}

/// Moments between two ends, in milliseconds since 1970: the ends of even spans of days, hours
/// or minutes.
pub fn time_ticks(low: f64, high: f64) -> Vec<f64> {
    const SECOND: f64 = 1e3;
    const DAY: f64 = 86_400.0 * SECOND;
    const STEPS: [f64; 19] = [
        SECOND,
        10.0 * SECOND,
        60.0 * SECOND,
        600.0 * SECOND,
        1_800.0 * SECOND,
        3_600.0 * SECOND,
        10_800.0 * SECOND,
        21_600.0 * SECOND,
        43_200.0 * SECOND,
        DAY,
        2.0 * DAY,
        5.0 * DAY,
        10.0 * DAY,
        30.0 * DAY,
        90.0 * DAY,
        365.0 * DAY,
        1_000.0 * DAY,
        3_650.0 * DAY,
        36_500.0 * DAY,
    ];
    if !(low.is_finite() && high.is_finite()) || high <= low {
        return Vec::new();
    }
    for step in STEPS {
        let (first, last) = ((low / step).ceil(), (high / step).floor());
        let count = last - first + 1.0;
        if (2.0..=4.0).contains(&count) {
            return (0..count as u32).map(|index| (first + f64::from(index)) * step).collect();
        }
    }
    vec![low, high]
}

/// Of labels by their place, those that do not meet: one that would touch the one before it is left out, but the
/// last one stays. Labels are centred on their place, and moved inwards at the ends.
pub fn apart(labels: Vec<(f64, String)>) -> Vec<(f64, String)> {
    /// Width of a letter, and what is kept free between two labels.
    const LETTER: f64 = 6.6;
    const BETWEEN: f64 = 6.0;
    let ends = |(x, text): &(f64, String)| {
        let width = text.chars().count() as f64 * LETTER;
        let start = (x - width / 2.0).clamp(0.0, (WIDTH - width).max(0.0));
        (start, start + width)
    };
    let mut kept: Vec<(f64, String)> = Vec::new();
    let last = labels.len().saturating_sub(1);
    for (place, label) in labels.into_iter().enumerate() {
        let start = ends(&label).0;
        let meets = |other: &(f64, String)| start < ends(other).1 + BETWEEN;
        while place == last && kept.len() > 1 && kept.last().is_some_and(meets) {
            kept.pop();
        }
        if !kept.last().is_some_and(meets) {
            kept.push(label);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    #[test]
    fn labels_never_meet() {
        let label = |x: f64, text: &str| (x, text.to_owned());
        let texts =
            |labels: Vec<(f64, String)>| apart(labels).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts(vec![label(0.0, "0"), label(120.0, "5"), label(240.0, "10")]), ["0", "5", "10"]);
        let long = "-2000000000";
        assert_eq!(
            texts(vec![label(0.0, long), label(60.0, long), label(120.0, "0"), label(230.0, long)]),
            [long, "0", long]
        );
        assert_eq!(texts(vec![label(0.0, "0"), label(200.0, "1"), label(230.0, long)]), ["0", long]);
        assert_eq!(texts(Vec::new()), [""; 0]);
    }

    #[test]
    fn one_bin_that_dwarfs_the_others_is_noticed() {
        assert_eq!(Growth::fitting(&[1, 2, 900, 3, 4, 0]), Growth::Root);
        for even in [&[100, 200, 300, 300, 40][..], &[1, 900], &[]] {
            assert_eq!(Growth::fitting(even), Growth::Linear);
        }
    }

    use super::{
        Growth, HEIGHT, Layout, Measure, WIDTH, apart, bar_path, heights, step_path, ticks, time_ticks,
    };
    use proptest::prelude::*;

    const FOUR: Layout = Layout { bins: 4, below: false, above: false, detached: false };

    #[test]
    fn paths_are_steps_and_bars() {
        assert_eq!(step_path(FOUR, &[1.0, 0.0, 2.0, 40.0], true), "M0 40V39H60V40H120V38H180V0H240V40z");
        assert_eq!(bar_path(FOUR, &[1.0, 0.0, 2.0, 4.0], 1, 3), "M120.5 40V38H179.5V40z");
        let detached = Layout { bins: 2, detached: true, ..Layout::default() };
        assert_eq!(step_path(detached, &[1.0, 2.0, 3.0], true), "M0 40V39H111V38H222V40zM228 40V37H240V40z");
        let outliers = Layout { bins: 2, below: true, above: true, detached: false };
        assert_eq!(
            step_path(outliers, &[1.0, 2.0, 3.0, 4.0], true),
            "M0 40V39H12V40zM18 40V38H120V37H222V40zM228 40V36H240V40z"
        );
        let edges = [0.0, 1.0, 2.0];
        let places = [-7.0, 0.5, 2.0, 9.0].map(|value| outliers.place(&edges, None, value).unwrap());
        assert_eq!(places, [6.0, 69.0, 234.0, 234.0]);
        assert_eq!(FOUR.place(&[0.0, 1.0, 2.0, 3.0, 4.0], None, 9.0), None);
    }

    #[test]
    fn the_same_shape_has_the_same_height() {
        let both = heights(&[100, 300, 0], &[1, 3, 0], Measure::Share, Growth::Linear);
        assert_eq!(both.all, both.here);
        assert_eq!(both.all.last(), Some(&0.0));
        assert_eq!(heights(&[0, 0], &[0, 0], Measure::Share, Growth::Log).all, [0.0, 0.0]);
        assert_eq!(heights(&[5, 5], &[0, 0], Measure::Share, Growth::Linear).here, [0.0, 0.0]);
        let alone = heights(&[0, 0], &[2, 4], Measure::Share, Growth::Linear);
        assert_eq!((alone.all, alone.here), (vec![0.0, 0.0], vec![19.0, 38.0]));
        // Rows themselves are next to nothing beside a hundred times as many.
        let counts = heights(&[100, 300, 0], &[1, 300, 0], Measure::Count, Growth::Linear);
        assert_eq!(counts.all.get(1), counts.here.get(1));
        assert_eq!(counts.here.first(), Some(&1.0));
        let root = heights(&[900, 100, 0], &[0, 0, 0], Measure::Count, Growth::Root).all;
        assert!((root[0] / root[1] - 3.0).abs() < 1e-9, "a ninth of the rows is a third as high");
    }

    #[test]
    fn labels_are_round() {
        for (low, high, expected) in [
            (1.0, 30.0, vec![10.0, 20.0, 30.0]),
            (0.0, 1.0, vec![0.0, 0.5, 1.0]),
            (10.0, 150.0, vec![50.0, 100.0, 150.0]),
        ] {
            assert_eq!(ticks(low, high), expected);
        }
        assert_eq!(ticks(5.0, 5.0), [5.0]);
        let day = 86_400_000.0;
        assert_eq!(time_ticks(0.5 * day, 16.0 * day), [5.0 * day, 10.0 * day, 15.0 * day]);
    }

    proptest! {
        #[test]
        fn the_pointer_finds_the_bin_it_is_over(bins in 1_usize..200, below: bool, above: bool, detached: bool, at in 0.0_f64..1.0) {
            let layout = Layout { bins, below, above, detached };
            let slot = ((layout.slots() - 1) as f64 * at) as usize;
            let (left, right) = layout.slot(slot);
            prop_assert!(left < right && right <= WIDTH + 1e-9);
            prop_assert_eq!(layout.slot_at((left + right) / 2.0), slot);
            prop_assert!(layout.slot_at(at * 2.0 * WIDTH - 100.0) < layout.slots());
        }

        #[test]
        fn bars_stay_in_the_plot(
            counts in prop::collection::vec((0_u32.., 0_u32..), 1..100),
            growth in prop::sample::select(vec![Growth::Linear, Growth::Root, Growth::Log]),
            share: bool,
        ) {
            let (all, here): (Vec<u32>, Vec<u32>) = counts.into_iter().unzip();
            let both = heights(&all, &here, if share { Measure::Share } else { Measure::Count }, growth);
            for height in both.all.iter().chain(&both.here) {
                prop_assert!((0.0..=HEIGHT).contains(height));
            }
        }

        #[test]
        fn there_are_never_many_labels(low in -1e9_f64..1e9, span in 1e-6_f64..1e9) {
            prop_assert!(ticks(low, low + span).len() <= 4);
            prop_assert!(time_ticks(low, low + span).len() <= 4);
        }
    }
}
