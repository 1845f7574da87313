//! Every view and state, looked over by axe-core in both themes: nothing to find.
//!
//! axe-core is no part of this repository: `cargo xtask test` fetches it where npm is there, and says so
//! where it is not. `VITRINE_AXE` names its file.

use crate::stage::{Stage, play_with_images_for, until};
use hub::{Fault, Match, Server, What};
use serde_json::{Value, json};

/// Every state is looked at in both themes, and a busy machine takes seconds for each.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(480);

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

/// The script, where it is there.
fn axe() -> Option<String> {
    let Some(file) = std::env::var_os("VITRINE_AXE") else {
        println!("SKIPPED: axe-core is not there (VITRINE_AXE)");
        return None;
    };
    Some(std::fs::read_to_string(&file).unwrap())
}

async fn begin(stage: &Stage) {
    stage.put_archives();
    crate::repository::put(stage);
    // The browser's own policy for pages would keep axe-core out as it keeps out everything else.
    stage.browser.devtools("Page.setBypassCSP", json!({ "enabled": true })).await;
}

async fn phone(stage: &Stage) {
    let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
    stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
}

/// Pictures and lists come after the charts.
async fn rest() {
    tokio::time::sleep(std::time::Duration::from_millis(1_800)).await;
}

/// Every view.
async fn views(stage: &Stage, axe: &str, size: &str) {
    let page = stage.page();
    stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
    page.find("heading", "Look through millions of text-to-image prompts").await;
    look(stage, axe, &format!("start, {size}")).await;
    for (query, what) in [
        ("table=diffusiondb-2m", "table"),
        ("table=diffusiondb-2m&cfg=7..12&sampler=k_lms&q=castle -anime", "filters"),
        ("table=diffusiondb-2m&row=7", "details"),
        ("table=diffusiondb-2m&view=gallery", "gallery"),
        ("table=diffusiondb-2m&view=gallery&row=9", "gallery with details"),
        ("table=diffusiondb-2m&view=prompts", "prompts"),
        ("table=diffusiondb-sample&view=prompts&like=31", "prompts like one"),
        ("table=diffusiondb-2m&view=prompts&like=31", "no index to rank by"),
        ("table=diffusiondb-2m&view=phrases&q=portrait", "phrases"),
        (
            "table=diffusiondb-2m&view=groups&groups=by:sampler,median:cfg&step=40..&pin=cfg=..8",
            "groups of A and B",
        ),
        ("table=diffusiondb-2m&view=differences&step=40..", "differences"),
        ("table=diffusiondb-2m&view=differences&step=40..&pin=cfg=..8%26step=..30", "A against B"),
        ("table=diffusiondb-2m&view=differences&outcome=cfg,from:10&phrases=words", "an outcome"),
        ("table=diffusiondb-2m&view=plot&plot=cfg,sampler&step=40..&pin=cfg=..8", "boxes of A and B"),
        ("table=diffusiondb-2m&view=metadata", "metadata"),
        ("table=imagereward-test&view=compare", "compare"),
        ("table=hf:vitrine/parts", "repository"),
        ("table=hf:vitrine/parts/data/", "folder of a repository"),
        ("table=diffusiondb-2m&embed=1", "embedded"),
    ] {
        stage.go_to_hub(query).await;
        rest().await;
        look(stage, axe, &format!("{what}, {size}")).await;
    }
    stage.go_to_hub("table=diffusiondb-2m&cfg=7..7.001&step=13").await;
    page.find("heading", "No images match").await;
    look(stage, axe, &format!("nothing matches, {size}")).await;
}

