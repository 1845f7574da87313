//! What the user can do: tables, filters, rows and columns.

use super::{Commit, RowData, Store};
use crate::base::sorted;
use crate::formats::hub::several::{MAX_FILES, by_number};
use crate::formats::sniff::is_table_name;
use crate::formats::tabular::reading::Reading;
use crate::protocol::describe::Describe;
use crate::protocol::texts::{common, start as texts};
use crate::protocol::{LazyRequest, Opened, Request, TableRequest};
use crate::view::chart::Measure;
use crate::view::roles::{Role, Roles};
use crate::view::spec::{Clause, Spec, TableRef};
use crate::view::views::{Lists, View};
use leptos::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

/// A file with nothing in it but its magic numbers and a footer's length.
const LEAST_FILE_BYTES: f64 = 12.0;

impl Store {
    // ------------------------------------------------------------ tables

    /// Opens a table from its beginning: no filters, nothing selected.
    pub fn open(self, table: TableRef) {
        let Spec { endpoint, embed, .. } = self.spec.get_untracked();
        self.apply(Spec { table: Some(table), endpoint, embed, ..Spec::default() }, Commit::Step);
    }

    /// Opens files of this device as one table, by the numbers in their names.
    ///
    /// # Errors
    /// What is wrong with them. The view stays as it was.
    pub fn open_files(self, files: Option<web_sys::FileList>) -> Result<(), String> {
        let files: Vec<web_sys::File> = files
            .map(|files| (0..files.length()).filter_map(|place| files.get(place)).collect())
            .unwrap_or_default();
        if files.len() > MAX_FILES {
            return Err(texts::too_many_files(files.len() as u64, MAX_FILES));
        }
        if let Some(short) =
            files.iter().find(|file| file.size() < LEAST_FILE_BYTES && !is_table_name(&file.name()))
        {
            return Err(texts::too_short(&short.name()));
        }
        let files = sorted::by(files, |a, b| by_number(&a.name(), &b.name()));
        let name = match files.as_slice() {
            [] => return Ok(()),
            [file] => file.name(),
            [first, rest @ ..] => texts::several_files(&first.name(), rest.len()),
        };
        self.inner.update_value(|inner| {
            inner.files = files;
            inner.table = None;
        });
        // The same name may be another file now.
        if self.spec.with_untracked(|spec| spec.table == Some(TableRef::Local(name.clone()))) {
            self.reload();
        }
        self.open(TableRef::Local(name));
        Ok(())
    }

    /// Back to the start page.
    pub fn close(self) {
        let Spec { endpoint, embed, .. } = self.spec.get_untracked();
        self.apply(Spec { endpoint, embed, ..Spec::default() }, Commit::Step);
    }

    /// Reads the open table anew.
    pub fn reload(self) {
        self.inner.update_value(|inner| inner.table = None);
        self.notices.set(Vec::new());
        self.follow_table();
    }

    /// A new data thread in place of one that died, with the same table and filters.
    pub fn restart(self) {
        self.inner.update_value(|inner| inner.link = None);
        self.reload();
    }

    // ------------------------------------------------------------ filters

    /// Sets or clears the clause of a column.
    pub fn set_clause(self, column: &str, clause: Option<Clause>, commit: Commit) {
        let mut spec = self.spec.get_untracked();
        match clause {
            Some(clause) => spec.filters.insert(column.to_owned(), clause),
            None => spec.filters.remove(column),
        };
        self.want(column);
        self.apply(spec, commit);
    }

    /// Drops the clause of a column.
    pub fn clear_clause(self, column: &str) {
        self.set_clause(column, None, Commit::Step);
    }

    /// Drops every clause.
    pub fn clear_all(self) {
        let mut spec = self.spec.get_untracked();
        spec.filters.clear();
        spec.query = None;
        spec.subset = None;
        self.apply(spec, Commit::Step);
    }

    // ------------------------------------------------------------ rows and columns

    /// Opens the details of a row by its place in the file, or closes them.
    pub fn select_row(self, row: Option<u64>) {
        let mut spec = self.spec.get_untracked();
        spec.row = row;
        self.apply(spec, Commit::Step);
    }

    /// Goes to a row of the result; where details are open, they are of it.
    pub fn move_to(self, position: u64) {
        self.set_active(position);
        if self.spec.with_untracked(|spec| spec.row.is_some()) {
            self.select_at(position);
        }
    }

    /// Opens the details of the row at a position of the result, as soon as it is known which.
    pub fn select_at(self, position: u64) {
        self.active.set(position);
        let row = self.rows.with_untracked(|rows| rows.get(position).map(|row| row.row));
        match row {
            Some(row) => self.select_row(Some(row)),
            None => self.inner.update_value(|inner| inner.select_at = Some(position)),
        }
    }

    /// Moves the row that the keys move.
    pub fn set_active(self, position: u64) {
        self.active.set(position);
    }

