//! What can't be read of the rows that are to be written: looked for once something could not be, so that all of it is
//! told before anything is written.

use super::plan::{From, Source};
use super::{Export, unreadable};
use crate::engine::data::{Damage, Data};
use crate::engine::output::export::task::Failure;
use crate::formats::parquet::shape::may_be_null;
use crate::protocol::export::Stage;
use crate::protocol::texts::export as texts;
use std::collections::VecDeque;
use std::ops::Range;

/// The look through the rest of the pages.
#[derive(Debug)]
pub struct Survey {
    /// What could not be read, by the places of the sources, and why.
    columns: Vec<usize>,
    why: String,
}

impl Export {
    /// Something can't be read: looks through the rest for more of that. `columns` are the places of the sources.
    ///
    /// # Errors
    /// How the export ends, where values of that column can't be left empty, or that was to be done.
    pub(super) fn begin_survey(&mut self, failure: Failure, data: &mut Data) -> Result<(), Stage> {
        let Failure { columns, message: why } = failure;
        let columns: Vec<usize> = columns.iter().map(|place| *place as usize).collect();
        let own = || columns.iter().filter_map(|place| self.sources.get(*place));
        let all_may = own().count() > 0 && own().all(|source| may_be_empty(source, data));
        let (Some(group_first), true) = (self.group_first, all_may) else {
            return Err(unreadable(own(), why));
        };
        if self.start.empty || self.survey.is_some() {
            return Err(unreadable(own(), why));
        }
        let leaves = self.sources.iter().filter(|source| may_be_empty(source, data)).flat_map(Source::leaves);
        let leaves: Vec<usize> = leaves.collect();
        data.end_raw();
        data.begin_raw(&leaves, true);
        // What was written before the row group could all be read.
        self.group = None;
        self.next = group_first;
        self.survey = Some(Survey { columns, why });
        Ok(())
    }

    /// Looks through what has come.
    ///
    /// # Errors
    /// How the export ends, once all was looked at.
    pub(super) fn advance_survey(&mut self, data: &mut Data) -> Result<(), Stage> {
        loop {
            self.waits_for_pages = false;
            let Some(pass) = self.passes.as_ref().and_then(VecDeque::front) else {
                return Err(self.surveyed(data));
            };
            if self.group.is_none() {
                if self.next >= pass.rows.len() {
                    self.passes.as_mut().and_then(VecDeque::pop_front);
                    self.next = 0;
                    continue;
                }
                self.begin_group(data)?;
            }
            let Some((rows, end)) = self.next_batch() else { continue };
            let Some(raw) = &mut data.raw else { return Err(self.surveyed(data)) };
            raw.want(rows);
            if !raw.is_here() {
                self.waits_for_pages = true;
                return Ok(());
            }
            raw.take();
            self.pass_to(end);
        }
    }

    /// All that can't be read, with its places.
    fn surveyed(&self, data: &Data) -> Stage {
        let Some(Survey { columns, why }) = &self.survey else { return Stage::Failed(String::new()) };
        let found = data.raw.as_ref().map(|raw| raw.damages.as_slice()).unwrap_or_default();
        let is_hurt = |source: &Source| found.iter().any(|(leaf, _)| source.leaves().contains(leaf));
        let known = columns.iter().filter_map(|place| self.sources.get(*place));
        // What writes files may refuse what can be read here.
        if !known.clone().all(is_hurt) {
            return unreadable(known, why.clone());
        }
        let hurt = self.sources.iter().filter(|source| is_hurt(source));
        let mut places: Vec<(&str, Range<u64>, String)> = Vec::new();
        for source in hurt.clone() {
            let own = found.iter().filter(|(leaf, _)| source.leaves().contains(leaf));
            places.extend(own.map(|(_, Damage { rows, error, .. })| {
                (source.asked.1.as_str(), rows.clone(), error.to_string())
            }));
        }
        let columns = hurt.map(|source| source.asked.clone()).collect();
        Stage::Unreadable { columns, why: texts::places(&places), may_be_empty: true }
    }
}

/// Whether rows of a column may be without a value, as far as its schema says.
fn may_be_empty(source: &Source, data: &Data) -> bool {
    let From::Root(number, leaves) = &source.from else { return false };
    let fields = data.meta.schema.get_fields();
    let is_optional = fields.get(*number).is_some_and(|field| may_be_null(field));
    // Of values that are always there, what is within may be missing, where pages tell of which rows they are.
    let may = |leaf: usize| {
        let column = data.meta.columns.get(leaf);
        column.is_some_and(|column| column.max_repetition == 0 && column.max_definition > 0)
    };
    !leaves.is_empty() && (is_optional || leaves.clone().all(may))
}
