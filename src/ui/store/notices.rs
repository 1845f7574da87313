//! What went wrong, newest first, and what can be done about it.

use super::Store;
use crate::protocol::texts::notices as texts;
use crate::protocol::{Action, Level, Notice};
use crate::view::url::LinkNotice;
use leptos::prelude::*;

/// Notices that are kept; the page shows the newest two.
const MAX_KEPT: usize = 8;

const OF_THE_LINK: &str = "link";
const OF_THE_THREAD: &str = "thread";

/// A notice on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Different for each notice.
    pub id: u64,
    /// What it is about; a newer one about the same replaces it.
    pub subject: String,
    /// How bad it is.
    pub level: Level,
    /// What happened.
    pub title: String,
    /// What still works.
    pub text: String,
    /// What can be done.
    pub actions: Vec<ItemAction>,
    /// When the next try is made, in milliseconds since 1970, and how long the wait is in all.
    pub retry_at: Option<(f64, f64)>,
}

/// What a notice offers.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemAction {
    /// What the data thread offers.
    Of(Action),
    /// A new data thread.
    Restart,
}

impl Item {
    /// Whether it tells of the link rather than of the table.
    pub fn is_of_the_link(&self) -> bool {
        self.subject.starts_with(OF_THE_LINK)
    }
}

impl Store {
    /// Does what a notice offers.
    pub fn act(self, action: &ItemAction) {
        match action {
            ItemAction::Of(Action::Retry) => self.retry(),
            ItemAction::Of(Action::Reload) => self.reload(),
            ItemAction::Of(Action::ChooseAnother) => self.close(),
            ItemAction::Of(Action::OpenTable(table)) => self.open(table.clone()),
            ItemAction::Of(Action::ReadAs(reading)) => self.read_as(*reading),
            // Done by its field.
            ItemAction::Of(Action::SignIn(_)) => {}
            ItemAction::Restart => self.restart(),
        }
    }

    /// Takes a notice away.
    pub fn dismiss(self, id: u64) {
        self.notices.update(|notices| notices.retain(|item| item.id != id));
    }

    pub(super) fn say(self, notice: Notice) {
        let Notice { subject, level, title, text, actions, retry_in_millis } = notice;
        let retry_at = retry_in_millis.map(|wait| {
            let wait = f64::from(wait);
            (js_sys::Date::now() + wait, wait)
        });
        let actions = actions.into_iter().map(ItemAction::Of).collect();
        self.put(Item { id: 0, subject, level, title, text, actions, retry_at });
    }

    pub(super) fn settle(self, subject: &str) {
        if self.notices.with_untracked(|notices| notices.iter().any(|item| item.subject == subject)) {
            self.notices.update(|notices| notices.retain(|item| item.subject != subject));
        }
    }

    pub(super) fn say_thread_died(self, error: &str) {
        self.put(Item {
            id: 0,
            subject: OF_THE_THREAD.to_owned(),
            level: Level::Error,
            title: texts::THREAD_STOPPED.to_owned(),
            text: texts::thread_said(error),
            actions: vec![ItemAction::Restart],
            retry_at: None,
        });
    }

    pub(super) fn say_file_is_gone(self, name: &str) {
        self.put(Item {
            id: 0,
            subject: OF_THE_THREAD.to_owned(),
            level: Level::Fatal,
            title: texts::choose_again(name),
            text: texts::FILE_STAYS.to_owned(),
            actions: vec![ItemAction::Of(Action::ChooseAnother)],
            retry_at: None,
        });
    }

    pub(super) fn say_link_troubles(self, troubles: &[LinkNotice]) {
        self.notices.update(|notices| notices.retain(|item| !item.is_of_the_link()));
        for LinkNotice { key, message } in troubles.iter().rev() {
            self.put(Item {
                id: 0,
                subject: format!("{OF_THE_LINK} {key}"),
                level: Level::Info,
                title: if key.is_empty() {
                    texts::LINK_PART_LEFT_OUT.to_owned()
                } else {
                    texts::link_key_left_out(key)
                },
                text: message.clone(),
                actions: Vec::new(),
                retry_at: None,
            });
        }
    }

    fn put(self, mut item: Item) {
        let id = self.inner.try_update_value(|inner| {
            inner.next_notice += 1;
            inner.next_notice
        });
        item.id = id.unwrap_or_default();
        self.notices.update(|notices| {
            notices.retain(|other| other.subject != item.subject);
            notices.insert(0, item);
            notices.truncate(MAX_KEPT);
        });
    }
}
