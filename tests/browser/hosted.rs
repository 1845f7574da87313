//! The app on hosts of all kinds: what is added to it, how it is served, and what lies in front of it.

use crate::driver::Engine;
use crate::sample::{DIFFUSIONDB, sample_path};
use crate::stage::{Stage, dist, play, play_with_images, until};
use hub::{App, AppConfig, Coding, Source};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A copy of the built app, which is removed at the end.
pub(crate) struct Copy(pub(crate) PathBuf);

impl Copy {
    pub(crate) fn new(name: &str) -> Copy {
        let folder = std::env::temp_dir().join(format!("vitrine-hosted-{}-{name}", std::process::id()));
        copy(&dist(), &folder);
        Copy(folder)
    }

    /// Puts a catalogue beside it by the program that hosts use.
    fn catalogue(&self, text: &str) -> Output {
        let file = self.0.with_extension("json");
        std::fs::write(&file, text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_vitrine-catalog"))
            .arg(&file)
            .arg("--into")
            .arg(&self.0)
            .output()
            .unwrap();
        std::fs::remove_file(file).unwrap();
        output
    }

    fn put(&self, text: &str) {
        let output = self.catalogue(text);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let own = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &own);
        } else {
            std::fs::copy(&path, &own).unwrap();
        }
    }
}

async fn go(stage: &Stage, app: &App, query: &str) {
    stage.browser.client.goto(&format!("{}{query}", app.url())).await.unwrap();
}

/// The text of the whole page.
async fn text(stage: &Stage) -> String {
    let text = stage.browser.client.execute("return document.body.innerText;", Vec::new()).await.unwrap();
    text.as_str().unwrap_or_default().to_owned()
}

async fn title(stage: &Stage) -> String {
    stage.browser.client.title().await.unwrap()
}

#[test]
fn a_host_adds_tables() {
    play_with_images("hosted", async |stage| {
        stage.put("prompts.parquet", std::fs::read(sample_path(DIFFUSIONDB)).unwrap());
        let folder = Copy::new("tables");
        let resolved = format!("{}/datasets/vitrine/test/resolve/main/prompts.parquet", stage.hub.endpoint());
        let bytes = std::fs::metadata(sample_path(DIFFUSIONDB)).unwrap().len();
        folder.put(&format!(
            r#"{{ "title": "Prompts <b>of</b> our group", "description": "What we asked for.",
              "endpoint": "{}",
              "tables": [
                {{ "id": "ours", "title": "Our prompts", "description": "All of them <script>alert(1)</script>.",
                   "file": "hf:vitrine/test/prompts.parquet", "rows": 5000,
                   "roles": {{ "seed": null, "step": "part_id" }},
                   "licence": {{ "name": "CC0 1.0", "link": "https://creativecommons.org/publicdomain/zero/1.0/" }} }},
                {{ "id": "beside", "title": "Beside the app", "file": "sample/diffusiondb-sample.parquet",
                   "images": {{ "zip": "sample/images/part-{{part_id:06}}.zip", "member": "{{image_name}}" }} }},
                {{ "id": "two", "title": "Two files", "files": [
                   {{ "file": "{resolved}", "bytes": {bytes} }}, {{ "file": "{resolved}", "bytes": {bytes} }} ] }}
              ] }}"#,
            stage.hub.endpoint()
        ));
        let app = App::start(AppConfig::new(&folder.0)).unwrap();
        let page = stage.page();
        go(stage, &app, "").await;
        page.find("heading", "Prompts <b>of</b> our group").await;
        page.find("heading", "Tables of this site").await;
        assert!(text(stage).await.contains("All of them <script>alert(1)</script>."));
        assert_eq!(title(stage).await, "Prompts <b>of</b> our group · Vitrine");
        stage.picture("hosted-start").await;
        page.click("link", "Our prompts").await;
        assert_eq!(page.settled().await, 5_000);
        assert_eq!(page.query().await, "?table=ours");
        assert_eq!(title(stage).await, "Our prompts · Vitrine");
        // The host's Hub was asked, without a word of it in the link, and its roles count.
        assert!(stage.hub.log().iter().any(|entry| entry.path.contains("vitrine/test/resolve")));
        // The link holds the table, and opens it again.
        go(stage, &app, "?table=ours&part_id=1..3").await;
        let rows = page.settled().await;
        assert!(rows > 0 && rows < 5_000, "{rows}");
        page.click("button", "About Our prompts").await;
        page.find("link", "CC0 1.0").await;
        stage.picture("hosted-about").await;

        // Its images are found by the host's pattern.
        go(stage, &app, "?table=beside&view=gallery&part_id=1..1").await;
        page.settled().await;
        until("an image", async || {
            let script = "return document.querySelectorAll('img[src^=\"blob:\"]').length;";
            stage
                .browser
                .client
                .execute(script, Vec::new())
                .await
                .unwrap()
                .as_u64()
                .filter(|count| *count > 0)
        })
        .await;
        go(stage, &app, "?table=two").await;
        until("both files", async || (page.settled().await >= 5_000).then_some(())).await;
        go(stage, &app, "?table=two&cfg=..100").await;
        assert_eq!(page.settled().await, 10_000);
    });
}

