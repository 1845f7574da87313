//! What goes along with an outcome: told anew where the filters are other ones or more is read.

use super::report::report;
use super::{Answers, notice};
use crate::engine::Effect;
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::engine::extras::extras;
use crate::engine::result::Matches;
use crate::protocol::outcome::{Outcome, State, Want};
use crate::protocol::{LazyResponse, Listing, Response};

/// The outcome that the page asks about, if it does.
#[derive(Debug, Default)]
pub struct OutcomeState {
    want: Option<Want>,
    due: bool,
    /// What was told last rests on so many different prompts.
    prompts_told: usize,
}

impl OutcomeState {
    /// The masks are no longer what they were.
    pub fn recount(&mut self) {
        self.due = self.want.is_some();
    }

    /// Takes note of a change of the columns.
    pub fn follow(&mut self, change: &Change, data: &Data) {
        match change {
            Change::Binned { .. } | Change::Failed { .. } | Change::Relabelled { .. } => self.recount(),
            Change::Grew { column, complete: true } if data.prompt == Some(*column) => self.recount(),
            Change::Grew { .. }
            | Change::Damaged { .. }
            | Change::Pages
            | Change::Files
            | Change::MeasuresFailed { .. }
            | Change::FileLeftOut { .. }
            | Change::Matches { .. }
            | Change::Counted
            | Change::Order => {}
        }
    }

    /// Reads what it needs: a search that ends stops the reading of prompts.
    pub fn load(&self, data: &mut Data) {
        let Some(want) = &self.want else { return };
        if let Some(column) = want.column() {
            data.load(column);
        }
        if want.phrases.is_some() {
            data.load_prompts();
        }
    }
}

impl Answers {
    /// What goes along with an outcome is wanted, or not any more.
    pub fn want_outcome(&mut self, want: Option<Want>, data: &mut Data, effects: &mut Vec<Effect>) {
        if want.is_some() && extras().is_none() {
            report(effects, Response::Notice(notice::no_extras()));
            return;
        }
        self.outcome = OutcomeState { due: want.is_some(), want, prompts_told: 0 };
        self.outcome.load(data);
    }

    /// Takes more prompts apart where they are wanted, and reports where that is due or enough is new. Whether there
    /// is more to be done.
    pub(super) fn report_outcome(
        &mut self,
        data: &Data,
        matches: &Matches,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let (Some(want), Some(extras)) = (self.outcome.want.clone(), extras()) else { return false };
        let done = want.phrases.is_none_or(|list| {
            // What is listed beside it is taken apart in its own way.
            let unit = match self.show.list {
                Listing::Phrases(shown) => shown.unit,
                Listing::Rows | Listing::Prompts => list.unit,
            };
            self.lists.take_apart(unit, data)
        });
        let prompts = if want.phrases.is_some() { self.lists.parted() } else { 0 };
        let told = &mut self.outcome.prompts_told;
        let is_more = prompts >= (*told).max(1) * 2 || (done && prompts != *told);
        if std::mem::take(&mut self.outcome.due) || is_more {
            *told = prompts;
            let mut state = (extras.outcome)(data, matches, &want, self.lists.phrases());
            if let State::Counted(counted) = &mut state {
                counted.phrases_complete = done && data.prompts_complete();
            }
            let generation = self.show.generation;
            let outcome = Outcome { generation, words: want.words, state };
            report(effects, LazyResponse::Outcome(Box::new(outcome)));
        }
        !done
    }
}
