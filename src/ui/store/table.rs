//! Another table: what was known is forgotten, and the data thread opens what the link names.

use super::notices::Item;
use super::rows::RowCache;
use super::{FIRST_ROWS, Store, base, show};
use crate::base::sorted::{Map, Set};
use crate::protocol::browse::Browse;
use crate::protocol::{Open, QueryState, Request, Show, Traffic};
use crate::ui::runtime::host;
use crate::ui::store::facts::order;
use crate::view::catalog::CHARTED_AT_OPEN;
use crate::view::spec::{HubFolder, RowQuery, Spec, TableRef};
use crate::view::url;
use leptos::prelude::*;

impl Store {
    /// Makes the data thread open the table of the link.
    pub(super) fn follow_table(self) {
        let spec = self.spec.get_untracked();
        let in_sight = spec.first_in_sight();
        let window = show::window_of(in_sight, in_sight + FIRST_ROWS);
        self.forget_table(&spec, window);
        let Some(table) = spec.table.as_ref() else {
            // Nothing is read behind the start page's back.
            self.inner.update_value(|inner| inner.link = None);
            return;
        };
        let endpoint = host::endpoint(spec.endpoint.as_ref());
        if let TableRef::Folder(HubFolder { repository, revision, folder }) = table.clone() {
            self.show_token(endpoint.as_deref().unwrap_or(crate::formats::hub::DEFAULT_ENDPOINT));
            self.send(&Request::Browse(Browse { endpoint, repository, revision, folder }));
            return;
        }
        let is_local = matches!(table, TableRef::Local(_));
        let files = self.inner.with_value(|inner| if is_local { inner.files.clone() } else { Vec::new() });
        if is_local && files.is_empty() {
            self.say_file_is_gone(&url::print_table(table));
            return;
        }
        self.inner.update_value(|inner| inner.table = Some(table.clone()));
        let added = match table {
            TableRef::Catalogue(id) => host::table(id),
            TableRef::Hub(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_) => None,
        };
        self.show_token(endpoint.as_deref().unwrap_or(crate::formats::hub::DEFAULT_ENDPOINT));
        let request = Request::Open(Open {
            table: table.clone(),
            endpoint,
            base: base(),
            reading: spec.reading,
            added: added.map(host::added),
            roles: host::roles(added, &spec.roles)
                .iter()
                .map(|(role, column)| (role.name().to_owned(), column.clone()))
                .collect(),
        });
        self.tell_kept();
        self.send_with(&request, &files);
        self.show_first(&spec, window);
    }

    /// Forgets what was answered: of the first rows of a table once all of it is there, or of the table before.
    pub(super) fn forget_first_rows(self) {
        self.described.set(None);
        self.charts.set(Map::new());
        self.count.set(None);
        self.prompts.set(None);
        self.phrases.set(None);
        self.likes.set(None);
        self.suggestions.set(None);
        self.plot.set(None);
        self.outcome.set(None);
        self.groups.set(None);
        self.rows.set(RowCache::default());
        self.detail.set(None);
        self.inner.update_value(|inner| {
            inner.sent = None;
            inner.rows_come.clear();
            inner.touched = None;
            inner.cube = None;
        });
    }

    /// Forgets what was known of the table before.
    fn forget_table(self, spec: &Spec, window: (u64, u32)) {
        self.forget_first_rows();
        self.opened.set(None);
        self.listed.set(None);
        let mut wanted = Set::new();
        wanted.extend(spec.filters.keys().cloned());
        self.wanted.set(wanted);
        self.live.set(None);
        self.query.set(QueryState::default());
        self.agreed.set(false);
        self.sort_agreed.set(false);
        self.sort_waits.set(None);
        self.forget_steps();
        self.progress.set(Map::new());
        self.traffic.set(Traffic::default());
        self.dragging.set(None);
        self.active.set(0);
        self.hovered.set(None);
        self.chosen.clear();
        self.compare.clear();
        self.pairs.clear();
        self.export.clear();
        self.images.clear(self.asks_previews(spec), move |request| self.send(&request));
        self.notices.update(|notices| notices.retain(Item::is_of_the_link));
        self.generation.update(|generation| *generation = generation.next());
        self.inner.update_value(|inner| {
            inner.window = window;
            inner.before_drag = None;
            inner.select_at = None;
            inner.table = None;
            inner.marked.clear();
            inner.lazy.forget();
        });
    }

    /// What is known of the view goes along, so that nothing waits for this page to see the footer.
    fn show_first(self, spec: &Spec, window: (u64, u32)) {
        let rows = spec.rows();
        self.send(&Request::Show(Show {
            generation: self.generation.get_untracked(),
            added: spec.added.clone(),
            joins: self.joins_wanted(),
            pin: spec.pin.clone().filter(|pin| pin.query.is_none()),
            columns: spec.columns.clone().unwrap_or_default(),
            first: window.0,
            count: window.1,
            rows: RowQuery {
                // What a search costs is not known before the footer is read.
                query: None,
                // Nor what an order costs, unless its columns are read with the table anyway.
                sort: if rows.sort.iter().all(|key| order(&key.column) < CHARTED_AT_OPEN) {
                    rows.sort
                } else {
                    Vec::new()
                },
                ..rows
            },
            ..Show::default()
        }));
    }
}
