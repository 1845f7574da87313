//! A browser that lets the page keep nothing, and one that asks it to save data.

use crate::driver::Browser;
use crate::page::key;
use crate::stage::{Stage, play_denied, play_with_images, until};
use serde_json::{Value, json};

const TABLE: &str = "table=diffusiondb-2m";

/// Whether this browser really refuses: what the page itself would meet.
async fn refuses(stage: &Stage) -> bool {
    const TRY: &str = "try { localStorage.setItem('x', '1'); return false; } catch { return true; }";
    stage.browser.client.execute(TRY, Vec::new()).await.unwrap() == Value::Bool(true)
}

#[test]
fn where_nothing_may_be_kept_everything_works_and_that_is_told_once() {
    play_denied("denied", async |stage| {
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        assert!(refuses(stage).await, "this browser keeps things in spite of its settings");
        assert_eq!(page.settled().await, 5_000);
        page.rows().await;
        let told = page.alert("not kept for the next visit").await;
        assert!(told.contains("The browser keeps nothing"), "{told}");
        stage.picture("denied").await;
        page.click("button", "Dismiss").await;
        until("no notice", async || page.texts("alert").await.is_empty().then_some(())).await;
        // A choice holds as long as the page does.
        page.click("button", "Settings").await;
        until("what is kept", async || {
            page.texts("status").await.into_iter().find(|text| text.contains("does not allow it"))
        })
        .await;
        page.click("radio", "dark").await;
        let theme = "return document.documentElement.dataset.theme";
        assert_eq!(stage.browser.client.execute(theme, Vec::new()).await.unwrap(), json!("dark"));
        stage.picture("denied-settings").await;
        page.click("button", "Settings").await;
        // Filters, jumps, details and other views are as ever.
        page.drag("cfg", 0.1, 0.6).await;
        until("a filter", async || page.settled().await.checked_sub(1).filter(|left| *left < 4_999)).await;
        page.find("grid", "Rows").await.send_keys(&format!("{}{}", key::END, key::ENTER)).await.unwrap();
        page.find("button", "Close details").await;
        page.click("button", "Phrases").await;
        page.find("heading", "Modifiers").await;
        assert_eq!(page.texts("alert").await, [""; 0], "it is told once");
    });
}

#[test]
fn a_page_whose_code_comes_late_hears_all_that_the_data_thread_said() {
    play_denied("denied-late", async |stage| {
        // The data thread is at work long before the page listens.
        const LATE: &str = "for (const name of ['instantiate', 'instantiateStreaming']) { \
            const begin = WebAssembly[name]; \
            WebAssembly[name] = async (...of) => { \
                await new Promise((go) => setTimeout(go, 3000)); \
                return begin.apply(WebAssembly, of); \
            }; \
        }";
        stage.browser.before_each_page(LATE).await;
        stage.go_to_hub(TABLE).await;
        let page = stage.page();
        page.alert("not kept for the next visit").await;
        assert_eq!(page.settled().await, 5_000);
    });
}

#[test]
fn a_token_works_where_nothing_may_be_kept() {
    play_denied("denied-token", async |stage| {
        stage.browser.needs_chromium("a redirect that is followed where a token goes along");
        stage.expect_failures();
        stage.hub.gate("poloclub/diffusiondb", true);
        stage.go_to_hub(TABLE).await;
        let page = stage.page();
        page.find("password", "Token").await.send_keys(crate::stage::TOKEN).await.unwrap();
        page.click("button", "Use token").await;
        assert_eq!(page.settled().await, 5_000);
    });
}

/// A browser whose reader asked for less data, from the first line of the page on.
async fn save_data(browser: &Browser) {
    const SAVE: &str = "Object.defineProperty(Navigator.prototype, 'connection', \
        { configurable: true, get: () => ({ saveData: true }) })";
    browser.before_each_page(SAVE).await;
}

/// Requests for archives, at the Hub and at its store.
fn reads(stage: &Stage) -> usize {
    let of_archive = |path: &str| path.ends_with(".zip");
    let log = stage.hub.log();
    log.iter().filter(|entry| entry.repo_path.as_deref().is_some_and(of_archive)).count()
}

#[test]
fn who_saves_data_is_shown_images_on_a_click() {
    play_with_images("save-data", async |stage: &Stage| {
        stage.put_archives();
        stage.expect_failures();
        save_data(&stage.browser).await;
        let page = stage.page();
        let safe = format!("{TABLE}&part_id=1..900&image_nsfw=..0.2&prompt_nsfw=..0.2");
        for view in ["", "&row=0", "&view=gallery"] {
            stage.go_to_hub(&format!("{safe}{view}")).await;
            page.settled().await;
            tokio::time::sleep(std::time::Duration::from_millis(600)).await;
            assert_eq!(reads(stage), 0, "{view}: {:#?}", stage.hub.log());
        }
        page.find("button", "Load images").await;
        let said = page.texts("grid").await.join(" ");
        assert!(said.contains("Data saver is on"), "{said}");
        stage.picture("save-data").await;
        page.click("button", "Load images").await;
        let pictures = page.images("grid", "Images").await;
        assert!(pictures.iter().any(|picture| picture.state == "here"), "{pictures:?}");
        assert!(reads(stage) > 0);
    });
}
