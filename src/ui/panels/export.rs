//! The menu of what can be taken away: rows, a script, the link.

use crate::base::bytes::human_bytes;
use crate::protocol::display::{percent_floor, thousands};
use crate::protocol::export::{Format, MAX_IMAGES, MAX_MEMORY_BYTES, Rows, Stage};
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
            Some(format!("{} %", percent_floor(progress.rows + progress.missing, progress.rows_total)))
        })
    };
    let trigger = move || {
        view! {
            {icon(Icon::Load)}
            <span class="button-words">"Export"</span>
            {share}
        }
    };
    view! {
        <Popover label="Export" class="button export-button" end=true trigger=ViewFn::from(trigger)>
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
            Some(count) if count.rows_read < count.rows => {
                format!("{} rows so far", thousands(count.matching))
            }
            Some(count) => format!("{} rows", thousands(count.matching)),
            None => "Rows".to_owned(),
        })
    };
    let cost = move || match store.export_costs(&columns()) {
        0 => "Everything that is needed has been read.".to_owned(),
        bytes => format!("Reads up to {} first.", human_bytes(bytes)),
    };
    let place = where_it_goes();
    let begin = move |_| {
        let format = match kind.get_untracked() {
            Kind::Csv => Format::Csv { guard_formulas: guard.get_untracked() },
            Kind::JsonLines => Format::JsonLines,
            Kind::Parquet => Format::Parquet,
        };
        store.export_rows(format, untrack(columns));
    };
    let formats = [(Kind::Csv, "CSV"), (Kind::JsonLines, "JSON Lines"), (Kind::Parquet, "Parquet")];
    let formats = formats.map(|(own, name)| {
        view! {
            <label class="choice">
                <input type="radio" name="export-format" prop:checked=move || kind.get() == own on:change=move |_| kind.set(own)/>
                <span>{name}</span>
            </label>
        }
    });
    let choices = [(false, "shown"), (true, "all")].map(|(own, name)| {
        let count = move || if own { all_columns().len() } else { store.columns().len() };
        view! {
            <label class="choice">
                <input type="radio" name="export-columns" prop:checked=move || every.get() == own on:change=move |_| every.set(own)/>
                <span>{move || format!("{name} ({})", count())}</span>
            </label>
        }
    });
    view! {
        <section class="export-part" aria-label="Rows">
            <h2 class="panel-title">{rows}", in their order"</h2>
            <fieldset class="choices">
                <legend>"Format"</legend>
                {formats}
            </fieldset>
            <fieldset class="choices">
                <legend>"Columns"</legend>
                {choices}
            </fieldset>
            <Show when=move || kind.get() == Kind::Csv>
                <label class="choice">
                    <input type="checkbox" prop:checked=move || guard.get() on:change=move |_| guard.update(|guard| *guard = !*guard)/>
                    <span>"Safe for spreadsheets: an apostrophe before text that begins with = + - or @"</span>
                </label>
            </Show>
            <p class="export-note">{cost}" "{place}</p>
            <Show when=move || store.search_waits()>
                <p class="export-note">"The search has to be started first: its size is told below the field."</p>
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
                    "Export rows"
                </button>
                <Running of=Taken::Rows/>
            </div>
        </section>
    }
}

/// Where a file is written, in a sentence.
fn where_it_goes() -> String {
    match place() {
        Place::Chosen => "Written straight to the file that you choose.".to_owned(),
        Place::Storage => "Written to disk, then put among your downloads.".to_owned(),
        Place::Memory => {
            format!("This browser keeps the file in memory: {} at most.", human_bytes(MAX_MEMORY_BYTES))
        }
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
        <section class="export-part" aria-label="Images">
            <h2 class="panel-title">"Images, as they are, with what made them"</h2>
            <div class="export-row">
                <label class="choice">
                    <span>"the first"</span>
                    <input
                        type="text"
                        class="field export-number"
                        inputmode="numeric"
                        aria-label="Number of images"
                        aria-invalid=move || number().is_none().then_some("true")
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    />
                    <span>"of the rows"</span>
                </label>
            </div>
            <p class="export-note">
                {format!(
                    "A ZIP in the form of a part of DiffusionDB, of at most {} images; each is read whole. Chosen ones are saved in the gallery. {}",
                    thousands(MAX_IMAGES as u64),
                    where_it_goes(),
                )}
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
                    "Save images"
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
            let bytes = human_bytes(progress.bytes);
            let written = || match of {
                Taken::Rows => format!("{} rows, {bytes}", thousands(progress.rows)),
                Taken::Images => {
                    let missing = match progress.missing {
                        0 => String::new(),
                        missing => {
                            format!("; {} could not be read: missing.txt names them", thousands(missing))
                        }
                    };
                    let (done, total) = (thousands(progress.rows), thousands(progress.rows_total));
                    format!("{done} of {total} images, {bytes}{missing}")
                }
            };
            Some(match &progress.stage {
                Stage::Waiting => "Waiting for what decides which rows match".to_owned(),
                Stage::Writing => written(),
                Stage::Done => format!("Done: {}", written()),
                Stage::Failed(why) => format!("Not written. {why}"),
                Stage::Cancelled => "Stopped; nothing is kept".to_owned(),
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
                aria-label="Export"
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || share().to_string()
                style=("--v", move || share().to_string())
            ></span>
            <button type="button" class="button" data-size="small" on:click=move |_| store.cancel_export()>
                {icon(Icon::Stop)}
                "Stop export"
            </button>
        </Show>
        <span class="export-note" role="status">{says}</span>
    }
}

#[component]
fn LinkPart() -> impl IntoView {
    let store = use_store();
    let link = move |_| match store.link() {
        Some(link) => store.copy(&link, "Link copied"),
        None => store.copy("", "A file of this device can’t be shared"),
    };
    let frame = move |_| match store.embed_link() {
        Some(link) => {
            let link = link.replace('&', "&amp;").replace('"', "&quot;");
            let title = document().title().replace('&', "&amp;").replace('"', "&quot;");
            let text = format!(
                "<iframe src=\"{link}\" title=\"{title}\" width=\"100%\" height=\"640\" loading=\"lazy\" allow=\"clipboard-write\"></iframe>"
            );
            store.copy(&text, "Snippet copied");
        }
        None => store.copy("", "A file of this device can’t be shared"),
    };
    view! {
        <section class="export-part" aria-label="View">
            <h2 class="panel-title">"This view"</h2>
            <div class="export-row">
                <button type="button" class="button" data-kind="line" data-size="small" on:click=link>"Copy link"</button>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=frame>
                    "Copy embed snippet"
                </button>
            </div>
        </section>
    }
}
