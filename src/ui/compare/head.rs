//! The prompt that is looked at: its words, what is known of it, and the way to the next one.

use crate::protocol::Cell;
use crate::protocol::compare::Group;
use crate::protocol::images::MakingOutcome;
use crate::protocol::texts::{common, compare as texts};
use crate::ui::gallery::tile::prompt_in;
use crate::ui::runtime::names::table_name;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::roles::Role;
use crate::view::spec::Spec;
use crate::view::url;
use leptos::prelude::*;
use std::sync::Arc;

/// The head. `rows` are those of the prompt.
#[component]
pub fn PromptHead(
    groups: Memo<Option<Arc<Vec<Group>>>>,
    chosen: RwSignal<usize>,
    rows: Memo<Vec<u64>>,
    rated: Memo<bool>,
) -> impl IntoView {
    let store = use_store();
    let first = Memo::new(move |_| {
        let first = rows.get().first().copied()?;
        store.compare.rows.with(|rows| rows.get(&first).cloned())
    });
    let prompt =
        move || first.with(|first| first.as_ref().and_then(|row| prompt_in(store, row)).unwrap_or_default());
    let facts = move || {
        let text = |role: Role| {
            first.with(|first| match first.as_ref()?.cell(&store.role(role)?)? {
                Cell::Text(text) => Some(text.clone()),
                _ => None,
            })
        };
        let images = rows.with(Vec::len);
        let pairs = images * images.saturating_sub(1) / 2;
        let counts = [texts::images(images), texts::pairs(pairs)];
        let named = [text(Role::Group), text(Role::Category)].into_iter().flatten();
        named.chain(counts).collect::<Vec<_>>().join(common::SEPARATOR)
    };
    let elsewhere = Memo::new(move |_| store.in_source(first.get()?.as_ref()));
    let count = move || groups.with(|groups| groups.as_ref().map_or(0, |groups| groups.len()));
    let go = move |by: isize| {
        if let Some(to) = chosen.get_untracked().checked_add_signed(by).filter(|to| *to < count()) {
            chosen.set(to);
        }
    };
    view! {
        <header class="compare-head">
            <h2>{prompt}</h2>
            <button type="button" class="button" data-kind="icon" aria-label=texts::PREVIOUS disabled=move || chosen.get() == 0 on:click=move |_| go(-1)>
                {icon(Icon::Previous)}
            </button>
            <button type="button" class="button" data-kind="icon" aria-label=texts::NEXT disabled=move || { chosen.get() + 1 >= count() } on:click=move |_| go(1)>
                {icon(Icon::Next)}
            </button>
            <p>
                <span>{facts}</span>
                {move || elsewhere.get().map(|spec| view! { <FindElsewhere spec/> })}
            </p>
            <NotTold rows/>
            <Show when=move || groups.with(Option::is_some) && !rated.get()>
                <p class="compare-note">
                    {icon(Icon::Info)} {texts::NO_RATINGS}
                </p>
            </Show>
        </header>
    }
}

/// Why it is not known how the images were made, where it could not be read.
#[component]
fn NotTold(rows: Memo<Vec<u64>>) -> impl IntoView {
    let store = use_store();
    let failed = Memo::new(move |_| {
        let rows = rows.get();
        store.images.makings.with(|makings| {
            rows.iter().find_map(|row| match makings.get(row) {
                Some(MakingOutcome::Failed(failure)) => Some((*row, failure.message.clone())),
                Some(MakingOutcome::Known(_)) | None => None,
            })
        })
    });
    move || {
        let (row, message) = failed.get()?;
        Some(view! {
            <p class="compare-note">
                {icon(Icon::Alert)}
                {texts::not_told(&message)}
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.images.retry(row)>
                    {common::RETRY}
                </button>
            </p>
        })
    }
}

/// The way to the same prompt in the table that its images are from.
#[component]
fn FindElsewhere(spec: Spec) -> impl IntoView {
    let store = use_store();
    let link = format!("?{}", url::print(&spec));
    let words = spec.table.as_ref().map(|table| texts::find_in(&table_name(table).0));
    let visit = move |event: leptos::ev::MouseEvent| {
        // With a modifier the browser does what it does with links.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            store.visit(spec.clone());
        }
    };
    view! { <a class="link" href=link on:click=visit>{words}</a> }
}
