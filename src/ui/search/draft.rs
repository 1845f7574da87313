//! What is typed into the search, until it is asked.

use crate::ui::store::Store;
use crate::view::query;
use crate::view::query::{Problem, Query};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// After so long without a key the query is asked.
const PAUSE: Duration = Duration::from_millis(150);

/// A query that may be half typed.
#[derive(Clone, Copy)]
pub struct Draft {
    store: Store,
    /// Where it is typed.
    pub input: NodeRef<html::Input>,
    /// As it is typed.
    pub text: RwSignal<String>,
    parsed: Memo<Result<Query, Problem>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// What was asked last, here or elsewhere.
    asked: StoredValue<String>,
    /// What is typed in one go is one step of the history.
    in_one_go: StoredValue<bool>,
}

impl Draft {
    /// The query that is asked now; it follows what is asked elsewhere.
    pub fn new(store: Store) -> Self {
        let text = RwSignal::new(String::new());
        let asked = StoredValue::new(String::new());
        Effect::new(move || {
            let now = store.spec.with(|spec| spec.query.clone()).unwrap_or_default();
            // What was asked here is no news, and more may have been typed since.
            if asked.with_value(|asked| *asked == now) {
                return;
            }
            asked.set_value(now.clone());
            if text.with_untracked(|text| text.trim() != now) {
                text.set(now);
            }
        });
        let parsed = Memo::new(move |_| text.with(|text| query::parse(text)));
        let (timer, in_one_go) = (StoredValue::new(None), StoredValue::new(false));
        let draft = Self { store, input: NodeRef::new(), text, parsed, timer, asked, in_one_go };
        on_cleanup(move || draft.wait_no_more());
        draft
    }

    /// What is wrong with it, as far as the page or the data thread knows.
    pub fn problem(self) -> Option<Problem> {
        match self.parsed.get() {
            Err(problem) => Some(problem),
            Ok(_) => {
                let state = self.store.query.get();
                let same = self.text.with(|text| text.trim() == state.query);
                let (start, end, message) = state.problem.filter(|_| same)?;
                let lead = self.text.with(|text| text.len() - text.trim_start().len());
                Some(Problem { place: start as usize + lead..end as usize + lead, message })
            }
        }
    }

    /// How many rows it alone matches, where an index says so.
    pub fn found(self) -> Option<u64> {
        let asked = self.store.spec.with(|spec| spec.query.clone())?;
        let same = self.text.with(|text| text.trim() == asked) && !self.store.is_stale();
        self.store.count.with(|count| count.as_ref()?.searched.filter(|_| same))
    }

    /// It is another one; it is asked when nothing more is typed.
    pub fn type_in(self, text: String) {
        self.text.set(text);
        self.wait_no_more();
        self.timer.set_value(set_timeout_with_handle(move || self.ask(), PAUSE).ok());
    }

    /// Asks it now, if it is a query.
    pub fn ask(self) {
        self.wait_no_more();
        if self.parsed.with_untracked(Result::is_ok) {
            let text = self.text.get_untracked();
            self.asked.set_value(text.trim().to_owned());
            self.store.search_for(&text, self.in_one_go.get_value());
            self.in_one_go.set_value(true);
        }
    }

    /// Asks it, and what is typed from now on is another step.
    pub fn finish(self) {
        self.ask();
        self.in_one_go.set_value(false);
    }

    fn wait_no_more(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}
