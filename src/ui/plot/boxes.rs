//! Numbers by names: a box with quantiles for each name.

use crate::protocol::display::{compact, tick};
use crate::protocol::plot::{Quantiles, Side as Bins};
use crate::protocol::texts::plot as texts;
use crate::ui::charts::plot::range_of;
use crate::ui::plot::chart::{Ask, Cell, Chart, Kind, no_number};
use crate::ui::plot::side::{Place, Side, Step};
use crate::ui::store::facts;
use crate::view::chart::{self, Growth};
use crate::view::scene::{Anchor, Area, Ink, LETTER, Scene, fitted};
use crate::view::spec::Bound;

/// The most boxes.
const MOST: usize = 30;
/// From one box to the next, and the height of a box.
const LINE: f64 = 26.0;
const BOX: f64 = 12.0;
/// Room for the number of rows behind each.
const COUNTS: f64 = 64.0;

/// The chart.
pub fn boxes(of: &str, by: &Bins, numbers: &str, all: &[Quantiles], ask: Ask<'_>) -> Chart {
    let mut side = Side::new(of, by, &ask.rows_of(all), MOST);
    let rows: Vec<u64> = all.iter().map(|own| own.rows.into()).collect();
    let title = facts::title(numbers).to_owned();
    // Quantiles of several values are not those of each: what has no box of its own is counted below.
    let rest = side.steps.iter().find(|step| step.place == Place::Others).cloned();
    side.steps.retain(|step| step.place != Place::Others);
    let of_step = |step: usize| {
        let bin = side.steps.get(step).and_then(|step| step.bins.first());
        bin.and_then(|bin| all.get(*bin)).copied()
    };
    let boxes: Vec<Quantiles> = (0..side.steps.len()).filter_map(of_step).collect();
    let beside = |step: &Step| step.bins.first().and_then(|bin| ask.boxes_beside().get(*bin)).copied();
    let both: Vec<Quantiles> = boxes.iter().copied().chain(side.steps.iter().filter_map(beside)).collect();
    let axis = Axis::of(&both, ask.asked.growth);

    let mut scene = Scene { width: ask.width, ..Scene::default() };
    let letters = side.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(0);
    let left = (letters as f64 * LETTER + 12.0).clamp(48.0, ask.width * 0.34);
    let (from, to) = (left + 4.0, ask.width - COUNTS - 4.0);
    let place = |value: f64| from + axis.share(value) * (to - from);
    let top = 22.0;
    let base = top + LINE * boxes.len() as f64;
    scene.words((ask.width, 12.0), texts::ROWS, Ink::Faint, Anchor::End);
    scene.words((0.0, 12.0), side.title.clone(), Ink::Faint, Anchor::Start);
    // The range of the numbers that the view asks for.
    if let Some(range) = range_of(ask.filters.get(numbers)) {
        let end = |end: &Option<Bound>, open: f64| end.as_ref().map_or(open, |end| place(end.start()));
        let (low, high) = (end(&range.low, from), end(&range.high, to));
        scene.mark(Area::new(low, top, (high - low).max(2.0), base - top), Ink::All, true, "");
    }
    for value in axis.ticks() {
        scene.rect(Area::new(place(value), top, 1.0, base - top), Ink::Line);
    }
    let mut cells = Vec::new();
    let mut without = 0u64;
    for (at, (own, step)) in boxes.iter().zip(&side.steps).enumerate() {
        without += u64::from(own.rows - own.numbers);
        let words = texts::numbers((&side.title, &step.name), &title, own);
        let area = Area::new(0.0, top + LINE * at as f64, ask.width, LINE);
        let dim = !side.is_chosen(at, ask.filters.get(&side.column));
        let middle = area.y + LINE / 2.0;
        let ink = if dim { Ink::Faint } else { Ink::Ink };
        scene.words((left - 6.0, middle + 4.0), fitted(&step.name, left - 8.0), ink, Anchor::End);
        if own.numbers > 0 {
            let [_, q5, q25, median, q75, q95, _] = own.at.map(place);
            scene.mark(Area::new(q5, middle - 0.75, (q95 - q5).max(1.0), 1.5), Ink::Edge, dim, &words);
            for end in [q5, q95] {
                scene.mark(Area::new(end - 0.75, middle - 4.0, 1.5, 8.0), Ink::Edge, dim, "");
            }
            let wide = (q75 - q25).max(2.0);
            scene.mark(Area::new(q25, middle - BOX / 2.0, wide, BOX), Ink::Ramp(3), dim, &words);
            scene.mark(
                Area::new(median - 1.5, middle - BOX / 2.0 - 2.0, 3.0, BOX + 4.0),
                Ink::Ramp(7),
                dim,
                &words,
            );
        }
        let count = compact(own.rows.into());
        scene.words((ask.width, middle + 4.0), count, Ink::Faint, Anchor::End);
        cells.push(Cell { area, words });
    }
    let ticks = axis.ticks().into_iter().map(|value| (place(value), tick(value))).collect();
    scene.words_apart(base + 16.0, ticks, Ink::Ink);
    scene.words((to, base + 34.0), format!("{title} →"), Ink::Faint, Anchor::End);
    scene.height = base + 40.0;
    let left_out = rest.map(|rest| {
        let rows = rest.bins.iter().filter_map(|bin| rows.get(*bin)).sum();
        texts::left_out(&side.title, &rest.name, rows)
    });
    let notes = [Some(texts::ABOUT_BOXES.to_owned()), no_number(&title, without), left_out];
    Chart {
        scene,
        across: None,
        up: Some(side),
        cells,
        notes: notes.into_iter().flatten().collect(),
        kind: Kind::Boxes,
    }
}

