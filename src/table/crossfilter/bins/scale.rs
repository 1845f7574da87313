//! Where the edges of a chart's bins are.

use super::MAX_BINS;
use crate::base::moment::Quantity;

/// Intervals that a chart of 240 pixels can show four pixels wide.
const WANTED_INTERVALS: f64 = 60.0;

/// What is further from the middle 98 % of the values than so many times their span is beyond the scale.
const FAR: f64 = 3.0;

/// A scale grows by as much of itself, to reach a column's end.
const NEAR: f64 = 0.25;

/// The least and the most of a column's values, the detached one left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Of all of them.
    all: (f64, f64),
    /// Of those that are finite.
    finite: (f64, f64),
}

impl Extent {
    pub(super) fn of(values: impl Iterator<Item = f64>, detached: Option<f64>) -> Self {
        const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);
        let wider = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
        let mut extent = Self { all: NOTHING, finite: NOTHING };
        for value in values.filter(|value| Some(*value) != detached) {
            // What is no number leaves both as they are.
            extent.all = wider(extent.all, value);
            if value.is_finite() {
                extent.finite = wider(extent.finite, value);
            }
        }
        extent
    }
}

/// Where the edges are.
#[derive(Clone, Debug)]
pub(super) struct BinScale {
    pub(super) edges: Vec<f64>,
    /// Whether there are values below the first edge, and from the last one up.
    pub(super) beyond: (bool, bool),
    width: f64,
    pub(super) detached: Option<f64>,
    pub(super) integer: bool,
    pub(super) quantity: Quantity,
    /// Whether the values have four bytes, so that ends are written with as many digits.
    pub(super) narrow: bool,
}

impl BinScale {
    pub(super) fn choose(
        detached: Option<f64>,
        quantity: Quantity,
        narrow: bool,
        (values, counts): (&[f64], &[u32]),
        extent: Extent,
    ) -> Self {
        let mut pairs: Vec<(f64, u64)> = values
            .iter()
            .zip(counts)
            .filter(|(value, count)| value.is_finite() && **count > 0 && Some(**value) != detached)
            .map(|(value, count)| (*value, u64::from(*count)))
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: u64 = pairs.iter().map(|(_, count)| count).sum();
        let quantile = |share: f64| {
            let mut left = (total as f64 * share) as u64;
            pairs
                .iter()
                .find(|(_, count)| {
                    let found = left < *count;
                    left = left.saturating_sub(*count);
                    found
                })
                .or(pairs.last())
                .map_or(0.0, |(value, _)| *value)
        };
        let (low, high) = (quantile(0.001), quantile(0.999));
        // A few more absurd values than those don't stretch the scale either.
        let (inner_low, inner_high) = (quantile(0.01), quantile(0.99));
        let fence = (inner_high - inner_low) * FAR;
        let (low, high) = if fence > 0.0 && fence.is_finite() {
            (low.max(inner_low - fence), high.min(inner_high + fence))
        } else {
            (low, high)
        };
        let integer = pairs.iter().all(|(value, _)| value.fract() == 0.0);
        let width = match quantity {
            Quantity::Number => number_width(high - low, integer),
            Quantity::Moment => time_width(high - low),
            Quantity::Clock | Quantity::Duration => time_width((high - low) * 1_000.0) / 1_000.0,
        };
        // Whole seconds are no closer together than that.
        let width = if integer { width.max(1.0) } else { width };
        // Numbers next to nothing lie closer together than a width can be written.
        let (width, low) =
            if width.is_normal() && (low / width).is_finite() { (width, low) } else { (1.0, 0.0) };
        let mut first = (low / width).floor();
        let mut count = ((high / width).floor() - first + 1.0).clamp(1.0, MAX_BINS as f64 - 3.0);
        // Where the ends are near, the scale reaches them.
        let most = (count * NEAR).floor().min((MAX_BINS as f64 - 3.0 - count) / 2.0);
        let more_below = first - (extent.finite.0 / width).floor();
        let more_above = (extent.finite.1 / width).floor() - (first + count - 1.0);
        if (0.0..=most).contains(&more_below) {
            first -= more_below;
            count += more_below;
        }
        if (0.0..=most).contains(&more_above) {
            count += more_above;
        }
        let edges: Vec<f64> = (0..=count as usize)
            .map(|place| {
                let edge = round((first + place as f64) * width);
                if narrow { f64::from(edge as f32) } else { edge }
            })
            .collect();
        let beyond = (
            edges.first().is_some_and(|edge| extent.all.0 < *edge),
            edges.last().is_some_and(|edge| extent.all.1 >= *edge),
        );
        Self { edges, beyond, width, detached, integer, quantity, narrow }
    }

