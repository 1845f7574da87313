//! A table of ranked images that has ratings, which the published test split has not: they are generated
//! here, and named so.

use crate::sample::{IMAGEREWARD, Table, Value, sample_path};
use crate::stage::{Stage, play_with_images, until};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use hub::Source;
use parquet::arrow::ArrowWriter;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use vitrine::view::spec::View;

const RATINGS: [&str; 3] = ["overall_rating", "image_text_alignment_rating", "fidelity_rating"];
const CATEGORIES: [&str; 4] = ["People", "Animals", "Outdoor Scenes", "Artifacts"];

/// A rating that follows from the row's number and its rank: better ranks are mostly rated higher.
fn rating(row: usize, rank: f64, which: usize) -> i64 {
    let luck = ((row * 7 + which * 3) % 5) as i64 - 2;
    (7 - rank as i64 + luck).clamp(1, 7)
}

/// The sample with generated ratings and categories.
fn rated() -> (Table, Vec<u8>) {
    let mut table = Table::read(&sample_path(IMAGEREWARD));
    for (row, values) in table.rows.iter_mut().enumerate() {
        let Value::Number(rank) = values["rank"] else { continue };
        for (which, name) in RATINGS.into_iter().enumerate() {
            values.insert(name.to_owned(), Value::Number(rating(row, rank, which) as f64));
        }
        let Value::Text(prompt) = &values["prompt"] else { continue };
        let category = CATEGORIES[prompt.len() % CATEGORIES.len()];
        values.insert("classification".to_owned(), Value::Text(category.to_owned()));
    }
    let names: Vec<String> = table.rows[0].keys().filter(|name| *name != "image size").cloned().collect();
    let columns = names.into_iter().map(|name| {
        let values = || table.rows.iter().map(|row| &row[&name]);
        let texts = values().any(|value| matches!(value, Value::Text(_)));
        let whole = values().all(|value| !matches!(value, Value::Number(number) if number.fract() != 0.0));
        let number = |value: &Value| match value {
            Value::Number(number) => Some(*number),
            Value::Null | Value::Text(_) => None,
        };
        let array: ArrayRef = match (texts, whole) {
            (true, _) => Arc::new(
                values()
                    .map(|value| match value {
                        Value::Text(text) => Some(text.as_str()),
                        Value::Null | Value::Number(_) => None,
                    })
                    .collect::<StringArray>(),
            ),
            (false, true) => {
                Arc::new(values().map(|value| number(value).map(|it| it as i64)).collect::<Int64Array>())
            }
            (false, false) => Arc::new(values().map(number).collect::<Float64Array>()),
        };
        (name, array, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    (table, writer.into_inner().unwrap())
}

#[test]
fn ratings_are_seen_beside_the_ranks_and_the_prompt_is_in_the_link() {
    play_with_images("ratings", async |stage: &Stage| {
        stage.put_archives();
        stage.expect_failures();
        let (table, bytes) = rated();
        stage.hub.mount("zai-org/ImageRewardDB", "metadata-test.parquet", Source::bytes(bytes)).unwrap();
        let page = stage.page();
        stage.go_to_hub("table=imagereward-test&view=compare").await;
        page.images("region", "Images of the prompt").await;
        until("ratings", async || {
            let said = page.texts("region").await.join(" ");
            (said.contains("overall") && said.contains("Ratings by rank")).then_some(())
        })
        .await;
        // As many pips are on as the table says, for each image and rating.
        const PIPS: &str = "return [...document.querySelectorAll('.ranked li[data-row]')].map((image) => [
            Number(image.dataset.row),
            ...[...image.querySelectorAll('.rating')].map((it) => it.querySelectorAll('[data-on]').length)])";
        let shown: Vec<Vec<u64>> =
            serde_json::from_value(stage.browser.client.execute(PIPS, Vec::new()).await.unwrap()).unwrap();
        assert!(shown.len() > 3, "{shown:?}");
        for image in &shown {
            let row = usize::try_from(image[0]).unwrap();
            let expected: Vec<u64> = RATINGS
                .iter()
                .map(|name| match table.rows[row][*name] {
                    Value::Number(number) => number as u64,
                    _ => 0,
                })
                .collect();
            assert_eq!(image[1..], expected, "row {row}");
        }
        // Each of the three lines goes through all images.
        const POINTS: &str = "return [...document.querySelectorAll('.rating-line')]
            .map((line) => line.getAttribute('points').trim().split(/\\s+/).length)";
        let points = stage.browser.client.execute(POINTS, Vec::new()).await.unwrap();
        assert_eq!(points, json!([shown.len(), shown.len(), shown.len()]));
        assert!(!page.texts("region").await.join(" ").contains("not published"));
        stage.picture("ratings").await;
        // Prompts where ranks and ratings disagree come first; their ratings are in the rail.
        let sorts = page.find("combobox", "Sort prompts").await;
        sorts.select_by_index(1).await.unwrap();
        until("how many disagree", async || {
            let said = page.texts("navigation").await.join(" ");
            said.contains("% of pairs disagree").then_some(())
        })
        .await;
        stage.picture("ratings-disagreement").await;
        for name in RATINGS {
            page.chart(name).await;
        }
        // One category.
        let category = page.find("combobox", "Category").await;
        until("the categories", async || category.select_by_value(CATEGORIES[0]).await.ok()).await;
        let spec = until("a filter", async || {
            let spec = page.spec().await;
            spec.filters.contains_key("classification").then_some(spec)
        })
        .await;
        let told = format!("{} of 2,720 images", table.count(&spec));
        until(&told, async || {
            page.texts("status").await.iter().any(|line| line.starts_with(&told)).then_some(())
        })
        .await;
        for (theme, width) in [("dark", 1440), ("light", 390), ("dark", 390)] {
            stage.browser.client.set_window_size(width, 900).await.unwrap();
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
            stage.browser.devtools("Emulation.setEmulatedMedia", media).await;
            page.images("region", "Images of the prompt").await;
            let (page_px, window_px) = page.widths().await;
            assert!(page_px <= window_px, "{page_px} px wide in a window of {window_px} px");
            stage.picture(&format!("ratings-{theme}-{width}")).await;
        }
    });
}

#[test]
fn the_prompt_that_is_compared_is_in_the_link() {
    play_with_images("compare-link", async |stage: &Stage| {
        stage.put_archives();
        stage.expect_failures();
        let page = stage.page();
        let table = Table::read(&sample_path(IMAGEREWARD));
        let mut ids: Vec<&str> = Vec::new();
        let mut seen = BTreeSet::new();
        for row in &table.rows {
            if let Value::Text(id) = &row["prompt_id"]
                && seen.insert(id)
            {
                ids.push(id);
            }
        }
        let shows = async |id: &str| {
            until(&format!("the prompt {id}"), async || {
                page.texts("region").await.into_iter().next()?.contains(id).then_some(())
            })
            .await;
        };
        stage.go_to_hub("table=imagereward-test&view=compare").await;
        shows(ids[0]).await;
        assert_eq!(page.spec().await.at, None);
        for id in &ids[1..3] {
            page.click("button", "Next prompt").await;
            shows(id).await;
        }
        assert_eq!(until("the prompt in the link", async || page.spec().await.at).await, 2);
        stage.go_to_hub("table=imagereward-test&view=compare&at=7").await;
        shows(ids[7]).await;
        assert_eq!(page.spec().await.at, Some(7));
        // Elsewhere the number would mean a row.
        page.click("button", "Table").await;
        until("the table", async || (page.spec().await.view == View::Table).then_some(())).await;
        assert_eq!(page.spec().await.at, None);
        // One that is not there is the first.
        stage.go_to_hub("table=imagereward-test&view=compare&at=99999").await;
        shows(ids[0]).await;
    });
}

/// A train split of 32 shards of 250 prompts with four to nine images each, its rows in no order.
fn train() -> (Vec<(u32, u32)>, Vec<u8>) {
    const SHARDS: u32 = 32;
    let images = |prompt: u32| 4 + prompt * 7 % 6;
    let ordered: Vec<(u32, u32, u32)> = (0..SHARDS * 250)
        .flat_map(|prompt| (0..images(prompt)).map(move |nth| (prompt / 250 + 1, prompt, nth)))
        .collect();
    // Steps of a prime number come by all of them.
    let rows: Vec<(u32, u32, u32)> =
        (0..ordered.len()).map(|place| ordered[place * 7_919 % ordered.len()]).collect();
    let text = |of: &dyn Fn(&(u32, u32, u32)) -> String| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let number = |of: &dyn Fn(&(u32, u32, u32)) -> u32| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(i64::from(of(row)))).collect::<Int64Array>())
    };
    let columns = [
        (
            "image_path",
            text(&|(shard, prompt, nth)| format!("images/train/train_{shard}/{prompt:08x}-{nth}.webp")),
        ),
        ("prompt_id", text(&|(_, prompt, _)| format!("{:06}-{:04}", prompt + 1, prompt % 1_000))),
        ("prompt", text(&|(_, prompt, _)| format!("a painted prompt, number {prompt}"))),
        ("classification", text(&|(_, prompt, _)| CATEGORIES[*prompt as usize % 4].to_owned())),
        ("image_amount_in_total", number(&|(_, prompt, _)| images(*prompt))),
        ("rank", number(&|(_, _, nth)| nth + 1)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    (rows.iter().map(|(shard, prompt, _)| (*shard, *prompt)).collect(), writer.into_inner().unwrap())
}

#[test]
fn scales_of_the_train_split_are_its_first_shards() {
    play_with_images("scales", async |stage: &Stage| {
        let (rows, bytes) = train();
        stage.hub.mount("zai-org/ImageRewardDB", "metadata-train.parquet", Source::bytes(bytes)).unwrap();
        stage.expect_failures();
        let page = stage.page();
        // Every prompt has the word, so that all are read and counted.
        stage.go_to_hub("table=imagereward-train&q=painted").await;
        page.settles_at(rows.len() as u64).await;
        let mut menu = "Subset: all rows".to_owned();
        for (name, shards, prompts, images) in [
            ("1k", 4, "1,000", "6.2 K"),
            ("2k", 8, "2,000", "12.5 K"),
            ("4k", 16, "4,000", "25.1 K"),
            ("8k", 32, "8,000", "49.9 K"),
        ] {
            page.click("button", &menu).await;
            page.click("button", &format!("{prompts} prompts {name} · {images} images")).await;
            let expected = rows.iter().filter(|(shard, _)| *shard <= shards).count();
            page.settles_at(expected as u64).await;
            until("distinct prompts", async || {
                let said = page.texts("status").await.join(" ");
                said.contains(&format!("{prompts} distinct prompts")).then_some(())
            })
            .await;
            menu = format!("Subset: {name}");
        }
        page.click("button", &menu).await;
        stage.picture("scales").await;
    });
}
