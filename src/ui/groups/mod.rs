//! Rows of the result by the values of one or two columns: a line a group, and a filter.

mod controls;
pub mod differences;
mod list;
pub mod outcome;
pub mod pin;

use crate::protocol::group_by::{State, Want};
use crate::protocol::texts::groups as texts;
use crate::protocol::{Column, Kind};
use crate::ui::groups::controls::Controls;
use crate::ui::groups::list::List;
use crate::ui::store::{Commit, Store, facts, use_store};
use crate::view::group_by::{By, GroupBy, Measure, Span, What};
use crate::view::roles::Role;
use leptos::prelude::*;

/// Groups on a page.
const PAGE: u32 = 100;

/// The view.
#[component]
pub fn GroupsView() -> impl IntoView {
    let store = use_store();
    let items = Memo::new(move |_| store.spec.with(|spec| spec.groups.clone()));
    let group_by = Memo::new(move |_| {
        let items = items.get().unwrap_or_default();
        GroupBy::read(items.iter().map(String::as_str)).unwrap_or_default()
    });
    let first = RwSignal::new(0u64);
    // Other rows or other groups begin anew.
    Effect::new(move || {
        items.track();
        store.generation.track();
        first.set(0);
    });
    Effect::new(move || {
        if store.opened.with(Option::is_none) {
            return;
        }
        match items.get() {
            Some(items) => store.ask_groups(Some(Want { items, first: first.get(), count: PAGE })),
            None => {
                if let Some(group_by) = untrack(|| usual(store)) {
                    store.set_groups(Some(group_by.items()), Commit::Replace);
                }
            }
        }
    });
    on_cleanup(move || store.ask_groups(None));
    let note = move || {
        store.groups.with(|groups| {
            let groups = groups.as_ref()?;
            match &groups.state {
                State::Reading => Some(texts::READING.to_owned()),
                State::Failed(trouble) => Some(texts::trouble(trouble, |name| facts::title(name).to_owned())),
                State::Lines { total: 0, .. } => Some(texts::NO_GROUPS.to_owned()),
                State::Lines { total, first, lines, .. } => {
                    let end = first + lines.len() as u64;
                    Some(texts::listed(*first, end, *total, groups.rows, groups.pinned))
                }
            }
        })
    };
    let so_far = move || {
        let (read, rows) = store.groups.with(|groups| groups.as_ref().map(|groups| groups.read))?;
        (read > 0 && read < rows).then(|| texts::so_far(read, rows))
    };
    view! {
        <section class="pane groups" aria-label=texts::GROUPS tabindex="0">
            <Controls group_by/>
            <div class="pane-head">
                <p class="pane-note" role="status">{note} " " {so_far}</p>
                <Pages first/>
            </div>
            <List group_by/>
        </section>
    }
}

/// The groups that a table begins with: by who made the images, else by the column that comes first.
fn usual(store: Store) -> Option<GroupBy> {
    let roles = store.roles();
    let (columns, prompt) = store.opened.with(|opened| {
        let opened = opened.as_ref();
        let columns = opened.map(|opened| opened.columns.clone()).unwrap_or_default();
        (columns, opened.and_then(|opened| opened.prompt.clone()))
    });
    let named = |name: &str| columns.iter().find(|column| column.name == name && is_key(column));
    let user = roles.column(Role::User).and_then(named);
    let sampler = roles.column(Role::Sampler).and_then(named);
    let charted = columns.iter().filter(|column| column.chartable && is_key(column));
    let first = charted.min_by_key(|column| facts::order(&column.name));
    let column = user.or(sampler).or(first)?;
    let by = By { column: column.name.clone(), span: (column.kind == Kind::Time).then_some(Span::Day) };
    // Prompts may be large: only what is charted anyway is read at once.
    let cfg = roles.column(Role::Cfg).filter(|name| prompt.as_deref() != Some(*name)).and_then(named);
    let measures = cfg.map(|cfg| Measure { column: cfg.name.clone(), what: What::Quantile(50) });
    Some(GroupBy { by: vec![by], measures: measures.into_iter().collect(), ..GroupBy::default() })
}

/// Whether rows can be grouped by a column.
fn is_key(column: &Column) -> bool {
    match column.kind {
        Kind::Bool | Kind::Integer | Kind::Float => column.chartable,
        Kind::Time | Kind::Clock | Kind::Duration => column.chartable,
        Kind::Text => true,
        Kind::Binary | Kind::Nested => false,
    }
}

/// The buttons to the groups before and behind.
#[component]
fn Pages(first: RwSignal<u64>) -> impl IntoView {
    let store = use_store();
    let total = Memo::new(move |_| {
        store.groups.with(|groups| match groups.as_ref().map(|groups| &groups.state) {
            Some(State::Lines { total, .. }) => *total,
            Some(State::Reading | State::Failed(_)) | None => 0,
        })
    });
    let page = u64::from(PAGE);
    let button = move |label: &'static str, mark: &'static str, to: Signal<Option<u64>>| {
        view! {
            <button
                type="button"
                class="button"
                data-kind="line"
                data-size="small"
                aria-label=label
                title=label
                disabled=move || to.with(Option::is_none)
                on:click=move |_| if let Some(to) = to.get_untracked() { first.set(to) }
            >
                {mark}
            </button>
        }
    };
    let has_more = move || total.get() > page;
    let before = Signal::derive(move || first.get().checked_sub(page));
    let behind = Signal::derive(move || Some(first.get() + page).filter(|next| *next < total.get()));
    view! {
        <Show when=has_more>
            <span class="group-pages">
                {button(texts::PREVIOUS, "←", before)}
                {button(texts::NEXT, "→", behind)}
            </span>
        </Show>
    }
}
