//! The colours of the page as other programs write them.
//!
//! A token is whatever the style sheet says, in any notation and for both themes. What it comes to is
//! asked of the browser, by painting one pixel with it.

use crate::protocol::figure::Colours;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

/// The colours of charts, in the present theme.
pub fn colours() -> Colours {
    let of = |token: &str| resolved(token).unwrap_or_default();
    Colours {
        ground: of("--case"),
        ink: of("--ink"),
        faint: of("--ink-3"),
        line: of("--line"),
        accent: of("--accent"),
        all: of("--all-fill"),
        all_edge: of("--all-edge"),
        ramp: (1..=7).map(|step| of(&format!("--h{step}"))).collect(),
    }
}

fn resolved(token: &str) -> Option<String> {
    let probe: HtmlElement = document().create_element("span").ok()?.dyn_into().ok()?;
    probe.style().set_property("color", &format!("var({token})")).ok()?;
    document().body()?.append_child(&probe).ok()?;
    let colour = window().get_computed_style(&probe).ok().flatten();
    let colour = colour.and_then(|style| style.get_property_value("color").ok());
    probe.remove();
    let canvas = OffscreenCanvas::new(1, 1).ok()?;
    let context: OffscreenCanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_fill_style_str(&colour?);
    context.fill_rect(0.0, 0.0, 1.0, 1.0);
    let pixel = context.get_image_data(0.0, 0.0, 1.0, 1.0).ok()?.data();
    match pixel.0.as_slice() {
        [red, green, blue, _] => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        _ => None,
    }
}
