//! CSV as RFC 4180 has it: a line of names, a line a row, ended by CR LF.
//!
//! No value is an empty field, and an empty text a pair of quotes, which readers that tell them
//! apart read as such; where there is one column only, both are a pair of quotes. Lists and structures are JSON. Text that a spreadsheet would run as a formula can be
//! given an apostrophe.

use super::value::{float, push_json, text};
use super::variant::holds_variants;
use super::writer::TableWriter;
use crate::base::error::Result;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{Field, SchemaRef};

/// What a spreadsheet takes for the beginning of a formula, or for a space before one.
const FORMULA_STARTS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Writes CSV.
pub struct Csv {
    schema: SchemaRef,
    out: Vec<u8>,
    guard_formulas: bool,
}

impl Csv {
    /// The line of names.
    pub fn new(schema: &SchemaRef, guard_formulas: bool) -> Self {
        let mut csv = Self { schema: schema.clone(), out: Vec::new(), guard_formulas };
        for (place, field) in schema.fields().iter().enumerate() {
            csv.separate(place);
            csv.text(field.name());
        }
        csv.out.extend_from_slice(b"\r\n");
        csv
    }

    fn separate(&mut self, place: usize) {
        if place > 0 {
            self.out.push(b',');
        }
    }

    fn cell(&mut self, field: &Field, array: &ArrayRef, row: usize, json: &mut Vec<u8>) -> Result<()> {
        if let Some(text) = text(array, row) {
            self.text(text);
        } else if let Some(number) = float(array, row) {
            self.out.extend_from_slice(number.as_bytes());
        } else if !array.is_null(row) {
            json.clear();
            push_json(json, field, array, row)?;
            match json.as_slice() {
                b"null" => {}
                // Nothing but plain characters stands in the quotes of what is no text; values of any kind may be one.
                [b'"', plain @ .., b'"'] if !holds_variants(field) => self.out.extend_from_slice(plain),
                [b'"' | b'{' | b'[', ..] => self.text(&String::from_utf8_lossy(json)),
                other => self.out.extend_from_slice(other),
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let guard = self.guard_formulas && text.starts_with(FORMULA_STARTS);
        let quote = text.is_empty()
            || guard
            || text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'))
            // Some readers take spaces off what is not quoted.
            || text.starts_with(' ')
            || text.ends_with(' ');
        if !quote {
            self.out.extend_from_slice(text.as_bytes());
            return;
        }
        self.out.push(b'"');
        if guard {
            self.out.push(b'\'');
        }
        for byte in text.bytes() {
            if byte == b'"' {
                self.out.push(b'"');
            }
            self.out.push(byte);
        }
        self.out.push(b'"');
    }
}

impl TableWriter for Csv {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let schema = self.schema.clone();
        let mut json = Vec::new();
        for row in 0..batch.num_rows() {
            for (place, (field, array)) in schema.fields().iter().zip(batch.columns()).enumerate() {
                self.separate(place);
                self.cell(field, array, row, &mut json)?;
            }
            if schema.fields().len() == 1 && self.out.ends_with(b"\n") {
                // Most readers take an empty line for no row.
                self.out.extend_from_slice(b"\"\"");
            }
            self.out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}
