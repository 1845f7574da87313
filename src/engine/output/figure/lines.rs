//! Values from one place to the next, as lines that differ by more than colour.

use super::{MARGIN, Svg, WIDTH, round};
use crate::protocol::display::number;
use crate::protocol::figure::{Colours, Lines};

/// Height of the plot.
const HEIGHT: f64 = 220.0;

/// Room for the scale.
const SCALE_WIDTH: f64 = 32.0;

/// How lines differ.
const DASHES: [&str; 4] = ["", "6 3", "2 2", "8 3 2 3"];

/// Draws it below `top`; where it ends.
pub fn draw(svg: &mut Svg, chart: &Lines, top: f64) -> f64 {
    let Lines { across, places, lines, scale: (least, most) } = chart;
    let Colours { ink, faint, line, accent, .. } = svg.colours.clone();
    let (left, right, base) = (MARGIN + SCALE_WIDTH, WIDTH - MARGIN, top + HEIGHT);
    let span = (most - least).max(f64::MIN_POSITIVE);
    let y = |value: f64| base - ((value - least) / span).clamp(0.0, 1.0) * HEIGHT;
    let x = |at: usize| left + (right - left) * at as f64 / places.len().saturating_sub(1).max(1) as f64;
    for step in 0..=6 {
        let value = least + span * f64::from(step) / 6.0;
        svg.line((left, y(value)), (right, y(value)), &line);
        svg.words((left - 8.0, y(value) + 4.0), &number(value), &faint, "text-anchor=\"end\"");
    }
    for (at, (name, values)) in lines.iter().enumerate() {
        let stroke = if at == 0 {
            &accent
        } else if at == 1 {
            &ink
        } else {
            &faint
        };
        let dash = DASHES.get(at % DASHES.len()).copied().unwrap_or_default();
        let mut d = String::new();
        let mut pen = 'M';
        for (place, value) in values.iter().enumerate() {
            match value {
                Some(value) => {
                    d.push_str(&format!("{pen}{} {}", round(x(place)), round(y(*value))));
                    pen = 'L';
                }
                None => pen = 'M',
            }
        }
        let stroke = svg.escaped(stroke);
        let style = format!(
            "data-layer=\"line\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\""
        );
        svg.path(&d, &style);
        let key = left + 150.0 * at as f64;
        svg.path(&format!("M{} {}h28", round(key), round(base + 44.0)), &style);
        svg.words((key + 36.0, base + 48.0), name, &faint, "");
    }
    for (at, place) in places.iter().enumerate() {
        svg.words((x(at), base + 18.0), place, &ink, "text-anchor=\"middle\"");
    }
    svg.words((right, base + 48.0), across, &faint, "text-anchor=\"end\"");
    base + 48.0
}