#[test]
fn a_host_that_has_only_the_folder_edits_its_catalogue() {
    play("hosted-edited", async |stage| {
        let page = stage.page();
        let folder = Copy::new("edited");
        let app = App::start(AppConfig::new(&folder.0)).unwrap();
        go(stage, &app, "").await;
        page.find("link", "DiffusionDB sample").await;
        assert!(!text(stage).await.contains("Tables of this site"));
        // The page has been here, and knows it as empty.
        std::fs::write(
            folder.0.join("catalog.json"),
            "{ \"tables\": [ { \"id\": \"ours\", \"title\": \"Ours\", \"file\": \"sample/diffusiondb-sample.parquet\" } ] }",
        )
        .unwrap();
        go(stage, &app, "").await;
        page.click("link", "Ours").await;
        assert_eq!(page.settled().await, 5_000);
        assert_eq!(page.query().await, "?table=ours");

        // What a dataset is, what its columns are called and mean, and its subsets.
        std::fs::write(
            folder.0.join("catalog.json"),
            r#"{
              "datasets": [ { "name": "Ours", "about": ["All that we asked for."], "cite": "@misc{ours}",
                "columns": [
                  { "name": "cfg", "title": "how strictly", "in_table": true, "order": 10 },
                  { "name": "sampler", "title": "way", "in_table": true, "order": 20, "categorical": true,
                    "labels": [ { "value": 8, "label": "our best" } ] } ],
                "subsets": [ { "name": "few", "title": "a few", "tables": ["ours"], "first": 10 } ] } ],
              "tables": [ { "id": "ours", "dataset": "Ours", "part": "2025", "rows_are": "pictures",
                "file": "sample/diffusiondb-sample.parquet" } ] }"#,
        )
        .unwrap();
        go(stage, &app, "?table=ours&subset=few&sampler=our+best").await;
        let found = page.settled().await;
        assert!(found > 0 && found <= 10, "{found} of the first ten");
        until("titles and labels", async || {
            let text = text(stage).await.to_lowercase();
            ["how strictly", "our best", "pictures", "few (a few)"]
                .iter()
                .all(|words| text.contains(words))
                .then_some(())
        })
        .await;
        page.click("button", "About Ours 2025").await;
        until("the panel", async || text(stage).await.contains("@misc{ours}").then_some(())).await;
        stage.picture("hosted-dataset").await;
        go(stage, &app, "?table=ours&subset=many").await;
        page.alert("“many” is no subset").await;
    });
}

#[test]
fn a_catalogue_with_mistakes_costs_what_is_wrong_and_nothing_else() {
    play("hosted-broken", async |stage| {
        let page = stage.page();
        let folder = Copy::new("broken");
        let output = folder
            .catalogue("{ \"tables\": [ { \"id\": \"x\", \"titel\": \"X\", \"file\": \"x.parquet\" } ] }");
        assert!(!output.status.success());
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            told.contains(
                "catalog.json, line 1, tables[0]: the key “titel” is not known. Did you mean “title”?"
            ),
            "{told}"
        );
        let own = std::fs::read_to_string(folder.0.join("catalog.json")).unwrap();
        assert_eq!(own, vitrine::view::host::EMPTY, "nothing was changed");

        folder.put("{ \"tables\": [ { \"id\": \"ours\", \"title\": \"Ours\", \"file\": \"sample/diffusiondb-sample.parquet\" } ] }");
        let app = App::start(AppConfig::new(&folder.0)).unwrap();
        // Someone edits it on the server.
        std::fs::write(
            folder.0.join("catalog.json"),
            "{ \"tables\": [\n{ \"id\": \"ours\", \"title\": \"Ours\", \"file\": \"sample/diffusiondb-sample.parquet\", \"colour\": \"red\" },\n\
             { \"id\": \"lan\", \"title\": \"Far\", \"file\": \"http://data.lan/x.parquet\" },\n\
             { \"id\": \"bad\", \"title\": \"Bad\", \"file\": \"javascript:alert(1)\" } ] }",
        )
        .unwrap();
        go(stage, &app, "").await;
        page.alert("The catalogue of this site has mistakes").await;
        let told = text(stage).await;
        assert!(told.contains("catalog.json, line 2, tables[0]: the key “colour” is not known."), "{told}");
        assert!(told.contains("line 4, tables[2].file:"), "{told}");
        assert!(told.contains("does not let it read from http://data.lan. Put the file beside the app with cargo xtask build --catalog"), "{told}");
        stage.picture("hosted-mistakes").await;
        page.click("link", "Ours").await;
        assert_eq!(page.settled().await, 5_000);

        std::fs::write(folder.0.join("catalog.json"), "{ \"tables\": [ }").unwrap();
        go(stage, &app, "").await;
        page.alert("The catalogue of this site has mistakes").await;
        assert!(text(stage).await.contains("catalog.json, line 1: it is no JSON:"));
        page.click("link", "DiffusionDB sample").await;
        assert_eq!(page.settled().await, 5_000);

        stage.expect_failures();
        std::fs::remove_file(folder.0.join("catalog.json")).unwrap();
        go(stage, &app, "").await;
        page.click("link", "DiffusionDB sample").await;
        assert_eq!(page.settled().await, 5_000);
    });
}

