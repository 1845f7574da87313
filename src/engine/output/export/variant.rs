//! Values of the type VARIANT: structures of bytes in Arrow, with a name that says what they are.
//!
//! Files of columns get them as they are, text gets the JSON that they stand for.
//!
//! Source: "Canonical Extension Types" of Apache Arrow, Parquet Variant.

use super::value::{bytes, push_json};
use crate::base::error::{Error, Result};
use crate::formats::parquet::shape::{has_variants, is_variant};
use crate::formats::parquet::variant::{METADATA, Style, TYPED_VALUE, Tree, VALUE};
use crate::formats::parquet::variant_form::read;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::extension::{EXTENSION_TYPE_METADATA_KEY, EXTENSION_TYPE_NAME_KEY};
use arrow_schema::{DataType, Field, FieldRef};
use parquet::schema::types::Type;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name of the extension type.
const NAME: &str = "arrow.parquet.variant";

/// Whether a field holds such values.
pub fn holds_variants(field: &Field) -> bool {
    field.metadata().get(EXTENSION_TYPE_NAME_KEY).is_some_and(|name| name == NAME)
}

/// The field with what it declares, and those within it, where they are such values.
pub fn named(field: &FieldRef, declared: &Type) -> FieldRef {
    if !has_variants(declared) {
        return field.clone();
    }
    if is_variant(declared) {
        let mut metadata = field.metadata().clone();
        metadata.insert(EXTENSION_TYPE_NAME_KEY.to_owned(), NAME.to_owned());
        metadata.insert(EXTENSION_TYPE_METADATA_KEY.to_owned(), String::new());
        return Arc::new(field.as_ref().clone().with_metadata(metadata));
    }
    let inner = declared.get_fields();
    // A list's element is within a repeated field, or is that field itself.
    let item = |item: &FieldRef| match inner {
        [repeated] => match repeated.is_group().then(|| repeated.get_fields()) {
            Some([element]) if !is_variant(repeated) => named(item, element),
            Some(_) | None => named(item, repeated),
        },
        _ => item.clone(),
    };
    let data_type = match field.data_type() {
        DataType::Struct(fields) => DataType::Struct(
            fields.iter().zip(inner).map(|(field, declared)| named(field, declared)).collect(),
        ),
        DataType::List(of) => DataType::List(item(of)),
        DataType::LargeList(of) => DataType::LargeList(item(of)),
        DataType::Map(entries, ordered) => match inner {
            [entry] => DataType::Map(named(entries, entry), *ordered),
            _ => return field.clone(),
        },
        _ => return field.clone(),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

/// Adds the JSON of the value at a row.
///
/// # Errors
/// Where it is no such value.
pub fn push_variant(out: &mut Vec<u8>, array: &ArrayRef, row: usize) -> Result<()> {
    let array = array.as_struct_opt().ok_or_else(unknown)?;
    let names = array.column_by_name(METADATA).ok_or_else(unknown)?;
    let names = bytes_at(names, row).unwrap_or_default();
    let mut json = String::new();
    part(array, row, names)?.unwrap_or_else(Tree::null).push(&mut json, Style::Written);
    out.extend_from_slice(json.as_bytes());
    Ok(())
}

/// A value, and what of it is in columns of its own; none where it is missing.
fn part(array: &StructArray, row: usize, names: &[u8]) -> Result<Option<Tree>> {
    let value = array.column_by_name(VALUE).and_then(|value| bytes_at(value, row));
    let value = value.map(|value| read(names, value)).transpose()?;
    let typed = array.column_by_name(TYPED_VALUE).filter(|typed| !typed.is_null(row));
    let typed = typed.map(|typed| of_column(typed, row, names)).transpose()?;
    Ok(Tree::joined(value, typed))
}

fn of_column(array: &ArrayRef, row: usize, names: &[u8]) -> Result<Tree> {
    let list = |items: ArrayRef| {
        let item = |place| Ok(within(&items, place, names)?.unwrap_or_else(Tree::null));
        (0..items.len()).map(item).collect::<Result<_>>().map(Tree::List)
    };
    match array.data_type() {
        DataType::Struct(fields) => {
            let mut object = BTreeMap::new();
            for (field, column) in fields.iter().zip(array.as_struct().columns()) {
                if let Some(value) = within(column, row, names)? {
                    object.insert(field.name().clone(), value);
                }
            }
            Ok(Tree::Object(object))
        }
        DataType::List(_) => list(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row)),
        _ => {
            let mut json = Vec::new();
            push_json(&mut json, &Field::new("", array.data_type().clone(), true), array, row)?;
            Ok(Tree::Plain(String::from_utf8_lossy(&json).into_owned()))
        }
    }
}

/// A field of an object, or an element of a list, that is in columns of its own.
fn within(array: &ArrayRef, row: usize, names: &[u8]) -> Result<Option<Tree>> {
    let array = array.as_struct_opt().ok_or_else(unknown)?;
    if array.is_null(row) { Ok(None) } else { part(array, row, names) }
}

fn bytes_at(array: &ArrayRef, row: usize) -> Option<&[u8]> {
    if array.is_null(row) { None } else { bytes(array, row) }
}

fn unknown() -> Error {
    Error::corrupt("a part of a VARIANT that the format does not know")
}
