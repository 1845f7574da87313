//! What a file's writer said of its columns in Arrow's own words, beyond what readers of the format make of it.

use crate::base::base64::from_base64;
use crate::formats::tabular::arrow::{UNREAD, schema as schema_of};
use arrow_ipc::root_as_message;
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema};
use parquet::arrow::ARROW_SCHEMA_META_KEY;
use parquet::file::metadata::KeyValue;
use std::sync::Arc;

/// The schema that was written from, with columns of types that are not known as such without values; none where the
/// file does not have it.
pub fn written_from(pairs: &[KeyValue]) -> Option<Schema> {
    let text = pairs.iter().find(|pair| pair.key == ARROW_SCHEMA_META_KEY)?.value.as_deref()?;
    let bytes = from_base64(text);
    // Before 0.15 of Arrow there was no mark in front of the length.
    let message = bytes.strip_prefix(&[0xff; 4]).unwrap_or(&bytes).get(4..)?;
    let whole = schema_of(root_as_message(message).ok()?.header_as_schema()?);
    let unread = |field: &FieldRef| match field.metadata().contains_key(UNREAD) {
        true => Arc::new(Field::new(field.name(), DataType::Null, true)),
        false => field.clone(),
    };
    let fields: Fields = whole.fields().iter().map(unread).collect();
    Some(Schema::new_with_metadata(fields, whole.metadata().clone()))
}

/// A field as the format's readers have it, with what its writer said of it: metadata, and names of time zones. Days that
/// are stored as such are days.
pub fn completed(own: &FieldRef, told: Option<&Field>) -> FieldRef {
    let told = told.filter(|told| told.name() == own.name());
    let data_type = data_type(own.data_type(), told.map(Field::data_type));
    let mut metadata = told.map(|told| told.metadata().clone()).unwrap_or_default();
    metadata.extend(own.metadata().clone());
    Arc::new(own.as_ref().clone().with_data_type(data_type).with_metadata(metadata))
}

fn data_type(own: &DataType, told: Option<&DataType>) -> DataType {
    let item = |own: &FieldRef, told: Option<&FieldRef>| {
        // Lists call their elements as they like.
        let told = told.map(|told| told.as_ref().clone().with_name(own.name()));
        completed(own, told.as_ref())
    };
    let of = |told: Option<&DataType>| match told {
        Some(
            DataType::List(told)
            | DataType::LargeList(told)
            | DataType::FixedSizeList(told, _)
            | DataType::ListView(told)
            | DataType::LargeListView(told)
            | DataType::Map(told, _),
        ) => Some(told.clone()),
        Some(_) | None => None,
    };
    match (own, told) {
        (DataType::Timestamp(unit, Some(_)), Some(DataType::Timestamp(_, Some(zone)))) => {
            DataType::Timestamp(*unit, Some(zone.clone()))
        }
        (DataType::Struct(fields), told) => {
            let told: &[FieldRef] = match told {
                Some(DataType::Struct(told)) if told.len() == fields.len() => told,
                Some(_) | None => &[],
            };
            let field = |(place, own): (usize, &FieldRef)| completed(own, told.get(place).map(AsRef::as_ref));
            DataType::Struct(fields.iter().enumerate().map(field).collect::<Fields>())
        }
        (DataType::List(own), told) => DataType::List(item(own, of(told).as_ref())),
        (DataType::LargeList(own), told) => DataType::LargeList(item(own, of(told).as_ref())),
        (DataType::FixedSizeList(own, len), told) => {
            DataType::FixedSizeList(item(own, of(told).as_ref()), *len)
        }
        (DataType::Map(own, sorted), told) => DataType::Map(item(own, of(told).as_ref()), *sorted),
        (own, _) => own.clone(),
    }
}

/// The type that is read where the one that the writer said would count days as milliseconds.
pub fn with_days(said: &DataType, stored: &DataType) -> DataType {
    let field = |said: &FieldRef, stored: &FieldRef| {
        let of = with_days(said.data_type(), stored.data_type());
        Arc::new(said.as_ref().clone().with_data_type(of))
    };
    match (said, stored) {
        (DataType::Date64, DataType::Date32) => DataType::Date32,
        (DataType::Struct(said), DataType::Struct(stored)) if said.len() == stored.len() => {
            DataType::Struct(said.iter().zip(stored).map(|(said, stored)| field(said, stored)).collect())
        }
        (DataType::List(said), DataType::List(stored)) => DataType::List(field(said, stored)),
        (DataType::LargeList(said), DataType::List(stored)) => DataType::LargeList(field(said, stored)),
        (DataType::FixedSizeList(said, len), DataType::List(stored)) => {
            DataType::FixedSizeList(field(said, stored), *len)
        }
        (DataType::Map(said, sorted), DataType::Map(stored, _)) => {
            DataType::Map(field(said, stored), *sorted)
        }
        (said, _) => said.clone(),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{completed, with_days};
    use arrow_schema::{DataType, Field, TimeUnit};
    use std::collections::HashMap;
    use std::sync::Arc;

    #[test]
    fn what_readers_lose_is_kept() {
        let time = |unit, zone: &str| DataType::Timestamp(unit, Some(zone.into()));
        let list = |name: &str, of| DataType::List(Arc::new(Field::new(name, of, true)));
        let unit: HashMap<_, _> = [("unit".to_owned(), "px".to_owned())].into();
        let own = Arc::new(Field::new("at", list("element", time(TimeUnit::Millisecond, "UTC")), true));
        let told = Field::new("at", list("item", time(TimeUnit::Second, "+05:30")), true)
            .with_metadata(unit.clone());
        let whole = completed(&own, Some(&told));
        assert_eq!(*whole.data_type(), list("element", time(TimeUnit::Millisecond, "+05:30")));
        assert_eq!(*whole.metadata(), unit);
        let other = Field::new("another", DataType::Int32, true);
        assert_eq!(completed(&own, Some(&other)), own);
        assert_eq!(
            with_days(&list("a", DataType::Date64), &list("b", DataType::Date32)),
            list("a", DataType::Date32)
        );
        assert_eq!(with_days(&DataType::Date64, &DataType::Int64), DataType::Date64);
    }
}
