//! Labels of one's own: which there are, which rows get them, and files of them.

use crate::protocol::display::thousands;
use crate::protocol::labels::{Ask, File, Form, Found, Label, What};
use crate::protocol::texts::labels as texts;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::{Store, count_now, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::popover::Popover;
use crate::ui::widgets::words::button_words;
use crate::view::chosen::ChosenRows;
use crate::view::labels::{COLOURS, MAX_NAME_CHARS};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The button and its panel.
#[component]
pub fn LabelsMenu() -> impl IntoView {
    let trigger = || (icon(Icon::Label), button_words(texts::LABELS));
    view! {
        <Popover label=texts::LABELS class="button columns-button" end=true trigger=ViewFn::from(trigger)>
            <LazyPart of=Lazy::Labels/>
        </Popover>
    }
}

/// What is in it.
#[component]
pub fn LabelsPanel() -> impl IntoView {
    let store = use_store();
    store.ask_labels(What::Tell.into());
    let any = Memo::new(move |_| !store.label_list().is_empty());
    let has_chosen = Memo::new(move |_| !store.chosen.rows.with(ChosenRows::is_empty));
    let has_rows = move || any.get() || store.labels().is_some_and(|all| all.notes > 0);
    view! {
        <div class="labels">
            <h2 class="panel-title">{texts::LABELS}</h2>
            <div class="label-list" role="list" aria-label=texts::LABELS>
                <For each=move || store.label_list() key=|label| (label.id, label.name.clone(), label.colour) let:label>
                    <div class="label-line" role="listitem"><LabelLine label/></div>
                </For>
            </div>
            <AddLabel/>
            <Show when=move || any.get() fallback=|| view! { <p class="panel-note">{texts::ABOUT}</p> }>
                <Matching/>
                <Show when=move || has_chosen.get()>
                    <Chosen/>
                </Show>
            </Show>
            <Files has_rows=Signal::derive(has_rows)/>
            <p class="panel-note">{move || where_kept(store)}</p>
        </div>
    }
}

fn where_kept(store: Store) -> String {
    store.labels().map_or_else(String::new, |all| texts::kept(all.kept, all.key.as_deref(), all.unkeyed))
}

/// One label: its colour, its name, how many rows have it.
#[component]
fn LabelLine(label: Label) -> impl IntoView {
    let store = use_store();
    let Label { id, name, colour, rows: _ } = label;
    let rows = Memo::new(move |_| {
        store.label_list().iter().find(|label| label.id == id).map_or(0, |label| label.rows)
    });
    let number = Some(u32::from(id));
    let set = move |text, colour| {
        store.ask_labels(Ask { what: What::Change, number, colour, text, ..Ask::default() });
    };
    let change = {
        let name = name.clone();
        move |event| {
            if let Ok(colour) = event_target_value(&event).parse() {
                set(name.clone(), colour);
            }
        }
    };
    let rename = move |event| set(event_target_value(&event), colour);
    let remove = move |_| store.ask_labels(Ask { what: What::Remove, number, ..Ask::default() });
    let options = (1..=COLOURS).map(|number| {
        view! { <option value=number.to_string() selected=number == colour>{texts::colour(number)}</option> }
    });
    view! {
        <span class="label-colour" data-label=colour.to_string()>
            <select class="field" aria-label=texts::colour_of(&name) title=texts::colour(colour) on:change=change>
                {options.collect_view()}
            </select>
        </span>
        <input
            type="text"
            class="field"
            maxlength=MAX_NAME_CHARS.to_string()
            aria-label=texts::name_of(&name)
            value=name.clone()
            on:change=rename
        />
        <span class="label-rows">{move || thousands(rows.get())}</span>
        <button
            type="button"
            class="close"
            aria-label=texts::remove(&name)
            on:click=remove
        >
            {icon(Icon::Close)}
        </button>
    }
}

/// The field for a new label.
#[component]
pub fn AddLabel(
    /// The row that gets it at once.
    #[prop(optional, into)]
    row: Option<Signal<Option<u64>>>,
) -> impl IntoView {
    let store = use_store();
    let name = RwSignal::new(String::new());
    let empty = move || name.with(|name| name.trim().is_empty());
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !untrack(empty) {
            let rows = row.and_then(|row| row.get_untracked()).into_iter().collect();
            let text = name.get_untracked();
            store.ask_labels(Ask { what: What::Add, rows, text, ..Ask::default() });
            name.set(String::new());
        }
    };
    view! {
        <form class="label-add" on:submit=add>
            <input
                type="text"
                class="field"
                maxlength=MAX_NAME_CHARS.to_string()
                aria-label=texts::NEW_LABEL
                placeholder=texts::NEW_LABEL
                prop:value=move || name.get()
                on:input=move |event| name.set(event_target_value(&event))
            />
            <button type="submit" class="button" data-kind="line" data-size="small" disabled=empty>
                {if row.is_some() { texts::ADD_HERE } else { texts::ADD }}
            </button>
        </form>
    }
}

/// What can be done with all rows that match.
#[component]
fn Matching() -> impl IntoView {
    let store = use_store();
    let count = Memo::new(move |_| count_now(store));
    let title = move || texts::all_that_match(count.get().map_or(0, |count| count.matching));
    let waits = move || count.get().is_none_or(|count| count.rows_read < count.rows);
    let mark = move |number: Option<u32>| {
        store.ask_labels(Ask { what: What::Matching, number, ..Ask::default() });
    };
    view! {
        <Many
            title=Signal::derive(title)
            which=texts::THAT_MATCH
            waits=Signal::derive(waits)
            mark=Callback::new(mark)
        />
    }
}

