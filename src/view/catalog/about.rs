//! What a dataset is, for people who meet it here: whose it is, what it may be used for, how it is
//! cited, and what to be careful about.

use super::{ABOUT, Text};
use std::borrow::Cow;

/// What is told of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What it is called.
    pub dataset: Text,
    /// What it is, a paragraph each.
    pub what: Cow<'static, [Text]>,
    /// What a row is.
    pub row: Text,
    /// Its licence, and where that can be read.
    pub licence: Option<(Text, Option<Text>)>,
    /// Pages of it: name and address.
    pub links: Cow<'static, [(Text, Text)]>,
    /// How it is cited, as BibTeX.
    pub bibtex: Text,
    /// What to be careful about.
    pub limits: Cow<'static, [Text]>,
    /// What it says of people.
    pub privacy: Text,
    /// The form for people who want an image removed.
    pub report: Option<Text>,
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
            let licence = about.licence.as_ref().and_then(|(_, address)| address.as_ref());
            for address in about.links.iter().map(|(_, address)| address).chain(licence) {
                assert!(address.starts_with("https://"), "{address}");
            }
        }
    }
}
