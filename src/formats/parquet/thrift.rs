//! The Thrift compact protocol, as far as footers, page headers and offset indexes need it.
//!
//! Source: the compact protocol specification in Apache Thrift's `doc/specs`.

use crate::base::error::{Error, Result};

/// Structures and lists nest no deeper than this, or the bytes are not what they claim to be.
const MAX_DEPTH: u8 = 16;

/// Reads from the front of a slice.
#[derive(Clone, Copy, Debug)]
pub struct Thrift<'a> {
    bytes: &'a [u8],
    read: usize,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    True,
    False,
    Byte,
    Int,
    Double,
    Binary,
    List,
    Set,
    Map,
    Struct,
    Uuid,
}

impl FieldType {
    fn from_code(code: u8) -> Result<Self> {
        Ok(match code {
            1 => Self::True,
            2 => Self::False,
            3 => Self::Byte,
            4..=6 => Self::Int,
            7 => Self::Double,
            8 => Self::Binary,
            9 => Self::List,
            10 => Self::Set,
            11 => Self::Map,
            12 => Self::Struct,
            13 => Self::Uuid,
            _ => return Err(Error::corrupt(format!("no Thrift type has the code {code}"))),
        })
    }
}

/// The bytes end within a value: more of them may help.
fn ends_early() -> Error {
    Error::new(crate::base::error::ErrorKind::Truncated, "the structure ends early")
}

impl<'a> Thrift<'a> {
    /// A reader at the front of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, read: 0 }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.read
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.read).ok_or_else(ends_early)?;
        self.read += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Error::corrupt("a number is longer than ten bytes"))
    }

    /// A whole number in zigzag form.
    pub fn int(&mut self) -> Result<i64> {
        let raw = self.varint()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    /// A whole number that must not be negative and must fit in 32 bits.
    pub fn size(&mut self) -> Result<u32> {
        let value = self.int()?;
        u32::try_from(value)
            .ok()
            .filter(|size| *size <= i32::MAX as u32)
            .ok_or_else(|| Error::corrupt(format!("a size is {value}")))
    }

    /// The next field's number and type, or none at the end of the structure. `last` is the number
    /// of the field before it, 0 at the start.
    pub fn field(&mut self, last: i16) -> Result<Option<(i16, FieldType)>> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let kind = FieldType::from_code(head & 0x0f)?;
        let delta = i16::from(head >> 4);
        let number = if delta == 0 {
            i16::try_from(self.int()?).map_err(|_| Error::corrupt("a field number is out of range"))?
        } else {
            last.checked_add(delta).ok_or_else(|| Error::corrupt("a field number is out of range"))?
        };
        Ok(Some((number, kind)))
    }

    /// The type and the number of a list's elements.
    pub fn list(&mut self) -> Result<(FieldType, usize)> {
        let head = self.byte()?;
        if head == 0 {
            // Some writers give an empty list no type.
            return Ok((FieldType::Byte, 0));
        }
        let short = usize::from(head >> 4);
        let len = if short == 15 {
            usize::try_from(self.varint()?).map_err(|_| Error::corrupt("a list is too long"))?
        } else {
            short
        };
        if len > self.bytes.len().saturating_sub(self.read) {
            // Every element takes at least one byte.
            return Err(ends_early());
        }
        Ok((FieldType::from_code(head & 0x0f)?, len))
    }

    /// Passes over a value of this type.
    pub fn skip(&mut self, kind: FieldType) -> Result<()> {
        self.skip_within(kind, false, MAX_DEPTH)
    }

    /// Passes over an element of a list of this type.
    pub fn skip_element(&mut self, kind: FieldType) -> Result<()> {
        self.skip_within(kind, true, MAX_DEPTH)
    }

    fn skip_within(&mut self, kind: FieldType, in_list: bool, depth: u8) -> Result<()> {
        let deeper = depth.checked_sub(1).ok_or_else(|| Error::corrupt("structures nest too deep"))?;
        match kind {
            // In a field the type itself is the value; in a list each takes a byte.
            FieldType::True | FieldType::False if !in_list => {}
            FieldType::True | FieldType::False | FieldType::Byte => {
                self.byte()?;
            }
            FieldType::Uuid => self.advance(16)?,
            FieldType::Int => {
                self.varint()?;
            }
            FieldType::Double => self.advance(8)?,
            FieldType::Binary => {
                let len = usize::try_from(self.varint()?).map_err(|_| ends_early())?;
                self.advance(len)?;
            }
            FieldType::List | FieldType::Set => {
                let (element, len) = self.list()?;
                for _ in 0..len {
                    self.skip_within(element, true, deeper)?;
                }
            }
            FieldType::Map => {
                let len = self.varint()?;
                if len > 0 {
                    let kinds = self.byte()?;
                    let (key, value) =
                        (FieldType::from_code(kinds >> 4)?, FieldType::from_code(kinds & 0x0f)?);
                    for _ in 0..len {
                        self.skip_within(key, true, deeper)?;
                        self.skip_within(value, true, deeper)?;
                    }
                }
            }
            FieldType::Struct => {
                let mut last = 0;
                while let Some((number, kind)) = self.field(last)? {
                    self.skip_within(kind, false, deeper)?;
                    last = number;
                }
            }
        }
        Ok(())
    }

    /// A string of bytes.
    pub fn binary(&mut self) -> Result<&'a [u8]> {
        let len = usize::try_from(self.varint()?).map_err(|_| ends_early())?;
        let start = self.read;
        self.advance(len)?;
        self.bytes.get(start..self.read).ok_or_else(ends_early)
    }

    fn advance(&mut self, len: usize) -> Result<()> {
        let end = self.read.checked_add(len).filter(|end| *end <= self.bytes.len()).ok_or_else(ends_early)?;
        self.read = end;
        Ok(())
    }
}
