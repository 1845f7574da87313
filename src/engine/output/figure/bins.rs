//! A histogram.

use super::{Counted, MARGIN, Svg, WIDTH, round};
use crate::protocol::figure::{Colours, Histogram};
use crate::protocol::texts::charts as texts;
use crate::view::chart;
use std::fmt::Write as _;

/// Height of the plot.
const HEIGHT: f64 = 240.0;

/// Room for the words of the scale.
const SCALE_WIDTH: f64 = 56.0;

/// Draws it below `top`; where it ends.
pub fn draw(svg: &mut Svg, histogram: &Histogram, top: f64) -> f64 {
    let Histogram { names, all, here, layout, labels, chosen, others, scale } = histogram;
    let Colours { ink, faint, line, accent, all: pale, all_edge, .. } = svg.colours.clone();
    svg.key(top, *scale);
    let top = top + 16.0;
    let (left, right, base) = (MARGIN + SCALE_WIDTH, WIDTH - MARGIN, top + HEIGHT);
    let heights = Counted::heights(&all.0, &here.0, *scale);
    for (height, name) in Counted::new(&all.0, &here.0, *scale).ticks() {
        let y = base - height * HEIGHT;
        svg.line((left, y), (right, y), &line);
        svg.words((left - 8.0, y + 4.0), &name, &faint, "text-anchor=\"end\"");
    }
    let slot = |at: usize| {
        let place = |x: f64| left + x / chart::WIDTH * (right - left);
        let (from, to) = layout.slot(at);
        (place(from), place(to))
    };
    let is_chosen =
        |at: usize| chosen.is_none_or(|(first, last)| (first as usize..=last as usize).contains(&at));
    let title = |at: usize, name: &str| {
        let count = |counts: &[u32]| counts.get(at).copied().unwrap_or_default().into();
        texts::counts(name, count(&here.0), count(&all.0), scale.pinned)
    };
    svg.group("all");
    let mut outline = String::new();
    for (at, name) in names.iter().enumerate() {
        let (from, to) = slot(at);
        let y = base - heights.all.get(at).copied().unwrap_or_default() * HEIGHT;
        svg.rect((from, y), (to - from, base - y), &pale, &title(at, name));
        let alone = layout.is_alone(at);
        if at == 0 || alone || layout.is_alone(at - 1) {
            let _ = write!(outline, "M{} {}", round(from), round(base));
        }
        let _ = write!(outline, "V{}H{}", round(y), round(to));
        if at + 1 == layout.end_of_scale() || alone {
            let _ = write!(outline, "V{}", round(base));
        }
    }
    svg.end_group();
    svg.group("filtered");
    for (at, name) in names.iter().enumerate() {
        let (from, to) = slot(at);
        let gap = if to - from > 4.0 { 0.5 } else { 0.0 };
        let y = base - heights.here.get(at).copied().unwrap_or_default() * HEIGHT;
        let fill = if is_chosen(at) { &accent } else { &all_edge };
        svg.rect((from + gap, y), (to - from - 2.0 * gap, base - y), fill, &title(at, name));
    }
    svg.end_group();
    let edge = svg.escaped(&all_edge);
    svg.path(&outline, &format!("fill=\"none\" stroke=\"{edge}\""));
    svg.line((left, base), (right, base), &all_edge);
    for (share, label) in labels {
        let x = left + share.clamp(0.0, 1.0) * (right - left);
        let anchor = match *share {
            share if share < 0.04 => "start",
            share if share > 0.96 => "end",
            _ => "middle",
        };
        svg.words((x, base + 18.0), label, &ink, &format!("text-anchor=\"{anchor}\""));
    }
    let mut y = base + 26.0;
    for other in others {
        y += 18.0;
        let words = texts::counts(&other.name, other.here.into(), other.all.into(), scale.pinned);
        svg.words((left, y), &words, &faint, "");
    }
    y
}
