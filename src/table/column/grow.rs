//! A column grows: pages become codes, and plain values or texts of their own once there are too many to list.

use super::codes::{Codes, narrow_codes, scatter, wide_codes};
use super::values::{gather, look_up, no_values, push, value_at};
use super::{Column, Interned, MAX_CODES, Plain, Store, Value};
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::moment::Moment;
use crate::formats::parquet::decode::{Decoded, Values};
use crate::table::text;
use crate::table::text::Texts;

impl Column {
    /// Takes note of the dictionary of the chunk that follows.
    ///
    /// # Errors
    /// Where a text is too long, or all of them together.
    pub fn begin_chunk(&mut self, dictionary: Option<&Values>) -> Result<()> {
        self.lookup.clear();
        self.text_lookup.clear();
        if let (Some(Values::Bytes(dictionary)), Store::Text(texts)) = (dictionary, &mut self.store) {
            self.text_lookup.reserve(dictionary.len());
            for text in dictionary.iter() {
                self.text_lookup.push(texts.intern(text)?);
            }
            return Ok(());
        }
        if let (Some(dictionary), Store::Codes8(..) | Store::Codes16(..)) = (dictionary, &self.store) {
            let mut lookup = Vec::with_capacity(dictionary.len());
            for index in 0..dictionary.len() {
                match self.intern(value_at(dictionary, index)) {
                    Some(code) => lookup.push(code),
                    None => {
                        self.become_plain()?;
                        return self.begin_chunk(Some(dictionary));
                    }
                }
            }
            self.lookup = lookup;
        }
        Ok(())
    }

    /// Adds a page's rows. `dictionary` is that of the chunk, as given to
    /// [`begin_chunk`](Self::begin_chunk).
    ///
    /// # Errors
    /// Where a text is too long, or all of them together.
    pub fn append(&mut self, page: &Decoded, dictionary: Option<&Values>) -> Result<()> {
        let valid = page.valid.as_deref();
        let rows = page.rows as usize;
        self.nulls += rows - page.values.len().min(rows);
        let codes = match &self.store {
            Store::Codes8(..) | Store::Codes16(..) => self.codes_of(&page.values),
            Store::Plain(..) | Store::Text(_) => None,
        };
        match (codes, &mut self.store) {
            (Some(Codes::U8(codes)), Store::Codes8(all, _)) => scatter(all, valid, &codes, u8::MAX, rows),
            (Some(Codes::U16(codes)), Store::Codes16(all, _)) => scatter(all, valid, &codes, u16::MAX, rows),
            (_, Store::Plain(..)) => self.append_plain(page, dictionary),
            (_, Store::Text(texts)) => append_texts(texts, page, &self.text_lookup)?,
            (_, Store::Codes8(..) | Store::Codes16(..)) => {
                self.become_plain()?;
                self.begin_chunk(dictionary)?;
                if let Store::Text(texts) = &mut self.store {
                    append_texts(texts, page, &self.text_lookup)?;
                } else {
                    self.append_plain(page, dictionary);
                }
            }
        }
        self.rows += rows;
        Ok(())
    }

