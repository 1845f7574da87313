//! What is not a table, and what is on the user's disk.

use crate::sample::{DIFFUSIONDB, IMAGEREWARD, sample_path};
use crate::stage::{Stage, play, until};
use serde_json::json;
use std::path::PathBuf;

fn sample() -> Vec<u8> {
    std::fs::read(sample_path(DIFFUSIONDB)).unwrap()
}

/// The footer of a file with its length and mark: its last bytes.
fn footer(file: &[u8]) -> &[u8] {
    let end = file.len() - 8;
    let length = u32::from_le_bytes(file[end..end + 4].try_into().unwrap()) as usize;
    &file[end - length..]
}

/// Opens a file that is on the Hub, and gives what the page says of it.
async fn told(stage: &Stage, name: &str, bytes: Vec<u8>) -> String {
    let table = stage.put(name, bytes);
    stage.go_to_hub(&format!("table={table}")).await;
    stage.page().alert(name).await
}

/// The page still does what it should.
async fn usable(stage: &Stage) {
    stage.go_to_hub("table=diffusiondb-2m").await;
    assert_eq!(stage.page().settled().await, 5_000);
}

#[test]
fn each_kind_of_broken_file_is_told_apart() {
    play("broken", async |stage| {
        let whole = sample();
        let mut lying = whole.clone();
        let end = lying.len() - 8;
        lying[end..end + 4].copy_from_slice(&0x7fff_fff0_u32.to_le_bytes());
        let mut scrambled = whole.clone();
        let start = scrambled.len() - footer(&whole).len();
        scrambled[start..end].fill(0xff);
        let archive = [b"PK\x03\x04".as_slice(), &[0; 20_000], b"PK\x05\x06", &[0; 18]].concat();
        let page = format!("<!DOCTYPE html>\n<title>Not here</title>\n{}</html>\n", " ".repeat(20_000));
        for (name, bytes, what, why, advice) in [
            (
                "half.parquet",
                whole[..whole.len() / 2].to_vec(),
                "is not a Parquet file",
                "PAR1",
                "another file",
            ),
            ("empty.parquet", Vec::new(), "is not a Parquet file", "The file is empty", "another file"),
            ("lying.parquet", lying, "is cut short", "Its footer claims 2147483632 bytes", "new copy"),
            ("scrambled.parquet", scrambled, "is damaged", "The footer can't be read", "new copy"),
            ("archive.parquet", archive, "is not a Parquet file", "a ZIP archive", "another file"),
            ("page.parquet", page.into_bytes(), "is not a Parquet file", "a web page", "another file"),
        ] {
            let text = told(stage, name, bytes).await;
            for part in [name, what, why, advice] {
                assert!(text.contains(part), "{name}: {part:?} is not in {text:?}");
            }
        }
        usable(stage).await;
    });
}

#[test]
fn a_chunk_outside_of_its_file_costs_its_column_only() {
    play("outside", async |stage| {
        let whole = sample();
        let meta = parquet::file::metadata::ParquetMetaDataReader::new()
            .parse_and_finish(&bytes::Bytes::from(whole.clone()))
            .unwrap();
        let columns = meta.row_group(0).columns();
        let outside = columns.iter().find(|column| column.column_path().string() == "prompt_nsfw").unwrap();
        let (start, _) = outside.byte_range();
        // The same footer behind all columns but the last.
        let bytes = [&whole[..start as usize], footer(&whole)].concat();
        let table = stage.put("outside.parquet", bytes);
        let page = stage.page();
        stage.go_to_hub(&format!("table={table}")).await;
        assert_eq!(page.settled().await, 5_000);
        page.rows().await;
        page.click("button", "Load prompt NSFW,").await;
        let alert = page.alert("prompt_nsfw is damaged").await;
        assert!(alert.contains("outside the file"), "{alert}");
        assert!(alert.contains("other columns keep working"), "{alert}");
        page.click("button", "Load image NSFW,").await;
        page.chart("image_nsfw").await;
        page.bar("sampler", "k_lms").await.click().await.unwrap();
        until("fewer rows", async || Some(page.settled().await).filter(|count| *count < 5_000)).await;
        assert!(!page.chart("image_nsfw").await.contains(&"prompt_nsfw".to_owned()));
    });
}

