//! Choosing the table's columns.

use crate::protocol::texts::table as texts;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::facts;
use crate::ui::store::use_store;
use crate::ui::table::add_column::AddColumn;
use crate::ui::table::join::JoinPart;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::popover::Popover;
use crate::ui::widgets::words::button_words;
use leptos::prelude::*;

/// The button and its list of check boxes.
#[component]
pub fn ColumnsMenu() -> impl IntoView {
    let trigger = || {
        view! {
            {icon(Icon::Columns)}
            {button_words(texts::COLUMNS)}
        }
    };
    view! {
        <Popover label=texts::CHOOSE_COLUMNS class="button columns-button" end=true trigger=ViewFn::from(trigger)>
            <LazyPart of=Lazy::Columns/>
        </Popover>
    }
}

/// What is in it.
#[component]
pub fn ColumnsPanel() -> impl IntoView {
    let store = use_store();
    let names = move || {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
        })
    };
    view! {
        <h2 class="panel-title">{texts::COLUMNS}</h2>
        <ul class="checks">
            {store.pictures().is_some().then(|| view! { <li><ImagesCheck/></li> })}
            <For each=names key=Clone::clone let:name><li><ColumnCheck name/></li></For>
        </ul>
        <button
            type="button"
            class="button"
            data-size="small"
            disabled=move || store.spec.with(|spec| spec.columns.is_none())
            on:click=move |_| store.set_columns(None)
        >
            {texts::USUAL_COLUMNS}
        </button>
        <AddColumn/>
        <JoinPart/>
    }
}

/// Whether rows have their images; kept on this device.
#[component]
fn ImagesCheck() -> impl IntoView {
    let store = use_store();
    let shown = store.images.in_table;
    let toggle = move |_| {
        store.images.toggle_in_table();
        store.show_again();
    };
    view! {
        <label class="check" title=texts::ABOUT_IMAGES>
            <input type="checkbox" prop:checked=move || shown.get() on:change=toggle/>
            <span>{texts::IMAGES}</span>
        </label>
    }
}

#[component]
fn ColumnCheck(name: String) -> impl IntoView {
    let store = use_store();
    let title = facts::title(&name).to_owned();
    let about = facts::column(&name).map(|facts| &*facts.about);
    let small = (title != name).then(|| name.clone());
    let shown = {
        let name = name.clone();
        Memo::new(move |_| store.columns().contains(&name))
    };
    let toggle = move |_| {
        let usual = untrack(|| store.usual_columns());
        let mut columns = untrack(|| store.columns());
        if shown.get_untracked() {
            if columns.len() > 1 {
                columns.retain(|column| *column != name);
            }
        } else {
            columns.push(name.clone());
        }
        store.set_columns((columns != usual).then_some(columns));
    };
    view! {
        <label class="check" title=about>
            <input type="checkbox" prop:checked=move || shown.get() on:change=toggle/>
            <span>{title}</span>
            <small>{small}</small>
        </label>
    }
}
