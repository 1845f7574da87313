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
use crate::protocol::plot::{Plot as Answer, State, Want};
use crate::protocol::texts::plot as texts;
use crate::ui::charts::save::SaveChart;
use crate::ui::plot::chart::{Ask, Chart, Filters, kind_of};
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

/// Whose rows a chart is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those that match, where no others are drawn.
    Alone,
    /// Those that are pinned.
    A,
    /// Those that match, beside those.
    B,
}

impl Part {
    /// What it is called, where there are two.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Alone => None,
            Self::A => Some("A"),
            Self::B => Some("B"),
        }
    }

    /// The other one, where there are two.
    const fn beside(self) -> Option<Self> {
        match self {
            Self::Alone => None,
            Self::A => Some(Self::B),
            Self::B => Some(Self::A),
        }
    }

    /// Its rows' part of an answer.
    const fn state(self, answer: &Answer) -> Option<&State> {
        match self {
            Self::Alone | Self::B => Some(&answer.state),
            Self::A => answer.pinned.as_ref(),
        }
    }
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
    let answer = Memo::new(move |_| {
        let names = columns.get()?;
        store.plot.get().filter(|answer| answer.columns == names)
    });
    let is_pinned = Memo::new(move |_| {
        answer.with(|answer| answer.as_ref().is_some_and(|answer| answer.pinned.is_some()))
    });
    let kind =
        Memo::new(move |_| answer.with(|answer| answer.as_ref().and_then(|answer| kind_of(&answer.state))));
    let status = move || {
        columns.with(Option::is_some).then_some(())?;
        answer.with(|answer| match answer.as_ref().map(|answer| (&answer.state, answer.read)) {
            None | Some((State::Reading, _)) => Some(texts::READING.to_owned()),
            Some((State::Failed(trouble), _)) => {
                Some(texts::trouble(trouble, |name| facts::title(name).to_owned()))
            }
            Some((State::Counts { .. } | State::Boxes { .. }, (read, rows))) => {
                (read < rows).then(|| texts::so_far(read, rows))
            }
        })
    };
    let unclear = move || {
        let items = store.spec.with(|spec| spec.plot.clone())?;
        Plot::read(items.iter().map(String::as_str)).err().map(texts::unclear)
    };
    let head = move || {
        let (x, y) = columns.get()?;
        let larger = aside.then(|| {
            view! {
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.set_view(View::Plot)>
                    {texts::LARGER}
                </button>
            }
        });
        Some(view! {
            <h2>{texts::title(facts::title(&x), facts::title(&y))}</h2>
            {larger}
        })
    };
    let about = move || {
        let (x, y) = columns.get()?;
        kind.with(Option::is_some).then(|| {
            if is_pinned.get() {
                texts::ABOUT_PINNED.to_owned()
            } else {
                texts::about_filters(facts::title(&x), facts::title(&y))
            }
        })
    };
    let drawn = move || {
        let parts: &[Part] = if is_pinned.get() { &[Part::B, Part::A] } else { &[Part::Alone] };
        parts.iter().map(|of| view! { <PartOf of=*of plot answer/> }).collect_view()
    };
    view! {
        <div class="plot-chart" data-pinned=move || is_pinned.get().then_some("")>
            <div class="pane-head">{head}</div>
            <Controls plot kind/>
            <p class="pane-note plot-status" role="status">{unclear} " " {status}</p>
            <div class="plot-parts">{drawn}</div>
            <p class="pane-note">{about}</p>
        </div>
    }
}

/// The chart of some rows, with what it is called, and what is told below it.
#[component]
fn PartOf(of: Part, plot: Memo<Option<Plot>>, answer: Memo<Option<Arc<Answer>>>) -> impl IntoView {
    let store = use_store();
    let (frame, size) = observe_size();
    let width = Memo::new(move |_| size.get().0.floor());
    let names = Memo::new(move |_| {
        plot.with(|plot| plot.as_ref().map(|plot| plot.columns.clone())).unwrap_or_default()
    });
    // Filters by other columns change the answer, not how it is drawn, and those of B do not mark A.
    let filters = Memo::new(move |_| {
        let (x, y) = names.get();
        store.spec.with(|spec| {
            let all = spec.filters.iter().filter(|(name, _)| of != Part::A && (**name == x || **name == y));
            all.map(|(name, clause)| (name.clone(), clause.clone())).collect::<Filters>()
        })
    });
    let make = move |width: f64| {
        let asked = plot.get()?;
        let filters = filters.get();
        answer.with(|answer| {
            let answer = answer.as_ref().filter(|answer| answer.columns == asked.columns)?;
            let beside = of.beside().and_then(|beside| beside.state(answer));
            let ask = Ask { asked: &asked, filters: &filters, beside, width };
            Chart::new(&answer.columns, of.state(answer)?, ask)
        })
    };
    let chart = Memo::new(move |_| {
        let width = width.get();
        if width < 1.0 { None } else { make(width).map(Arc::new) }
    });
    let is_empty = move || {
        let has_answer = answer
            .with(|answer| answer.as_ref().and_then(|answer| of.state(answer)).and_then(kind_of).is_some());
        has_answer && width.get() >= 1.0 && chart.with(Option::is_none)
    };
    let head = move || {
        let (x, y) = names.get();
        let title = texts::title(facts::title(&x), facts::title(&y));
        let drawn =
            Callback::new(move |()| untrack(|| make(SAVED_WIDTH)).map(|chart| Drawn::Scene(chart.scene)));
        let (words, title, name) = match of.name() {
            None => (None, title, format!("{x}-{y}")),
            Some(of) => (
                Some(texts::rows_of(of)),
                format!("{title}, {}", texts::rows_of(of)),
                format!("{x}-{y}-{of}"),
            ),
        };
        view! {
            {words.map(|words| view! { <h3 class="pane-sub">{words}</h3> })}
            <SaveChart title name chart=drawn/>
        }
    };
    let notes = move || {
        let notes = chart.with(|chart| chart.as_ref().map(|chart| chart.notes.clone())).unwrap_or_default();
        notes.into_iter().map(|note| view! { <p class="pane-note">{note}</p> }).collect_view()
    };
    let nothing = if of == Part::Alone { texts::NO_ROWS } else { texts::NO_ROWS_OF_ONE };
    view! {
        <div class="plot-part">
            <div class="plot-part-head">{head}</div>
            <p class="pane-note" role="status">{move || is_empty().then_some(nothing)}</p>
            <div class="plot-frame" node_ref=frame>
                <Show when=move || chart.with(Option::is_some)>
                    <Painted chart columns=names of/>
                </Show>
            </div>
            {notes}
        </div>
    }
}