#[test]
fn a_table_that_is_not_in_the_catalogue_is_told_with_what_may_be_meant() {
    play("unknown", async |stage| {
        stage.go_to_hub("table=diffusiondb-2mm").await;
        let alert = stage.page().alert("diffusiondb-2mm").await;
        assert!(alert.contains("There is no table"), "{alert}");
        stage.page().click("button", "Open diffusiondb-2m").await;
        assert_eq!(stage.page().settled().await, 5_000);
    });
}

#[test]
fn a_path_that_does_not_exist_is_told_with_what_may_be_meant() {
    play("missing", async |stage| {
        stage.expect_failures();
        stage.go_to_hub("table=hf:poloclub/diffusiondb/metdata.parquet").await;
        stage.page().alert("metdata.parquet").await;
        stage.page().click("button", "Open metadata.parquet").await;
        assert_eq!(stage.page().settled().await, 5_000);
    });
}

#[test]
fn a_file_of_the_disk_opens_and_goes_nowhere() {
    play("local", async |stage| {
        stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
        let path = sample_path(IMAGEREWARD);
        stage.page().file_input().await.send_keys(&path.display().to_string()).await.unwrap();
        assert_eq!(stage.page().settled().await, 2_720);
        stage.page().rows().await;
        assert_eq!(stage.hub.log(), []);
        assert!(!stage.page().query().await.contains("table="));
    });
}

#[test]
fn files_that_are_dropped_anywhere_open_and_go_nowhere() {
    play("dropped", async |stage| {
        let page = stage.page();
        stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
        page.find("heading", "Drop local files").await;
        drop_at(stage, 200, 20, &[sample_path(IMAGEREWARD)]).await;
        assert_eq!(page.settled().await, 2_720);
        // Onto a table that is open as well; two with the same columns are one.
        let folder = std::env::temp_dir().join(format!("vitrine-dropped-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let parts = [folder.join("part-1.parquet"), folder.join("part-2.parquet")];
        parts.iter().for_each(|part| _ = std::fs::copy(sample_path(DIFFUSIONDB), part).unwrap());
        drop_at(stage, 700, 500, &parts).await;
        page.settles_at(10_000).await;
        // What can't be a table is told, and the one that is open stays.
        let short = folder.join("short.parquet");
        std::fs::write(&short, "PAR1").unwrap();
        drop_at(stage, 700, 500, &[short]).await;
        until("a word", async || {
            page.texts("status")
                .await
                .iter()
                .any(|text| text == "short.parquet is too short for a Parquet file.")
                .then_some(())
        })
        .await;
        assert_eq!(page.settled().await, 10_000);
        assert_eq!(stage.hub.log(), []);
        std::fs::remove_dir_all(&folder).unwrap();
        // Text is left to the browser, which puts it into the field.
        const DROP_TEXT: &str = "const data = new DataTransfer();
            data.setData('text/plain', 'castle');
            const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector('[type=search], [role=searchbox], input').dispatchEvent(drop);
            return drop.defaultPrevented";
        let prevented = stage.browser.client.execute(DROP_TEXT, Vec::new()).await.unwrap();
        assert_eq!(prevented, json!(false));
    });
}

pub async fn drop_at(stage: &Stage, x: u32, y: u32, files: &[PathBuf]) {
    for kind in ["dragEnter", "dragOver", "drop"] {
        let data = json!({ "items": [], "files": files, "dragOperationsMask": 1 });
        let event = json!({ "type": kind, "x": x, "y": y, "data": data });
        stage.browser.devtools("Input.dispatchDragEvent", event).await;
    }
}

#[test]
fn a_file_of_the_disk_that_is_no_table_is_told() {
    play("local-broken", async |stage| {
        stage.go("").await;
        let path = std::env::temp_dir().join(format!("vitrine-notes-{}.parquet", std::process::id()));
        std::fs::write(&path, "not a table at all ".repeat(1_000)).unwrap();
        stage.page().file_input().await.send_keys(&path.display().to_string()).await.unwrap();
        stage.page().alert("is not a Parquet file").await;
        std::fs::remove_file(&path).unwrap();
    });
}