/// A scale of numbers, from the least of what is drawn to the most.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    low: f64,
    high: f64,
    growth: Growth,
}

impl Axis {
    /// The scale of these boxes, which begin at 5 % of the numbers and end at 95 %.
    pub fn of(boxes: &[Quantiles], growth: Option<Growth>) -> Self {
        let ends = |place: usize| {
            boxes.iter().filter_map(move |own| own.at.get(place).copied()).filter(|end| end.is_finite())
        };
        let (low, high) = (ends(1).fold(f64::INFINITY, f64::min), ends(5).fold(f64::NEG_INFINITY, f64::max));
        let (low, high) = match (low <= high, low < high) {
            (false, _) => (0.0, 1.0),
            (true, false) => (low - 1.0, high + 1.0),
            (true, true) => (low, high),
        };
        // Roots and logarithms are of what is not below nothing.
        let growth = growth.filter(|_| low >= 0.0).unwrap_or(Growth::Linear);
        Self { low, high, growth }
    }

    /// Where a number lies, from 0 to 1; beyond the ends at them.
    pub fn share(self, value: f64) -> f64 {
        let Self { low, high, growth } = self;
        let of = |value: f64| growth.of(value);
        // Halves, so that the largest numbers have a difference.
        let span = of(high) / 2.0 - of(low) / 2.0;
        let share = (of(value.clamp(low, high)) / 2.0 - of(low) / 2.0) / span;
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 }
    }

    /// Round numbers on it.
    pub fn ticks(self) -> Vec<f64> {
        let Self { low, high, growth } = self;
        let powers = || {
            let power = |power: i32| 10_f64.powi(power);
            let ticks = (-3..=15).map(power).filter(|tick| (low..=high).contains(tick));
            ticks.collect::<Vec<f64>>()
        };
        let ticks = if growth == Growth::Log { powers() } else { Vec::new() };
        let ticks = if ticks.len() >= 2 { ticks } else { chart::ticks(low, high) };
        ticks.into_iter().filter(|tick| (low..=high).contains(tick)).collect()
    }
}
