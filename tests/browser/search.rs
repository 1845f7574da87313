//! Asking for prompts: words, phrases, exclusions, mistakes, sorting, subsets, and what prompts share.

use crate::page::key;
use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{play, play_with_images, until};
use serde_json::json;
use std::collections::BTreeSet;

const TABLE: &str = "table=diffusiondb-2m";

/// Prompts of the sample that hold every one of these words.
fn with_words(table: &Table, wanted: &[&str], unwanted: &[&str]) -> u64 {
    let holds = |prompt: &str| {
        let words: BTreeSet<String> = prompt
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        wanted.iter().all(|word| words.contains(*word)) && !unwanted.iter().any(|word| words.contains(*word))
    };
    let matches = table.rows.iter().filter(|row| match &row["prompt"] {
        Value::Text(prompt) => holds(prompt),
        Value::Null | Value::Number(_) => false,
    });
    matches.count() as u64
}

fn text_of(table: &Table, row: usize) -> &str {
    match &table.rows[row]["prompt"] {
        Value::Text(prompt) => prompt,
        Value::Null | Value::Number(_) => "",
    }
}

#[test]
fn what_is_typed_stays_while_something_else_changes() {
    play("search-typed", async |stage| {
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        assert_eq!(page.settled().await, 5_000);
        let field = page.find("searchbox", "Search prompts").await;
        let bar = page.bar("sampler", "k_lms").await;
        // Nothing is asked yet when the filter changes; more is typed before the page has taken note of what was asked.
        const TYPE: &str = "const [field, bar] = arguments; \
            const type = (text) => { field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }; \
            type('cast'); bar?.click(); setTimeout(() => type('castle'), 100);";
        stage.browser.client.execute(TYPE, vec![json!(field), json!(bar)]).await.unwrap();
        until("both", async || {
            let spec = page.spec().await;
            (spec.query.as_deref() == Some("castle") && spec.filters.contains_key("sampler")).then_some(())
        })
        .await;
        assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("castle"));
        page.settled().await;
        assert_eq!(page.spec().await.query.as_deref(), Some("castle"));
        // What is asked elsewhere stands in the field.
        stage.browser.client.back().await.unwrap();
        until("the field before", async || {
            (field.prop("value").await.unwrap().as_deref() == Some("")).then_some(())
        })
        .await;
        assert_eq!(page.spec().await.query, None);
    });
}

#[test]
fn prompts_are_searched_as_someone_types() {
    play("search", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        stage.go_to_hub(TABLE).await;
        stage.page().settled().await;
        let field = stage.page().find("searchbox", "Search prompts").await;
        field.send_keys("portrait -woman").await.unwrap();
        stage.page().settles_at(with_words(&table, &["portrait"], &["woman"])).await;
        assert_eq!(stage.page().spec().await.query.as_deref(), Some("portrait -woman"));
        let rows = stage.page().rows().await;
        assert!(rows.len() > 5);
        // A mistake is told in its place and leaves the result alone.
        field.send_keys(" \"open").await.unwrap();
        stage.page().alert("The quote is not closed").await;
        stage.page().settles_at(with_words(&table, &["portrait"], &["woman"])).await;
        // What was typed in one go is one step back.
        stage.page().click("button", "Clear all").await;
        stage.page().settles_at(table.rows.len() as u64).await;
        stage.browser.client.back().await.unwrap();
        stage.page().settles_at(with_words(&table, &["portrait"], &["woman"])).await;
        stage.picture("search").await;
    });
}

#[test]
fn an_index_beside_the_app_answers_without_the_column_of_prompts() {
    play("search-index", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let castles = with_words(&table, &["castle"], &[]);
        let page = stage.page();
        // Prompts are not shown: of them only the index is read.
        stage.go("table=diffusiondb-sample&columns=seed&q=castle").await;
        page.settles_at(castles).await;
        page.rows().await;
        until("the way of the search", async || {
            page.outline().await.contains("searched by the index").then_some(())
        })
        .await;
        stage.picture("search-index").await;
        let log = stage.app.log();
        let is_index = |path: &str| path.contains("maps/") && path.ends_with("data-0");
        let index_bytes: u64 =
            log.iter().filter(|entry| is_index(&entry.path)).map(|entry| entry.bytes_sent).sum();
        assert!((1..150_000).contains(&index_bytes), "{index_bytes} bytes of the index");
        let table_bytes: u64 =
            log.iter().filter(|entry| entry.path.ends_with(".parquet")).map(|entry| entry.bytes_sent).sum();
        assert!(table_bytes < 200_000, "{table_bytes} bytes of the table");
        // Others, one of which the texts of the index decide.
        let has_castle_and_space = |row: usize| {
            let text = text_of(&table, row).to_lowercase();
            text.contains("castle ") || text.contains("castles ")
        };
        let spaced = (0..table.rows.len()).filter(|row| has_castle_and_space(*row)).count() as u64;
        let without = with_words(&table, &["castle"], &["dark"]);
        for (query, expected) in [("castle%20-dark", without), ("%2Fcastles%3F%20%2F", spaced)] {
            stage.go(&format!("table=diffusiondb-sample&columns=seed&q={query}")).await;
            page.settles_at(expected).await;
            page.rows().await;
        }
        // Where there is no index, every prompt is looked at.
        stage.go_to_hub("table=diffusiondb-2m&columns=seed&q=castle").await;
        page.settles_at(castles).await;
        assert!(!page.outline().await.contains("searched by the index"));
    });
}

