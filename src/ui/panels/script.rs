//! The view as a program: a list of tools, the text, and a button that copies it.

use crate::protocol::script::Dialect;
use crate::protocol::texts::export as texts;
use crate::ui::store::use_store;
use leptos::prelude::*;

/// A part of the export menu.
#[component]
pub fn ScriptPart() -> impl IntoView {
    let store = use_store();
    let dialect = RwSignal::new(Dialect::default());
    // What is asked may change while the menu is open.
    Effect::new(move || {
        store.spec.track();
        if store.opened.with(Option::is_some) {
            store.ask_script(dialect.get());
        }
    });
    let text = Memo::new(move |_| {
        store.export.script.with(|script| {
            script.as_ref().filter(|script| script.dialect == dialect.get()).map(|script| script.text.clone())
        })
    });
    let choose = move |event: leptos::ev::Event| {
        let name = event_target_value(&event);
        if let Some((chosen, _)) = Dialect::ALL.iter().find(|(_, own)| *own == name) {
            dialect.set(*chosen);
        }
    };
    let options = Dialect::ALL.iter().map(|(_, name)| view! { <option value=*name>{*name}</option> });
    let copy = move |_| {
        if let Some(text) = text.get_untracked() {
            store.copy(&text, texts::SCRIPT_COPIED);
        }
    };
    view! {
        <section class="export-part" aria-label=texts::SCRIPT>
            <h2 class="panel-title">{texts::SCRIPT_TITLE}</h2>
            <div class="export-row">
                <select class="field" aria-label=texts::SCRIPT_FOR on:change=choose>{options.collect_view()}</select>
                <button
                    type="button"
                    class="button"
                    data-kind="line"
                    data-size="small"
                    disabled=move || text.with(Option::is_none)
                    on:click=copy
                >
                    {texts::COPY_SCRIPT}
                </button>
            </div>
            <pre class="script" role="region" tabindex="0" aria-label=texts::SCRIPT_TEXT>{move || text.get()}</pre>
        </section>
    }
}
