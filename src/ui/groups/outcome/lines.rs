//! One line for each value or part that goes along with an outcome: how many times as often, the shares, the rows.

use crate::protocol::outcome::{Line, What};
use crate::protocol::texts::{differences, outcome as texts};
use crate::ui::groups::differences::{Named, named};
use crate::ui::search::lift;
use crate::ui::search::term::Term;
use crate::ui::store::{Store, facts, use_store};
use leptos::prelude::*;

/// A list of lines.
#[component]
pub fn List(label: &'static str, lines: Signal<Vec<Line>>) -> impl IntoView {
    let store = use_store();
    let listed = move || {
        let lines = lines.get();
        let largest = lift::largest(lines.iter().map(|line| line.ratio));
        lines.into_iter().map(|line| item(store, &line, largest)).collect_view()
    };
    view! {
        <Show when=move || lines.with(|lines| !lines.is_empty())>
            <ol class="difference-list outcome-list" aria-label=label>{listed}</ol>
        </Show>
    }
}

fn item(store: Store, line: &Line, largest: f64) -> AnyView {
    let (column, name) = match &line.what {
        What::Phrase(text) => (None, view! { <Term text=text.clone() class="phrase"/> }.into_any()),
        What::Value(column, place) => {
            let chart = store.charts.with_untracked(|charts| charts.get(column).cloned());
            let title = facts::title(column).to_owned();
            let named = chart.map(|chart| named(&chart, *place));
            (Some(column.clone()), value(store, column.clone(), title, named))
        }
    };
    let shares = texts::shares(line);
    let bar = lift::lift_bar(line.ratio, line.interval, largest, texts::ONLY_HERE, texts::ABOUT_RATIO);
    view! {
        <li data-column=column>
            {name}
            {bar}
            <p>{shares}</p>
        </li>
    }
    .into_any()
}

/// A value of a column, which filters where it can.
fn value(store: Store, column: String, title: String, named: Option<Named>) -> AnyView {
    let Some(Named { value, clause }) = named else { return title.into_any() };
    let tip = differences::filter_by(&title, &value);
    let words = view! { <span>{title}</span> " " <b>{value}</b> };
    match clause {
        Some(clause) => {
            let choose = move |_| store.set_clauses(vec![(column.clone(), Some(clause.clone()))]);
            view! { <button type="button" class="phrase" title=tip on:click=choose>{words}</button> }
                .into_any()
        }
        None => view! { <span class="phrase outcome-plain">{words}</span> }.into_any(),
    }
}
