//! Charts as drawings that stand for themselves: SVG with a title, what the rows are, axes, and both
//! layers, in the colours of the page.
//!
//! Whatever a file calls its columns and values is text here, never markup. Each mark says in its
//! `<title>` what it stands for.

mod bars;
mod bins;
mod lines;
mod scene;

use crate::protocol::display::{compact, number};
use crate::protocol::figure::{Colours, Drawn, Figure, Scale, Want};
use crate::protocol::texts::charts as texts;
use crate::view::chart;
use crate::view::chart::Growth;
use std::fmt::Write as _;

/// Width of every drawing.
const WIDTH: f64 = 720.0;

/// Free on all sides.
const MARGIN: f64 = 24.0;

/// Letters that fit on a line beside the margins.
const LINE_LETTERS: usize = 104;

/// Lines above a chart, at most.
const MAX_LINES: usize = 8;

/// Draws a chart.
pub fn draw(want: Want) -> Figure {
    let Want { id, title, lines, colours, chart } = want;
    let lines = wrapped(&lines);
    let top = MARGIN + 26.0 + 18.0 * lines.len() as f64 + 14.0;
    let mut svg = Svg { text: String::new(), colours };
    let height = match &chart {
        Drawn::Histogram(bins) => bins::draw(&mut svg, bins, top),
        Drawn::Bars(bars) => bars::draw(&mut svg, bars, top),
        Drawn::Lines(lines) => lines::draw(&mut svg, lines, top),
        Drawn::Scene(scene) => scene::draw(&mut svg, scene, top),
    };
    let height = (height + MARGIN).ceil();
    let Svg { text: body, colours } = svg;
    let mut svg = Svg { text: String::new(), colours };
    let _ = write!(
        svg.text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"Inter, system-ui, sans-serif\" font-size=\"12\">"
    );
    let named = svg.escaped(&title);
    let _ = write!(svg.text, "<title>{named}</title>");
    let ground = svg.colours.ground.clone();
    svg.rect((0.0, 0.0), (WIDTH, height), &ground, "");
    let ink = svg.colours.ink.clone();
    let faint = svg.colours.faint.clone();
    svg.words((MARGIN, MARGIN + 14.0), &cut(&title, 80), &ink, "font-size=\"16\" font-weight=\"600\"");
    for (at, line) in lines.iter().enumerate() {
        svg.words((MARGIN, MARGIN + 36.0 + 18.0 * at as f64), line, &faint, "");
    }
    svg.text.push_str(&body);
    svg.text.push_str("</svg>\n");
    Figure { id, svg: svg.text, width_px: WIDTH as u32, height_px: height as u32 }
}

/// A drawing as it grows.
struct Svg {
    text: String,
    colours: Colours,
}

impl Svg {
    fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str, title: &str) {
        let (x, y, width, height) = (round(x), round(y), round(width.max(0.0)), round(height.max(0.0)));
        let fill = self.escaped(fill);
        let _ = write!(
            self.text,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\""
        );
        if title.is_empty() {
            self.text.push_str("/>");
        } else {
            let title = self.escaped(title);
            let _ = write!(self.text, "><title>{title}</title></rect>");
        }
    }

    /// `style` is of this module's own words.
    fn path(&mut self, d: &str, style: &str) {
        let _ = write!(self.text, "<path d=\"{d}\" {style}/>");
    }

    fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str) {
        let stroke = self.escaped(stroke);
        let (x1, y1, x2, y2) = (round(x1), round(y1), round(x2), round(y2));
        self.path(&format!("M{x1} {y1}L{x2} {y2}"), &format!("stroke=\"{stroke}\" fill=\"none\""));
    }

    /// `style` is of this module's own words.
    fn words(&mut self, (x, y): (f64, f64), text: &str, fill: &str, style: &str) {
        let (x, y) = (round(x), round(y));
        let (text, fill) = (self.escaped(text), self.escaped(fill));
        let _ = write!(self.text, "<text x=\"{x}\" y=\"{y}\" fill=\"{fill}\" {style}>{text}</text>");
    }

    /// A group that programs which read the drawing find again.
    fn group(&mut self, name: &str) {
        let _ = write!(self.text, "<g data-layer=\"{name}\">");
    }

    /// A group with a place and a size of its own.
    fn begin_part(&mut self, (x, y): (f64, f64), scale: f64) {
        let (x, y) = (round(x), round(y));
        let _ = write!(self.text, "<g transform=\"translate({x} {y}) scale({scale})\">");
    }

    /// A group of which so much is seen.
    fn begin_pale(&mut self, opacity: f64) {
        let _ = write!(self.text, "<g opacity=\"{opacity}\">");
    }

    fn end_group(&mut self) {
        self.text.push_str("</g>");
    }

    /// Text as XML may hold it. Characters that it may not hold at all are left out.
    fn escaped(&self, text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                '\t' | '\n' | '\r' => escaped.push(' '),
                '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
                // Marks that turn the direction of the words around them.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
                letter => escaped.push(letter),
            }
        }
        escaped
    }

    /// The key of the two layers, flush right at the height `y`.
    fn key(&mut self, y: f64, scale: Scale) {
        let Colours { accent, all, faint, .. } = self.colours.clone();
        let unit = match (scale.share, scale.growth) {
            (true, Growth::Linear) => "share of its own rows",
            (true, Growth::Root) => "share of its own rows, square roots",
            (true, Growth::Log) => "share of its own rows, log scale",
            (false, Growth::Linear) => "rows",
            (false, Growth::Root) => "rows, square roots",
            (false, Growth::Log) => "rows, log scale",
        };
        self.words((MARGIN, y), unit, &faint, "");
        let names = if scale.pinned { (texts::A, texts::B) } else { ("all", texts::FILTERED) };
        for (at, (name, fill)) in [(names.0, &all), (names.1, &accent)].into_iter().enumerate() {
            let x = WIDTH - MARGIN - 116.0 + 48.0 * at as f64;
            self.rect((x, y - 9.0), (10.0, 10.0), fill, "");
            self.words((x + 15.0, y), name, &faint, "");
        }
    }
}

