//! Looking into a repository, and several files as one table.

use crate::page::key;
use crate::sample::{DIFFUSIONDB, IMAGEREWARD, sample_path};
use crate::stage::{Stage, play, until};
use fantoccini::Locator;
use hub::Source;
use serde_json::json;
use vitrine::view::spec::{HubFolder, HubPath, TableRef};

const REPOSITORY: &str = "vitrine/parts";

/// Three files of one table in a folder, another table beside it, and what the Hub made of them.
pub fn put(stage: &Stage) {
    let sample = || Source::file(sample_path(DIFFUSIONDB));
    let put = |path: &str, source: Source| stage.hub.mount(REPOSITORY, path, source).unwrap();
    for number in 0..3 {
        put(&format!("data/train-0000{number}-of-00003.parquet"), sample());
        let name = format!("000{number}.parquet");
        stage.hub.mount_converted(REPOSITORY, "default", "train", &name, sample()).unwrap();
    }
    stage.hub.mount_converted(REPOSITORY, "default", "test", "0000.parquet", sample()).unwrap();
    put("ranks.parquet", Source::file(sample_path(IMAGEREWARD)));
    put("README.md", Source::bytes("# Parts").in_git());
    stage.hub.branch(REPOSITORY, "next");
}

fn folder(revision: &str, folder: &str) -> Option<TableRef> {
    Some(TableRef::Folder(HubFolder {
        repository: REPOSITORY.to_owned(),
        revision: revision.to_owned(),
        folder: folder.to_owned(),
    }))
}

fn file(revision: &str, path: &str) -> Option<TableRef> {
    Some(TableRef::Hub(HubPath {
        repository: REPOSITORY.to_owned(),
        revision: revision.to_owned(),
        path: path.to_owned(),
    }))
}

async fn type_place(stage: &Stage, place: &str) {
    let field = stage.page().find("textbox", "Open any table").await;
    field.send_keys(&format!("{place}{}", key::ENTER)).await.unwrap();
}

#[test]
fn a_repository_shows_what_there_is_to_open() {
    play("repository", async |stage| {
        put(stage);
        let page = stage.page();
        stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
        type_place(stage, REPOSITORY).await;
        page.find("link", "ranks.parquet").await;
        assert_eq!(page.spec().await.table, folder("main", ""));
        let files = page.find("region", "Files").await.text().await.unwrap();
        assert!(files.contains("1 other file"), "{files}");
        page.find("link", "default / train").await;
        page.find("link", "default / test").await;
        stage.picture("repository").await;
        // Into the folder, and back by the browser's own button.
        page.click("link", "data/").await;
        page.find("link", "train-00001-of-00003.parquet").await;
        assert_eq!(page.spec().await.table, folder("main", "data"));
        stage.browser.client.back().await.unwrap();
        page.find("link", "ranks.parquet").await;
        // Another branch shows its own files.
        let revisions = page.find("combobox", "Revision").await;
        revisions.select_by_value("next").await.unwrap();
        page.find("link", "ranks.parquet").await;
        assert_eq!(page.spec().await.table, folder("next", ""));
        page.click("link", "ranks.parquet").await;
        assert_eq!(page.settled().await, 2_720);
        assert_eq!(page.spec().await.table, file("next", "ranks.parquet"));
        // Nothing but the listings and one table was read.
        let tables: Vec<_> =
            stage.hub.log().into_iter().filter(|entry| entry.path.contains("train-")).collect();
        assert_eq!(tables, []);
    });
}

#[test]
fn files_of_a_repository_are_one_table() {
    play("parts", async |stage| {
        put(stage);
        let page = stage.page();
        stage.go_to_hub("table=hf:vitrine/parts/data/").await;
        page.click("link", "train-*-of-00003.parquet").await;
        page.settles_at(15_000).await;
        assert_eq!(page.spec().await.table, file("main", "data/train-*-of-00003.parquet"));
        page.rows().await;
        stage.picture("parts").await;
        // Each value is there three times as often as in one of the files.
        page.bar("sampler", "k_lms").await.click().await.unwrap();
        let filtered =
            until("fewer rows", async || Some(page.settled().await).filter(|count| *count < 15_000)).await;
        assert_eq!(filtered % 3, 0);
        // The link opens the same.
        let query = page.query().await;
        stage.go(query.trim_start_matches('?')).await;
        page.settles_at(filtered).await;
    });
}

