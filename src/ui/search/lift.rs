//! How many times as frequent something is, as a bar.

use leptos::prelude::*;

/// Lift at the end of the scale: what lies beyond is as long as this.
const MAX_LIFT: f64 = 100.0;

/// In place of an end of an interval that has none.
const NO_END: &str = "∞";

/// The lift that the longest bar of a list stands for, so that bars of one list differ.
pub fn largest(lifts: impl Iterator<Item = f64>) -> f64 {
    lifts.map(stretch).fold(2.0, f64::max)
}

/// How many times as frequent or as rare, within what is drawn.
fn stretch(lift: f64) -> f64 {
    if lift < 1.0 { (1.0 / lift).min(MAX_LIFT) } else { lift.min(MAX_LIFT) }
}

/// The length of a bar, of the longest one, on a log scale.
pub fn length(lift: f64, largest: f64) -> f64 {
    stretch(lift).ln() / largest.ln()
}

/// How many times as frequent: `12×`, `3.1×`, `0.04×`; `only` where it is nowhere else.
pub fn times(lift: f64, only: &str) -> String {
    if lift.is_infinite() {
        only.to_owned()
    } else if lift >= 10.0 {
        format!("{lift:.0}×")
    } else if lift >= 0.1 {
        format!("{lift:.1}×")
    } else {
        format!("{lift:.2}×")
    }
}

/// A bar: its length as a share of the longest one, whether it stands for something rarer, and the words behind it.
pub fn bar(share: f64, less: bool, words: String, interval: Option<String>, tip: &'static str) -> AnyView {
    let tip = (!tip.is_empty()).then_some(tip);
    view! {
        <div class="lift-bar" data-less=less.then_some("") title=tip>
            <i style=("--w", format!("{:.3}", share.min(1.0)))></i>
            <b>{words}</b>
            {interval.map(|interval| view! { <small>{interval}</small> })}
        </div>
    }
    .into_any()
}

/// The bar of a lift with its interval.
pub fn lift_bar(lift: f64, interval: (f64, f64), largest: f64, only: &str, tip: &'static str) -> AnyView {
    let ends = format!("{}–{}", times(interval.0, NO_END), times(interval.1, NO_END));
    bar(length(lift, largest), lift < 1.0, times(lift, only), Some(ends), tip)
}
