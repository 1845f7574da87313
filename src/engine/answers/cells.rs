//! Values on their way to the screen.

use crate::engine::data::{Data, DataColumn, Origin};
use crate::formats::parquet::meta::Logical;
use crate::protocol::{Cell, Kind};
use crate::table::column::Value;
use crate::table::filter::widen;

impl Data {
    /// The value of a row as the page shows it, texts cut at `max_chars`.
    pub fn cell(&self, column: &DataColumn, row: u64, max_chars: usize) -> Cell {
        if let Some(json) = column.pages.nested.get(row) {
            return if json == "null" { Cell::Null } else { Cell::Json(shortened(json, max_chars)) };
        }
        match column.value(row) {
            Some(value) => cell(value, column.info.kind, self.logical(column), max_chars),
            None if column.failed => Cell::Failed,
            None => match column.origin {
                Origin::Size { width, height } => self.size_cell(width, height, row),
                Origin::Leaf(_) | Origin::Nested { .. } => Cell::Pending,
            },
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
pub fn cell(value: Value<'_>, kind: Kind, logical: Option<Logical>, max_chars: usize) -> Cell {
    /// Largest whole number up to which doubles are exact.
    const EXACT: i64 = 1 << 53;
    match value {
        Value::Null => Cell::Null,
        Value::Bool(value) => Cell::Bool(value),
        Value::Int(value) if kind == Kind::Time => Cell::Time(value as f64),
        Value::Int(value) if value < 0 && logical == Some(Logical::Int { signed: false, bits: 64 }) => {
            Cell::Digits((value as u64).to_string())
        }
        Value::Int(value) if (-EXACT..=EXACT).contains(&value) => Cell::Number(value as f64),
        Value::Int(value) => Cell::Digits(value.to_string()),
        Value::UInt(value) => Cell::Digits(value.to_string()),
        Value::Float32(value) => Cell::Number(widen(value)),
        Value::Float64(value) => Cell::Number(value),
        Value::Bytes(bytes) if kind == Kind::Binary => {
            Cell::Binary(u32::try_from(bytes.len()).unwrap_or(u32::MAX))
        }
        Value::Bytes(bytes) => Cell::Text(shortened(&String::from_utf8_lossy(bytes), max_chars)),
    }
}

fn shortened(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}
