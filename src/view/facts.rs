//! What is known of the columns of one table: by the catalogue, where the table is in it or a copy of one that
//! is, and by the file itself.

use crate::base::moment::Quantity;
use crate::base::sorted::Map;
use crate::formats::parquet::meta::Logical;
use crate::view::catalog::{self, ColumnFacts, NamedSubset, SIZE, TABLES, UNKNOWN_ORDER, USUAL_COLUMNS};
use std::cell::RefCell;
use std::sync::Arc;

/// Names of coded values.
pub type Labels = Vec<(i64, String)>;

/// What is known of a table's columns.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    known: &'static [ColumnFacts],
    subsets: &'static [NamedSubset],
    size: Option<&'static ColumnFacts>,
    labels: Map<String, Labels>,
    /// What columns of an index are called, whose own names say nothing.
    index: Map<String, &'static str>,
    /// What the numbers of columns are that are more than numbers.
    quantities: Vec<(String, Quantity)>,
}

/// What the values of a column mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meaning {
    /// Names of coded values.
    pub labels: Labels,
    /// A value beyond the scale that means something of its own.
    pub detached: Option<f64>,
    /// Whether whole numbers are names rather than amounts.
    pub is_categorical: bool,
    /// What stored values stand for, where that is known.
    pub logical: Option<Logical>,
}

/// What the app's host says of a table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Described {
    /// What its columns mean.
    pub columns: &'static [ColumnFacts],
    /// The subsets that it names.
    pub subsets: &'static [NamedSubset],
}

impl Described {
    /// What came from the page. It is kept as long as the thread runs, as what the app comes with is; the same
    /// description once.
    pub fn keep(columns: Vec<ColumnFacts>, subsets: Vec<NamedSubset>) -> Self {
        thread_local! {
            static KEPT: RefCell<Vec<Described>> = const { RefCell::new(Vec::new()) };
        }
        KEPT.with_borrow_mut(|kept| {
            if let Some(same) = kept.iter().find(|one| one.columns == columns && one.subsets == subsets) {
                return *same;
            }
            let new = Self { columns: Vec::leak(columns), subsets: Vec::leak(subsets) };
            kept.push(new);
            new
        })
    }
}

