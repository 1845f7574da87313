//! Every function by keyboard, beyond what other tests press: where the focus goes, and what keys do there.

use crate::page::{End, key};
use crate::stage::{Stage, play, play_with_images, until};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use serde_json::Value;

const TABLE: &str = "table=diffusiondb-2m";
const ALT: char = '\u{E00A}';

/// Presses keys, one after another, where the focus is.
async fn press(stage: &Stage, keys: &str) {
    let mut actions = KeyActions::new("keys".to_owned());
    for value in keys.chars() {
        actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
    }
    stage.browser.client.perform_actions(actions).await.unwrap();
}

async fn text_of(stage: &Stage, script: &str) -> String {
    let answer = stage.browser.client.execute(script, Vec::new()).await.unwrap();
    match answer {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// What has the focus, by its name.
async fn focused(stage: &Stage) -> String {
    const FOCUSED: &str = "const at = document.activeElement;
        return at.getAttribute('aria-label') ?? (at === document.body ? 'nothing' : at.textContent.trim())";
    text_of(stage, FOCUSED).await
}

/// Puts the focus on something, as Tab would.
async fn focus(stage: &Stage, role: &str, name: &str) {
    let element = stage.page().find(role, name).await;
    let element = serde_json::to_value(element).unwrap();
    stage.browser.client.execute("arguments[0].focus()", vec![element]).await.unwrap();
}

async fn names(stage: &Stage, begins: &str) -> String {
    let script = format!(
        "return [...document.querySelectorAll('button')].map((it) => it.getAttribute('aria-label') ?? '')
            .find((name) => name.startsWith('{begins}'))"
    );
    until(begins, async || Some(text_of(stage, &script).await).filter(|name| name != "null")).await
}

#[test]
fn what_opens_by_key_closes_by_key_and_gives_the_focus_back() {
    play("keys-focus", async |stage| {
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.rows().await;
        for begins in ["Settings", "Choose columns", "Dataset:", "Subset", "Export", "About DiffusionDB"] {
            let name = names(stage, begins).await;
            focus(stage, "button", &name).await;
            press(stage, key::ENTER).await;
            page.find("group", &name).await;
            // What is in it may come a moment later.
            until("something to press", async || {
                const THERE: &str = "return String(Boolean(document.querySelector(
                    '.panel :is(button, input, select, a[href], [tabindex=\"0\"])')))";
                (text_of(stage, THERE).await == "true").then_some(())
            })
            .await;
            // Into the panel, and out by the key that closes.
            press(stage, key::TAB).await;
            let inside = "return String(Boolean(document.activeElement.closest('.panel')))";
            assert_eq!(text_of(stage, inside).await, "true", "{name}: {}", focused(stage).await);
            press(stage, key::ESCAPE).await;
            until(&format!("{name} to be closed"), async || {
                (text_of(stage, "return String(!document.querySelector('.panel'))").await == "true")
                    .then_some(())
            })
            .await;
            assert_eq!(focused(stage).await, name);
        }
        // The sheet of keys, the details, and the image of the details at full size.
        focus(stage, "grid", "Rows").await;
        press(stage, "?").await;
        page.find("heading", "Keyboard shortcuts").await;
        press(stage, key::ESCAPE).await;
        until("the table to have the focus", async || (focused(stage).await == "Rows").then_some(())).await;
        press(stage, &format!("{}{}", key::DOWN, key::ENTER)).await;
        page.find("button", "Close details").await;
        focus(stage, "button", "Close details").await;
        press(stage, key::ENTER).await;
        assert_eq!(focused(stage).await, "Rows");
        // Views by their letters, the search by its sign.
        for (letter, view) in [("g", "gallery"), ("p", "prompts"), ("t", "")] {
            press(stage, letter).await;
            until(view, async || {
                let query = page.query().await;
                let there = if view.is_empty() {
                    !query.contains("view=")
                } else {
                    query.contains(&format!("view={view}"))
                };
                there.then_some(())
            })
            .await;
        }
        press(stage, "/").await;
        press(stage, &format!("castle{}", key::ENTER)).await;
        until("a search", async || page.spec().await.query.filter(|query| query == "castle")).await;
        // A header sorts, a bar filters.
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        focus(stage, "button", "cfg scale").await;
        press(stage, key::ENTER).await;
        until("an order", async || (!page.spec().await.sort.is_empty()).then_some(())).await;
        let bar = page.bar("sampler", "k_lms").await;
        bar.send_keys(key::ENTER).await.unwrap();
        until("a filter", async || page.spec().await.filters.contains_key("sampler").then_some(())).await;
        // A number instead of a place.
        let handle = page.slider("cfg", End::Low).await;
        handle.send_keys(key::ENTER).await.unwrap();
        press(stage, &format!("7{}", key::ENTER)).await;
        until("a range", async || page.spec().await.filters.contains_key("cfg").then_some(())).await;
    });
}

