//! A chart of two columns with its places: what is drawn, the cells that answer to a pointer or a key, and the filters
//! behind them.

use crate::base::sorted::Map;
use crate::protocol::plot::{Quantiles, Side as Bins, State};
use crate::protocol::texts::plot as texts;
use crate::protocol::{Counts, Shape};
use crate::ui::plot::side::{Place, Side, Step, same};
use crate::ui::plot::{boxes, density, shares, spans};
use crate::view::keys::Move;
use crate::view::plot::Plot as Asked;
use crate::view::scene::{Area, Scene};
use crate::view::spec::Clause;

/// The filters of the view.
pub type Filters = Map<String, Clause>;

/// A chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What is drawn.
    pub scene: Scene,
    /// The column whose values go from left to right, if cells differ by it.
    pub across: Option<Side>,
    /// The column whose values go up, if cells differ by it.
    pub up: Option<Side>,
    /// The cells, from the left and from below; those of one place across stand together.
    pub cells: Vec<Cell>,
    /// What is told below it.
    pub notes: Vec<String>,
    /// What kind it is.
    pub kind: Kind,
}

/// A kind of chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Numbers by numbers, or times by times.
    #[default]
    Density,
    /// Numbers by names.
    Boxes,
    /// Names by names.
    Shares,
    /// Numbers over time.
    Band,
    /// Names over time.
    Stack,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Where it is.
    pub area: Area,
    /// What it stands for.
    pub words: String,
}

/// What a chart is made of.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The columns, and how they are drawn.
    pub asked: &'a Asked,
    /// The filters of the view.
    pub filters: &'a Filters,
    /// What is drawn beside it, of other rows: both have the same scales, and names in the same order.
    pub beside: Option<&'a State>,
    /// The width to draw it in, in pixels.
    pub width: f64,
}

/// The kind of chart that an answer is drawn as.
pub fn kind_of(state: &State) -> Option<Kind> {
    match state {
        State::Reading | State::Failed(_) => None,
        State::Boxes { by, .. } => Some(if is_time(by) { Kind::Band } else { Kind::Boxes }),
        State::Counts { sides, .. } => Some(match (is_time(&sides.0), is_time(&sides.1)) {
            (true, false) | (false, true) => Kind::Stack,
            (true, true) => Kind::Density,
            (false, false) if is_scale(&sides.0) => Kind::Density,
            (false, false) => Kind::Shares,
        }),
    }
}

impl Ask<'_> {
    /// The boxes of the chart beside, if it has any.
    pub fn boxes_beside(&self) -> &[Quantiles] {
        match self.beside {
            Some(State::Boxes { boxes, .. }) => boxes,
            Some(State::Counts { .. } | State::Reading | State::Failed(_)) | None => &[],
        }
    }

    /// How many rows each bin of numbers has here and in the chart beside.
    pub fn rows_of(&self, boxes: &[Quantiles]) -> Vec<u64> {
        let beside = |bin: usize| self.boxes_beside().get(bin).map_or(0, |own| own.rows.into());
        boxes.iter().enumerate().map(|(bin, own)| u64::from(own.rows) + beside(bin)).collect()
    }
}

impl Chart {
    /// The chart of an answer about two columns; none where there is nothing to draw.
    pub fn new((x, y): &(String, String), state: &State, ask: Ask<'_>) -> Option<Self> {
        let (x, y) = (x.as_str(), y.as_str());
        let kind = kind_of(state)?;
        match state {
            State::Reading | State::Failed(_) => None,
            State::Boxes { by_first, by, boxes } => {
                let (of, numbers) = if *by_first { (x, y) } else { (y, x) };
                if boxes.iter().all(|own| own.rows == 0) {
                    return None;
                }
                let make = if kind == Kind::Band { spans::band } else { boxes::boxes };
                Some(make(of, by, numbers, boxes, ask))
            }
            State::Counts { sides, counts } => {
                let beside = match ask.beside {
                    Some(State::Counts { counts, .. }) => Some(counts),
                    Some(State::Boxes { .. } | State::Reading | State::Failed(_)) | None => None,
                };
                let (first, second) = ((x, &sides.0), (y, &sides.1));
                let table = Table { first, second, counts, beside, turned: false };
                if counts.0.iter().all(|count| *count == 0) {
                    return None;
                }
                Some(match kind {
                    // Time goes from left to right.
                    Kind::Stack if is_time(&sides.1) => spans::stack(&table.turn(), ask),
                    Kind::Stack => spans::stack(&table, ask),
                    Kind::Shares => shares::shares(&table, ask),
                    Kind::Density | Kind::Boxes | Kind::Band => density::density(&table, ask),
                })
            }
        }
    }

