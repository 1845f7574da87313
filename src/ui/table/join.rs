//! Joining other files: which, by what keys, and what came of it.

use crate::protocol::join::{Counts, Joined, Stage};
use crate::protocol::texts::join as texts;
use crate::protocol::texts::start::ENDINGS;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::place::table_of;
use crate::view::join::{Join, MAX_JOINS};
use leptos::ev::{DragEvent, Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// The part of the menu of columns.
#[component]
pub fn JoinPart() -> impl IntoView {
    let store = use_store();
    let asked = Memo::new(move |_| store.spec.with(|spec| spec.joins.clone()));
    let stages = Memo::new(move |_| {
        let stage = |words: &Vec<String>| store.joined(words).map(|joined| joined.stage.clone());
        asked.with(|asked| asked.iter().map(stage).collect::<Vec<_>>())
    });
    let section: NodeRef<html::Section> = NodeRef::new();
    // What had the focus is gone with the step that it took.
    Effect::watch(
        move || (asked.get(), stages.get()),
        move |_, _, _| {
            let Some(section) = section.get_untracked() else { return };
            if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
                let _ = section.focus();
            }
            // The list of columns above it has grown.
            request_animation_frame(move || section.scroll_into_view_with_bool(false));
        },
        false,
    );
    let over = RwSignal::new(false);
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0))
        {
            store.join_file(&file);
        }
    };
    view! {
        <section
            class="add-column join"
            tabindex="-1"
            node_ref=section
            aria-label=texts::TITLE
            data-over=move || over.get().then_some("")
            on:dragover=move |event: DragEvent| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <h2 class="panel-title">{texts::TITLE}</h2>
            <For each=move || asked.get() key=|words| words.clone() let:words>
                <One words/>
            </For>
            <Show when=move || asked.with(|asked| asked.len() < MAX_JOINS)>
                <Ask/>
            </Show>
        </section>
    }
}

/// A file that is joined, as far as it is known.
#[component]
fn One(words: Vec<String>) -> impl IntoView {
    let store = use_store();
    let joined = {
        let words = words.clone();
        Memo::new(move |_| store.joined(&words))
    };
    move || match joined.get() {
        None => view! { <p class="panel-note" role="status">{texts::OPENING}</p> }.into_any(),
        Some(joined) => view! { <Known words=words.clone() joined/> }.into_any(),
    }
}

/// Which file is to be joined.
#[component]
fn Ask() -> impl IntoView {
    let store = use_store();
    let field: NodeRef<html::Input> = NodeRef::new();
    let trouble = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = field.get_untracked() else { return };
        match table_of(&input.value()) {
            Ok(table) => {
                input.set_value("");
                store.join(Join::new(table), None);
            }
            Err(message) => trouble.set(Some(message)),
        }
    };
    let choose = move |event: Event| {
        let input = event.target().and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            store.join_file(&file);
        }
    };
    let is_first = move || store.spec.with(|spec| spec.joins.is_empty());
    view! {
        <p class="panel-note">{move || if is_first() { texts::ABOUT } else { texts::ANOTHER }}</p>
        <form class="join-line" on:submit=submit novalidate>
            <input
                type="text"
                class="field"
                node_ref=field
                aria-label=texts::PLACE
                aria-invalid=move || trouble.with(Option::is_some).then_some("true")
                placeholder=texts::PLACE_HINT
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                on:input=move |_| trouble.set(None)
            />
            <button type="submit" class="button" data-kind="line" data-size="small">{texts::OPEN}</button>
        </form>
        <p class="panel-note join-trouble" role="alert">{move || trouble.get()}</p>
        <div class="join-line">
            <label class="button" data-kind="line" data-size="small">
                <input type="file" class="label-file" accept=ENDINGS on:change=choose/>
                {icon(Icon::Upload)}
                {texts::CHOOSE}
            </label>
            <small>{texts::DROP}</small>
        </div>
    }
}

