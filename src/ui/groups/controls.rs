//! By what rows are grouped, and what is added to each group.

use super::is_key;
use crate::protocol::texts::groups as texts;
use crate::protocol::{Column, Kind};
use crate::ui::store::{Commit, Store, facts, use_store};
use crate::view::group_by::{By, GroupBy, MAX_MEASURES, Measure, Order, Span, What};
use leptos::prelude::*;

/// What can be added, in the order of the choices.
static WHATS: [What; 11] = [
    What::Distinct,
    What::Mean,
    What::Quantile(50),
    What::Quantile(5),
    What::Quantile(25),
    What::Quantile(75),
    What::Quantile(95),
    What::Least,
    What::Most,
    What::Share(Some(String::new())),
    What::Share(None),
];

/// The controls.
#[component]
pub fn Controls(group_by: Memo<GroupBy>) -> impl IntoView {
    view! {
        <div class="group-controls">
            <span>{texts::ROWS_BY}</span>
            <KeyChoice group_by place=0/>
            <span>{texts::AND}</span>
            <KeyChoice group_by place=1/>
            <Addition group_by/>
        </div>
    }
}

/// Changes which groups are shown, as a step.
pub fn set(store: Store, group_by: &GroupBy) {
    store.set_groups(Some(group_by.items()), Commit::Step);
}

/// Columns with their titles, those that the rail begins with first.
pub fn columns(store: Store, fits: impl Fn(&Column) -> bool) -> Vec<Column> {
    let all = store.opened.with(|opened| opened.as_ref().map(|opened| opened.columns.clone()));
    let mut columns: Vec<Column> = all.unwrap_or_default().into_iter().filter(fits).collect();
    columns.sort_by_key(|column| facts::order(&column.name));
    columns
}

/// The options of a choice of columns.
fn options(store: Store, columns: Vec<Column>, chosen: Option<String>) -> AnyView {
    let option = |column: Column| {
        let words = texts::column(facts::title(&column.name), store.bytes_left(&column.name).unwrap_or(0));
        let selected = chosen.as_ref() == Some(&column.name);
        view! { <option value=column.name selected=selected>{words}</option> }
    };
    columns.into_iter().map(option).collect_view().into_any()
}

/// The choice of one of the columns that rows are grouped by.
#[component]
fn KeyChoice(group_by: Memo<GroupBy>, place: usize) -> impl IntoView {
    let store = use_store();
    let by = Memo::new(move |_| group_by.with(|group_by| group_by.by.get(place).cloned()));
    let kind_of = move |name: &str| {
        store.opened.with_untracked(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            columns.iter().find(|column| column.name == name).map(|column| column.kind)
        })
    };
    let choose = move |event| {
        let column: String = event_target_value(&event);
        let mut next = group_by.get_untracked();
        next.by.truncate(if column.is_empty() { place } else { place + 1 });
        if !column.is_empty() {
            let span = (kind_of(&column) == Some(Kind::Time)).then_some(Span::Day);
            let key = By { column, span };
            match next.by.get_mut(place) {
                Some(own) => *own = key,
                None => next.by.push(key),
            }
        }
        next.order = Order::default();
        set(store, &next);
    };
    let choices = move || {
        let chosen = by.get().map(|by| by.column);
        options(store, columns(store, is_key), chosen)
    };
    let label = if place == 0 { texts::FIRST_KEY } else { texts::SECOND_KEY };
    let span = move || {
        let by = by.get().filter(|by| kind_of(&by.column) == Some(Kind::Time))?;
        let label = texts::span_of(facts::title(&by.column));
        let spans = Span::ALL.into_iter().map(Some).chain([None]);
        let option = move |span: Option<Span>| {
            view! { <option selected=span == by.span>{texts::span(span)}</option> }
        };
        let choose = move |event| {
            let word = event_target_value(&event);
            let chosen = Span::ALL.into_iter().find(|span| texts::span(Some(*span)) == word);
            let mut next = group_by.get_untracked();
            if let Some(by) = next.by.get_mut(place) {
                by.span = chosen;
            }
            set(store, &next);
        };
        Some(view! {
            <select class="field" aria-label=label on:change=choose>{spans.map(option).collect_view()}</select>
        })
    };
    view! {
        <select class="field" aria-label=label on:change=choose>
            {(place > 0).then(|| view! { <option value="">{texts::NO_SECOND}</option> })}
            {choices}
        </select>
        {span}
    }
}

/// Whether something can be computed of a column.
fn fits(what: &What, column: &Column) -> bool {
    match what {
        What::Distinct | What::Share(_) => is_key(column),
        What::Mean | What::Quantile(_) | What::Least | What::Most => match column.kind {
            Kind::Bool | Kind::Integer | Kind::Float => column.chartable,
            Kind::Time | Kind::Clock | Kind::Duration => column.chartable,
            Kind::Text | Kind::Binary | Kind::Nested => false,
        },
    }
}

/// What is added to each group next.
#[component]
fn Addition(group_by: Memo<GroupBy>) -> impl IntoView {
    let store = use_store();
    let what = RwSignal::new(1usize);
    let column = RwSignal::new(None::<String>);
    let value = RwSignal::new(String::new());
    let chosen_what = move || WHATS.get(what.get()).cloned().unwrap_or(What::Mean);
    let fitting = Memo::new(move |_| {
        let what = chosen_what();
        columns(store, move |column| fits(&what, column))
    });
    let chosen = Memo::new(move |_| {
        fitting.with(|fitting| {
            let own = column.get().filter(|own| fitting.iter().any(|column| column.name == *own));
            own.or_else(|| fitting.first().map(|column| column.name.clone()))
        })
    });
    let asks_value = move || matches!(chosen_what(), What::Share(Some(_)));
    let options_of_what = WHATS.iter().enumerate().map(|(place, own)| {
        let words =
            if *own == What::Share(None) { texts::SHARE_OF_NONE.to_owned() } else { texts::what(own) };
        view! { <option value=place.to_string() selected=place == what.get_untracked()>{words}</option> }
    });
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(column) = chosen.get_untracked() else { return };
        let what = match untrack(chosen_what) {
            What::Share(Some(_)) => What::Share(Some(value.get_untracked().trim().to_owned())),
            what => what,
        };
        let mut next = group_by.get_untracked();
        let measure = Measure { column, what };
        if next.measures.len() < MAX_MEASURES && !next.measures.contains(&measure) {
            // An order by pinned rows, which stand behind what is computed, stays one.
            let behind = next.by.len() + next.measures.len();
            next.order.place = next.order.place.map(|place| place + u8::from(usize::from(place) > behind));
            next.measures.push(measure);
            set(store, &next);
        }
    };
    view! {
        <form class="group-add" on:submit=add>
            <select
                class="field"
                aria-label=texts::WHAT
                on:change=move |event| what.set(event_target_value(&event).parse().unwrap_or(0))
            >
                {options_of_what.collect_view()}
            </select>
            <span>{texts::OF}</span>
            <select class="field" aria-label=texts::OF_COLUMN on:change=move |event| column.set(Some(event_target_value(&event)))>
                {move || options(store, fitting.get(), chosen.get())}
            </select>
            <Show when=asks_value>
                <input
                    class="field"
                    aria-label=texts::VALUE
                    placeholder=texts::VALUE_HINT
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
            </Show>
            <button
                type="submit"
                class="button"
                data-kind="line"
                data-size="small"
                disabled=move || chosen.with(Option::is_none) || group_by.with(|group_by| group_by.measures.len() >= MAX_MEASURES)
            >
                {texts::ADD}
            </button>
        </form>
    }
}
