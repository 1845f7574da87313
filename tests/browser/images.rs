//! Images out of archives: in the table, in the gallery and in the details.

use crate::page::{Picture, key};
use crate::sample::{DIFFUSIONDB, IMAGEREWARD, Table, Value, sample_path};
use crate::stage::{Stage, play_with_images, until};
use fixture::zips::{Method, ZipWriter};
use hub::{Entry, Server, Source};
use std::collections::BTreeMap;
use std::time::Duration;
use vitrine::view::spec::{TableRef, View};

fn count(pictures: &[Picture], state: &str) -> usize {
    pictures.iter().filter(|picture| picture.state == state).count()
}

#[test]
fn the_sample_shows_its_images_without_a_hub() {
    play_with_images("gallery-sample", async |stage: &Stage| {
        stage.go("table=diffusiondb-sample&view=gallery").await;
        assert_eq!(stage.page().settled().await, 5_000);
        let pictures = stage.page().images("grid", "Images").await;
        assert!(pictures.len() >= 12, "{pictures:?}");
        assert!(count(&pictures, "here") >= 8, "{pictures:?}");
        stage.picture("gallery").await;
        stage.page().click("button", "Table").await;
        let pictures = stage.page().images("grid", "Rows").await;
        assert!(count(&pictures, "here") >= 5, "{pictures:?}");
        stage.picture("table-images").await;
        assert!(stage.hub.log().is_empty());
    });
}

#[test]
fn keys_move_in_two_dimensions_and_choose() {
    play_with_images("gallery-keys", async |stage: &Stage| {
        stage.go("table=diffusiondb-sample&view=gallery").await;
        stage.page().settled().await;
        let grid = stage.page().find("grid", "Images").await;
        let active = async || {
            let active = grid.attr("aria-activedescendant").await.unwrap()?;
            active.strip_prefix("tile-")?.parse::<u64>().ok()
        };
        until("the first image", async || active().await.filter(|at| *at == 0)).await;
        grid.send_keys(key::RIGHT).await.unwrap();
        until("the second image", async || active().await.filter(|at| *at == 1)).await;
        grid.send_keys(key::DOWN).await.unwrap();
        until("a row below", async || active().await.filter(|at| (4..12).contains(at))).await;
        grid.send_keys(" ").await.unwrap();
        until("one is chosen", async || {
            stage.page().texts("status").await.into_iter().find(|text| text.starts_with("1 chosen"))
        })
        .await;
        grid.send_keys(key::ENTER).await.unwrap();
        until("its details", async || stage.page().spec().await.row).await;
        grid.send_keys(key::END).await.unwrap();
        until("the last image", async || active().await.filter(|at| *at == 4_999)).await;
    });
}

/// Requests to the CDN by archive.
fn reads(log: &[Entry]) -> BTreeMap<String, Vec<&Entry>> {
    let mut reads: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in log.iter().filter(|entry| entry.server == Server::Cdn) {
        if let Some(path) = entry.repo_path.as_ref().filter(|path| path.ends_with(".zip")) {
            reads.entry(path.clone()).or_default().push(entry);
        }
    }
    reads
}

#[test]
fn details_show_the_image_as_it_is_for_one_range() {
    play_with_images("detail", async |stage: &Stage| {
        stage.put_archives();
        let table = Table::read(&sample_path(DIFFUSIONDB));
        // The first row with a low score whose archive is of some size.
        let number = |row: usize, column: &str| match table.rows[row][column] {
            Value::Number(number) => number,
            _ => f64::NAN,
        };
        let safe = |row: &usize| number(*row, "image_nsfw") < 0.2 && number(*row, "prompt_nsfw") < 0.2;
        let row = (6..40).find(safe).unwrap();
        let archive = format!("images/part-{:06}.zip", number(row, "part_id"));
        stage.expect_failures();
        stage.go_to_hub(&format!("table=diffusiondb-2m&row={row}&part_id={}", number(row, "part_id"))).await;
        stage.page().settled().await;
        let shown = stage.page().images("group", "Fields").await;
        assert_eq!(shown[0].state, "here", "{shown:?}");
        assert!(shown[0].width >= 100 && shown[0].height >= 100, "{shown:?}");
        for words in ["part-", "px", "PNG", "1 range request"] {
            let fields = stage.page().texts("group").await;
            assert!(fields.iter().any(|text| text.contains(words)), "{words}: {fields:?}");
        }
        assert!(stage.hub.settle(Duration::from_secs(10)));
        let log = stage.hub.log();
        let reads = reads(&log);
        // The Hub tells its length; then its directory, and one range for each image.
        let told = log.iter().filter(|entry| entry.path.contains("/paths-info/")).count();
        assert_eq!(told, 1, "{log:#?}");
        let of_archive = &reads[&archive];
        assert!(of_archive.iter().all(|entry| entry.status == 206), "{of_archive:#?}");
        let size = std::fs::metadata(sample_path(DIFFUSIONDB).with_file_name(&archive)).unwrap().len();
        let first = of_archive[0].range.clone().unwrap();
        assert_eq!(first, size.saturating_sub(86_084)..size);
        let mut ranges: Vec<_> = of_archive.iter().filter_map(|entry| entry.range.clone()).collect();
        let count = ranges.len();
        ranges.sort_by_key(|range| (range.start, range.end));
        ranges.dedup();
        assert_eq!(ranges.len(), count, "no range is read twice");
        let resolved = log.iter().filter(|entry| entry.server == Server::Hub);
        let resolved = resolved.filter(|entry| entry.repo_path.as_deref() == Some(&archive)).count();
        assert_eq!(resolved, 1, "the signed address is used again");
        stage.picture("detail").await;
        stage.page().click("button", "Show the image at full size").await;
        let zoom = stage.page().find("dialog", "Image at full size").await;
        stage.picture("zoom").await;
        zoom.send_keys(key::ESCAPE).await.unwrap();
        until("the image is closed", async || stage.page().texts("dialog").await.is_empty().then_some(()))
            .await;
    });
}

