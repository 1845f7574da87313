//! The distributions: one chart a column, and one line for each that is not read yet.

use crate::base::bytes::human_bytes;
use crate::base::sorted;
use crate::protocol::display::middle;
use crate::protocol::texts::{charts as texts, common};
use crate::protocol::{Column, Kind, Level, LoadState, Shape};
use crate::ui::charts::bars::Bars;
use crate::ui::charts::head::MOST_LETTERS;
use crate::ui::charts::histogram::Histogram;
use crate::ui::charts::rail_sheet::{SheetButton, SheetOpen};
use crate::ui::charts::safe::SafePreset;
use crate::ui::charts::text_clause::TextClause;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::runtime::turn::InTurn;
use crate::ui::store::facts;
use crate::ui::store::facts::order;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::chart::Measure;
use leptos::prelude::*;

/// The rail; where a window is narrow, a strip of it and a sheet with all of it.
#[component]
pub fn Rail() -> impl IntoView {
    // Charts are in one place at a time: in the rail, or in the sheet.
    let open = RwSignal::new(false);
    provide_context(SheetOpen(open));
    view! {
        <aside class="rail" aria-label=texts::DISTRIBUTIONS tabindex="0">
            <SheetButton open/>
            <div class="rail-head">
                <h2>{texts::DISTRIBUTIONS}</h2>
                <Heights/>
            </div>
            <Show when=move || !open.get()>
                <Charts/>
            </Show>
        </aside>
        <Show when=move || open.get()>
            <LazyPart of=Lazy::RailSheet/>
        </Show>
    }
}

/// What the heights of bars stand for, and what the two colours are.
#[component]
pub fn Heights() -> impl IntoView {
    let store = use_store();
    let pinned = move || {
        store.count.with(|count| count.as_ref().and_then(|count| Some((count.pinned?, count.matching))))
    };
    let key = move |here: bool| match pinned() {
        Some((_, rows)) if here => texts::side(texts::B, rows),
        Some((rows, _)) => texts::side(texts::A, rows),
        None if here => texts::FILTERED.to_owned(),
        None => texts::all_rows(store.opened.with(|opened| opened.as_ref().map(|opened| opened.rows))),
    };
    let choice = move |measure: Measure, name: &'static str, about: &'static str| {
        view! {
            <button
                type="button"
                title=about
                aria-pressed=move || (store.measure.get() == measure).to_string()
                on:click=move |_| store.set_measure(measure)
            >
                {name}
            </button>
        }
    };
    view! {
        <div class="measure" role="group" aria-label=texts::HEIGHTS>
            {choice(Measure::Share, texts::SHARE, texts::ABOUT_SHARE)}
            {choice(Measure::Count, texts::COUNT, texts::ABOUT_COUNT)}
        </div>
        <div class="key" aria-hidden="true">
            <span>{move || key(false)}</span>
            <span data-of="here">{move || key(true)}</span>
        </div>
    }
}

/// The charts, and below them what can be read.
#[component]
pub fn Charts() -> impl IntoView {
    let store = use_store();
    let columns = Memo::new(move |_| {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            let charted: Vec<Column> = columns.iter().filter(|column| column.chartable).cloned().collect();
            sorted::by_key(charted, |column| order(&column.name))
        })
    });
    // What is read comes before what is not, so that a column moves up only when it is asked for.
    let wanted = move |name: &str| store.wanted.with(|wanted| wanted.contains(name));
    let shown = move || columns.get().into_iter().filter(|column| wanted(&column.name)).collect::<Vec<_>>();
    let others = move || columns.get().into_iter().filter(|column| !wanted(&column.name)).collect::<Vec<_>>();
    // Prompts have the search.
    let plain = Memo::new(move |_| {
        store.opened.with(|opened| {
            let Some(opened) = opened else { return Vec::new() };
            let plain = |column: &&Column| {
                column.kind == Kind::Text && !column.chartable && Some(&column.name) != opened.prompt.as_ref()
            };
            opened.columns.iter().filter(plain).cloned().collect::<Vec<_>>()
        })
    });
    let waits = move || {
        let failed = store.notices.with(|notices| notices.iter().any(|notice| notice.level == Level::Fatal));
        store.opened.with(Option::is_none) && !failed
    };
    view! {
        <Show when=waits>
            <div class="rail-skeleton" aria-hidden="true">
                <i class="skeleton"></i>
                <i class="skeleton"></i>
                <i class="skeleton"></i>
            </div>
        </Show>
        <For each=shown key=|column| column.name.clone() let:column>
            <InTurn><Distribution column=column.clone()/></InTurn>
        </For>
        <SafePreset/>
        <For each=others key=|column| column.name.clone() let:column>
            <InTurn><Unread column=column.clone()/></InTurn>
        </For>
        <For each=move || plain.get() key=|column| column.name.clone() let:column>
            <InTurn><TextClause column=column.clone()/></InTurn>
        </For>
    }
}

