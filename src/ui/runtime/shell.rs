//! What stands before any code runs, `shell/` in the built page: it goes in one step when the page itself is there.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FileList, HtmlInputElement};

/// Says which of them is shown; `early.js` sets it, and the styles hide the page behind it.
const SHOWN: &str = "data-shell";

/// Where `early.js` keeps files that were chosen or dropped before the page was there.
const FILES: &str = "vitrineFiles";

/// The page is there. What is returned has been chosen before.
pub fn take_over() -> Option<FileList> {
    let shell = document().get_element_by_id("shell")?;
    // Someone may be typing an address already.
    let before = field("#shell");
    let has_focus = before.as_ref().is_some_and(|field| document().active_element().as_ref() == Some(field));
    shell.remove();
    if let Some(root) = document().document_element() {
        let _ = root.remove_attribute(SHOWN);
    }
    if let (Some(before), Some(after)) = (before, field(".page")) {
        after.set_value(&before.value());
        if has_focus {
            let _ = after.focus();
        }
    }
    js_sys::Reflect::get(&window(), &FILES.into()).ok()?.dyn_into().ok()
}

fn field(within: &str) -> Option<HtmlInputElement> {
    document().query_selector(&format!("{within} [name=place]")).ok().flatten()?.dyn_into().ok()
}
