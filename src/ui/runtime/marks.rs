//! Marks on the page's timeline.

use leptos::prelude::window;
use std::cell::Cell;

/// The page's `performance.mark`.
pub fn mark(name: &str) {
    /// Marks of frames and images that the browser is to keep: it keeps every one, and nobody looks at
    /// those of hundreds ago.
    const KEPT: u32 = 512;
    thread_local! {
        static MARKS: Cell<u32> = const { Cell::new(0) };
    }
    let Some(performance) = window().performance() else { return };
    let marks = MARKS.replace(MARKS.get().wrapping_add(1));
    if marks % KEPT == KEPT - 1 {
        for many in ["vitrine:brush", "vitrine:image"] {
            performance.clear_marks_with_mark_name(many);
        }
    }
    let _ = performance.mark(name);
}
