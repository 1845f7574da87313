//! Answers for lazy views. Only code in their modules can read them; answers that arrive before that code
//! wait.

use super::Store;
use crate::protocol::browse::Browse;
use crate::protocol::{Detail, LazyResponse};
use crate::ui::runtime::worker_link::Unread;
use crate::view::spec::TableRef;
use leptos::prelude::*;
use std::sync::Arc;

/// Reads an answer; the flag says whether it arrived before the table was open.
pub type Reader = fn(Store, bool, Unread);

/// The most answers that wait. The newest of each kind replaces those before it.
const MAX_WAITING: usize = 64;

/// Answers that no code can read yet.
#[derive(Default)]
pub struct Waiting {
    reader: Option<Reader>,
    unread: Vec<(bool, Unread)>,
}

impl Waiting {
    /// Drops answers about another table.
    pub fn forget(&mut self) {
        self.unread.clear();
    }
}

impl Store {
    /// The code that reads answers has been loaded.
    pub fn read_with(self, reader: Reader) {
        let unread = self.inner.try_update_value(|inner| {
            inner.lazy.reader = Some(reader);
            std::mem::take(&mut inner.lazy.unread)
        });
        for (early, unread) in unread.unwrap_or_default() {
            reader(self, early, unread);
        }
    }

    pub(super) fn receive_unread(self, early: bool, unread: Unread) {
        match self.inner.with_value(|inner| inner.lazy.reader) {
            Some(reader) => reader(self, early, unread),
            None => self.inner.update_value(|inner| {
                if inner.lazy.unread.len() >= MAX_WAITING {
                    inner.lazy.unread.remove(0);
                }
                inner.lazy.unread.push((early, unread));
            }),
        }
    }

    fn receive_lazy(self, early: bool, said: LazyResponse) {
        let of_a_table = match &said {
            LazyResponse::Detail(_)
            | LazyResponse::Making(_)
            | LazyResponse::Groups(_)
            | LazyResponse::Pairs(_)
            | LazyResponse::GroupBy(_)
            | LazyResponse::Picked(_)
            | LazyResponse::Membership(_)
            | LazyResponse::Plot(_)
            | LazyResponse::Outcome(_)
            | LazyResponse::Prompts(_)
            | LazyResponse::Phrases(_)
            | LazyResponse::Likes(_)
            | LazyResponse::Suggestions(_)
            | LazyResponse::Export(_)
            | LazyResponse::Script(_)
            | LazyResponse::Figure(_)
            | LazyResponse::Labels(_)
            | LazyResponse::LabelFile(_)
            | LazyResponse::Joined(_)
            | LazyResponse::Described(_) => true,
            LazyResponse::Listed(_) | LazyResponse::Kept { .. } => false,
        };
        if early && of_a_table {
            return;
        }
        match said {
            LazyResponse::Listed(listed) => {
                let is_wanted = self.spec.with_untracked(|spec| {
                    spec.table.as_ref().is_some_and(|table| is_place(table, &listed.place))
                });
                if is_wanted {
                    self.listed.set(Some(Arc::new(*listed)));
                }
            }
            LazyResponse::Plot(plot) => self.plot.set(Some(Arc::from(plot))),
            LazyResponse::Outcome(outcome) => self.outcome.set(Some(Arc::from(outcome))),
            LazyResponse::Prompts(prompts) => self.prompts.set(Some(Arc::new(prompts))),
            LazyResponse::Phrases(phrases) => self.phrases.set(Some(Arc::new(phrases))),
            LazyResponse::Likes(likes) => self.likes.set(Some(Arc::from(likes))),
            LazyResponse::Suggestions(words) => self.suggestions.set(Some(Arc::new(words))),
            LazyResponse::Detail(detail) => self.receive_detail(detail),
            LazyResponse::Export(progress) => self.export.receive(progress),
            LazyResponse::Script(script) => self.export.script.set(Some(Arc::new(script))),
            LazyResponse::Figure(figure) => self.save_figure(figure),
            LazyResponse::Making(making) => self.images.receive_making(making),
            LazyResponse::Groups(groups) => self.compare.receive_groups(groups),
            LazyResponse::Pairs(pairs) => self.pairs.receive(*pairs),
            LazyResponse::GroupBy(groups) => self.groups.set(Some(Arc::from(groups))),
            LazyResponse::Picked(picked) => self.compare.receive_picked(picked),
            LazyResponse::Membership(membership) => self.receive_membership(membership),
            LazyResponse::Described(described) => self.described.set(Some(Arc::new(*described))),
            LazyResponse::Labels(labels) => self.receive_labels(*labels),
            LazyResponse::LabelFile(file) => self.receive_label_file(file),
            LazyResponse::Joined(joined) => self.receive_joined(joined),
            LazyResponse::Kept { bytes } => self.kept.bytes.set(Some(bytes)),
        }
    }

    fn receive_detail(self, detail: Detail) {
        if self.spec.with_untracked(|spec| spec.row) != Some(detail.row) {
            return;
        }
        let is_new =
            self.detail.with_untracked(|known| known.as_ref().is_none_or(|known| known.row != detail.row));
        if let Some(position) = detail.position.filter(|_| is_new) {
            self.active.set(position);
        }
        self.detail.set(Some(Arc::new(detail)));
    }
}

/// Reads an answer and takes it into the state; only entries of lazy modules may name it.
pub fn read_lazy(store: Store, early: bool, unread: Unread) {
    match unread.read() {
        Ok(said) => store.receive_lazy(early, said),
        Err(error) => store.say_thread_died(&error),
    }
}

/// Whether a listing is of this folder.
fn is_place(table: &TableRef, place: &Browse) -> bool {
    let Browse { endpoint: _, repository, revision, folder } = place;
    matches!(table, TableRef::Folder(wanted)
        if wanted.repository == *repository && wanted.revision == *revision && wanted.folder == *folder)
}