#[test]
fn what_matched_is_in_sight_however_late_in_a_prompt() {
    play_with_images("search-sight", async |stage| {
        stage.put_archives();
        // Most parts' archives are not on the stand-in.
        stage.expect_failures();
        let table = Table::read(&sample_path(DIFFUSIONDB));
        stage.browser.client.set_window_size(1440, 1043).await.unwrap();
        stage.go_to_hub(&format!("{TABLE}&q=fantasy -anime&cfg=7..15&row=9")).await;
        let page = stage.page();
        let count = with_words(&table, &["fantasy"], &["anime"]);
        let shown = page.settled().await;
        assert!((1..count).contains(&shown), "{shown} of {count} within the range");
        let rows = page.rows().await;
        let mut later = 0;
        for row in &rows {
            let text = row.cells["prompt"].clone().unwrap();
            let place = text.to_lowercase().find("fantasy").unwrap();
            assert!(place < 60, "{text:?}");
            later += usize::from(text.starts_with("… "));
            let part = text.trim_start_matches("… ");
            let whole = |row: usize| text_of(&table, row).contains(part);
            assert!((0..table.rows.len()).any(whole), "no prompt of the file holds {part:?}");
        }
        assert!((1..rows.len()).contains(&later), "{later} of {} rows begin later", rows.len());
        page.images("grid", "Rows").await;
        page.images("group", "Fields").await;
        page.images("listbox", "Images of the same prompt").await;
        stage.picture("explore").await;
    });
}

#[test]
fn a_link_holds_the_search_the_order_and_the_subset() {
    play("search-link", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        stage.go_to_hub(&format!("{TABLE}&q=portrait&sort=-cfg")).await;
        stage.page().settles_at(with_words(&table, &["portrait"], &[])).await;
        until("the rows in order", async || {
            let rows = stage.page().rows().await;
            let cfg: Vec<f64> =
                rows.iter().filter_map(|row| row.cells.get("cfg")?.as_ref()?.parse().ok()).collect();
            (cfg.len() > 5 && cfg[0] > 7.0 && cfg.windows(2).all(|pair| pair[0] >= pair[1])).then_some(())
        })
        .await;
        stage.go_to_hub(&format!("{TABLE}&subset=first:1000")).await;
        stage.page().settles_at(1_000).await;
        stage.page().click("button", "Clear subset").await;
        stage.page().settles_at(table.rows.len() as u64).await;
    });
}

#[test]
fn an_open_row_that_a_search_leaves_out_is_told_by_its_place_in_the_file() {
    play("search-row", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let count = with_words(&table, &["castle"], &[]);
        let row = 31;
        assert!(!text_of(&table, row).to_lowercase().contains("castle") && count < row as u64);
        stage.go_to_hub(&format!("{TABLE}&q=castle&row={row}")).await;
        stage.page().settles_at(count).await;
        stage.page().images("group", "Fields").await;
        let told = format!("row {} of the file", row + 1);
        until("the place of the row", async || {
            stage.page().texts("region").await.iter().any(|text| text.starts_with(&told)).then_some(())
        })
        .await;
    });
}

#[test]
fn phrases_and_prompts_lead_back_to_rows() {
    play("phrases", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        stage.go_to_hub(&format!("{TABLE}&q=portrait&view=phrases")).await;
        let count = format!("{} of", with_words(&table, &["portrait"], &[]));
        until("the count of the search", async || {
            stage.page().texts("status").await.iter().any(|text| text.starts_with(&count)).then_some(())
        })
        .await;
        stage.page().click("button", "dynamic lighting").await;
        until("the phrase in the query", async || {
            let query = stage.page().spec().await.query?;
            (query == "portrait \"dynamic lighting\"").then_some(())
        })
        .await;
        stage.picture("phrases").await;
        stage.page().click("button", "Prompts").await;
        until("the list of prompts", async || {
            stage.page().spec().await.view.name().eq("prompts").then_some(())
        })
        .await;
        stage.page().find("group", "Prompts").await;
        stage.picture("prompts").await;
    });
}

#[test]
fn a_click_on_a_head_sorts() {
    play("sort", async |stage| {
        stage.go_to_hub(TABLE).await;
        stage.page().settled().await;
        stage.page().click("button", "steps").await;
        until("ascending steps", async || {
            let rows = stage.page().rows().await;
            let steps: Vec<f64> =
                rows.iter().filter_map(|row| row.cells.get("step")?.as_ref()?.parse().ok()).collect();
            (steps.len() > 5 && steps[0] < 50.0 && steps.windows(2).all(|pair| pair[0] <= pair[1]))
                .then_some(())
        })
        .await;
        let link = stage.page().query().await;
        assert!(link.contains("sort=step"), "{link}");
        stage.page().find("searchbox", "Search prompts").await.send_keys(key::ESCAPE).await.unwrap();
    });
}
