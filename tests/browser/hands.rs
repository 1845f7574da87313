//! Hands of other kinds: a finger on a phone, columns pulled wider, colours that a system forces.

use crate::page::{Page, key};
use crate::sample::{DIFFUSIONDB, Table, sample_path};
use crate::stage::{play, until};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions};
use serde_json::{Value, json};
use std::time::Duration;

const TABLE: &str = "table=diffusiondb-2m";

/// Keeps what the page hears of a pointer, and where on the chart that is: told where a test fails.
const HEARD: &str = "window.heard = [];
    for (const name of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'scroll', 'resize']) {
        const hear = (event) => {
            const plot = document.querySelector('[data-column=cfg] .plot')?.getBoundingClientRect();
            const at = [event.clientX, event.clientY, plot?.x, plot?.y, plot?.width].map(Math.round);
            heard.push(`${name} ${at} on ${event.target.className?.baseVal ?? event.target.className}`);
        };
        addEventListener(name, hear, { capture: true, passive: true });
    }";

/// A finger put down, drawn over the screen and lifted.
async fn swipe(page: Page<'_>, (from_x, from_y): (f64, f64), (to_x, to_y): (f64, f64)) {
    const STEPS: u32 = 8;
    let at = |share: f64, millis: u64| PointerAction::MoveTo {
        duration: Some(Duration::from_millis(millis)),
        x: from_x + (to_x - from_x) * share,
        y: from_y + (to_y - from_y) * share,
    };
    let mut finger = TouchActions::new("finger".to_owned())
        .then(at(0.0, 0))
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
    for step in 1..=STEPS {
        finger = finger.then(at(f64::from(step) / f64::from(STEPS), 16));
    }
    let finger = finger.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    page.client.perform_actions(finger).await.unwrap();
}

async fn number(page: Page<'_>, script: &str) -> f64 {
    page.client.execute(script, Vec::new()).await.unwrap().as_f64().unwrap()
}

#[test]
fn a_finger_brushes_on_a_phone() {
    play("touch", async |stage| {
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let touch = json!({ "enabled": true, "maxTouchPoints": 1 });
        stage.browser.devtools("Emulation.setTouchEmulationEnabled", touch).await;
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.client.execute(HEARD, Vec::new()).await.unwrap();
        page.chart("cfg").await;
        let (left, top, width, height) = page.plot("cfg").await.rectangle().await.unwrap();
        let middle = top + height / 2.0;
        swipe(page, (left + width * 0.2, middle), (left + width * 0.7, middle + 3.0)).await;
        let heard = page.client.execute("return heard.join('\\n')", Vec::new()).await.unwrap();
        println!("from {left} {middle}:\n{}", heard.as_str().unwrap_or_default());
        let spec = until("a filter in the address", async || {
            let spec = page.spec().await;
            spec.filters.contains_key("cfg").then_some(spec)
        })
        .await;
        let brushed = table.count(&spec);
        assert!(0 < brushed && brushed < 5_000, "{spec:?}");
        page.settles_at(brushed).await;
        stage.picture("touch").await;
        // A finger that scrolls the page leaves the chart as it was.
        swipe(page, (left + width * 0.5, middle), (left + width * 0.5 + 2.0, middle + 200.0)).await;
        page.settles_at(brushed).await;
        assert_eq!(page.spec().await, spec);
        let (page_px, window_px) = page.widths().await;
        assert!(page_px <= window_px, "{page_px} px wide in a window of {window_px} px");
    });
}

#[test]
fn columns_are_pulled_wider_by_pointer_and_key() {
    const WIDTHS: &str = "return [...document.querySelectorAll('[role=grid] [data-column=cfg]')]
        .map((cell) => Math.round(cell.getBoundingClientRect().width));";
    play("widths", async |stage| {
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        page.rows().await;
        // The head and every cell below it have one width.
        let width = async || {
            let widths = page.client.execute(WIDTHS, Vec::new()).await.unwrap();
            let widths: Vec<i64> = serde_json::from_value(widths).unwrap();
            assert!(widths.len() > 5 && widths.iter().all(|width| *width == widths[0]), "{widths:?}");
            widths[0]
        };
        let before = width().await;
        let grip = page.find("separator", "Width of cfg scale").await;
        let (left, top, wide, high) = grip.rectangle().await.unwrap();
        let at = |by: f64| PointerAction::MoveTo {
            duration: Some(Duration::from_millis(30)),
            x: left + wide / 2.0 + by,
            y: top + high / 2.0,
        };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(at(0.0))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(at(20.0))
            .then(at(60.0))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })
            .then(at(200.0));
        page.client.perform_actions(mouse).await.unwrap();
        let pulled = width().await;
        assert!((pulled - before - 60).abs() <= 2, "{before} px became {pulled} px");
        stage.picture("widths").await;
        let grip = page.find("separator", "Width of cfg scale").await;
        grip.send_keys(key::LEFT).await.unwrap();
        assert_eq!(width().await, pulled - 16);
        grip.send_keys(key::ESCAPE).await.unwrap();
        assert_eq!(width().await, before);
        // A click on the grip is no click on anything below it.
        assert!(page.spec().await.filters.is_empty());
        assert_eq!(page.spec().await.row, None);
    });
}

#[test]
fn forced_colours_leave_everything_to_be_seen() {
    play("forced", async |stage| {
        let features = json!({ "features": [{ "name": "forced-colors", "value": "active" }] });
        stage.browser.devtools("Emulation.setEmulatedMedia", features).await;
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&cfg=7..12&row=5")).await;
        page.settled().await;
        page.rows().await;
        page.chart("sampler").await;
        let different = page
            .client
            .execute(
                r#"
                const style = (selector, pseudo) => getComputedStyle(document.querySelector(selector), pseudo);
                const clear = (colour) => /rgba\(.*, 0\)|transparent/.test(colour);
                return {
                    bars: style(".plot .here").fill !== style(".plot .all").fill,
                    edge: style(".plot .all-edge").stroke !== style(".plot .all").fill,
                    handle: !clear(style("[data-brushed] .handle", "::after").backgroundColor),
                    track: style(".track b").backgroundColor !== style(".track i").backgroundColor,
                    key: style(".key span", "::before").borderTopWidth !== "0px"
                        && !clear(style(".key [data-of=here]", "::before").backgroundColor),
                    connection: !clear(style(".status-connection", "::before").backgroundColor),
                    selected: style("[role=row][aria-selected=true]").outlineStyle === "solid",
                };
                "#,
                Vec::new(),
            )
            .await
            .unwrap();
        let Value::Object(seen) = &different else { panic!("{different}") };
        assert!(seen.values().all(|seen| *seen == json!(true)), "{different}");
        let outside = number(
            page,
            "return [...document.querySelectorAll('.rail button')].filter((button) => button.getClientRects().length
                && button.getBoundingClientRect().right > document.querySelector('.rail').getBoundingClientRect().right).length;",
        );
        assert_eq!(outside.await, 0.0, "buttons reach out of the rail");
        stage.picture("forced-colours").await;
    });
}
