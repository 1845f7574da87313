//! How many of the matching rows each different text has.

use crate::table::text::{NULL, Texts};

/// Rows by text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// Rows of each code.
    pub rows: Vec<u32>,
    /// Texts that have any.
    pub distinct: u32,
}

impl Repeats {
    /// Counts the rows whose mask is zero, as far as both reach.
    pub fn new(texts: &Texts, mask: &[u16]) -> Self {
        let mut rows = vec![0u32; texts.distinct()];
        let mut distinct = 0;
        for (code, mask) in texts.codes().iter().zip(mask) {
            if *mask == 0
                && let Some(count) = rows.get_mut(*code as usize)
            {
                distinct += u32::from(*count == 0);
                *count += 1;
            }
        }
        Self { rows, distinct }
    }

    /// The rows of a text.
    pub fn of(&self, code: u32) -> u32 {
        self.rows.get(code as usize).copied().unwrap_or(0)
    }

    /// Texts that have any rows, those of most rows first, equal ones in the order of the table.
    pub fn ranking(&self) -> Vec<u32> {
        let most = self.rows.iter().copied().max().unwrap_or(0);
        // Most texts have few rows, so that counting how many have how many sorts them.
        let mut places = vec![0u32; most as usize + 1];
        let place = |rows: u32| (most - rows) as usize;
        for rows in self.rows.iter().filter(|rows| **rows > 0) {
            if let Some(count) = places.get_mut(place(*rows)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut places {
            sum += std::mem::replace(count, sum);
        }
        let mut ranking = vec![0u32; self.distinct as usize];
        for (code, rows) in self.rows.iter().enumerate().filter(|(_, rows)| **rows > 0) {
            if let Some(at) = places.get_mut(place(*rows)) {
                if let Some(slot) = ranking.get_mut(*at as usize) {
                    *slot = code as u32;
                }
                *at += 1;
            }
        }
        ranking
    }
}

/// The matching rows of a few texts, in the order of the table: at most `most` for each of `codes`.
pub fn rows_of(texts: &Texts, mask: &[u16], codes: &[u32], most: usize) -> Vec<Vec<u32>> {
    const NONE: u16 = u16::MAX;
    let mut slots = vec![NONE; texts.distinct()];
    for (slot, code) in codes.iter().enumerate().take(usize::from(NONE)) {
        if let Some(place) = slots.get_mut(*code as usize) {
            *place = slot as u16;
        }
    }
    let mut rows = vec![Vec::new(); codes.len()];
    for (row, (code, mask)) in texts.codes().iter().zip(mask).enumerate() {
        if *mask != 0 || *code == NULL {
            continue;
        }
        let slot = slots.get(*code as usize).copied().unwrap_or(NONE);
        if let Some(list) = rows.get_mut(usize::from(slot)).filter(|list| list.len() < most) {
            list.push(row as u32);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::{Repeats, rows_of};
    use crate::table::text::{NULL, Texts};
    use std::collections::BTreeMap;

    proptest::proptest! {
        #[test]
        fn it_counts_what_a_map_counts(
            rows in proptest::collection::vec((proptest::option::weighted(0.9, 0u32..12), 0u16..3), 0..200))
        {
            let mut texts = Texts::default();
            let mut map: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (row, (text, mask)) in rows.iter().enumerate() {
                let code = text.map_or(NULL, |text| texts.intern(text.to_string().as_bytes()).unwrap());
                texts.push(code);
                if *mask == 0 && code != NULL {
                    map.entry(code).or_default().push(row as u32);
                }
            }
            let mask: Vec<u16> = rows.iter().map(|row| row.1).collect();
            let repeats = Repeats::new(&texts, &mask);
            proptest::prop_assert_eq!(repeats.distinct as usize, map.len());
            let mut expected: Vec<u32> = map.keys().copied().collect();
            expected.sort_by_key(|code| std::cmp::Reverse(map[code].len()));
            let ranking = repeats.ranking();
            proptest::prop_assert_eq!(&ranking, &expected);
            let got = rows_of(&texts, &mask, &ranking, 3);
            let lists: Vec<Vec<u32>> = ranking.iter().map(|code| map[code].iter().copied().take(3).collect()).collect();
            proptest::prop_assert_eq!(got, lists);
        }
    }
}