    /// Cells across, and cells up.
    pub fn size(&self) -> (usize, usize) {
        let steps = |side: &Option<Side>| side.as_ref().map_or(1, |side| side.steps.len());
        (steps(&self.across), steps(&self.up))
    }

    /// A cell.
    pub fn cell(&self, (x, y): (usize, usize)) -> Option<&Cell> {
        let (width, height) = self.size();
        (x < width && y < height).then(|| self.cells.get(x * height + y)).flatten()
    }

    /// The cell under a point.
    pub fn at(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        let height = self.size().1.max(1);
        let place = self.cells.iter().position(|cell| cell.area.holds(x, y))?;
        Some((place / height, place % height))
    }

    /// The cell that a key leads to.
    pub fn moved(&self, (x, y): (usize, usize), way: Move) -> (usize, usize) {
        let (width, height) = self.size();
        let next = |at: usize, count: usize| (at + 1).min(count.saturating_sub(1));
        // Lists are read from their top.
        let from_top = self.kind == Kind::Boxes || self.kind == Kind::Shares;
        match way {
            Move::Left => (x.saturating_sub(1), y),
            Move::Right => (next(x, width), y),
            Move::Down if from_top => (x, next(y, height)),
            Move::Up if from_top => (x, y.saturating_sub(1)),
            Move::Down => (x, y.saturating_sub(1)),
            Move::Up => (x, next(y, height)),
            Move::PageUp | Move::PageDown | Move::First | Move::Last => (x, y),
        }
    }

    /// The filters that leave the rows of the cells between two; none where there are no such filters.
    pub fn clauses(&self, a: (usize, usize), b: (usize, usize)) -> Option<Vec<(String, Clause)>> {
        let mut clauses = Vec::new();
        for (side, a, b) in [(&self.across, a.0, b.0), (&self.up, a.1, b.1)] {
            if let Some(side) = side {
                clauses.push((side.column.clone(), side.clause(a, b)?));
            }
        }
        Some(clauses)
    }

    /// What a press on the cells between two does to the filters: it sets them, or takes them back where they are
    /// just these.
    pub fn pressed(
        &self,
        a: (usize, usize),
        b: (usize, usize),
        filters: &Filters,
    ) -> Option<Vec<(String, Option<Clause>)>> {
        let clauses = self.clauses(a, b)?;
        let are_set =
            clauses.iter().all(|(column, clause)| filters.get(column).is_some_and(|now| same(now, clause)));
        Some(
            clauses.into_iter().map(|(column, clause)| (column, Some(clause).filter(|_| !are_set))).collect(),
        )
    }

    /// The rectangle around the cells between two.
    pub fn around(&self, a: (usize, usize), b: (usize, usize)) -> Option<Area> {
        let (a, b) = (self.cell(a)?.area, self.cell(b)?.area);
        let (x, y) = (a.x.min(b.x), a.y.min(b.y));
        let right = (a.x + a.width).max(b.x + b.width);
        let bottom = (a.y + a.height).max(b.y + b.height);
        Some(Area::new(x, y, right - x, bottom - y))
    }
}

/// Rows of two columns' bins.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    /// The column across.
    pub first: (&'a str, &'a Bins),
    /// The column up.
    pub second: (&'a str, &'a Bins),
    counts: &'a Counts,
    /// Those of the chart beside.
    beside: Option<&'a Counts>,
    /// Whether the counts have the second one outermost.
    turned: bool,
}

