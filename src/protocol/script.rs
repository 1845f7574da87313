//! A view as a program for other tools.

use crate::view::spec::RowQuery;
use serde::{Deserialize, Serialize};

/// Asks for a script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Want {
    /// In which language, for which library.
    pub dialect: Dialect,
    /// Which rows.
    pub rows: RowQuery,
    /// The columns; all where there is none.
    pub columns: Vec<String>,
    /// Groups in place of the rows: the items of [`GroupBy`](crate::view::group_by::GroupBy).
    pub groups: Option<Vec<String>>,
}

/// A script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// What it was asked for.
    pub dialect: Dialect,
    /// Its text.
    pub text: String,
}

/// What a script is written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dialect {
    /// SQL of DuckDB.
    #[default]
    DuckDbSql,
    /// Python with DuckDB.
    DuckDb,
    /// Python with Polars.
    Polars,
    /// Python with pandas and pyarrow.
    Pandas,
    /// Python with Spark.
    Spark,
    /// Python with the Hub's datasets library.
    Datasets,
}

impl Dialect {
    /// Every dialect, with what people call it.
    pub const ALL: &[(Self, &str)] = &[
        (Self::DuckDbSql, "DuckDB SQL"),
        (Self::DuckDb, "DuckDB in Python"),
        (Self::Polars, "Polars"),
        (Self::Pandas, "pandas"),
        (Self::Spark, "PySpark"),
        (Self::Datasets, "datasets"),
    ];
}
