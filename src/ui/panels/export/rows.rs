//! The part of the menu that writes rows.

use crate::protocol::export::Format;
use crate::protocol::texts::{common, export as texts};
use crate::ui::panels::export::running::Begin;
use crate::ui::panels::export::where_it_goes;
use crate::ui::store::{Taken, use_store};
use leptos::prelude::*;

/// The groups that are shown.
#[component]
pub fn GroupsPart() -> impl IntoView {
    let store = use_store();
    let kind = RwSignal::new(Kind::Csv);
    let begin = Callback::new(move |()| store.export_groups(kind.get_untracked().format(true)));
    view! {
        <section class="export-part" aria-label=texts::GROUPS>
            <h2 class="panel-title">{texts::GROUPS}</h2>
            <fieldset class="choices">
                <legend>{texts::FORMAT}</legend>
                {formats(kind, "groups-format")}
            </fieldset>
            <Begin of=Taken::Groups words=texts::EXPORT_GROUPS disabled=Signal::derive(move || store.search_waits()) begin/>
        </section>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    JsonLines,
    Parquet,
    Arrow,
}

impl Kind {
    fn format(self, guard_formulas: bool) -> Format {
        match self {
            Self::Csv => Format::Csv { guard_formulas },
            Self::JsonLines => Format::JsonLines,
            Self::Parquet => Format::Parquet,
            Self::Arrow => Format::Arrow,
        }
    }
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
    let disabled = Signal::derive(move || store.count.with(Option::is_none) || store.search_waits());
    let begin = Callback::new(move |()| {
        store.export_rows(kind.get_untracked().format(guard.get_untracked()), untrack(columns));
    });
    view! {
        <section class="export-part" aria-label=texts::ROWS>
            <h2 class="panel-title">{rows}{texts::IN_ORDER}</h2>
            <fieldset class="choices">
                <legend>{texts::FORMAT}</legend>
                {formats(kind, "export-format")}
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
            <Begin of=Taken::Rows words=texts::EXPORT_ROWS disabled begin/>
        </section>
    }
}

/// The choice of a format.
fn formats(chosen: RwSignal<Kind>, name: &'static str) -> AnyView {
    let formats = [
        (Kind::Csv, texts::CSV),
        (Kind::JsonLines, texts::JSON_LINES),
        (Kind::Parquet, texts::PARQUET),
        (Kind::Arrow, texts::ARROW),
    ];
    let format = |(own, words)| {
        view! {
            <label class="choice">
                <input type="radio" name=name prop:checked=move || chosen.get() == own on:change=move |_| chosen.set(own)/>
                <span>{words}</span>
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
