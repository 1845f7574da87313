//! The address bar and the back button.

use super::{Commit, Store};
use crate::ui::store::facts;
use crate::view::spec::{Spec, TableRef};
use crate::view::url;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

impl Store {
    /// Takes over the link that the page was opened with, and follows the back button.
    pub fn follow_address_bar(self) {
        self.restore();
        window_event_listener(leptos::ev::popstate, move |_| self.restore());
    }

    /// The link to the present view; none for a file of this device.
    pub fn link(self) -> Option<String> {
        Self::link_to(self.spec.get_untracked())
    }

    /// The link to the present view without what is around the result, for a frame.
    pub fn embed_link(self) -> Option<String> {
        Self::link_to(Spec { embed: true, ..self.spec.get_untracked() })
    }

    fn link_to(spec: Spec) -> Option<String> {
        if matches!(spec.table, Some(TableRef::Local(_))) {
            return None;
        }
        let location = window().location();
        let origin = location.origin().ok()?;
        let path = location.pathname().ok()?;
        Some(format!("{origin}{path}{}", query(&url::print(&spec))))
    }

    pub(super) fn write_history(self, commit: Commit) {
        if commit == Commit::Later {
            return;
        }
        let Ok(history) = window().history() else { return };
        let path = window().location().pathname().unwrap_or_default();
        let printed = self.spec.with_untracked(url::print);
        let link = format!("{path}{}", query(&printed));
        // A browser that thinks that there are too many steps refuses; the view goes on.
        let _ = match commit {
            Commit::Step => history.push_state_with_url(&JsValue::NULL, "", Some(&link)),
            Commit::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(&link)),
            Commit::Later => Ok(()),
        };
        tell_space(&printed);
    }

    fn restore(self) {
        let search = window().location().search().unwrap_or_default();
        let (spec, troubles) = url::parse_with(&search, &|name| facts::named_subset(name).is_some());
        self.say_link_troubles(&troubles);
        let same_table = self.spec.with_untracked(|now| now.opens_as(&spec));
        let columns: Vec<String> = spec.filters.keys().cloned().collect();
        let before = self.spec.get_untracked();
        self.apply(spec, Commit::Later);
        if same_table {
            self.remember_step(&before);
            columns.iter().for_each(|column| self.want(column));
        }
    }
}

/// A Space of the Hub shows the page in a frame, and has an address bar of its own: it takes the query
/// string over, and hands it to the frame when its page is opened again.
fn tell_space(printed: &str) {
    const HUB: &str = "https://huggingface.co";
    let window = window();
    let in_space = window.location().hostname().is_ok_and(|host| host.ends_with(".hf.space"));
    let parent = window.parent().ok().flatten().filter(|parent| *parent != window);
    if let Some(parent) = parent.filter(|_| in_space) {
        let message = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&message, &"queryString".into(), &printed.into());
        let _ = parent.post_message(&message, HUB);
    }
}

fn query(printed: &str) -> String {
    if printed.is_empty() { String::new() } else { format!("?{printed}") }
}
