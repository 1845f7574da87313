//! Words under the field of the search that go on with the one that is being typed, and how many rows have each.
//!
//! The list is a combobox's: the focus stays in the field, and arrows move through the words. What the field
//! needs for that, it gets once the list is there.

use crate::protocol::display::thousands;
use crate::protocol::suggest::MIN_LETTERS;
use crate::protocol::texts::search as texts;
use crate::ui::search::draft::Draft;
use crate::ui::store::use_store;
use crate::ui::widgets::keys::key_action;
use crate::view::keys::{Move, SUGGEST, SuggestKey};
use crate::view::unfinished::{complete, unfinished};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::ops::Range;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget, HtmlInputElement};

/// The list's id, and the beginning of those of its words.
const LIST: &str = "search-words";

/// What the field says and does that closes the list, or changes what is in it.
const HEARD: &[&str] = &["input", "keydown", "pointerdown", "focusout"];

/// The list; nothing where there is nothing to suggest.
#[component]
pub fn Suggestions() -> impl IntoView {
    use_context::<Draft>().map(|draft| view! { <Words draft/> })
}

#[component]
fn Words(draft: Draft) -> impl IntoView {
    let store = use_store();
    // What is being typed of a word, and where that stands.
    let typed = RwSignal::new(None::<(Range<usize>, String)>);
    let active = RwSignal::new(None::<usize>);
    let words = Memo::new(move |_| {
        let typed = typed.get().map(|(_, beginning)| beginning)?;
        store.suggestions.with(|found| {
            let words = found.as_ref().filter(|found| found.beginning == typed)?.words.clone();
            // The word itself is no suggestion, where there is no other.
            let goes_on = words.len() > 1 || words.iter().any(|(word, _)| !word.eq_ignore_ascii_case(&typed));
            goes_on.then_some(words)
        })
    });
    let look = move || {
        let next = draft.input.get_untracked().and_then(|input| beginning(&input));
        active.set(None);
        if let Some((_, beginning)) = &next {
            store.suggest(beginning);
        }
        typed.set(next);
    };
    let close = move || {
        active.set(None);
        typed.set(None);
    };
    let take = move |place: usize| {
        let word = words.with_untracked(|words| Some(words.as_ref()?.get(place)?.0.clone()));
        let (Some(word), Some((range, _)), Some(input)) =
            (word, typed.get_untracked(), draft.input.get_untracked())
        else {
            return;
        };
        let (text, caret) = complete(&input.value(), range, &word);
        let caret = text.get(..caret).map_or(0, |before| before.encode_utf16().count()) as u32;
        close();
        input.set_value(&text);
        let _ = input.set_selection_range(caret, caret);
        draft.type_in(text);
        draft.ask();
    };
    let key = move |event: &KeyboardEvent| {
        let count = words.with_untracked(|words| words.as_ref().map_or(0, Vec::len));
        let Some(action) = key_action(SUGGEST, event).filter(|_| count > 0) else {
            // The list is of where one types: elsewhere it would be of another word.
            if ["ArrowLeft", "ArrowRight", "Home", "End"].contains(&event.key().as_str()) {
                close();
            }
            return;
        };
        let now = active.get_untracked();
        match (action, now) {
            // From the last one to the field, and from there to the first one.
            (SuggestKey::Go(Move::Down), now) => {
                active.set(now.map_or(Some(0), |now| Some(now + 1)).filter(|next| *next < count));
            }
            (SuggestKey::Go(_), now) => {
                active.set(now.map_or(Some(count), Some).and_then(|now| now.checked_sub(1)))
            }
            (SuggestKey::Take, Some(now)) => take(now),
            (SuggestKey::Close, _) => close(),
            // What these keys do where no word is chosen is not for the list.
            (SuggestKey::Take, None) => return close(),
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let hear = move |event: Event| match event.type_().as_str() {
        "input" => look(),
        "keydown" => {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                key(event);
            }
        }
        _ => close(),
    };
    Effect::new(move || {
        if let Some(input) = draft.input.get() {
            listen(&input, hear);
            let _ = input.set_attribute("role", "combobox");
            let _ = input.set_attribute("aria-autocomplete", "list");
            let _ = input.set_attribute("aria-haspopup", "listbox");
            look();
        }
    });
    Effect::new(move || {
        let (open, active) = (words.with(Option::is_some), active.get());
        let Some(input) = draft.input.get() else { return };
        let set = |name: &str, value: Option<&str>| match value {
            Some(value) => drop(input.set_attribute(name, value)),
            None => drop(input.remove_attribute(name)),
        };
        set("aria-expanded", Some(if open { "true" } else { "false" }));
        set("aria-controls", open.then_some(LIST));
        set("aria-activedescendant", active.filter(|_| open).map(option_id).as_deref());
    });
    let option = move |(place, (word, rows)): (usize, (String, u64))| {
        let letters =
            typed.with_untracked(|typed| typed.as_ref().map_or(0, |(_, typed)| typed.chars().count()));
        let at = word.char_indices().nth(letters).map_or(word.len(), |(at, _)| at);
        let (begin, rest) = word.split_at_checked(at).unwrap_or((&word, ""));
        view! {
            <li
                role="option"
                id=option_id(place)
                aria-label=texts::word_in_rows(&word, rows)
                aria-selected=move || (active.get() == Some(place)).to_string()
                on:click=move |_| take(place)
            >
                <span>{begin.to_owned()}<b>{rest.to_owned()}</b></span>
                // What is read aloud has to hold what is seen.
                " "
                <small>{thousands(rows)}</small>
            </li>
        }
    };
    move || {
        words.get().map(|words| {
            view! {
                <ul
                    class="search-words"
                    id=LIST
                    role="listbox"
                    aria-label=texts::SUGGESTED_WORDS
                    // The focus stays in the field.
                    on:pointerdown=|event| event.prevent_default()
                    on:mousedown=|event| event.prevent_default()
                >
                    {words.into_iter().enumerate().map(option).collect_view()}
                </ul>
            }
        })
    }
}

fn option_id(place: usize) -> String {
    format!("{LIST}-{place}")
}

/// What is typed of a word, and where it stands in the field.
fn beginning(input: &HtmlInputElement) -> Option<(Range<usize>, String)> {
    let value = input.value();
    let (start, end) = (input.selection_start().ok()??, input.selection_end().ok()??);
    let mut units = 0;
    let caret = value.char_indices().find(|(_, c)| {
        let here = units >= end;
        units += c.len_utf16() as u32;
        here
    });
    let caret = caret.map_or(value.len(), |(at, _)| at);
    let place = unfinished(&value, caret).filter(|_| start == end)?;
    let word = value.get(place.clone())?.to_owned();
    (word.chars().count() >= MIN_LETTERS).then_some((place, word))
}

/// Hears what happens in the field before it does itself, as long as the component is there.
fn listen(input: &HtmlInputElement, hear: impl FnMut(Event) + 'static) {
    // On the way down to the field, whose own listeners come afterwards.
    let Some(target) = input.parent_element().map(EventTarget::from) else { return };
    let hear = Closure::<dyn FnMut(Event)>::new(hear);
    for name in HEARD {
        let _ = target.add_event_listener_with_callback_and_bool(name, hear.as_ref().unchecked_ref(), true);
    }
    let heard = StoredValue::new_local((target, hear));
    on_cleanup(move || {
        heard.with_value(|(target, hear)| {
            for name in HEARD {
                let _ = target.remove_event_listener_with_callback_and_bool(
                    name,
                    hear.as_ref().unchecked_ref(),
                    true,
                );
            }
        });
    });
}
