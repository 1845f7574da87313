//! The values of a column as codes: equal values have the same one.

use crate::formats::parquet::decode::Values;
use crate::table::column::{Column, Plain, Store, Value, value_at};
use crate::table::filter::{call, number};
use crate::view::group_by::Span;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// What a code stands for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum KeyValue {
    /// No value.
    #[default]
    None,
    /// A value as links call it, and as a number, where it is one.
    Value(String, Option<f64>),
    /// A stretch of time, in milliseconds since 1970: its beginning, and that of the next one.
    Span(i64, i64),
}

/// A column with a code for each row.
pub struct Keyed<'a> {
    column: &'a Column,
    /// Different codes of rows with a value; the next number stands for no value.
    count: usize,
    /// Codes of rows.
    rows: Rows<'a>,
    /// What stored codes become, where that is another code.
    turned: Option<Vec<u32>>,
    /// What the codes stand for, where they are not those of the store: stretches of time, or rows that have the value.
    own: Own,
}

enum Rows<'a> {
    Codes8(&'a [u8]),
    Codes16(&'a [u16]),
    Texts(&'a [u32]),
    Made(Vec<u32>),
}

enum Own {
    Stored,
    Spans(Vec<(i64, i64)>),
    Rows(Vec<u32>),
}

impl<'a> Keyed<'a> {
    /// The codes of a column.
    pub fn new(column: &'a Column, span: Option<Span>) -> Self {
        let plain = |count, rows| Self { column, count, rows, turned: None, own: Own::Stored };
        let stored = match column.store() {
            Store::Codes8(codes, values) => plain(values.len(), Rows::Codes8(codes)),
            Store::Codes16(codes, values) => plain(values.len(), Rows::Codes16(codes)),
            Store::Text(texts) => plain(texts.distinct(), Rows::Texts(texts.codes())),
            Store::Plain(values, valid) => return Self::of_plain(column, values, valid.as_deref(), span),
        };
        match span {
            Some(span) => stored.in_spans(span),
            None => stored,
        }
    }

    fn of_plain(column: &'a Column, plain: &Plain, valid: Option<&[bool]>, span: Option<Span>) -> Self {
        const NONE: u32 = u32::MAX;
        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
        let (mut spans, mut firsts) = (Vec::new(), Vec::new());
        let mut last: Option<((i64, i64), u32)> = None;
        let mut rows = Vec::with_capacity(column.rows());
        for row in 0..column.rows() {
            if valid.and_then(|valid| valid.get(row)) == Some(&false) {
                rows.push(NONE);
                continue;
            }
            let code = match span {
                Some(span) => {
                    let millis = column.get(row).and_then(number).filter(|value| value.is_finite());
                    let Some(millis) = millis.map(|millis| millis.floor() as i64) else {
                        rows.push(NONE);
                        continue;
                    };
                    // Neighbours are often of one day.
                    let near = last.filter(|((start, end), _)| (*start..*end).contains(&millis));
                    near.unwrap_or_else(|| {
                        let around = span.around(millis);
                        let code = *known.entry(around.0 as u64).or_insert_with(|| {
                            spans.push(around);
                            spans.len() as u32 - 1
                        });
                        last = Some((around, code));
                        (around, code)
                    })
                    .1
                }
                None => *known.entry(bits(plain, row)).or_insert_with(|| {
                    firsts.push(row as u32);
                    firsts.len() as u32 - 1
                }),
            };
            rows.push(code);
        }
        let count = known.len();
        rows.iter_mut().filter(|code| **code == NONE).for_each(|code| *code = count as u32);
        let own = if span.is_some() { Own::Spans(spans) } else { Own::Rows(firsts) };
        Self { column, count, rows: Rows::Made(rows), turned: None, own }
    }

    fn in_spans(self, span: Span) -> Self {
        let mut known: FxHashMap<i64, u32> = FxHashMap::default();
        let mut spans = Vec::new();
        let codes = (0..self.count as u32).map(|code| {
            let millis = number(self.stored(code)).filter(|value| value.is_finite())?;
            let around = span.around(millis.floor() as i64);
            Some(*known.entry(around.0).or_insert_with(|| {
                spans.push(around);
                spans.len() as u32 - 1
            }))
        });
        let codes: Vec<Option<u32>> = codes.collect();
        let count = spans.len();
        let turned = codes.into_iter().chain([None]).map(|code| code.unwrap_or(count as u32)).collect();
        Self { count, turned: Some(turned), own: Own::Spans(spans), ..self }
    }

    /// Different codes; that of no value is not counted, and equal to this.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The codes of these rows.
    pub fn codes(&self, rows: Range<usize>, codes: &mut Vec<u32>) {
        // Where codes are turned, the stored ones end at as many as there are of those.
        let stored_none =
            self.turned.as_ref().map_or(self.count, |turned| turned.len().saturating_sub(1)) as u32;
        match &self.rows {
            Rows::Codes8(all) => {
                let some = all.get(rows).unwrap_or_default();
                codes.extend(
                    some.iter().map(|code| if *code == u8::MAX { stored_none } else { u32::from(*code) }),
                );
            }
            Rows::Codes16(all) => {
                let some = all.get(rows).unwrap_or_default();
                codes.extend(
                    some.iter().map(|code| if *code == u16::MAX { stored_none } else { u32::from(*code) }),
                );
            }
            Rows::Texts(all) => {
                codes.extend(all.get(rows).unwrap_or_default().iter().map(|code| (*code).min(stored_none)))
            }
            Rows::Made(all) => codes.extend_from_slice(all.get(rows).unwrap_or_default()),
        }
        if let Some(turned) = &self.turned {
            for code in codes {
                *code = turned.get(*code as usize).copied().unwrap_or(self.count as u32);
            }
        }
    }

    fn stored(&self, code: u32) -> Value<'_> {
        match self.column.store() {
            Store::Codes8(_, values) | Store::Codes16(_, values) => self.column.meaning(of(values, code)),
            Store::Text(texts) => self.column.meaning(texts.get(code).map_or(Value::Null, Value::Bytes)),
            Store::Plain(..) => Value::Null,
        }
    }

    /// What codes stand for, as far as they are among `met`.
    pub fn values(&self, met: &[u32]) -> Vec<KeyValue> {
        let mut values = vec![KeyValue::None; self.count + 1];
        for code in met {
            let Some(slot) = values.get_mut(*code as usize) else { continue };
            if *slot != KeyValue::None || *code as usize >= self.count {
                continue;
            }
            let value = match &self.own {
                Own::Spans(spans) => {
                    *slot = spans
                        .get(*code as usize)
                        .map_or(KeyValue::None, |(start, end)| KeyValue::Span(*start, *end));
                    continue;
                }
                Own::Stored => self.stored(*code),
                Own::Rows(rows) => {
                    let row = rows.get(*code as usize).copied().unwrap_or(0);
                    self.column.get(row as usize).unwrap_or(Value::Null)
                }
            };
            *slot = call(self.column.known(), value)
                .map_or(KeyValue::None, |name| KeyValue::Value(name, number(value)));
        }
        values
    }
}

fn of(values: &Values, code: u32) -> Value<'_> {
    value_at(values, code as usize)
}

