//! Columns of another file: from the file that is chosen or named by a link to the chart, the filter and the export.

use crate::exports::{NO_PICKER, before_the_page, downloads, export, file};
use crate::page::key;
use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{play, until};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Rows of the sample.
const ROWS: u64 = 5_000;

fn names() -> Vec<String> {
    let table = Table::read(&sample_path(DIFFUSIONDB));
    let name = |value: &Value| match value {
        Value::Text(name) => name.clone(),
        other => panic!("{other:?}"),
    };
    table.rows.iter().map(|row| name(&row["image_name"])).collect()
}

/// Scores of every other image, some of them twice, by names without their endings; and what they come to here.
fn ratings() -> (String, BTreeMap<String, (u64, f64)>) {
    let mut csv = "id,score,who\n".to_owned();
    let mut expected = BTreeMap::new();
    for (n, name) in names().into_iter().enumerate().step_by(2) {
        let scores: Vec<f64> = (0..=n % 3).map(|k| ((n * 7 + k * 3) % 40) as f64 / 4.0).collect();
        for score in &scores {
            csv.push_str(&format!(
                "{},{score},ann\n",
                name.trim_end_matches(".webp").trim_end_matches(".png")
            ));
        }
        expected.insert(name, (scores.len() as u64, scores.iter().sum::<f64>() / scores.len() as f64));
    }
    (csv, expected)
}

