//! A drawing before it is painted: marks with a place, in pixels from the top left, in inks that have a colour
//! only where it is painted. The page and saved files paint the same one.

use serde::{Deserialize, Serialize};

/// A drawing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// What is drawn, the lowest first.
    pub marks: Vec<Mark>,
}

/// Something that is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Mark {
    /// A rectangle.
    Rect {
        /// Where.
        area: Area,
        /// Its fill.
        ink: Ink,
        /// Whether it is drawn pale, since other rows are chosen.
        dim: bool,
        /// What it stands for; nothing for what only helps to read.
        title: String,
    },
    /// A line through points.
    Line {
        /// The points; a new line begins where there is none.
        points: Vec<Option<(f64, f64)>>,
        /// Its stroke.
        ink: Ink,
        /// How it is dashed, 0 for not at all.
        dash: u8,
    },
    /// Words.
    Words {
        /// Where their base line begins, ends, or has its middle.
        at: (f64, f64),
        /// What they say.
        text: String,
        /// Their colour.
        ink: Ink,
        /// Which of them is at that place.
        anchor: Anchor,
    },
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Its left end.
    pub x: f64,
    /// Its upper end.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// What something is painted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ink {
    /// Words.
    Ink,
    /// Words beside them.
    Faint,
    /// Hairlines.
    Line,
    /// What counts.
    Accent,
    /// A pale fill.
    All,
    /// Its outline.
    Edge,
    /// A step of the ramp, from 1.
    Ramp(u8),
}

/// Which part of words is at their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anchor {
    /// Their beginning.
    Start,
    /// Their middle.
    Middle,
    /// Their end.
    End,
}

/// The steps of the ramp.
pub const RAMP: u8 = 7;

/// About the width of a letter at the size of words, in pixels.
pub const LETTER: f64 = 6.4;

impl Scene {
    /// Adds a rectangle.
    pub fn rect(&mut self, area: Area, ink: Ink) {
        self.marks.push(Mark::Rect { area, ink, dim: false, title: String::new() });
    }

    /// Adds a rectangle that stands for something.
    pub fn mark(&mut self, area: Area, ink: Ink, dim: bool, title: &str) {
        self.marks.push(Mark::Rect { area, ink, dim, title: title.to_owned() });
    }

    /// Adds words.
    pub fn words(&mut self, at: (f64, f64), text: impl Into<String>, ink: Ink, anchor: Anchor) {
        self.marks.push(Mark::Words { at, text: text.into(), ink, anchor });
    }

    /// Adds as many of these words as have room, each with its middle: those that come first have the first choice.
    pub fn words_apart(&mut self, y: f64, labels: Vec<(f64, String)>, ink: Ink) {
        const BETWEEN: f64 = 8.0;
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for (x, text) in labels {
            let width = text.chars().count() as f64 * LETTER;
            let start = (x - width / 2.0).clamp(0.0, (self.width - width).max(0.0));
            let end = start + width;
            if taken.iter().all(|(from, to)| end + BETWEEN <= *from || *to + BETWEEN <= start) {
                taken.push((start, end));
                self.words((start + width / 2.0, y), text, ink, Anchor::Middle);
            }
        }
    }
}

impl Area {
    /// A rectangle from its left upper corner.
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    /// Whether a point is in it.
    pub fn holds(self, x: f64, y: f64) -> bool {
        x >= self.x && x < self.x + self.width && y >= self.y && y < self.y + self.height
    }
}

/// As much of a text as fits into a width at the size of words.
pub fn fitted(text: &str, width: f64) -> String {
    let letters = (width / LETTER).max(1.0) as usize;
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

/// Points as a path; a line begins anew behind a gap.
pub fn path(points: &[Option<(f64, f64)>]) -> String {
    let mut d = String::new();
    let mut pen = 'M';
    for point in points {
        match point {
            Some((x, y)) => {
                d.push_str(&format!("{pen}{x:.1} {y:.1}"));
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    d
}
