//! Rows as files: CSV, JSON Lines and Parquet, written piece by piece.
//!
//! A [`Writer`] is given cells row by row and hands out bytes whenever there are some: nothing here
//! knows where they go, and none of it holds more than a row group.

mod csv;
mod json;
mod parquet_file;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use crate::base::calendar::date_time;
use crate::base::error::Result;
use crate::protocol::export::Format;
use crate::table::column::Value;

/// A column of the file that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub form: Form,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// True or false.
    Bool,
    /// Whole numbers.
    Int {
        /// Whether they can be negative.
        signed: bool,
        /// 8, 16, 32 or 64.
        bits: u8,
    },
    /// Numbers of four bytes.
    Float32,
    /// Numbers of eight bytes.
    Float64,
    /// Milliseconds since 1970, UTC.
    Time,
    /// The same, of which only the day counts.
    Date,
    /// Milliseconds of the day.
    TimeOfDay,
    /// UTF-8 text.
    Text,
    /// Bytes.
    Binary,
    /// JSON.
    Json,
}

/// A way to write rows.
trait RowFormat {
    /// Adds the next cell of the row.
    fn cell(&mut self, field: &Field, value: Value<'_>) -> Result<()>;
    /// Ends the row.
    fn end_row(&mut self) -> Result<()>;
    /// Writes what belongs at the end of the file.
    fn finish(&mut self) -> Result<()>;
    /// What has been written since it was last asked.
    fn take(&mut self) -> Vec<u8>;
    /// About how much that is.
    fn ready_bytes(&self) -> usize;
}

/// Writes rows in one of the formats.
pub struct Writer {
    fields: Vec<Field>,
    rows: Box<dyn RowFormat>,
    /// The cell that comes next.
    at: usize,
}

impl Writer {
    /// The beginning of a file.
    ///
    /// # Errors
    /// Where the columns can't be written in this format.
    pub fn new(format: Format, fields: Vec<Field>) -> Result<Self> {
        let rows: Box<dyn RowFormat> = match format {
            Format::Csv { guard_formulas } => Box::new(csv::Csv::new(&fields, guard_formulas)),
            Format::JsonLines => Box::new(json::JsonLines::new(&fields)),
            Format::Parquet => Box::new(parquet_file::ParquetFile::new(&fields)?),
        };
        Ok(Self { fields, rows, at: 0 })
    }

    /// The columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Adds the next cell of a row; the row ends with its last column. JSON is handed over as bytes.
    ///
    /// # Errors
    /// Where the format can't take the value.
    pub fn cell(&mut self, value: Value<'_>) -> Result<()> {
        if let Some(field) = self.fields.get(self.at) {
            self.rows.cell(field, value)?;
        }
        self.at += 1;
        if self.at >= self.fields.len() {
            self.at = 0;
            self.rows.end_row()?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Where what is left can't be written.
    pub fn finish(&mut self) -> Result<()> {
        self.rows.finish()
    }

    /// About how many bytes are ready to be taken.
    pub fn ready_bytes(&self) -> usize {
        self.rows.ready_bytes()
    }

    /// The bytes since it was last asked.
    pub fn take(&mut self) -> Vec<u8> {
        self.rows.take()
    }
}

/// A time as ISO 8601 has it, as exact as milliseconds are.
fn push_time(out: &mut Vec<u8>, millis: i64, form: Form) {
    let at = date_time(millis);
    let year = if (0..=9_999).contains(&at.year) {
        format!("{:04}", at.year)
    } else {
        // Years of more digits take a sign (ISO 8601, 4.1.2.4).
        format!("{:+07}", at.year)
    };
    let time = || {
        let fraction = if at.milli == 0 { String::new() } else { format!(".{:03}", at.milli) };
        format!("{:02}:{:02}:{:02}{fraction}", at.hour, at.minute, at.second)
    };
    let text = match form {
        Form::Date => format!("{year}-{:02}-{:02}", at.month, at.day),
        Form::TimeOfDay => time(),
        _ => format!("{year}-{:02}-{:02}T{}Z", at.month, at.day, time()),
    };
    out.extend_from_slice(text.as_bytes());
}

/// Whether whole numbers of a column are times.
const fn is_time(form: Form) -> bool {
    matches!(form, Form::Time | Form::Date | Form::TimeOfDay)
}

/// Bytes as base64 (RFC 4648, section 4).
fn push_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place)) as usize & 63).copied().unwrap_or(b'=');
            out.push(if place <= chunk.len() { digit } else { b'=' });
        }
    }
}
