//! Numbers by numbers: each cell as dark as it has rows.

use crate::protocol::display::compact;
use crate::protocol::texts::plot as texts;
use crate::ui::plot::chart::{Ask, Cell, Chart, Kind, Table, below, stretches};
use crate::ui::plot::side::{Place, Side};
use crate::view::chart::Growth;
use crate::view::plot::{shade, shades};
use crate::view::scene::{Anchor, Area, Ink, LETTER, RAMP, Scene};

/// A cell is at least this wide, and at most this high.
const LEAST_CELL: f64 = 9.0;
const MOST_CELL: f64 = 20.0;
/// The most cells one above the other.
const MOST_UP: usize = 40;
/// Height of the legend, and of the bars above and beside the cells.
const LEGEND: f64 = 40.0;
const BARS: f64 = 28.0;

/// The chart.
pub fn density(table: &Table<'_>, ask: Ask<'_>) -> Chart {
    let growth = ask.asked.growth.unwrap_or(Growth::Root);
    let most_across = (((ask.width - 120.0) / LEAST_CELL) as usize).clamp(8, 60);
    let (across, up, rows) = table.sides((most_across, MOST_UP));
    let height = up.steps.len();
    let at = |x: usize, y: usize| rows.get(x * height + y).copied().unwrap_or(0);
    let most = rows.iter().copied().max().unwrap_or(0);
    let mut scene = Scene { width: ask.width, ..Scene::default() };

    let letters = up.steps.iter().map(|step| step.short.chars().count()).max().unwrap_or(0);
    let left = (letters as f64 * LETTER + 10.0).clamp(36.0, 120.0);
    let top = LEGEND + BARS + 4.0;
    let width = ask.width - left - BARS - 8.0;
    let columns = stretches(&across, left, width);
    let each = columns.iter().map(|(_, length)| *length).fold(MOST_CELL, f64::min);
    let lines = stretches(&up, 0.0, (each * 0.8).clamp(LEAST_CELL, MOST_CELL) * height as f64);
    let base = top + lines.last().map_or(0.0, |(from, length)| from + length);

    legend(&mut scene, most, growth);
    scene.words((0.0, LEGEND + 12.0), format!("{} ↑", up.title), Ink::Faint, Anchor::Start);
    let gap = if each > 6.0 { 1.0 } else { 0.0 };
    let sums = |of: &dyn Fn(usize) -> u64, count: usize| -> Vec<f64> {
        let sums: Vec<u64> = (0..count).map(of).collect();
        let most = sums.iter().copied().max().unwrap_or(0).max(1) as f64;
        sums.into_iter().map(|sum| growth.of(sum as f64) / growth.of(most)).collect()
    };
    let of_across = sums(&|x| (0..height).map(|y| at(x, y)).sum(), columns.len());
    let of_up = sums(&|y| (0..columns.len()).map(|x| at(x, y)).sum(), height);
    for ((from, length), share) in columns.iter().zip(of_across) {
        let high = (share * (BARS - 4.0)).max(if share > 0.0 { 1.0 } else { 0.0 });
        scene.rect(Area::new(*from, top - 4.0 - high, length - gap, high), Ink::Edge);
    }
    let right = columns.last().map_or(left, |(from, length)| from + length) + 4.0;
    for ((from, length), share) in lines.iter().zip(of_up) {
        let long = (share * (BARS - 4.0)).max(if share > 0.0 { 1.0 } else { 0.0 });
        scene.rect(Area::new(right, base - from - length, long, length - gap), Ink::Edge);
    }
    let chosen = |side: &Side, step: usize| side.is_chosen(step, ask.filters.get(&side.column));
    let mut cells = Vec::with_capacity(rows.len());
    for (x, (x_from, wide)) in columns.iter().enumerate() {
        for (y, (y_from, high)) in lines.iter().enumerate() {
            let area = Area::new(*x_from, base - y_from - high, *wide, *high);
            let count = at(x, y);
            let words = words(&across, x, &up, y, count);
            let step = shade(count, most, growth, RAMP);
            if step > 0 {
                let drawn = Area::new(area.x, area.y, area.width - gap, area.height - gap);
                let dim = !(chosen(&across, x) && chosen(&up, y));
                scene.mark(drawn, Ink::Ramp(step), dim, &words);
            }
            cells.push(Cell { area, words });
        }
    }
    scene.rect(Area::new(left - 1.0, top, 1.0, base - top), Ink::Line);
    scene.rect(Area::new(left - 1.0, base, right - left - 3.0, 1.0), Ink::Line);
    // Names beside the cells: as many as have room.
    let step = lines.first().map_or(1.0, |(_, length)| *length);
    let every = (16.0 / step.max(1.0)).ceil().max(1.0) as usize;
    let mut last = f64::INFINITY;
    for (y, ((from, length), step)) in lines.iter().zip(&up.steps).enumerate() {
        let middle = base - from - length / 2.0 + 4.0;
        if (y % every == 0 || step.place != Place::Scale) && last - middle >= 11.0 {
            scene.words((left - 6.0, middle), step.short.clone(), Ink::Ink, Anchor::End);
            last = middle;
        }
    }
    scene.words_apart(base + 16.0, below(&across, &columns), Ink::Ink);
    scene.words((ask.width, base + 34.0), format!("{} →", across.title), Ink::Faint, Anchor::End);
    scene.height = base + 40.0;
    Chart { scene, across: Some(across), up: Some(up), cells, notes: Vec::new(), kind: Kind::Density }
}

/// What a cell of two columns stands for.
pub fn words(across: &Side, x: usize, up: &Side, y: usize, rows: u64) -> String {
    let name =
        |side: &Side, step: usize| side.steps.get(step).map(|step| step.name.clone()).unwrap_or_default();
    texts::cell((&across.title, &name(across, x)), (&up.title, &name(up, y)), rows)
}

/// The colours with the fewest rows of each.
fn legend(scene: &mut Scene, most: u64, growth: Growth) {
    const SWATCH: f64 = 36.0;
    let steps = shades(most, growth, RAMP);
    let left = scene.width - SWATCH * steps.len() as f64;
    scene.words((left - 8.0, 18.0), texts::ROWS_A_CELL, Ink::Faint, Anchor::End);
    for (at, (step, from)) in steps.iter().enumerate() {
        let x = left + SWATCH * at as f64;
        scene.rect(Area::new(x, 10.0, SWATCH - 1.0, 9.0), Ink::Ramp(*step));
        scene.words((x, 31.0), compact(*from).replace(' ', ""), Ink::Faint, Anchor::Start);
    }
}