#[test]
fn a_file_of_the_disk_is_joined_in_the_panel_and_goes_along_into_the_export() {
    play("joined", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "joined").await;
        let (csv, expected) = ratings();
        let path = std::env::temp_dir().join(format!("vitrine-ratings-{}.csv", std::process::id()));
        std::fs::write(&path, csv).unwrap();
        let page = stage.page();
        stage.go("table=diffusiondb-sample&columns=image_name,cfg").await;
        page.settles_at(ROWS).await;
        page.click("button", "Choose columns").await;
        page.find("textbox", "Path on the Hub, or address").await;
        page.file_input().await.send_keys(&path.display().to_string()).await.unwrap();
        page.click("button", "Find matching rows").await;
        page.says("2,500 of 5,000 rows here have a match").await;
        stage.picture("joined-panel").await;
        let link = page.query().await;
        assert!(!link.contains("join="), "{link}");
        // The button that was pressed is gone: keys still work where it was.
        let focused = stage.browser.client.active_element().await.unwrap();
        focused.send_keys(key::ESCAPE).await.unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let prefix: String = name.chars().take(24).collect();
        let (rows, score) = (format!("{prefix}.rows"), format!("{prefix}.score"));
        let mut bars: BTreeMap<String, u64> = BTreeMap::new();
        for (rows, _) in expected.values() {
            *bars.entry(rows.to_string()).or_default() += 1;
        }
        bars.insert("none".to_owned(), ROWS - expected.len() as u64);
        let shown = until("the chart", async || {
            let bars = page.bars(&rows).await;
            (!bars.is_empty()).then_some(bars)
        })
        .await;
        assert_eq!(shown.get("none"), bars.get("none"));
        stage.picture("joined-disk").await;
        export(stage, "JSON Lines").await;
        let lines = file(&folder, "diffusiondb-sample.jsonl").await;
        let written: Vec<Json> =
            lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        assert_eq!(written.len() as u64, ROWS);
        for row in &written {
            let own = expected.get(row["image_name"].as_str().unwrap());
            assert_eq!(row[&rows].as_u64(), own.map(|(rows, _)| *rows), "{row}");
            assert_eq!(row[&score].as_f64(), own.map(|(_, mean)| *mean), "{row}");
        }
        // And away again.
        page.click("button", "Choose columns").await;
        page.click("button", &format!("Remove {prefix}")).await;
        until("its columns are gone", async || {
            let columns = page.spec().await.columns.unwrap_or_default();
            (!columns.iter().any(|column| column.starts_with(&prefix))).then_some(())
        })
        .await;
        std::fs::remove_file(&path).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn a_link_joins_a_file_and_filters_by_its_columns() {
    play("joined-link", async |stage| {
        let (csv, expected) = ratings();
        let address = stage.put("ratings.csv", csv.into_bytes());
        let page = stage.page();
        let high = expected.values().filter(|(_, mean)| *mean >= 8.0).count() as u64;
        assert!(high > 20);
        let join = format!("join={address},here:image_name,there:id,as:seen");
        stage
            .go_to_hub(&format!(
                "table=diffusiondb-sample&{join}&seen.score=8..&columns=image_name,seen.score"
            ))
            .await;
        page.settles_at(high).await;
        let rows = page.rows().await;
        for row in rows.iter().take(8) {
            let (_, mean) = expected[row.cells["image_name"].as_deref().unwrap()];
            assert!(mean >= 8.0, "{row:?}");
        }
        stage.picture("joined-link").await;
        // Without its clause all rows are back, and the file still beside them.
        page.click("button", "Clear seen.score").await;
        page.settles_at(ROWS).await;
        assert!(page.query().await.contains("join="));
        page.click("button", "Choose columns").await;
        page.says("2,500 of 5,000 rows here have a match").await;
        let script = "document.querySelector('section.join').scrollIntoView({ block: 'end' })";
        stage.browser.client.execute(script, Vec::new()).await.unwrap();
        stage.picture("joined").await;
        page.click("button", "Remove seen").await;
        until("the link without it", async || (!page.query().await.contains("join=")).then_some(())).await;
        page.settles_at(ROWS).await;
    });
}

#[test]
fn what_can_t_be_joined_is_told_and_the_table_stays() {
    play("joined-not", async |stage| {
        stage.expect_failures();
        let page = stage.page();
        let address = stage.put("ratings.csv", b"id,score\ncat.png,1\n".to_vec());
        stage.go_to_hub("table=diffusiondb-sample&columns=image_name,cfg").await;
        page.settles_at(ROWS).await;
        page.click("button", "Choose columns").await;
        let place = page.find("textbox", "Path on the Hub, or address").await;
        place.send_keys(&format!("owner/nothing/there.parquet{}", key::ENTER)).await.unwrap();
        page.alert("there.parquet").await;
        page.click("button", "Remove there").await;
        // Keys that are none of these: told in numbers.
        let address = address.trim_start_matches("hf:").to_owned();
        let place = page.find("textbox", "Path on the Hub, or address").await;
        place.send_keys(&format!("{address}{}", key::ENTER)).await.unwrap();
        page.click("button", "Find matching rows").await;
        page.alert("No key of this table is in the other file").await;
        stage.picture("joined-nothing").await;
        page.settles_at(ROWS).await;
        assert_eq!(page.rows().await.len().min(8), 8);
    });
}

#[test]
fn two_files_stand_beside_a_table_and_one_of_them_goes() {
    play("joined-two", async |stage| {
        let (csv, expected) = ratings();
        let votes: String = names().iter().take(100).map(|name| format!("{name},yes\n")).collect();
        let first = stage.put("ratings.csv", csv.into_bytes());
        let second = stage.put("votes.csv", format!("image_name,vote\n{votes}").into_bytes());
        let page = stage.page();
        let high = expected.values().filter(|(_, mean)| *mean >= 8.0).count() as u64;
        let join = format!("join={first},here:image_name,there:id");
        stage
            .go_to_hub(&format!(
                "table=diffusiondb-sample&{join}&ratings.score=8..&columns=image_name,ratings.score"
            ))
            .await;
        page.settles_at(high).await;
        page.click("button", "Choose columns").await;
        page.says("2,500 of 5,000 rows here have a match").await;
        let place = page.find("textbox", "Path on the Hub, or address").await;
        let second = second.trim_start_matches("hf:");
        place.send_keys(&format!("{second}{}", key::ENTER)).await.unwrap();
        page.click("button", "Find matching rows").await;
        page.says("100 of 5,000 rows here have a match").await;
        page.says("2,500 of 5,000 rows here have a match").await;
        stage.picture("joined-two-panel").await;
        let link = page.query().await;
        assert_eq!(link.matches("join=").count(), 2, "{link}");
        // Its column came beside the others, which are as they were.
        let shown = page.spec().await.columns.unwrap_or_default();
        assert_eq!(shown, ["image_name", "ratings.score", "votes.vote"]);
        page.settles_at(high).await;
        page.click("button", "Remove ratings").await;
        page.settles_at(ROWS).await;
        let link = page.query().await;
        assert_eq!(link.matches("join=").count(), 1, "{link}");
        assert_eq!(page.spec().await.columns.unwrap_or_default(), ["image_name", "votes.vote"]);
        let rows = page.rows().await;
        for (row, name) in rows.iter().zip(names()).take(8) {
            assert_eq!(row.cells["image_name"].as_deref(), Some(name.as_str()));
            assert_eq!(row.cells["votes.vote"].as_deref(), Some("yes"), "{row:?}");
        }
    });
}
