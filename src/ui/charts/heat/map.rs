//! The model of the map of two columns.

use crate::protocol::figure::{self, Drawn};
use crate::protocol::{Bins, Chart, Heat, Shape};
use crate::ui::store::facts;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Steps of the ramp, from one row to the most of any cell; each is as many times the one before.
pub const STEPS: u32 = 7;

/// The most cells that are drawn along one side; neighbours are put together until they fit.
const MAX_SIDE: usize = 24;

/// One side of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Its column.
    pub column: String,
    /// First and last bin of each step along the side.
    pub steps: Vec<(usize, usize)>,
    from: Vec<f64>,
    to: Vec<f64>,
}

/// The map.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// The column from left to right.
    pub across: Side,
    /// The column from below.
    pub up: Side,
    /// Rows of each cell, from the left and from below; the first side outermost.
    rows: Vec<u64>,
    /// The most rows of any cell.
    pub most: u64,
}

impl Side {
    fn new(column: &str, bins: &Bins) -> Self {
        let count = bins.from.len();
        let group = count.div_ceil(MAX_SIDE).max(1);
        let steps = (0..count).step_by(group).map(|first| (first, (first + group).min(count) - 1)).collect();
        Self { column: column.to_owned(), steps, from: bins.from.clone(), to: bins.to.clone() }
    }

    /// The values of a step.
    pub fn ends(&self, step: usize) -> Option<(f64, f64)> {
        let (first, last) = self.steps.get(step)?;
        Some((*self.from.get(*first)?, *self.to.get(*last)?))
    }

    /// The same in words.
    pub fn name(&self, step: usize) -> String {
        match self.ends(step) {
            Some((low, high)) if low == high => format!("{low}"),
            Some((low, high)) => format!("{low} – {high}"),
            None => String::new(),
        }
    }
}

impl Map {
    /// The map of two columns whose charts are there.
    pub fn new(heat: &Heat, charts: &BTreeMap<String, Arc<Chart>>) -> Option<Self> {
        let bins = |name: &str| match charts.get(name).map(|chart| &chart.shape) {
            Some(Shape::Bins(bins)) => Some(bins),
            Some(Shape::Categories { .. }) | None => None,
        };
        let across = Side::new(&heat.columns.0, bins(&heat.columns.0)?);
        let up = Side::new(&heat.columns.1, bins(&heat.columns.1)?);
        let count =
            |x: usize, y: usize| heat.counts.0.get(x * heat.up as usize + y).copied().map_or(0, u64::from);
        let mut rows = Vec::with_capacity(across.steps.len() * up.steps.len());
        for (x_first, x_last) in &across.steps {
            for (y_first, y_last) in &up.steps {
                let xs = *x_first..=*x_last;
                rows.push(xs.map(|x| (*y_first..=*y_last).map(|y| count(x, y)).sum::<u64>()).sum());
            }
        }
        let most = rows.iter().copied().max().unwrap_or(0);
        Some(Self { across, up, rows, most })
    }

    /// Rows of each step along the sides, as shares of the largest.
    pub fn margins(&self) -> (Vec<f64>, Vec<f64>) {
        let (width, height) = (self.across.steps.len(), self.up.steps.len());
        let across: Vec<u64> = (0..width).map(|x| (0..height).map(|y| self.at(x, y)).sum()).collect();
        let up: Vec<u64> = (0..height).map(|y| (0..width).map(|x| self.at(x, y)).sum()).collect();
        let shares = |sums: Vec<u64>| {
            let most = sums.iter().copied().max().unwrap_or(0).max(1) as f64;
            sums.into_iter().map(|sum| sum as f64 / most).collect()
        };
        (shares(across), shares(up))
    }

    /// The map as a drawing.
    pub fn drawn(&self) -> Drawn {
        let names = |side: &Side| (0..side.steps.len()).map(|step| side.name(step)).collect();
        let step = |rows: &u64| step(*rows, self.most).and_then(|step| u8::try_from(step).ok()).unwrap_or(0);
        Drawn::Heat(figure::Heat {
            columns: (facts::title(&self.across.column).to_owned(), facts::title(&self.up.column).to_owned()),
            across: names(&self.across),
            up: names(&self.up),
            cells: self.rows.iter().map(|rows| (*rows, step(rows))).collect(),
        })
    }

    /// Rows of a cell.
    pub fn at(&self, x: usize, y: usize) -> u64 {
        self.rows.get(x * self.up.steps.len() + y).copied().unwrap_or(0)
    }
}

/// The step of the ramp for so many of `most` rows; none where there are none.
pub fn step(rows: u64, most: u64) -> Option<u32> {
    let share = if most > 1 { (rows.max(1) as f64).ln() / (most as f64).ln() } else { 1.0 };
    let step = 1 + (share * f64::from(STEPS - 1)).round() as u32;
    (rows > 0).then(|| step.min(STEPS))
}
