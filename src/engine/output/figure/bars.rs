//! Values by name, as horizontal bars.

use super::{Counted, MARGIN, Svg, WIDTH, cut};
use crate::protocol::display::thousands;
use crate::protocol::figure::{Bar, Bars, Colours};
use crate::protocol::texts::charts as texts;

/// From one bar to the next.
const STEP: f64 = 26.0;

/// Room for names, and for counts.
const NAMES: f64 = 190.0;
const COUNTS: f64 = 150.0;

/// The most bars that are drawn.
pub const MAX_BARS: usize = 60;

/// Draws it below `top`; where it ends.
pub fn draw(svg: &mut Svg, chart: &Bars, top: f64) -> f64 {
    let Bars { bars, more, scale } = chart;
    let Colours { ink, faint, line, accent, all: pale, .. } = svg.colours.clone();
    svg.key(top, *scale);
    let all: Vec<u32> = bars.iter().map(|bar| bar.all).collect();
    let here: Vec<u32> = bars.iter().map(|bar| bar.here).collect();
    let lengths = Counted::heights(&all, &here, *scale);
    let (left, right) = (MARGIN + NAMES, WIDTH - MARGIN - COUNTS);
    let mut y = top + 16.0;
    for (at, Bar { name, all, here }) in bars.iter().take(MAX_BARS).enumerate() {
        let length = |lengths: &[f64]| lengths.get(at).copied().unwrap_or_default() * (right - left);
        let title = texts::counts(name, (*here).into(), (*all).into(), scale.pinned);
        svg.words((left - 10.0, y + 16.0), &cut(name, 28), &ink, "text-anchor=\"end\"");
        svg.group("all");
        svg.rect((left, y + 3.0), (length(&lengths.all), STEP - 8.0), &pale, &title);
        svg.end_group();
        svg.group("filtered");
        svg.rect((left, y + 8.0), (length(&lengths.here), STEP - 18.0), &accent, &title);
        svg.end_group();
        let (here, all) = (thousands((*here).into()), thousands((*all).into()));
        let counts = if scale.pinned { texts::a_and_b(&all, &here) } else { format!("{here} of {all}") };
        svg.words((WIDTH - MARGIN, y + 16.0), &counts, &faint, "text-anchor=\"end\"");
        y += STEP;
    }
    svg.line((left, top + 16.0), (left, y), &line);
    let more = u64::from(*more) + bars.len().saturating_sub(MAX_BARS) as u64;
    if more > 0 {
        y += 20.0;
        svg.words((left, y), &format!("{} more values", thousands(more)), &faint, "");
    }
    y
}
