//! A text with what matched in it.

use crate::protocol::display;
use crate::protocol::texts::search as texts;
use leptos::prelude::*;

/// The text with marks at these places, bytes from and to.
pub fn marked(text: &str, marks: &[(u32, u32)]) -> impl IntoView + use<> {
    marked_from(0, text, marks)
}

/// The same where only so many letters have room: it begins where the first mark is seen.
pub fn marked_near(text: &str, marks: &[(u32, u32)], letters: usize) -> impl IntoView + use<> {
    marked_from(display::begin_near(text, marks, letters), text, marks)
}

fn marked_from(from: usize, text: &str, marks: &[(u32, u32)]) -> impl IntoView + use<> {
    let mut pieces = Vec::with_capacity(marks.len() * 2 + 2);
    if from > 0 {
        pieces.push(view! { <>{texts::CUT}</> }.into_any());
    }
    let mut at = from;
    for (start, end) in marks {
        let (start, end) = (*start as usize, *end as usize);
        // What does not lie between characters is not of this text.
        let (Some(before), Some(mark)) = (text.get(at..start), text.get(start..end)) else { break };
        pieces.push(view! { <>{before.to_owned()}</> }.into_any());
        pieces.push(view! { <mark>{mark.to_owned()}</mark> }.into_any());
        at = end;
    }
    pieces.push(view! { <>{text.get(at..).unwrap_or_default().to_owned()}</> }.into_any());
    pieces
}
