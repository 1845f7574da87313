//! Columns that are measured of prompts, from the menu that adds them to the exported file.

use crate::exports::{NO_PICKER, before_the_page, downloads, export, file};
use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{play, until};
use serde_json::Value as Json;
use vitrine::table::measure::Tokenizer;
use vitrine::view::spec::{Clause, Span};

const WORDS: &str = "words(prompt)";
const TOKENS: &str = "tokens(prompt)";

fn prompts() -> Vec<String> {
    let prompt = |row: &std::collections::BTreeMap<String, Value>| match &row["prompt"] {
        Value::Text(text) => text.clone(),
        Value::Null | Value::Number(_) => String::new(),
    };
    Table::read(&sample_path(DIFFUSIONDB)).rows.iter().map(prompt).collect()
}

#[test]
fn a_measured_column_is_added_charted_brushed_linked_and_exported() {
    play("measured", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "measured").await;
        let prompts = prompts();
        stage.go("table=diffusiondb-sample&columns=image_name,prompt").await;
        stage.page().settles_at(prompts.len() as u64).await;
        stage.page().click("button", "Choose columns").await;
        stage.page().click("checkbox", "Words").await;
        stage.page().click("checkbox", "CLIP tokens").await;
        stage.picture("measured-add").await;
        let spec = until("two columns more", async || {
            Some(stage.page().spec().await).filter(|spec| spec.added == [WORDS, TOKENS])
        })
        .await;
        assert_eq!(spec.columns.unwrap(), ["image_name", "prompt", WORDS, TOKENS]);
        stage.page().click("button", "Choose columns").await;
        stage.page().chart(WORDS).await;
        stage.page().chart(TOKENS).await;

        stage.page().drag(WORDS, 0.4, 1.0).await;
        let (low, high) =
            until("a range of words", async || match stage.page().spec().await.filters.get(WORDS) {
                Some(Clause::Range(range)) => match range.span() {
                    Span::Numbers { low, high } => Some((low.unwrap_or(0.0), high.unwrap_or(f64::MAX))),
                    Span::Times { .. } => None,
                },
                Some(_) | None => None,
            })
            .await;
        let in_range = |prompt: &&String| (low..=high).contains(&(prompt.split_whitespace().count() as f64));
        let expected: Vec<&String> = prompts.iter().filter(in_range).collect();
        assert!(!expected.is_empty() && expected.len() < prompts.len());
        stage.page().settles_at(expected.len() as u64).await;
        stage.picture("measured").await;

        // Whoever gets the link sees the same.
        let query = stage.page().query().await;
        stage.go(query.trim_start_matches('?')).await;
        stage.page().settles_at(expected.len() as u64).await;

        export(stage, "JSON Lines").await;
        let lines = file(&folder, "diffusiondb-sample.jsonl").await;
        let rows: Vec<Json> =
            lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        let vocabulary = std::fs::read("public/later-clip-merges.bin").unwrap();
        let tokenizer = Tokenizer::new(&vocabulary).unwrap();
        assert_eq!(rows.len(), expected.len());
        for (row, prompt) in rows.iter().zip(&expected) {
            assert_eq!(row["prompt"].as_str().unwrap_or_default(), prompt.as_str());
            assert_eq!(row[WORDS], prompt.split_whitespace().count());
            assert_eq!(row[TOKENS], tokenizer.count(prompt));
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
}