/// The bits of a plain number; all NaN are one, and so are both zeros.
fn bits(plain: &Plain, row: usize) -> u64 {
    match plain {
        Plain::UInt32(all) => all.get(row).copied().unwrap_or(0).into(),
        Plain::Int64(all) => all.get(row).copied().unwrap_or(0) as u64,
        Plain::Float32(all) => float_bits(f64::from(all.get(row).copied().unwrap_or(0.0))),
        Plain::Float64(all) => float_bits(all.get(row).copied().unwrap_or(0.0)),
    }
}

fn float_bits(value: f64) -> u64 {
    if value.is_nan() { u64::MAX } else { (value + 0.0).to_bits() }
}

/// The rank of each value in ascending order; none for no value. Numbers come by size, before other texts.
pub fn ranks(values: &[KeyValue]) -> Vec<Option<u32>> {
    let mut order: Vec<usize> =
        (0..values.len()).filter(|place| values.get(*place) != Some(&KeyValue::None)).collect();
    let number = |place: &usize| match values.get(*place) {
        Some(KeyValue::Span(start, _)) => Some(*start as f64),
        Some(KeyValue::Value(_, number)) => *number,
        Some(KeyValue::None) | None => None,
    };
    let text = |place: &usize| match values.get(*place) {
        Some(KeyValue::Value(text, _)) => text.as_str(),
        Some(KeyValue::Span(..) | KeyValue::None) | None => "",
    };
    order.sort_by(|a, b| match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => text(a).cmp(text(b)),
    });
    let mut ranks = vec![None; values.len()];
    for (rank, place) in (0..).zip(order) {
        if let Some(slot) = ranks.get_mut(place) {
            *slot = Some(rank);
        }
    }
    ranks
}