/// A scale of counts, from none at the base to the most of both layers.
struct Counted {
    /// The most, in rows of the whole table.
    most: f64,
    /// All rows.
    total: f64,
    scale: Scale,
}

impl Counted {
    fn new(all: &[u32], here: &[u32], scale: Scale) -> Self {
        let sum = |counts: &[u32]| counts.iter().map(|count| f64::from(*count)).sum::<f64>();
        let most = |counts: &[u32]| counts.iter().copied().max().map_or(0.0, f64::from);
        let (total, matching) = (sum(all), sum(here));
        let stretch = if scale.share && matching > 0.0 && total > 0.0 { total / matching } else { 1.0 };
        let total = if total > 0.0 { total } else { matching };
        Self { most: most(all).max(most(here) * stretch), total, scale }
    }

    /// Heights of both layers as shares of the plot's.
    fn heights(all: &[u32], here: &[u32], scale: Scale) -> chart::Heights {
        let measure = if scale.share { chart::Measure::Share } else { chart::Measure::Count };
        let mut heights = chart::heights(all, here, measure, scale.growth);
        for height in heights.all.iter_mut().chain(&mut heights.here) {
            *height /= chart::FULL_HEIGHT;
        }
        heights
    }

    /// Round amounts with their heights.
    fn ticks(&self) -> Vec<(f64, String)> {
        if self.most <= 0.0 {
            return Vec::new();
        }
        let unit = if self.scale.share { self.total / 100.0 } else { 1.0 };
        let growth = self.scale.growth;
        let (values, least) = match growth {
            Growth::Linear => (chart::ticks(0.0, self.most / unit), 0.0),
            Growth::Root => {
                let mut values = chart::ticks(0.0, self.most / unit);
                // Small amounts have room there.
                if let Some(second) = values.get(1).copied() {
                    values.insert(1, second / 10.0);
                }
                (values, 0.0)
            }
            Growth::Log => ((-4..=12).map(|power| 10_f64.powi(power)).collect(), 1.0),
        };
        let height = |rows: f64| growth.of(rows) / growth.of(self.most);
        let name = |value: f64| {
            if self.scale.share {
                format!("{} %", number(value))
            } else if value.fract() == 0.0 {
                compact(value as u64)
            } else {
                number(value)
            }
        };
        let ticks = values.into_iter().filter(|value| *value * unit >= least);
        ticks
            .map(|value| (height(value * unit), name(value)))
            .filter(|(height, _)| (0.0..=1.0001).contains(height))
            .collect()
    }
}

/// Lines that are not wider than the drawing.
fn wrapped(lines: &[String]) -> Vec<String> {
    let mut wrapped = Vec::new();
    for line in lines {
        let mut now = String::new();
        for word in line.split_whitespace() {
            if !now.is_empty() && now.chars().count() + 1 + word.chars().count() > LINE_LETTERS {
                wrapped.push(std::mem::take(&mut now));
            }
            if !now.is_empty() {
                now.push(' ');
            }
            now.push_str(&cut(word, LINE_LETTERS));
        }
        if !now.is_empty() {
            wrapped.push(cut(&now, LINE_LETTERS));
        }
    }
    if wrapped.len() > MAX_LINES {
        wrapped.truncate(MAX_LINES - 1);
        wrapped.push("…".to_owned());
    }
    wrapped
}

/// A text of at most so many letters.
fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests;
