//! Over time: numbers as bands of quantiles, names as shares.

use crate::protocol::display::{compact, share_of, tick};
use crate::protocol::plot::{Quantiles, Side as Bins};
use crate::protocol::texts::plot as texts;
use crate::ui::plot::boxes::Axis;
use crate::ui::plot::chart::{Ask, Cell, Chart, Kind, Table, below, no_number, stretches};
use crate::ui::plot::side::{Place, Side, Step};
use crate::ui::store::facts;
use crate::view::scene::{Anchor, Area, Ink, LETTER, Mark, Scene, fitted};

/// A span of time is at least this wide.
const LEAST_SPAN: f64 = 5.0;
/// Height of the plot, and of the bars of rows below it.
const PLOT: f64 = 240.0;
const BARS: f64 = 32.0;
/// The most names with a colour of their own.
const MOST_NAMES: usize = 6;

/// The middle half of the numbers of each span of time, and what lies around it.
pub fn band(of: &str, by: &Bins, numbers: &str, all: &[Quantiles], ask: Ask<'_>) -> Chart {
    // Quantiles can't be put together: each bin stays by itself.
    let side = Side::new(of, by, &ask.rows_of(all), usize::MAX);
    let title = facts::title(numbers).to_owned();
    let of_step = |step: &Step| step.bins.first().and_then(|bin| all.get(*bin)).copied();
    let boxes: Vec<Quantiles> = side.steps.iter().filter_map(of_step).collect();
    let both: Vec<Quantiles> = boxes.iter().chain(ask.boxes_beside()).copied().collect();
    let axis = Axis::of(&both, ask.asked.growth);
    let mut scene = Scene { width: ask.width, ..Scene::default() };
    let ticks = axis.ticks();
    let letters = ticks.iter().map(|value| tick(*value).chars().count()).max().unwrap_or(0);
    let left = (letters as f64 * LETTER + 10.0).clamp(36.0, 90.0);
    let columns = stretches(&side, left, ask.width - left);
    let top = 22.0;
    let base = top + PLOT;
    let place = |value: f64| base - axis.share(value) * PLOT;
    scene.words((0.0, 12.0), format!("{title} ↑"), Ink::Faint, Anchor::Start);
    for value in &ticks {
        scene.rect(Area::new(left, place(*value), ask.width - left, 1.0), Ink::Line);
        scene.words((left - 6.0, place(*value) + 4.0), tick(*value), Ink::Ink, Anchor::End);
    }
    let mut cells = Vec::new();
    let mut without = 0u64;
    let mut line = Vec::new();
    for (at, ((own, step), (from, wide))) in boxes.iter().zip(&side.steps).zip(&columns).enumerate() {
        without += u64::from(own.rows - own.numbers);
        let words = texts::numbers((&side.title, &step.name), &title, own);
        let dim = !side.is_chosen(at, ask.filters.get(&side.column));
        if own.numbers > 0 {
            let [_, q5, q25, median, q75, q95, _] = own.at.map(place);
            let area =
                |high: f64, low: f64| Area::new(*from, high, (wide - 0.5).max(0.5), (low - high).max(1.0));
            scene.mark(area(q95, q5), Ink::Ramp(1), dim, &words);
            scene.mark(area(q75, q25), Ink::Ramp(3), dim, &words);
            scene.mark(area(median - 1.0, median + 1.0), Ink::Ramp(7), dim, &words);
            line.push(Some((from + wide / 2.0, median)).filter(|_| step.place == Place::Scale && !dim));
        } else {
            line.push(None);
        }
        cells.push(Cell { area: Area::new(*from, top, *wide, PLOT + BARS + 8.0), words });
    }
    scene.marks.push(Mark::Line { points: line, ink: Ink::Ramp(7), dash: 0 });
    let counts: Vec<u64> = boxes.iter().map(|own| own.rows.into()).collect();
    let base = bars(&mut scene, (&side, &columns), &counts, base);
    scene.words_apart(base + 16.0, below(&side, &columns), Ink::Ink);
    scene.height = base + 24.0;
    let notes = [Some(texts::ABOUT_BANDS.to_owned()), no_number(&title, without)];
    Chart {
        scene,
        across: Some(side),
        up: None,
        cells,
        notes: notes.into_iter().flatten().collect(),
        kind: Kind::Band,
    }
}

