//! JSON Lines: an object a row, every column in it.

use super::{Field, Form, RowFormat, is_time, push_base64, push_time};
use crate::base::error::{Error, ErrorKind, Result};
use crate::table::column::Value;
use std::io::Write;

/// Writes JSON Lines.
pub struct JsonLines {
    out: Vec<u8>,
    /// `{"name":` of the first column, `,"name":` of the others.
    keys: Vec<Vec<u8>>,
    at: usize,
}

impl JsonLines {
    /// An empty file.
    pub fn new(fields: &[Field]) -> Self {
        let key = |(place, field): (usize, &Field)| {
            let mut key = vec![if place == 0 { b'{' } else { b',' }];
            push_text(&mut key, &field.name);
            key.push(b':');
            key
        };
        Self { out: Vec::new(), keys: fields.iter().enumerate().map(key).collect(), at: 0 }
    }
}

impl RowFormat for JsonLines {
    fn cell(&mut self, field: &Field, value: Value<'_>) -> Result<()> {
        self.out.extend_from_slice(self.keys.get(self.at).map(Vec::as_slice).unwrap_or_default());
        self.at += 1;
        let out = &mut self.out;
        match value {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
            Value::Int(value) if is_time(field.form) => {
                out.push(b'"');
                push_time(out, value, field.form);
                out.push(b'"');
            }
            Value::Int(value) => drop(write!(out, "{value}")),
            Value::UInt(value) => drop(write!(out, "{value}")),
            // JSON has neither NaN nor infinities.
            Value::Float32(value) if value.is_finite() => drop(write!(out, "{value}")),
            Value::Float64(value) if value.is_finite() => drop(write!(out, "{value}")),
            Value::Float32(_) | Value::Float64(_) => out.extend_from_slice(b"null"),
            Value::Bytes(bytes) => match field.form {
                Form::Binary => {
                    out.push(b'"');
                    push_base64(out, bytes);
                    out.push(b'"');
                }
                // Put together by this program, on one line.
                Form::Json
                    if !bytes.contains(&b'\n')
                        && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() =>
                {
                    out.extend_from_slice(bytes);
                }
                _ => push_text(out, &String::from_utf8_lossy(bytes)),
            },
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<()> {
        if self.at == 0 {
            return Err(Error::new(ErrorKind::Internal, "a row without columns"));
        }
        self.out.extend_from_slice(b"}\n");
        self.at = 0;
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

fn push_text(out: &mut Vec<u8>, text: &str) {
    // Writing into memory does not fail.
    drop(serde_json::to_writer(out, text));
}
