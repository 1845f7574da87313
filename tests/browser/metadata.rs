//! What a file says of itself, and what its dataset is.

use crate::sample::{DIFFUSIONDB, sample_path};
use crate::stage::{Stage, play, until};
use hub::Source;
use serde_json::json;
use vitrine::view::spec::View;

async fn region(stage: &Stage, name: &str) -> String {
    stage.page().find("region", name).await.text().await.unwrap()
}

async fn region_says(stage: &Stage, name: &str, part: &str) -> String {
    until(&format!("{name} says {part}"), async || {
        Some(region(stage, name).await).filter(|text| text.contains(part))
    })
    .await
}

#[test]
fn a_file_tells_its_schema_chunks_pages_and_metadata() {
    play("metadata", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m").await;
        page.settled().await;
        page.click("button", "Metadata").await;
        assert_eq!(page.spec().await.view, View::Metadata);
        let meta = parquet::file::metadata::ParquetMetaDataReader::new()
            .parse_and_finish(&std::fs::File::open(sample_path(DIFFUSIONDB)).unwrap())
            .unwrap();
        let schema = region_says(stage, "Schema", "image_nsfw").await;
        for field in meta.file_metadata().schema().get_fields() {
            assert!(schema.contains(field.name()), "{schema}");
        }
        let chunks = region(stage, "Column chunks").await;
        let step =
            meta.row_group(0).columns().iter().find(|chunk| chunk.column_path().string() == "step").unwrap();
        for part in ["SNAPPY", "RLE_DICTIONARY", "5,000", "100 %"] {
            assert!(chunks.contains(part), "{part}: {chunks}");
        }
        // The smallest and the largest number of steps, as the footer has them.
        let ends = step.statistics().map(|statistics| {
            let number = |bytes: &[u8]| i32::from_le_bytes(bytes.try_into().unwrap()).to_string();
            (number(statistics.min_bytes_opt().unwrap()), number(statistics.max_bytes_opt().unwrap()))
        });
        if let Some((low, high)) = ends {
            assert!(chunks.contains(&format!(" {low} {high} ")), "{low} {high}: {chunks}");
        }
        stage.picture("metadata-chunks").await;
        // What has been read is mapped by page.
        page.click("button", "step").await;
        let pages = region_says(stage, "Pages", "known so far").await;
        assert!(pages.contains("5,000"), "{pages}");
        let pairs = region(stage, "Key-value metadata").await;
        for pair in meta.file_metadata().key_value_metadata().unwrap() {
            assert!(pairs.contains(&pair.key), "{pairs}");
        }
        // Nothing was read for it.
        let before = stage.hub.log().len();
        page.click("button", "row group 0").await;
        page.click("button", "Table").await;
        page.rows().await;
        assert_eq!(stage.hub.log().len(), before);
    });
}

#[test]
fn row_groups_of_several_files_are_told_with_their_file() {
    play("metadata-parts", async |stage| {
        for number in 0..3 {
            let path = format!("p-{number}.parquet");
            stage.hub.mount("vitrine/parts", &path, Source::file(sample_path(DIFFUSIONDB))).unwrap();
        }
        let page = stage.page();
        stage.go_to_hub("table=hf:vitrine/parts/p-*.parquet&view=metadata").await;
        region_says(stage, "Row groups", "3 row groups").await;
        let file = region(stage, "File").await;
        assert!(file.contains("p-0.parquet"), "{file}");
        page.click("button", "row group 2").await;
        region_says(stage, "File", "p-2.parquet").await;
        let groups = region(stage, "Row groups").await;
        assert!(groups.contains("10,000"), "{groups}");
    });
}

#[test]
fn parts_of_columns_are_guessed_and_corrected_in_the_link() {
    play("roles", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m&view=metadata").await;
        let prompt = page.find("combobox", "prompt").await;
        assert_eq!(prompt.prop("value").await.unwrap().unwrap(), "=prompt");
        assert_eq!(page.find("combobox", "cfg scale").await.prop("value").await.unwrap().unwrap(), "=cfg");
        // Names of images are not prompts, but whoever wants to search them may.
        prompt.select_by_value("=image_name").await.unwrap();
        page.find("button", "Guess prompt again").await;
        let query = page.query().await;
        assert!(query.contains("roles=prompt:image_name"), "{query}");
        stage.go(&format!("{}&q=000*", query.trim_start_matches('?').replace("&view=metadata", ""))).await;
        let matching =
            until("fewer rows", async || Some(page.settled().await).filter(|count| *count < 5_000)).await;
        assert!(matching < 100, "{matching}");
        page.click("button", "Metadata").await;
        page.click("button", "Guess prompt again").await;
        until("the guess", async || (!page.query().await.contains("roles=")).then_some(())).await;
        stage.picture("roles").await;
    });
}

#[test]
fn a_dataset_is_told_of_and_can_be_cited() {
    play("about", async |stage| {
        let page = stage.page();
        stage
            .browser
            .devtools(
                "Browser.grantPermissions",
                json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
            )
            .await;
        for (table, dataset, part) in
            [("diffusiondb-2m", "DiffusionDB", "Discord"), ("imagereward-test", "ImageRewardDB", "ranked")]
        {
            stage.go_to_hub(&format!("table={table}")).await;
            page.settled().await;
            page.click("button", &format!("About {dataset}")).await;
            let panel = page.find("group", &format!("About {dataset}")).await;
            page.find("heading", "Citation").await;
            let text = panel.text().await.unwrap();
            for words in [part, "Limits and biases", "Privacy", "Licence", "Citation", "prompt"] {
                assert!(text.contains(words), "{words}: {text}");
            }
            stage.picture(&format!("about-{dataset}")).await;
            page.click("button", "Copy BibTeX").await;
            until("a word of thanks", async || {
                page.texts("status").await.iter().any(|text| text == "BibTeX copied").then_some(())
            })
            .await;
        }
        // A file of which nothing is known has no such button.
        stage.go("table=https://example.org/x.parquet").await;
        stage.expect_failures();
        let names = page.texts("button").await;
        assert!(!names.iter().any(|name| name.starts_with("About")), "{names:?}");
    });
}

#[test]
fn metadata_and_about_look_right_in_both_themes_and_on_a_phone() {
    play("metadata-looks", async |stage| {
        let page = stage.page();
        let about = async |name: &str| {
            page.click("button", "About DiffusionDB").await;
            page.find("group", "About DiffusionDB").await;
            stage.picture(name).await;
        };
        for theme in ["light", "dark"] {
            let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
            stage.browser.devtools("Emulation.setEmulatedMedia", features).await;
            stage.go_to_hub("table=diffusiondb-2m&view=metadata").await;
            page.click("button", "prompt").await;
            region_says(stage, "Pages", "known so far").await;
            stage.picture(&format!("metadata-{theme}")).await;
            about(&format!("about-{theme}")).await;
        }
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        stage.go_to_hub("table=diffusiondb-2m&view=metadata").await;
        region_says(stage, "Schema", "prompt").await;
        let (page_px, window_px) = page.widths().await;
        assert!(page_px <= window_px, "{page_px} px wide in a window of {window_px} px");
        stage.picture("metadata-phone").await;
        about("about-phone").await;
        let (page_px, window_px) = page.widths().await;
        assert!(page_px <= window_px, "{page_px} px wide in a window of {window_px} px");
    });
}
