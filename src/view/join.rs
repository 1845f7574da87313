//! Another table whose columns stand beside those of the open one: which, by what keys, and what it is called.
//!
//! In the link `join=hf:owner/name/scores.parquet,here:image_name,there:id,as:scores`. What is left out is guessed.

use crate::view::roles::{Role, names_of};
use crate::view::spec::TableRef;
use crate::view::url::{parse_table, print_table};

/// Stands before the name of a file of the user's disk, which no link holds.
const LOCAL: &str = "file:";

/// What else columns are called that tell rows apart, the likeliest first.
const KEYS: &[&str] = &[
    "uuid",
    "uid",
    "id",
    "image_uid",
    "image_id",
    "file_name",
    "filename",
    "path",
    "name",
    "key",
    "url",
    "md5",
    "hash",
    "sha256",
];

/// Names of columns that tell rows apart, the likeliest first: those of images, then any, then those of their groups.
fn telling_names() -> impl Iterator<Item = &'static str> {
    let images = [Role::ImageName, Role::ImagePath].into_iter().flat_map(names_of);
    images.chain(KEYS.iter().copied()).chain(names_of(Role::Group))
}

/// What a column of another table is made of, first of all; then come the key here, and what people call that table.
pub const SOURCE: &str = "another file";

/// The most tables that are joined to one.
pub const MAX_JOINS: usize = 8;

/// The longest name of a joined table.
const MAX_NAME_CHARS: usize = 24;

/// Another table, joined to the open one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// Where it is.
    pub table: TableRef,
    /// The column of the open table that is compared; none before it is chosen.
    pub here: Option<String>,
    /// The column of the other one that it is compared with.
    pub there: Option<String>,
    /// What stands before the names of its columns; never empty.
    pub name: String,
}

impl Join {
    /// A table of which nothing else is said.
    pub fn new(table: TableRef) -> Self {
        let name = name_of(&print_table(&table));
        Self { table, here: None, there: None, name }
    }

    /// Reads the words of a link.
    ///
    /// # Errors
    /// A sentence for people that says what is wrong.
    pub fn read(words: &[String]) -> Result<Self, String> {
        let (table, rest) = words.split_first().ok_or_else(|| "names no table.".to_owned())?;
        let table = match table.strip_prefix(LOCAL) {
            Some(name) => TableRef::Local(name.to_owned()),
            None => parse_table(table)?,
        };
        let mut join = Self::new(table);
        for word in rest {
            match word.split_once(':') {
                Some(("here", column)) => join.here = Some(column.to_owned()),
                Some(("there", column)) => join.there = Some(column.to_owned()),
                Some(("as", name)) if !name.trim().is_empty() => join.name = clean(name),
                _ => return Err(format!("“{word}” says nothing of how tables are joined.")),
            }
        }
        Ok(join)
    }

    /// The words that are read as this.
    pub fn words(&self) -> Vec<String> {
        let Self { table, here, there, name } = self;
        let mut words = vec![match table {
            TableRef::Local(name) => format!("{LOCAL}{name}"),
            table => print_table(table),
        }];
        words.extend(here.iter().map(|column| format!("here:{column}")));
        words.extend(there.iter().map(|column| format!("there:{column}")));
        if *name != Self::new(table.clone()).name {
            words.push(format!("as:{name}"));
        }
        words
    }

    /// Gives it a name that none of these tables has, so that columns of two tables never have one name.
    pub fn name_apart<'a>(&mut self, others: impl Iterator<Item = &'a [String]> + Clone) {
        let taken = |name: &str| {
            others
                .clone()
                .any(|words| Self::read(words).is_ok_and(|other| other.name.eq_ignore_ascii_case(name)))
        };
        let mut names = (2..).map(|n| format!("{}_{n}", self.name)).filter(|name| !taken(name));
        if taken(&self.name)
            && let Some(name) = names.next()
        {
            self.name = name;
        }
    }

    /// Whether these words are of a file of the user's disk, which no link can hold.
    pub fn is_local(words: &[String]) -> bool {
        words.first().is_some_and(|table| table.starts_with(LOCAL))
    }

    /// What a column of it is called here.
    pub fn column(&self, name: &str) -> String {
        format!("{}.{name}", self.name)
    }
}

/// A short name, by that of a file.
fn name_of(source: &str) -> String {
    let path = source.split(['?', '#']).next().unwrap_or(source);
    let file = path.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.split('.').find(|part| !part.is_empty()).unwrap_or("joined");
    clean(stem)
}

/// Letters, digits, hyphens and underscores; whatever else becomes the latter.
fn clean(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
    let name: String = name.trim().chars().take(MAX_NAME_CHARS).map(plain).collect();
    if name.chars().any(char::is_alphanumeric) { name } else { "joined".to_owned() }
}

/// The columns that are compared, as far as names tell: one that both have and that tells rows apart, else one of each
/// that does; else any that both have.
pub fn guess_keys<'a>(here: &[&'a str], there: &[&'a str]) -> (Option<&'a str>, Option<&'a str>) {
    let same =
        |name: &str, names: &[&'a str]| names.iter().find(|other| other.eq_ignore_ascii_case(name)).copied();
    let telling = |names: &[&'a str]| telling_names().find_map(|key| same(key, names));
    let shared = telling_names().find_map(|key| Some((same(key, here)?, same(key, there)?)));
    if let Some((here, there)) = shared {
        return (Some(here), Some(there));
    }
    match (telling(here), telling(there)) {
        (Some(here), Some(there)) => (Some(here), Some(there)),
        (own, other) => {
            let any = here.iter().find_map(|name| Some((*name, same(name, there)?)));
            any.map_or((own, other), |(here, there)| (Some(here), Some(there)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Join, guess_keys};
    use crate::view::spec::TableRef;

    fn words(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for text in [
            "hf:a/b/scores.parquet",
            "hf:a/b/scores.parquet,here:image_name,there:id",
            "https://x.org/s.csv,here:a:b,there:c,as:aesthetic",
            "file:my scores.csv,here:id,there:id",
        ] {
            let join = Join::read(&words(text)).unwrap();
            assert_eq!(join.words(), words(text));
            assert_eq!(Join::is_local(&words(text)), text.starts_with("file:"));
        }
        assert_eq!(Join::read(&words("hf:a/b/My scores.v2.parquet")).unwrap().name, "My_scores");
        assert_eq!(
            Join::read(&words("hf:a/b/....parquet")).map(|join| join.name).ok().as_deref(),
            Some("parquet")
        );
        for wrong in ["", "hf:a", "hf:a/b/c.parquet,by:id", "hf:a/b/c.parquet,as: "] {
            assert!(Join::read(&words(wrong)).is_err(), "{wrong}");
        }
        assert!(Join::read(&[]).is_err());
    }

    #[test]
    fn a_local_file_keeps_its_name() {
        let join = Join::new(TableRef::Local("ratings (1).csv".to_owned()));
        assert_eq!(join.name, "ratings__1_");
        assert_eq!(join.column("score"), "ratings__1_.score");
    }

    #[test]
    fn keys_are_guessed_by_their_names() {
        assert_eq!(
            guess_keys(&["prompt", "image_name"], &["Image_Name", "score"]),
            (Some("image_name"), Some("Image_Name"))
        );
        assert_eq!(guess_keys(&["prompt", "image_name"], &["id", "score"]), (Some("image_name"), Some("id")));
        assert_eq!(guess_keys(&["a", "b"], &["B", "c"]), (Some("b"), Some("B")));
        assert_eq!(guess_keys(&["a"], &["id"]), (None, Some("id")));
    }
}