/// Everything that opens over a view, and what is told.
async fn panels(stage: &Stage, axe: &str, size: &str) {
    let page = stage.page();
    stage.go_to_hub("table=diffusiondb-2m").await;
    page.settled().await;
    for begins in ["Settings", "Choose columns", "Dataset:", "Subset", "Export", "About DiffusionDB"] {
        page.click_first("button", begins).await;
        rest().await;
        look(stage, axe, &format!("{begins}, {size}")).await;
        stage.picture(&format!("axe-{}-{size}", begins.to_lowercase().replace([' ', ':'], ""))).await;
        page.click_first("button", begins).await;
    }
    // Words under the search.
    stage.go("table=diffusiondb-sample&columns=seed").await;
    page.settled().await;
    page.find("searchbox", "Search prompts").await.send_keys("cas\u{e015}").await.unwrap();
    page.find("listbox", "Words of the prompts").await;
    look(stage, axe, &format!("words under the search, {size}")).await;
    stage.picture(&format!("axe-words-{size}")).await;
    // Labels, in their panel and in the details.
    stage.go_to_hub("table=diffusiondb-2m&row=7").await;
    page.settled().await;
    page.find("textbox", "New label").await.send_keys("keep\u{e007}").await.unwrap();
    page.chart("label").await;
    look(stage, axe, &format!("a labelled row, {size}")).await;
    stage.go_to_hub("table=diffusiondb-2m").await;
    page.settled().await;
    page.click_first("button", "Labels").await;
    page.find("textbox", "Name of keep").await;
    look(stage, axe, &format!("labels, {size}")).await;
    stage.picture(&format!("axe-labels-{size}")).await;
    stage.go_to_hub("table=diffusiondb-2m").await;
    page.settled().await;
    if page.press_if_there("button", "All filters").await {
        rest().await;
        look(stage, axe, &format!("the sheet of filters, {size}")).await;
        stage.picture(&format!("axe-sheet-{size}")).await;
        stage.go_to_hub("table=diffusiondb-2m").await;
        page.settled().await;
    }
    page.click_first("button", "Share").await;
    look(stage, axe, &format!("a shared link, {size}")).await;
    page.find("grid", "Rows").await.send_keys("?").await.unwrap();
    page.find("heading", "Keyboard shortcuts").await;
    stage.picture("shortcuts").await;
    look(stage, axe, &format!("shortcuts, {size}")).await;
    page.click("button", "Close").await;
    // An image at full size, and two over each other.
    stage.go_to_hub("table=diffusiondb-2m&row=7&part_id=1..900").await;
    page.settled().await;
    if page.press_if_there("button", "Show the image at full size").await {
        page.find("dialog", "Image at full size").await;
        look(stage, axe, &format!("full size, {size}")).await;
    }
    stage.go_to_hub("table=imagereward-test&view=compare").await;
    page.images("region", "Images of the prompt").await;
    for at in [0, 1] {
        const PRESS: &str = "[...document.querySelectorAll('button')]
            .filter((button) => button.textContent.includes('Compare this image'))[arguments[0]].click()";
        stage.browser.client.execute(PRESS, vec![json!(at)]).await.unwrap();
    }
    page.find("group", "Two images").await;
    look(stage, axe, &format!("a pair, {size}")).await;
    stage.picture(&format!("axe-pair-{size}")).await;
}

/// What goes wrong.
async fn troubles(stage: &Stage, axe: &str, size: &str) {
    let page = stage.page();
    stage.expect_failures();
    stage.go_to_hub("table=diffusiondb-2m&cfg=seven&colour=red&q=(castle").await;
    until("notices", async || (!page.texts("alert").await.is_empty()).then_some(())).await;
    rest().await;
    look(stage, axe, &format!("a link that is not understood, {size}")).await;
    stage.go_to_hub("table=hf:poloclub/diffusiondb/metdata.parquet").await;
    page.alert("does not exist").await;
    look(stage, axe, &format!("not there, {size}")).await;
    stage.go_to_hub("table=diffusiondb-3m").await;
    until("a notice", async || (!page.texts("alert").await.is_empty()).then_some(())).await;
    look(stage, axe, &format!("the start with an error, {size}")).await;
    stage.hub.gate("zai-org/ImageRewardDB", true);
    stage.go_to_hub("table=imagereward-train").await;
    page.alert("gated").await;
    look(stage, axe, &format!("gated, {size}")).await;
    stage.hub.expire_signatures();
    stage.hub.script(Fault::always(Match::on(Server::Cdn, "metadata.parquet").after(2), What::Gone));
    stage.go_to_hub("table=diffusiondb-2m").await;
    until("a notice", async || (!page.texts("alert").await.is_empty()).then_some(())).await;
    look(stage, axe, &format!("a network that is down, {size}")).await;
    stage.hub.clear_faults();
}

#[test]
fn axe_finds_nothing_in_any_view() {
    let Some(axe) = axe() else { return };
    play_with_images_for("axe", LIMIT, async |stage: &Stage| {
        begin(stage).await;
        stage.expect_failures();
        views(stage, &axe, "wide").await;
    });
}

#[test]
fn axe_finds_nothing_in_panels_and_troubles() {
    let Some(axe) = axe() else { return };
    play_with_images_for("axe-panels", LIMIT, async |stage: &Stage| {
        begin(stage).await;
        stage.expect_failures();
        panels(stage, &axe, "wide").await;
        troubles(stage, &axe, "wide").await;
    });
}

#[test]
fn axe_finds_nothing_on_a_phone() {
    let Some(axe) = axe() else { return };
    play_with_images_for("axe-phone", LIMIT, async |stage: &Stage| {
        begin(stage).await;
        phone(stage).await;
        stage.expect_failures();
        views(stage, &axe, "a phone").await;
    });
}

#[test]
fn axe_finds_nothing_in_panels_and_troubles_on_a_phone() {
    let Some(axe) = axe() else { return };
    play_with_images_for("axe-phone-panels", LIMIT, async |stage: &Stage| {
        begin(stage).await;
        phone(stage).await;
        stage.expect_failures();
        panels(stage, &axe, "a phone").await;
        troubles(stage, &axe, "a phone").await;
    });
}
