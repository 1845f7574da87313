//! What is kept on the device between visits: that it is used, that it is right, that it is bounded, and
//! that nothing is in it which should not be.

use crate::page::{Row, key};
use crate::sample::{DIFFUSIONDB, sample_path};
use crate::stage::{Stage, TOKEN, play_kept, until};
use hub::{Fault, Match, Server, Source, What};
use serde_json::{Value, json};

const TABLE: &str = "table=diffusiondb-2m";
const REPOSITORY: &str = "poloclub/diffusiondb";
const FILE: &str = "metadata.parquet";

/// What the database holds, as text, and how many bytes its parts have.
async fn kept(stage: &Stage) -> (String, u64) {
    const READ: &str = r#"
        const done = arguments[arguments.length - 1];
        const request = indexedDB.open("vitrine");
        request.onerror = () => done(["", 0]);
        request.onupgradeneeded = () => request.transaction.abort();
        request.onsuccess = async () => {
            const wait = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
            const stores = request.result.transaction(["files", "parts", "bodies"]);
            const of = (name) => stores.objectStore(name);
            const all = await Promise.all([
                wait(of("files").getAllKeys()), wait(of("files").getAll()), wait(of("parts").getAllKeys()),
                wait(of("parts").getAll()), wait(of("bodies").getAllKeys()),
            ]);
            const [, , starts, ends, bodies] = all;
            request.result.close();
            const bytes = starts.map((key, at) => ends[at][0] - key[2]).reduce((a, b) => a + b, 0);
            done([JSON.stringify(all), bytes, starts.length === bodies.length]);
        };
    "#;
    let answer = stage.browser.client.execute_async(READ, Vec::new()).await.unwrap();
    let (text, bytes, paired): (String, u64, Option<bool>) = serde_json::from_value(match answer {
        Value::Array(mut parts) => {
            parts.resize(3, Value::Null);
            Value::Array(parts)
        }
        other => other,
    })
    .unwrap();
    assert_ne!(paired, Some(false), "a part without its bytes, or bytes without their part: {text}");
    (text, bytes)
}

/// Bytes that the store of files has sent.
fn sent(stage: &Stage) -> u64 {
    stage.hub.log().iter().filter(|entry| entry.server == Server::Cdn).map(|entry| entry.bytes_sent).sum()
}

/// Opens the table and jumps to its end; the rows there, once everything that came is kept.
async fn visit(stage: &Stage) -> Vec<Row> {
    let page = stage.page();
    stage.go_to_hub(TABLE).await;
    assert_eq!(page.settled().await, 5_000);
    page.chart("cfg").await;
    page.rows().await;
    page.find("grid", "Rows").await.send_keys(key::END).await.unwrap();
    until("the last row", async || {
        let rows = page.rows().await;
        (rows.last()?.place == 5_000).then_some(rows)
    })
    .await
}

async fn all_is_kept(stage: &Stage) {
    let mut before = None;
    until("everything to be kept", async || {
        let now = kept(stage).await.1;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        (now > 0 && before.replace(now) == Some(now)).then_some(())
    })
    .await;
}

async fn leave(stage: &Stage) {
    stage.browser.client.goto("about:blank").await.unwrap();
    stage.hub.clear_log();
}

fn same(before: &[Row], after: &[Row]) {
    // A notice takes the room of rows.
    let last = |rows: &[Row]| rows.iter().map(|row| row.place).max();
    assert_eq!(last(before), last(after));
    let shared: Vec<_> = after
        .iter()
        .filter_map(|after| Some((after, before.iter().find(|it| it.place == after.place)?)))
        .collect();
    assert!(shared.len() > 5, "{} rows of both visits", shared.len());
    for (after, before) in shared {
        assert_eq!(before.cells, after.cells, "row {}", after.place);
    }
}

#[test]
fn a_second_visit_asks_once_whether_the_file_has_changed() {
    play_kept("kept", async |stage| {
        let before = visit(stage).await;
        let first = sent(stage);
        all_is_kept(stage).await;
        let (text, bytes) = kept(stage).await;
        assert!(bytes <= first && bytes > first * 9 / 10, "{bytes} of {first} bytes are kept");
        for part in ["Signature", "Expires", "token", "Bearer"] {
            assert!(!text.contains(part), "{part} is kept");
        }
        leave(stage).await;
        let after = visit(stage).await;
        same(&before, &after);
        let log = stage.hub.log();
        let asked: Vec<_> = log.iter().map(|entry| (entry.server, entry.range.clone())).collect();
        assert_eq!(asked, [(Server::Hub, Some(0..1)), (Server::Cdn, Some(0..1))], "{log:#?}");
        stage.picture("kept").await;

        // Half of it lost: the other half counts, and what is missing comes.
        leave(stage).await;
        stage.go("").await;
        let lose = "const done = arguments[0]; const request = indexedDB.open('vitrine');
            request.onsuccess = () => {
                const change = request.result.transaction('bodies', 'readwrite');
                const bodies = change.objectStore('bodies');
                bodies.getAllKeys().onsuccess = (event) =>
                    event.target.result.forEach((key, at) => at % 2 && bodies.delete(key));
                change.oncomplete = () => { request.result.close(); done(true); };
            };";
        stage.browser.client.execute_async(lose, Vec::new()).await.unwrap();
        same(&before, &visit(stage).await);
        assert!(sent(stage) > 1 && sent(stage) < first, "{} of {first} bytes came again", sent(stage));
    });
}

