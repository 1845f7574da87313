//! The painter: gradients, strokes, and a row of numbers that a seed makes.

use leptos::prelude::*;
use std::f64::consts::{PI, TAU};
use std::fmt::Write as _;

/// A painter with a seed.
pub struct Brush {
    seed: u32,
    id: String,
    pub(super) width: f64,
    strokes: Vec<Stroke>,
}

/// One shape: its path, its class (a tone, or none for a gradient), a gradient, its opacity.
struct Stroke {
    path: String,
    class: &'static str,
    fill: Option<&'static str>,
    opacity: f64,
}

impl Brush {
    /// An empty canvas. `id` is part of the names of its gradients.
    pub fn new(seed: u32, id: String, width: f64) -> Self {
        Self { seed: seed | 1, id, width, strokes: Vec::new() }
    }

    /// Gradients of this canvas.
    pub fn defs(&self) -> impl IntoView + use<> {
        let name = |gradient: &str| format!("{}-{gradient}", self.id);
        view! {
            <defs>
                <linearGradient id=name("sky") x1="0" y1="0" x2="0" y2="1">
                    {stop(0.0, "tone-1", 1.0)} {stop(0.62, "tone-2", 1.0)} {stop(1.0, "tone-3", 1.0)}
                </linearGradient>
                <linearGradient id=name("deep") x1="0" y1="0" x2="0" y2="1">
                    {stop(0.0, "tone-4", 1.0)} {stop(1.0, "tone-5", 1.0)}
                </linearGradient>
                <radialGradient id=name("glow")>
                    {stop(0.0, "tone-3", 1.0)} {stop(0.3, "tone-3", 0.5)} {stop(1.0, "tone-3", 0.0)}
                </radialGradient>
                <radialGradient id=name("ball") cx="0.36" cy="0.3" r="0.8">
                    {stop(0.0, "tone-3", 1.0)} {stop(0.35, "tone-2", 1.0)} {stop(0.8, "tone-4", 1.0)}
                    {stop(1.0, "tone-5", 1.0)}
                </radialGradient>
                <radialGradient id=name("cloud")>
                    {stop(0.0, "tone-2", 0.9)} {stop(1.0, "tone-2", 0.0)}
                </radialGradient>
            </defs>
        }
    }

    /// Everything that was painted, in order.
    pub fn strokes(self) -> impl IntoView {
        let Self { id, strokes, .. } = self;
        strokes
            .into_iter()
            .map(|stroke| {
                let fill = stroke.fill.map(|gradient| format!("url(#{id}-{gradient})"));
                view! { <path class=stroke.class d=stroke.path fill=fill opacity=stroke.opacity.to_string()/> }
            })
            .collect_view()
    }

    pub(super) fn sky(&mut self) {
        let w = self.width;
        self.paint(rect(w), Some("sky"), 1.0);
    }

    pub(super) fn glow(&mut self, x: f64, y: f64, halo: f64, disc: f64) {
        self.paint(ellipse(x, y, halo, halo), Some("glow"), 0.85);
        if disc > 0.0 {
            self.tone(ellipse(x, y, disc, disc), "tone-3", 1.0);
        }
    }

    pub(super) fn clouds(&mut self, count: u32, from: f64, to: f64) {
        for _ in 0..count {
            let (x, y) = (self.width * self.unit(), self.between(from, to));
            let (long, tall) = (self.between(16.0, 34.0), self.between(2.5, 5.0));
            self.paint(ellipse(x, y, long, tall), Some("glow"), 0.32);
            self.paint(ellipse(x + long * 0.3, y + tall, long * 0.8, tall), Some("cloud"), 0.7);
        }
    }

    /// A line of hills across the canvas, as rough as `rough`.
    pub(super) fn ridge(&mut self, y: f64, rough: f64, tone: &'static str, opacity: f64) {
        let waves: Vec<(f64, f64, f64)> = (0..5_i32)
            .map(|octave| {
                let turns = 1.3_f64 * 1.9_f64.powi(octave);
                (turns, TAU * self.unit(), rough * 0.56_f64.powi(octave))
            })
            .collect();
        let mut path = format!("M0 100V{}", n(y));
        for at in 0..=36 {
            let share = f64::from(at) / 36.0;
            let lift: f64 =
                waves.iter().map(|(turns, phase, size)| (share * turns * TAU + phase).sin() * size).sum();
            let _ = write!(path, "L{} {}", n(share * self.width), n(y - lift * 0.7));
        }
        let _ = write!(path, "V100z");
        self.tone(path, tone, opacity);
    }

