//! What a dataset is, for people who meet it here: whose it is, what it may be used for, how it is
//! cited, and what to be careful about.

use super::ABOUT;

/// What is told of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// [`super::Table::dataset`].
    pub dataset: &'static str,
    /// What it is, a paragraph each.
    pub what: &'static [&'static str],
    /// What a row is.
    pub row: &'static str,
    /// Its licence, and where that can be read.
    pub licence: (&'static str, &'static str),
    /// Pages of it: name and address.
    pub links: &'static [(&'static str, &'static str)],
    /// How it is cited, as BibTeX.
    pub bibtex: &'static str,
    /// What to be careful about.
    pub limits: &'static [&'static str],
    /// What it says of people.
    pub privacy: &'static str,
}

/// What is told of this dataset.
pub fn about(dataset: &str) -> Option<&'static About> {
    ABOUT.iter().find(|about| about.dataset == dataset)
}

#[cfg(test)]
mod tests {
    use super::about;
    use crate::view::catalog::TABLES;

    #[test]
    fn every_dataset_of_the_catalogue_is_told_of() {
        for table in TABLES {
            let about = about(table.dataset).expect(table.id);
            assert!(about.bibtex.starts_with('@') && about.bibtex.ends_with('}'));
            for (_, address) in about.links.iter().chain([&about.licence]) {
                assert!(address.starts_with("https://"), "{address}");
            }
        }
    }
}