#[test]
fn what_the_hub_made_opens_by_split() {
    play("converted", async |stage| {
        put(stage);
        let page = stage.page();
        stage.go_to_hub("table=hf:vitrine/parts").await;
        page.click("link", "default / test").await;
        page.settles_at(5_000).await;
        assert_eq!(page.spec().await.table, file("refs/convert/parquet", "default/test/0000.parquet"));
        stage.browser.client.back().await.unwrap();
        page.click("link", "default / train").await;
        page.settles_at(15_000).await;
        assert_eq!(page.spec().await.table, file("refs/convert/parquet", "default/train/*.parquet"));
    });
}

#[test]
fn a_repository_that_does_not_exist_or_is_closed_is_told() {
    play("no-repository", async |stage| {
        put(stage);
        stage.expect_failures();
        let page = stage.page();
        stage.go_to_hub("table=hf:vitrine/nothing").await;
        let alert = page.alert("vitrine/nothing").await;
        assert!(alert.contains("does not exist"), "{alert}");
        page.click("button", "Choose another file").await;
        page.find("heading", "Datasets").await;
        stage.hub.gate(REPOSITORY, true);
        stage.go_to_hub(&format!("table=hf:{REPOSITORY}")).await;
        page.alert("not open to everyone").await;
        page.find("password", "Token").await.send_keys(crate::stage::TOKEN).await.unwrap();
        page.click("button", "Use token").await;
        page.find("link", "ranks.parquet").await;
        // A path that stands for nothing.
        stage.go_to_hub(&format!("table=hf:{REPOSITORY}/data/none-*.parquet")).await;
        page.alert("no file that it stands for").await;
    });
}

#[test]
fn files_of_the_disk_are_one_table() {
    play("local-parts", async |stage| {
        stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
        let folder = std::env::temp_dir().join(format!("vitrine-parts-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let paths: Vec<String> = (0..3)
            .map(|number| {
                let path = folder.join(format!("part-{number}.parquet"));
                std::fs::copy(sample_path(DIFFUSIONDB), &path).unwrap();
                path.display().to_string()
            })
            .collect();
        stage.page().file_input().await.send_keys(&paths.join("\n")).await.unwrap();
        stage.page().settles_at(15_000).await;
        stage.page().rows().await;
        assert_eq!(stage.hub.log(), []);
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn a_repository_looks_right_in_both_themes_and_on_a_phone() {
    play("repository-looks", async |stage| {
        put(stage);
        let page = stage.page();
        for theme in ["light", "dark"] {
            let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
            stage.browser.devtools("Emulation.setEmulatedMedia", features).await;
            stage.go_to_hub("table=hf:vitrine/parts").await;
            page.find("link", "default / train").await;
            stage.picture(&format!("repository-{theme}")).await;
            stage.go_to_hub("table=hf:vitrine/parts/data/").await;
            page.find("link", "train-*-of-00003.parquet").await;
            stage.picture(&format!("repository-folder-{theme}")).await;
        }
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        for (name, query) in [
            ("repository-phone", "table=hf:vitrine/parts"),
            ("repository-folder-phone", "table=hf:vitrine/parts/data/"),
        ] {
            stage.go_to_hub(query).await;
            until("a link", async || stage.browser.client.find(Locator::Css(".file a")).await.ok()).await;
            page.find("region", "Files").await;
            let (page_px, window_px) = page.widths().await;
            assert!(page_px <= window_px, "{name} is {page_px} px wide in a window of {window_px} px");
            stage.picture(name).await;
        }
    });
}
