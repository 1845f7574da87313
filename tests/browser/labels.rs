//! Labels of one's own: from the key that sets one to the chart and the exported file, back a step, and after a reload.

use crate::exports::{NO_PICKER, before_the_page, downloads, export, file};
use crate::page::key;
use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{Stage, play_kept, until};
use fantoccini::Locator;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use vitrine::protocol::display::thousands;

/// Rows of the sample.
const ROWS: u64 = 5_000;

/// Rows and tiles on the screen that show a label.
async fn marked(stage: &Stage) -> usize {
    const COUNT: &str =
        "return document.querySelectorAll('[role=row][data-label], .tile[data-label]').length";
    stage.browser.client.execute(COUNT, Vec::new()).await.unwrap().as_u64().unwrap() as usize
}

/// Blocks of labels that are on the device.
async fn kept(stage: &Stage) -> u64 {
    const READ: &str = r#"
        const done = arguments[arguments.length - 1];
        const request = indexedDB.open("vitrine");
        request.onsuccess = () => {
            const count = request.result.transaction(["labels"]).objectStore("labels").count();
            count.onsuccess = () => { request.result.close(); done(count.result); };
        };
    "#;
    stage.browser.client.execute_async(READ, Vec::new()).await.unwrap().as_u64().unwrap()
}

/// Waits until the chart of labels shows these; all other rows have none.
async fn shows(stage: &Stage, expected: &[(&str, u64)]) {
    let mut expected: BTreeMap<String, u64> =
        expected.iter().map(|(label, rows)| ((*label).to_owned(), *rows)).collect();
    expected.insert("none".to_owned(), ROWS - expected.values().sum::<u64>());
    stage.page().bars_show("label", &expected).await;
}

#[test]
fn rows_are_labelled_by_key_and_by_filter_and_keep_their_labels() {
    play_kept("labels", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "labels").await;
        let page = stage.page();
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let all = ROWS;
        assert_eq!(table.rows.len() as u64, all);
        stage.go("table=diffusiondb-sample&row=3&columns=image_name,cfg").await;
        page.settles_at(all).await;
        // The first label is made where the row is.
        page.find("textbox", "New label").await.send_keys(&format!("keep{}", key::ENTER)).await.unwrap();
        shows(stage, &[("keep", 1)]).await;
        // A note is written on it, and keys of the details are letters there.
        let note = page.find("textbox", "Note").await;
        note.send_keys(&format!("1 jolly kite{}", key::TAB)).await.unwrap();
        // The next row by its key.
        page.find("group", "Fields").await.send_keys("j").await.unwrap();
        until("the next row", async || (page.spec().await.row == Some(4)).then_some(())).await;
        page.find("group", "Fields").await.send_keys("1").await.unwrap();
        shows(stage, &[("keep", 2)]).await;
        page.find("group", "Fields").await.send_keys("0").await.unwrap();
        shows(stage, &[("keep", 1)]).await;
        // Back a step: it has its label again.
        page.click("button", "Undo").await;
        shows(stage, &[("keep", 2)]).await;
        assert_eq!(marked(stage).await, 2);
        stage.picture("labels-details").await;
        page.find("group", "Fields").await.send_keys(key::ESCAPE).await.unwrap();

        // Another label, for all rows that match.
        let number = |row: &BTreeMap<String, Value>| match row["cfg"] {
            Value::Number(value) => value,
            Value::Null | Value::Text(_) => f64::NAN,
        };
        let high: BTreeSet<usize> =
            (0..table.rows.len()).filter(|row| number(&table.rows[*row]) >= 12.0).collect();
        assert!(high.len() > 10);
        let query = page.query().await;
        stage.go(&format!("{}&cfg=12..", query.trim_start_matches('?'))).await;
        page.settles_at(high.len() as u64).await;
        page.click("button", "Labels").await;
        page.find("textbox", "New label").await.send_keys(&format!("high{}", key::ENTER)).await.unwrap();
        page.click("button", "Label all rows that match as high").await;
        let kept_of = [3, 4].iter().filter(|row| !high.contains(row)).count() as u64;
        until("the count", async || {
            let counts = page.texts("listitem").await;
            counts.iter().any(|line| line.contains(&high.len().to_string())).then_some(())
        })
        .await;
        stage.picture("labels").await;
        page.click("button", "Labels").await;
        page.click("button", "Clear all").await;
        page.settles_at(all).await;
        shows(stage, &[("keep", kept_of), ("high", high.len() as u64)]).await;

        // What is on the device is there at the next visit, and filters by a link.
        until("labels on the device", async || (kept(stage).await >= 2).then_some(())).await;
        stage.browser.client.goto("about:blank").await.unwrap();
        stage.go("table=diffusiondb-sample&columns=image_name,label,note&label=high").await;
        page.settles_at(high.len() as u64).await;
        stage.picture("labels-again").await;
        page.click("button", "Clear label").await;
        page.settles_at(all).await;
        export(stage, "JSON Lines").await;
        let lines = file(&folder, "diffusiondb-sample.jsonl").await;
        let rows: Vec<Json> =
            lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        assert_eq!(rows.len(), table.rows.len());
        for (at, row) in rows.iter().enumerate() {
            let expected = match at {
                _ if high.contains(&at) => json!("high"),
                3 | 4 => json!("keep"),
                _ => Json::Null,
            };
            assert_eq!(row["label"], expected, "row {at}");
            assert_eq!(row["note"], if at == 3 { json!("1 jolly kite") } else { Json::Null }, "row {at}");
        }
        // In the gallery, a dot.
        stage.go("table=diffusiondb-sample&view=gallery&label=high").await;
        until("dots", async || (marked(stage).await > 2).then_some(())).await;
        stage.picture("labels-gallery").await;
        // Those that are chosen get a label together, by a key or in the panel.
        let grid = page.find("grid", "Images").await;
        grid.send_keys(&format!(" {0} {0} ", key::RIGHT)).await.unwrap();
        page.says("3 chosen").await;
        grid.send_keys("1").await.unwrap();
        page.settles_at(high.len() as u64 - 3).await;
        page.click("button", "Labels").await;
        page.click("button", "Label all rows that are chosen as high").await;
        page.settles_at(high.len() as u64).await;
        stage.picture("labels-chosen").await;

        // A file of them brings back what was taken away, whatever kind it is.
        page.click("button", "Save as JSON Lines").await;
        let saved = file(&folder, "diffusiondb-sample-labels.jsonl").await;
        assert_eq!(
            saved.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64,
            kept_of + high.len() as u64
        );
        page.click("button", "Label all rows that match as keep").await;
        shows(stage, &[("keep", kept_of + high.len() as u64)]).await;
        let input = stage.browser.client.find(Locator::Css(".label-file")).await.unwrap();
        input.send_keys(&folder.join("diffusiondb-sample-labels.jsonl").display().to_string()).await.unwrap();
        page.says(&format!("{} rows would change", thousands(high.len() as u64))).await;
        stage.picture("labels-file").await;
        page.click("button", "Apply").await;
        page.settles_at(high.len() as u64).await;
        std::fs::remove_dir_all(&folder).unwrap();
    });
}
