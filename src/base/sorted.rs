//! Sorting short lists with little code: one copy of the standard sort for every type.
//!
//! Each type that the standard sort is used with costs the page 4 KB of code, and a `BTreeMap` that is
//! collected sorts as well. Data of a table is sorted by `order` and `select`.

use std::cmp::Ordering;

/// The items in the order of a key; those with the same key stay as they were.
pub fn by_key<T, K: Ord>(items: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    by(items, |a, b| key(a).cmp(&key(b)))
}

/// The items in this order; those that are equal stay as they were.
pub fn by<T>(items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let order = places(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        // No index is out of bounds.
        _ => Ordering::Equal,
    });
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| items.get_mut(place)?.take()).collect()
}

fn places(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|a, b| compare(*a, *b));
    order
}

#[cfg(test)]
mod tests {
    use super::{by, by_key};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_standard_sort(items in prop::collection::vec((0u8..4, any::<u16>()), 0..60)) {
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(by_key(items.clone(), |(key, _)| *key), expected.clone());
            prop_assert_eq!(by(items, |a, b| a.0.cmp(&b.0)), expected);
        }
    }
}
