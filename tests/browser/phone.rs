//! A phone: every function is there that a wide window has, and nothing is wider than the screen.

use crate::sample::{DIFFUSIONDB, Table, sample_path};
use crate::stage::{Stage, play, play_with_images, until};
use serde_json::{Value, json};

const TABLE: &str = "table=diffusiondb-2m";

async fn on_a_phone(stage: &Stage, theme: &str) {
    let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
    stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
    let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
    stage.browser.devtools("Emulation.setEmulatedMedia", scheme).await;
}

async fn run(stage: &Stage, script: &str) -> Value {
    stage.browser.client.execute(script, Vec::new()).await.unwrap()
}

async fn fits(stage: &Stage, what: &str) {
    let (page, window) = stage.page().widths().await;
    assert!(page <= window, "{what}: {page} px in a window of {window} px");
}

#[test]
fn the_sheet_of_filters_has_all_that_the_rail_has() {
    play("phone-filters", async |stage| {
        on_a_phone(stage, "dark").await;
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.chart("cfg").await;
        page.click("button", "All filters").await;
        page.find("dialog", "Filters").await;
        page.chart("sampler").await;
        stage.picture("phone-filters").await;
        // A bar, and what stands beside it.
        page.click("button", "Only k_euler_ancestral").await;
        let spec = page.spec().await;
        let only = table.count(&spec);
        assert!(0 < only && only < 5_000, "{spec:?}");
        page.find("button", &format!("Show {} images", vitrine::protocol::display::thousands(only))).await;
        // Heights, scales and exact values.
        page.click("button", "count").await;
        let pressed = "return document.querySelector('dialog .measure [aria-pressed=true]').innerText";
        assert_eq!(run(stage, pressed).await, json!("count"));
        page.click("button", "√, scale of counts of cfg scale").await;
        page.click("button", "exact values, steps").await;
        page.find("textbox", "steps, exact values").await.send_keys("50\u{E007}").await.unwrap();
        let spec = until("two filters", async || {
            let spec = page.spec().await;
            (spec.filters.len() == 2).then_some(spec)
        })
        .await;
        let both = table.count(&spec);
        page.find("button", &format!("Show {} images", vitrine::protocol::display::thousands(both))).await;
        // A part of the table, and a step back.
        page.click("button", "Subset: all rows").await;
        page.find("textbox", "Rows of the subset").await.clear().await.unwrap();
        page.find("textbox", "Rows of the subset").await.send_keys("300").await.unwrap();
        page.click("button", "First rows").await;
        until("a subset", async || page.spec().await.subset.map(|_| ())).await;
        page.click("button", "Undo").await;
        until("no subset", async || page.spec().await.subset.is_none().then_some(())).await;
        // What is not read yet is read from here.
        page.click_first("button", "Load image NSFW").await;
        page.chart("image_nsfw").await;
        fits(stage, "the sheet").await;
        page.click_first("button", "Show ").await;
        until("no sheet", async || {
            run(stage, "return !document.querySelector('dialog')").await.as_bool().filter(|it| *it)
        })
        .await;
        page.settles_at(both).await;
        page.find("button", "All filters 2 in use").await;
        stage.picture("phone").await;
        // The focus is where it was, and Escape closes as well.
        page.click_first("button", "All filters").await;
        page.find("dialog", "Filters").await;
        page.find("button", "Close filters").await.send_keys("\u{E00C}").await.unwrap();
        until("no sheet", async || {
            run(stage, "return !document.querySelector('dialog')").await.as_bool().filter(|it| *it)
        })
        .await;
        let focused = run(stage, "return document.activeElement.getAttribute('aria-label')").await;
        assert_eq!(focused, json!("All filters 2 in use"));
    });
}

#[test]
fn what_is_safe_is_below_a_tenth() {
    play("phone-safe", async |stage| {
        on_a_phone(stage, "light").await;
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.click("button", "All filters").await;
        page.click("button", "safe only").await;
        page.click_first("button", "Show ").await;
        let chips = until("chips", async || {
            page.texts("list").await.into_iter().find(|text| text.contains("NSFW") && text.contains("0.1"))
        })
        .await;
        assert!(chips.contains("< 0.1") && !chips.contains('≤'), "{chips}");
    });
}

