//! What stands in the scripts. That they find the right rows is tested where they are run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::{Ask, File, script};
use crate::base::sorted::Map;
use crate::protocol::script::Dialect;
use crate::protocol::{Column, Kind};
use crate::view::facts::{Described, Facts};
use crate::view::spec::{Clause, HubPath, RowQuery, SortKey};
use expect_test::{Expect, expect};

fn column(name: &str, kind: Kind, type_name: &str) -> Column {
    Column {
        name: name.to_owned(),
        kind,
        type_name: type_name.to_owned(),
        bytes: 0,
        chartable: true,
        derived_from: Vec::new(),
    }
}

fn write(dialect: Dialect, rows: &RowQuery, wanted: &[&str], file: File) -> String {
    let columns = [
        column("prompt", Kind::Text, "UTF8"),
        column("cfg", Kind::Float, "FLOAT"),
        column("sampler", Kind::Integer, "UINT_8"),
        column("\"; DROP TABLE x; --\n", Kind::Text, "UTF8"),
    ];
    let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
    let prompt = Some("prompt");
    let labels = (0..=8).map(|code| if code == 8 { "k_lms".to_owned() } else { code.to_string() }).collect();
    let facts = Facts::of([].into_iter(), false, &[("sampler".to_owned(), labels)], Described::default());
    script(
        dialect,
        &Ask {
            files: vec![file],
            columns: &columns,
            facts: &facts,
            row_count: 100,
            prompt,
            path: None,
            rows,
            wanted: &wanted,
            groups: None,
        },
    )
}

fn hub() -> File {
    File::Hub {
        endpoint: crate::formats::hub::DEFAULT_ENDPOINT.to_owned(),
        path: HubPath {
            repository: "poloclub/diffusiondb".to_owned(),
            revision: "main".to_owned(),
            path: "metadata.parquet".to_owned(),
        },
    }
}

fn view() -> RowQuery {
    RowQuery {
        filters: Map::from([
            ("cfg".to_owned(), Clause::numbers(Some(7.1), None)),
            ("sampler".to_owned(), Clause::list([Some("k_lms".to_owned()), None], true)),
        ]),
        query: Some("*art* -/8 ?k/".to_owned()),
        sort: vec![SortKey { column: "cfg".to_owned(), descending: true }],
        ..RowQuery::default()
    }
}

#[track_caller]
fn check(dialect: Dialect, expected: &Expect) {
    expected.assert_eq(&write(dialect, &view(), &["prompt", "cfg"], hub()));
}

#[test]
fn a_view_in_sql() {
    check(
        Dialect::DuckDbSql,
        &expect![[r#"
            -- Made by Vitrine: the rows of a view, in their order. Needs DuckDB 1.1 or later.
            SET TimeZone = 'UTC';

            SELECT "prompt", "cfg"
            FROM (
                SELECT *, lower(strip_accents(coalesce("prompt", ''))) AS "folded text"
                FROM read_parquet('https://huggingface.co/datasets/poloclub/diffusiondb/resolve/main/metadata.parquet', file_row_number = true)
            )
            WHERE "cfg" >= CAST('7.1' AS FLOAT) AND NOT isnan("cfg")
              AND NOT (coalesce(("sampler") IN (8), FALSE) OR ("sampler") IS NULL)
              AND (contains("folded text", 'art'))
              AND (NOT regexp_matches("folded text", '(?i)8(?: )?k'))
            ORDER BY CASE WHEN NOT isnan("cfg") THEN "cfg" END DESC NULLS LAST, file_row_number;
        "#]],
    );
}

#[test]
fn a_view_in_polars() {
    check(
        Dialect::Polars,
        &expect![[r##"
            # Made by Vitrine: the rows of a view, in their order. Needs Polars 1.20 or later.
            # pip install polars
            import polars as pl

            prompt = pl.col("prompt").fill_null("")
            # Lower case without accents. A capital sigma is always an inner one.
            text = prompt.str.normalize("NFD").str.replace_all(r"\p{M}", "").str.replace_all("Σ", "σ").str.to_lowercase()

            rows = pl.scan_parquet("hf://datasets/poloclub/diffusiondb/metadata.parquet").with_row_index("row of the file")
            rows = rows.filter(
                (pl.col("cfg").cast(pl.Float64) >= 7.099999904632568) & pl.col("cfg").cast(pl.Float64).is_not_nan(),
                ~(pl.col("sampler").cast(pl.Int64).is_in([8]).fill_null(False) | pl.col("sampler").is_null()),
                text.str.contains("art", literal=True),
                ~text.str.contains(r"(?i)8 ?k"),
            )
            rows = rows.sort(
                [pl.col("cfg").fill_nan(None), pl.col("row of the file")],
                descending=[True, False],
                nulls_last=True,
            )
            result = rows.select("prompt", "cfg").collect()
            print(result)
        "##]],
    );
}

#[test]
fn nothing_leaves_its_quotes() {
    let name = "\"; DROP TABLE x; --\n";
    let nasty = "'); import os; os.system('x') #\n\"\"\"\\\u{202e}\0";
    let rows = RowQuery {
        filters: Map::from([
            (name.to_owned(), Clause::list([Some(nasty.to_owned())], false)),
            (format!("none\n{nasty}"), Clause::Null),
        ]),
        query: Some("\"'); x\\\" -/(?<x>')\"\\// \"\"\"".to_owned()),
        ..RowQuery::default()
    };
    let file = File::Address(format!("https://example.org/{nasty}"));
    for (dialect, tool) in Dialect::ALL {
        let text = write(*dialect, &rows, &[name], file.clone());
        assert!(!text.contains('\u{202e}') && !text.contains('\0'), "{tool}: {text}");
        for line in text.lines() {
            assert!(!line.starts_with("import os") && !line.starts_with("DROP"), "{tool}: {line}");
        }
        let expected = if *dialect == Dialect::DuckDbSql { "''); import os" } else { "'); import os" };
        assert!(text.contains(expected), "{tool}: {text}");
    }
}

#[test]
fn what_can_not_be_said_is_told() {
    let rows = RowQuery { query: Some("/(?-u:\\xff)/ | /\\b{start}a/ x".to_owned()), ..RowQuery::default() };
    for (dialect, tool) in Dialect::ALL.iter().filter(|(dialect, _)| *dialect != Dialect::Polars) {
        let text = write(*dialect, &rows, &[], hub());
        assert!(text.contains("NOTE: a part of the search is left out"), "{tool}: {text}");
    }
    let filters = Map::from([("nothing".to_owned(), Clause::Null)]);
    let rows = RowQuery { filters, ..RowQuery::default() };
    assert!(write(Dialect::Polars, &rows, &[], hub()).contains("# NOTE: the filter on nothing is left out"));
}
