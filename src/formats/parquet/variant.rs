//! Values of the type VARIANT: any JSON value, and more kinds of numbers and times than JSON has, in each row.
//!
//! A value is bytes of a form of its own, with the names of its fields in other bytes beside it. Writers may put
//! parts of it into columns of their own ("shredding"); the rest of the value then stands beside these.
//!
//! The code that reads the form is seldom needed: in a browser it is in a lazy module.
//!
//! Source: `VariantEncoding.md` and `VariantShredding.md` of Apache Parquet.

use super::json::Json;
use super::nested::NestedReader;
use super::shape::Node;
use super::variant_rows::push_variant;
use crate::base::error::Result;
use crate::base::later::later;
use std::collections::BTreeMap;

/// What the fields of such a structure are called.
pub const METADATA: &str = "metadata";
/// See [`METADATA`].
pub const VALUE: &str = "value";
/// See [`METADATA`].
pub const TYPED_VALUE: &str = "typed_value";

/// A value, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// The JSON of a value that is neither a list nor an object.
    Plain(String),
    /// NaN or an infinity, which JSON has no numbers for.
    Odd(String),
    /// A list.
    List(Vec<Tree>),
    /// An object, by the names of its fields.
    Object(BTreeMap<String, Tree>),
}

/// How a tree is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For people: with spaces, and NaN by its name.
    Read,
    /// For programs: without spaces, and null for NaN.
    Written,
}

impl Tree {
    /// No value.
    pub fn null() -> Self {
        Self::Plain("null".to_owned())
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Plain(serde_json::to_string(text).unwrap_or_default())
    }

    /// A number of any width, as its shortest digits.
    pub fn number(digits: String) -> Self {
        if digits.ends_with(|end: char| end.is_ascii_digit()) {
            Self::Plain(digits)
        } else {
            Self::Odd(digits)
        }
    }

    /// Bytes, as base64 in quotes.
    pub fn bytes(bytes: &[u8]) -> Self {
        let mut digits = Vec::new();
        crate::base::base64::push_base64(&mut digits, bytes);
        Self::text(&String::from_utf8_lossy(&digits))
    }

    /// What a value and its part in columns of its own are together; none where there is neither.
    pub fn joined(value: Option<Self>, typed: Option<Self>) -> Option<Self> {
        match (value, typed) {
            (Some(Self::Object(rest)), Some(Self::Object(mut fields))) => {
                // A field is in one of them; if in both, its own column holds.
                for (name, value) in rest {
                    fields.entry(name).or_insert(value);
                }
                Some(Self::Object(fields))
            }
            (value, typed) => typed.or(value),
        }
    }

    /// Adds it to a text.
    pub fn push(&self, out: &mut String, style: Style) {
        let (comma, colon) = match style {
            Style::Read => (", ", ": "),
            Style::Written => (",", ":"),
        };
        match self {
            Self::Plain(json) => out.push_str(json),
            Self::Odd(number) if style == Style::Read => out.push_str(&format!("\"{number}\"")),
            Self::Odd(_) => out.push_str("null"),
            Self::List(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    out.push_str(if place == 0 { "" } else { comma });
                    item.push(out, style);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (place, (name, value)) in fields.iter().enumerate() {
                    out.push_str(if place == 0 { "" } else { comma });
                    out.push_str(&serde_json::to_string(name).unwrap_or_default());
                    out.push_str(colon);
                    value.push(out, style);
                }
                out.push('}');
            }
        }
    }
}

/// The code that reads such values.
#[derive(Clone, Copy, Debug)]
pub struct Code(Push);

type Push = fn(&mut NestedReader<'_>, &[(String, Node)], &mut Json) -> Result<()>;

impl Code {
    /// All of it: only the entry of the lazy module may name it.
    pub fn all() -> Self {
        Self(push_variant)
    }

    /// Adds the next value in these fields.
    pub(super) fn read(
        self,
        reader: &mut NestedReader<'_>,
        fields: &[(String, Node)],
        json: &mut Json,
    ) -> Result<()> {
        self.0(reader, fields, json)
    }
}

later!(
    static CODE: Code = Code::all;
);

/// The code has been fetched.
pub fn provide(code: Code) {
    CODE.provide(code);
}

/// The code, where it is here.
pub fn code() -> Option<Code> {
    CODE.get()
}
