//! What there is to choose from in a repository.

use serde::{Deserialize, Serialize};

/// Which folder is looked into.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browse {
    /// The Hub to ask, the usual one where none is given.
    pub endpoint: Option<String>,
    /// `owner/name`.
    pub repository: String,
    /// A branch, a tag or a commit.
    pub revision: String,
    /// The folder's path; empty for the repository itself.
    pub folder: String,
}

/// What is known of a folder so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Which folder.
    pub place: Browse,
    /// The repository's page, for people.
    pub page: String,
    /// Branches, tags and what the Hub made; none while they are awaited.
    pub references: Option<Vec<Reference>>,
    /// What lies in the folder; none while it is awaited.
    pub items: Option<Items>,
    /// The files that the Hub made of the dataset, where there are any and the folder is the
    /// repository itself.
    pub converted: Vec<Split>,
    /// Whether more of them are awaited.
    pub converting: bool,
}

/// A branch, a tag, or a branch that the Hub fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What people call it.
    pub name: String,
    /// What a link says.
    pub revision: String,
}

/// What lies in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items {
    /// Paths of folders.
    pub folders: Vec<String>,
    /// Parquet files: path and size.
    pub files: Vec<(String, u64)>,
    /// Files that may be one table: path with a star, how many, and their size in all.
    pub together: Vec<(String, u32, u64)>,
    /// How many other files there are, and their size in all.
    pub others: (u32, u64),
    /// Whether there are more that were not listed.
    pub more: bool,
}

/// What the Hub made of a split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// The configuration.
    pub config: String,
    /// The split.
    pub split: String,
    /// How many files.
    pub files: u32,
    /// Their size in all.
    pub bytes: u64,
    /// The file, or the path that stands for all of them.
    pub path: String,
}