#[test]
fn the_page_may_read_what_the_catalogue_names_and_nothing_else() {
    play("hosted-policy", async |stage| {
        let folder = Copy::new("policy");
        let before = std::fs::read_to_string(folder.0.join("index.html")).unwrap();
        folder.put(
            r#"{ "tables": [ { "id": "lan", "title": "Lan", "file": "http://data.lan:8080/x.parquet" } ] }"#,
        );
        let html = std::fs::read_to_string(folder.0.join("index.html")).unwrap();
        assert!(html.contains("http://localhost:* http://data.lan:8080;"), "{html}");
        let app = App::start(AppConfig::new(&folder.0)).unwrap();
        go(stage, &app, "").await;
        stage.page().find("link", "Lan").await;
        assert!(!text(stage).await.contains("Content-Security-Policy"));
        let output = Command::new(env!("CARGO_BIN_EXE_vitrine-catalog"))
            .args(["--none", "--into"])
            .arg(&folder.0)
            .output()
            .unwrap();
        assert!(output.status.success());
        assert_eq!(std::fs::read_to_string(folder.0.join("index.html")).unwrap(), before);
    });
}

#[test]
fn every_kind_of_host_serves_it() {
    play("hosts", async |stage| {
        let page = stage.page();
        for (prefix, coding, cdn) in [
            ("/", Coding::Plain, false),
            ("/some/sub/path/", Coding::Plain, false),
            ("/some/sub/path/", Coding::Brotli, false),
            ("/some/sub/path/", Coding::StoredGzip, false),
            ("/vitrine/", Coding::Brotli, true),
            ("/vitrine/", Coding::StoredGzip, true),
            ("/vitrine/", Coding::Plain, true),
        ] {
            let config = AppConfig { prefix: prefix.to_owned(), coding, cdn, ..AppConfig::new(dist()) };
            let app = App::start(config).unwrap();
            // Twice: the second time with what the browser has kept.
            for _ in 0..2 {
                go(stage, &app, "").await;
                page.click("link", "DiffusionDB sample").await;
                assert_eq!(page.settled().await, 5_000, "{prefix} {coding:?} {cdn}");
                go(stage, &app, "?table=diffusiondb-sample&cfg=7..8&row=4321").await;
                let rows = page.settled().await;
                assert!(rows > 0 && rows < 5_000, "{prefix} {coding:?} {cdn}: {rows}");
            }
            let fetched = "return (async () => { const names = performance.getEntriesByType('resource').map((e) => e.name)
                .filter((name) => name.endsWith('.wasm')); const answer = await fetch(names[0], { cache: 'no-store' });
                await answer.arrayBuffer();
                return [answer.headers.get('content-encoding'), answer.headers.get('age'), answer.headers.get('etag')]; })();";
            let headers = stage.browser.client.execute(fetched, Vec::new()).await.unwrap();
            let expected = match coding {
                // WebKit asks for Brotli over TLS only, and its host answers plainly.
                Coding::Brotli => (Engine::chosen() != Engine::Webkit).then_some("br"),
                Coding::StoredGzip => Some("gzip"),
                Coding::Plain => None,
            };
            assert_eq!(headers[0].as_str(), expected, "{prefix} {coding:?} {cdn}");
            assert_eq!(headers[1].is_string(), cdn);
            assert_eq!(headers[2].as_str().unwrap().starts_with("W/"), cdn);
        }
    });
}

/// Files of a table that is made of this many.
const SHARDS: u32 = 1_000;

#[test]
fn a_table_of_a_thousand_files_opens_with_few_requests() {
    play("shards", async |stage| {
        let page = stage.page();
        for number in 0..SHARDS {
            let path = format!("data/train-{number:05}-of-{SHARDS:05}.parquet");
            stage.hub.mount("vitrine/shards", &path, Source::file(sample_path(DIFFUSIONDB))).unwrap();
        }
        stage.go_to_hub("table=hf:vitrine/shards/data/train-*.parquet").await;
        page.rows().await;
        page.mark("vitrine:first-rows").await;
        let log = stage.hub.log();
        let files: std::collections::BTreeSet<&str> = log
            .iter()
            .filter(|entry| entry.path.contains("/resolve/"))
            .map(|entry| entry.path.as_str())
            .collect();
        println!("{} requests for first rows of {SHARDS} files, {} files opened", log.len(), files.len());
        assert!(log.len() <= 60, "{} requests", log.len());
        assert!(files.len() <= 24, "{} of {SHARDS} files were opened", files.len());
        let told = text(stage).await;
        assert!(told.contains("5,000,000") || told.contains("5 M") || told.contains("5.0 M"), "{told}");
        // Far down only what is there is opened.
        stage.picture("shards").await;
    });
}
