//! A search that an index made ahead of time answers: from lists to units, from units to rows.

use crate::base::bits::Bits;
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::formats::text_index::Index;
use crate::formats::text_index::plan::{Plan, Step};
use crate::formats::text_index::verify::Verify;
use crate::formats::text_index::wants::Wants;
use crate::table::indexed::plan;
use crate::table::search::Matcher;
use crate::view::query::Query;

/// What is known of an index of the prompts.
#[derive(Debug, Default)]
pub(super) enum Beside {
    /// There is none.
    #[default]
    Nothing,
    /// It is being asked whether there is one.
    Awaited,
    /// This one.
    Here(Box<Index>),
}

/// A query on its way through an index.
#[derive(Debug)]
pub(super) struct Asked {
    plan: Plan,
    /// Once the lists have answered.
    verify: Option<Verify>,
    wants: Wants,
    /// Whether there is more to be looked at with what is here.
    pub more: bool,
    /// Units whose rows are marked.
    marked: usize,
    /// How many rows match, where the index says so before it says which.
    pub count: Option<u64>,
}

impl Asked {
    /// Nothing of it is looked at yet.
    pub fn new(query: &Query) -> Self {
        Self { plan: plan(query), verify: None, wants: Wants::default(), more: true, marked: 0, count: None }
    }

    /// The ranges that it needs to go on.
    pub fn wants(&self) -> &[ByteRange] {
        self.wants.ranges()
    }

    /// Whether every row is marked.
    pub fn is_done(&self) -> bool {
        self.wants().is_empty()
            && self.verify.as_ref().is_some_and(|verify| self.marked >= verify.hits().len())
    }

    /// Goes on with what is here.
    ///
    /// # Errors
    /// Where the index contradicts itself.
    pub fn advance(&mut self, index: &mut Index, matcher: &Matcher) -> Result<()> {
        self.more = false;
        if self.count.is_none() {
            self.count = self.plan.count(index)?;
        }
        // Units are of no use without their rows.
        let mut missing: Vec<ByteRange> = index.needs_rows()?.into_iter().collect();
        let verify = match &mut self.verify {
            Some(verify) => verify,
            None => match self.plan.advance(index)? {
                Step::Needs(ranges) => {
                    missing.extend(ranges);
                    self.wants.set(missing);
                    return Ok(());
                }
                Step::Done(bounds) => self.verify.insert(Verify::new(bounds)),
            },
        };
        self.more = verify.advance(index, |text| matcher.matches(text))?;
        missing.extend(verify.wants(index));
        self.wants.set(missing);
        Ok(())
    }

    /// Whether all rows are marked, and they are not as many as the index has said.
    pub fn is_miscounted(&self, index: &Index) -> bool {
        let (Some(count), Some(verify), true) = (self.count, &self.verify, self.is_done()) else {
            return false;
        };
        let lens = index.first_rows().iter().zip(index.first_rows().iter().skip(1));
        let of_hits = lens.enumerate().filter(|(unit, _)| verify.hits().has(*unit));
        of_hits.map(|(_, (from, to))| u64::from(to - from)).sum::<u64>() != count
    }

    /// Sets `bit` in the mask of every row that fails and clears it in that of every row that matches, as far as
    /// units are decided and were not marked before; the answer is up to which row that is.
    pub fn mark(&mut self, index: &Index, bit: u16, mask: &mut [u16]) -> Option<usize> {
        let verify = self.verify.as_ref()?;
        let (first_rows, end) = (index.first_rows(), verify.decided());
        if first_rows.is_empty() || end <= self.marked {
            return None;
        }
        let own = first_rows.get(self.marked..=end)?;
        let (start, rows) = (*own.first()? as usize, *own.last()? as usize);
        mark_some(own, verify.hits(), self.marked, bit, start, mask.get_mut(start..rows)?);
        self.marked = end;
        Some(rows)
    }
}

fn mark_some(first_rows: &[u32], hits: &Bits, first: usize, bit: u16, start: usize, mask: &mut [u16]) {
    let lens = first_rows.iter().zip(first_rows.iter().skip(1));
    for (unit, (from, to)) in (first..).zip(lens) {
        let own = mask.get_mut(*from as usize - start..*to as usize - start).unwrap_or_default();
        if hits.has(unit) {
            own.iter_mut().for_each(|mask| *mask &= !bit);
        } else {
            own.iter_mut().for_each(|mask| *mask |= bit);
        }
    }
}
