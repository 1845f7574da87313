//! What someone chooses once: the theme, what of images is shown, and what is kept on this device.

use crate::base::bytes::human_bytes;
use crate::formats::cache::USUAL_LIMIT_BYTES;
use crate::protocol::texts::{common, settings as texts};
use crate::ui::panels::help::Help;
use crate::ui::panels::shortcuts::Shortcuts;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::runtime::theme::ThemeChoice;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::image_settings::{BlurField, PreviewsCheck};
use crate::ui::widgets::popover::{Popover, PopoverOpen};
use leptos::prelude::*;

/// How much may be kept, to choose from.
const LIMITS: [u64; 4] = [0, 250_000_000, USUAL_LIMIT_BYTES, 4_000_000_000];

/// The button and its panel.
#[component]
pub fn Settings() -> impl IntoView {
    let trigger = || icon(Icon::Settings);
    view! {
        <Popover label=common::SETTINGS class="button settings-button" end=true trigger=ViewFn::from(trigger)>
            <LazyPart of=Lazy::Settings/>
        </Popover>
    }
}

/// What is in it.
#[component]
pub fn SettingsPanel() -> impl IntoView {
    let store = use_store();
    let in_table = store.images.in_table;
    let toggle = move |_| {
        store.images.toggle_in_table();
        store.show_again();
    };
    view! {
        <div class="settings">
            <ThemeChoice/>
            <h2 class="panel-title">{texts::IMAGES}</h2>
            <label class="check">
                <input type="checkbox" prop:checked=move || in_table.get() on:change=toggle/>
                <span>{texts::IMAGES_IN_TABLE}</span>
            </label>
            <PreviewsCheck/>
            <div class="settings-row"><BlurField/></div>
            <h2 class="panel-title">{texts::KEPT_HERE}</h2>
            <Kept/>
            <Keys/>
        </div>
    }
}

/// What is kept between visits.
#[component]
fn Kept() -> impl IntoView {
    let store = use_store();
    let kept = store.kept;
    // Asked each time the panel opens.
    store.ask_kept(false);
    let nothing = move || matches!(kept.bytes.get(), Some(None | Some(0)));
    let words = move || match kept.bytes.get() {
        None => String::new(),
        Some(None) => texts::NOT_ALLOWED.to_owned(),
        Some(Some(0)) => texts::NOTHING.to_owned(),
        Some(Some(bytes)) => human_bytes(bytes),
    };
    let choose = move |event: leptos::ev::Event| {
        if let Ok(limit) = event_target_value(&event).parse() {
            store.keep_at_most(limit);
        }
    };
    let mut limits = LIMITS.to_vec();
    // Another one may have been set by hand.
    let chosen = kept.limit_bytes.get_untracked();
    limits.extend(Some(chosen).filter(|chosen| !LIMITS.contains(chosen)));
    limits.sort_unstable();
    let options = limits.into_iter().map(move |limit| {
        view! {
            <option value=limit.to_string() selected=move || kept.limit_bytes.get() == limit>
                {texts::limit(limit)}
            </option>
        }
    });
    view! {
        <div class="settings-row">
            <span role="status" aria-label=texts::KEPT>{words}</span>
            <button
                type="button"
                class="button"
                data-kind="line"
                data-size="small"
                disabled=nothing
                on:click=move |_| store.ask_kept(true)
            >
                {texts::CLEAR}
            </button>
        </div>
        <label class="settings-row">
            <span>{texts::AT_MOST}</span>
            <select class="field" aria-label=texts::KEEP_AT_MOST on:change=choose>
                {options.collect_view()}
            </select>
        </label>
        <p class="settings-note">
            {texts::ABOUT_KEPT}
        </p>
    }
}

/// The ways to the sheet of keys, for those who do not know its key, and to the guide.
#[component]
fn Keys() -> impl IntoView {
    let open = use_context::<PopoverOpen>();
    let sheet = use_context::<Shortcuts>();
    let show = move |_| {
        if let Some(PopoverOpen(open)) = open {
            open.set(false);
        }
        if let Some(Shortcuts(sheet)) = sheet {
            sheet.set(true);
        }
    };
    let help = use_context::<Help>();
    let guide = move |_| {
        if let Some(PopoverOpen(open)) = open {
            open.set(false);
        }
        if let Some(Help(help)) = help {
            help.set(true);
        }
    };
    view! {
        <button type="button" class="button settings-keys" on:click=show>
            {common::SHORTCUTS} " "
            <kbd>"?"</kbd>
        </button>
        <button type="button" class="button settings-keys" on:click=guide>
            {common::HELP}
        </button>
    }
}