#[test]
fn a_cell_of_the_map_is_chosen_by_key() {
    play("keys-map", async |stage| {
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&view=phrases")).await;
        page.find("heading", "Modifiers").await;
        const MAP: &str = "const map = document.querySelector('.plot-grid');
            if (!map) return 'null'; map.focus(); return map.getAttribute('aria-label')";
        let name =
            until("the map", async || Some(text_of(stage, MAP).await).filter(|name| name != "null")).await;
        const ACTIVE: &str = "const map = document.querySelector('.plot-grid');
            return document.getElementById(map.getAttribute('aria-activedescendant'))?.getAttribute('aria-label') ?? ''";
        let first = text_of(stage, ACTIVE).await;
        press(stage, &format!("{}{}", key::RIGHT, UP)).await;
        let second = text_of(stage, ACTIVE).await;
        assert_ne!(first, second);
        // To a cell that has rows.
        let mut words = second;
        for _ in 0..40 {
            if !words.ends_with(": 0") {
                break;
            }
            press(stage, &format!("{}{}", key::RIGHT, UP)).await;
            words = text_of(stage, ACTIVE).await;
        }
        let rows: u64 = words.rsplit(": ").next().unwrap().replace(',', "").parse().unwrap();
        assert!(rows > 0, "{words}");
        press(stage, key::ENTER).await;
        let spec = until("two filters", async || {
            let spec = page.spec().await;
            (spec.filters.contains_key("cfg") && spec.filters.contains_key("step")).then_some(spec)
        })
        .await;
        let told = format!("{} of 5,000 images", vitrine::protocol::display::thousands(rows));
        until(&told, async || {
            let line = page.texts("status").await;
            line.iter().any(|line| line.starts_with(&told)).then_some(())
        })
        .await;
        assert_eq!(spec.filters.len(), 2);
        // The map is another one now, and still has the focus.
        until("the map to have the focus", async || (focused(stage).await == name).then_some(())).await;
        stage.picture("keys-map").await;
    });
}

const UP: &str = "\u{E013}";

#[test]
fn two_images_are_compared_by_key() {
    play_with_images("keys-pair", async |stage: &Stage| {
        stage.put_archives();
        stage.expect_failures();
        let page = stage.page();
        stage.go_to_hub("table=imagereward-test&view=compare").await;
        page.images("region", "Images of the prompt").await;
        const NTH: &str = "[...document.querySelectorAll('button')]
            .filter((button) => button.textContent.includes('Compare this image'))[arguments[0]].focus()";
        for at in [0, 1] {
            stage.browser.client.execute(NTH, vec![at.into()]).await.unwrap();
            press(stage, key::ENTER).await;
        }
        page.find("group", "Two images").await;
        focus(stage, "slider", "How much of the first image is seen").await;
        let share = "return document.querySelector('.pair').style.getPropertyValue('--share')";
        let before = text_of(stage, share).await;
        press(stage, &format!("{}{}", key::LEFT, key::LEFT)).await;
        let after = text_of(stage, share).await;
        assert_ne!(before, after);
        stage.picture("keys-pair").await;
        focus(stage, "button", "Close the pair").await;
        press(stage, key::ENTER).await;
        until("the image to have the focus again", async || {
            focused(stage).await.contains("Compare this image").then_some(())
        })
        .await;
        // The next prompt by key.
        let title = text_of(stage, "return document.querySelector('.compare-head h2').textContent").await;
        focus(stage, "button", "Next prompt").await;
        press(stage, key::ENTER).await;
        until("another prompt", async || {
            let now = text_of(stage, "return document.querySelector('.compare-head h2').textContent").await;
            (now != title && !now.is_empty()).then_some(())
        })
        .await;
    });
}

#[test]
fn phrases_are_searched_and_excluded_by_key() {
    play("keys-phrases", async |stage| {
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&view=phrases")).await;
        page.find("heading", "Modifiers").await;
        const FIRST: &str = "const button = document.querySelector('.lift .phrase');
            if (!button) return 'null'; button.focus(); return button.textContent";
        until("a modifier", async || Some(text_of(stage, FIRST).await).filter(|name| name != "null")).await;
        press(stage, key::ENTER).await;
        let asked = until("a search", async || page.spec().await.query).await;
        assert!(!asked.starts_with('-'), "{asked}");
        stage.go_to_hub(&format!("{TABLE}&view=phrases")).await;
        page.find("heading", "Modifiers").await;
        until("a modifier", async || Some(text_of(stage, FIRST).await).filter(|name| name != "null")).await;
        let keys = KeyActions::new("keys".to_owned())
            .then(KeyAction::Down { value: ALT })
            .then(KeyAction::Down { value: '\u{E007}' })
            .then(KeyAction::Up { value: '\u{E007}' })
            .then(KeyAction::Up { value: ALT });
        stage.browser.client.perform_actions(keys).await.unwrap();
        let asked = until("a search that excludes", async || page.spec().await.query).await;
        assert!(asked.starts_with('-'), "{asked}");
    });
}

#[test]
fn a_notice_that_is_put_away_leaves_the_focus_on_the_page() {
    play("keys-notice", async |stage| {
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&step=1..2..3")).await;
        page.alert("").await;
        page.settled().await;
        focus(stage, "button", "Dismiss").await;
        press(stage, key::ENTER).await;
        until("no notice", async || page.texts("alert").await.is_empty().then_some(())).await;
        assert_ne!(focused(stage).await, "nothing");
    });
}
