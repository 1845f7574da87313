//! Values of the type VARIANT, put together of the columns that they are in.

use super::decode::Values;
use super::json::Json;
use super::levels::Leaf;
use super::meta::Logical;
use super::nested::{NestedReader, ends_early};
use super::shape::{Node, Shape};
use super::variant::{METADATA, TYPED_VALUE, Tree, VALUE};
use super::variant_form::read;
use crate::base::error::{Error, Result};
use std::collections::BTreeMap;

/// Adds the next value in these fields.
///
/// # Errors
/// Where they do not hold such values.
pub(super) fn push_variant(
    reader: &mut NestedReader<'_>,
    fields: &[(String, Node)],
    json: &mut Json,
) -> Result<()> {
    let tree = reader.variant(fields)?;
    json.tree(&tree.unwrap_or_else(Tree::null));
    Ok(())
}

impl NestedReader<'_> {
    fn variant(&mut self, fields: &[(String, Node)]) -> Result<Option<Tree>> {
        let names = fields.iter().find(|(name, _)| name == METADATA);
        let names = match names {
            Some((_, node)) => self.bytes(node)?.unwrap_or_default(),
            None => return Err(Error::corrupt("a VARIANT without the names of its fields")),
        };
        self.part(fields, &names)
    }

    /// A value, and what of it is in columns of its own; none where it is missing.
    fn part(&mut self, fields: &[(String, Node)], names: &[u8]) -> Result<Option<Tree>> {
        let (mut value, mut typed) = (None, None);
        for (name, node) in fields {
            match name.as_str() {
                VALUE => value = self.bytes(node)?.map(|bytes| read(names, &bytes)).transpose()?,
                TYPED_VALUE => typed = self.typed(node, names)?,
                METADATA => {}
                _ => self.skip(node),
            }
        }
        Ok(Tree::joined(value, typed))
    }

    fn typed(&mut self, node: &Node, names: &[u8]) -> Result<Option<Tree>> {
        let first = node.leaves.start;
        if self.peek(first)?.1 < node.definition {
            self.skip(node);
            return Ok(None);
        }
        Ok(Some(match &node.shape {
            Shape::Leaf => {
                let logical = self.columns.get(first).ok_or_else(ends_early)?.logical;
                match self.leaves.get_mut(first).and_then(Leaf::take) {
                    Some((values, place)) => plain(values, place, logical),
                    None => return Ok(None),
                }
            }
            Shape::Fields(fields) => {
                let mut object = BTreeMap::new();
                for (name, field) in fields {
                    if let Some(value) = self.within(field, names)? {
                        object.insert(name.clone(), value);
                    }
                }
                Tree::Object(object)
            }
            Shape::List(repeated, element) => {
                let mut list = Vec::new();
                self.each(node, *repeated, |reader, _| {
                    // An element can't be missing.
                    list.push(reader.within(element, names)?.unwrap_or_else(Tree::null));
                    Ok(())
                })?;
                Tree::List(list)
            }
            Shape::Variant(_) | Shape::Map(..) => {
                return Err(Error::corrupt("a part of a VARIANT that the format does not know"));
            }
        }))
    }

    /// A field of an object, or an element of a list, that is in columns of its own.
    fn within(&mut self, node: &Node, names: &[u8]) -> Result<Option<Tree>> {
        let Shape::Fields(fields) = &node.shape else {
            return Err(Error::corrupt("a part of a VARIANT that the format does not know"));
        };
        if self.peek(node.leaves.start)?.1 < node.definition {
            self.skip(node);
            return Ok(None);
        }
        self.part(fields, names)
    }

    /// The bytes of a leaf's next entry; none where it has none.
    fn bytes(&mut self, node: &Node) -> Result<Option<Vec<u8>>> {
        match self.leaves.get_mut(node.leaves.start).and_then(Leaf::take) {
            Some((Values::Bytes(all), place)) => Ok(all.get(place).map(<[u8]>::to_vec)),
            Some(_) => Err(Error::corrupt("a VARIANT whose values are no bytes")),
            None => Ok(None),
        }
    }
}

/// A value of a column of its own.
fn plain(values: &Values, place: usize, logical: Logical) -> Tree {
    match (values, logical) {
        (Values::Float32(all), _) => {
            Tree::number(format!("{:?}", all.get(place).copied().unwrap_or_default()))
        }
        (Values::Float64(all), _) => {
            Tree::number(format!("{:?}", all.get(place).copied().unwrap_or_default()))
        }
        (Values::Bytes(all), Logical::Binary) => Tree::bytes(all.get(place).unwrap_or_default()),
        _ => {
            let mut json = Json::new(usize::MAX);
            json.value(values, place, logical);
            Tree::Plain(json.finish())
        }
    }
}
