//! Categories as horizontal bars; a click on one is a filter.

pub mod model;
pub mod row;

use crate::protocol::texts::charts as texts;
use crate::ui::charts::bars::model::Model;
use crate::ui::charts::bars::row::BarRow;
use crate::ui::charts::head::{ChartHead, heading_id};
use crate::ui::charts::plot::{UnreadableRows, marked_cell};
use crate::ui::store::facts;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::spec::ListValue;
use leptos::prelude::*;

/// The chart of one column.
#[component]
pub fn Bars(column: String) -> impl IntoView {
    let store = use_store();
    let heading = heading_id(&column);
    let data_column = column.clone();
    let column = StoredValue::new(column);
    let model = Model::new(store, column);
    let Model { now, growing, clause, bars, others, expanded, finds, shown, .. } = model;
    let marked = marked_cell(store, column);
    let at = Memo::new(move |_| {
        let cell = marked.get()?;
        column.with_value(|column| facts::cell(column, &cell, None))
    });
    let row = move |value: ListValue| {
        let this = {
            let value = value.clone();
            Memo::new(move |_| bars.with(|bars| bars.iter().find(|bar| bar.value == value).cloned()))
        };
        view! { <BarRow column bar=this clause at/> }
    };
    let more = move || {
        let is_said = !model.finds_nothing() && (expanded.get() || model.hidden() == 0);
        if is_said { others.get() } else { 0 }
    };
    view! {
        <section
            role="group"
            aria-labelledby=heading
            data-column=data_column
            data-brushed=move || clause.with(Option::is_some).then_some("")
        >
            <ChartHead column growing clause drawn=Callback::new(move |()| model.drawn(store))>
                <Show when=move || model.hidden() != 0>
                    <button
                        type="button"
                        class="more"
                        aria-expanded=move || expanded.get().to_string()
                        on:click=move |_| expanded.update(|expanded| *expanded = !*expanded)
                    >
                        {move || if expanded.get() { texts::FEWER.to_owned() } else { texts::more(model.hidden()) }}
                    </button>
                </Show>
            </ChartHead>
            <Show when=move || finds.get()>
                <FindValue model/>
            </Show>
            <ul
                class="bars"
                data-long=move || finds.get().then_some("")
                style=("--label", move || format!("calc({:.1}ch + 14px)", model.label_letters()))
            >
                <For each=move || shown.get() key=ListValue::key children=row/>
            </ul>
            <Show when=move || model.is_all_different()>
                <p class="dist-note">{texts::ALL_DIFFERENT}</p>
            </Show>
            <Show when=move || model.finds_nothing()>
                <p class="dist-note">{texts::NOT_LISTED}</p>
            </Show>
            <Show when=move || more() != 0>
                <p class="dist-note">{move || texts::more_values(others.get().into())}</p>
            </Show>
            <UnreadableRows now/>
        </section>
    }
}

/// The field to find a value among many.
#[component]
fn FindValue(model: Model) -> impl IntoView {
    let store = use_store();
    let Model { column, wanted, .. } = model;
    let label = column.with_value(|column| texts::find_value(facts::title(column)));
    let key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            model.take_wanted(store);
        }
        "Escape" if wanted.with_untracked(|wanted| !wanted.is_empty()) => {
            event.prevent_default();
            wanted.set(String::new());
        }
        _ => {}
    };
    view! {
        <div class="bars-find">
            {icon(Icon::Search)}
            <input
                type="search"
                class="field"
                aria-label=label
                placeholder=texts::FIND_HINT
                autocomplete="off"
                spellcheck="false"
                prop:value=move || wanted.get()
                on:input=move |event| wanted.set(event_target_value(&event))
                on:keydown=key
            />
        </div>
    }
}
