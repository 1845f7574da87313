//! The views: the ways to look at the result. Links, buttons and keys all read what [`View::facts`] says of them;
//! their icons and components are in the registry of the page.

/// Declares the views, one line each: the enum and the table of their facts.
macro_rules! views {
    ($($(#[$about:meta])* $view:ident { $link:literal, $title:literal, $key:expr, $needs:ident, $lists:ident })*) => {
        /// The ways to look at the result.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum View {
            $($(#[$about])* $view,)*
        }

        impl View {
            /// Every view, in the order of the buttons.
            pub const ALL: &[Self] = &[$(Self::$view),*];

            /// What is known of it.
            pub const fn facts(self) -> &'static ViewFacts {
                match self {
                    $(Self::$view => &ViewFacts {
                        link: $link,
                        title: $title,
                        key: $key,
                        needs: Needs::$needs,
                        lists: Lists::$lists,
                    },)*
                }
            }
        }
    };
}

// Name in links, title, key, what the table must have, what it lists.
views! {
    /// One line a row.
    #[default]
    Table { "table", "Table", Some('t'), Nothing, Rows }
    /// Images in rows.
    Gallery { "gallery", "Gallery", Some('g'), Images, Rows }
    /// The images of one prompt side by side, by rank.
    Compare { "compare", "Compare", None, RankedImages, Groups }
    /// One line a prompt.
    Prompts { "prompts", "Prompts", Some('p'), Prompts, Prompts }
    /// What prompts are made of.
    Phrases { "phrases", "Phrases", None, Prompts, Phrases }
    /// Rows by the values of columns.
    Groups { "groups", "Groups", None, Nothing, GroupBy }
    /// Two columns against each other.
    Plot { "plot", "Plot", None, Nothing, Plot }
    /// Columns by how far the matching rows are from the others.
    Differences { "differences", "Differences", None, Nothing, Columns }
    /// What the file says of itself.
    Metadata { "metadata", "Metadata", None, Nothing, Nothing }
}

/// What is known of a view without showing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewFacts {
    /// Its name in links.
    pub link: &'static str,
    /// Its name on buttons.
    pub title: &'static str,
    /// The key that leads to it, in lower case.
    pub key: Option<char>,
    /// What a table must have to be shown this way.
    pub needs: Needs,
    /// What the data thread lists for it.
    pub lists: Lists,
}

/// What a table must have to be shown in a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: every table can be shown so.
    Nothing,
    /// Images.
    Images,
    /// Images that people have put in order, several for each prompt.
    RankedImages,
    /// A column of prompts.
    Prompts,
}

/// What a view lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// Rows of the result; the link holds the position of the first one in sight.
    Rows,
    /// Prompts with all of their images; the link holds the number of the one that is shown.
    Groups,
    /// Prompts of the result.
    Prompts,
    /// Phrases of the prompts of the result.
    Phrases,
    /// Groups of rows of the result, by the values of columns.
    GroupBy,
    /// A chart of rows of the result.
    Plot,
    /// Columns, by what of them differs in the result.
    Columns,
    /// Nothing of the result: it is about the file.
    Nothing,
}

impl View {
    /// Its name in links.
    pub const fn name(self) -> &'static str {
        self.facts().link
    }

    /// The view of this name in links.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|view| view.facts().link == name)
    }

    /// The view that this key leads to, in either case.
    pub fn of_key(key: &str) -> Option<Self> {
        let mut letters = key.chars();
        let letter = letters.next().filter(|_| letters.next().is_none())?.to_ascii_lowercase();
        Self::ALL.iter().copied().find(|view| view.facts().key == Some(letter))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn names_titles_and_keys_are_of_one_view_each() {
        for view in View::ALL.iter().copied() {
            let facts = view.facts();
            assert_eq!(View::named(facts.link), Some(view));
            assert_eq!(View::ALL.iter().filter(|other| other.facts().title == facts.title).count(), 1);
            if let Some(key) = facts.key {
                assert_eq!(View::of_key(&key.to_string()), Some(view));
                assert_eq!(View::of_key(&key.to_ascii_uppercase().to_string()), Some(view));
            }
        }
        assert_eq!(View::named("Table"), None);
        assert_eq!(View::of_key("Tab"), None);
    }

    #[test]
    fn the_documents_name_every_view() {
        let (guide, links) = (include_str!("../../docs/guide.md"), include_str!("../../docs/links.md"));
        for view in View::ALL {
            let ViewFacts { link, title, .. } = view.facts();
            let named = guide.contains(&format!("## {title}")) || guide.contains(&format!("*{title}*"));
            assert!(named || *view == View::Table, "the guide does not name {title}");
            assert!(links.contains(&format!("`{link}`")), "the page on links does not name {link}");
        }
    }
}
