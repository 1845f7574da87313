//! Scenes, stroke by stroke. A canvas is 100 high and as wide as its aspect makes it.
//!
//! Tones by role: 1 the far sky, 2 the near sky, 3 light, 4 the middle ground, 5 the dark.

use super::brush::{Brush, ellipse, n, rect};

impl Brush {
    /// A castle on a hill, late.
    pub fn castle(&mut self) {
        self.sky();
        let (w, x) = (self.width, self.width * self.between(0.42, 0.56));
        let (moon_x, moon_y) = (w * self.between(0.68, 0.8), self.between(24.0, 34.0));
        self.glow(moon_x, moon_y, 20.0, 5.0);
        self.clouds(3, 14.0, 42.0);
        self.ridge(66.0, 5.0, "tone-4", 0.45);
        let hill = w * 0.34;
        let top = 62.0;
        self.tone(
            format!(
                "M{} 100C{} 88 {} {top} {} {top}H{}C{} {top} {} 90 {} 100z",
                n(x - hill * 1.5),
                n(x - hill),
                n(x - hill * 0.6),
                n(x - hill * 0.32),
                n(x + hill * 0.36),
                n(x + hill * 0.7),
                n(x + hill),
                n(x + hill * 1.6)
            ),
            "tone-4",
            1.0,
        );
        let unit = w.min(86.0) * 0.038;
        for (at, half, height) in
            [(-4.3, 0.85, 17.0), (-2.1, 0.7, 28.0), (4.2, 0.9, 14.0), (2.2, 0.75, 23.0), (0.1, 1.25, 36.0)]
        {
            let height = height * self.between(0.92, 1.08);
            self.tower(x + at * unit, half * unit, top + 3.0, height);
        }
        let wall = 4.9 * unit;
        self.tone(
            format!("M{} {}h{}v12h{}z", n(x - wall), n(top - 7.0), n(wall * 2.0), n(-wall * 2.0)),
            "tone-5",
            1.0,
        );
        for at in [-2.1, 0.1, 2.2] {
            let y = top - self.between(11.0, 20.0);
            self.tone(format!("M{} {}h1.1v2h-1.1z", n(x + at * unit), n(y)), "tone-3", 0.95);
        }
        self.ridge(86.0, 6.0, "tone-5", 0.75);
        self.ridge(93.0, 4.0, "tone-5", 1.0);
        self.birds(x + w * 0.16, 22.0);
    }

    /// A planet with a ring before a nebula.
    pub fn planet(&mut self) {
        let w = self.width;
        self.paint(rect(w), Some("deep"), 1.0);
        for _ in 0..5 {
            let (x, y, r) = (w * self.unit(), 100.0 * self.unit(), self.between(22.0, 46.0));
            self.paint(ellipse(x, y, r * 1.3, r), Some("cloud"), 0.42);
        }
        for _ in 0..46 {
            let (x, y, r) = (w * self.unit(), 100.0 * self.unit(), self.between(0.2, 0.75));
            self.tone(ellipse(x, y, r, r), "tone-3", 0.85);
        }
        let (x, y, r) = (w * 0.5, 50.0, w.min(100.0) * 0.27);
        let ring = |near: bool| {
            let (a, b) = (r * 1.85, r * 0.5);
            let (c, d) = (r * 1.35, r * 0.34);
            let sweep = u8::from(!near);
            // Half a band between two ellipses, tilted by hand.
            let tilt = r * 0.42;
            format!(
                "M{} {}A{} {} -14 0 {sweep} {} {}L{} {}A{} {} -14 0 {} {} {}z",
                n(x - a),
                n(y + tilt),
                n(a),
                n(b),
                n(x + a),
                n(y - tilt),
                n(x + c),
                n(y - tilt * c / a),
                n(c),
                n(d),
                1 - sweep,
                n(x - c),
                n(y + tilt * c / a)
            )
        };
        self.tone(ring(false), "tone-3", 0.55);
        self.paint(ellipse(x, y, r, r), Some("ball"), 1.0);
        for (at, tall, opacity) in [(-0.45, 0.12, 0.25), (-0.1, 0.16, 0.3), (0.3, 0.1, 0.25)] {
            let half = r * (1.0_f64 - at * at).max(0.0).sqrt() * 0.97;
            self.tone(ellipse(x, y + at * r, half, tall * r), "tone-3", opacity);
        }
        self.tone(ring(true), "tone-3", 0.75);
    }

