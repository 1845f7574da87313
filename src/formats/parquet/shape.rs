//! How the leaves under a top-level field belong together: lists, maps and structures.
//!
//! Source: "Nested Types" in Apache Parquet's `LogicalTypes.md`, with its rules for old files.

use super::element::MAX_SCHEMA_DEPTH;
use super::footer::MAX_SCHEMA_ELEMENTS;
use crate::base::error::{Error, Result};
use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::schema::types::Type;
use std::ops::Range;

/// A field, or the element of a list.
#[derive(Debug)]
pub struct Node {
    /// The leaf columns under it, counted within the top-level field.
    pub leaves: Range<usize>,
    /// The definition level from which on it is there.
    pub definition: u16,
    /// What it is.
    pub shape: Shape,
}

/// What a field is.
#[derive(Debug)]
pub enum Shape {
    /// A value.
    Leaf,
    /// Named fields.
    Fields(Vec<(String, Node)>),
    /// A value of the type VARIANT, in these fields.
    Variant(Vec<(String, Node)>),
    /// Values one after another.
    List(Repeated, Box<Node>),
    /// Keys, each with a value. Keys without values are a list.
    Map(Repeated, Box<Node>, Box<Node>),
}

/// The level at which a list's elements are separate.
#[derive(Clone, Copy, Debug)]
pub struct Repeated {
    /// The repetition level at which the next element of the same list begins.
    pub repetition: u16,
    /// The definition level from which on there is an element.
    pub definition: u16,
}

/// The top-level field that holds the leaf column `leaf`, and how many leaves stand before it.
///
/// # Errors
/// Where the schema has no such leaf, or nests too deep.
pub fn of_leaf(schema: &Type, leaf: usize) -> Result<(Node, usize)> {
    if !schema.is_group() {
        return Err(Error::corrupt("the schema is no structure"));
    }
    let mut before = 0;
    for field in schema.get_fields() {
        let mut shaper = Shaper { leaves: 0, left: MAX_SCHEMA_ELEMENTS };
        let node = shaper.field(field, Levels::default(), MAX_SCHEMA_DEPTH)?;
        if leaf < before + node.leaves.len() {
            return Ok((node, before));
        }
        before += node.leaves.len();
    }
    Err(Error::corrupt("the column is not in the schema"))
}

#[derive(Clone, Copy, Default)]
struct Levels {
    definition: u16,
    repetition: u16,
}

struct Shaper {
    /// Leaves seen so far.
    leaves: usize,
    /// Elements that may still come.
    left: usize,
}

impl Shaper {
    /// A field with its own repetition.
    fn field(&mut self, field: &Type, levels: Levels, depth: usize) -> Result<Node> {
        let Levels { definition, repetition } = levels;
        match repetition_of(field) {
            Repetition::REQUIRED => self.present(field, levels, depth),
            Repetition::OPTIONAL => {
                self.present(field, Levels { definition: definition + 1, repetition }, depth)
            }
            // Repeated outside of a list's own structure: a list that is always there.
            Repetition::REPEATED => {
                let inner = Levels { definition: definition + 1, repetition: repetition + 1 };
                let element = self.present(field, inner, depth)?;
                Ok(list(definition, inner, element))
            }
        }
    }

    /// A field that is there from `levels` on.
    fn present(&mut self, field: &Type, levels: Levels, depth: usize) -> Result<Node> {
        self.left = self.left.checked_sub(1).ok_or_else(too_deep)?;
        let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
        if !field.is_group() {
            self.leaves += 1;
            let leaves = self.leaves - 1..self.leaves;
            return Ok(Node { leaves, definition: levels.definition, shape: Shape::Leaf });
        }
        if let [inner] = field.get_fields()
            && repetition_of(inner) == Repetition::REPEATED
        {
            let within = Levels { definition: levels.definition + 1, repetition: levels.repetition + 1 };
            if is_list(field) {
                let element = match element_of(field, inner) {
                    Some(element) => self.field(element, within, depth)?,
                    None => self.present(inner, within, depth)?,
                };
                return Ok(list(levels.definition, within, element));
            }
            if is_map(field)
                && inner.is_group()
                && let [key, rest @ ..] = inner.get_fields()
                && let [] | [_] = rest
            {
                let key = self.field(key, within, depth)?;
                let Some(value) = rest.first() else { return Ok(list(levels.definition, within, key)) };
                let value = self.field(value, within, depth)?;
                let repeated = Repeated { repetition: within.repetition, definition: within.definition };
                return Ok(Node {
                    leaves: key.leaves.start..value.leaves.end,
                    definition: levels.definition,
                    shape: Shape::Map(repeated, Box::new(key), Box::new(value)),
                });
            }
        }
        let start = self.leaves;
        let mut fields = Vec::new();
        for inner in field.get_fields() {
            let node = self.field(inner, levels, depth)?;
            // A structure of nothing has nothing to show.
            if !node.leaves.is_empty() {
                fields.push((inner.name().to_owned(), node));
            }
        }
        let leaves = start..self.leaves;
        let shape = if is_variant(field) { Shape::Variant(fields) } else { Shape::Fields(fields) };
        Ok(Node { leaves, definition: levels.definition, shape })
    }
}

