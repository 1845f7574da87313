//! Two columns against each other, whatever they hold: density, boxes, shares, bands over time. A press filters.

mod boxes;
mod chart;
mod controls;
mod density;
mod paint;
mod shares;
mod side;
mod spans;

use crate::protocol::figure::Drawn;
use crate::protocol::plot::{State, Want};
use crate::protocol::texts::plot as texts;
use crate::ui::charts::save::SaveChart;
use crate::ui::plot::chart::{Ask, Chart, Filters};
use crate::ui::plot::controls::{Controls, columns};
use crate::ui::plot::paint::Painted;
use crate::ui::store::{Store, facts, use_store};
use crate::ui::widgets::observe_size::observe_size;
use crate::view::plot::Plot;
use crate::view::roles::Role;
use crate::view::spec::View;
use leptos::prelude::*;
use std::sync::Arc;

/// The width of a chart that is saved, in pixels.
const SAVED_WIDTH: f64 = 672.0;

/// The view.
#[component]
pub fn PlotView() -> impl IntoView {
    let store = use_store();
    let plot = chosen(store, usual);
    let too_few = move || store.opened.with(Option::is_some) && plot.with(Option::is_none);
    view! {
        <section class="pane plot-view" aria-label=texts::PLOT tabindex="0">
            <Show when=too_few>
                <p class="pane-note" role="status">{texts::NEEDS_TWO}</p>
            </Show>
            <ChartOf plot/>
        </section>
    }
}

/// The chart beside another view: of the columns of the link, else of cfg and steps where the table has them.
#[component]
pub fn PlotAside() -> impl IntoView {
    let store = use_store();
    let plot = chosen(store, settings);
    view! {
        <Show when=move || plot.with(Option::is_some)>
            <ChartOf plot aside=true/>
        </Show>
    }
}

/// The chart that the link names, or the usual one.
fn chosen(store: Store, usual: fn(Store) -> Option<Plot>) -> Memo<Option<Plot>> {
    let items = Memo::new(move |_| store.spec.with(|spec| spec.plot.clone()));
    Memo::new(move |_| {
        let named = items.get().and_then(|items| Plot::read(items.iter().map(String::as_str)).ok());
        named.or_else(|| usual(store))
    })
}

/// cfg and steps, where the table has them.
fn settings(store: Store) -> Option<Plot> {
    let all = columns(store);
    let named =
        |role: Role| store.column_of(role).filter(|name| all.iter().any(|column| column.name == *name));
    Some(Plot::of(&named(Role::Cfg)?, &named(Role::Step)?))
}

/// The columns that a table begins with: cfg and steps, else the first two.
fn usual(store: Store) -> Option<Plot> {
    settings(store).or_else(|| {
        let all = columns(store);
        let mut names = all.iter().map(|column| column.name.as_str());
        Some(Plot::of(names.next()?, names.next()?))
    })
}

#[component]
fn ChartOf(plot: Memo<Option<Plot>>, #[prop(optional)] aside: bool) -> impl IntoView {
    let store = use_store();
    let columns = Memo::new(move |_| plot.with(|plot| plot.as_ref().map(|plot| plot.columns.clone())));
    Effect::new(move || {
        if store.opened.with(Option::is_none) {
            return;
        }
        if let Some(columns) = columns.get() {
            store.ask_plot(Some(Want { columns }));
        }
    });
    on_cleanup(move || store.ask_plot(None));
    let (frame, size) = observe_size();
    let width = Memo::new(move |_| size.get().0.floor());
    // Filters by other columns change the answer, not how it is drawn.
    let filters = Memo::new(move |_| {
        let own = columns.get();
        store.spec.with(|spec| {
            let all = spec.filters.iter();
            let own = all.filter(|(name, _)| own.as_ref().is_some_and(|(x, y)| *name == x || *name == y));
            own.map(|(name, clause)| (name.clone(), clause.clone())).collect::<Filters>()
        })
    });
    let make = move |width: f64| {
        let asked = plot.get()?;
        let answer = store.plot.get().filter(|answer| answer.columns == asked.columns)?;
        let filters = filters.get();
        Chart::new(&answer, Ask { asked: &asked, filters: &filters, width })
    };
    let chart = Memo::new(move |_| {
        let width = width.get();
        if width < 1.0 { None } else { make(width).map(Arc::new) }
    });
    let kind = Memo::new(move |_| chart.with(|chart| chart.as_ref().map(|chart| chart.kind)));
    let names = Memo::new(move |_| columns.get().unwrap_or_default());
    let status = move || {
        let names = columns.get()?;
        store.plot.with(|answer| {
            let answer = answer.as_ref().filter(|answer| answer.columns == names);
            match answer.map(|answer| (&answer.state, answer.read)) {
                None | Some((State::Reading, _)) => Some(texts::READING.to_owned()),
                Some((State::Failed(trouble), _)) => {
                    Some(texts::trouble(trouble, |name| facts::title(name).to_owned()))
                }
                Some((State::Counts { .. } | State::Boxes { .. }, (read, rows))) => {
                    let is_empty = width.get() >= 1.0 && chart.with(Option::is_none);
                    let so_far = (read < rows).then(|| texts::so_far(read, rows));
                    is_empty.then(|| texts::NO_ROWS.to_owned()).or(so_far)
                }
            }
        })
    };
    let unclear = move || {
        let items = store.spec.with(|spec| spec.plot.clone())?;
        Plot::read(items.iter().map(String::as_str)).err().map(texts::unclear)
    };
    let head = move || {
        let (x, y) = columns.get()?;
        let title = texts::title(facts::title(&x), facts::title(&y));
        let drawn =
            Callback::new(move |()| untrack(|| make(SAVED_WIDTH)).map(|chart| Drawn::Scene(chart.scene)));
        let larger = aside.then(|| {
            view! {
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.set_view(View::Plot)>
                    {texts::LARGER}
                </button>
            }
        });
        Some(view! {
            <h2>{title.clone()}</h2>
            {larger}
            <SaveChart title name=format!("{x}-{y}") chart=drawn/>
        })
    };
    let notes = move || {
        let notes = chart.with(|chart| chart.as_ref().map(|chart| chart.notes.clone())).unwrap_or_default();
        notes.into_iter().map(|note| view! { <p class="pane-note">{note}</p> }).collect_view()
    };
    let about = move || {
        let (x, y) = columns.get()?;
        chart.with(Option::is_some).then(|| texts::about_filters(facts::title(&x), facts::title(&y)))
    };
    view! {
        <div class="plot-chart">
            <div class="pane-head">{head}</div>
            <Controls plot kind/>
            <p class="pane-note plot-status" role="status">{unclear} " " {status}</p>
            <div class="plot-frame" node_ref=frame>
                <Show when=move || chart.with(Option::is_some)>
                    <Painted chart columns=names/>
                </Show>
            </div>
            {notes}
            <p class="pane-note">{about}</p>
        </div>
    }
}
