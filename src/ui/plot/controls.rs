//! Which two columns, and how they are drawn.

use crate::protocol::Column;
use crate::protocol::texts::{groups, plot as texts};
use crate::ui::plot::chart::Kind;
use crate::ui::store::{Store, facts, use_store};
use crate::view::chart::Growth;
use crate::view::plot::{Plot, Shares};
use leptos::prelude::*;

const GROWTHS: [Growth; 3] = [Growth::Root, Growth::Log, Growth::Linear];
const SHARES: [Shares; 3] = [Shares::All, Shares::Lines, Shares::Columns];

/// The controls.
#[component]
pub fn Controls(plot: Memo<Option<Plot>>, kind: Memo<Option<Kind>>) -> impl IntoView {
    let store = use_store();
    let swap = move |_| {
        change(store, plot, |plot| {
            std::mem::swap(&mut plot.columns.0, &mut plot.columns.1);
        });
    };
    let options = move || match kind.get()? {
        kind @ (Kind::Density | Kind::Boxes | Kind::Band) => Some(view! { <Scale plot kind/> }.into_any()),
        Kind::Shares => Some(view! { <Wholes plot/> }.into_any()),
        Kind::Stack => Some(view! { <Lines plot/> }.into_any()),
    };
    view! {
        <div class="plot-controls">
            <ColumnChoice plot across=true/>
            <button type="button" class="button" data-kind="line" data-size="small" aria-label=texts::SWAP title=texts::SWAP on:click=swap>
                "⇄"
            </button>
            <ColumnChoice plot across=false/>
            {options}
        </div>
    }
}

fn change(store: Store, plot: Memo<Option<Plot>>, change: impl FnOnce(&mut Plot)) {
    if let Some(mut next) = plot.get_untracked() {
        change(&mut next);
        store.set_plot(Some(next.items()));
    }
}

/// The columns that have charts, those that the rail begins with first.
pub fn columns(store: Store) -> Vec<Column> {
    let all = store.opened.with(|opened| opened.as_ref().map(|opened| opened.columns.clone()));
    let mut columns: Vec<Column> =
        all.unwrap_or_default().into_iter().filter(|column| column.chartable).collect();
    columns.sort_by_key(|column| facts::order(&column.name));
    columns
}

#[component]
fn ColumnChoice(plot: Memo<Option<Plot>>, across: bool) -> impl IntoView {
    let store = use_store();
    let chosen = Memo::new(move |_| {
        plot.with(|plot| {
            plot.as_ref().map(|plot| if across { plot.columns.0.clone() } else { plot.columns.1.clone() })
        })
    });
    let choose = move |event| {
        let column = event_target_value(&event);
        change(store, plot, |plot| {
            *if across { &mut plot.columns.0 } else { &mut plot.columns.1 } = column;
        });
    };
    let options = move || {
        let chosen = chosen.get();
        let option = |column: Column| {
            let left = store.bytes_left(&column.name).unwrap_or(0);
            let selected = chosen.as_ref() == Some(&column.name);
            view! {
                <option value=column.name.clone() selected=selected>{groups::column(facts::title(&column.name), left)}</option>
            }
        };
        columns(store).into_iter().map(option).collect_view()
    };
    view! {
        <select class="field" aria-label=if across { texts::ACROSS } else { texts::UP } on:change=choose>
            {options}
        </select>
    }
}

/// How counts become colours, or numbers places.
#[component]
fn Scale(plot: Memo<Option<Plot>>, kind: Kind) -> impl IntoView {
    let store = use_store();
    let (label, usual) = match kind {
        Kind::Density => (texts::COLOURS, Growth::Root),
        Kind::Boxes | Kind::Shares | Kind::Band | Kind::Stack => (texts::NUMBERS, Growth::Linear),
    };
    let now =
        Memo::new(move |_| plot.with(|plot| plot.as_ref().and_then(|plot| plot.growth).unwrap_or(usual)));
    let choices = GROWTHS.map(|growth| Choice {
        words: texts::growth(growth).into_any(),
        chosen: Signal::derive(move || now.get() == growth),
        choose: Callback::new(move |()| {
            change(store, plot, |plot| plot.growth = Some(growth).filter(|growth| *growth != usual));
        }),
    });
    segments(label, choices.into())
}

/// What shares are of.
#[component]
fn Wholes(plot: Memo<Option<Plot>>) -> impl IntoView {
    let store = use_store();
    let now = Memo::new(move |_| plot.with(|plot| plot.as_ref().map(|plot| plot.shares).unwrap_or_default()));
    let choices = SHARES.map(|shares| {
        let words = move || {
            plot.with(|plot| {
                plot.as_ref().map(|plot| {
                    texts::shares(shares, facts::title(&plot.columns.0), facts::title(&plot.columns.1))
                })
            })
        };
        Choice {
            words: words.into_any(),
            chosen: Signal::derive(move || now.get() == shares),
            choose: Callback::new(move |()| change(store, plot, |plot| plot.shares = shares)),
        }
    });
    segments(texts::SHARES, choices.into())
}

/// Whether shares over time are lines.
#[component]
fn Lines(plot: Memo<Option<Plot>>) -> impl IntoView {
    let store = use_store();
    let now = Memo::new(move |_| plot.with(|plot| plot.as_ref().is_some_and(|plot| plot.lines)));
    let choices = [(false, texts::STACK), (true, texts::LINES)].map(|(lines, words)| Choice {
        words: words.into_any(),
        chosen: Signal::derive(move || now.get() == lines),
        choose: Callback::new(move |()| change(store, plot, |plot| plot.lines = lines)),
    });
    segments(texts::OVER_TIME, choices.into())
}

/// One of a few choices beside each other.
struct Choice {
    words: AnyView,
    chosen: Signal<bool>,
    choose: Callback<()>,
}

fn segments(label: &'static str, choices: Vec<Choice>) -> AnyView {
    let segment = |Choice { words, chosen, choose }| {
        view! {
            <button
                type="button"
                class="button"
                aria-pressed=move || chosen.get().to_string()
                on:click=move |_| choose.run(())
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="views" data-size="small" role="group" aria-label=label>{choices.into_iter().map(segment).collect_view()}</div>
    }
    .into_any()
}