    /// Bins in all.
    pub(super) fn bins(&self) -> usize {
        self.ordered() + usize::from(self.detached.is_some())
    }

    /// All but the detached one.
    pub(super) fn ordered(&self) -> usize {
        self.intervals() + self.first() + usize::from(self.beyond.1)
    }

    /// The first bin on the scale.
    pub(super) fn first(&self) -> usize {
        usize::from(self.beyond.0)
    }

    /// The lower edge of an ordered bin.
    pub(super) fn start(&self, bin: usize) -> f64 {
        bin.checked_sub(self.first()).map_or(f64::NEG_INFINITY, |place| self.edge(place))
    }

    pub(super) fn intervals(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    pub(super) fn edge(&self, place: usize) -> f64 {
        self.edges.get(place).copied().unwrap_or(f64::INFINITY)
    }

    pub(super) fn bin(&self, value: f64) -> u8 {
        let last = self.intervals() - 1;
        if value.is_nan() {
            return self.bins() as u8 + 1;
        }
        if Some(value) == self.detached {
            return self.ordered() as u8;
        }
        if self.beyond.0 && value < self.edge(0) {
            return 0;
        }
        if self.beyond.1 && value >= self.edge(last + 1) {
            return self.ordered() as u8 - 1;
        }
        // The quotient may be off by one at an edge; the edges themselves decide.
        let mut bin = ((value - self.edge(0)) / self.width).clamp(0.0, last as f64) as usize;
        while bin > 0 && value < self.edge(bin) {
            bin -= 1;
        }
        while bin < last && value >= self.edge(bin + 1) {
            bin += 1;
        }
        (bin + self.first()) as u8
    }
}

/// A width of 1, 2, 2.5 or 5 times a power of ten that makes about as many intervals as wanted.
fn number_width(span: f64, integer: bool) -> f64 {
    if integer && span < WANTED_INTERVALS {
        return 1.0;
    }
    if span <= 0.0 || !span.is_finite() {
        return 1.0;
    }
    let least = span / WANTED_INTERVALS;
    let power = 10f64.powf(least.log10().floor());
    let width = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| round(factor * power))
        .find(|width| *width >= least * 0.999 && (!integer || width.fract() == 0.0));
    width.unwrap_or(10.0 * power).max(if integer { 1.0 } else { 0.0 })
}

/// A width that clocks and calendars have.
fn time_width(span: f64) -> f64 {
    const MINUTE: f64 = 60_000.0;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    let widths = [
        1.0,
        1_000.0,
        MINUTE,
        5.0 * MINUTE,
        15.0 * MINUTE,
        HOUR,
        3.0 * HOUR,
        6.0 * HOUR,
        12.0 * HOUR,
        DAY,
        7.0 * DAY,
    ];
    widths.into_iter().find(|width| span / width <= WANTED_INTERVALS).unwrap_or_else(|| {
        // Beyond weeks, days in round numbers.
        (number_width(span / DAY, true) * DAY).max(DAY)
    })
}

/// Without the dust of binary fractions: twelve digits.
fn round(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}
