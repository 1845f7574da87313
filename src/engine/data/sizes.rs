//! The size of images: width and height as one label.

use super::super::change::Change;
use super::{Data, Derived, Origin};
use crate::formats::parquet::decode::{ByteValues, Values};
use crate::table::column::{Column, ROWS_A_CALL, Store, Value, value_at};

impl Data {
    /// Makes the column of sizes, once those that it is made of are read whole.
    pub(super) fn derive(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for place in 0..self.columns.len() {
            let Some(column) = self.columns.get(place) else { break };
            let Origin::Derived(Derived::Size { width, height }) = column.origin else { continue };
            if column.complete || !column.loading {
                continue;
            }
            let parts = [width, height].map(|part| self.columns.get(part));
            let failed = parts.iter().flatten().any(|part| part.failed);
            let values =
                parts.map(|part| part.filter(|part| part.complete).and_then(|part| part.values.as_ref()));
            let sizes =
                if let [Some(width), Some(height)] = values { Some(sizes(width, height)) } else { None };
            let Some(column) = self.columns.get_mut(place) else { break };
            if let Some(sizes) = sizes {
                column.values = sizes;
                column.complete = column.values.is_some();
                column.failed = column.values.is_none();
            } else if failed {
                column.failed = true;
            } else {
                continue;
            }
            column.loading = false;
            changes.push(if column.failed {
                Change::Failed { column: place, error: None }
            } else {
                Change::Grew { column: place, complete: true }
            });
        }
        changes
    }
}

/// The sizes of images as labels; none where there are more different ones than codes.
fn sizes(width: &Column, height: &Column) -> Option<Column> {
    match (width.store(), height.store()) {
        (Store::Codes8(widths, w), Store::Codes8(heights, h)) => pair((widths, w), (heights, h)),
        (Store::Codes8(widths, w), Store::Codes16(heights, h)) => pair((widths, w), (heights, h)),
        (Store::Codes16(widths, w), Store::Codes8(heights, h)) => pair((widths, w), (heights, h)),
        (Store::Codes16(widths, w), Store::Codes16(heights, h)) => pair((widths, w), (heights, h)),
        (Store::Plain(..) | Store::Text(_), _) | (_, Store::Plain(..) | Store::Text(_)) => None,
    }
}

/// Codes for pairs of codes, given when a pair is first met.
struct Pairs<'a> {
    widths: &'a Values,
    heights: &'a Values,
    known: Vec<u16>,
    labels: ByteValues,
    codes: Vec<u16>,
}

/// Widths times heights, beyond which sizes are not told apart: a table of two bytes each.
const MAX_PAIRS: usize = 1 << 22;

/// A pair that has not been met.
const UNKNOWN: u16 = u16::MAX - 1;

fn pair<W: Copy + Into<usize>, H: Copy + Into<usize>>(
    (widths, width_values): (&[W], &Values),
    (heights, height_values): (&[H], &Values),
) -> Option<Column> {
    let known = width_values.len().checked_mul(height_values.len()).filter(|pairs| *pairs <= MAX_PAIRS)?;
    let mut pairs = Pairs {
        widths: width_values,
        heights: height_values,
        known: vec![UNKNOWN; known],
        labels: ByteValues::default(),
        codes: Vec::with_capacity(widths.len()),
    };
    for (widths, heights) in widths.chunks(ROWS_A_CALL).zip(heights.chunks(ROWS_A_CALL)) {
        pairs.add(widths, heights)?;
    }
    Some(Column::from_codes(pairs.codes, pairs.labels))
}

impl Pairs<'_> {
    #[inline(never)]
    fn add<W: Copy + Into<usize>, H: Copy + Into<usize>>(
        &mut self,
        widths: &[W],
        heights: &[H],
    ) -> Option<()> {
        let stride = self.heights.len();
        for (width, height) in widths.iter().zip(heights) {
            let (width, height): (usize, usize) = ((*width).into(), (*height).into());
            // The codes of null lie behind those of values.
            let place = if height < stride { width * stride + height } else { usize::MAX };
            let code = match self.known.get(place) {
                Some(&UNKNOWN) => self.name(place, width, height)?,
                Some(code) => *code,
                None => u16::MAX,
            };
            self.codes.push(code);
        }
        Some(())
    }

    /// A code for a new pair; none where the codes are used up.
    #[cold]
    fn name(&mut self, place: usize, width: usize, height: usize) -> Option<u16> {
        let code = u16::try_from(self.labels.len()).ok().filter(|code| *code < UNKNOWN)?;
        let (Value::Int(width), Value::Int(height)) =
            (value_at(self.widths, width), value_at(self.heights, height))
        else {
            return Some(u16::MAX);
        };
        self.labels.push(format!("{width}x{height}").as_bytes());
        *self.known.get_mut(place)? = code;
        Some(code)
    }
}
