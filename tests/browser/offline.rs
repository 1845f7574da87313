//! The app without a network, and across versions of itself.

use crate::stage::{Stage, dist, play_kept, play_kept_at};
use hub::{App, AppConfig, Fault, Match, Server, What};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const TABLE: &str = "table=diffusiondb-2m";

/// Waits until the app can be served without a network.
async fn is_installed(stage: &Stage) {
    const READY: &str = "const done = arguments[0];
        if (!('serviceWorker' in navigator)) { done('never'); }
        navigator.serviceWorker.ready.then((ready) => done(ready.active?.scriptURL ?? 'none'));";
    let ready = stage.browser.client.execute_async(READY, Vec::new()).await.unwrap();
    assert!(ready.as_str().unwrap().ends_with("/sw.js"), "{ready}");
}

#[test]
fn the_app_starts_without_a_network_and_shows_what_was_read() {
    for prefix in ["/", "/deep/down/"] {
        play_kept_at("offline", prefix, async |stage| {
            let page = stage.page();
            stage.go_to_hub(TABLE).await;
            assert_eq!(page.settled().await, 5_000);
            let before = page.rows().await;
            is_installed(stage).await;
            stage.expect_failures();
            for gone in [Server::App, Server::Hub, Server::Cdn] {
                let fault = || Fault::always(Match { server: Some(gone), ..Match::default() }, What::Gone);
                stage.hub.script(fault());
                stage.app.script(fault());
            }
            // As someone comes back: a new page of the same address.
            stage.browser.client.goto("about:blank").await.unwrap();
            stage.go_to_hub(TABLE).await;
            assert_eq!(page.settled().await, 5_000);
            page.alert("Shown from what is kept on this device").await;
            for (before, after) in before.iter().zip(page.rows().await) {
                assert_eq!(before.cells, after.cells);
            }
            stage.picture("offline").await;
            // The start page as well, and another link.
            stage.go("").await;
            page.find("heading", "Look through millions of text-to-image prompts").await;
            stage.go_to_hub(&format!("{TABLE}&row=5")).await;
            assert_eq!(page.settled().await, 5_000);
        });
    }
}

/// A copy of the built app.
fn copied(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vitrine-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for entry in std::fs::read_dir(dist()).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    folder
}

fn named(folder: &Path, start: &str) -> String {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names = names.map(|name| name.to_string_lossy().into_owned());
    names.find(|name| name.starts_with(start) && name.ends_with(".js")).unwrap()
}

/// Puts another version in place of the one in this folder: the data thread under another name, and
/// everything that names it.
fn deploy(folder: &Path) -> (String, String) {
    let old = named(folder, "worker-");
    let new = "worker-0123456789abcdef.js".to_owned();
    std::fs::rename(folder.join(&old), folder.join(&new)).unwrap();
    for name in ["index.html", "sw.js"] {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).unwrap().replace(&old, &new);
        let text = text.replacen("const VERSION = \"", "const VERSION = \"next", 1);
        std::fs::write(&path, text).unwrap();
    }
    (old, new)
}

#[test]
fn an_update_never_runs_an_old_page_with_a_new_thread() {
    play_kept("offline-update", async |stage| {
        let folder = copied("update");
        let app = App::start(AppConfig::new(&folder)).unwrap();
        let page = stage.page();
        let client = &stage.browser.client;
        let query = format!("endpoint={}", stage.hub.endpoint());
        let threads = async || {
            const ASKED: &str = "return performance.getEntriesByType('resource').map((entry) => entry.name)
                .filter((name) => name.includes('/worker-') && name.endsWith('.js'));";
            let names: Vec<String> =
                serde_json::from_value(client.execute(ASKED, Vec::new()).await.unwrap()).unwrap();
            names.iter().map(|name| name.rsplit('/').next().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        client.goto(&format!("{}?{TABLE}&{query}", app.url())).await.unwrap();
        assert_eq!(page.settled().await, 5_000);
        is_installed(stage).await;
        // The page is loaded once more, now by way of what is kept of the app.
        client.goto(&format!("{}?{query}", app.url())).await.unwrap();
        page.find("heading", "Look through millions of text-to-image prompts").await;
        let (old, new) = deploy(&folder);
        // The page that is open starts its own thread, although the server has it no more.
        page.click("link", "DiffusionDB 2M").await;
        assert_eq!(page.settled().await, 5_000);
        assert_eq!(threads().await, BTreeSet::from([old]), "the old page and its thread");
        // A new page has the new thread at once.
        client.goto(&format!("{}?{TABLE}&{query}", app.url())).await.unwrap();
        assert_eq!(page.settled().await, 5_000);
        assert_eq!(threads().await, BTreeSet::from([new]), "the new page and its thread");
        drop(app);
        std::fs::remove_dir_all(&folder).unwrap();
    });
}