impl Table<'_> {
    fn turn(self) -> Self {
        Self { first: self.second, second: self.first, turned: !self.turned, ..self }
    }

    fn place(&self, x: usize, y: usize) -> usize {
        if self.turned { y * self.first.1.slots() + x } else { x * self.second.1.slots() + y }
    }

    fn at(&self, x: usize, y: usize) -> u64 {
        self.counts.0.get(self.place(x, y)).copied().map_or(0, u64::from)
    }

    /// The rows here and in the chart beside: those decide what the scales are.
    fn at_both(&self, x: usize, y: usize) -> u64 {
        let beside = self.beside.and_then(|beside| beside.0.get(self.place(x, y))).copied();
        self.at(x, y) + beside.map_or(0, u64::from)
    }

    /// The sides, in at most so many steps, and the rows of each step across by each step up.
    pub fn sides(&self, most: (usize, usize)) -> (Side, Side, Vec<u64>) {
        let (width, height) = (self.first.1.slots(), self.second.1.slots());
        let across: Vec<u64> = (0..width).map(|x| (0..height).map(|y| self.at_both(x, y)).sum()).collect();
        let up: Vec<u64> = (0..height).map(|y| (0..width).map(|x| self.at_both(x, y)).sum()).collect();
        let across = Side::new(self.first.0, self.first.1, &across, most.0);
        let up = Side::new(self.second.0, self.second.1, &up, most.1);
        let mut rows = Vec::with_capacity(across.steps.len() * up.steps.len());
        for x in &across.steps {
            for y in &up.steps {
                let of_x = |x: &usize| y.bins.iter().map(|y| self.at(*x, *y)).sum::<u64>();
                rows.push(x.bins.iter().map(of_x).sum());
            }
        }
        (across, up, rows)
    }
}

/// Where the steps of a scale lie on a stretch: each with its beginning and its length. What stands beside it has a
/// place of its own, a little apart.
pub fn stretches(side: &Side, from: f64, length: f64) -> Vec<(f64, f64)> {
    const ALONE: f64 = 22.0;
    const APART: f64 = 6.0;
    let is_alone = |place: Place| place != Place::Scale;
    let alone = side.steps.iter().filter(|step| is_alone(step.place)).count();
    let on_scale = (side.steps.len() - alone).max(1) as f64;
    let each = ((length - alone as f64 * (ALONE + APART)) / on_scale).max(1.0);
    let mut at = from;
    let mut before: Option<bool> = None;
    let stretch = |step: &Step| {
        let alone = is_alone(step.place);
        if before.is_some_and(|before| before || alone) {
            at += APART;
        }
        before = Some(alone);
        let own = (at, if alone { ALONE } else { each });
        at += own.1;
        own
    };
    side.steps.iter().map(stretch).collect()
}

/// The words below the steps of a scale, each with its middle: those beside the scale first, then as many of the others
/// as are apart.
pub fn below(side: &Side, stretches: &[(f64, f64)]) -> Vec<(f64, String)> {
    const APART: f64 = 56.0;
    let middle = |(from, length): &(f64, f64)| from + length / 2.0;
    let both = || side.steps.iter().zip(stretches);
    let alone = both().filter(|(step, _)| step.place != Place::Scale);
    let on_scale: Vec<_> = both().filter(|(step, _)| step.place == Place::Scale).collect();
    let each = on_scale.first().map_or(1.0, |(_, (_, length))| *length);
    let every = (APART / each.max(0.1)).ceil().max(1.0) as usize;
    let label = |(step, stretch): (&Step, &(f64, f64))| (middle(stretch), step.short.clone());
    alone.map(label).chain(on_scale.into_iter().step_by(every).map(label)).collect()
}

/// What is told of rows that no bin of a side holds.
pub fn no_number(title: &str, rows: u64) -> Option<String> {
    (rows > 0).then(|| texts::without_number(title, rows))
}

fn is_scale(side: &Bins) -> bool {
    matches!(&side.shape, Shape::Bins(_))
}

fn is_time(side: &Bins) -> bool {
    matches!(&side.shape, Shape::Bins(bins) if bins.is_time())
}
