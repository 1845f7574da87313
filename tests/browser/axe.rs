//! Every view and state, looked over by axe-core in both themes: nothing to find.
//!
//! axe-core is no part of this repository: `cargo xtask test` fetches it where npm is there, and says so
//! where it is not. `VITRINE_AXE` names its file.

use crate::stage::{Stage, play_with_images, until};
use hub::{Fault, Match, Server, What};
use serde_json::{Value, json};

/// Runs it on the page as it is, in both themes.
async fn look(stage: &Stage, axe: &str, what: &str) {
    for theme in ["light", "dark"] {
        let client = &stage.browser.client;
        client
            .execute("document.documentElement.dataset.theme = arguments[0]", vec![json!(theme)])
            .await
            .unwrap();
        // Colours that change over time are judged once they have.
        tokio::time::sleep(std::time::Duration::from_millis(350)).await;
        const RUN: &str = r#"
            const done = arguments[arguments.length - 1];
            if (!globalThis.axe) { (0, Function(arguments[0]))(); }
            axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => done(violations.map((found) =>
                `${found.id} (${found.impact}): ${found.nodes.slice(0, 10).map((node) => `${node.html.slice(0, 130)} [${node.any.map((check) => check.message).join("; ").slice(0, 60)}]`).join(" | ")}`)),
                (error) => done([String(error)]));
        "#;
        let found = client.execute_async(RUN, vec![json!(axe)]).await.unwrap();
        let Value::Array(found) = found else { panic!("{found}") };
        for line in &found {
            println!("axe: {what}, {theme}: {}", line.as_str().unwrap_or_default());
        }
        assert!(
            found.is_empty() || std::env::var_os("VITRINE_AXE_LIST").is_some(),
            "{what}, {theme}: {found:#?}"
        );
    }
}

#[test]
fn axe_finds_nothing_in_any_view() {
    let Some(file) = std::env::var_os("VITRINE_AXE") else {
        println!("SKIPPED: axe-core is not there (VITRINE_AXE)");
        return;
    };
    let axe = std::fs::read_to_string(&file).unwrap();
    play_with_images("axe", async |stage: &Stage| {
        stage.put_archives();
        // The browser's own policy for pages would keep axe-core out as it keeps out everything else.
        stage.browser.devtools("Page.setBypassCSP", json!({ "enabled": true })).await;
        let page = stage.page();
        stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
        page.find("heading", "Look through millions of text-to-image prompts").await;
        look(stage, &axe, "start").await;
        for (query, what) in [
            ("table=diffusiondb-2m", "table"),
            ("table=diffusiondb-2m&cfg=7..12&sampler=k_lms&q=castle -anime", "filters"),
            ("table=diffusiondb-2m&row=7", "details"),
            ("table=diffusiondb-2m&view=gallery", "gallery"),
            ("table=diffusiondb-2m&view=prompts", "prompts"),
            ("table=diffusiondb-2m&view=phrases&q=portrait", "phrases"),
            ("table=imagereward-test&view=compare", "compare"),
        ] {
            stage.go_to_hub(query).await;
            if what != "compare" {
                page.chart("cfg").await;
            }
            // Pictures and lists come after the charts.
            tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
            look(stage, &axe, what).await;
        }
        stage.go_to_hub("table=diffusiondb-2m&cfg=7..7.001&step=13").await;
        page.find("heading", "No images match").await;
        look(stage, &axe, "nothing matches").await;
        stage.go_to_hub("table=diffusiondb-2m").await;
        page.settled().await;
        for button in ["Settings", "Choose columns", "Dataset: DiffusionDB 2M"] {
            page.click("button", button).await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            look(stage, &axe, button).await;
            page.click("button", button).await;
        }
        page.find("grid", "Rows").await.send_keys("?").await.unwrap();
        page.find("heading", "Keyboard shortcuts").await;
        stage.picture("shortcuts").await;
        look(stage, &axe, "shortcuts").await;
        // What goes wrong.
        stage.expect_failures();
        stage.go_to_hub("table=hf:poloclub/diffusiondb/metdata.parquet").await;
        page.alert("does not exist").await;
        look(stage, &axe, "not there").await;
        stage.hub.gate("zai-org/ImageRewardDB", true);
        stage.go_to_hub("table=imagereward-train").await;
        page.alert("gated").await;
        look(stage, &axe, "gated").await;
        stage.hub.expire_signatures();
        stage.hub.script(Fault::always(Match::on(Server::Cdn, "metadata.parquet").after(2), What::Gone));
        stage.go_to_hub("table=diffusiondb-2m").await;
        until("a notice", async || (!page.texts("alert").await.is_empty()).then_some(())).await;
        look(stage, &axe, "a network that is down").await;
        // A phone.
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        stage.hub.clear_faults();
        for query in
            ["table=diffusiondb-2m", "table=diffusiondb-2m&row=7", "table=diffusiondb-2m&view=gallery"]
        {
            stage.go_to_hub(query).await;
            tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
            look(stage, &axe, &format!("a phone, {query}")).await;
        }
    });
}
