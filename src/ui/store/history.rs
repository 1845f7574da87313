//! The address bar and the back button.

use super::{Commit, Store};
use crate::{spec::TableRef, url};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

impl Store {
    /// Takes over the link that the page was opened with, and follows the back button.
    pub fn follow_address_bar(self) {
        self.restore();
        window_event_listener(leptos::ev::popstate, move |_| self.restore());
        self.follow_undo_keys();
    }

    /// The link to the present view; none for a file of this device.
    pub fn link(self) -> Option<String> {
        let spec = self.spec.get_untracked();
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
        let link = format!("{path}{}", query(&self.spec.with_untracked(url::print)));
        // A browser that thinks that there are too many steps refuses; the view goes on.
        let _ = match commit {
            Commit::Step => history.push_state_with_url(&JsValue::NULL, "", Some(&link)),
            Commit::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(&link)),
            Commit::Later => Ok(()),
        };
    }

    fn restore(self) {
        let search = window().location().search().unwrap_or_default();
        let (spec, troubles) = url::parse(&search);
        self.say_link_troubles(&troubles);
        let same_table =
            self.spec.with_untracked(|now| now.table == spec.table && now.endpoint == spec.endpoint);
        let columns: Vec<String> = spec.filters.keys().cloned().collect();
        let before = self.spec.get_untracked();
        self.apply(spec, Commit::Later);
        if same_table {
            self.remember_step(&before);
            columns.iter().for_each(|column| self.want(column));
        }
    }
}

fn query(printed: &str) -> String {
    if printed.is_empty() { String::new() } else { format!("?{printed}") }
}
