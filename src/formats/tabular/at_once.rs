//! A single file of Arrow: it says its types at the beginning, and its rows are written as they come.

use super::arrow::Messages;
use super::odd::Odds;
use super::rows::{self, Rows};
use crate::base::error::{Error, Result};

/// Rows that are shown first are written from so many bytes of batches.
const FIRST_BATCH_BYTES: usize = 4 << 20;

/// Rows of Arrow that are written as they come.
#[derive(Default)]
pub struct Arrow {
    messages: Messages,
    rows: Option<Rows>,
    /// What is shown first.
    first: Vec<arrow_array::RecordBatch>,
    first_bytes: usize,
    /// What is odd in the file.
    pub odds: Odds,
}

impl Arrow {
    /// The next bytes of the file; the answer is what the Parquet file goes on with.
    ///
    /// # Errors
    /// Where a message is damaged, or its rows can't be written.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Result<Vec<u8>> {
        let batches = self.messages.push(bytes, last)?;
        if self.rows.is_none()
            && let Some(schema) = self.messages.schema()
        {
            rows::note_left_out(&schema, &mut self.odds);
            self.rows = Some(Rows::new(&schema)?);
        }
        let Some(rows) = &mut self.rows else { return Ok(Vec::new()) };
        for batch in batches {
            rows.write(&batch)?;
            if self.first_bytes < FIRST_BATCH_BYTES {
                self.first_bytes += batch.get_array_memory_size();
                self.first.push(batch);
            }
        }
        Ok(rows.take())
    }

    /// The first rows as a file of their own; none where there is nothing to show yet.
    ///
    /// # Errors
    /// Where they can't be written.
    pub fn preview(&mut self) -> Result<Option<Vec<u8>>> {
        let first = std::mem::take(&mut self.first);
        let Some(schema) = self.messages.schema().filter(|_| !first.is_empty()) else { return Ok(None) };
        let mut rows = Rows::new(&schema)?;
        first.iter().try_for_each(|batch| rows.write(batch))?;
        rows.finish().map(Some)
    }

    /// Rows that were written.
    pub fn count(&self) -> u64 {
        self.rows.as_ref().map_or(0, |rows| rows.count)
    }

    /// The rest of the file.
    ///
    /// # Errors
    /// Where it has no columns.
    pub fn finish(&mut self) -> Result<Vec<u8>> {
        self.odds.0.extend(self.messages.losses());
        self.rows.as_mut().map_or_else(|| Err(Error::corrupt("it has no schema")), Rows::finish)
    }
}
