//! Tables in files that are no Parquet, opened as a person does.

use crate::exports::{NO_PICKER, before_the_page, downloads, export, file};
use crate::stage::{play, until};
use serde_json::{Value, json};

/// Rows enough to be shown in part before they are all read: the last one has a number that is none.
const ROWS: u32 = 60_000;

fn row(number: u32) -> Value {
    let code = if number + 1 == ROWS { "last".to_owned() } else { format!("{number}") };
    json!({
        "code": code,
        "prompt": format!("a castle, \"red\"\nby lake {}", number % 97),
        "sampler": (["k_lms", "ddim", "plms"][number as usize % 3]),
        "zip": format!("{:05}", number % 100),
        "price": format!("9007199254740993.{:02}", number % 100),
    })
}

#[test]
fn a_csv_file_of_the_disk_opens_is_filtered_and_comes_out_as_it_went_in() {
    play("csv", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "csv").await;
        let mut text = "code;prompt;sampler;zip;price\r\n".to_owned();
        for number in 0..ROWS {
            let row = row(number);
            let field = |name: &str| row[name].as_str().unwrap().to_owned();
            let prompt = field("prompt").replace('"', "\"\"");
            let [code, sampler, zip, price] = ["code", "sampler", "zip", "price"].map(field);
            text.push_str(&format!("{code};\"{prompt}\";{sampler};{zip};{price}\r\n"));
        }
        let path = folder.join("prompts.csv");
        std::fs::write(&path, &text).unwrap();
        stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
        let page = stage.page();
        page.file_input().await.send_keys(&path.display().to_string()).await.unwrap();
        page.settles_at(u64::from(ROWS)).await;
        let told = page.alert("semicolons between fields").await;
        assert!(told.contains("the first line names the columns"), "{told}");
        stage.picture("csv").await;
        page.bar("sampler", "ddim").await.click().await.unwrap();
        page.settles_at(u64::from(ROWS / 3)).await;
        export(stage, "JSON Lines").await;
        let lines = String::from_utf8(file(&folder, "prompts.jsonl").await).unwrap();
        let expected = (0..ROWS).filter(|number| number % 3 == 1).map(row);
        let mut rows = lines.lines();
        for expected in expected {
            let line = rows.next().unwrap();
            let price = expected["price"].as_str().unwrap();
            let row: Value = serde_json::from_str(line).unwrap();
            for name in ["code", "prompt", "sampler", "zip"] {
                assert_eq!(row[name], expected[name], "{line}");
            }
            assert!(line.contains(price), "{line} has no {price}");
        }
        assert_eq!(rows.next(), None);
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn a_json_file_that_is_one_object_is_a_table_of_its_members() {
    play("json-by-name", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "json-by-name").await;
        // As the parts of DiffusionDB are: the settings of each image by its name.
        let name = |number: u64| format!("{number:08x}-part.png");
        let settings = |number: u64| json!({ "p": format!("a castle by lake {number}"), "se": 4_000_000_000 + number, "c": 7.5, "st": 50, "sa": 8 });
        let all: serde_json::Map<String, Value> =
            (0..1_000).map(|number| (name(number), settings(number))).collect();
        let table = stage.put("part-000001.json", serde_json::to_vec_pretty(&all).unwrap());
        stage.go_to_hub(&format!("table={table}")).await;
        let page = stage.page();
        page.settles_at(1_000).await;
        stage.picture("json-by-name").await;
        export(stage, "JSON Lines").await;
        let lines = file(&folder, "part-000001.jsonl").await;
        let rows = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let rows: Vec<Value> = rows.map(|line| serde_json::from_slice(line).unwrap()).collect();
        assert_eq!(rows.len(), 1_000);
        for (number, row) in (0..).zip(rows) {
            let mut expected = settings(number);
            expected["key"] = json!(name(number));
            assert_eq!(row, expected);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn json_lines_on_the_hub_open_and_a_correction_stays_in_the_link() {
    play("jsonl", async |stage| {
        let lines: String = (0..500)
            .map(|number| {
                let tags = if number % 2 == 0 { json!(["a", "b"]) } else { json!([]) };
                format!(
                    "{}\n",
                    json!({ "id": number, "tags": tags, "split": (["train", "test"][number % 2]) })
                )
            })
            .collect();
        let table = stage.put("rows.jsonl", lines.into_bytes());
        stage.go_to_hub(&format!("table={table}&split=test")).await;
        let page = stage.page();
        page.settles_at(250).await;
        // It is listed as what it is.
        stage.go_to_hub("table=hf:vitrine/test").await;
        page.find("link", "rows.jsonl").await;
        // Without names in its first line, a CSV file has one row more.
        let table = stage.put("plain.csv", b"a,b\nc,d\ne,f\n".to_vec());
        stage.go_to_hub(&format!("table={table}")).await;
        page.settles_at(2).await;
        page.click("button", "The first line is data").await;
        page.settles_at(3).await;
        let query = page.query().await;
        assert!(query.contains("read=comma,no-header"), "{query}");
        until("its columns", async || page.outline().await.contains("column 2").then_some(())).await;
    });
}

#[test]
fn values_of_any_kind_are_json_on_the_screen_in_filters_and_in_files() {
    play("variants", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "variants").await;
        let objects = include_bytes!("../reader/odd/variant_of_objects.parquet");
        let table = stage.put("settings.parquet", objects.to_vec());
        stage.go_to_hub(&format!("table={table}&row=1")).await;
        let page = stage.page();
        page.settles_at(100).await;
        let json =
            r#"{"cfg": 0.5, "inner": {"h": 1, "w": 512}, "sampler": "k_1", "steps": 1, "tags": ["a", "b1"]}"#;
        until("the JSON in the details", async || page.outline().await.contains("k_1").then_some(())).await;
        stage.picture("variants").await;
        stage.go_to_hub(&format!("table={table}&settings=!null")).await;
        page.settles_at(80).await;
        export(stage, "JSON Lines").await;
        let lines = String::from_utf8(file(&folder, "settings.jsonl").await).unwrap();
        let second: Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
        assert_eq!(second["settings"], serde_json::from_str::<Value>(json).unwrap());
        assert_eq!(lines.lines().count(), 80);
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn image_files_of_the_table_are_pictures_with_their_paths_in_details() {
    play("file-fields", async |stage| {
        let images = include_bytes!("../reader/odd/images_two_columns.parquet");
        let table = stage.put("images.parquet", images.to_vec());
        for (row, own, other, bad) in [
            (0, "a/0.png, 85 bytes", "edges \"0\".png, 85 bytes", false),
            (1, "a/1.png, 85 bytes", "image, 85 bytes, without a path", false),
            (2, "a/2.png, 85 bytes", "edges \"2\".png, text in place of an image", true),
            (3, "a/3.png, 85 bytes", "elsewhere.png, without the file itself", true),
        ] {
            stage.go_to_hub(&format!("table={table}&row={row}")).await;
            let words = until("the fields", async || {
                let fields = stage.browser.client.execute(
                    "return [...document.querySelectorAll('.drawer-fields [data-column]')].map((field) => `${field.dataset.column}: ${field.innerText}`);",
                    Vec::new(),
                );
                let fields: Vec<String> = serde_json::from_value(fields.await.unwrap()).unwrap();
                let other = fields.iter().any(|field| field.starts_with("control") && field.contains(other));
                let own = fields.iter().any(|field| field.starts_with("image") && field.contains(own));
                (own && other).then_some(fields)
            })
            .await;
            assert!(words.iter().all(|field| !field.contains("{\"")), "{words:?}");
            until("the other image, or why there is none", async || {
                let state = stage.browser.client.execute(
                    "return document.querySelector('[data-column=control] .well')?.dataset.state ?? '';",
                    Vec::new(),
                );
                let state = state.await.unwrap();
                (state == json!(if bad { "failed" } else { "here" })).then_some(())
            })
            .await;
            stage.picture(&format!("file-fields-{row}")).await;
        }
    });
}
