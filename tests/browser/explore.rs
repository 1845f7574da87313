//! Looking through a table: rows, charts, filters, and what they cost.

use crate::page::{End, key};
use crate::sample::{DIFFUSIONDB, Table, Value, label, sample_path};
use crate::stage::{Stage, play, until};
use hub::Server;
use vitrine::view::spec::Clause;

const TABLE: &str = "table=diffusiondb-2m";

/// Without spaces at the ends and runs of them within, as a page shows text.
fn clean(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Compares the first rows on the screen with the file.
async fn rows_are_right(stage: &Stage, table: &Table) {
    let matching = table.matching(&stage.page().spec().await, None);
    let rows = stage.page().rows().await;
    assert!(rows.len().min(matching.len()) >= matching.len().min(5), "too few rows: {}", rows.len());
    for row in rows {
        let values = &table.rows[matching[row.place as usize - 1]];
        for column in ["prompt", "step", "sampler"] {
            let Some(Some(shown)) = row.cells.get(column) else { continue };
            let expected = match &values[column] {
                Value::Text(text) => clean(text),
                value @ (Value::Number(_) | Value::Null) => label(column, value),
            };
            // A long prompt ends early on the screen.
            let shown = shown.trim_end_matches('…');
            assert!(expected.starts_with(shown), "row {}, {column}: {shown:?}, not {expected:?}", row.place);
        }
    }
}

#[test]
fn the_rows_on_the_screen_are_those_of_the_file() {
    play("rows", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        stage.go_to_hub(TABLE).await;
        assert_eq!(stage.page().settled().await, table.rows.len() as u64);
        rows_are_right(stage, &table).await;
        let open = stage.page().mark("vitrine:open").await;
        let rows = stage.page().mark("vitrine:first-rows").await;
        let charts = stage.page().mark("vitrine:histograms").await;
        assert!(open <= rows && open <= charts, "{open} {rows} {charts}");
    });
}

#[test]
fn only_ranges_are_read_and_only_what_is_needed() {
    play("traffic", async |stage| {
        stage.go_to_hub(TABLE).await;
        stage.page().settled().await;
        stage.page().rows().await;
        assert!(stage.hub.settle(std::time::Duration::from_secs(10)));
        let file_bytes = std::fs::metadata(sample_path(DIFFUSIONDB)).unwrap().len();
        let log = stage.hub.log();
        assert!(log.iter().all(|entry| entry.method == "GET"), "a request needed leave: {log:#?}");
        let data: Vec<_> = log.iter().filter(|entry| entry.server == Server::Cdn).collect();
        // The size that the catalogue knows is that of the real file; one answer tells that it is wrong.
        let wrong_hint = |entry: &&&hub::Entry| entry.status == 416 && entry.bytes_sent == 0;
        assert_eq!(data.iter().filter(wrong_hint).count(), 1, "{data:#?}");
        assert!(
            data.iter().filter(|entry| entry.status != 416).all(|entry| entry.status == 206),
            "{data:#?}"
        );
        let sent: u64 = data.iter().map(|entry| entry.bytes_sent).sum();
        assert!(sent < file_bytes * 11 / 10, "{sent} bytes for a file of {file_bytes}");
        // The signed address is used again.
        let resolved = log.iter().filter(|entry| entry.server == Server::Hub).count();
        assert_eq!(resolved, 1, "{resolved} requests to the Hub itself: {log:#?}");
    });
}

#[test]
fn the_last_row_is_a_key_away() {
    play("last-row", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        stage.go_to_hub(TABLE).await;
        let rows = stage.page().settled().await;
        let grid = stage.page().find("grid", "Rows").await;
        grid.send_keys(key::END).await.unwrap();
        until("the last row", async || {
            stage.page().rows().await.last().filter(|last| last.place == rows).cloned()
        })
        .await;
        rows_are_right(stage, &table).await;
        grid.send_keys(key::HOME).await.unwrap();
        until("the first row", async || {
            stage.page().rows().await.first().filter(|first| first.place == 1).cloned()
        })
        .await;
    });
}

