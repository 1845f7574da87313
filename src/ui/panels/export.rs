//! The menu of what can be taken away: rows, a script, the link.

use crate::protocol::display::percent_floor;
use crate::protocol::export::{Format, MAX_IMAGES, MAX_MEMORY_BYTES, Progress, Rows, Stage};
use crate::protocol::texts::{common, export as texts};
use crate::ui::panels::script::ScriptPart;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::{Place, Taken, place, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::popover::Popover;
use leptos::prelude::*;

/// The button and its panel.
#[component]
pub fn ExportMenu() -> impl IntoView {
    let store = use_store();
    let share = move || {
        store.export.progress.with(|progress| {
            let progress = progress.as_ref().filter(|progress| progress.stage == Stage::Writing)?;
            Some(texts::share(percent_floor(progress.rows + progress.missing, progress.rows_total)))
        })
    };
    let trigger = move || {
        view! {
            {icon(Icon::Load)}
            <span class="button-words">{common::EXPORT}</span>
            {share}
        }
    };
    view! {
        <Popover label=common::EXPORT class="button export-button" end=true trigger=ViewFn::from(trigger)>
            <LazyPart of=Lazy::Export/>
        </Popover>
    }
}

/// What is in it.
#[component]
pub fn ExportPanel() -> impl IntoView {
    let store = use_store();
    view! {
        <div class="export">
            <RowsPart/>
            <Show when=move || store.pictures().is_some()>
                <ImagesPart/>
            </Show>
            <ScriptPart/>
            <LinkPart/>
        </div>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    JsonLines,
    Parquet,
}

#[component]
fn RowsPart() -> impl IntoView {
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
    let cost = move || texts::reads_first(store.export_costs(&columns()));
    let place = where_it_goes();
    let begin = move |_| {
        let format = match kind.get_untracked() {
            Kind::Csv => Format::Csv { guard_formulas: guard.get_untracked() },
            Kind::JsonLines => Format::JsonLines,
            Kind::Parquet => Format::Parquet,
        };
        store.export_rows(format, untrack(columns));
    };
    let formats =
        [(Kind::Csv, texts::CSV), (Kind::JsonLines, texts::JSON_LINES), (Kind::Parquet, texts::PARQUET)];
    let formats = formats.map(|(own, name)| {
        view! {
            <label class="choice">
                <input type="radio" name="export-format" prop:checked=move || kind.get() == own on:change=move |_| kind.set(own)/>
                <span>{name}</span>
            </label>
        }
    });
    let choices = [false, true].map(|own| {
        let count = move || if own { all_columns().len() } else { store.columns().len() };
        view! {
            <label class="choice">
                <input type="radio" name="export-columns" prop:checked=move || every.get() == own on:change=move |_| every.set(own)/>
                <span>{move || texts::columns(own, count())}</span>
            </label>
        }
    });
    view! {
        <section class="export-part" aria-label=texts::ROWS>
            <h2 class="panel-title">{rows}{texts::IN_ORDER}</h2>
            <fieldset class="choices">
                <legend>{texts::FORMAT}</legend>
                {formats}
            </fieldset>
            <fieldset class="choices">
                <legend>{texts::COLUMNS}</legend>
                {choices}
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

/// Where a file is written, in a sentence.
fn where_it_goes() -> String {
    match place() {
        Place::Chosen => texts::TO_CHOSEN_FILE.to_owned(),
        Place::Storage => texts::TO_DOWNLOADS.to_owned(),
        Place::Memory => texts::to_memory(MAX_MEMORY_BYTES),
    }
}

#[component]
fn ImagesPart() -> impl IntoView {
    /// As many as somebody may want to look at.
    const USUAL: u32 = 100;
    let store = use_store();
    let text = RwSignal::new(USUAL.to_string());
    let number = move || {
        let number = text.with(|text| text.replace([',', ' '], "").parse::<u32>().ok());
        number.filter(|number| (1..=MAX_IMAGES as u32).contains(number))
    };
    let waits = move || store.count.with(Option::is_none) || store.search_waits();
    let begin = move |_| {
        if let Some(number) = untrack(number) {
            store.take_images(Rows::First(number));
        }
    };
    view! {
        <section class="export-part" aria-label=texts::IMAGES>
            <h2 class="panel-title">{texts::IMAGES_TITLE}</h2>
            <div class="export-row">
                <label class="choice">
                    <span>{texts::THE_FIRST}</span>
                    <input
                        type="text"
                        class="field export-number"
                        inputmode="numeric"
                        aria-label=texts::IMAGES_NUMBER
                        aria-invalid=move || number().is_none().then_some("true")
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    />
                    <span>{texts::OF_THE_ROWS}</span>
                </label>
            </div>
            <p class="export-note">
                {texts::images_note(MAX_IMAGES as u64, &where_it_goes())}
            </p>
            <div class="export-row">
                <button
                    type="button"
                    class="button"
                    data-kind="line"
                    data-size="small"
                    disabled=move || waits() || number().is_none()
                    on:click=begin
                >
                    {common::SAVE_IMAGES}
                </button>
                <Running of=Taken::Images/>
            </div>
        </section>
    }
}

/// How far an export is, and a way to stop it.
#[component]
pub fn Running(
    /// Of what.
    of: Taken,
) -> impl IntoView {
    let store = use_store();
    let own = move || store.export.what.get() == of;
    let says = move || {
        store.export.progress.with(|progress| {
            let progress = progress.as_ref().filter(|_| own())?;
            let Progress { rows, rows_total, bytes, missing, .. } = *progress;
            let written = || match of {
                Taken::Rows => texts::rows_written(rows, bytes),
                Taken::Images => texts::images_written(rows, rows_total, bytes, missing),
            };
            Some(match &progress.stage {
                Stage::Waiting => texts::WAITING.to_owned(),
                Stage::Writing => written(),
                Stage::Done => texts::done(&written()),
                Stage::Failed(why) => texts::failed(why),
                Stage::Cancelled => texts::CANCELLED.to_owned(),
            })
        })
    };
    let runs = Memo::new(move |_| {
        store.export.progress.with(|progress| {
            progress
                .as_ref()
                .is_some_and(|progress| own() && matches!(progress.stage, Stage::Waiting | Stage::Writing))
        })
    });
    let share = move || {
        store.export.progress.with(|progress| {
            progress
                .as_ref()
                .map_or(0, |progress| percent_floor(progress.rows + progress.missing, progress.rows_total))
        })
    };
    view! {
        <Show when=move || runs.get()>
            <span
                class="progress"
                role="progressbar"
                aria-label=common::EXPORT
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || share().to_string()
                style=("--v", move || share().to_string())
            ></span>
            <button type="button" class="button" data-size="small" on:click=move |_| store.cancel_export()>
                {icon(Icon::Stop)}
                {texts::STOP}
            </button>
        </Show>
        <span class="export-note" role="status">{says}</span>
    }
}

#[component]
fn LinkPart() -> impl IntoView {
    let store = use_store();
    let link = move |_| match store.link() {
        Some(link) => store.copy(&link, common::LINK_COPIED),
        None => store.copy("", common::NOT_SHARED),
    };
    let frame = move |_| match store.embed_link() {
        Some(link) => {
            let link = link.replace('&', "&amp;").replace('"', "&quot;");
            let title = document().title().replace('&', "&amp;").replace('"', "&quot;");
            let text = format!(
                "<iframe src=\"{link}\" title=\"{title}\" width=\"100%\" height=\"640\" loading=\"lazy\" allow=\"clipboard-write\"></iframe>"
            );
            store.copy(&text, texts::SNIPPET_COPIED);
        }
        None => store.copy("", common::NOT_SHARED),
    };
    view! {
        <section class="export-part" aria-label=texts::VIEW>
            <h2 class="panel-title">{texts::THIS_VIEW}</h2>
            <div class="export-row">
                <button type="button" class="button" data-kind="line" data-size="small" on:click=link>{texts::COPY_LINK}</button>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=frame>
                    {texts::COPY_SNIPPET}
                </button>
            </div>
        </section>
    }
}
