//! Pairs of what people prefer: told anew when the filters are others, and while their columns come.

use super::report::report;
use super::{Answers, notice};
use crate::engine::Effect;
use crate::engine::data::Data;
use crate::engine::extras::extras;
use crate::engine::images::{Images, Looked};
use crate::engine::result::Matches;
use crate::protocol::pairs::Want;
use crate::protocol::{LazyResponse, Response};

/// While columns come the pairs are told so often.
const TIMES: usize = 8;

/// What of pairs is wanted, and what the page knows.
#[derive(Debug, Default)]
pub struct PairsState {
    want: Option<Want>,
    due: bool,
    /// What has to be read.
    columns: Vec<String>,
    /// Rows of which all of that was read when they were told last.
    rows_told: usize,
    /// Where missing images are looked for: whether other rows are wanted than before, whether all are looked at, and
    /// how many were when the pairs were told last.
    are_others: bool,
    are_looked_at: bool,
    looked_told: u64,
}

impl PairsState {
    /// The filters are others: pairs are told anew, if anyone looks at them.
    pub fn refilter(&mut self) {
        self.due = self.want.is_some();
        self.are_others = true;
    }
}

impl Answers {
    /// Pairs are wanted, or not any more.
    pub fn want_pairs(&mut self, want: Option<Want>, data: &mut Data, effects: &mut Vec<Effect>) {
        self.pairs = PairsState::default();
        let Some(want) = want else { return };
        let Some(extras) = extras() else {
            report(effects, Response::Notice(notice::no_extras()));
            return;
        };
        let columns = (extras.pair_columns)(data, &want);
        columns.iter().for_each(|name| data.load(name));
        self.pairs =
            PairsState { want: Some(want), due: true, columns, are_others: true, ..PairsState::default() };
    }

    /// Looks for missing images, where pairs without them are wanted. Whether there is more to be done at once.
    pub fn look_for_missing(
        &mut self,
        data: &Data,
        matches: &Matches,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let state = &mut self.pairs;
        let (Some(want), Some(extras)) = (&state.want, extras()) else { return false };
        if !want.options.readable {
            return false;
        }
        let anew = std::mem::take(&mut state.are_others);
        let Looked { done, more } =
            (extras.look_for_missing)(images, data, matches, (&want.options, anew), effects);
        let looked = images.readable().looked();
        state.due |= done && !state.are_looked_at
            || looked >= state.looked_told + data.meta.rows.div_ceil(TIMES as u64);
        state.are_looked_at = done;
        more
    }

    /// Tells the pairs where that is due.
    pub(super) fn report_pairs(
        &mut self,
        data: &Data,
        matches: &Matches,
        images: &Images,
        effects: &mut Vec<Effect>,
    ) {
        let (Some(want), Some(extras)) = (&self.pairs.want, extras()) else { return };
        let columns = self.pairs.columns.iter().filter_map(|name| data.column(name));
        let columns = columns.filter(|column| !column.failed);
        let rows = columns.map(|column| column.rows_read()).min().unwrap_or(0);
        let all = data.meta.rows as usize;
        let is_more = rows >= self.pairs.rows_told + all.div_ceil(TIMES) || rows == all;
        if !self.pairs.due && (rows == self.pairs.rows_told || !is_more) {
            return;
        }
        let pairs = (extras.pairs)(data, matches, images.readable(), want, self.show.generation);
        self.pairs.due = false;
        self.pairs.rows_told = rows;
        self.pairs.looked_told = images.readable().looked();
        report(effects, LazyResponse::Pairs(Box::new(pairs)));
    }
}
