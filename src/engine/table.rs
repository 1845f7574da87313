//! The open table: the three owners that answer for it, and how they work together in one step.
//!
//! `data` knows what is here, `result` which rows match, `answers` what the page is told. They never
//! call back: each step goes through them once, from the bytes to the page, and what changed on the way is
//! handed on as [`Change`]s.

use super::Effect;
use super::answers::pace::Pace;
use super::answers::{Answers, notice, report, report_script};
use super::beside::News;
use super::change::Change;
use super::data::Data;
use super::demand::{Class, Demand, Polled, Rows, Who};
use super::extras::extras;
use super::images::Images;
use super::jobs::Jobs;
use super::result::Matches;
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::formats::parquet::plan::Link;
use crate::formats::text_index::Index;
use crate::protocol::{LazyRequest, LazyResponse, Response, Show, TableRequest};
use crate::view::roles::Role;

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
        self.data.want_all_joined();
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
            TableRequest::Membership { rows } => answers.report_membership(&rows, matches, effects),
            TableRequest::Labels(ask) => self.label(ask, effects),
        }
    }

    /// Does what lazily loaded views and panels ask. Exports are not the table's.
    pub fn lazy_request(&mut self, request: LazyRequest, effects: &mut Vec<Effect>) {
        let Self { data, matches, answers } = self;
        match request {
            LazyRequest::Describe(wanted) => answers.describe(wanted, data, effects),
            LazyRequest::Groups { wanted } => answers.want_groups(wanted, data),
            LazyRequest::Pairs(want) => answers.want_pairs(want, data, effects),
            LazyRequest::Pick(pick) => answers.pick(pick, data),
            LazyRequest::GroupBy(want) => answers.want_group_by(want, data),
            LazyRequest::Plot(want) => answers.want_plot(want, data),
            LazyRequest::Outcome(want) => answers.want_outcome(want, data, effects),
            LazyRequest::Like(like) => matches.want_like(like),
            LazyRequest::Suggest { beginning } => matches.suggest(beginning),
            LazyRequest::Script(want) => report_script(want, data, effects),
            LazyRequest::Figure(want) => match extras() {
                Some(extras) => report(effects, LazyResponse::Figure((extras.draw)(*want))),
                None => report(effects, Response::Notice(notice::no_extras())),
            },
            LazyRequest::Export(_)
            | LazyRequest::ExportPairs(_)
            | LazyRequest::TakeImages(_)
            | LazyRequest::PauseExport { .. }
            | LazyRequest::CancelExport => {}
        }
    }

    /// One step, once from the bytes at hand to the page.
    pub fn advance(
        &mut self,
        images: &mut Images,
        jobs: &mut Jobs,
        pace: &mut Pace,
        link: Link,
        effects: &mut Vec<Effect>,
    ) -> Advanced {
        self.advance_labels(effects);
        let changes = self.data.advance();
        self.follow(changes, effects);
        if self.data.take_joined() {
            report(effects, Response::Grown(self.data.opened()));
            self.answers.ask_again(&mut self.data, &mut self.matches, effects);
        }
        let (changes, reading) = self.matches.read_copy(&mut self.data);
        self.follow(changes, effects);
        let (changes, working) = self.matches.advance(&self.data);
        self.note(&changes, effects);
        if let Some(error) = self.matches.take_index_fault() {
            self.give_index_up(&error, effects);
        }
        if let Some(suggestions) = self.matches.take_suggestions() {
            report(effects, LazyResponse::Suggestions(suggestions));
        }
        let changes = self.data.bin();
        self.follow(changes, effects);
        self.answers.refresh(&mut self.matches, pace);
        if let Some(likes) = self.matches.advance_like(&self.data) {
            report(effects, LazyResponse::Likes(Box::new(likes)));
        }
        if self.answers.want_prompts(&self.data, &mut self.matches) {
            self.note(&[Change::Pages], effects);
        }
        let mut more = working | reading | jobs.advance(&mut self.data, &self.matches, images, effects);

        let demands = self.demands(images, jobs);
        let (Polled { missing, decoded }, changes) = self.data.poll(&demands, link);
        let failed = !changes.is_empty() && jobs.is_busy();
        self.follow(changes, effects);
        self.answers.check_shown(&mut self.matches, &self.data);
        if let Some(error) = self.matches.take_index_fault() {
            self.give_index_up(&error, effects);
            more = true;
        }
        more |= self.answers.look_for_missing(&self.data, &self.matches, images, effects);
        more |= self.answers.report(&self.data, &self.matches, images, effects);

        // What a job demanded may be here by now.
        more |= (decoded || failed) && jobs.is_busy();
        more |= jobs.goes_on(&self.data);
        more |= self.data.has_unseen_loads() | self.data.join_goes_on();
        effects.extend(self.data.join_tasks().into_iter().map(|(join, task)| Effect::Beside { join, task }));
        if let Some(told) = self.data.join_told() {
            report(effects, LazyResponse::Joined(told));
        }
        if let Some(vocabulary) = self.data.needs_measures() {
            effects.push(Effect::FetchMeasures { vocabulary });
        }
        if self.data.needs_variants() {
            effects.push(Effect::FetchVariants);
        }
        Advanced { missing, more }
    }

    /// Something is told of a table beside this one.
    pub fn take_news(&mut self, join: u32, news: News, effects: &mut Vec<Effect>) {
        if self.data.own.reading.as_ref().is_some_and(|reading| reading.number == join) {
            self.take_label_news(news, effects);
            return;
        }
        let awaited = self.data.joins_awaited();
        let changes = self.data.take_news(join, news);
        self.follow(changes, effects);
        // Nobody says which keys, or it can't be read: what is asked of its columns is left out.
        if self.data.joins_awaited() < awaited {
            self.answers.ask_again(&mut self.data, &mut self.matches, effects);
        }
    }

    /// What measures texts has come, or can't be had.
    pub fn take_measures(&mut self, outcome: Result<Option<Vec<u8>>, Error>, effects: &mut Vec<Effect>) {
        let changes = self.data.take_measures(outcome);
        self.follow(changes, effects);
    }

    /// What reads values of the type VARIANT has come, or can't be had.
    pub fn take_variants(&mut self, outcome: Result<(), Error>, effects: &mut Vec<Effect>) {
        let changes = self.data.take_variants(outcome);
        self.follow(changes, effects);
    }

    /// There is an index of the prompts, or none.
    pub fn take_index(&mut self, index: Option<Index>, effects: &mut Vec<Effect>) {
        if let Some(index) = &index {
            self.data.set_copy(index.root.texts_bytes());
        }
        let changes = self.matches.take_index(index, &mut self.data);
        self.note(&changes, effects);
    }

    /// The index can't be used any more: searches look at every prompt, which is told.
    pub fn give_index_up(&mut self, error: &Error, effects: &mut Vec<Effect>) {
        if self.matches.has_index() {
            report(effects, Response::Notice(notice::index_left(error)));
        }
        self.data.drop_copy();
        let changes = self.matches.drop_index(&mut self.data);
        self.note(&changes, effects);
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
        let class = |place| self.class_of(place);
        let mut demands = self.answers.demands(&self.data, &self.matches, &images.columns());
        if let Some(class) = self.data.loads_need_files(class) {
            demands.push(Demand { who: Who::Load, rows: Rows::Further, fields: Vec::new(), class });
        }
        // Charts are small, and there before single pages of long columns.
        let loads = self.data.loads(class).into_iter();
        demands.splice(0..0, loads);
        demands.extend(images.demands(&self.data, self.answers.shows_images()));
        demands.extend(jobs.demands(&self.data, images));
        demands.extend(self.data.label_demands());
        demands
    }

    /// How urgent it is that the column at this place is read whole.
    fn class_of(&self, place: usize) -> Class {
        let columns = self.data.columns.iter().enumerate();
        let made =
            columns.filter(|(_, column)| column.loading && column.origin.parts().any(|part| part == place));
        let made: Vec<usize> = made.map(|(made, _)| made).collect();
        let any = |is: &dyn Fn(usize) -> bool| std::iter::once(place).chain(made.iter().copied()).any(is);
        if any(&|place| self.matches.needs(place, &self.data)) {
            return Class::First;
        }
        let name = |place: usize| self.data.columns.get(place).map(|column| column.info.name.as_str());
        if !any(&|place| name(place).is_some_and(|name| self.answers.charts(name))) {
            return Class::Background;
        }
        let settings = [Role::Cfg, Role::Step].map(|role| self.data.roles.column(role));
        if name(place).is_some_and(|name| settings.contains(&Some(name))) {
            Class::Settings
        } else {
            Class::Screen
        }
    }
}
