//! Which part of the table counts: the subsets that its card names, and any other.

use crate::protocol::display::thousands;
use crate::protocol::texts::panels as texts;
use crate::ui::runtime::host;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::{facts, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::popover::{Popover, PopoverOpen};
use crate::view::catalog::{SUBSETS, SubsetRows};
use crate::view::spec::{Subset, TableRef};
use leptos::prelude::*;

/// The button and its panel.
#[component]
pub fn SubsetMenu() -> impl IntoView {
    let store = use_store();
    let chosen = Memo::new(move |_| store.spec.with(|spec| spec.subset.clone()));
    let name = Memo::new(move |_| {
        chosen.with(|chosen| chosen.as_ref().map_or_else(|| texts::ALL_ROWS.to_owned(), facts::subset))
    });
    let label = Signal::derive(move || name.with(|name| texts::subset(name)));
    let trigger = move || {
        view! {
            <span class="subset-name">
                {move || if chosen.with(Option::is_some) { name.get() } else { texts::SUBSET.to_owned() }}
            </span>
            {icon(Icon::Chevron)}
        }
    };
    view! {
        <Popover label=label class="button subset-button" trigger=ViewFn::from(trigger)>
            <LazyPart of=Lazy::Subset/>
        </Popover>
    }
}

/// What is in it.
#[component]
pub fn SubsetPanel() -> impl IntoView {
    view! {
        <Named/>
        <Any/>
    }
}

/// The subsets of the card, and the whole.
#[component]
fn Named() -> impl IntoView {
    let store = use_store();
    let open = use_context::<PopoverOpen>();
    let choose = move |subset: Option<Subset>| {
        store.set_subset(subset);
        if let Some(PopoverOpen(open)) = open {
            open.set(false);
        }
    };
    let is = move |subset: &Option<Subset>| store.spec.with(|spec| spec.subset == *subset).then_some("true");
    let table = store.spec.with_untracked(|spec| match &spec.table {
        Some(TableRef::Catalogue(id)) => Some(id.clone()),
        Some(TableRef::Hub(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_)) | None => None,
    });
    let added = table.as_ref().and_then(|id| host::table(id)?.dataset.as_ref());
    let named = SUBSETS
        .iter()
        .chain(added.iter().flat_map(|dataset| &dataset.subsets))
        .filter(|subset| table.as_ref().is_some_and(|table| subset.tables.iter().any(|own| own == table)));
    let item = move |title: String, note: String, subset: Option<Subset>| {
        let current = subset.clone();
        view! {
            <li>
                <button type="button" aria-current=move || is(&current) on:click=move |_| choose(subset.clone())>
                    <span>{title}</span>
                    " "
                    <small>{note}</small>
                </button>
            </li>
        }
    };
    let rows = store.opened.with_untracked(|opened| opened.as_ref().map(|opened| opened.rows));
    let items: Vec<_> = named
        .map(|subset| {
            let note = match &subset.images {
                Some(images) => texts::subset_images(&subset.name, images),
                None => subset.name.to_string(),
            };
            let named = Subset::Named(subset.name.to_string());
            (subset.rows, item(subset.title.to_string(), note, Some(named)))
        })
        .collect();
    let any = !items.is_empty();
    let draws = items.iter().any(|(rows, _)| matches!(rows, SubsetRows::Random { .. }));
    let shards = items.iter().any(|(rows, _)| matches!(rows, SubsetRows::Shards(_)));
    view! {
        <ul>{item(texts::ALL_ROWS.to_owned(), rows.map(thousands).unwrap_or_default(), None)}</ul>
        {any.then(|| view! { <h2 class="panel-title">{texts::CARD_SUBSETS}</h2> })}
        <ul>{items.into_iter().map(|(_, item)| item).collect_view()}</ul>
        {draws
            .then(|| {
                view! {
                    <p class="panel-note">
                        {texts::RANDOM_SUBSETS}
                    </p>
                }
            })}
        {shards
            .then(|| {
                view! {
                    <p class="panel-note">
                        {texts::SHARD_SUBSETS}
                    </p>
                }
            })}
    }
}

/// As many rows as someone wants, from the first or by chance.
#[component]
fn Any() -> impl IntoView {
    let store = use_store();
    let open = use_context::<PopoverOpen>();
    let (rows, seed) = match store.spec.with_untracked(|spec| spec.subset.clone()) {
        Some(Subset::First(rows)) => (rows, 1),
        Some(Subset::Random { rows, seed }) => (rows, seed),
        Some(Subset::Named(_)) | None => (1_000, 1),
    };
    let rows = RwSignal::new(rows.to_string());
    let seed = RwSignal::new(seed.to_string());
    let number = |text: RwSignal<String>| text.with(|text| text.replace([',', ' '], "").parse::<u64>().ok());
    let wrong = move || number(rows).is_none_or(|rows| rows == 0) || number(seed).is_none();
    let set = move |subset: Subset| {
        store.set_subset(Some(subset));
        if let Some(PopoverOpen(open)) = open {
            open.set(false);
        }
    };
    let first = move |_| {
        if let Some(rows) = untrack(|| number(rows)) {
            set(Subset::First(rows));
        }
    };
    let random = move |_| {
        if let Some((rows, seed)) = untrack(|| number(rows).zip(number(seed))) {
            set(Subset::Random { rows, seed });
        }
    };
    view! {
        <h2 class="panel-title">{texts::ANY_SUBSET}</h2>
        <div class="subset-any">
            {field(texts::ROWS_FIELD, texts::SUBSET_ROWS, rows)}
            {field(texts::SEED_FIELD, texts::SUBSET_SEED, seed)}
            <button type="button" class="button" data-kind="line" data-size="small" disabled=wrong on:click=first>
                {texts::FIRST_ROWS}
            </button>
            <button type="button" class="button" data-kind="line" data-size="small" disabled=wrong on:click=random>
                {texts::RANDOM_ROWS}
            </button>
        </div>
    }
}

fn field(title: &'static str, name: &'static str, text: RwSignal<String>) -> impl IntoView {
    view! {
        <label>
            <span>{title}</span>
            <input
                type="text"
                class="field"
                inputmode="numeric"
                aria-label=name
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            />
        </label>
    }
}