#[test]
fn what_is_above_the_threshold_is_blurred_until_it_is_revealed() {
    play_with_images("blur", async |stage: &Stage| {
        // Most archives are not part of the sample.
        stage.expect_failures();
        stage.go("table=diffusiondb-sample&view=gallery&image_nsfw=0.3..1&part_id=1..900").await;
        stage.page().settled().await;
        let pictures = stage.page().images("grid", "Images").await;
        let hidden = count(&pictures, "blurred");
        assert!(hidden > 0 && count(&pictures, "here") == 0, "{pictures:?}");
        stage.page().click("button", "Reveal").await;
        until("one image is revealed", async || {
            let pictures = stage.page().images("grid", "Images").await;
            (count(&pictures, "here") == 1).then_some(())
        })
        .await;
        // What its generator had blurred is not even asked for.
        stage.go("table=diffusiondb-sample&view=gallery&image_nsfw=1.5..").await;
        stage.page().settled().await;
        let pictures = stage.page().images("grid", "Images").await;
        let flagged = |picture: &Picture| {
            picture.state == "flagged" && picture.says.starts_with("Flagged at the source")
        };
        assert!(pictures.iter().all(flagged), "{pictures:?}");
        // Unless somebody wants it all the same.
        stage.page().click("button", "Load anyway").await;
        until("one image is asked for", async || {
            let pictures = stage.page().images("grid", "Images").await;
            (pictures.iter().filter(|picture| picture.state != "flagged").count() == 1).then_some(())
        })
        .await;
    });
}

#[test]
fn a_tile_that_fails_says_why_and_is_tried_again() {
    play_with_images("gallery-retry", async |stage: &Stage| {
        stage.expect_failures();
        stage
            .go_to_hub("table=diffusiondb-2m&view=gallery&part_id=96&image_nsfw=..0.1&prompt_nsfw=..0.1")
            .await;
        stage.page().settled().await;
        let pictures = stage.page().images("grid", "Images").await;
        assert!(count(&pictures, "failed") == pictures.len() && pictures.len() > 2, "{pictures:?}");
        assert!(pictures[0].says.contains("part-000096.zip is not there"), "{pictures:?}");
        // Asked once, for all of them.
        let asked = stage.hub.log().iter().filter(|entry| entry.path.contains("part-000096.zip")).count();
        assert_eq!(asked, 1);
        stage.put_archives();
        stage.page().click("button", "Retry").await;
        until("the image", async || {
            let pictures = stage.page().images("grid", "Images").await;
            (count(&pictures, "here") == 1).then_some(())
        })
        .await;
    });
}

