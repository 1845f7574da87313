//! How many rows match.

use super::Store;
use crate::protocol::Count;
use crate::view::spec::Spec;
use leptos::prelude::*;

/// The newest that is known of how many rows match.
pub fn count_now(store: Store) -> Option<Count> {
    let opened = store.opened.get()?;
    let count = store.count.get();
    let live = store.live.get();
    match (count, live) {
        (Some(count), Some(live)) if live.generation > count.generation => {
            Some(Count { matching: live.matching, generation: live.generation, ..count })
        }
        (Some(count), _) => Some(count),
        // Without filters every row matches, and no one has to be asked.
        (None, _) if !store.spec.with(asks_anything) => {
            let rows = opened.rows;
            Some(Count { matching: rows, rows_read: rows, rows, ..Count::default() })
        }
        (None, _) => None,
    }
}

/// Whether the link leaves any rows out.
pub fn asks_anything(spec: &Spec) -> bool {
    !spec.filters.is_empty() || spec.query.is_some() || spec.subset.is_some()
}
