//! CSV as RFC 4180 has it: a line of names, a line a row, ended by CR LF.
//!
//! No value is an empty field, and an empty text a pair of quotes, which readers that tell them
//! apart read as such. Text that a spreadsheet would run as a formula can be given an apostrophe.

use super::{Field, Form, RowFormat, is_time, push_base64, push_time};
use crate::base::error::Result;
use crate::table::column::Value;
use std::io::Write;

/// What a spreadsheet takes for the beginning of a formula, or for a space before one.
const FORMULA_STARTS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Writes CSV.
pub struct Csv {
    out: Vec<u8>,
    guard_formulas: bool,
    begun: bool,
}

impl Csv {
    /// The line of names.
    pub fn new(fields: &[Field], guard_formulas: bool) -> Self {
        let mut csv = Self { out: Vec::new(), guard_formulas, begun: false };
        for field in fields {
            csv.separate();
            csv.text(field.name.as_bytes());
        }
        csv.end();
        csv
    }

    fn separate(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            self.out.push(b',');
        }
    }

    fn end(&mut self) {
        self.out.extend_from_slice(b"\r\n");
        self.begun = false;
    }

    fn text(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
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

impl RowFormat for Csv {
    fn cell(&mut self, field: &Field, value: Value<'_>) -> Result<()> {
        self.separate();
        // Writing into memory does not fail.
        let out = &mut self.out;
        match value {
            Value::Null => {}
            Value::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
            Value::Int(value) if is_time(field.form) => push_time(out, value, field.form),
            Value::Int(value) => drop(write!(out, "{value}")),
            Value::UInt(value) => drop(write!(out, "{value}")),
            Value::Float32(value) => drop(write!(out, "{value}")),
            Value::Float64(value) => drop(write!(out, "{value}")),
            Value::Bytes(bytes) if field.form == Form::Binary => push_base64(out, bytes),
            Value::Bytes(bytes) => self.text(bytes),
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<()> {
        self.end();
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn ready_bytes(&self) -> usize {
        self.out.len()
    }
}
