//! What the page has drawn already, in the colours of a file.

use super::{MARGIN, Svg, WIDTH};
use crate::view::scene::{Anchor, Ink, Mark, Scene, path};

/// How much of something pale is seen.
const DIM: f64 = 0.3;

/// How lines differ.
const DASHES: [&str; 4] = ["", "6 3", "2 2", "8 3 2 3"];

/// Draws it below `top`; where it ends.
pub fn draw(svg: &mut Svg, scene: &Scene, top: f64) -> f64 {
    let Scene { width, height, marks } = scene;
    // One that is wider than the drawing is drawn smaller.
    let scale = ((WIDTH - 2.0 * MARGIN) / width.max(1.0)).min(1.0);
    svg.begin_part((MARGIN, top), scale);
    for mark in marks {
        match mark {
            Mark::Rect { area, ink, dim, title } => {
                let fill = colour(svg, *ink);
                if *dim {
                    svg.begin_pale(DIM);
                }
                svg.rect((area.x, area.y), (area.width, area.height), &fill, title);
                if *dim {
                    svg.end_group();
                }
            }
            Mark::Line { points, ink, dash } => {
                let stroke = svg.escaped(&colour(svg, *ink));
                let dash = DASHES.get(usize::from(*dash) % DASHES.len()).copied().unwrap_or_default();
                svg.path(
                    &path(points),
                    &format!(
                        "fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\""
                    ),
                );
            }
            Mark::Words { at, text, ink, anchor } => {
                let fill = colour(svg, *ink);
                svg.words(*at, text, &fill, &format!("text-anchor=\"{}\"", name(*anchor)));
            }
        }
    }
    svg.end_group();
    top + height * scale
}

fn colour(svg: &Svg, ink: Ink) -> String {
    let colours = &svg.colours;
    match ink {
        Ink::Ink => colours.ink.clone(),
        Ink::Faint => colours.faint.clone(),
        Ink::Line => colours.line.clone(),
        Ink::Accent => colours.accent.clone(),
        Ink::All => colours.all.clone(),
        Ink::Edge => colours.all_edge.clone(),
        Ink::Ramp(step) => {
            let step = usize::from(step).checked_sub(1).and_then(|step| colours.ramp.get(step));
            step.unwrap_or(&colours.ground).clone()
        }
    }
}

const fn name(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    }
}
