//! Values on their way to the screen.

use super::chat;
use crate::base::decimal;
use crate::base::utf8::is_text;
use crate::engine::data::{Data, DataColumn, Derived, NO_VALUE, Origin};
use crate::protocol::{Cell, Kind};
use crate::table::column::Value;
use crate::table::filter::widen;
use crate::table::measure::Amount;

impl Data {
    /// The value of a row as the page shows it, texts cut at `max_chars`.
    pub fn cell(&self, column: &DataColumn, row: u64, max_chars: usize) -> Cell {
        if column.is_unreadable(row) {
            return Cell::Failed;
        }
        if let Some(json) = column.pages.nested.get(row) {
            return if json == NO_VALUE { Cell::Null } else { nested(json, max_chars) };
        }
        match column.value(row) {
            // Read whole.
            Some(Value::Bytes(json)) if matches!(column.origin, Origin::Nested { .. }) => {
                nested(&String::from_utf8_lossy(json), max_chars)
            }
            Some(Value::Bytes(bytes)) if column.info.kind == Kind::Binary && self.bytes_stay => {
                Cell::Binary(length(bytes))
            }
            Some(value) => cell(value, column.info.kind, max_chars),
            None if column.failed => Cell::Failed,
            None => match column.origin {
                Origin::Derived(Derived::Size { width, height }) => self.size_cell(width, height, row),
                Origin::Derived(Derived::Measured { text, .. }) => self.measured_cell(column, text, row),
                Origin::Derived(Derived::Joined(joined)) => {
                    self.joined_cell(joined, row, column.info.kind, max_chars)
                }
                Origin::Derived(own @ (Derived::Label | Derived::Note)) => self.own_cell(own, row, max_chars),
                Origin::Leaf(_) | Origin::Nested { .. } => Cell::Pending,
            },
        }
    }

    /// What is measured of a row's text alone.
    fn measured_cell(&self, column: &DataColumn, text: usize, row: u64) -> Cell {
        let Some(own) = self.columns.get(text) else { return Cell::Pending };
        match own.value(row) {
            Some(Value::Bytes(text)) => match column.gauge.as_ref().and_then(|gauge| gauge.of_one(text)) {
                Some(Amount::Nothing) => Cell::Null,
                Some(Amount::Whole(value)) => cell(Value::Int(value), column.info.kind, 0),
                Some(Amount::Share(value)) => Cell::Number(value),
                Some(Amount::Truth(value)) => Cell::Bool(value),
                Some(Amount::Name(name)) => Cell::Text(name.to_owned()),
                None => Cell::Pending,
            },
            Some(_) => Cell::Null,
            None if own.failed => Cell::Failed,
            None => Cell::Pending,
        }
    }

    /// Width times height of a row, out of single pages where neither is read whole.
    fn size_cell(&self, width: usize, height: usize, row: u64) -> Cell {
        let side = |place: usize| self.columns.get(place).map(|side| self.cell(side, row, 0));
        let (Some(width), Some(height)) = (side(width), side(height)) else { return Cell::Pending };
        if let (Cell::Number(width), Cell::Number(height)) = (&width, &height) {
            return Cell::Text(format!("{width}x{height}"));
        }
        // Without one of the two there is no size; before both are read nothing is known.
        for side in [Cell::Failed, Cell::Pending, Cell::Null] {
            if width == side || height == side {
                return side;
            }
        }
        Cell::Pending
    }
}

/// A value on its way to the screen.
pub fn cell(value: Value<'_>, kind: Kind, max_chars: usize) -> Cell {
    /// Largest whole number up to which doubles are exact.
    const EXACT: i64 = 1 << 53;
    match value {
        Value::Null => Cell::Null,
        Value::Bool(value) => Cell::Bool(value),
        Value::Int(value) if (-EXACT..=EXACT).contains(&value) => Cell::Number(value as f64),
        Value::Int(value) => Cell::Digits(value.to_string()),
        Value::UInt(value) => Cell::Digits(value.to_string()),
        Value::Decimal(value, scale) => Cell::Digits(decimal::text_of(value, scale)),
        Value::Wide(bytes, scale) => Cell::Digits(decimal::text_of_sortable(bytes, scale)),
        Value::Time(moment) => Cell::Time(moment),
        Value::Float32(value) => Cell::Number(widen(value)),
        Value::Float64(value) => Cell::Number(value),
        Value::Bytes(bytes) if kind == Kind::Binary && !is_text(bytes) => Cell::Binary(length(bytes)),
        Value::Bytes(bytes) => Cell::Text(shortened(&String::from_utf8_lossy(bytes), max_chars)),
    }
}

/// A list or a structure on its way to the screen.
fn nested(json: &str, max_chars: usize) -> Cell {
    match chat::told(json, max_chars == usize::MAX) {
        Some(lines) => Cell::Text(shortened(&lines, max_chars)),
        None => Cell::Json(shortened(json, max_chars)),
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn shortened(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}