    /// The codes of these values, as wide as the store has them; none where there are too many
    /// different ones.
    fn codes_of<'a>(&mut self, values: &'a Values) -> Option<Codes<'a>> {
        if let Values::Indexes(indexes) = values {
            if indexes.highest() >= Some(self.lookup.len()) {
                return None;
            }
            return Some(match self.store {
                Store::Codes8(..) => Codes::U8(narrow_codes(indexes, &self.lookup)),
                Store::Codes16(..) | Store::Plain(..) | Store::Text(_) => {
                    Codes::U16(wide_codes(indexes, &self.lookup))
                }
            });
        }
        let codes = (0..values.len()).map(|index| self.intern(value_at(values, index)));
        let codes = codes.collect::<Option<Vec<u16>>>()?;
        Some(match self.store {
            Store::Codes8(..) => Codes::U8(codes.iter().map(|code| *code as u8).collect()),
            Store::Codes16(..) | Store::Plain(..) | Store::Text(_) => Codes::U16(codes.into()),
        })
    }

    /// The code of a value, a new one if need be; none where the codes are used up.
    fn intern(&mut self, value: Value<'_>) -> Option<u16> {
        let bits = match value {
            Value::Null => return None,
            Value::Bool(value) => u64::from(value),
            Value::Int(value) => value as u64,
            Value::UInt(value) => value,
            // All NaN are one value, and so are both zeros.
            Value::Float32(value) if value.is_nan() => u64::MAX,
            Value::Float32(value) => u64::from((value + 0.0).to_bits()),
            Value::Float64(value) if value.is_nan() => u64::MAX,
            Value::Float64(value) => (value + 0.0).to_bits(),
            // What is stored is not yet what it means.
            Value::Decimal(value, _) | Value::Time(Moment { ticks: value, .. }) => value as u64,
            Value::Bytes(_) | Value::Wide(..) => 0,
        };
        let known = match value {
            Value::Bytes(text) => self.interned.texts.get(text),
            _ => self.interned.bits.get(&bits),
        };
        if let Some(code) = known {
            return Some(*code);
        }
        // A column's values are all numbers or all texts.
        let next = self.interned.bits.len() + self.interned.texts.len();
        let code = u16::try_from(next).ok().filter(|code| (*code as usize) < MAX_CODES)?;
        match value {
            Value::Bytes(text) => self.interned.texts.insert(text.into(), code),
            _ => self.interned.bits.insert(bits, code),
        };
        if let Store::Codes8(codes, values) = &mut self.store {
            push(values, value);
            if code == u16::from(u8::MAX) {
                let widened =
                    codes.iter().map(|code| if *code == u8::MAX { u16::MAX } else { u16::from(*code) });
                let mut wide = Vec::with_capacity(codes.capacity());
                wide.extend(widened);
                self.store = Store::Codes16(wide, std::mem::replace(values, no_values()));
            }
        } else if let Store::Codes16(_, values) = &mut self.store {
            push(values, value);
        }
        Some(code)
    }

    fn become_plain(&mut self) -> Result<()> {
        let (codes, values): (Vec<u16>, _) = match &mut self.store {
            Store::Codes8(codes, values) => (
                codes.iter().map(|code| if *code == u8::MAX { u16::MAX } else { u16::from(*code) }).collect(),
                std::mem::replace(values, no_values()),
            ),
            Store::Codes16(codes, values) => (std::mem::take(codes), std::mem::replace(values, no_values())),
            Store::Plain(..) | Store::Text(_) => return Ok(()),
        };
        self.interned = Interned::default();
        self.lookup = Vec::new();
        let valid = (self.nulls > 0).then(|| codes.iter().map(|code| *code != u16::MAX).collect());
        let plain = match values {
            Values::Int(values) if values.iter().all(|value| u32::try_from(*value).is_ok()) => {
                Plain::UInt32(gather(&codes, &values).map(|value| value as u32).collect())
            }
            Values::Int(values) => Plain::Int64(gather(&codes, &values).collect()),
            Values::Float32(values) => Plain::Float32(gather(&codes, &values).collect()),
            Values::Float64(values) => Plain::Float64(gather(&codes, &values).collect()),
            Values::Bytes(values) => {
                let mut texts = Texts::with_capacity(codes.capacity());
                // Each value is met for the first time, so that it keeps its code.
                for value in values.iter() {
                    texts.intern(value)?;
                }
                for code in codes {
                    texts.push(if code == u16::MAX { text::NULL } else { u32::from(code) });
                }
                self.store = Store::Text(Box::new(texts));
                return Ok(());
            }
            Values::Bool(_) | Values::Indexes(_) => {
                return Err(Error::new(
                    ErrorKind::Limit,
                    format!("it has more than {} different values, too many to list", MAX_CODES - 1),
                ));
            }
        };
        self.store = Store::Plain(plain, valid);
        Ok(())
    }

    fn append_plain(&mut self, page: &Decoded, dictionary: Option<&Values>) {
        let Store::Plain(plain, all_valid) = &mut self.store else { return };
        let rows = page.rows as usize;
        let looked_up;
        let values = match (&page.values, dictionary) {
            (Values::Indexes(indexes), Some(dictionary)) => {
                looked_up = look_up(dictionary, indexes);
                &looked_up
            }
            (values, _) => values,
        };
        if let (Plain::UInt32(small), Values::Int(values)) = (&*plain, values)
            && values.iter().any(|value| u32::try_from(*value).is_err())
        {
            *plain = Plain::Int64(small.iter().map(|value| i64::from(*value)).collect());
        }
        let valid = page.valid.as_deref();
        match (plain, values) {
            (Plain::UInt32(all), Values::Int(values)) => {
                let values: Vec<u32> = values.iter().map(|value| *value as u32).collect();
                scatter(all, valid, &values, 0, rows);
            }
            (Plain::Int64(all), Values::Int(values)) => scatter(all, valid, values, 0, rows),
            (Plain::Float32(all), Values::Float32(values)) => scatter(all, valid, values, 0.0, rows),
            (Plain::Float64(all), Values::Float64(values)) => scatter(all, valid, values, 0.0, rows),
            // A column's pages all have its one type.
            _ => {}
        }
        match (all_valid, valid) {
            (Some(all), Some(valid)) => all.extend_from_slice(valid),
            (Some(all), None) => all.resize(all.len() + rows, true),
            (all @ None, Some(valid)) => {
                let mut bits = vec![true; self.rows];
                bits.extend_from_slice(valid);
                *all = Some(bits);
            }
            (None, None) => {}
        }
    }
}

fn append_texts(texts: &mut Texts, page: &Decoded, lookup: &[u32]) -> Result<()> {
    let mut codes = Vec::with_capacity(page.values.len());
    match &page.values {
        Values::Bytes(values) => {
            for value in values.iter() {
                codes.push(texts.intern(value)?);
            }
        }
        Values::Indexes(indexes) => {
            let places = (0..indexes.len()).filter_map(|place| indexes.get(place));
            codes.extend(places.map(|index| lookup.get(index).copied().unwrap_or(text::NULL)));
        }
        // A column's pages all have its one type.
        Values::Bool(_) | Values::Int(_) | Values::Float32(_) | Values::Float64(_) => {}
    }
    let mut codes = codes.into_iter();
    for row in 0..page.rows as usize {
        let valid = page.valid.as_ref().is_none_or(|valid| valid.get(row).copied().unwrap_or(false));
        texts.push(if valid { codes.next().unwrap_or(text::NULL) } else { text::NULL });
    }
    Ok(())
}
