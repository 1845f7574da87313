//! Two columns against each other.

use super::{MARGIN, Svg, WIDTH, cut};
use crate::protocol::display::{compact, thousands};
use crate::protocol::figure::{Colours, Heat};

/// Room for the names at the left.
const NAMES: f64 = 84.0;

/// A cell is at most this high.
const MAX_CELL: f64 = 28.0;

/// Draws it below `top`; where it ends.
pub fn draw(svg: &mut Svg, chart: &Heat, top: f64) -> f64 {
    let Heat { columns, across, up, cells } = chart;
    let Colours { ink, faint, line, ramp, .. } = svg.colours.clone();
    let left = MARGIN + NAMES;
    let width = (WIDTH - MARGIN - left) / across.len().max(1) as f64;
    let height = width.min(MAX_CELL);
    svg.words((MARGIN, top), &format!("{}, upwards", columns.1), &faint, "");
    let most = cells.iter().map(|(rows, _)| *rows).max().unwrap_or(0);
    let legend = WIDTH - MARGIN - 16.0 * ramp.len() as f64 - 56.0;
    svg.words((legend - 6.0, top), "1", &faint, "text-anchor=\"end\"");
    for (at, fill) in ramp.iter().enumerate() {
        svg.rect((legend + 16.0 * at as f64, top - 10.0), (15.0, 12.0), fill, "");
    }
    svg.words((WIDTH - MARGIN, top), &compact(most), &faint, "text-anchor=\"end\"");
    let top = top + 14.0;
    let base = top + height * up.len() as f64;
    svg.group("cells");
    for (x, x_name) in across.iter().enumerate() {
        for (y, y_name) in up.iter().enumerate() {
            let Some((rows, step)) = cells.get(x * up.len() + y) else { continue };
            let Some(fill) = usize::from(*step).checked_sub(1).and_then(|step| ramp.get(step)) else {
                continue;
            };
            let title = format!("{} {x_name}, {} {y_name}: {}", columns.0, columns.1, thousands(*rows));
            let at = (left + width * x as f64, base - height * (y + 1) as f64);
            svg.rect(at, (width - 1.0, height - 1.0), fill, &title);
        }
    }
    svg.end_group();
    svg.line((left, base), (WIDTH - MARGIN, base), &line);
    svg.line((left, top), (left, base), &line);
    for (y, name) in up.iter().enumerate() {
        let at = (left - 8.0, base - height * (y as f64 + 0.5) + 4.0);
        svg.words(at, &cut(name, 14), &ink, "text-anchor=\"end\" font-size=\"11\"");
    }
    // As many names as have room.
    let every = (48.0 / width).ceil().max(1.0) as usize;
    for (x, name) in across.iter().enumerate().step_by(every) {
        let at = (left + width * (x as f64 + 0.5), base + 16.0);
        svg.words(at, &cut(name, 9), &ink, "text-anchor=\"middle\" font-size=\"11\"");
    }
    svg.words((WIDTH - MARGIN, base + 34.0), &columns.0, &faint, "text-anchor=\"end\"");
    base + 34.0
}
