//! Every field of the row whose details are open, and what each of them means.

use crate::base::sorted;
use crate::protocol::display::number;
use crate::protocol::images::{MakingOutcome, Settings};
use crate::protocol::texts::{added, common, detail as texts};
use crate::protocol::{Cell, LoadState};
use crate::ui::detail::files::{FileImages, file_spots, file_words};
use crate::ui::store::facts;
use crate::ui::store::facts::order;
use crate::ui::store::{Commit, Part, State, Store, prompt_of, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::measures::Measured;
use crate::view::roles::Role;
use crate::view::spec::{Clause, List, ListValue};
use leptos::prelude::*;

/// The fields, without the prompt.
#[component]
pub fn Fields() -> impl IntoView {
    let store = use_store();
    let explained = store.explained;
    let facts = move || {
        store.detail.with(|detail| {
            let Some(detail) = detail else { return Vec::new() };
            let own = store.labels();
            let own = |column: &String| {
                own.as_ref().is_some_and(|all| all.columns.0 == *column || all.columns.1 == *column)
            };
            let prompt = prompt_of(detail).map(|(column, _)| column);
            let fields: Vec<&(String, Cell)> = detail
                .fields
                .iter()
                .filter(|(column, _)| prompt != Some(column.as_str()) && !own(column))
                .collect();
            sorted::by_key(fields, |(column, _)| order(column)).into_iter().cloned().collect::<Vec<_>>()
        })
    };
    let facts = Memo::new(move |_| facts());
    let tells = Memo::new(move |_| store.places().is_some_and(|places| places.knows_settings()));
    view! {
        <section class="drawer-fields" aria-label=texts::ALL_FIELDS>
            <dl class="facts" data-explained=move || explained.get().then_some("")>
                <For each=move || facts.get() key=|(column, cell)| (column.clone(), format!("{cell:?}")) let:field>
                    {fact(store, field.0, field.1, explained)}
                </For>
            </dl>
            <Show when=move || tells.get()>
                <Made/>
            </Show>
            <button
                type="button"
                class="button facts-explain"
                data-size="small"
                aria-pressed=move || explained.get().to_string()
                on:click=move |_| store.toggle_explained()
            >
                {icon(Icon::Info)} {texts::EXPLAIN}
            </button>
        </section>
    }
}

/// How the image was made, which another archive tells.
#[component]
fn Made() -> impl IntoView {
    let store = use_store();
    let row = Memo::new(move |_| store.spec.with(|spec| spec.row));
    Effect::new(move || {
        let wanted = row.get().filter(|_| !store.images.saving.get());
        store.images.look_at_makings(Part::Detail, wanted.into_iter().collect());
    });
    on_cleanup(move || store.images.look_at_makings(Part::Detail, Vec::new()));
    let made = Memo::new(move |_| {
        let row = row.get()?;
        store.images.makings.with(|makings| makings.get(&row).cloned())
    });
    let table = untrack(|| store.places()).and_then(|places| places.source_table());
    let from = table.map(|table| texts::made_source(&format!("{} {}", table.dataset, table.part)));
    let fact = |title: &'static str, value: Option<String>| {
        value.map(|value| view! { <div><dt>{title}</dt><dd>{value}</dd></div> })
    };
    view! {
        <dl class="facts" aria-label=texts::HOW_MADE>
            {move || match made.get() {
                Some(MakingOutcome::Known(Settings { seed, cfg, steps, sampler, source })) => {
                    view! {
                        {fact(Role::Cfg.title(), cfg.map(number))}
                        {fact(Role::Step.title(), steps.map(number))}
                        {fact(Role::Sampler.title(), sampler)}
                        {fact(Role::Seed.title(), seed.map(number))}
                        <div data-span="all">
                            <dt>{from.clone()}</dt>
                            <dd>{source}</dd>
                        </div>
                    }
                        .into_any()
                }
                Some(MakingOutcome::Failed(failure)) => {
                    view! {
                        <div data-span="all">
                            <dt>{texts::HOW_MADE_FIELD}</dt>
                            <dd data-state="failed">{failure.message}</dd>
                        </div>
                    }
                        .into_any()
                }
                None => ().into_any(),
            }}
        </dl>
    }
}

