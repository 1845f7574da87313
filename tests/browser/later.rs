//! Views whose code comes when they are first opened.

use crate::stage::{Stage, play, until};
use hub::{Fault, Match, Server, What};
use serde_json::json;

/// The modules that the page itself has fetched so far, without what serves it offline.
async fn modules(stage: &Stage) -> Vec<String> {
    const FETCHED: &str =
        "return performance.getEntriesByType('resource').map((entry) => entry.name.split('/').pop())
        .filter((name) => name.startsWith('later-split_'));";
    let names = stage.browser.client.execute(FETCHED, Vec::new()).await.unwrap();
    let names = names.as_array().unwrap().iter().filter_map(|name| name.as_str()?.split('-').nth(1));
    names.map(str::to_owned).collect()
}

#[test]
fn a_table_is_shown_without_the_code_of_other_views() {
    play("later", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m").await;
        assert_eq!(page.settled().await, 5_000);
        assert_eq!(modules(stage).await, [""; 0]);
        page.click("button", "Phrases").await;
        page.find("heading", "Modifiers").await;
        assert_eq!(modules(stage).await, ["split_texts"]);
        page.click("button", "Settings").await;
        page.find("heading", "Kept on this device").await;
        assert_eq!(modules(stage).await, ["split_texts", "split_panels"]);
        page.click("button", "Settings").await;
        // What was fetched once is not fetched again.
        page.click("button", "Prompts").await;
        page.click("button", "Metadata").await;
        page.find("heading", "Row groups").await;
        assert_eq!(modules(stage).await, ["split_texts", "split_panels"]);
    });
}

#[test]
fn code_that_does_not_come_costs_its_own_view_and_nothing_else() {
    play("later-fails", async |stage| {
        let page = stage.page();
        // From the beginning: what serves the app offline fetches everything before long.
        stage.expect_failures();
        stage.app.script(Fault::always(Match::on(Server::App, "later-split_panels"), What::Gone));
        stage.go_to_hub("table=diffusiondb-2m").await;
        assert_eq!(page.settled().await, 5_000);
        page.click("button", "Settings").await;
        page.alert("This part of the app could not be fetched").await;
        stage.picture("later-fails").await;
        page.click("button", "Settings").await;
        // The rest works.
        page.click("button", "Phrases").await;
        page.find("heading", "Modifiers").await;
        page.click("button", "Table").await;
        assert_eq!(page.rows().await.len().min(1), 1);
        page.click("button", "Settings").await;
        page.alert("This part of the app could not be fetched").await;
        stage.app.clear_faults();
        page.click("button", "Try again").await;
        until("the settings", async || {
            page.texts("heading").await.contains(&"Kept on this device".to_owned()).then_some(())
        })
        .await;
    });
}

/// What every element that is shown looks like, before and after the styles of other views come.
const LOOKS: &str = "const done = arguments[0];
    const names = ['display', 'position', 'padding', 'margin', 'font', 'color', 'backgroundColor', 'width', 'height', 'boxShadow'];
    const looks = () => [...document.querySelectorAll('body *')].map((element) => {
        const style = getComputedStyle(element);
        return `${element.tagName}.${element.getAttribute('class')} ` + names.map((name) => style[name]).join('; ');
    });
    const before = looks();
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = document.querySelector('meta[name=vitrine-style]').content;
    link.onload = () => {
        const after = looks();
        done([before.length, before.filter((look, place) => look !== after[place])]);
    };
    document.head.append(link);";

#[test]
fn styles_of_other_views_change_nothing_of_a_table() {
    play("later-styles", async |stage| {
        let page = stage.page();
        for (width, height) in [(1440, 900), (390, 844)] {
            let screen =
                json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 900 });
            stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
            stage.go_to_hub("table=diffusiondb-2m&cfg=5..9&sort=-cfg").await;
            page.rows().await;
            page.find("button", "Phrases").await;
            let told = stage.browser.client.execute_async(LOOKS, Vec::new()).await.unwrap();
            assert!(told[0].as_u64().unwrap() > 100, "{told}");
            assert_eq!(told[1], json!([]), "at {width} pixels");
        }
    });
}