#[component]
fn Distribution(column: Column) -> impl IntoView {
    let store = use_store();
    let name = StoredValue::new(column.name.clone());
    #[derive(Clone, Copy, PartialEq)]
    enum Form {
        Waiting,
        Bins,
        Bars,
    }
    let form = Memo::new(move |_| {
        store.charts.with(|charts| match name.with_value(|name| charts.get(name).map(|chart| &chart.shape)) {
            Some(Shape::Bins(_)) => Form::Bins,
            Some(Shape::Categories { .. }) => Form::Bars,
            None => Form::Waiting,
        })
    });
    view! {
        <div class="dist" data-form=move || if form.get() == Form::Bars { "bars" } else { "bins" }>
            {move || match form.get() {
                Form::Bins => view! { <Histogram column=name.get_value()/> }.into_any(),
                Form::Bars => view! { <Bars column=name.get_value()/> }.into_any(),
                Form::Waiting => view! { <Waiting column=name.get_value() bytes=column.bytes/> }.into_any(),
            }}
            <LoadLine column=name.get_value()/>
        </div>
    }
}

/// A chart of which nothing is read yet, at its final size.
#[component]
fn Waiting(column: String, bytes: u64) -> impl IntoView {
    let title = facts::title(&column).to_owned();
    let tall = facts::has_labels(&column) || facts::column(&column).is_some_and(|facts| facts.categorical);
    view! {
        <section aria-label=title.clone() aria-busy="true" data-column=column>
            <header class="dist-head">
                <h3>{title.clone()}</h3>
                <span class="dist-note">{human_bytes(bytes)}</span>
            </header>
            <div class="plot skeleton" data-tall=tall.then_some("")></div>
            {(!tall).then(|| view! { <div class="axis"></div> })}
        </section>
    }
}

/// Progress of a chart's column while it is read: a line, the amount, a button that stops it.
#[component]
fn LoadLine(column: String) -> impl IntoView {
    let store = use_store();
    let title = facts::title(&column).to_owned();
    let column = StoredValue::new(column);
    let progress = Memo::new(move |_| {
        store.progress.with(|all| {
            column.with_value(|column| {
                all.get(column).filter(|progress| progress.state == LoadState::Loading).cloned()
            })
        })
    });
    move || {
        let progress = progress.get()?;
        let share = progress.bytes as f64 / progress.bytes_total.max(1) as f64;
        let amount = common::bytes_of(progress.bytes, progress.bytes_total);
        Some(view! {
            <div class="load-line">
                <span>{amount}</span>
                <button
                    type="button"
                    class="close"
                    aria-label=common::stop_reading(&title)
                    on:click=move |_| column.with_value(|column| store.stop_column(column))
                >
                    {icon(Icon::Stop)}
                </button>
                <i style=("--v", format!("{share:.4}")) aria-hidden="true"></i>
            </div>
        })
    }
}

#[component]
fn Unread(column: Column) -> impl IntoView {
    let store = use_store();
    let Column { name, bytes, .. } = column;
    let title = facts::title(&name).to_owned();
    let about = facts::column(&name).map_or_else(|| name.clone(), |facts| facts.about.to_string());
    // Of a column that can't be read at all, no bytes are known.
    let size = (bytes > 0).then(|| human_bytes(bytes));
    let failed = {
        let name = name.clone();
        Memo::new(move |_| {
            store
                .progress
                .with(|all| all.get(&name).is_some_and(|progress| progress.state == LoadState::Failed))
        })
    };
    let own = name.clone();
    view! {
        <div class="unread" data-column=own>
            <h3 title=about.clone() aria-label=title.clone()>{middle(&title, MOST_LETTERS)}</h3>
            {move || {
                // Of what can't be decoded no second try comes to anything else.
                if failed.get() {
                    return view! { <span class="dist-note">{texts::UNREADABLE}</span> }.into_any();
                }
                let clicked = name.clone();
                view! {
                    <button
                        type="button"
                        class="button"
                        data-size="small"
                        data-kind="link"
                        on:click=move |_| store.load_column(&clicked)
                    >
                        {icon(Icon::Load)}
                        <span class="lower">{texts::LOAD}</span>
                        <span class="hidden">{texts::load_title(&title)}</span>
                        {size.clone()}
                    </button>
                }
                    .into_any()
            }}
        </div>
    }
}
