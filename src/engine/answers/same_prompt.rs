//! The rows that have the same prompt as one row.

use crate::engine::data::Data;
use crate::protocol::{MAX_SAME_ROWS, Same};
use crate::table::column::Value;
use crate::table::text::NULL;

/// Where the prompts are not read whole, so many rows before and behind are looked at: images of one
/// request mostly stand together.
const NEARBY_ROWS: u64 = 2_000;

/// The rows of a prompt, as last found for the details of one of them.
#[derive(Debug, Default)]
pub struct SamePrompt {
    /// The row, and how many rows were read when they were looked through.
    found: Option<(u64, u64)>,
    same: Same,
}

impl SamePrompt {
    /// The rows with the prompt of this one, among those that are read; none while its prompt is not.
    pub fn rows_of(&mut self, row: u64, data: &Data) -> Option<Same> {
        let column = data.prompt_column()?;
        let read = column.rows_read() as u64;
        if self.found != Some((row, read)) || self.same.count == 0 {
            let same = if column.value(row).is_some() { find(row, read, data)? } else { Same::default() };
            *self = Self { found: Some((row, read)), same };
        }
        Some(self.same.clone()).filter(|same| same.count > 0)
    }
}

fn find(row: u64, read: u64, data: &Data) -> Option<Same> {
    let column = data.prompt_column()?;
    let Some(Value::Bytes(text)) = column.value(row) else { return None };
    let texts = data.prompts();
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
    let nearby = row.saturating_sub(NEARBY_ROWS)..row.saturating_add(NEARBY_ROWS).min(data.meta.rows);
    let mut rows_read = read;
    for other in nearby.filter(|other| *other >= read) {
        match column.value(other) {
            Some(Value::Bytes(other_text)) => {
                rows_read += 1;
                if other_text == text {
                    found.add(other);
                }
            }
            Some(_) => rows_read += 1,
            None => {}
        }
    }
    let Found { rows, count, .. } = found;
    Some(Same { rows, count, rows_read })
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
