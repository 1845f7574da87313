//! What people need who see, move or read otherwise, beyond what `axe` looks for.

use crate::stage::{Stage, play, until};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use serde_json::{Value, json};

const TABLE: &str = "table=diffusiondb-2m";
const TAB: char = '\u{E004}';

async fn run(stage: &Stage, script: &str) -> Value {
    stage.browser.client.execute(script, Vec::new()).await.unwrap()
}

#[test]
fn at_twice_the_size_nothing_is_out_of_reach() {
    play("zoomed", async |stage| {
        // What 200 % leaves of a window of 1440 by 900.
        let screen = json!({ "width": 720, "height": 450, "deviceScaleFactor": 2, "mobile": false });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let page = stage.page();
        for query in [TABLE.to_owned(), format!("{TABLE}&row=7"), format!("{TABLE}&view=phrases")] {
            stage.go_to_hub(&query).await;
            page.chart("cfg").await;
            let (page_px, window_px) = page.widths().await;
            assert!(page_px <= window_px, "{query}: {page_px} px wide in a window of {window_px} px");
        }
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.rows().await;
        stage.picture("zoomed").await;
        page.click("button", "Settings").await;
        page.find("button", "Keyboard shortcuts").await;
        stage.picture("zoomed-settings").await;
        page.click("button", "Keyboard shortcuts").await;
        page.find("heading", "Keyboard shortcuts").await;
        page.click("button", "Close").await;
        until("the sheet is gone", async || {
            run(stage, "return !document.querySelector('dialog')").await.as_bool().filter(|gone| *gone)
        })
        .await;
    });
}

#[test]
fn who_asks_for_less_motion_sees_none() {
    play("still", async |stage| {
        let features = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        stage.browser.devtools("Emulation.setEmulatedMedia", features).await;
        let page = stage.page();
        stage
            .hub
            .set_link(hub::Link { latency: std::time::Duration::from_millis(300), ..hub::Link::default() });
        stage.go_to_hub(TABLE).await;
        page.find("button", "Settings").await;
        const MOVING: &str = "return document.getAnimations()
            .filter((it) => it.playState === 'running' && (it.effect?.getComputedTiming().duration ?? 0) > 20)
            .map((it) => it.animationName ?? it.transitionProperty);";
        for _ in 0..8 {
            assert_eq!(run(stage, MOVING).await, json!([]));
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        }
        page.settled().await;
        page.drag("cfg", 0.1, 0.6).await;
        assert_eq!(run(stage, MOVING).await, json!([]));
    });
}

#[test]
fn the_focus_is_always_seen() {
    play("focus", async |stage| {
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&row=7")).await;
        page.settled().await;
        page.rows().await;
        const LOOK: &str = r#"
            const at = document.activeElement;
            // Behind the last stop the focus is with the browser itself.
            if (!at || at === document.body || !document.hasFocus()) { return null; }
            const shows = (element, pseudo) => {
                const style = getComputedStyle(element, pseudo);
                return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
                    && !/rgba\(.*, 0\)|transparent/.test(style.outlineColor);
            };
            // A field inside a frame is shown by the frame.
            const around = [at, at.parentElement, at.parentElement?.parentElement].filter(Boolean);
            const seen = around.some((it) => shows(it) || shows(it, "::before") || shows(it, "::after"))
                || [...at.children].some((child) => shows(child));
            const words = `${at.tagName} ${at.getAttribute("role") ?? ""} ${at.getAttribute("aria-label") ?? at.innerText ?? ""}`;
            return [words.slice(0, 80), seen, at.getClientRects().length > 0];
        "#;
        let mut stops = Vec::new();
        for _ in 0..120 {
            let tab = KeyActions::new("keys".to_owned())
                .then(KeyAction::Down { value: TAB })
                .then(KeyAction::Up { value: TAB });
            stage.browser.client.perform_actions(tab).await.unwrap();
            if let Ok((words, seen, there)) =
                serde_json::from_value::<(String, bool, bool)>(run(stage, LOOK).await)
            {
                assert!(there, "{words} has the focus and is not there");
                assert!(seen, "{words} has the focus, and nothing shows it");
                stops.push(words);
            }
        }
        stops.sort();
        stops.dedup();
        assert!(stops.len() > 25, "{stops:#?}");
        for part in ["search", "Settings", "slider", "grid", "Close details"] {
            assert!(
                stops.iter().any(|stop| stop.contains(part) || stop.to_lowercase().contains(part)),
                "{part}: {stops:#?}"
            );
        }
    });
}