#[test]
fn every_view_fits_a_phone() {
    play_with_images("phone-views", async |stage| {
        on_a_phone(stage, "dark").await;
        stage.put_archives();
        let page = stage.page();
        for (query, name) in [
            (TABLE.to_owned(), "phone-table"),
            (format!("{TABLE}&cfg=7..12&sampler=k_lms,ddim&q=portrait -anime"), "phone-filtered"),
            (format!("{TABLE}&row=9"), "phone-details"),
            (format!("{TABLE}&view=gallery"), "phone-gallery"),
            (format!("{TABLE}&view=prompts"), "phone-prompts"),
            ("table=diffusiondb-sample&view=prompts&like=31".to_owned(), "phone-likes"),
            (format!("{TABLE}&view=phrases&q=portrait"), "phone-phrases"),
            (format!("{TABLE}&view=metadata"), "phone-metadata"),
            ("table=imagereward-test&view=compare".to_owned(), "phone-compare"),
            ("table=hf:poloclub/diffusiondb".to_owned(), "phone-repository"),
            (String::new(), "phone-start"),
        ] {
            stage.go_to_hub(&query).await;
            page.find("button", "Settings").await;
            // Images and lists come after the rest.
            tokio::time::sleep(std::time::Duration::from_millis(2_000)).await;
            fits(stage, name).await;
            stage.picture(name).await;
        }
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        for (button, name) in [
            ("About DiffusionDB", "phone-about"),
            ("Settings", "phone-settings"),
            ("Export", "phone-export"),
            ("Dataset: DiffusionDB 2M", "phone-datasets"),
            ("Subset: all rows", "phone-subset"),
        ] {
            page.click("button", button).await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            fits(stage, name).await;
            stage.picture(name).await;
            page.click("button", button).await;
        }
    });
}

/// What lies outside of its row, or outside of the view: the parts of cards that would lie over others, and views beyond the edge.
const OUTSIDE: &str = r#"
    const found = [];
    for (const row of document.querySelectorAll('.grid-body .row')) {
        const [top, end] = [row.getBoundingClientRect().top, row.getBoundingClientRect().bottom];
        for (const cell of row.querySelectorAll('.cell')) {
            const box = cell.getBoundingClientRect();
            const is_below = box.top >= end - 1;
            if (box.height > 0 && !is_below && (box.top < top || box.bottom > end)) found.push(cell.innerText);
        }
    }
    const edge = document.querySelector('.view').getBoundingClientRect().right;
    for (const button of document.querySelectorAll('.views button')) {
        if (button.getBoundingClientRect().right > edge) found.push(button.ariaLabel);
    }
    return found;"#;

#[test]
fn wide_tables_of_others_fit_any_window() {
    play("phone-wide", async |stage| {
        let line = |number: u32| {
            let mut row = serde_json::Map::new();
            for column in 0..9 {
                row.insert(format!("feature_{column}"), json!(number * 1000 + column));
            }
            row.insert(
                "caption".to_owned(),
                json!(format!("a castle by the lake, number {number}, oil on canvas, wide")),
            );
            row.insert("uid".to_owned(), json!(format!("{number:032x}")));
            for (name, side) in [("jpg_0_url", 0), ("jpg_1_url", 1)] {
                row.insert(name.to_owned(), json!(format!("https://images.example/{number}/{side}.jpg")));
            }
            row.insert("label_0".to_owned(), json!(f64::from(number % 3) / 2.0));
            row.insert("label_1".to_owned(), json!(1.0 - f64::from(number % 3) / 2.0));
            format!("{}\n", Value::Object(row))
        };
        let table = stage.put("wide.jsonl", (0..300).map(line).collect::<String>().into_bytes());
        let query = format!(
            "table={table}&columns=caption,uid,{}",
            (0..9).map(|n| format!("feature_{n}")).collect::<Vec<_>>().join(",")
        );
        for (width, height) in [(390, 844), (700, 900), (1000, 800), (1200, 800), (1400, 900)] {
            let screen =
                json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 640 });
            stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
            stage.go_to_hub(&query).await;
            stage.page().settles_at(300).await;
            until("rows", async || (stage.page().rows().await.len() > 3).then_some(())).await;
            assert_eq!(run(stage, OUTSIDE).await, json!([]), "{width} px");
            fits(stage, &format!("{width} px")).await;
            stage.picture(&format!("wide-{width}")).await;
        }
        // What is of one row each has no bars.
        let rail = stage.page().outline().await;
        assert!(rail.contains("No value is in two rows"), "{rail}");
    });
}
