//! Codes of a page's values, and how values take their places among rows without one.

use crate::formats::parquet::rle::Numbers;
use std::borrow::Cow;

/// Codes on their way into a store.
pub(super) enum Codes<'a> {
    U8(Cow<'a, [u8]>),
    U16(Cow<'a, [u16]>),
}

/// Rows that one call of an inner loop works on. Browsers compile what runs long a second time,
/// better; the new code serves from the next call on, so that no call may take long.
pub const ROWS_A_CALL: usize = 1 << 13;

/// The codes of places in a dictionary, each below 255.
pub(super) fn narrow_codes<'a>(indexes: &'a Numbers, lookup: &[u16]) -> Cow<'a, [u8]> {
    let code = |index: usize| lookup.get(index).map_or(u8::MAX, |code| *code as u8);
    match indexes {
        // The first chunk's dictionary is that of the column.
        Numbers::U8(all) if is_in_order(lookup) => all.as_slice().into(),
        Numbers::U8(all) => {
            let table: [u8; 256] = std::array::from_fn(code);
            let mut codes = Vec::with_capacity(all.len());
            all.chunks(ROWS_A_CALL).for_each(|some| translate(some, &table, &mut codes));
            codes.into()
        }
        wide => (0..wide.len()).filter_map(|place| wide.get(place)).map(code).collect(),
    }
}

/// The codes of places in a dictionary.
pub(super) fn wide_codes<'a>(indexes: &'a Numbers, lookup: &[u16]) -> Cow<'a, [u16]> {
    let code = |index: usize| lookup.get(index).copied().unwrap_or(u16::MAX);
    match indexes {
        Numbers::U16(all) if is_in_order(lookup) => all.as_slice().into(),
        Numbers::U8(all) => all.iter().map(|index| code(usize::from(*index))).collect(),
        Numbers::U16(all) => all.iter().map(|index| code(usize::from(*index))).collect(),
        Numbers::U32(all) => all.iter().map(|index| code(*index as usize)).collect(),
    }
}

fn is_in_order(lookup: &[u16]) -> bool {
    lookup.iter().enumerate().all(|(place, code)| usize::from(*code) == place)
}

#[inline(never)]
fn translate(indexes: &[u8], table: &[u8; 256], codes: &mut Vec<u8>) {
    codes.extend(indexes.iter().map(|index| table.get(usize::from(*index)).copied().unwrap_or(u8::MAX)));
}

/// Appends a value for each row that has one, and `null` for the others.
pub(super) fn scatter<T: Copy>(all: &mut Vec<T>, valid: Option<&[bool]>, values: &[T], null: T, rows: usize) {
    let Some(valid) = valid else {
        all.extend_from_slice(values.get(..rows).unwrap_or(values));
        return;
    };
    let mut rest = values;
    for some in valid.chunks(ROWS_A_CALL) {
        rest = scatter_some(all, some, rest, null);
    }
}

/// The same for some rows; the values that are left.
#[inline(never)]
fn scatter_some<'a, T: Copy>(all: &mut Vec<T>, valid: &[bool], values: &'a [T], null: T) -> &'a [T] {
    let mut place = 0;
    all.extend(valid.iter().map(|valid| {
        let value = values.get(place).copied().unwrap_or(null);
        place += usize::from(*valid);
        if *valid { value } else { null }
    }));
    values.get(place..).unwrap_or_default()
}
