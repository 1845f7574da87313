//! A field for a token, where a repository is not open to everyone.

use crate::protocol::Action;
use crate::protocol::texts::panels as texts;
use crate::ui::store::{ItemAction, use_store};
use leptos::prelude::*;
use web_sys::SubmitEvent;

/// The field, if one of these actions asks for it.
#[component]
pub fn SignIn(
    /// What a notice offers.
    actions: Vec<ItemAction>,
) -> impl IntoView {
    let store = use_store();
    let gate = actions.into_iter().find_map(|action| match action {
        ItemAction::Of(Action::SignIn(gate)) => Some(gate),
        ItemAction::Of(_) | ItemAction::Restart => None,
    })?;
    let field = NodeRef::<leptos::html::Input>::new();
    let host = gate.endpoint.split("://").last().unwrap_or_default().to_owned();
    let endpoint = gate.endpoint.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            let token = field.value();
            field.set_value("");
            store.sign_in(&endpoint, &token);
        }
    };
    Some(view! {
        <form class="sign-in" on:submit=submit>
            <p>
                {texts::REPOSITORY}
                <a href=gate.page target="_blank" rel="noopener noreferrer">{gate.repository}</a>
            </p>
            <div class="sign-in-line">
                <input
                    node_ref=field
                    type="password"
                    class="field"
                    aria-label=texts::TOKEN
                    placeholder=texts::TOKEN_HINT
                    autocomplete="off"
                    spellcheck="false"
                    required
                />
                <button type="submit" class="button" data-kind="main">{texts::USE_TOKEN}</button>
            </div>
            <p class="sign-in-note">{texts::token_kept(&host)}</p>
        </form>
    })
}
