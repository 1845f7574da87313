//! The rows that have the same prompt as one row.

use super::table::Table;
use crate::protocol::{MAX_SAME_ROWS, Same};
use crate::table::column::Value;
use crate::table::text::NULL;

/// Where the prompts are not read whole, so many rows before and behind are looked at: images of one
/// request mostly stand together.
const NEARBY_ROWS: u64 = 2_000;

/// The rows of a prompt, told for the details of one of them.
#[derive(Debug, Default)]
pub struct SamePrompt {
    /// The row, and how many rows were read when they were looked through.
    told: Option<(u64, u64)>,
    same: Same,
}

impl Table {
    /// The rows with the prompt of this one, among those that are read.
    pub(super) fn same_prompt(&mut self, row: u64) -> Option<Same> {
        let state = self.columns.get(self.prompt?)?;
        let read = state.rows_read() as u64;
        let known = self.value(state, row).is_some();
        if self.same.told != Some((row, read)) || self.same.same.count == 0 {
            let same = if known { self.look_for_same(row, read)? } else { Same::default() };
            self.same = SamePrompt { told: Some((row, read)), same };
        }
        Some(self.same.same.clone()).filter(|same| same.count > 0)
    }

    fn look_for_same(&self, row: u64, read: u64) -> Option<Same> {
        let state = self.columns.get(self.prompt?)?;
        let Some(Value::Bytes(text)) = self.value(state, row) else { return None };
        let texts = self.prompts();
        let code = texts.and_then(|texts| match texts.codes().get(usize::try_from(row).ok()?) {
            Some(code) => Some(*code),
            None => texts.code_of(text),
        });
        let mut found = Found { row, rows: Vec::new(), count: 0 };
        if let (Some(texts), Some(code)) = (texts, code.filter(|code| *code != NULL)) {
            for (other, _) in texts.codes().iter().enumerate().filter(|(_, other)| **other == code) {
                found.add(other as u64);
            }
        }
        // What is read of single pages counts as well.
        let nearby = row.saturating_sub(NEARBY_ROWS)..row.saturating_add(NEARBY_ROWS).min(self.meta.rows);
        let mut looked_at = read;
        for other in nearby.filter(|other| *other >= read) {
            match self.value(state, other) {
                Some(Value::Bytes(other_text)) => {
                    looked_at += 1;
                    if other_text == text {
                        found.add(other);
                    }
                }
                Some(_) => looked_at += 1,
                None => {}
            }
        }
        let Found { rows, count, .. } = found;
        Some(Same { rows, count, rows_read: looked_at })
    }
}

/// Rows as they are found, in ascending order.
struct Found {
    row: u64,
    rows: Vec<u64>,
    count: u32,
}

impl Found {
    fn add(&mut self, other: u64) {
        self.count += 1;
        // The row itself is always among them.
        let least = MAX_SAME_ROWS - usize::from(other < self.row);
        if self.rows.len() < least {
            self.rows.push(other);
        }
    }
}
