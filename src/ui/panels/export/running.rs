//! An export that is under way.

use crate::protocol::display::percent_floor;
use crate::protocol::export::{Progress, Stage};
use crate::protocol::texts::{common, export as texts, pairs};
use crate::ui::store::{Taken, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use leptos::prelude::*;

/// The button that begins an export, and behind it how far that is.
#[component]
pub fn Begin(
    /// Of what.
    of: Taken,
    /// What the button says.
    words: &'static str,
    /// Whether it is the main one of its part.
    #[prop(default = true)]
    main: bool,
    /// Whether it can't begin now.
    #[prop(into)]
    disabled: Signal<bool>,
    /// Begins it.
    begin: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="export-row">
            <button
                type="button"
                class="button"
                data-kind=if main { "main" } else { "line" }
                data-size="small"
                disabled=disabled
                on:click=move |_| begin.run(())
            >
                {words}
            </button>
            <Running of/>
        </div>
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
            let Progress { rows, rows_total, bytes, missing, .. } = **progress;
            let written = || match of {
                Taken::Rows => {
                    let left_out = texts::left_out(store.export.left_out.get());
                    format!("{}{left_out}{}", texts::rows_written(rows, bytes), texts::empty(missing))
                }
                Taken::Groups => texts::groups_written(rows, bytes),
                Taken::Images => texts::images_written(rows, rows_total, bytes, missing),
                Taken::Pairs => pairs::written(rows, rows_total, missing),
            };
            Some(match &progress.stage {
                Stage::Waiting => texts::WAITING.to_owned(),
                Stage::Writing => written(),
                Stage::Paused => texts::paused(&written()),
                Stage::Done => texts::done(&written()),
                Stage::Failed(why) => texts::failed(why),
                Stage::Checking => texts::CHECKING.to_owned(),
                Stage::Unreadable { why, may_be_empty: true, .. } => texts::partly_unreadable(why),
                Stage::Unreadable { columns, why, .. } => texts::unreadable(&names(columns), why),
                Stage::Cancelled => texts::CANCELLED.to_owned(),
            })
        })
    };
    let unreadable = Memo::new(move |_| {
        store.export.progress.with(|progress| match progress.as_ref().map(|progress| &progress.stage) {
            Some(Stage::Unreadable { columns, may_be_empty, .. }) if own() => {
                Some((names(columns), *may_be_empty))
            }
            Some(
                Stage::Unreadable { .. }
                | Stage::Waiting
                | Stage::Checking
                | Stage::Writing
                | Stage::Paused
                | Stage::Done
                | Stage::Failed(_)
                | Stage::Cancelled,
            )
            | None => None,
        })
    });
    let stage_is = move |is: fn(&Stage) -> bool| {
        let progress = store.export.progress;
        Memo::new(move |_| own() && progress.with(|it| it.as_ref().is_some_and(|it| is(&it.stage))))
    };
    let is_paused = stage_is(|stage| *stage == Stage::Paused);
    let may_pause = stage_is(|stage| matches!(stage, Stage::Writing | Stage::Paused));
    let runs =
        stage_is(|stage| matches!(stage, Stage::Waiting | Stage::Checking | Stage::Writing | Stage::Paused));
    let share = move || {
        store.export.progress.with(|progress| {
            progress.as_ref().map_or(0, |progress| {
                let missing = if of == Taken::Rows { 0 } else { progress.missing };
                percent_floor(progress.rows + missing, progress.rows_total)
            })
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
            <Show when=move || may_pause.get()>
                <button
                    type="button"
                    class="button"
                    data-size="small"
                    on:click=move |_| store.pause_export(!is_paused.get_untracked())
                >
                    {move || icon(if is_paused.get() { Icon::Play } else { Icon::Pause })}
                    {move || if is_paused.get() { texts::RESUME } else { texts::PAUSE }}
                </button>
            </Show>
            <button type="button" class="button" data-size="small" on:click=move |_| store.cancel_export()>
                {icon(Icon::Stop)}
                {texts::STOP}
            </button>
        </Show>
        <span class="export-note" role="status">{says}</span>
        {move || unreadable.get().map(go_without)}
    }
}

/// The buttons that export without columns that can't be read, or with what can't be of them left empty.
fn go_without((columns, may_be_empty): (Vec<String>, bool)) -> AnyView {
    let store = use_store();
    let empty = may_be_empty.then(|| {
        view! {
            <button
                type="button"
                class="button"
                data-kind="line"
                data-size="small"
                on:click=move |_| store.export_empty()
            >
                {texts::GO_EMPTY}
            </button>
        }
    });
    view! {
        {empty}
        <button
            type="button"
            class="button"
            data-kind="line"
            data-size="small"
            on:click=move |_| store.export_without()
        >
            {texts::go_without(&columns)}
        </button>
    }
    .into_any()
}

/// What columns are called.
fn names(columns: &[(u32, String)]) -> Vec<String> {
    columns.iter().map(|(_, name)| name.clone()).collect()
}