    /// Dunes under a low sun.
    pub fn dunes(&mut self) {
        self.sky();
        let w = self.width;
        let sun_x = w * self.between(0.58, 0.78);
        self.glow(sun_x, 44.0, 26.0, 3.6);
        for (at, y) in [54.0, 62.0, 72.0, 84.0].into_iter().enumerate() {
            let crest = w * self.between(0.2, 0.8);
            let rise = self.between(7.0, 13.0);
            self.tone(
                format!(
                    "M0 100V{}C{} {} {} {} {} {}C{} {} {} {} {} {}V100z",
                    n(y),
                    n(crest * 0.5),
                    n(y),
                    n(crest * 0.8),
                    n(y - rise),
                    n(crest),
                    n(y - rise),
                    n(crest + w * 0.08),
                    n(y - rise * 0.4),
                    n(crest + w * 0.2),
                    n(y + 2.0),
                    n(w),
                    n(y - 1.0)
                ),
                "tone-4",
                0.42 + at as f64 * 0.16,
            );
            self.tone(
                format!(
                    "M{} {}C{} {} {} {} {} {}V100H{}C{} 92 {} {} {} {}z",
                    n(crest),
                    n(y - rise),
                    n(crest + w * 0.08),
                    n(y - rise * 0.4),
                    n(crest + w * 0.2),
                    n(y + 2.0),
                    n(w),
                    n(y - 1.0),
                    n(crest * 0.7),
                    n(crest * 0.8),
                    n(crest * 1.05),
                    n(y + 8.0),
                    n(crest),
                    n(y - rise)
                ),
                "tone-5",
                0.22 + at as f64 * 0.08,
            );
        }
    }

    /// A hall of arches with light at its end.
    pub fn arches(&mut self) {
        let w = self.width;
        self.paint(rect(w), Some("deep"), 1.0);
        let (x, floor) = (w * 0.5, 64.0);
        let steps = 7;
        for at in 0..steps {
            let share = 1.0 - f64::from(at) / f64::from(steps);
            let half = w * 0.52 * share.powf(1.25);
            let spring = floor - 26.0 * share;
            let foot = floor + 36.0 * share * share;
            let path = format!(
                "M{} {}V{}C{} {} {} {} {} {}C{} {} {} {} {} {}V{}z",
                n(x - half),
                n(foot),
                n(spring),
                n(x - half),
                n(spring - half * 0.9),
                n(x - half * 0.5),
                n(spring - half * 1.25),
                n(x),
                n(spring - half * 1.35),
                n(x + half * 0.5),
                n(spring - half * 1.25),
                n(x + half),
                n(spring - half * 0.9),
                n(x + half),
                n(spring),
                n(foot)
            );
            let (tone, opacity) = if at % 2 == 0 { ("tone-2", 0.26) } else { ("tone-5", 0.42) };
            self.tone(path, tone, opacity);
        }
        self.paint(ellipse(x, floor - 9.0, w * 0.2, 24.0), Some("glow"), 1.0);
        self.tone(
            format!(
                "M{} {floor}L{} 100H{}L{} {floor}z",
                n(x - w * 0.05),
                n(x - w * 0.3),
                n(x + w * 0.3),
                n(x + w * 0.05)
            ),
            "tone-3",
            0.3,
        );
        for at in 1..7 {
            let y = floor + 36.0 * (f64::from(at) / 6.5).powi(2);
            self.tone(format!("M0 {}H{}v0.7H0z", n(y), n(w)), "tone-5", 0.35);
        }
    }

    /// One flower, large.
    pub fn flower(&mut self) {
        let w = self.width;
        self.paint(rect(w), Some("sky"), 1.0);
        for _ in 0..5 {
            let (x, lean) = (w * self.unit(), self.between(-16.0, 16.0));
            self.tone(
                format!(
                    "M{} 100Q{} 60 {} 0h3Q{} 60 {} 100z",
                    n(x),
                    n(x + lean),
                    n(x + lean * 0.4),
                    n(x + lean + 4.0),
                    n(x + 3.0)
                ),
                "tone-4",
                0.32,
            );
        }
        self.petals(w * 0.8, 22.0, 9.0, 8);
        self.petals(w * 0.24, 84.0, 8.0, 8);
        self.petals(w * 0.47, 50.0, w.min(100.0) * 0.34, 11);
    }

