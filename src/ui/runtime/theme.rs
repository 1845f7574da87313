//! Light, dark, or as the system has it; kept on this device.

use crate::protocol::texts::settings as texts;
use crate::ui::widgets::icon::{Icon, icon};
use leptos::prelude::*;

/// Where the choice is kept.
const KEY: &str = "vitrine.theme";

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    System,
    Light,
    Dark,
}

impl Choice {
    const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::System => texts::THEME_SYSTEM,
            Self::Light => texts::THEME_LIGHT,
            Self::Dark => texts::THEME_DARK,
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::System => Icon::Theme,
            Self::Light => Icon::ThemeLight,
            Self::Dark => Icon::ThemeDark,
        }
    }
}

/// The choice of a theme, for the whole page.
#[derive(Clone, Copy)]
pub struct Theme(RwSignal<Choice>);

impl Theme {
    /// As it was chosen before.
    pub fn new() -> Self {
        let kept = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        let choice = match kept.as_deref() {
            Some("light") => Choice::Light,
            Some("dark") => Choice::Dark,
            _ => Choice::System,
        };
        let choice = RwSignal::new(choice);
        Effect::new(move || {
            if let Some(root) = document().document_element() {
                let _ = match choice.get() {
                    Choice::System => root.remove_attribute("data-theme"),
                    chosen => root.set_attribute("data-theme", chosen.name()),
                };
            }
        });
        Self(choice)
    }

    fn choose(self, choice: Choice) {
        self.0.set(choice);
        if let Some(storage) = storage() {
            let _ = storage.set_item(KEY, self.0.get_untracked().name());
        }
    }
}

/// A browser may deny its storage; then the choice lasts as long as the page.
fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// One of the themes is chosen.
#[component]
pub fn ThemeChoice() -> impl IntoView {
    let theme = use_context::<Theme>().unwrap_or_else(Theme::new);
    let choices = [Choice::System, Choice::Light, Choice::Dark].map(|choice| {
        view! {
            <label class="theme-choice">
                <input
                    type="radio"
                    name="theme"
                    prop:checked=move || theme.0.get() == choice
                    on:change=move |_| theme.choose(choice)
                />
                {icon(choice.icon())}
                <span>{choice.title()}</span>
            </label>
        }
    });
    view! {
        <fieldset class="themes">
            <legend class="panel-title">{texts::THEME}</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
    }
}
