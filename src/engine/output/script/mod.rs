//! A view as a program for other tools: the same rows, out of the same file, in the same order.
//!
//! [`plan`] says in the terms of values what a view asks, once for all tools; [`terms`] and
//! [`pattern`] turn the query into regular expressions; one file a tool writes the program. Whatever
//! comes from a link or a file is quoted by [`quote`] and can't leave its quotes. Nulls and NaN are
//! outside every range and last in every order, as they are here.

mod datasets;
mod duckdb;
mod groups;
mod language;
mod pandas;
mod pattern;
mod plan;
mod polars;
mod python;
mod quote;
mod spark;
mod terms;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use crate::formats::hub::{DEFAULT_ENDPOINT, resolve_url};
use crate::protocol::Column;
use crate::protocol::script::Dialect;
use crate::view::facts::Facts;
use crate::view::group_by::GroupBy;
use crate::view::spec::{HubPath, RowQuery};
use plan::Plan;

/// What is asked, of which table.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// Where its files are, in order; one at least.
    pub files: Vec<File>,
    /// Its columns.
    pub columns: &'a [Column],
    /// What is known of them.
    pub facts: &'a Facts,
    /// Rows in all.
    pub row_count: u64,
    /// The column that holds prompts.
    pub prompt: Option<&'a str>,
    /// The column of image paths, which hold the shard.
    pub path: Option<&'a str>,
    /// Which rows.
    pub rows: &'a RowQuery,
    /// Which of the columns; all where there is none.
    pub wanted: &'a [String],
    /// Groups in place of the rows.
    pub groups: Option<&'a GroupBy>,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// On a Hub.
    Hub {
        /// The Hub.
        endpoint: String,
        /// The file.
        path: HubPath,
    },
    /// At an address.
    Address(String),
    /// On the user's disk, by its name.
    Local(String),
}

impl File {
    /// What tools read that take addresses and paths.
    fn address(&self) -> String {
        match self {
            Self::Hub { endpoint, path } => resolve_url(endpoint, path),
            Self::Address(address) => address.clone(),
            Self::Local(path) => path.clone(),
        }
    }

    /// The same for those that read the usual Hub under a name of their own, so that a token of the user's is
    /// taken along.
    fn short_address(&self) -> String {
        match self {
            // A slash in a revision would begin the path.
            Self::Hub { path, .. } if self.is_on_usual_hub() && !path.revision.contains('/') => {
                let at = if path.revision == "main" { String::new() } else { format!("@{}", path.revision) };
                format!("hf://datasets/{}{at}/{}", path.repository, path.path)
            }
            Self::Hub { .. } | Self::Address(_) | Self::Local(_) => self.address(),
        }
    }

    /// Whether it is on the Hub that libraries know by themselves.
    fn is_on_usual_hub(&self) -> bool {
        matches!(self, Self::Hub { endpoint, .. } if endpoint == DEFAULT_ENDPOINT)
    }
}

/// The view as a program.
pub fn script(dialect: Dialect, ask: &Ask<'_>) -> String {
    let mut plan = Plan::new(ask);
    if dialect == Dialect::Datasets && plan.groups.take().is_some() {
        plan.notes.push("the groups are left out, their rows are here: datasets groups nothing".to_owned());
    }
    match dialect {
        Dialect::DuckDbSql => duckdb::sql_script(&ask.files, &plan),
        Dialect::DuckDb => duckdb::python_script(&ask.files, &plan),
        Dialect::Polars => polars::script(&ask.files, &plan),
        Dialect::Pandas => pandas::script(&ask.files, &plan),
        Dialect::Spark => spark::script(&ask.files, &plan),
        Dialect::Datasets => datasets::script(&ask.files, &plan),
    }
}
