//! Where the focus goes when what had it is gone.

use leptos::prelude::document;
use wasm_bindgen::JsCast;

/// What the page is about takes the focus: the table, the tiles, or whatever can first be reached.
pub fn to_view() {
    first_of(&["main [role=grid]", "main [tabindex='0']", "main button, main input, main a[href]"]);
}

/// The field of the search takes the focus, with what is in it selected.
pub fn to_search() {
    let found = document().query_selector("[role=search] input").ok().flatten();
    if let Some(input) = found.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        let _ = input.focus();
        input.select();
    }
}

/// The first thing that one of these selectors finds takes the focus.
pub fn first_of(selectors: &[&str]) {
    let found = selectors.iter().find_map(|selector| document().query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
