//! Rows that someone has chosen. They are rows of the file, so that no filter, search, subset or order of
//! the result makes them other ones.

use crate::base::sorted::Set;

/// Chosen rows, by their places in the file, from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChosenRows {
    rows: Set<u64>,
    missing: Set<u64>,
}

impl ChosenRows {
    /// Chooses a row, or drops it where it is chosen.
    pub fn toggle(&mut self, row: u64) {
        if !self.rows.remove(&row) {
            self.rows.insert(row);
        }
    }

    /// Chooses a row.
    pub fn add(&mut self, row: u64) {
        self.rows.insert(row);
    }

    /// Takes in which of the chosen rows are not in the result; rows that are not chosen do not count.
    pub fn set_missing(&mut self, rows: impl IntoIterator<Item = u64>) {
        self.missing.clear();
        self.missing.extend(rows);
    }

    /// Whether a row is chosen.
    pub fn contains(&self, row: u64) -> bool {
        self.rows.contains(&row)
    }

    /// The rows, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = u64> {
        self.rows.iter().copied()
    }

    /// How many rows are chosen, and how many of them are not in the result.
    pub fn counts(&self) -> (usize, usize) {
        (self.rows.len(), self.missing.iter().filter(|row| self.contains(**row)).count())
    }

    /// Whether no row is chosen.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::ChosenRows;

    fn chosen(rows: &[u64]) -> ChosenRows {
        let mut chosen = ChosenRows::default();
        rows.iter().for_each(|row| chosen.add(*row));
        chosen
    }

    #[test]
    fn rows_stay_chosen_when_the_result_leaves_them_out() {
        let mut three = chosen(&[40, 7, 1_000]);
        assert_eq!(three.counts(), (3, 0));
        three.set_missing([7]);
        assert_eq!(three.counts(), (3, 1));
        assert_eq!(three.rows().collect::<Vec<_>>(), [7, 40, 1_000]);
        three.set_missing([]);
        assert_eq!(three.counts(), (3, 0));
    }

    #[test]
    fn a_row_that_is_dropped_is_not_missing() {
        let mut two = chosen(&[1, 2]);
        two.set_missing([1, 2, 3]);
        assert_eq!(two.counts(), (2, 2));
        two.toggle(1);
        assert_eq!(two.counts(), (1, 1));
        two.toggle(1);
        assert!(two.contains(1) && !two.contains(3));
        assert!(!two.is_empty());
    }
}