/// Puts the part of DiffusionDB Large onto the Hub that a prompt is from, with the settings of its images.
fn put_settings(stage: &Stage, prompt_id: &str, rows: &[&BTreeMap<String, Value>]) {
    let part: u32 = prompt_id.split('-').next().unwrap().parse().unwrap();
    let settings = rows.iter().enumerate().map(|(at, row)| {
        let Value::Text(path) = &row["image_path"] else { panic!("a path is text") };
        let name = path.rsplit('/').next().unwrap();
        format!(r#""{name}": {{"p": "x", "se": {at}, "c": 7.5, "st": 50, "sa": "k_lms"}}"#)
    });
    let json = format!("{{{}}}", settings.collect::<Vec<_>>().join(", "));
    let mut zip = ZipWriter::new(Vec::new(), false);
    zip.add(&format!("part-{part:06}.json"), json.as_bytes(), Method::Deflate).unwrap();
    let path = format!("diffusiondb-large-part-1/part-{part:06}.zip");
    stage.hub.mount("poloclub/diffusiondb", &path, Source::bytes(zip.finish().unwrap())).unwrap();
}

#[test]
fn compare_shows_the_images_of_a_prompt_by_rank() {
    play_with_images("compare", async |stage: &Stage| {
        stage.put_archives();
        let table = Table::read(&sample_path(IMAGEREWARD));
        let key = &table.rows[0]["prompt_id"];
        let group: Vec<_> = table.rows.iter().filter(|row| row["prompt_id"] == *key).collect();
        let Value::Text(id) = key else { panic!("an id is text") };
        put_settings(stage, id, &group);
        // The parts of other prompts are not on the Hub.
        stage.expect_failures();
        stage.go_to_hub("table=imagereward-test&view=compare").await;
        let pictures = stage.page().images("region", "Images of the prompt").await;
        assert_eq!(pictures.len(), group.len(), "{pictures:?}");
        assert!(pictures.iter().all(|picture| picture.state == "here"), "{pictures:?}");
        let said = until("the facts of the prompt", async || {
            let said = stage.page().texts("region").await.into_iter().next()?;
            said.contains(&format!("{} images", group.len())).then_some(said)
        })
        .await;
        assert!(said.contains(id.as_str()) && said.contains("its ratings are not published"), "{said}");
        // The best rank comes first.
        let best = said.find("best of").unwrap();
        assert!(said[..best].trim_end().ends_with('1'), "{said}");
        assert!(stage.hub.settle(Duration::from_secs(10)));
        let log = stage.hub.log();
        let reads = reads(&log);
        // Its directory, one range for each image, and one for the best image of each other prompt in sight;
        // and of the part that the images are from its directory and its list of settings.
        let shard: Vec<_> =
            reads["images/test/test_1.zip"].iter().filter_map(|entry| entry.range.clone()).collect();
        let mut different = shard.clone();
        different.sort_by_key(|range| (range.start, range.end));
        different.dedup();
        assert_eq!(different.len(), shard.len(), "no range is read twice");
        assert_eq!(reads["diffusiondb-large-part-1/part-005658.zip"].len(), 2);
        let said = stage.page().texts("region").await.join(" ");
        assert_eq!(said.matches("cfg 7.5 · 50 steps · k_lms · seed ").count(), group.len(), "{said}");
        stage.picture("compare").await;
        stage.page().click("button", "Next prompt").await;
        until("another prompt", async || {
            let said = stage.page().texts("region").await.into_iter().next()?;
            (!said.contains(id.as_str())).then_some(())
        })
        .await;
        stage.page().click("button", "Compare this image").await;
        // The way to the table that the images are from.
        stage.page().click("button", "Previous prompt").await;
        until("the first prompt", async || {
            stage.page().texts("region").await.into_iter().next()?.contains(id.as_str()).then_some(())
        })
        .await;
        stage.page().click("link", "find in DiffusionDB").await;
        let spec = until("another table", async || {
            let spec = stage.page().spec().await;
            (spec.table == Some(TableRef::Catalogue("diffusiondb-large".to_owned()))).then_some(spec)
        })
        .await;
        assert_eq!(spec.view, View::Gallery);
        assert!(spec.filters.contains_key("part_id"), "{spec:?}");
        let Value::Text(prompt) = &table.rows[0]["prompt"] else { panic!("a prompt is text") };
        let first = prompt.split_whitespace().next().unwrap();
        assert!(spec.query.is_some_and(|query| query.starts_with(&format!("\"{first}"))));
    });
}

#[test]
fn gallery_details_and_compare_are_seen_in_both_themes_and_narrow() {
    play_with_images("looks", async |stage: &Stage| {
        stage.expect_failures();
        for (theme, width) in [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)] {
            stage.browser.client.set_window_size(width, 900).await.unwrap();
            let media =
                serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
            stage.browser.devtools("Emulation.setEmulatedMedia", media).await;
            let size = if width < 900 { "narrow" } else { "wide" };
            let names = [
                ("gallery", "table=diffusiondb-sample&view=gallery", ("grid", "Images")),
                ("table", "table=diffusiondb-sample", ("grid", "Rows")),
                ("details", "table=diffusiondb-sample&view=gallery&row=9", ("group", "Fields")),
                ("compare", "table=imagereward-test-sample&view=compare", ("region", "Images of the prompt")),
            ];
            for (name, query, (role, part)) in names {
                stage.go(query).await;
                stage.page().images(role, part).await;
                let (page, window) = stage.page().widths().await;
                assert!(page <= window, "{name} is wider than the window: {page} px of {window}");
                stage.picture(&format!("{name}-{theme}-{size}")).await;
            }
        }
    });
}

#[test]
fn rows_show_no_images_once_they_are_switched_off() {
    play_with_images("images-off", async |stage: &Stage| {
        stage.go("table=diffusiondb-sample").await;
        stage.page().images("grid", "Rows").await;
        stage.page().click("button", "Choose columns").await;
        stage.page().click("checkbox", "images").await;
        until("no image", async || {
            let grid = stage.page().find("grid", "Rows").await;
            let images = grid.find_all(fantoccini::Locator::Css("img")).await.unwrap();
            images.is_empty().then_some(())
        })
        .await;
    });
}