/// A list that is there from `definition` on.
fn list(definition: u16, within: Levels, element: Node) -> Node {
    let repeated = Repeated { repetition: within.repetition, definition: within.definition };
    Node { leaves: element.leaves.clone(), definition, shape: Shape::List(repeated, Box::new(element)) }
}

/// What a list's repeated field wraps; none where that field is the element itself.
fn element_of<'a>(list: &Type, repeated: &'a Type) -> Option<&'a Type> {
    if !repeated.is_group() {
        return None;
    }
    let [element] = repeated.get_fields() else { return None };
    let named = repeated.name() == "array" || repeated.name() == format!("{}_tuple", list.name());
    (!named && repetition_of(element) != Repetition::REPEATED).then_some(element.as_ref())
}

/// Whether a field may be without a value as a whole.
pub fn may_be_null(field: &Type) -> bool {
    repetition_of(field) == Repetition::OPTIONAL
}

/// Whether a structure is a value of the type VARIANT.
pub fn is_variant(field: &Type) -> bool {
    field.is_group() && matches!(field.get_basic_info().logical_type_ref(), Some(LogicalType::Variant(_)))
}

/// Whether a field is such a value, or has some within.
pub fn has_variants(field: &Type) -> bool {
    is_variant(field) || (field.is_group() && field.get_fields().iter().any(|field| has_variants(field)))
}

fn is_list(field: &Type) -> bool {
    let info = field.get_basic_info();
    matches!(info.logical_type_ref(), Some(LogicalType::List)) || info.converted_type() == ConvertedType::LIST
}

fn is_map(field: &Type) -> bool {
    let info = field.get_basic_info();
    matches!(info.logical_type_ref(), Some(LogicalType::Map))
        || matches!(info.converted_type(), ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE)
}

fn repetition_of(field: &Type) -> Repetition {
    let info = field.get_basic_info();
    if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED }
}

fn too_deep() -> Error {
    Error::corrupt("the schema nests too deep")
}

#[cfg(test)]
mod tests {
    use super::{Shape, of_leaf};
    use parquet::schema::parser::parse_message_type;

    fn check(message: &str, leaf: usize, expected: &str) {
        fn told(shape: &Shape) -> String {
            match shape {
                Shape::Leaf => "value".to_owned(),
                Shape::Fields(fields) | Shape::Variant(fields) => {
                    let fields: Vec<_> =
                        fields.iter().map(|(name, node)| format!("{name}: {}", told(&node.shape))).collect();
                    format!("{{{}}}", fields.join(", "))
                }
                Shape::List(_, element) => format!("[{}]", told(&element.shape)),
                Shape::Map(_, key, value) => {
                    format!("({} -> {})", told(&key.shape), told(&value.shape))
                }
            }
        }
        let (node, before) = of_leaf(&parse_message_type(message).unwrap(), leaf).unwrap();
        assert_eq!(format!("{before} {}", told(&node.shape)), expected);
    }

    #[test]
    fn lists_of_every_age_are_lists() {
        let three = "message m { required int32 x; optional group l (LIST) { repeated group list { optional int32 element; } } }";
        check(three, 1, "1 [value]");
        check("message m { optional group l (LIST) { repeated int32 array; } }", 0, "0 [value]");
        check("message m { repeated int32 l; }", 0, "0 [value]");
        check(
            "message m { optional group l (LIST) { repeated group array { required int32 a; } } }",
            0,
            "0 [{a: value}]",
        );
        check(
            "message m { optional group l (LIST) { repeated group bag { required int32 a; required int32 b; } } }",
            1,
            "0 [{a: value, b: value}]",
        );
    }

    #[test]
    fn maps_and_structures() {
        check(
            "message m { optional group m (MAP) { repeated group key_value { required binary key; optional int32 value; } } }",
            1,
            "0 (value -> value)",
        );
        check(
            "message m { required group s { required int32 a; repeated int32 b; } }",
            1,
            "0 {a: value, b: [value]}",
        );
    }
}
