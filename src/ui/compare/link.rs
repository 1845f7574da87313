//! The prompt that is looked at, in the link.

use crate::protocol::compare::Group;
use crate::ui::compare::Order;
use crate::ui::store::use_store;
use leptos::prelude::*;
use std::sync::Arc;

/// The prompt that is looked at is in the link: by its number among those that match, as they stand in the
/// file. A row in the link whose details are open counts more.
pub fn in_link(groups: Memo<Option<Arc<Vec<Group>>>>, order: RwSignal<Order>, chosen: RwSignal<usize>) {
    let store = use_store();
    let same = |a: &Group, b: &Group| a.rows.0.first() == b.rows.0.first();
    // The list that `chosen` is a place of. Effects run one by one, with new lists and links in between.
    let chosen_of = StoredValue::new(None::<Arc<Vec<Group>>>);
    let is_of = |list: &Option<Arc<Vec<Group>>>, groups: &Option<Arc<Vec<Group>>>| match (list, groups) {
        (Some(list), Some(groups)) => Arc::ptr_eq(list, groups),
        (None, _) | (_, None) => false,
    };
    // Of the prompt with this place in the list, its number.
    let number = move |place: usize| {
        let group = groups.with_untracked(|groups| groups.as_ref()?.get(place).cloned())?;
        let all = store.compare.groups.get_untracked()?;
        all.groups.iter().position(|other| same(other, &group)).map(|number| number as u64)
    };
    // Of the prompt with this number, its place in the list.
    let place = move |number: u64| {
        let all = store.compare.groups.get_untracked()?;
        let group = all.groups.get(usize::try_from(number).ok()?)?;
        groups.with_untracked(|groups| groups.as_ref()?.iter().position(|other| same(other, group)))
    };
    let at = Memo::new(move |_| store.spec.with(|spec| spec.at.unwrap_or(0)));
    Effect::new(move |before: Option<Order>| {
        let (row, order) = (store.spec.with_untracked(|spec| spec.row), order.get());
        let of_row = groups.get().zip(row).and_then(|(groups, row)| {
            groups.iter().position(|group| group.rows.0.iter().any(|other| u64::from(*other) == row))
        });
        // In another order the list begins anew.
        let of_link = || {
            let at = at.get_untracked();
            place(at).filter(|_| at > 0 && before.is_none_or(|before| before == order))
        };
        chosen_of.set_value(groups.get_untracked());
        chosen.set(of_row.or_else(of_link).unwrap_or(0));
        order
    });
    Effect::new(move || {
        let number = number(chosen.get());
        let is_here = groups.with_untracked(|groups| chosen_of.with_value(|list| is_of(list, groups)));
        if let Some(number) = number.filter(|number| is_here && *number != at.get_untracked()) {
            store.set_at(number);
        }
    });
    // A step back, or another link.
    Effect::new(move || {
        let at = at.get();
        if let Some(place) = place(at).filter(|_| number(chosen.get_untracked()) != Some(at)) {
            chosen.set(place);
        }
    });
}
