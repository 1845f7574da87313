//! A chart on its way out: all that a drawing of it needs, and the drawing.

use super::Counts;
use crate::view::chart::{Growth, Layout};
use crate::view::scene::Scene;
use serde::{Deserialize, Serialize};

/// Asks for a drawing of a chart, as it is on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Want {
    /// What the page calls it.
    pub id: u32,
    /// What the chart is of.
    pub title: String,
    /// What it rests on: the table, how many rows, and what was asked of them.
    pub lines: Vec<String>,
    /// The colours of the page.
    pub colours: Colours,
    /// The chart.
    pub chart: Drawn,
}

/// A drawing, as SVG.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// [`Want::id`].
    pub id: u32,
    /// Its text.
    pub svg: String,
    /// Its width, in pixels.
    pub width_px: u32,
    /// Its height.
    pub height_px: u32,
}

/// Colours as programs write them that draw: `#0c628c`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colours {
    /// Behind everything.
    pub ground: String,
    /// Words.
    pub ink: String,
    /// Words beside them.
    pub faint: String,
    /// Hairlines.
    pub line: String,
    /// The rows that match.
    pub accent: String,
    /// All rows.
    pub all: String,
    /// Their outline.
    pub all_edge: String,
    /// The ramp of heat maps, from few to many.
    pub ramp: Vec<String>,
}

/// A chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Drawn {
    /// Neighbouring intervals.
    Histogram(Histogram),
    /// Values by name.
    Bars(Bars),
    /// What is drawn already, but for its colours.
    Scene(Scene),
    /// Values from one place to the next.
    Lines(Lines),
}

/// What heights stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// Each a share of its own rows, instead of rows.
    pub share: bool,
    /// How counts become heights.
    pub growth: Growth,
    /// Whether what is called all are the pinned rows, A, and those that match are B.
    pub pinned: bool,
}

/// Neighbouring intervals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// What each bin is called; the one that stands alone is the last.
    pub names: Vec<String>,
    /// Rows of each bin in the whole table.
    pub all: Counts,
    /// Rows of each bin that match.
    pub here: Counts,
    /// Which of them stand beside the scale.
    pub layout: Layout,
    /// Words below the plot, each with its place as a share of the width.
    pub labels: Vec<(f64, String)>,
    /// First and last bin of what is chosen.
    pub chosen: Option<(u32, u32)>,
    /// Rows that are in no bin.
    pub others: Vec<Bar>,
    /// What heights stand for.
    pub scale: Scale,
}

/// Values by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// The values, those of most rows first.
    pub bars: Vec<Bar>,
    /// How many more there are.
    pub more: u32,
    /// What lengths stand for.
    pub scale: Scale,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// What it is called.
    pub name: String,
    /// Rows in the whole table.
    pub all: u32,
    /// Rows that match.
    pub here: u32,
}

/// Values from one place to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// What goes across.
    pub across: String,
    /// What each place is called.
    pub places: Vec<String>,
    /// The lines by name, with a value for each place that has one.
    pub lines: Vec<(String, Vec<Option<f64>>)>,
    /// Least and largest value of the scale.
    pub scale: (f64, f64),
}
