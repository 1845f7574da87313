//! A column as one side of a chart: its bins, put together until they fit, what they are called, and the filters that
//! leave their rows.

use crate::protocol::display;
use crate::protocol::plot;
use crate::protocol::texts::{charts, common, groups, plot as texts};
use crate::protocol::{Bins, Shape};
use crate::ui::charts::axis::slot_name;
use crate::ui::charts::plot::{chosen_bins, clause_of_bins, end_words, high_bound, low_bound};
use crate::ui::store::facts;
use crate::view::brush::Chosen;
use crate::view::choice::holds;
use crate::view::spec::{Clause, List, ListValue};

/// A side of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Its column.
    pub column: String,
    /// What people call it.
    pub title: String,
    /// What it is made of, from its beginning.
    pub steps: Vec<Step>,
    values: Values,
}

/// Neighbouring bins that are drawn as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The bins, by number.
    pub bins: Vec<usize>,
    /// Their values in words.
    pub name: String,
    /// The same where there is little room: of several, the first.
    pub short: String,
    /// Where it stands.
    pub place: Place,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the scale, or among the values.
    Scale,
    /// Beside it: what lies beyond.
    Beside,
    /// Rows without a value.
    None,
    /// Numbers that are none.
    NotANumber,
    /// All values that have no step of their own.
    Others,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    Bins(Bins),
    /// What values are called by bin, and how many have no bin.
    Names(Vec<String>, u32),
}

impl Side {
    /// The side of a column, in at most so many steps beside those that stand alone. `rows` has the rows of each bin.
    pub fn new(column: &str, side: &plot::Side, rows: &[u64], most: usize) -> Self {
        let at = |bin: usize| rows.get(bin).copied().unwrap_or(0);
        let bins = side.bins as usize;
        let (values, mut steps) = match &side.shape {
            Shape::Bins(shape) => (Values::Bins(shape.clone()), on_scale(column, shape, most)),
            Shape::Categories { labels, others } => {
                (Values::Names(labels.clone(), *others), names(column, labels, *others, rows, most))
            }
        };
        let alone = |place: Place, bin: usize, name: &str, short: &str| Step {
            bins: vec![bin],
            name: name.to_owned(),
            short: short.to_owned(),
            place,
        };
        if at(bins) > 0 {
            steps.push(alone(Place::None, bins, common::NONE, common::NONE));
        }
        if at(bins + 1) > 0 && matches!(values, Values::Bins(_)) {
            steps.push(alone(Place::NotANumber, bins + 1, texts::NO_NUMBER, texts::NO_NUMBER_SHORT));
        }
        Self { column: column.to_owned(), title: facts::title(column).to_owned(), steps, values }
    }

    /// The filter that leaves the rows of the steps between two, both included; none where there is no such filter.
    pub fn clause(&self, a: usize, b: usize) -> Option<Clause> {
        let steps = self.steps.get(a.min(b)..=a.max(b))?;
        let is = |place: Place| steps.iter().any(|step| step.place == place);
        match &self.values {
            Values::Bins(bins) => {
                let on_scale = steps.iter().filter(|step| matches!(step.place, Place::Scale | Place::Beside));
                let chosen = on_scale.flat_map(|step| step.bins.iter().copied());
                let ends = chosen.fold(None, |ends: Option<Chosen>, bin| {
                    let Chosen { first, last } = ends.unwrap_or(Chosen { first: bin, last: bin });
                    Some(Chosen { first: first.min(bin), last: last.max(bin) })
                });
                match ends {
                    Some(ends) => clause_of_bins(ends, bins),
                    None if is(Place::None) => Some(Clause::Null),
                    None => Some(Clause::list([Some(NAN.to_owned())], false)),
                }
            }
            Values::Names(labels, others) => {
                let label = |bin: &usize| labels.get(*bin).cloned().map(ListValue::Text);
                let of = |steps: &[Step], place: Place| -> Vec<ListValue> {
                    let some = steps.iter().filter(|step| step.place == place);
                    some.flat_map(|step| step.bins.iter().filter_map(label)).collect()
                };
                let mut values = of(steps, Place::Scale);
                if is(Place::Others) && *others > 0 {
                    // Values without a name here are all but those that have one.
                    let mut left_out = of(&self.steps, Place::Scale);
                    left_out.retain(|value| !values.contains(value));
                    if !is(Place::None) {
                        left_out.push(ListValue::Null);
                    }
                    return Some(Clause::List(List { values: left_out, negated: true }));
                }
                values.extend(of(steps, Place::Others));
                if is(Place::None) {
                    values.push(ListValue::Null);
                }
                Some(match values.as_slice() {
                    [ListValue::Null] => Clause::Null,
                    _ => Clause::List(List { values, negated: false }),
                })
            }
        }
    }

