//! Taking rows away: the files that the app writes hold what the table holds, however a browser lets
//! them be written.

use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{Stage, play, until};
use hub::Link;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::time::Duration;

const TABLE: &str = "table=diffusiondb-2m&cfg=10..&sort=-cfg&columns=image_name,cfg,prompt";

/// Rows of the sample with this cfg or more, as the sort puts them: image name and cfg.
fn expected() -> Vec<(String, f32)> {
    let table = Table::read(&sample_path(DIFFUSIONDB));
    let mut rows: Vec<(String, f32)> = table
        .rows
        .iter()
        .filter_map(|row| match (&row["image_name"], &row["cfg"]) {
            (Value::Text(name), Value::Number(cfg)) if *cfg >= 10.0 => Some((name.clone(), *cfg as f32)),
            _ => None,
        })
        .collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    rows
}

/// A script that runs before the page's own.
pub async fn before_the_page(stage: &Stage, source: &str) {
    stage.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
}

/// Where the browser puts downloads.
pub async fn downloads(stage: &Stage, name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vitrine-downloads-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let parameters = json!({ "behavior": "allow", "downloadPath": folder.to_string_lossy() });
    stage.browser.devtools("Browser.setDownloadBehavior", parameters).await;
    folder
}

pub async fn export(stage: &Stage, format: &str) {
    stage.page().click("button", "Export").await;
    choose(stage, format).await;
    stage.page().click("button", "Export rows").await;
    until("the export", async || {
        stage.page().texts("status").await.into_iter().find(|text| text.starts_with("Done"))
    })
    .await;
}

/// Chooses one of a row of radio buttons by its name.
pub async fn choose(stage: &Stage, name: &str) {
    let script = "const label = [...document.querySelectorAll('label')].find((label) => label.innerText.trim() === arguments[0]); \
                  label?.querySelector('input').click(); return label?.innerText ?? null;";
    until(name, async || {
        stage.browser.client.execute(script, vec![json!(name)]).await.unwrap().as_str().map(drop)
    })
    .await;
}

pub async fn file(folder: &std::path::Path, name: &str) -> Vec<u8> {
    let path = folder.join(name);
    until(&format!("{name} among the downloads"), async || {
        let done = path.exists() && !folder.join(format!("{name}.crdownload")).exists();
        done.then(|| std::fs::read(&path).unwrap()).filter(|bytes| !bytes.is_empty())
    })
    .await
}

fn names(lines: &[u8]) -> Vec<(String, f32)> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let rows = lines.map(|line| serde_json::from_slice::<Json>(line).unwrap());
    rows.map(|row| (row["image_name"].as_str().unwrap().to_owned(), row["cfg"].as_f64().unwrap() as f32))
        .collect()
}

pub const NO_PICKER: &str = "delete window.showSaveFilePicker;";