#[test]
fn a_range_by_keyboard_filters_everything_else() {
    play("keyboard", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.chart("cfg").await;
        let low = page.slider("cfg", End::Low).await;
        for _ in 0..6 {
            low.send_keys(key::RIGHT).await.unwrap();
        }
        let high = page.slider("cfg", End::High).await;
        for _ in 0..3 {
            high.send_keys(key::LEFT).await.unwrap();
        }
        let spec = until("a filter in the address", async || {
            let spec = page.spec().await;
            matches!(spec.filters.get("cfg"), Some(Clause::Range(range)) if range.low.is_some())
                .then_some(spec)
        })
        .await;
        assert_ne!(page.slider_text("cfg", End::Low).await, "");
        let count = table.count(&page.spec().await);
        assert!(count < 5_000, "{spec:?} filters nothing");
        page.settles_at(count).await;
        page.bars_show("sampler", &table.bars(&page.spec().await, "sampler")).await;
        rows_are_right(stage, &table).await;

        low.send_keys(key::ESCAPE).await.unwrap();
        page.settles_at(5_000).await;
        assert!(page.spec().await.filters.is_empty());
    });
}

#[test]
fn a_range_by_pointer_filters_everything_else() {
    play("pointer", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.chart("step").await;
        page.drag("step", 0.05, 0.6).await;
        let spec = until("a filter in the address", async || {
            let spec = page.spec().await;
            spec.filters.contains_key("step").then_some(spec)
        })
        .await;
        page.settles_at(table.count(&spec)).await;
        page.bars_show("sampler", &table.bars(&spec, "sampler")).await;
        assert!(
            page.marks().await.iter().any(|(name, _)| name == "vitrine:brush"),
            "no frame of the drag is marked"
        );

        // A second chart narrows the first one's rows, and not its own bars.
        page.bar("sampler", "k_lms").await.click().await.unwrap();
        let spec = until("a second filter", async || {
            let spec = page.spec().await;
            (spec.filters.len() == 2).then_some(spec)
        })
        .await;
        page.settles_at(table.count(&spec)).await;
        page.bars_show("sampler", &table.bars(&spec, "sampler")).await;
        rows_are_right(stage, &table).await;
        stage.picture("crossfiltered").await;
    });
}

#[test]
fn a_row_opens_with_all_its_fields() {
    play("detail", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.rows().await;
        let grid = page.find("grid", "Rows").await;
        grid.send_keys(&format!("{}{}{}", key::DOWN, key::DOWN, key::ENTER)).await.unwrap();
        let row = until("a row in the address", async || page.spec().await.row).await;
        assert_eq!(row, 2);
        let Value::Text(prompt) = &table.rows[2]["prompt"] else { panic!("row 2 has a prompt") };
        until("the whole prompt", async || {
            page.texts("group").await.into_iter().find(|text| text.contains(&clean(prompt)))
        })
        .await;
        grid.send_keys(key::ESCAPE).await.unwrap();
        until("the row is closed", async || page.spec().await.row.is_none().then_some(())).await;
    });
}

#[test]
fn the_help_is_the_guide() {
    play("help", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m").await;
        page.settled().await;
        page.find("grid", "Rows").await.send_keys("?").await.unwrap();
        page.click("button", "Help").await;
        page.find("dialog", "Help").await;
        for document in [include_str!("../../docs/guide.md"), include_str!("../../docs/links.md")] {
            let mut code = false;
            for line in document.lines() {
                code ^= line.starts_with("```");
                if !code && line.starts_with('#') {
                    page.find("heading", line.trim_start_matches('#').trim()).await;
                }
            }
        }
        stage.picture("help").await;
        page.click("button", "Close").await;
        // From the settings as well, on a phone.
        let screen =
            serde_json::json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        page.click("button", "Settings").await;
        page.click("button", "Help").await;
        page.find("heading", "Searching").await;
        let (wide, window) = page.widths().await;
        assert!(wide <= window, "{wide} px in a window of {window} px");
        stage.picture("help-phone").await;
    });
}