    /// Whether a filter of the column leaves rows of a step.
    pub fn is_chosen(&self, step: usize, clause: Option<&Clause>) -> bool {
        let Some(step) = self.steps.get(step) else { return false };
        let Some(own) = clause else { return true };
        match (step.place, &self.values) {
            (Place::None, _) => holds(Some(own), &ListValue::Null),
            (Place::NotANumber, _) => holds(Some(own), &ListValue::Text(NAN.to_owned())),
            (Place::Scale | Place::Beside | Place::Others, Values::Bins(bins)) => {
                match chosen_bins(Some(own), bins) {
                    Some(chosen) => step.bins.iter().any(|bin| chosen.holds(*bin)),
                    None => *own == Clause::NotNull || matches!(own, Clause::List(list) if list.negated),
                }
            }
            (Place::Scale | Place::Beside | Place::Others, Values::Names(labels, _)) => {
                let named = step.bins.iter().filter_map(|bin| labels.get(*bin));
                let mut named = named.map(|label| holds(Some(own), &ListValue::Text(label.clone())));
                let unnamed = step.place == Place::Others
                    && (*own == Clause::NotNull || matches!(own, Clause::List(list) if list.negated));
                named.any(|held| held) || unnamed
            }
        }
    }
}

/// What links call a number that is none.
const NAN: &str = "NaN";

/// Whether two filters leave the same rows.
pub fn same(a: &Clause, b: &Clause) -> bool {
    match (a, b) {
        (Clause::Range(a), Clause::Range(b)) => a.span() == b.span(),
        (a, b) => a == b,
    }
}

/// The bins of a scale, with those beside it.
fn on_scale(column: &str, bins: &Bins, most: usize) -> Vec<Step> {
    let facts = facts::column(column);
    let (first, end) = bins.on_scale();
    let span = bins.edges.first().zip(bins.edges.last()).map_or(0.0, |(low, high)| high - low);
    let edge = |value: f64| display::scale::ticked(bins.quantity, value, span / 8.0);
    let short_edge = |value: Option<&f64>| value.map(|value| edge(*value)).unwrap_or_default();
    let beside = |bin: usize, short: String| Step {
        bins: vec![bin],
        name: slot_name(bins, bin, facts),
        short,
        place: Place::Beside,
    };
    let mut steps = Vec::new();
    if first > 0 {
        steps.push(beside(0, charts::below_short(&short_edge(bins.edges.first()))));
    }
    let group = (end - first).div_ceil(most.max(1)).max(1);
    for from in (first..end).step_by(group) {
        let to = (from + group).min(end) - 1;
        let ends = bins.from.get(from).zip(bins.to.get(to));
        let name = match ends {
            Some((low, high)) if to > from => {
                let (low, high) =
                    (end_words(bins, &low_bound(bins, *low)), end_words(bins, &high_bound(bins, *high)));
                if low == high { low } else { format!("{low} – {high}") }
            }
            Some(_) | None => slot_name(bins, from, facts),
        };
        let short = short_edge(bins.edges.get(from - first));
        steps.push(Step { bins: (from..=to).collect(), name, short, place: Place::Scale });
    }
    for bin in end..bins.from.len() {
        let is_above = bins.above > 0 && bin == end;
        let short = if is_above {
            charts::from_up_short(&short_edge(bins.edges.last()))
        } else {
            slot_name(bins, bin, facts)
        };
        steps.push(beside(bin, short));
    }
    steps
}

/// Values by name, those of most rows first, and one step for all others.
fn names(column: &str, labels: &[String], others: u32, rows: &[u64], most: usize) -> Vec<Step> {
    let at = |bin: &usize| rows.get(*bin).copied().unwrap_or(0);
    let mut order: Vec<usize> = (0..labels.len()).filter(|bin| at(bin) > 0).collect();
    order.sort_by_key(|bin| std::cmp::Reverse(at(bin)));
    // One more takes no more room than a step for it among others.
    let shown = if order.len() == most + 1 && others == 0 { order.len() } else { order.len().min(most) };
    let rest = order.split_off(shown);
    let step = |bin: usize| {
        let label = labels.get(bin).map(String::as_str).unwrap_or_default();
        let name = if label.is_empty() { groups::EMPTY.to_owned() } else { facts::category(column, label) };
        Step { bins: vec![bin], short: name.clone(), name, place: Place::Scale }
    };
    let mut steps: Vec<Step> = order.into_iter().map(step).collect();
    // Those without a bin are as many as the whole table has, whether or not they are here.
    let unnamed = labels.len() + 1;
    let has_unnamed = others > 0 && at(&unnamed) > 0;
    if !rest.is_empty() || has_unnamed {
        let count = rest.len() as u64 + if has_unnamed { u64::from(others) } else { 0 };
        let name = texts::other_values(count);
        let bins = rest.into_iter().chain(has_unnamed.then_some(unnamed)).collect();
        steps.push(Step { bins, short: name.clone(), name, place: Place::Others });
    }
    steps
}
