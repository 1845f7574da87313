//! The ratings of one prompt's images as a chart.

use crate::protocol::display;
use crate::protocol::figure::{self, Drawn};
use crate::protocol::texts::compare as texts;
use crate::ui::charts::save::SaveChart;
use crate::ui::compare::ranked::{number_of, rank_of};
use crate::ui::compare::{BEST, RATINGS};
use crate::ui::store::use_store;
use leptos::prelude::*;

/// The three ratings from the best rank to the last one.
#[component]
pub fn RatingChart(rows: Memo<Vec<u64>>) -> impl IntoView {
    let store = use_store();
    let lines = move || {
        let rows = rows.get();
        let last = rows.len().saturating_sub(1).max(1) as f64;
        store.compare.rows.with(|all| {
            RATINGS.map(|(role, _)| {
                let points = rows.iter().enumerate().filter_map(|(at, row)| {
                    let value = number_of(store, all.get(row)?, role)?;
                    let (x, y) = (at as f64 / last * 100.0, (BEST as f64 - value) / (BEST - 1) as f64 * 60.0);
                    Some(format!("{x:.2},{y:.2}"))
                });
                points.collect::<Vec<_>>().join(" ")
            })
        })
    };
    let ranks = move || {
        let name = |row: &u64| rank_of(store, *row).map(display::number).unwrap_or_default();
        rows.with(|rows| rows.iter().map(name).collect::<Vec<_>>())
    };
    let drawn = move |()| {
        let rows = rows.get_untracked();
        let lines = untrack(|| {
            store.compare.rows.with(|all| {
                let values = |role| rows.iter().map(|row| number_of(store, all.get(row)?, role)).collect();
                RATINGS.map(|(role, title)| (title.to_owned(), values(role))).to_vec()
            })
        });
        let (across, places) = (texts::RANKS_AXIS.to_owned(), untrack(ranks));
        Some(Drawn::Lines(figure::Lines { across, places, lines, scale: (1.0, BEST as f64) }))
    };
    let line = move |which: usize| move || lines().get(which).cloned().unwrap_or_default();
    view! {
        <div class="ratings-head">
            <h3>{texts::RATINGS_BY_RANK}</h3>
            <SaveChart title=texts::RATINGS_CHART.to_owned() name="ratings".to_owned() chart=Callback::new(drawn)/>
        </div>
        <div class="ratings-plot">
        <ol class="ratings-up" aria-hidden="true"><li>"7"</li><li>"4"</li><li>"1"</li></ol>
        <svg viewBox="-2 -3 104 66" preserveAspectRatio="none" role="img" aria-label=texts::RATINGS_LABEL>
            {(0..BEST).map(|at| view! { <path class="rating-grid" d=format!("M0 {}H100", at * 10)/> }).collect_view()}
            {(0..RATINGS.len()).map(|which| view! { <polyline class="rating-line" data-of=RATINGS.get(which).map(|(_, title)| *title) points=line(which)/> }).collect_view()}
        </svg>
        <ol class="ratings-across" aria-hidden="true">
            {move || ranks().into_iter().map(|rank| view! { <li>{rank}</li> }).collect_view()}
        </ol>
        </div>
        <ul class="rating-key" aria-hidden="true">
            {RATINGS.map(|(_, title)| view! { <li data-of=title>{title}</li> }).into_iter().collect_view()}
        </ul>
    }
}