    /// Says which row is under the pointer.
    pub fn set_hovered(self, row: Option<Arc<RowData>>) {
        self.hovered.set(row);
    }

    /// Shows the result in another way.
    pub fn set_view(self, view: View) {
        let mut spec = self.spec.get_untracked();
        let of_groups = |view: View| view.facts().lists == Lists::Groups;
        if of_groups(spec.view) != of_groups(view) {
            // There it is the number of a prompt, elsewhere that of a row.
            spec.at = None;
        }
        spec.view = view;
        self.apply(spec, Commit::Step);
    }

    /// Chooses what the heights of charts stand for.
    pub fn set_measure(self, measure: Measure) {
        self.measure.set(measure);
    }

    /// Explains the fields of a row, or no more.
    pub fn toggle_explained(self) {
        self.explained.update(|explained| *explained = !*explained);
    }

    /// Chooses the table's columns; none are the usual ones.
    pub fn set_columns(self, columns: Option<Vec<String>>) {
        let mut spec = self.spec.get_untracked();
        spec.columns = columns;
        self.apply(spec, Commit::Step);
    }

    /// Opens the table again, read like this.
    pub fn read_as(self, reading: Reading) {
        self.apply(Spec { reading, ..self.spec.get_untracked() }, Commit::Step);
    }

    /// Says which column plays a part: one, none, or again what is guessed.
    pub fn set_role(self, role: Role, column: Option<Option<String>>) {
        let mut spec = self.spec.get_untracked();
        match column {
            Some(column) => spec.roles.insert(role, column),
            None => spec.roles.remove(&role),
        };
        self.apply(spec, Commit::Step);
    }

    /// Which column plays which part.
    pub fn roles(self) -> Roles {
        self.opened.with(|opened| opened.as_ref().map(|opened| roles_of(opened))).unwrap_or_default()
    }

    /// The column that plays a part.
    pub fn column_of(self, role: Role) -> Option<String> {
        self.opened.with(|opened| {
            let mut roles = opened.as_ref()?.roles.iter();
            roles.find(|(name, _)| name == role.name()).map(|(_, column)| column.clone())
        })
    }

    /// The table's columns, in order.
    pub fn columns(self) -> Vec<String> {
        let known = self.opened.get();
        let Some(opened) = known else { return Vec::new() };
        let exists = |name: &String| opened.columns.iter().any(|column| column.name == *name);
        if let Some(columns) = self.spec.with(|spec| spec.columns.clone()) {
            let kept: Vec<String> = columns.into_iter().filter(exists).collect();
            if !kept.is_empty() {
                return kept;
            }
        }
        opened.usual_columns.clone()
    }

    /// The columns that the table has unless others are chosen.
    pub fn usual_columns(self) -> Vec<String> {
        self.opened
            .with(|opened| opened.as_ref().map_or_else(Vec::new, |opened| opened.usual_columns.clone()))
    }

    /// Reads a column whole and charts it.
    pub fn load_column(self, column: &str) {
        self.want(column);
        self.send(&TableRequest::Load { column: column.to_owned() }.into());
        self.show_soon();
    }

    /// Stops reading a column.
    pub fn stop_column(self, column: &str) {
        self.wanted.update(|wanted| {
            wanted.remove(column);
        });
        self.send(&TableRequest::Stop { column: column.to_owned() }.into());
        self.show_soon();
    }

    /// Puts text on the clipboard and says so.
    pub fn copy(self, text: &str, done: &'static str) {
        let promise = window().navigator().clipboard().write_text(text);
        leptos::task::spawn_local(async move {
            let copied = wasm_bindgen_futures::JsFuture::from(promise).await.is_ok();
            self.tell(if copied { done } else { common::NO_CLIPBOARD });
        });
    }

    /// Says a few words for as long as they take to be read.
    pub fn tell(self, words: impl Into<Cow<'static, str>>) {
        const MOMENT_MILLIS: u64 = 1_200;
        const LETTER_MILLIS: u64 = 50;
        let words = words.into();
        let millis = MOMENT_MILLIS + LETTER_MILLIS * words.len() as u64;
        self.whisper.set(words);
        set_timeout(move || self.whisper.set("".into()), std::time::Duration::from_millis(millis));
    }

    /// Asks what the file says of itself.
    pub fn describe(self, asked: Describe) {
        self.send_lazy(&LazyRequest::Describe(asked));
    }

    /// Tries again what failed.
    pub fn retry(self) {
        self.send(&Request::Retry);
        self.images.retry_all();
    }

    pub(super) fn want(self, column: &str) {
        let is_new = self.wanted.with_untracked(|wanted| !wanted.contains(column));
        if is_new {
            self.wanted.update(|wanted| {
                wanted.insert(column.to_owned());
            });
        }
    }
}

/// Which column plays which part in a table.
pub(super) fn roles_of(opened: &Opened) -> Roles {
    Roles::told(opened.roles.iter().cloned())
}
