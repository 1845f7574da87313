//! The part of the menu that writes rows.

use crate::protocol::export::Format;
use crate::protocol::texts::{common, export as texts};
use crate::ui::panels::export::running::Running;
use crate::ui::panels::export::where_it_goes;
use crate::ui::store::{Taken, use_store};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    JsonLines,
    Parquet,
    Arrow,
}

/// The rows that match.
#[component]
pub fn RowsPart() -> impl IntoView {
    let store = use_store();
    let kind = RwSignal::new(Kind::Csv);
    let every = RwSignal::new(false);
    let guard = RwSignal::new(true);
    let all_columns = move || {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
        })
    };
    let columns = move || if every.get() { all_columns() } else { store.columns() };
    let rows = move || {
        store.count.with(|count| match count {
            Some(count) if count.rows_read < count.rows => texts::rows_so_far(count.matching),
            Some(count) => common::rows(count.matching),
            None => texts::ROWS.to_owned(),
        })
    };
    let cost = move || texts::reads(store.export_costs(&columns()));
    let place = where_it_goes();
    let begin = move |_| {
        let format = match kind.get_untracked() {
            Kind::Csv => Format::Csv { guard_formulas: guard.get_untracked() },
            Kind::JsonLines => Format::JsonLines,
            Kind::Parquet => Format::Parquet,
            Kind::Arrow => Format::Arrow,
        };
        store.export_rows(format, untrack(columns));
    };
    view! {
        <section class="export-part" aria-label=texts::ROWS>
            <h2 class="panel-title">{rows}{texts::IN_ORDER}</h2>
            <fieldset class="choices">
                <legend>{texts::FORMAT}</legend>
                {formats(kind)}
            </fieldset>
            <fieldset class="choices">
                <legend>{texts::COLUMNS}</legend>
                {choices(every, Signal::derive(move || (store.columns().len(), all_columns().len())))}
            </fieldset>
            <Show when=move || kind.get() == Kind::Csv>
                <label class="choice">
                    <input type="checkbox" prop:checked=move || guard.get() on:change=move |_| guard.update(|guard| *guard = !*guard)/>
                    <span>{texts::GUARD}</span>
                </label>
            </Show>
            <p class="export-note">{cost}" "{place}</p>
            <Show when=move || store.search_waits()>
                <p class="export-note">{texts::SEARCH_FIRST}</p>
            </Show>
            <div class="export-row">
                <button
                    type="button"
                    class="button"
                    data-kind="main"
                    data-size="small"
                    disabled=move || store.count.with(Option::is_none) || store.search_waits()
                    on:click=begin
                >
                    {texts::EXPORT_ROWS}
                </button>
                <Running of=Taken::Rows/>
            </div>
        </section>
    }
}

/// The choice of a format.
fn formats(chosen: RwSignal<Kind>) -> AnyView {
    let formats = [
        (Kind::Csv, texts::CSV),
        (Kind::JsonLines, texts::JSON_LINES),
        (Kind::Parquet, texts::PARQUET),
        (Kind::Arrow, texts::ARROW),
    ];
    let format = |(own, name)| {
        view! {
            <label class="choice">
                <input type="radio" name="export-format" prop:checked=move || chosen.get() == own on:change=move |_| chosen.set(own)/>
                <span>{name}</span>
            </label>
        }
    };
    formats.into_iter().map(format).collect_view().into_any()
}

/// The choice of columns: those that are shown, or every one. `counts` says how many each are.
fn choices(every: RwSignal<bool>, counts: Signal<(usize, usize)>) -> AnyView {
    let choice = |own: bool| {
        let count = move || if own { counts.get().1 } else { counts.get().0 };
        view! {
            <label class="choice">
                <input type="radio" name="export-columns" prop:checked=move || every.get() == own on:change=move |_| every.set(own)/>
                <span>{move || texts::columns(own, count())}</span>
            </label>
        }
    };
    [false, true].into_iter().map(choice).collect_view().into_any()
}
