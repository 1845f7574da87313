//! Prompts of the rows in sight, out of an index, once it is known which rows its units are.

use super::Matches;
use super::indexed::Beside;
use crate::base::bytes::ByteRange;
use crate::formats::text_index::shown::Shown;
use crate::formats::text_index::wants::Wants;

/// Prompts of the rows in sight.
#[derive(Debug, Default)]
pub(super) struct PromptsState {
    shown: Shown,
    wants: Wants,
    /// Whether bytes have come since it was looked at.
    pub(super) more: bool,
}

impl PromptsState {
    /// Ranges of the index that they are in.
    pub(super) fn wants(&self) -> &[ByteRange] {
        self.wants.ranges()
    }
}

impl Matches {
    /// Whether prompts of single rows are read of an index.
    pub fn has_prompts(&self) -> bool {
        matches!(self.search.known(), Beside::Here(index) if !index.first_rows().is_empty())
    }

    /// Whether bytes of an index have come since prompts were looked for among them.
    pub fn may_have_prompts(&self) -> bool {
        self.prompts.more
    }

    /// Wants the prompts of these rows and no others of the index; whether some of them have come.
    pub fn want_prompts(&mut self, rows: &[u32]) -> bool {
        self.prompts.more = false;
        let is_idle = self.index_wants().is_empty();
        let (Beside::Here(index), _, _) = self.search.parts() else { return false };
        if is_idle {
            index.begin();
        }
        match self.prompts.shown.want(rows, index) {
            Ok((wants, came)) => {
                self.prompts.wants.set(wants);
                came
            }
            Err(error) => {
                self.prompts.wants.clear();
                self.search.note_fault(error);
                false
            }
        }
    }

    /// The prompt of a row by the index: none where it is not here, and none within where the row has none.
    pub fn prompt_of(&self, row: u64) -> Option<Option<&[u8]>> {
        match self.search.known() {
            Beside::Here(index) => self.prompts.shown.text(row, index),
            Beside::Nothing | Beside::Awaited => None,
        }
    }
}
