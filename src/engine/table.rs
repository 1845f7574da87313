//! The open table: the three owners that answer for it, and how they work together in one step.
//!
//! `data` knows what is here, `result` which rows match, `answers` what the page is told. They never
//! call back: each step goes through them once, from the bytes to the page, and what changed on the way is
//! handed on as [`Change`]s.

use super::Effect;
use super::answers::pace::Pace;
use super::answers::{Answers, report, report_script};
use super::change::Change;
use super::data::{Data, Origin};
use super::demand::{Class, Demand, Polled, Rows, Who};
use super::images::Images;
use super::jobs::Jobs;
use super::output::figure::draw;
use super::result::Matches;
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::protocol::{LazyResponse, Show, TableRequest};

/// The open table.
pub struct Table {
    /// What of it is here.
    pub data: Data,
    /// Which rows match.
    pub matches: Matches,
    /// What the page is told.
    pub answers: Answers,
}

/// What a step of the table came to.
#[derive(Debug, Default)]
pub struct Advanced {
    /// Ranges that are missing, in the order of the demands.
    pub missing: Vec<(Class, ByteRange)>,
    /// Whether there is more to be done with what is at hand.
    pub more: bool,
}

impl Table {
    /// A table of which nothing is shown yet.
    pub fn new(data: Data) -> Self {
        let matches = Matches::all(data.meta.rows);
        Self { data, matches, answers: Answers::new() }
    }

    /// Takes the new state of the screen.
    pub fn show(&mut self, show: Show, effects: &mut Vec<Effect>) {
        self.answers.take_show(show, &mut self.data, &mut self.matches, effects);
    }

    /// Opens the details of a row.
    pub fn open_detail(&mut self, row: u64) {
        self.answers.open_detail(row, &self.data);
    }

    /// Does what the page asks.
    pub fn request(&mut self, request: TableRequest, effects: &mut Vec<Effect>) {
        let Self { data, matches, answers } = self;
        match request {
            TableRequest::Load { column } => data.load(&column),
            TableRequest::Stop { column } => {
                data.stop(&column);
                answers.report_progress(data, effects);
            }
            TableRequest::Touch { column, generation } => {
                answers.touch(&column, generation, data, matches, effects);
            }
            TableRequest::Describe(wanted) => answers.describe(wanted, data, effects),
            TableRequest::Groups { wanted } => answers.want_groups(wanted, data),
            TableRequest::Pick(pick) => answers.pick(pick, data),
            TableRequest::Membership { rows } => answers.report_membership(&rows, matches, effects),
            TableRequest::Script(want) => report_script(want, data, effects),
            TableRequest::Figure(want) => report(effects, LazyResponse::Figure(draw(*want))),
        }
    }

    /// One step, once from the bytes at hand to the page.
    pub fn advance(
        &mut self,
        images: &mut Images,
        jobs: &mut Jobs,
        pace: &mut Pace,
        effects: &mut Vec<Effect>,
    ) -> Advanced {
        let changes = self.data.advance();
        self.follow(changes, effects);
        let (changes, working) = self.matches.advance(&self.data);
        self.note(&changes, effects);
        let changes = self.data.bin();
        self.follow(changes, effects);
        self.answers.refresh(&mut self.matches, pace);
        let mut more = working | jobs.advance(&mut self.data, &self.matches, images, effects);

        let demands = self.demands(images, jobs);
        let (Polled { missing, decoded }, changes) = self.data.poll(&demands);
        let failed = !changes.is_empty() && jobs.is_busy();
        self.follow(changes, effects);
        more |= self.answers.report(&self.data, &self.matches, effects);

        // What a job demanded may be here by now.
        more |= (decoded || failed) && jobs.is_busy();
        more |= jobs.goes_on(&self.data);
        more |= self.data.has_unseen_loads();
        Advanced { missing, more }
    }

    /// A footer of several can't be read; whether it was one, and the table goes on without it.
    pub fn leave_file_out(&mut self, range: ByteRange, error: &Error, effects: &mut Vec<Effect>) -> bool {
        let changes = self.data.leave_file_out(range, error);
        let left_out = !changes.is_empty();
        self.follow(changes, effects);
        left_out
    }

    /// Hands on what changed in the data: other rows may match for it, and the page may have to know.
    fn follow(&mut self, changes: Vec<Change>, effects: &mut Vec<Effect>) {
        let followed = self.matches.follow(&changes, &self.data);
        self.note(&changes, effects);
        self.note(&followed, effects);
    }

    fn note(&mut self, changes: &[Change], effects: &mut Vec<Effect>) {
        self.answers.note(changes, &mut self.data, &self.matches, effects);
    }

    /// All that is needed of the table now, the most important first.
    pub fn demands(&self, images: &Images, jobs: &Jobs) -> Vec<Demand> {
        let urgent = |place| self.is_urgent(place);
        let mut demands = self.answers.demands(&self.data, &self.matches, &images.columns());
        if let Some(class) = self.data.loads_need_files(urgent) {
            demands.push(Demand { who: Who::Load, rows: Rows::Further, fields: Vec::new(), class });
        }
        demands.extend(images.demands(&self.data));
        demands.extend(self.data.loads(urgent));
        demands.extend(jobs.demands(&self.data, images));
        demands
    }

    /// Whether a chart on the screen, a filter, the search or the order waits for the column.
    fn is_urgent(&self, place: usize) -> bool {
        let named = |place: usize| {
            let column = self.data.columns.get(place);
            column.is_some_and(|column| self.answers.charts(&column.info.name))
                || self.matches.needs(place, &self.data)
        };
        let derived = self.data.columns.iter().enumerate().filter(|(_, column)| match column.origin {
            Origin::Size { width, height } => width == place || height == place,
            Origin::Leaf(_) | Origin::Nested { .. } => false,
        });
        named(place) || derived.into_iter().any(|(derived, _)| named(derived))
    }
}