#[test]
fn rows_go_by_way_of_the_disk_to_the_downloads() {
    play("export-storage", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "storage").await;
        stage.go_to_hub(TABLE).await;
        stage.page().settles_at(expected().len() as u64).await;
        export(stage, "JSON Lines").await;
        stage.picture("export").await;
        let lines = file(&folder, "diffusiondb-2m.jsonl").await;
        assert_eq!(names(&lines), expected());
        // Again, in another format.
        choose(stage, "Parquet").await;
        stage.page().click("button", "Export rows").await;
        let bytes = file(&folder, "diffusiondb-2m.parquet").await;
        let path = folder.join("copy.parquet");
        std::fs::write(&path, bytes).unwrap();
        let written = Table::read(&path);
        let names = written.rows.iter().map(|row| match &row["image_name"] {
            Value::Text(name) => name.clone(),
            Value::Null | Value::Number(_) => String::new(),
        });
        assert!(names.eq(expected().into_iter().map(|(name, _)| name)));
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn a_browser_without_storage_keeps_the_file_in_memory_and_says_so() {
    play("export-memory", async |stage| {
        before_the_page(stage, &format!("{NO_PICKER} delete FileSystemFileHandle.prototype.createWritable;"))
            .await;
        let folder = downloads(stage, "memory").await;
        stage.go_to_hub(TABLE).await;
        stage.page().settles_at(expected().len() as u64).await;
        stage.page().click("button", "Export").await;
        until("what memory holds", async || {
            let said = stage.page().outline().await;
            said.contains("keeps the file in memory: 537 MB at most").then_some(())
        })
        .await;
        stage.page().click("button", "Export").await;
        export(stage, "CSV").await;
        let csv = String::from_utf8(file(&folder, "diffusiondb-2m.csv").await).unwrap();
        assert!(csv.starts_with("image_name,cfg,prompt\r\n"), "{:?}", csv.get(..60));
        let (first, cfg) = expected().remove(0);
        assert!(csv.contains(&format!("\r\n{first},{cfg},")));
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// A file of the reader's tests, as somebody has it on their disk.
pub async fn open_local(stage: &Stage, name: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reader/odd").join(name);
    stage.go("").await;
    stage.page().file_input().await.send_keys(&path.to_string_lossy()).await.unwrap();
}

/// Everything that `datasets` writes, as it is first seen: images in structures, labels, nested lists.
#[test]
fn the_default_view_is_exported_whole_in_every_format() {
    play("export-default", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "default").await;
        open_local(stage, "hf_datasets.parquet").await;
        stage.page().settles_at(4).await;
        export(stage, "JSON Lines").await;
        let lines = file(&folder, "hf_datasets.jsonl").await;
        let rows: Vec<Json> =
            lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0]["pair"], json!({ "better": 1, "why": rows[0]["pair"]["why"] }));
        assert_eq!(rows[0]["emb"], json!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
        for (format, ending) in [("Parquet", "parquet"), ("Arrow", "arrow"), ("CSV", "csv")] {
            choose(stage, format).await;
            stage.page().click("button", "Export rows").await;
            let bytes = file(&folder, &format!("hf_datasets.{ending}")).await;
            match format {
                "Parquet" => {
                    let bytes = bytes::Bytes::from(bytes);
                    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
                    let metadata = reader.schema().metadata().clone();
                    assert!(metadata["huggingface"].contains("k_euler"), "{metadata:?}");
                    let rows: usize = reader.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
                    assert_eq!(rows, 4);
                }
                "Arrow" => {
                    let reader =
                        arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(bytes), None).unwrap();
                    assert!(reader.schema().field_with_name("emb").is_ok());
                    assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 4);
                }
                _ => assert!(String::from_utf8(bytes).unwrap().contains("[[1")),
            }
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn a_column_that_nobody_can_read_is_named_and_can_be_left_out() {
    play("export-unreadable", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "unreadable").await;
        open_local(stage, "codec_of_the_future.parquet").await;
        stage.page().settles_at(3).await;
        stage.page().click("button", "Export").await;
        choose(stage, "JSON Lines").await;
        stage.page().click("button", "Export rows").await;
        stage.page().click("button", "Export without prompt").await;
        let lines = file(&folder, "codec_of_the_future.jsonl").await;
        assert_eq!(String::from_utf8(lines).unwrap(), "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
        stage.picture("export-without").await;
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// Stands in for the browser's own dialog, which no test can answer.
const PICKER: &str = "window.showSaveFilePicker = async (options) => {
    const folder = await navigator.storage.getDirectory();
    window.chosen = await folder.getFileHandle('chosen-' + options.suggestedName, { create: true });
    return window.chosen;
};";

#[test]
fn rows_go_straight_to_the_file_that_was_chosen() {
    play("export-chosen", async |stage| {
        before_the_page(stage, PICKER).await;
        stage.go_to_hub(TABLE).await;
        stage.page().settles_at(expected().len() as u64).await;
        export(stage, "JSON Lines").await;
        let script =
            "const done = arguments[0]; window.chosen.getFile().then((file) => file.text()).then(done);";
        let text = stage.browser.client.execute_async(script, Vec::new()).await.unwrap();
        assert_eq!(names(text.as_str().unwrap().as_bytes()), expected());
    });
}

#[test]
fn a_cancelled_choice_writes_nothing() {
    play("export-cancelled", async |stage| {
        let source =
            "window.showSaveFilePicker = async () => { throw new DOMException('no', 'AbortError'); };";
        before_the_page(stage, source).await;
        stage.go_to_hub(TABLE).await;
        stage.page().settles_at(expected().len() as u64).await;
        stage.page().click("button", "Export").await;
        stage.page().click("button", "Export rows").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(stage.page().texts("status").await.iter().all(|text| !text.starts_with("Done")));
    });
}

#[test]
fn the_prompt_that_is_copied_is_the_one_the_link_names() {
    play("copy-role", async |stage| {
        let source = "navigator.clipboard.writeText = async (text) => { window.copied = text; };";
        before_the_page(stage, source).await;
        let page = stage.page();
        // There is a column called prompt as well, and it is shown.
        stage.go_to_hub("table=diffusiondb-2m&roles=prompt:image_name&columns=prompt,image_name").await;
        page.settled().await;
        let rows = page.rows().await;
        let name = rows[0].cells["image_name"].clone().unwrap();
        page.find("grid", "Rows").await.send_keys("c").await.unwrap();
        assert_eq!(copied(stage).await, name);
        page.click("button", "Gallery").await;
        page.images("grid", "Images").await;
        page.find("grid", "Images").await.send_keys(" ").await.unwrap();
        page.click("button", "Copy prompts").await;
        assert_eq!(copied(stage).await, name);
    });
}

/// What the page has put on the clipboard last.
async fn copied(stage: &Stage) -> String {
    let copied = stage.browser.client.execute("return window.copied", Vec::new()).await.unwrap();
    copied.as_str().unwrap_or_default().to_owned()
}

#[test]
fn links_and_snippets_are_copied() {
    play("export-link", async |stage| {
        let source = "navigator.clipboard.writeText = async (text) => { window.copied = text; };";
        before_the_page(stage, source).await;
        stage.go_to_hub(TABLE).await;
        stage.page().settles_at(expected().len() as u64).await;
        stage.page().click("button", "Export").await;
        stage.page().click("button", "Copy embed snippet").await;
        let copied = copied(stage).await;
        assert!(copied.starts_with("<iframe src=\"http://127.0.0.1"), "{copied}");
        assert!(copied.contains("&amp;embed=1\"") || copied.contains("&amp;embed=1&amp;"), "{copied}");
    });
}

#[test]
fn the_menu_fits_a_phone_and_the_dark() {
    play("export-phone", async |stage| {
        let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        stage.browser.devtools("Emulation.setEmulatedMedia", dark).await;
        stage.go_to_hub(TABLE).await;
        stage.page().settles_at(expected().len() as u64).await;
        stage.page().click("button", "Export").await;
        stage.page().find("region", "Script text").await;
        stage.picture("export-dark").await;
        let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", phone).await;
        stage.page().find("button", "Export rows").await;
        let (page, window) = stage.page().widths().await;
        assert!(page <= window, "{page} px in a window of {window} px");
        stage.picture("export-phone").await;
    });
}

/// Members of an archive by name.
pub fn members(file: &[u8]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut member = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut member, &mut bytes).unwrap();
            (member.name().to_owned(), bytes)
        })
        .collect()
}

/// Requests for images so far.
fn image_requests(stage: &Stage) -> usize {
    let is_image = |path: &str| path.ends_with(".zip");
    stage.hub.log().iter().filter(|entry| entry.repo_path.as_deref().is_some_and(is_image)).count()
}

#[test]
fn images_are_saved_as_an_archive_with_what_made_them() {
    crate::stage::play_with_images("images-zip", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        stage.put_archives();
        // Not every part of the sample has its archive.
        stage.expect_failures();
        let folder = downloads(stage, "images").await;
        let page = stage.page();
        // The first of the result, without a single image on the screen.
        let twelve = async || {
            stage.go_to_hub("table=diffusiondb-2m&view=prompts").await;
            until("prompts", async || page.outline().await.contains("different prompts").then_some(())).await;
            page.click("button", "Export").await;
            let field = page.find("textbox", "Number of images").await;
            field.clear().await.unwrap();
            field.send_keys("12").await.unwrap();
        };
        twelve().await;
        stage.picture("save-images").await;
        let before = image_requests(stage);
        page.click("button", "Save images").await;
        let said = until("the archive", async || {
            page.texts("status").await.into_iter().find(|text| text.starts_with("Done"))
        })
        .await;
        let archive = members(&file(&folder, "diffusiondb-2m-images.zip").await);
        let list: Json = serde_json::from_slice(&archive["part-000001.json"]).unwrap();
        let images = list.as_object().unwrap();
        assert!(!images.is_empty() && images.len() <= 12, "{said}");
        let missing = 12 - images.len();
        assert_eq!(archive.contains_key("missing.txt"), missing > 0, "{said}");
        assert!(said.contains(&format!("{} of 12 images", images.len())), "{said}");
        assert_eq!(said.contains("could not be read"), missing > 0, "{said}");
        for (name, made) in images {
            assert!(archive[name].starts_with(b"\x89PNG"), "{name}");
            assert!(made["p"].is_string() && made["c"].is_number() && made["sa"].is_string(), "{made}");
        }
        // A redirect and a range an image, and some for each archive's directory.
        let parts: std::collections::BTreeSet<String> = stage
            .hub
            .log()
            .into_iter()
            .filter_map(|entry| entry.repo_path.filter(|path| path.ends_with(".zip")))
            .collect();
        let requests = image_requests(stage) - before;
        assert!(requests <= images.len() + 4 * parts.len(), "{requests} requests, {parts:?}");
        std::fs::remove_file(folder.join("diffusiondb-2m-images.zip")).unwrap();
        // Held on the way: nothing is asked for until it goes on, and the archive is the same.
        twelve().await;
        stage.hub.set_link(Link { latency: Duration::from_secs(3), ..Link::default() });
        page.click("button", "Save images").await;
        page.click("button", "Pause").await;
        page.says("Paused: ").await;
        stage.picture("save-paused").await;
        let held = image_requests(stage);
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!(image_requests(stage), held);
        stage.hub.set_link(Link::default());
        page.click("button", "Resume").await;
        page.says("Done: ").await;
        assert_eq!(members(&file(&folder, "diffusiondb-2m-images.zip").await), archive);
        std::fs::remove_file(folder.join("diffusiondb-2m-images.zip")).unwrap();
        // Those that were chosen.
        stage.go_to_hub("table=diffusiondb-2m&view=gallery").await;
        page.find("grid", "Images").await;
        until("images", async || {
            let images = page.images("grid", "Images").await;
            (images.len() > 3).then_some(())
        })
        .await;
        let grid = page.find("grid", "Images").await;
        grid.send_keys(" \u{E014} ").await.unwrap();
        page.click("button", "Save images").await;
        until("the archive", async || {
            page.texts("status").await.into_iter().find(|text| text.starts_with("Done: 2 of 2"))
        })
        .await;
        stage.picture("save-chosen").await;
        let archive = members(&file(&folder, "diffusiondb-2m-images.zip").await);
        let table = Table::read(&sample_path(DIFFUSIONDB));
        for row in table.rows.iter().take(2) {
            let Value::Text(name) = &row["image_name"] else { panic!("a row without a name") };
            assert!(archive.contains_key(name), "{name}: {:?}", archive.keys());
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// Prints what an export of a million rows takes: `VITRINE_FIXTURES` names the folder of the large tables.
#[test]
#[ignore = "measures for minutes"]
fn export_costs() {
    for format in ["CSV", "JSON Lines", "Parquet", "Arrow"] {
        play("export-costs", async |stage| {
            before_the_page(stage, NO_PICKER).await;
            let folder = downloads(stage, "costs").await;
            let fixtures = PathBuf::from(std::env::var_os("VITRINE_FIXTURES").expect("a folder"));
            let table = hub::Source::file(fixtures.join("diffusiondb-2m.parquet"));
            stage.hub.mount("poloclub/diffusiondb", "metadata.parquet", table).unwrap();
            stage.go_to_hub("table=diffusiondb-2m&subset=first:1000000").await;
            stage.page().settles_at(1_000_000).await;
            let before = stage.browser.renderer_peak_bytes();
            stage.page().click("button", "Export").await;
            choose(stage, format).await;
            choose(stage, "all (14)").await;
            let start = std::time::Instant::now();
            stage.page().click("button", "Export rows").await;
            let said = loop {
                let said =
                    stage.page().texts("status").await.into_iter().find(|text| text.starts_with("Done"));
                if let Some(said) = said {
                    break said;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            };
            let seconds = start.elapsed().as_secs_f64();
            let peak = stage.browser.renderer_peak_bytes();
            println!(
                "{format}: {said} in {seconds:.1} s; renderer at most {} MB, before {} MB",
                peak / 1_000_000,
                before / 1_000_000
            );
            let _ = std::fs::remove_dir_all(&folder);
        });
    }
}

/// Width and height that a PNG says of itself.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(bytes.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]));
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn charts_are_saved_as_pictures_and_as_drawings() {
    play("figures", async |stage| {
        let folder = downloads(stage, "figures").await;
        let page = stage.page();
        let table = Table::read(&sample_path(DIFFUSIONDB));
        stage.go_to_hub("table=diffusiondb-2m&cfg=7..12&sampler=k_lms").await;
        let matching = page.settled().await;
        page.slider("cfg", crate::page::End::Low).await.send_keys("").await.unwrap();
        // The button is there once the pointer or the focus is at its chart.
        let save = async |title: &str, how: &str| {
            let script = "const chart = [...document.querySelectorAll('[role=group][data-column]')]
                .find((chart) => chart.dataset.column === arguments[0]); chart.querySelector('h3 ~ button').focus();";
            stage.browser.client.execute(script, vec![json!(title)]).await.unwrap();
            let name = if title == "cfg" { "cfg scale" } else { title };
            page.click("button", &format!("Save the chart of {name}")).await;
            page.click("button", how).await;
        };
        save("cfg", "Save as SVG").await;
        let svg = String::from_utf8(file(&folder, "diffusiondb-2m-cfg.svg").await).unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let titles: Vec<&str> = document
            .descendants()
            .filter(|node| node.has_tag_name("title"))
            .filter_map(|node| node.text())
            .collect();
        assert_eq!(titles.first(), Some(&"cfg scale"));
        // What each bin says is what the table holds: the chart leaves its own filter out.
        let spec = page.spec().await;
        let mut own = spec.clone();
        own.filters.insert(
            "cfg".to_owned(),
            vitrine::view::url::parse("cfg=7..7").0.filters.get("cfg").unwrap().clone(),
        );
        let words = format!("7: {} here, ", vitrine::protocol::display::thousands(table.count(&own)));
        assert!(titles.iter().any(|title| title.starts_with(&words)), "{words} {titles:?}");
        let says =
            document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
        let says = says.collect::<Vec<_>>().join("\n");
        for part in [
            "DiffusionDB 2M",
            &format!("{} of 5,000 images", vitrine::protocol::display::thousands(matching)),
            "cfg scale 7 – 12",
            "sampler k_lms",
        ] {
            assert!(says.contains(part), "{part}: {says}");
        }
        assert!(!svg.contains("var(") && !svg.contains("oklch"), "{svg}");
        save("cfg", "Save as PNG").await;
        let (width, height) = png_size(&file(&folder, "diffusiondb-2m-cfg.png").await);
        let own: f64 = document.root_element().attribute("height").unwrap().parse().unwrap();
        assert_eq!((width, f64::from(height)), (1_440, own * 2.0));
        save("sampler", "Save as SVG").await;
        let bars = String::from_utf8(file(&folder, "diffusiondb-2m-sampler.svg").await).unwrap();
        assert!(roxmltree::Document::parse(&bars).is_ok() && bars.contains("k_euler"), "{bars}");
        // Two columns against each other.
        stage.go_to_hub("table=diffusiondb-2m&view=phrases").await;
        page.click("button", "Save the chart of cfg scale × steps").await;
        stage.picture("save-chart").await;
        page.click("button", "Save as PNG").await;
        png_size(&file(&folder, "diffusiondb-2m-cfg-step.png").await);
        if let Some(copy) = std::env::var_os("VITRINE_KEEP_FIGURES") {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                std::fs::copy(&path, std::path::Path::new(&copy).join(path.file_name().unwrap())).unwrap();
            }
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
}
