//! The words of a scale: the labels below a plot, and what a bin is called.

use crate::base::moment::Quantity;
use crate::protocol::Bins;
use crate::protocol::display;
use crate::protocol::texts::charts as texts;
use crate::ui::charts::plot::{drawn_at, end_words, ends, high_bound, low_bound};
use crate::view::catalog;
use crate::view::chart;
use crate::view::chart::Layout;
use leptos::prelude::*;

/// What a bin is called when the pointer is on it.
pub fn slot_name(bins: &Bins, slot: usize, facts: Option<&catalog::ColumnFacts>) -> String {
    let (from, to) = ends(bins);
    if slot + 1 == from.len() && bins.detached.is_some() {
        return detached_name(bins, facts);
    }
    let (first, end) = bins.on_scale();
    let edge =
        |edge: Option<&f64>| edge.map(|edge| end_words(bins, &low_bound(bins, *edge))).unwrap_or_default();
    if slot < first {
        return texts::below(&edge(bins.edges.first()));
    }
    if slot >= end {
        return texts::from_up(&edge(bins.edges.last()));
    }
    let (Some(from), Some(to)) = (from.get(slot), to.get(slot)) else { return String::new() };
    let (low, high) = (end_words(bins, &low_bound(bins, *from)), end_words(bins, &high_bound(bins, *to)));
    if low == high { low } else { format!("{low} – {high}") }
}

fn detached_name(bins: &Bins, facts: Option<&catalog::ColumnFacts>) -> String {
    let named = facts.and_then(|facts| facts.detached.as_ref()).map(|(_, name)| name.to_string());
    named.unwrap_or_else(|| bins.detached.map(display::number).unwrap_or_default())
}

/// The labels below the plot.
pub fn axis(bins: &Bins, layout: Layout, facts: Option<&catalog::ColumnFacts>) -> Vec<impl IntoView + use<>> {
    /// Labels nearer to an end than this are aligned with it.
    const NEAR_END: f64 = 0.08;
    let label = |(share, text): (f64, String)| {
        let end = if share < NEAR_END {
            Some("low")
        } else if share > 1.0 - NEAR_END {
            Some("high")
        } else {
            None
        };
        view! { <span data-end=end style=("--p", format!("{:.2}%", share * 100.0))>{text}</span> }
    };
    labels(bins, layout, facts).into_iter().map(label).collect()
}

/// The words of the labels, each with its place as a share of the width.
pub fn labels(bins: &Bins, layout: Layout, facts: Option<&catalog::ColumnFacts>) -> Vec<(f64, String)> {
    let (low, high) = (bins.edges.first().copied(), bins.edges.last().copied());
    /// Up to so many whole numbers are all named.
    const FEW: usize = 10;
    let each_is_one = bins.integer
        && bins.quantity == Quantity::Number
        && bins.edges.windows(2).all(|pair| matches!(pair, [a, b] if b - a == 1.0));
    let ticks = match (low, high) {
        _ if each_is_one && layout.bins <= FEW => bins.from.iter().take(layout.bins).copied().collect(),
        (Some(low), Some(high)) => match bins.quantity {
            Quantity::Number => chart::ticks(low, high),
            Quantity::Moment => chart::time_ticks(low, high),
            Quantity::Clock | Quantity::Duration => {
                let ticks = chart::time_ticks(low * 1_000.0, high * 1_000.0);
                ticks.into_iter().map(|millis| millis / 1_000.0).collect()
            }
        },
        _ => Vec::new(),
    };
    let step = match ticks.as_slice() {
        [first, second, ..] => second - first,
        _ => 0.0,
    };
    let mut labels: Vec<(f64, String)> = ticks
        .into_iter()
        .filter_map(|tick| {
            let x = layout.place(&bins.edges, None, drawn_at(bins, tick))?;
            Some((x, display::scale::ticked(bins.quantity, tick, step)))
        })
        .collect();
    // The scale's beginning is named too, where the first round value is far from it.
    let begins = low.filter(|_| !layout.below);
    if let Some(from) = begins
        && labels.len() < 4
        && !each_is_one
        && labels.first().is_some_and(|(x, _)| *x > chart::WIDTH * 0.16)
    {
        let text = display::scale::ticked(bins.quantity, from, step);
        if text.len() <= 6 {
            labels.insert(0, (0.0, text));
        }
    }
    let end = |edge: f64| display::scale::ticked(bins.quantity, edge, step);
    if let Some(low) = low.filter(|_| layout.below) {
        labels.insert(0, (0.0, texts::below_short(&end(low))));
    }
    if let Some(high) = high.filter(|_| layout.above && !layout.detached) {
        labels.push((chart::WIDTH, texts::from_up_short(&end(high))));
    }
    if layout.detached {
        labels.retain(|(x, _)| *x < chart::WIDTH * 0.72);
        labels.push((chart::WIDTH, detached_name(bins, facts)));
    }
    chart::apart(labels).into_iter().map(|(x, text)| (x / chart::WIDTH, text)).collect()
}
