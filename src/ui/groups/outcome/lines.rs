//! One line for each value or part that goes along with an outcome: how many times as often, the shares, the rows.

use crate::protocol::outcome::{Line, What};
use crate::protocol::texts::{differences, outcome as texts};
use crate::ui::groups::differences::{Named, named};
use crate::ui::search::lift;
use crate::ui::search::term::Term;
use crate::ui::store::{Store, facts, use_store};
use leptos::prelude::*;

/// What surely goes along, and what may by chance.
#[component]
pub fn Lists(labels: (&'static str, &'static str), lines: Signal<Vec<Line>>) -> impl IntoView {
    let of = move |sure: bool| {
        Signal::derive(move || lines.get().into_iter().filter(|line| line.sure == sure).collect::<Vec<_>>())
    };
    let unsure = of(false);
    view! {
        <List label=labels.0 lines=of(true)/>
        <Show when=move || unsure.with(|lines| !lines.is_empty())>
            <h3 class="pane-sub">{texts::UNSURE}</h3>
            <p class="pane-note">{texts::ABOUT_UNSURE}</p>
            <List label=labels.1 lines=unsure/>
        </Show>
    }
}

/// A list of lines.
#[component]
fn List(label: &'static str, lines: Signal<Vec<Line>>) -> impl IntoView {
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
        <li data-column=column data-unsure=(!line.sure).then_some("")>
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
