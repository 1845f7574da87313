//! The menu of what can be taken away: rows, images, a script, the link.

mod images;
mod link;
mod rows;
pub mod running;

use crate::protocol::display::percent_floor;
use crate::protocol::export::{MAX_MEMORY_BYTES, Stage};
use crate::protocol::texts::{common, export as texts};
use crate::ui::panels::export::images::ImagesPart;
use crate::ui::panels::export::link::LinkPart;
use crate::ui::panels::export::rows::{GroupsPart, RowsPart};
use crate::ui::panels::script::ScriptPart;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::{Place, place, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::popover::Popover;
use crate::ui::widgets::words::button_words;
use crate::view::spec::View;
use leptos::prelude::*;

/// The button and its panel.
#[component]
pub fn ExportMenu() -> impl IntoView {
    let store = use_store();
    let share = move || {
        store.export.progress.with(|progress| {
            let progress = progress
                .as_ref()
                .filter(|progress| matches!(progress.stage, Stage::Writing | Stage::Paused))?;
            Some(texts::share(percent_floor(progress.rows + progress.missing, progress.rows_total)))
        })
    };
    let trigger = move || {
        view! {
            {icon(Icon::Load)}
            {button_words(common::EXPORT)}
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
            <Show when=move || store.spec.with(|spec| spec.view == View::Groups)>
                <GroupsPart/>
            </Show>
            <RowsPart/>
            <Show when=move || store.pictures().is_some()>
                <ImagesPart/>
            </Show>
            <ScriptPart/>
            <LinkPart/>
        </div>
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
