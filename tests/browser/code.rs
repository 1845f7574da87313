//! What comes before the page's code: what stands until it runs, and how its files are asked for.

use crate::stage::{Stage, dist, play, until};
use fantoccini::Locator;
use hub::{Fault, Match, Server, What};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

const TABLE: &str = "table=diffusiondb-2m";

/// The start page as the built HTML has it and as the code draws it, without the paintings, which are drawn later.
const BOTH: &str = "return (async () => {
    const html = await (await fetch('./', { cache: 'no-store' })).text();
    const built = new DOMParser().parseFromString(html, 'text/html').querySelector('.shell-start');
    const plain = (root) => {
        const copy = root.querySelector('.start').cloneNode(true);
        copy.querySelectorAll('.shelf > *').forEach((painting) => painting.remove());
        return copy.outerHTML.replaceAll('<!---->', '');
    };
    return [plain(built), plain(document.querySelector('.page'))];
})();";

#[test]
fn the_start_page_that_stands_before_the_code_is_the_one_that_the_code_draws() {
    play("shell", async |stage| {
        stage.go("").await;
        until("the page's own start page", async || {
            const THERE: &str = "return document.getElementById('shell') === null
                && document.querySelector('.page .painting') !== null;";
            let there = stage.browser.client.execute(THERE, Vec::new()).await.unwrap();
            (there == json!(true)).then_some(())
        })
        .await;
        let both = stage.browser.client.execute(BOTH, Vec::new()).await.unwrap();
        let parts = |place: usize| both[place].as_str().unwrap().replace("><", ">\n<");
        // Where this fails, shell/start.html has to be made what the page draws.
        assert_eq!(parts(0), parts(1));
    });
}

/// Keeps of every frame whether what stands before the code is seen, and whether the page is.
const WATCH: &str = "globalThis.frames_seen = [];
    const seen = (selector) => document.querySelector(selector)?.checkVisibility() ? 1 : 0;
    const look = () => {
        frames_seen.push(`${seen('.shell-start .start, .shell-table .app')}${seen('.page .bar')}`);
        if (frames_seen.length < 5_000) { requestAnimationFrame(look); }
    };
    requestAnimationFrame(look);";

#[test]
fn the_page_takes_the_place_of_what_stood_before_it_within_a_frame() {
    play("shell-frames", async |stage| {
        stage.browser.needs_chromium("scripts before a page's own");
        stage.browser.before_each_page(WATCH).await;
        for query in ["", "table=diffusiondb-sample"] {
            stage.go(query).await;
            let frames = until("the page", async || {
                let frames = stage.browser.client.execute("return frames_seen;", Vec::new()).await.unwrap();
                let frames: Vec<String> = serde_json::from_value(frames).unwrap();
                (frames.last().map(String::as_str) == Some("01")).then_some(frames)
            })
            .await;
            let mut states = frames.clone();
            states.dedup();
            // What a browser has kept may be there before anything else is drawn.
            let since = states.iter().position(|state| state != "00").unwrap();
            // The one goes when the other is there, and nothing comes back.
            assert!(states[since..].iter().all(|state| state != "00"), "{query}: {states:?}");
            assert!(states[since..].is_sorted_by(|a, b| a[..1] >= b[..1]), "{query}: {states:?}");
        }
    });
}

#[test]
fn a_file_that_is_chosen_before_the_page_is_there_is_opened() {
    play("shell-file", async |stage| {
        let pause = Duration::from_secs(5);
        let when = Match::on(Server::App, file("vitrine-", ".wasm"));
        stage.app.script(Fault::always(when, What::Stall { after: 0, pause }));
        stage.go("").await;
        let field = stage.browser.client.find(Locator::Css("#shell input[type=file]")).await.unwrap();
        let path = dist().join("sample/diffusiondb-sample.parquet");
        field.send_keys(path.to_str().unwrap()).await.unwrap();
        assert_eq!(stage.page().settled().await, 5_000);
    });
}

#[test]
fn code_that_can_not_be_fetched_is_told_before_there_is_a_page() {
    // Each in a browser of its own: what one visit has fetched, the next may take from the browser's cache.
    for (name, missing) in
        [("failed-script", file("vitrine-", ".js")), ("failed-module", file("vitrine-", ".wasm"))]
    {
        play(name, async |stage| {
            stage.expect_failures();
            stage.app.script(Fault::always(Match::on(Server::App, &missing), What::Status(503)));
            stage.go("").await;
            stage.page().alert("The app could not be fetched").await;
            stage.picture(name).await;
            stage.app.clear_faults();
            stage.page().click("link", "Load again").await;
            stage.page().find("heading", "Datasets").await;
        });
    }
}

/// The name of the app's file that begins and ends so.
fn file(begins: &str, ends: &str) -> String {
    let names = std::fs::read_dir(dist()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names = names.map(|name| name.to_string_lossy().into_owned());
    names.find(|name| name.starts_with(begins) && name.ends_with(ends)).unwrap()
}

/// How often each file of the code was asked for.
fn asked(stage: &Stage) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for entry in stage.app.log() {
        let name =
            entry.path.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        if name.ends_with(".wasm") || name.ends_with(".js") {
            *asked.entry(name.to_owned()).or_default() += 1;
        }
    }
    asked
}

#[test]
fn a_link_to_a_table_asks_for_all_of_its_code_at_once() {
    play("at-once", async |stage| {
        let script = file("vitrine-", ".js");
        let code =
            [file("vitrine-", ".wasm"), file("worker-", ".js"), file("worker-", ".wasm"), script.clone()];
        // The page's own script does not come: what is asked for is asked for without it.
        stage.expect_failures();
        stage.app.script(Fault::always(Match::on(Server::App, &script), What::Status(503)));
        stage.go_to_hub(TABLE).await;
        until("all files", async || {
            let asked = asked(stage);
            code.iter().all(|name| asked.contains_key(name)).then_some(())
        })
        .await;
        assert_eq!(stage.hub.log(), []);
    });
}

#[test]
fn each_file_of_the_code_is_asked_for_once() {
    for (name, query) in [("once-start", ""), ("once-table", TABLE)] {
        play(name, async |stage| {
            if query.is_empty() {
                stage.go("").await;
                stage.page().mark("vitrine:shell").await;
                until("the start page", async || {
                    let shell = "return document.getElementById('shell') === null;";
                    let gone = stage.browser.client.execute(shell, Vec::new()).await.unwrap();
                    (gone == json!(true)).then_some(())
                })
                .await;
            } else {
                stage.go_to_hub(query).await;
                assert_eq!(stage.page().settled().await, 5_000);
            }
            // What serves the app offline asks later, and for what the browser has cached by then.
            let twice: Vec<_> = asked(stage).into_iter().filter(|(_, times)| *times > 1).collect();
            assert_eq!(twice, [], "{query}");
        });
    }
}