impl Facts {
    /// What is known of a table with these columns. `has_size` says that one of them is the size of the image,
    /// derived from two others; `labels` are the names of 0, 1 and so on that the file itself gives, by column;
    /// `described` is what the app's host says of the table, which counts before the catalogue.
    pub fn of<'a>(
        names: impl Iterator<Item = &'a str> + Clone,
        has_size: bool,
        labels: &[(String, Vec<String>)],
        described: Described,
    ) -> Self {
        // A file that shares a name or two with a table of the catalogue means something else by them.
        let is_like = |columns: &&[ColumnFacts]| {
            let own = columns.iter().filter(|facts| facts.name != SIZE);
            let here = own.clone().filter(|facts| names.clone().any(|name| name == facts.name)).count();
            here > 0 && here * 4 >= own.count() * 3
        };
        let Described { columns, subsets } = described;
        let listed = || TABLES.iter().map(|table| table.columns).find(is_like).unwrap_or_default();
        let known = if columns.is_empty() { listed() } else { columns };
        let size = USUAL_COLUMNS.iter().find(|facts| facts.name == SIZE && has_size);
        let numbered = |names: &Vec<String>| (0..).zip(names.iter().cloned()).collect();
        let labels = labels.iter().map(|(column, names)| (column.clone(), numbered(names))).collect();
        Self { known, subsets, size, labels, index: Map::new(), quantities: Vec::new() }
    }

    /// The same where these columns are an index, and are called so.
    #[must_use]
    pub fn with_index(mut self, titles: &[(String, String)]) -> Self {
        self.index.extend(titles.iter().map(|(name, title)| (name.clone(), kept(title))));
        self
    }

    /// The same where the numbers of these columns are more than numbers.
    #[must_use]
    pub fn with_quantities(mut self, columns: Vec<(String, Quantity)>) -> Self {
        self.quantities = columns;
        self
    }

    /// What the numbers of a column are.
    pub fn quantity(&self, name: &str) -> Quantity {
        self.quantities.iter().find(|(column, _)| column == name).map(|(_, of)| *of).unwrap_or_default()
    }

    /// Whether a column says which row is which, under a name that says nothing.
    pub fn is_index(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    /// Whether the table is one of the catalogue, or a copy of one.
    pub fn is_known(&self) -> bool {
        !self.known.is_empty()
    }

    /// Which rows the subset of this name has.
    pub fn subset(&self, name: &str) -> Option<&'static NamedSubset> {
        self.subsets.iter().find(|subset| subset.name == name).or_else(|| catalog::subset(name))
    }

    /// The columns that are known, in the catalogue's order.
    pub fn columns(&self) -> impl Iterator<Item = &'static ColumnFacts> {
        self.known.iter()
    }

    /// What is known of a column.
    pub fn column(&self, name: &str) -> Option<&'static ColumnFacts> {
        if name == SIZE
            && let Some(size) = self.size
        {
            return Some(size);
        }
        self.known.iter().find(|facts| facts.name == name)
    }

    /// What people call a column.
    pub fn title<'a>(&self, name: &'a str) -> &'a str {
        match self.index.get(name) {
            Some(title) => title,
            None => self.column(name).map_or(name, |facts| &facts.title),
        }
    }

    /// Place of a column in the rail: lower comes first.
    pub fn order(&self, name: &str) -> u16 {
        self.column(name).map_or(UNKNOWN_ORDER, |facts| facts.order)
    }

    /// What a coded value is called, if it has a name.
    pub fn label(&self, name: &str, value: f64) -> Option<&str> {
        if let Some(labels) = self.labels.get(name) {
            return named(labels.iter().map(|(code, label)| (*code, label.as_str())), value);
        }
        named(self.column(name)?.labels.iter().map(|(code, label)| (*code, &**label)), value)
    }

    /// Whether a column's values have names.
    pub fn has_labels(&self, name: &str) -> bool {
        self.labels.contains_key(name) || self.column(name).is_some_and(|facts| !facts.labels.is_empty())
    }

    /// What a column's values mean, which are stored as this.
    pub fn meaning(&self, name: &str, logical: Option<Logical>) -> Arc<Meaning> {
        let facts = self.column(name);
        let catalogued = || facts.map_or(&[][..], |facts| &facts.labels);
        let labels = self.labels.get(name).cloned();
        let is_categorical = labels.is_some() || facts.is_some_and(|facts| facts.categorical);
        let labels = labels
            .unwrap_or_else(|| catalogued().iter().map(|(code, label)| (*code, label.to_string())).collect());
        let detached = facts.and_then(|facts| facts.detached.as_ref()).map(|(value, _)| *value);
        Arc::new(Meaning { labels, detached, is_categorical, logical })
    }
}

/// A title as long as the thread runs, as those of the catalogue are; the same one once.
fn kept(title: &str) -> &'static str {
    thread_local! {
        static KEPT: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }
    KEPT.with_borrow_mut(|kept| {
        if let Some(same) = kept.iter().find(|one| **one == title) {
            return *same;
        }
        let new: &'static str = title.to_owned().leak();
        kept.push(new);
        new
    })
}

impl Meaning {
    /// What a coded value is called, if it has a name.
    pub fn label(&self, value: f64) -> Option<&str> {
        named(self.labels.iter().map(|(code, label)| (*code, label.as_str())), value)
    }
}

fn named<'a>(mut labels: impl Iterator<Item = (i64, &'a str)>, value: f64) -> Option<&'a str> {
    labels.find(|(code, _)| *code as f64 == value).map(|(_, label)| label)
}

#[cfg(test)]
mod tests {
    use super::{Described, Facts};

    #[test]
    fn a_file_of_other_people_means_its_own_things() {
        let ours = ["image_name", "prompt", "part_id", "seed", "step", "cfg", "sampler", "width", "height"];
        let ours = ours.into_iter().chain(["user_name", "timestamp", "image_nsfw", "prompt_nsfw"]);
        let known = Facts::of(ours, true, &[], Described::default());
        assert_eq!((known.title("cfg"), known.label("sampler", 8.0)), ("cfg scale", Some("k_lms")));
        let labels = [("sampler".to_owned(), vec!["ddim".to_owned(), "lms".to_owned()])];
        let theirs =
            Facts::of(["prompt", "sampler", "size", "cfg"].into_iter(), false, &labels, Described::default());
        assert!(!theirs.is_known());
        assert_eq!((theirs.title("cfg"), theirs.title("size")), ("cfg", "size"));
        assert_eq!((theirs.label("sampler", 1.0), theirs.label("sampler", 8.0)), (Some("lms"), None));
        assert!(theirs.meaning("sampler", None).is_categorical);
    }
}