    /// Trees, and light between them.
    pub fn forest(&mut self) {
        let w = self.width;
        self.paint(rect(w), Some("sky"), 1.0);
        let sun_x = w * self.between(0.35, 0.6);
        self.glow(sun_x, 46.0, 46.0, 0.0);
        for (depth, trunks) in [(0, 11), (1, 8), (2, 5)] {
            let depth = f64::from(depth);
            for at in 0..trunks {
                let x = w * (f64::from(at) + self.between(0.1, 0.9)) / f64::from(trunks);
                // The middle is left open for the light.
                if depth > 0.5 && (x / w - 0.48).abs() < 0.12 {
                    continue;
                }
                let half = self.between(0.7, 1.3) * (1.0 + depth * 1.3);
                let lean = self.between(-2.0, 2.0);
                let foot = 80.0 + depth * 8.0;
                let opacity = 0.3 + depth * 0.33;
                let tone = if depth < 1.5 { "tone-4" } else { "tone-5" };
                self.tone(
                    format!(
                        "M{} 0L{} {foot}q{} 3 {} 5h{}q{} -2 {} -5L{} 0z",
                        n(x - half + lean),
                        n(x - half),
                        n(-half),
                        n(-half * 2.0),
                        n(half * 6.0),
                        n(-half),
                        n(-half * 2.0),
                        n(x + half + lean)
                    ),
                    tone,
                    opacity,
                );
                if depth > 0.5 {
                    let (y, reach) = (
                        self.between(8.0, 46.0),
                        self.between(8.0, 18.0) * if lean > 0.0 { 1.0 } else { -1.0 },
                    );
                    self.tone(
                        format!(
                            "M{} {}q{} -4 {} -14q{} 12 {} 16z",
                            n(x),
                            n(y),
                            n(reach * 0.7),
                            n(reach),
                            n(-reach * 0.2),
                            n(-reach)
                        ),
                        tone,
                        opacity,
                    );
                }
            }
        }
        self.ridge(84.0, 3.0, "tone-4", 0.8);
        self.ridge(93.0, 3.0, "tone-5", 1.0);
        for _ in 0..4 {
            let (x, drop) = (w * self.between(0.3, 0.6), self.between(10.0, 22.0));
            self.tone(
                format!("M{} 0h{}L{} 88h{}z", n(x), n(drop * 0.3), n(x + drop), n(-drop * 0.9)),
                "tone-3",
                0.1,
            );
        }
    }

    /// Mountains and what the water makes of them.
    pub fn lake(&mut self) {
        self.sky();
        let w = self.width;
        let sun_x = w * self.between(0.58, 0.74);
        self.glow(sun_x, 32.0, 22.0, 4.4);
        self.clouds(3, 10.0, 34.0);
        for (y, rough, opacity) in [(46.0, 15.0, 0.34), (54.0, 11.0, 0.55), (61.0, 6.0, 0.85)] {
            self.ridge(y, rough, "tone-4", opacity);
        }
        self.tone(format!("M0 66H{}V100H0z", n(w)), "tone-2", 0.94);
        self.paint(format!("M0 66H{}V100H0z", n(w)), Some("deep"), 0.3);
        for at in 0..16 {
            let y = 67.0 + f64::from(at) * 2.1;
            let (x, long) = (w * self.unit(), self.between(5.0, 20.0));
            let tone = if at % 3 == 0 { "tone-3" } else { "tone-4" };
            self.tone(ellipse(x, y, long, 0.5), tone, 0.5);
        }
        self.tone(format!("M0 100V90Q{} 84 {} 92T{} 95V100z", n(w * 0.22), n(w * 0.48), n(w)), "tone-5", 0.9);
        for at in 0..5 {
            let x = w * (0.05 + 0.075 * f64::from(at));
            let tall = self.between(9.0, 17.0);
            self.tone(
                format!("M{} 92L{} {}L{} 92z", n(x - 2.2), n(x), n(92.0 - tall), n(x + 2.2)),
                "tone-5",
                0.95,
            );
        }
    }

    /// Three spheres on a table.
    pub fn spheres(&mut self) {
        let w = self.width;
        self.paint(rect(w), Some("sky"), 1.0);
        self.tone(format!("M0 66Q{} 63 {} 66V100H0z", n(w * 0.5), n(w)), "tone-4", 0.42);
        let unit = w.min(100.0) / 100.0;
        for (at, y, r) in [(0.53, 56.0, 25.0), (0.22, 72.0, 12.0), (0.8, 75.0, 11.0), (0.4, 82.0, 6.0)] {
            let (x, r) = (w * at, r * unit * self.between(0.92, 1.05));
            self.tone(ellipse(x + r * 0.3, y + r * 0.94, r * 1.25, r * 0.2), "tone-5", 0.38);
            self.paint(ellipse(x, y, r, r), Some("ball"), 1.0);
            self.paint(ellipse(x - r * 0.36, y - r * 0.42, r * 0.34, r * 0.24), Some("glow"), 0.9);
        }
    }
}