#[test]
fn without_a_network_what_was_read_is_there_and_what_is_missing_is_told() {
    play_kept("kept-offline", async |stage| {
        let before = visit(stage).await;
        all_is_kept(stage).await;
        leave(stage).await;
        stage.expect_failures();
        stage.hub.script(Fault::always(Match::default(), What::Gone));
        let after = visit(stage).await;
        same(&before, &after);
        let page = stage.page();
        page.alert("Shown from what is kept on this device").await;
        stage.picture("kept-offline").await;
        // What nobody has read is missing, and that is told; everything else goes on.
        let grid = page.find("grid", "Rows").await;
        grid.send_keys(key::ENTER).await.unwrap();
        page.alert("stopped").await;
        stage.picture("kept-missing").await;
        page.click("button", "Close details").await;
        page.find("grid", "Rows").await.send_keys(key::HOME).await.unwrap();
        until("the first row", async || (page.rows().await.first()?.place == 1).then_some(())).await;
        page.drag("cfg", 0.1, 0.6).await;
        until("a filter", async || page.settled().await.checked_sub(1).filter(|left| *left < 4_999)).await;
        // The network is back.
        stage.hub.clear_faults();
        page.retry_now().await;
        page.find("grid", "Rows").await.send_keys(key::ENTER).await.unwrap();
        until("the name of the image", async || {
            page.texts("group").await.iter().any(|text| text.contains(".png")).then_some(())
        })
        .await;
        until("no notice", async || page.texts("alert").await.is_empty().then_some(())).await;
    });
}

#[test]
fn another_version_takes_the_place_of_what_is_kept() {
    play_kept("kept-changed", async |stage| {
        visit(stage).await;
        all_is_kept(stage).await;
        leave(stage).await;
        // As long and laid out alike: its tag alone tells.
        let mut bytes = std::fs::read(sample_path(DIFFUSIONDB)).unwrap();
        let writer = b"parquet-cpp-arrow";
        let at = bytes.windows(writer.len()).rposition(|part| part == writer).unwrap();
        bytes[at] = b'P';
        stage.hub.mount(REPOSITORY, FILE, Source::bytes(bytes)).unwrap();
        visit(stage).await;
        assert_eq!(stage.page().texts("alert").await, [""; 0]);
        let whole = sent(stage);
        assert!(whole > 10_000, "{whole} bytes of the new version");
        all_is_kept(stage).await;
        leave(stage).await;
        visit(stage).await;
        assert_eq!(sent(stage), 1, "the new version is kept now");
    });
}

#[test]
fn what_a_token_opened_is_not_kept() {
    play_kept("kept-gated", async |stage| {
        stage.browser.needs_chromium("a redirect that is followed where a token goes along");
        stage.expect_failures();
        stage.hub.gate(REPOSITORY, true);
        stage.go_to_hub(TABLE).await;
        let page = stage.page();
        page.find("password", "Token").await.send_keys(TOKEN).await.unwrap();
        page.click("button", "Use token").await;
        assert_eq!(page.settled().await, 5_000);
        page.rows().await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let (text, bytes) = kept(stage).await;
        assert_eq!(bytes, 0, "{text}");
        assert!(!text.contains(TOKEN) && !text.contains(REPOSITORY), "{text}");
    });
}

#[test]
fn no_more_is_kept_than_was_chosen_and_it_can_be_removed() {
    play_kept("kept-limit", async |stage| {
        let page = stage.page();
        stage.browser.setting("vitrine.keep", "300000").await;
        let before = visit(stage).await;
        all_is_kept(stage).await;
        let bytes = kept(stage).await.1;
        assert!(bytes <= 300_000, "{bytes} bytes are kept");
        leave(stage).await;
        same(&before, &visit(stage).await);
        page.click("button", "Settings").await;
        let said = until("the size", async || {
            page.texts("status").await.into_iter().find(|text| text.contains("KB"))
        })
        .await;
        stage.picture("settings").await;
        assert!(!said.contains("MB"), "{said}");
        page.click("button", "Clear").await;
        until("nothing", async || page.texts("status").await.into_iter().find(|text| text == "nothing"))
            .await;
        assert_eq!(kept(stage).await.1, 0);
    });
}

#[test]
fn several_tabs_at_once_keep_one_copy() {
    play_kept("kept-tabs", async |stage| {
        let client = &stage.browser.client;
        let first = client.window().await.unwrap();
        let second = client.new_window(true).await.unwrap();
        stage.go_to_hub(TABLE).await;
        client.switch_to_window(second.handle).await.unwrap();
        stage.browser.setting("vitrine.table-images", "off").await;
        let before = visit(stage).await;
        client.switch_to_window(first).await.unwrap();
        same(&before, &visit(stage).await);
        all_is_kept(stage).await;
        let (_, bytes) = kept(stage).await;
        assert!(bytes <= sent(stage));
        leave(stage).await;
        same(&before, &visit(stage).await);
        assert_eq!(sent(stage), 1);
    });
}

#[test]
fn a_device_without_room_is_told_once() {
    play_kept("kept-full", async |stage| {
        stage.go("").await;
        let origin = stage.app.url().trim_end_matches('/').to_owned();
        let quota = json!({ "origin": origin, "quotaSize": 60_000 });
        stage.browser.devtools("Storage.overrideQuotaForOrigin", quota).await;
        let page = stage.page();
        let before = visit(stage).await;
        let told = page.alert("not kept for the next visit").await;
        assert!(told.contains("room"), "{told}");
        stage.picture("kept-full").await;
        page.click("button", "Dismiss").await;
        page.click("button", "Load prompt NSFW,").await;
        page.chart("prompt_nsfw").await;
        assert_eq!(page.texts("alert").await, [""; 0], "it is told once");
        same(&before, &page.rows().await);
    });
}