fn fact(store: Store, column: String, cell: Cell, explained: State<bool>) -> impl IntoView {
    let title = facts::title(&column).to_owned();
    let (text, state) = match &cell {
        Cell::Pending => (texts::NOT_LOADED.to_owned(), Some("pending")),
        Cell::Failed => (texts::NOT_READ.to_owned(), Some("failed")),
        Cell::Null => (common::NONE.to_owned(), Some("null")),
        _ if let Some(words) = file_words(store, &column, &cell) => (words, None),
        _ => (facts::cell_full(&column, &cell).unwrap_or_default(), None),
    };
    let unit =
        facts::column(&column).map(|facts| &*facts.unit).filter(|unit| !unit.is_empty() && state.is_none());
    let unit = unit.map(|unit| format!(" {unit}"));
    let span = Memo::new({
        let length = text.chars().count();
        move |_| match length {
            _ if explained.get() => Some("all"),
            0..=13 => None,
            14..=24 => Some("2"),
            _ => Some("all"),
        }
    });
    let meaning = explanation(store, &column, &cell);
    let spots = file_spots(store, &column, &cell);
    let user = match &cell {
        Cell::Text(user) if store.role(Role::User).as_ref() == Some(&column) => {
            Some((column.clone(), user.clone()))
        }
        _ => None,
    };
    let group = match &cell {
        Cell::Number(group) if is_group(&column) => Some((column.clone(), *group)),
        _ => None,
    };
    view! {
        <div data-column=column data-span=move || span.get()>
            <dt>{title}</dt>
            <dd data-state=state>{text} {unit}</dd>
            {(!spots.is_empty()).then(|| view! { <dd class="fact-images"><FileImages spots/></dd> })}
            {user.map(|(column, user)| view! { <dd class="fact-action"><MoreByUser column user/></dd> })}
            {group.map(|(column, group)| view! { <dd class="fact-action"><ShowGroup column group/></dd> })}
            <Show when=move || explained.get()>
                <dd class="fact-about">{meaning.clone()}</dd>
            </Show>
        </div>
    }
}

/// What a field holds, and how it stands in the file.
fn explanation(store: Store, column: &str, cell: &Cell) -> String {
    let about = facts::column(column).map_or("", |facts| &*facts.about);
    // A value with a name of its own stands in the file as a number.
    let code = match cell {
        Cell::Number(value) => Some(*value).filter(|value| facts::label(column, *value).is_some()),
        _ => None,
    };
    let own = store.opened.with_untracked(|opened| {
        let columns = &opened.as_ref()?.columns;
        let found = columns.iter().find(|other| other.name == column)?;
        Some(texts::in_file(column, &found.type_name, &found.derived_from, code))
    });
    let own = own.unwrap_or_default();
    if about.is_empty() { own } else { format!("{about} {own}") }
}

fn is_group(column: &str) -> bool {
    Measured::read(column).is_some_and(|measured| measured.measure.is_group())
}

/// The filter for the rows with nearly the same text.
#[component]
fn ShowGroup(column: String, group: f64) -> impl IntoView {
    let store = use_store();
    let clause = Clause::numbers(Some(group), Some(group));
    let own = (column.clone(), clause.clone());
    let is_chosen = Memo::new(move |_| store.spec.with(|spec| spec.filters.get(&own.0) == Some(&own.1)));
    let choose = move |_| {
        let clause = (!is_chosen.get_untracked()).then(|| clause.clone());
        store.set_clause(&column, clause, Commit::Step);
    };
    view! {
        <button type="button" class="button" data-kind="line" data-size="small" aria-pressed=move || is_chosen.get().to_string() on:click=choose>
            {added::SHOW_GROUP}
        </button>
    }
}

/// The filter for the images of one account.
#[component]
fn MoreByUser(column: String, user: String) -> impl IntoView {
    let store = use_store();
    let is_nobody = facts::column(&column).is_some_and(|facts| facts.nobody == user);
    let words = if is_nobody { texts::MORE_OF_DELETED } else { texts::MORE_BY_USER };
    let value = user.clone();
    let column = StoredValue::new(column);
    let is_chosen = Memo::new(move |_| {
        store.spec.with(|spec| match spec.filters.get(&column.get_value()) {
            Some(Clause::List(List { values, negated: false })) => {
                matches!(values.as_slice(), [ListValue::Text(only)] if *only == value)
            }
            Some(_) | None => false,
        })
    });
    // What it costs, as long as it costs anything.
    let cost = move || {
        let read = store.progress.with(|all| {
            all.get(&column.get_value()).is_some_and(|progress| progress.state == LoadState::Loaded)
        });
        let bytes = store.opened.with(|opened| {
            let columns = &opened.as_ref()?.columns;
            columns.iter().find(|own| column.with_value(|name| own.name == *name)).map(|own| own.bytes)
        });
        bytes.filter(|_| !read).map(texts::reads)
    };
    let choose = move |_| {
        let clause = (!is_chosen.get_untracked())
            .then(|| Clause::List(List { values: vec![ListValue::Text(user.clone())], negated: false }));
        store.set_clause(&column.get_value(), clause, Commit::Step);
    };
    view! {
        <button type="button" class="button" data-kind="line" data-size="small" aria-pressed=move || is_chosen.get().to_string() on:click=choose>
            {words}
        </button>
        <small>{cost}</small>
    }
}