/// What can be done with rows that are chosen.
#[component]
fn Chosen() -> impl IntoView {
    let store = use_store();
    let title = move || texts::chosen(store.chosen.rows.with(|rows| rows.counts().0));
    let mark = move |number: Option<u32>| {
        let rows = store.chosen.rows.with_untracked(|rows| rows.rows().collect());
        store.ask_labels(Ask { what: What::Mark, rows, number, ..Ask::default() });
    };
    view! {
        <Many
            title=Signal::derive(title)
            which=texts::THAT_ARE_CHOSEN
            waits=Signal::derive(|| false)
            mark=Callback::new(mark)
        />
    }
}

/// A button for each label that many rows get, and one that takes theirs away.
#[component]
fn Many(
    title: Signal<String>,
    /// Which rows, behind "Label all rows".
    which: &'static str,
    /// Whether it is not known yet which rows they are.
    waits: Signal<bool>,
    /// Gives them the label of this number, or none.
    mark: Callback<Option<u32>>,
) -> impl IntoView {
    let store = use_store();
    let button = move |label: Label| {
        let Label { id, name, colour, .. } = label;
        view! {
            <li>
                <button
                    type="button"
                    class="button"
                    data-kind="line"
                    data-size="small"
                    aria-label=texts::label_all_as(which, &name)
                    disabled=waits
                    on:click=move |_| mark.run(Some(u32::from(id)))
                >
                    <i class="label-dot" data-label=colour.to_string()></i>
                    {name.clone()}
                </button>
            </li>
        }
    };
    view! {
        <h2 class="panel-title">{title}</h2>
        <ul class="label-buttons" aria-label=texts::label_all(which)>
            <For each=move || store.label_list() key=|label| (label.id, label.name.clone(), label.colour) let:label>
                {button(label)}
            </For>
            <li>
                <button
                    type="button"
                    class="button"
                    data-kind="line"
                    data-size="small"
                    disabled=waits
                    on:click=move |_| mark.run(None)
                >
                    {texts::CLEAR_ALL}
                </button>
            </li>
        </ul>
    }
}

/// Saving labels as a file, and reading one.
#[component]
fn Files(has_rows: Signal<bool>) -> impl IntoView {
    let store = use_store();
    let read = move |event: leptos::ev::Event| {
        let Some(input) = event.target().and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok())
        else {
            return;
        };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        store.read_label_file(file);
        // The same file can be chosen again.
        input.set_value("");
    };
    let save = move |form: Form, words: &'static str| {
        view! {
            <button
                type="button"
                class="button"
                data-kind="line"
                data-size="small"
                disabled=move || !has_rows.get()
                on:click=move |_| store.ask_labels(Ask { form, ..What::Save.into() })
            >
                {words}
            </button>
        }
    };
    view! {
        <h2 class="panel-title">{texts::FILE}</h2>
        <div class="label-files">
            {save(Form::Csv, texts::SAVE)}
            {save(Form::JsonLines, texts::SAVE_LINES)}
            <label class="button" data-kind="line" data-size="small" title=texts::READ_WHAT>
                <input type="file" class="label-file" on:change=read/>
                {texts::READ}
            </label>
        </div>
        <div role="status">
            {move || store.label_file().map(|file| view! { <FileState file/> })}
        </div>
    }
}

/// What became of a file that was read.
#[component]
fn FileState(file: File) -> impl IntoView {
    let store = use_store();
    let words = match &file {
        File::Written(..) | File::Found(_) => "",
        File::Opening => texts::READING_FILE,
        File::Reading => texts::READING_KEYS,
        File::Unclear => texts::UNCLEAR,
        File::TooLong => texts::TOO_LONG,
        File::NoKeys => texts::NO_KEYS,
        File::Failed(why) => why,
    }
    .to_owned();
    let found = match file {
        File::Found(found) => Some(found),
        File::Written(..)
        | File::Opening
        | File::Reading
        | File::Unclear
        | File::TooLong
        | File::NoKeys
        | File::Failed(_) => None,
    };
    let found = found.map(|found| {
        let other = found.other_table.as_deref().map(texts::of_another_table);
        let nothing = found.changes == 0;
        let Found { matched, unmatched, duplicate, new_labels, changes, .. } = found;
        let lines = texts::found(matched, unmatched, duplicate);
        view! {
            {other.map(|words| view! { <p class="panel-note label-warning">{icon(Icon::Alert)} {words}</p> })}
            <p class="panel-note">{lines} " " {texts::would_change(changes, new_labels)}</p>
            <div class="label-files">
                <button
                    type="button"
                    class="button"
                    data-size="small"
                    data-kind="line"
                    disabled=nothing
                    on:click=move |_| store.end_label_file(true)
                >
                    {texts::APPLY}
                </button>
                <button type="button" class="button" data-size="small" on:click=move |_| store.end_label_file(false)>
                    {texts::LEAVE}
                </button>
            </div>
        }
    });
    view! {
        {(!words.is_empty()).then(|| view! { <p class="panel-note">{words}</p> })}
        {found}
    }
}
