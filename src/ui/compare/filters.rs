//! What the list of prompts can be filtered by. The filters are like any others.

use crate::base::numbers;
use crate::protocol::Shape;
use crate::protocol::texts::compare as texts;
use crate::ui::store::{Commit, use_store};
use crate::view::roles::Role;
use crate::view::spec::{Bound, Clause, List, ListValue, Range};
use leptos::prelude::*;

/// How many images a prompt has.
const AMOUNTS: std::ops::RangeInclusive<u32> = 4..=9;

/// The choice of one category, which is a filter like any other.
#[component]
pub fn Categories() -> impl IntoView {
    let store = use_store();
    let column = Memo::new(move |_| store.role(Role::Category).unwrap_or_default());
    let labels = Memo::new(move |_| {
        store.charts.with(|charts| match column.with(|column| charts.get(column)).map(|chart| &chart.shape) {
            Some(Shape::Categories { labels, .. }) => labels.clone(),
            Some(Shape::Bins(_)) | None => Vec::new(),
        })
    });
    let chosen = Memo::new(move |_| {
        store.spec.with(|spec| match column.with(|column| spec.filters.get(column)) {
            Some(Clause::List(List { values, negated: false })) => match values.as_slice() {
                [ListValue::Text(only)] => Some(only.clone()),
                _ => None,
            },
            Some(_) | None => None,
        })
    });
    let choose = move |value: String| {
        let values = vec![ListValue::Text(value.clone())];
        let clause = (!value.is_empty()).then_some(Clause::List(List { values, negated: false }));
        store.set_clause(&column.get_untracked(), clause, Commit::Step);
    };
    let option = move |label: String| {
        let value = label.clone();
        let selected = move || chosen.with(|chosen| chosen.as_deref() == Some(value.as_str()));
        view! { <option value=label.clone() selected=selected>{label.clone()}</option> }
    };
    view! {
        <select aria-label=texts::CATEGORY on:change:target=move |event| choose(event.target().value())>
            <option value="" selected=move || chosen.with(Option::is_none)>{texts::ALL_CATEGORIES}</option>
            {move || labels.get().into_iter().map(option).collect_view()}
        </select>
    }
}

/// The choice of how many images a prompt has, which is a filter like any other.
#[component]
pub fn Amounts() -> impl IntoView {
    let store = use_store();
    let column = Memo::new(move |_| store.role(Role::Amount).unwrap_or_default());
    let chosen = Memo::new(move |_| {
        store.spec.with(|spec| match column.with(|column| spec.filters.get(column)) {
            Some(Clause::Range(Range { low: Some(Bound::Number(low)), high: Some(Bound::Number(high)) }))
                if low == high =>
            {
                Some(*low as u32)
            }
            Some(_) | None => None,
        })
    });
    let choose = move |value: String| {
        let end = numbers::parse(&value).map(Bound::Number);
        let clause = end.map(|end| Clause::Range(Range { low: Some(end.clone()), high: Some(end) }));
        store.set_clause(&column.get_untracked(), clause, Commit::Step);
    };
    view! {
        <select aria-label=texts::NUMBER on:change:target=move |event| choose(event.target().value())>
            <option value="" selected=move || chosen.get().is_none()>{texts::ANY_NUMBER}</option>
            {AMOUNTS
                .map(|amount| {
                    view! {
                        <option value=amount.to_string() selected=move || chosen.get() == Some(amount)>
                            {texts::images(amount as usize)}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
}