/// What is known of the file.
#[component]
fn Known(words: Vec<String>, joined: Arc<Joined>) -> impl IntoView {
    let store = use_store();
    let is_local = Join::is_local(&words);
    let gone = words.clone();
    let size = (joined.rows > 0).then(|| texts::found(joined.rows, joined.columns.len()));
    let state = match &joined.stage {
        Stage::Opening => view! { <p class="panel-note" role="status">{texts::OPENING}</p> }.into_any(),
        Stage::Choosing => view! { <Keys words joined=Arc::clone(&joined)/> }.into_any(),
        Stage::Comparing | Stage::Ready => view! { <Came joined=Arc::clone(&joined)/> }.into_any(),
        Stage::Failed(why) => {
            let keys = !joined.columns.is_empty();
            view! {
                <p class="panel-note join-trouble" role="alert">{icon(Icon::Alert)} {why.clone()}</p>
                {keys.then(|| view! { <Keys words joined=Arc::clone(&joined)/> })}
            }
            .into_any()
        }
    };
    view! {
        <div class="join-line">
            <span class="join-name" title=joined.source.clone()>
                <b>{joined.name.clone()}</b>
                <small>{size}</small>
            </span>
            <button
                type="button"
                class="button"
                data-kind="line"
                data-size="small"
                aria-label=texts::remove(&joined.name)
                on:click=move |_| store.unjoin(&gone)
            >
                {texts::REMOVE}
            </button>
        </div>
        {state}
        {is_local.then(|| view! { <p class="panel-note">{texts::LOCAL}</p> })}
    }
}

/// Which columns are compared.
#[component]
fn Keys(words: Vec<String>, joined: Arc<Joined>) -> impl IntoView {
    let store = use_store();
    let (here, there) = joined.keys.clone();
    let (here, there) = (RwSignal::new(here), RwSignal::new(there));
    let bytes = {
        let joined = Arc::clone(&joined);
        move || {
            let own = here
                .with(|here| joined.own.iter().find(|(name, _)| Some(name) == here.as_ref()).map(|it| it.1));
            let other = there.with(|there| {
                joined.columns.iter().find(|column| Some(&column.name) == there.as_ref()).map(|it| it.bytes)
            });
            Some(texts::reads(own?, other?))
        }
    };
    let compare = move |_| {
        if let Ok(join) = Join::read(&words) {
            let join = Join { here: here.get_untracked(), there: there.get_untracked(), ..join };
            store.join(join, Some(&words));
        }
    };
    let own: Vec<String> = joined.own.iter().map(|(name, _)| name.clone()).collect();
    let others: Vec<String> = joined.columns.iter().map(|column| column.name.clone()).collect();
    view! {
        <KeyField label=texts::KEY_HERE names=own chosen=here/>
        <KeyField label=texts::KEY_THERE names=others chosen=there/>
        <p class="panel-note">{bytes}</p>
        <div class="join-line">
            <button
                type="button"
                class="button"
                data-kind="line"
                data-size="small"
                disabled=move || here.with(Option::is_none) || there.with(Option::is_none)
                on:click=compare
            >
                {texts::COMPARE}
            </button>
        </div>
    }
}

#[component]
fn KeyField(label: &'static str, names: Vec<String>, chosen: RwSignal<Option<String>>) -> impl IntoView {
    let now = chosen.get_untracked();
    let choose = move |event| chosen.set(Some(event_target_value(&event)).filter(|name| !name.is_empty()));
    let none = now.is_none().then(|| view! { <option value="" selected=true>{texts::NO_KEY}</option> });
    let options = names.into_iter().map(|name| {
        let selected = now.as_ref() == Some(&name);
        view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
    });
    view! {
        <label class="join-key">
            <span>{label}</span>
            <select class="field" on:change=choose>{none}{options.collect_view()}</select>
        </label>
    }
}

/// What came of comparing.
#[component]
fn Came(joined: Arc<Joined>) -> impl IntoView {
    let Counts { rows, matched, without, keys, used, repeated, other_without } = joined.counts;
    let is_ready = joined.stage == Stage::Ready;
    let nothing = is_ready && matched == 0;
    let lines = [
        Some(texts::matched(matched, rows)),
        (is_ready && used < keys).then(|| texts::unused(keys - used, keys)),
        texts::without(without, other_without).filter(|_| is_ready),
        (repeated > 0).then(|| texts::repeated(repeated, &joined.name)),
    ];
    view! {
        <div role="status">
            <ul class="join-counts">
                {lines.into_iter().flatten().map(|line| view! { <li>{line}</li> }).collect_view()}
            </ul>
        </div>
        {nothing.then(|| view! { <p class="panel-note join-trouble" role="alert">{icon(Icon::Alert)} {texts::NOTHING_MATCHES}</p> })}
    }
}
