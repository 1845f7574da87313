//! Images of tables that the catalogue does not know: in the table itself, and at addresses.

use crate::page::key;
use crate::stage::{Stage, play_with_images, until};
use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Field, Fields, Schema};
use fixture::canvas::Canvas;
use hub::Source;
use parquet::arrow::ArrowWriter;
use std::sync::Arc;

const ROWS: usize = 40;

fn write(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn texts() -> ArrayRef {
    Arc::new(
        (0..ROWS).map(|row| Some(format!("prompt of row {row}, oil on canvas"))).collect::<StringArray>(),
    )
}

fn png(row: usize) -> Vec<u8> {
    let mut canvas = Canvas::new(96 + row, 96);
    canvas.paint(|x, y| ([x * 0.6, y, row as f32 / ROWS as f32], 1.0));
    fixture::images::png(&canvas, "a prompt in the file", row as u32).unwrap()
}

#[test]
fn images_in_the_table_are_seen_in_every_view() {
    play_with_images("embedded", async |stage: &Stage| {
        // One of them is a document with a script, which is told and never shown.
        let files: Vec<Vec<u8>> = (0..ROWS)
            .map(|row| match row {
                2 => b"<svg xmlns='http://www.w3.org/2000/svg'><script>window.hacked = 1</script></svg>"
                    .to_vec(),
                row => png(row),
            })
            .collect();
        let bytes: BinaryArray = files.iter().map(|file| Some(file.as_slice())).collect();
        let path: StringArray = (0..ROWS).map(|row| Some(format!("../../{row}.png"))).collect();
        let fields = Fields::from(vec![
            Field::new("bytes", DataType::Binary, true),
            Field::new("path", DataType::Utf8, true),
        ]);
        let image: ArrayRef = Arc::new(StructArray::new(fields, vec![Arc::new(bytes), Arc::new(path)], None));
        let table = stage.put("embedded.parquet", write(vec![("text", texts()), ("image", image)]));
        stage.go_to_hub(&format!("table={table}&view=gallery")).await;
        assert_eq!(stage.page().settled().await, ROWS as u64);
        let pictures = until("images", async || {
            let pictures = stage.page().images("grid", "Images").await;
            (pictures.len() > 6).then_some(pictures)
        })
        .await;
        assert_eq!(pictures[2].state, "failed");
        assert!(pictures[2].says.contains("an SVG document, which is not shown"), "{pictures:?}");
        let sound: Vec<_> = pictures.iter().enumerate().filter(|(row, _)| *row != 2).collect();
        assert!(sound.iter().all(|(_, picture)| picture.state == "here"), "{pictures:?}");
        let hacked = stage.browser.client.execute("return window.hacked ?? null", Vec::new()).await.unwrap();
        assert!(hacked.is_null());
        stage.picture("embedded").await;
        stage.go_to_hub(&format!("table={table}&row=5")).await;
        let shown = stage.page().images("group", "Fields").await;
        assert_eq!(
            (shown[0].state.as_str(), shown[0].width, shown[0].height),
            ("here", 101, 96),
            "{shown:?}"
        );
        until("what its file is", async || {
            let said = stage.page().outline().await;
            (said.contains("101 × 96 px · PNG") && said.contains("row 6 of the table")).then_some(())
        })
        .await;
        let rows = stage.page().images("grid", "Rows").await;
        assert!(rows.iter().filter(|picture| picture.state == "here").count() > 4, "{rows:?}");
        // Nothing but the table is asked for.
        let log = stage.hub.log();
        assert!(
            log.iter().all(|entry| entry.path.contains("embedded.parquet")
                || entry.repo_path.as_deref() == Some("embedded.parquet")
                || entry.path.contains("/api/")),
            "{log:#?}"
        );
    });
}

#[test]
fn addresses_are_asked_only_where_someone_clicks() {
    play_with_images("addresses", async |stage: &Stage| {
        for row in 0..3 {
            stage.hub.mount("vitrine/images", &format!("{row}.png"), Source::bytes(png(row))).unwrap();
        }
        let at = format!("{}/datasets/vitrine/images/resolve/main", stage.hub.endpoint());
        let urls: StringArray = (0..ROWS).map(|row| Some(format!("{at}/{row}.png"))).collect();
        let table =
            stage.put("addresses.parquet", write(vec![("text", texts()), ("image_url", Arc::new(urls))]));
        let asked = || {
            let log = stage.hub.log();
            let images =
                log.iter().filter(|entry| entry.method == "GET" && entry.path.contains("vitrine/images"));
            images.map(|entry| entry.path.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        stage.go_to_hub(&format!("table={table}&view=gallery")).await;
        assert_eq!(stage.page().settled().await, ROWS as u64);
        let pictures = until("tiles", async || {
            let pictures = stage.page().images("grid", "Images").await;
            (pictures.len() > 6).then_some(pictures)
        })
        .await;
        assert!(pictures.iter().all(|picture| picture.state == "unasked"), "{pictures:?}");
        assert!(pictures[0].says.starts_with("Load from 127.0.0.1"), "{pictures:?}");
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        assert_eq!(asked(), [""; 0]);
        stage.page().click("button", &pictures[0].says.clone()).await;
        until("one image", async || {
            let pictures = stage.page().images("grid", "Images").await;
            (pictures.iter().filter(|picture| picture.state == "here").count() == 1).then_some(())
        })
        .await;
        assert_eq!(asked(), ["0.png"]);
        stage.picture("addresses").await;
        // Nor by the details, of a row that is looked at or of the next one.
        stage.page().find("grid", "Images").await.send_keys(key::RIGHT).await.unwrap();
        stage.page().find("grid", "Images").await.send_keys(key::ENTER).await.unwrap();
        let shown = until("the details", async || {
            let shown = stage.page().images("group", "Fields").await;
            (shown[0].state == "unasked").then_some(shown)
        })
        .await;
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        assert_eq!(asked(), ["0.png"], "{shown:?}");
    });
}

#[test]
fn addresses_of_ranked_images_are_asked_only_where_someone_clicks() {
    play_with_images("addresses-ranked", async |stage: &Stage| {
        for row in 0..8 {
            stage.hub.mount("vitrine/images", &format!("{row}.png"), Source::bytes(png(row))).unwrap();
        }
        let at = format!("{}/datasets/vitrine/images/resolve/main", stage.hub.endpoint());
        let urls: StringArray = (0..8).map(|row| Some(format!("{at}/{row}.png"))).collect();
        let prompts: StringArray = (0..8).map(|row| Some(format!("prompt {}", row / 4))).collect();
        let groups: StringArray = (0..8).map(|row| Some(format!("group {}", row / 4))).collect();
        let ranks = Int64Array::from_iter_values((0..8).map(|row| row % 4 + 1));
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("prompt", Arc::new(prompts)),
            ("prompt_id", Arc::new(groups)),
            ("rank", Arc::new(ranks)),
            ("image_url", Arc::new(urls)),
        ];
        let table = stage.put("ranked-addresses.parquet", write(columns));
        let asked = || {
            let log = stage.hub.log();
            let images =
                log.iter().filter(|entry| entry.method == "GET" && entry.path.contains("vitrine/images"));
            images.map(|entry| entry.path.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let pause = std::time::Duration::from_millis(400);
        stage.go_to_hub(&format!("table={table}&view=compare")).await;
        let pictures = until("four images", async || {
            let pictures = stage.page().images("region", "Images of the prompt").await;
            (pictures.len() == 4).then_some(pictures)
        })
        .await;
        assert!(pictures.iter().all(|picture| picture.state == "unasked"), "{pictures:?}");
        tokio::time::sleep(pause).await;
        assert_eq!(asked(), [""; 0]);
        // The pairs one by one ask for none either, nor do images of the same prompt beside the details.
        stage.page().click("button", "Pairs").await;
        stage.page().find("group", "One pair").await;
        tokio::time::sleep(pause).await;
        assert_eq!(asked(), [""; 0]);
        stage.go_to_hub(&format!("table={table}&row=1")).await;
        stage.page().find("listbox", "Images of the same prompt").await;
        tokio::time::sleep(pause).await;
        assert_eq!(asked(), [""; 0]);
    });
}
