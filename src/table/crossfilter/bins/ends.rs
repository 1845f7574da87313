//! Which ends a range must have to hold exactly the rows of a bin.

use super::Bins;
use super::scale::BinScale;
use crate::base::moment::Quantity;
use crate::table::filter::widen;

/// What is seen of the values of each bin, to give ranges exact ends.
pub(super) struct Ends {
    highest: Vec<f64>,
    lowest: Vec<f64>,
    /// Whether a value stands exactly on the bin's lower edge.
    on_edge: Vec<bool>,
    below: u32,
    above: u32,
}

impl Ends {
    pub(super) fn new(scale: &BinScale) -> Self {
        let bins = scale.ordered();
        Self {
            highest: vec![f64::NEG_INFINITY; bins],
            lowest: vec![f64::INFINITY; bins],
            on_edge: vec![false; bins],
            below: 0,
            above: 0,
        }
    }

    pub(super) fn see(&mut self, bin: u8, value: f64, count: u32, scale: &BinScale) {
        let bin = usize::from(bin);
        let (Some(highest), Some(lowest), Some(on_edge)) =
            (self.highest.get_mut(bin), self.lowest.get_mut(bin), self.on_edge.get_mut(bin))
        else {
            return;
        };
        if count == 0 {
            return;
        }
        *highest = highest.max(value);
        *lowest = lowest.min(value);
        *on_edge |= value == scale.start(bin);
        if value < scale.edge(0) {
            self.below += count;
        } else if value >= scale.edge(scale.intervals()) {
            self.above += count;
        }
    }

    pub(super) fn finish(self, scale: BinScale) -> Bins {
        let last = scale.ordered() - 1;
        let least = self.lowest.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.highest.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let written = |value: f64| if scale.narrow { widen(value as f32) } else { value };
        let mut from = Vec::with_capacity(last + 2);
        let mut to = Vec::with_capacity(last + 2);
        let mut highest_so_far = f64::NEG_INFINITY;
        for bin in 0..=last {
            let (edge, next) = (scale.start(bin), scale.start(bin + 1));
            let lowest = self.lowest.get(bin).copied().unwrap_or(f64::INFINITY);
            let start = if edge.is_finite() { edge } else { lowest };
            from.push(written(start));
            highest_so_far = highest_so_far.max(self.highest.get(bin).copied().unwrap_or(f64::NEG_INFINITY));
            let beyond = bin == last && scale.beyond.1;
            let end = if scale.quantity == Quantity::Moment {
                if beyond { highest_so_far + 1.0 } else { next }
            } else if beyond {
                highest_so_far
            } else if scale.integer {
                next - 1.0
            } else if bin == last && highest_so_far <= start {
                // All of its values stand on its lower edge: 1, not the 1.02 where the scale ends.
                start
            } else if bin == last || !self.on_edge.get(bin + 1).copied().unwrap_or(false) {
                // Nothing stands on the edge, or it would be in this bin: the round number serves.
                next
            } else {
                highest_so_far.max(start)
            };
            to.push(written(end));
        }
        if let Some(value) = scale.detached {
            from.push(value);
            to.push(value);
        }
        Bins {
            edges: scale.edges.iter().map(|edge| written(*edge)).collect(),
            from,
            to,
            least: written(least),
            most: written(most),
            quantity: scale.quantity,
            integer: scale.integer,
            detached: scale.detached,
            below: self.below,
            above: self.above,
        }
    }
}
