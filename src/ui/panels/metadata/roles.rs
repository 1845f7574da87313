//! Which column plays which part.

use crate::protocol::Kind;
use crate::protocol::texts::{common, metadata as texts};
use crate::ui::store::{Pictures, use_store};
use crate::view::roles::Role;
use leptos::prelude::*;

/// Which column plays which part, to be looked at and corrected.
#[component]
pub fn Roles() -> impl IntoView {
    let store = use_store();
    let row = move |(role, _, title): (Role, &'static str, &'static str)| {
        let roles = store.roles();
        let chosen = store.spec.with(|spec| spec.roles.get(&role).cloned());
        let now = roles.column(role).map(str::to_owned);
        let columns = store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            let suited = columns
                .iter()
                .filter(|column| column.derived_from.is_empty())
                .filter(|column| role.suits(column.kind.holds()) || now.as_ref() == Some(&column.name));
            suited.map(|column| column.name.clone()).collect::<Vec<_>>()
        });
        let options = columns.into_iter().map(|name| {
            let selected = now.as_ref() == Some(&name);
            view! { <option value=format!("={name}") selected=selected>{name.clone()}</option> }
        });
        let change = move |event: leptos::ev::Event| {
            let value = event_target_value(&event);
            let column = match value.strip_prefix('=') {
                Some(name) => Some(Some(name.to_owned())),
                None if value == "none" => Some(None),
                None => None,
            };
            store.set_role(role, column);
        };
        let how = match (&chosen, &now) {
            (Some(_), _) => texts::CHOSEN,
            (None, Some(_)) => texts::GUESSED,
            (None, None) => "",
        };
        view! {
            <div>
                <span id=format!("role-{}", role.name())>{title}</span>
                <select class="field" aria-labelledby=format!("role-{}", role.name()) on:change=change>
                    <option value="none" selected=now.is_none()>{common::NONE}</option>
                    {options.collect_view()}
                </select>
                <small>{how}</small>
                {chosen
                    .is_some()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-size="small"
                                aria-label=texts::guess_again(title)
                                on:click=move |_| store.set_role(role, None)
                            >
                                {texts::GUESS_AGAIN}
                            </button>
                        }
                    })}
            </div>
        }
    };
    let has_bytes = move || {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            columns.iter().any(|column| column.kind == Kind::Binary)
        })
    };
    // The others matter to few tables; what a link corrects of them is shown.
    let offered = move || {
        let corrected = store.spec.with(|spec| spec.roles.clone());
        let all = Role::ALL.iter().copied().filter(|(role, ..)| !role.is_preference());
        let offers = move |role: &Role| role.is_usual() || *role == Role::Text && has_bytes();
        all.filter(move |(role, ..)| offers(role) || corrected.contains_key(role))
    };
    let preference = || Role::ALL.iter().copied().filter(|(role, ..)| role.is_preference());
    let images = move || match store.pictures() {
        Some(Pictures::Known) => texts::IMAGES_KNOWN,
        Some(Pictures::Embedded) => texts::IMAGES_EMBEDDED,
        Some(Pictures::Addresses(_)) => texts::IMAGES_ELSEWHERE,
        None => texts::NO_IMAGES,
    };
    view! {
        <section aria-label=texts::ROLES>
            <h2>{texts::ROLES}</h2>
            <p class="metadata-note">{texts::ABOUT_ROLES}</p>
            <div class="metadata-roles">{move || offered().map(row).collect_view()}</div>
            <p class="metadata-note">{images}</p>
            <Show when=has_bytes>
                <p class="metadata-note">{texts::ABOUT_BYTES}</p>
            </Show>
            <Show when=move || store.pictures().is_some() || store.is_ranked()>
                <h2>{texts::PREFERENCE}</h2>
                <p class="metadata-note">{texts::ABOUT_PREFERENCE}</p>
                <div class="metadata-roles">{move || preference().map(row).collect_view()}</div>
            </Show>
        </section>
    }
}