/// The shares of names in each span of time.
pub fn stack(table: &Table<'_>, ask: Ask<'_>) -> Chart {
    let most = (((ask.width - 60.0) / LEAST_SPAN) as usize).clamp(8, 250);
    let (across, up, rows) = table.sides((most, MOST_NAMES));
    let height = up.steps.len();
    let at = |x: usize, y: usize| rows.get(x * height + y).copied().unwrap_or(0);
    let sums: Vec<u64> = (0..across.steps.len()).map(|x| (0..height).map(|y| at(x, y)).sum()).collect();
    let all: u64 = sums.iter().sum();
    let mut scene = Scene { width: ask.width, ..Scene::default() };
    let top = legend(&mut scene, &up, all, ask.asked.lines, &|y| (0..sums.len()).map(|x| at(x, y)).sum());
    let left = 44.0;
    let base = top + PLOT;
    let columns = stretches(&across, left, ask.width - left);
    for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let y = base - percent / 100.0 * PLOT;
        scene.rect(Area::new(left, y, ask.width - left, 1.0), Ink::Line);
        scene.words((left - 6.0, y + 4.0), format!("{percent} %"), Ink::Ink, Anchor::End);
    }
    let chosen = |side: &Side, step: usize| side.is_chosen(step, ask.filters.get(&side.column));
    let mut cells = Vec::with_capacity(rows.len());
    let mut lines: Vec<Vec<Option<(f64, f64)>>> = vec![Vec::new(); height];
    for (x, ((from, wide), (x_step, sum))) in columns.iter().zip(across.steps.iter().zip(&sums)).enumerate() {
        let mut below = 0u64;
        for (y, y_step) in up.steps.iter().enumerate() {
            let count = at(x, y);
            let part = |rows: u64| rows as f64 / (*sum).max(1) as f64 * PLOT;
            let (low, high) = (base - part(below), base - part(below + count));
            let (own_x, own_y) =
                ((across.title.as_str(), x_step.name.as_str()), (up.title.as_str(), y_step.name.as_str()));
            let words = texts::share(own_x, own_y, count, *sum);
            let mut area = Area::new(*from, high, *wide, low - high);
            if ask.asked.lines {
                // A line has a cell around each of its points.
                let middle = base - part(count);
                area = Area::new(*from, middle - 6.0, *wide, 12.0);
                let point = Some((from + wide / 2.0, middle));
                let gap = x_step.place != Place::Scale;
                if let Some(line) = lines.get_mut(y) {
                    if gap {
                        line.push(None);
                    }
                    line.push(point.filter(|_| *sum > 0));
                }
                if gap && *sum > 0 {
                    let dot = Area::new(from + wide / 2.0 - 3.0, middle - 1.5, 6.0, 3.0);
                    scene.mark(dot, ink(&up, y), false, &words);
                }
            } else if count > 0 {
                let dim = !(chosen(&across, x) && chosen(&up, y));
                let drawn = Area::new(*from, high, (wide - 0.5).max(0.5), (low - high - 0.5).max(0.3));
                scene.mark(drawn, ink(&up, y), dim, &words);
            }
            below += count;
            cells.push(Cell { area, words });
        }
    }
    for (y, points) in lines.into_iter().enumerate().filter(|(_, points)| !points.is_empty()) {
        scene.marks.push(Mark::Line { points, ink: ink(&up, y), dash: dash(y) });
    }
    let base = bars(&mut scene, (&across, &columns), &sums, base);
    scene.words_apart(base + 16.0, below(&across, &columns), Ink::Ink);
    scene.height = base + 24.0;
    Chart { scene, across: Some(across), up: Some(up), cells, notes: Vec::new(), kind: Kind::Stack }
}

/// The rows of each span of time, as bars; where they end.
fn bars(scene: &mut Scene, (side, columns): (&Side, &[(f64, f64)]), counts: &[u64], top: f64) -> f64 {
    let base = top + 8.0 + BARS;
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    for ((from, wide), (step, count)) in columns.iter().zip(side.steps.iter().zip(counts)) {
        let high = (*count as f64 / most as f64 * BARS).max(if *count > 0 { 1.0 } else { 0.0 });
        let words = format!("{} {}: {}", side.title, step.name, compact(*count));
        scene.mark(Area::new(*from, base - high, (wide - 0.5).max(0.5), high), Ink::Edge, false, &words);
    }
    scene.words((0.0, base - BARS + 10.0), texts::ROWS, Ink::Faint, Anchor::Start);
    base
}

/// The names with their colours and their shares of all rows; where it ends.
fn legend(scene: &mut Scene, up: &Side, all: u64, lines: bool, rows: &dyn Fn(usize) -> u64) -> f64 {
    const SWATCH: f64 = 18.0;
    let (mut x, mut y) = (0.0, 12.0);
    for (at, step) in up.steps.iter().enumerate() {
        let words = format!("{} {}", fitted(&step.name, 180.0), share_of(rows(at), all));
        let width = SWATCH + 6.0 + words.chars().count() as f64 * LETTER + 14.0;
        if x > 0.0 && x + width > scene.width {
            (x, y) = (0.0, y + 18.0);
        }
        if lines {
            let points = vec![Some((x, y - 4.0)), Some((x + SWATCH, y - 4.0))];
            scene.marks.push(Mark::Line { points, ink: ink(up, at), dash: dash(at) });
        } else {
            scene.rect(Area::new(x, y - 9.0, SWATCH, 10.0), ink(up, at));
        }
        scene.words((x + SWATCH + 6.0, y), words, Ink::Ink, Anchor::Start);
        x += width;
    }
    y + 14.0
}

/// The colour of a name: the commonest the strongest, what is no single value pale.
fn ink(up: &Side, at: usize) -> Ink {
    match up.steps.get(at).map(|step| step.place) {
        Some(Place::Scale) => Ink::Ramp(7 - (at as u8).min(6)),
        Some(Place::Others) => Ink::Edge,
        Some(Place::Beside | Place::None | Place::NotANumber) | None => Ink::All,
    }
}

fn dash(at: usize) -> u8 {
    (at % 4) as u8
}