    pub(super) fn tower(&mut self, x: f64, half: f64, foot: f64, height: f64) {
        let top = foot - height;
        let spire = half * 5.2;
        self.tone(
            format!(
                "M{} {foot}V{}h{}L{} {}L{} {}h{}V{foot}z",
                n(x - half),
                n(top),
                n(-half * 0.3),
                n(x),
                n(top - spire),
                n(x + half * 1.3),
                n(top),
                n(-half * 0.3)
            ),
            "tone-5",
            1.0,
        );
        self.tone(
            format!("M{} {foot}V{}h{}V{foot}z", n(x + half * 0.2), n(top), n(half * 0.7)),
            "tone-4",
            0.5,
        );
    }

    pub(super) fn petals(&mut self, x: f64, y: f64, size: f64, count: u32) {
        for (ring, tone, opacity) in [(1.0, "tone-4", 0.9), (0.78, "tone-2", 0.96), (0.54, "tone-3", 0.95)] {
            let turn = TAU * self.unit();
            for at in 0..count {
                let angle = turn + TAU * f64::from(at) / f64::from(count);
                let reach = size * ring * self.between(0.9, 1.08);
                let spread = PI / f64::from(count) * 1.35;
                let point = |angle: f64, reach: f64| (x + angle.cos() * reach, y + angle.sin() * reach);
                let (left, right) = (point(angle - spread, reach * 0.8), point(angle + spread, reach * 0.8));
                let tip = point(angle, reach * 1.12);
                self.tone(
                    format!(
                        "M{} {}Q{} {} {} {}Q{} {} {} {}z",
                        n(x),
                        n(y),
                        n(left.0),
                        n(left.1),
                        n(tip.0),
                        n(tip.1),
                        n(right.0),
                        n(right.1),
                        n(x),
                        n(y)
                    ),
                    tone,
                    opacity * if at % 2 == 0 { 1.0 } else { 0.78 },
                );
            }
        }
        self.tone(ellipse(x, y, size * 0.17, size * 0.17), "tone-5", 0.55);
        self.paint(ellipse(x, y, size * 0.22, size * 0.22), Some("glow"), 0.9);
    }

    pub(super) fn birds(&mut self, x: f64, y: f64) {
        for (dx, dy) in [(0.0, 0.0), (6.0, -3.0), (10.0, 2.0)] {
            self.tone(
                format!(
                    "M{} {}q1.2 -1.4 2 0q.9 -1.4 2.1 -.1q-1.3 -.5 -2.1 .8q-.9 -1.1 -2 -.7z",
                    n(x + dx),
                    n(y + dy)
                ),
                "tone-5",
                0.8,
            );
        }
    }

    pub(super) fn tone(&mut self, path: String, class: &'static str, opacity: f64) {
        self.strokes.push(Stroke { path, class, fill: None, opacity: n(opacity) });
    }

    pub(super) fn paint(&mut self, path: String, fill: Option<&'static str>, opacity: f64) {
        self.strokes.push(Stroke { path, class: "wash", fill, opacity: n(opacity) });
    }

    /// The next of a row of numbers from 0 to 1 (xorshift, Marsaglia 2003).
    pub(super) fn unit(&mut self) -> f64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        f64::from(self.seed) / f64::from(u32::MAX)
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }
}

/// A step of a gradient.
fn stop(offset: f64, class: &'static str, opacity: f64) -> impl IntoView {
    view! { <stop offset=offset.to_string() class=class stop-opacity=opacity.to_string()/> }
}

pub(super) fn rect(width: f64) -> String {
    format!("M-4 -4H{}V104H-4z", n(width + 4.0))
}

pub(super) fn ellipse(x: f64, y: f64, rx: f64, ry: f64) -> String {
    let (rx, ry) = (n(rx), n(ry));
    format!("M{} {}a{rx} {ry} 0 1 0 {} 0a{rx} {ry} 0 1 0 {} 0z", n(x - rx), n(y), n(rx * 2.0), n(-rx * 2.0))
}

pub(super) fn n(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
