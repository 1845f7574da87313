//! A table of fourteen million rows: far longer than a browser can lay out.

use crate::page::key;
use crate::stage::{Stage, play, until};
use arrow_array::{ArrayRef, Float32Array, RecordBatch, StringArray, UInt16Array};
use hub::Source;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use serde_json::json;
use std::sync::Arc;

const ROWS: u32 = 14_000_000;

/// Every value of the table follows from the row's number, so that any row can be checked.
fn prompt(row: u32) -> String {
    format!("castle number {} on a hill, concept art", row % 977)
}

fn step(row: u32) -> u16 {
    (row % 150 + 1) as u16
}

/// One row group, without a page index.
fn table() -> Vec<u8> {
    const BATCH: u32 = 500_000;
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(ROWS as usize))
        .set_offset_index_disabled(true)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .set_compression(parquet::basic::Compression::SNAPPY)
        .build();
    let prompts: Vec<String> = (0..977).map(prompt).collect();
    let mut writer: Option<ArrowWriter<Vec<u8>>> = None;
    for start in (0..ROWS).step_by(BATCH as usize) {
        let rows = start..(start + BATCH).min(ROWS);
        let columns: Vec<(&str, ArrayRef)> = vec![
            (
                "prompt",
                Arc::new(StringArray::from_iter_values(rows.clone().map(|row| &prompts[row as usize % 977]))),
            ),
            ("step", Arc::new(UInt16Array::from_iter_values(rows.clone().map(step)))),
            (
                "cfg",
                Arc::new(Float32Array::from_iter_values(
                    rows.clone().map(|row| (row % 59) as f32 / 2.0 + 1.0),
                )),
            ),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let writer = writer.get_or_insert_with(|| {
            ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties.clone())).unwrap()
        });
        writer.write(&batch).unwrap();
    }
    writer.unwrap().into_inner().unwrap()
}

/// The rows on the screen are those that belong there; the first and last of them.
async fn check_rows(stage: &Stage) -> (u64, u64) {
    let rows = stage.page().rows().await;
    for row in &rows {
        let number = u32::try_from(row.place - 1).unwrap();
        assert_eq!(row.cells["prompt"].as_deref(), Some(&*prompt(number)), "row {number}");
        assert_eq!(row.cells["step"].as_deref(), Some(&*step(number).to_string()), "row {number}");
    }
    (rows[0].place, rows[rows.len() - 1].place)
}

#[test]
fn all_of_fourteen_million_rows_are_within_reach() {
    play("tall", async |stage| {
        stage.hub.mount("poloclub/diffusiondb", "metadata-large.parquet", Source::bytes(table())).unwrap();
        stage.go_to_hub("table=diffusiondb-large").await;
        let page = stage.page();
        assert_eq!(page.settled().await, u64::from(ROWS));
        assert_eq!(check_rows(stage).await.0, 1);

        let grid = page.find("grid", "Rows").await;
        grid.send_keys(key::END).await.unwrap();
        until("the last row", async || {
            Some(page.rows().await.last()?.place).filter(|last| *last == u64::from(ROWS))
        })
        .await;
        check_rows(stage).await;

        // The scrollbar's thumb reaches the middle, and a turn of the wheel from there is a few rows.
        const SCROLL: &str = "for (let e = document.querySelector('[role=grid]'); e; e = e.parentElement) \
            if (e.scrollHeight > e.clientHeight + 10) { e.scrollTop = arguments[0] === null \
            ? e.scrollTop + arguments[1] : arguments[0] * e.scrollHeight; return; }";
        page.client.execute(SCROLL, vec![json!(0.5), json!(0)]).await.unwrap();
        let middle = until("the middle", async || {
            Some(page.rows().await.first()?.place).filter(|first| first.abs_diff(7_000_000) < 200_000)
        })
        .await;
        check_rows(stage).await;
        page.client.execute(SCROLL, vec![json!(null), json!(144)]).await.unwrap();
        until("a few rows on", async || {
            Some(page.rows().await.first()?.place).filter(|first| *first > middle && first - middle <= 12)
        })
        .await;
        check_rows(stage).await;

        // A filter by one bar of a chart leaves the rows that a loop leaves.
        page.client
            .execute(
                "history.pushState(null, '', location.search + '&step=50'); \
            dispatchEvent(new PopStateEvent('popstate'))",
                vec![],
            )
            .await
            .unwrap();
        page.settles_at(u64::from((ROWS - 50) / 150 + 1)).await;
    });
}
