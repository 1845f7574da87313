//! Names by names: a table of shares, with counts.

use crate::protocol::display::{compact, share_of, thousands};
use crate::protocol::texts::plot as texts;
use crate::ui::plot::chart::{Ask, Cell, Chart, Kind, Table};
use crate::ui::plot::side::Side;
use crate::view::plot::Shares;
use crate::view::scene::{Anchor, Area, Ink, LETTER, Scene, fitted};

/// The most lines.
const MOST: usize = 24;
/// Height of a line, and the least width of a column.
const LINE: f64 = 36.0;
const LEAST_COLUMN: f64 = 64.0;
const MOST_COLUMN: f64 = 120.0;

/// The chart.
pub fn shares(table: &Table<'_>, ask: Ask<'_>) -> Chart {
    let gutter = (ask.width * 0.26).clamp(72.0, 180.0);
    // The last column is that of the sums; one may be that of no value, one that of all others.
    let room = ((ask.width - gutter) / LEAST_COLUMN) as usize;
    let most = room.saturating_sub(3).clamp(1, MOST);
    let (across, up, rows) = table.sides((most, MOST));
    let (width, height) = (across.steps.len(), up.steps.len());
    let at = |x: usize, y: usize| rows.get(x * height + y).copied().unwrap_or(0);
    let of_column: Vec<u64> = (0..width).map(|x| (0..height).map(|y| at(x, y)).sum()).collect();
    let of_line: Vec<u64> = (0..height).map(|y| (0..width).map(|x| at(x, y)).sum()).collect();
    let all: u64 = of_line.iter().sum();
    let whole = |x: usize, y: usize| match ask.asked.shares {
        Shares::All => all,
        Shares::Lines => of_line.get(y).copied().unwrap_or(0),
        Shares::Columns => of_column.get(x).copied().unwrap_or(0),
    };

    let mut scene = Scene { width: ask.width, ..Scene::default() };
    let letters = up.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(0);
    let left = (letters as f64 * LETTER + 10.0).clamp(48.0, gutter);
    let column = ((ask.width - left) / (width + 1) as f64).min(MOST_COLUMN);
    let right = |x: usize| left + column * (x + 1) as f64 - 8.0;
    let top = 36.0;
    scene.words((0.0, 12.0), up.title.clone(), Ink::Faint, Anchor::Start);
    scene.words(
        (left + column * (width + 1) as f64 - 8.0, 12.0),
        across.title.clone(),
        Ink::Faint,
        Anchor::End,
    );
    for (x, step) in across.steps.iter().enumerate() {
        scene.words((right(x), 28.0), fitted(&step.name, column - 18.0), Ink::Ink, Anchor::End);
    }
    scene.words((right(width), 28.0), texts::ALL, Ink::Faint, Anchor::End);
    let end = left + column * (width + 1) as f64;
    let chosen = |side: &Side, step: usize| side.is_chosen(step, ask.filters.get(&side.column));
    let mut cells = Vec::with_capacity(rows.len());
    let largest = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
    let largest = largest.map(|(x, y)| at(x, y) as f64 / whole(x, y).max(1) as f64).fold(0.0, f64::max);
    for (x, x_step) in across.steps.iter().enumerate() {
        for (y, y_step) in up.steps.iter().enumerate() {
            let count = at(x, y);
            let (own_x, own_y) =
                ((across.title.as_str(), x_step.name.as_str()), (up.title.as_str(), y_step.name.as_str()));
            let words = texts::share(own_x, own_y, count, whole(x, y));
            let area = Area::new(left + column * x as f64, top + LINE * y as f64, column, LINE);
            let dim = !(chosen(&across, x) && chosen(&up, y));
            if count > 0 {
                let share = count as f64 / whole(x, y).max(1) as f64 / largest.max(f64::MIN_POSITIVE);
                let long = (share * (column - 10.0)).max(1.0);
                let bar = Area::new(right(x) - long, area.y + LINE - 6.0, long, 4.0);
                scene.mark(bar, Ink::Ramp(5), dim, &words);
            }
            let (ink, faint) =
                if dim || count == 0 { (Ink::Faint, Ink::Faint) } else { (Ink::Ink, Ink::Faint) };
            scene.words((right(x), area.y + 13.0), share_of(count, whole(x, y)), ink, Anchor::End);
            scene.words((right(x), area.y + 26.0), compact(count), faint, Anchor::End);
            cells.push(Cell { area, words });
        }
    }
    for (y, step) in up.steps.iter().enumerate() {
        let line = top + LINE * y as f64;
        scene.rect(Area::new(0.0, line, end, 1.0), Ink::Line);
        scene.words((0.0, line + 20.0), fitted(&step.name, left - 6.0), Ink::Ink, Anchor::Start);
        let sum = of_line.get(y).copied().unwrap_or(0);
        scene.words((right(width), line + 13.0), share_of(sum, all), Ink::Faint, Anchor::End);
        scene.words((right(width), line + 26.0), compact(sum), Ink::Faint, Anchor::End);
    }
    let base = top + LINE * height as f64;
    scene.rect(Area::new(0.0, base, end, 1.0), Ink::Line);
    scene.words((0.0, base + 20.0), texts::ALL, Ink::Faint, Anchor::Start);
    for (x, sum) in of_column.iter().enumerate() {
        scene.words((right(x), base + 13.0), share_of(*sum, all), Ink::Faint, Anchor::End);
        scene.words((right(x), base + 26.0), compact(*sum), Ink::Faint, Anchor::End);
    }
    scene.words((right(width), base + 20.0), thousands(all), Ink::Faint, Anchor::End);
    scene.height = base + LINE;
    Chart { scene, across: Some(across), up: Some(up), cells, notes: Vec::new(), kind: Kind::Shares }
}
