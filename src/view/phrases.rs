//! How the parts of prompts are listed: what a part is, which of them count, and in which order.

use serde::{Deserialize, Serialize};

/// What a prompt is taken apart into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// What stands between commas.
    #[default]
    Phrase,
    /// Single words.
    Word,
    /// Two words that follow each other.
    Pair,
    /// Who is named after "by" and "style of".
    Name,
}

impl Unit {
    /// All of them, with their names in links.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Phrase, "phrases"), (Self::Word, "words"), (Self::Pair, "pairs"), (Self::Name, "names")];
}

/// How the parts of prompts are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseList {
    /// What a part is.
    pub unit: Unit,
    /// The fewest rows that a part must be in; by the number of rows where none is given.
    pub least: Option<u32>,
    /// Whether parts that hold the searched words are listed as well.
    pub with_searched: bool,
    /// Whether the most frequent parts come first, not the most telling ones.
    pub by_count: bool,
}

const SEARCHED: &str = "searched";
const COUNT: &str = "count";

impl PhraseList {
    /// Reads items of a link: the unit, the fewest rows, `searched`, `count`.
    ///
    /// # Errors
    /// The first item that is none of them.
    pub fn read<'a>(items: impl Iterator<Item = &'a str>) -> Result<Self, &'a str> {
        let mut list = Self::default();
        for item in items {
            let unit = Unit::ALL.iter().find(|(_, name)| *name == item);
            match (unit, item, item.parse()) {
                (Some((unit, _)), _, _) => list.unit = *unit,
                (None, SEARCHED, _) => list.with_searched = true,
                (None, COUNT, _) => list.by_count = true,
                (None, _, Ok(least)) => list.least = Some(least),
                (None, _, Err(_)) => return Err(item),
            }
        }
        Ok(list)
    }

    /// The items of a link; none for what is listed unless told otherwise.
    pub fn items(&self) -> Vec<String> {
        let Self { unit, least, with_searched, by_count } = *self;
        let unit = Unit::ALL.iter().find(|(own, _)| *own == unit && unit != Unit::default());
        let unit = unit.map(|(_, name)| (*name).to_owned());
        let least = least.map(|least| least.to_string());
        let flags = [(with_searched, SEARCHED), (by_count, COUNT)];
        let flags = flags.into_iter().filter(|(on, _)| *on).map(|(_, name)| name.to_owned());
        unit.into_iter().chain(least).chain(flags).collect()
    }
}
