//! The start page, its looks, and where the app can live.

use crate::stage::{Stage, play, play_at, until};
use fantoccini::Locator;
use serde_json::json;

async fn scheme(stage: &Stage, scheme: &str) {
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    stage.browser.devtools("Emulation.setEmulatedMedia", features).await;
}

async fn width(stage: &Stage, width_px: u32) {
    let screen = json!({ "width": width_px, "height": 844, "deviceScaleFactor": 1, "mobile": true });
    stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
}

#[test]
fn every_table_of_the_catalogue_is_offered() {
    play("start", async |stage| {
        stage.go("").await;
        let page = stage.page();
        for table in vitrine::view::catalog::TABLES {
            page.find("link", &format!("{} {}", table.dataset, table.part)).await;
        }
        page.mark("vitrine:shell").await;
        // The start page reads nothing from anywhere.
        assert_eq!(stage.hub.log(), []);
    });
}

#[test]
fn it_looks_right_in_both_themes_and_on_a_phone() {
    play("looks", async |stage| {
        for theme in ["light", "dark"] {
            scheme(stage, theme).await;
            stage.go("").await;
            stage.page().find("heading", "Datasets").await;
            stage.picture(&format!("start-{theme}")).await;
            stage.go("table=diffusiondb-sample").await;
            stage.page().settled().await;
            stage.page().rows().await;
            stage.picture(&format!("sample-{theme}")).await;
        }
        width(stage, 390).await;
        for (name, query) in [("start-phone", ""), ("sample-phone", "table=diffusiondb-sample")] {
            stage.go(query).await;
            until("something to see", async || {
                stage.browser.client.find(Locator::Css("h1, h2, [role=row]")).await.ok()
            })
            .await;
            let (page_px, window_px) = stage.page().widths().await;
            assert!(page_px <= window_px, "{name} is {page_px} px wide in a window of {window_px} px");
            stage.picture(name).await;
        }
    });
}

#[test]
fn it_lives_in_any_folder_of_its_host() {
    play_at("folder", "/some/where/deep/", async |stage| {
        stage.go("table=diffusiondb-sample").await;
        assert_eq!(stage.page().settled().await, 5_000);
        assert!(stage.browser.client.current_url().await.unwrap().path().starts_with("/some/where/deep/"));
    });
}

#[test]
fn a_table_opens_from_the_start_page() {
    play("card", async |stage| {
        stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
        stage.page().click("link", "ImageRewardDB test").await;
        assert_eq!(stage.page().settled().await, 2_720);
        assert!(stage.page().query().await.contains("table=imagereward-test"));
    });
}
