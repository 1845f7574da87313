//! Top-level columns of a file as Arrow arrays.

use super::exact::{INTERVAL, WIDE, WIDE_UNSIGNED, as_bytes, in_micros, meant, read_as};
use super::pages::{Group, SharedLeaf};
use super::told;
use super::variant::named;
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::parquet::meta::{FileMeta, Signed};
use crate::formats::tabular::categories::without_false_order;
use arrow_array::{Array, ArrayRef, UInt32Array, new_null_array};
use arrow_schema::{DataType, FieldRef, Fields, Schema as ArrowSchema};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowSelection, RowSelector};
use parquet::arrow::{
    ARROW_SCHEMA_META_KEY, FieldLevels, ProjectionMask, encode_arrow_schema, parquet_to_arrow_field_levels,
    parquet_to_arrow_schema_by_columns,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, KeyValue, ParquetMetaData};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError};

/// A file's schema, as the `parquet` crate has it.
pub struct Schema {
    descriptor: SchemaDescriptor,
    /// The file's key-value metadata.
    pub pairs: Vec<KeyValue>,
    /// What the file was written from, where it says so.
    written_from: Option<ArrowSchema>,
    /// The same for the `parquet` crate, which reads nothing of a schema with a type that it does not know.
    hint: Option<Vec<KeyValue>>,
}

impl Schema {
    /// The schema of a file.
    pub fn new(meta: &FileMeta) -> Self {
        let pairs: Vec<KeyValue> =
            meta.pairs().into_iter().map(|(key, value)| KeyValue { key, value }).collect();
        let written_from = told::written_from(&pairs);
        let hint =
            |schema| vec![KeyValue::new(ARROW_SCHEMA_META_KEY.to_owned(), encode_arrow_schema(schema))];
        let hint = written_from.as_ref().map(hint);
        Self { descriptor: SchemaDescriptor::new(meta.schema.clone()), pairs, written_from, hint }
    }

    /// A top-level column, by its number. `far` says that its times are beyond what nanoseconds reach.
    ///
    /// # Errors
    /// Where there is none, or its types can't be had as Arrow's.
    pub fn root(&self, number: usize, meta: &FileMeta, far: bool) -> Result<Root> {
        let unsupported = |error: ParquetError| Error::new(ErrorKind::Unsupported, words(&error));
        let missing = || Error::new(ErrorKind::NotFound, "the table has no such column");
        let leaves = meta.roots().get(number).cloned().ok_or_else(missing)?;
        let own = meta.schema.get_fields().get(number).ok_or_else(missing)?;
        let field = self.field(&leaves).map_err(unsupported)?.ok_or_else(missing)?;
        let said = self.written_from.as_ref().and_then(|schema| schema.fields().get(number));
        let mut field = named(&told::completed(&field, said.map(AsRef::as_ref)), own);
        field = Arc::new(without_false_order(field.as_ref().clone()));
        // Bytes are read, and made numbers.
        if let Some(Signed(signed)) = meta.columns.get(leaves.start).and_then(|column| column.wide) {
            let of = if signed { WIDE } else { WIDE_UNSIGNED };
            field = Arc::new(field.as_ref().clone().with_data_type(of));
        }
        if far {
            field = Arc::new(field.as_ref().clone().with_data_type(in_micros(field.data_type())));
        }

        let bytes = Type::group_type_builder("schema").with_fields(vec![as_bytes(own)?]).build();
        let descriptor = Arc::new(SchemaDescriptor::new(Arc::new(bytes.map_err(unsupported)?)));
        let hint = field.as_ref().clone().with_data_type(read_as(field.data_type()));
        let hint = Fields::from(vec![hint]);
        let levels = parquet_to_arrow_field_levels(&descriptor, ProjectionMask::all(), Some(&hint))
            .or_else(|_| parquet_to_arrow_field_levels(&descriptor, ProjectionMask::all(), None))
            .map_err(unsupported)?;
        let file = FileMetaData::new(2, 0, None, None, descriptor, None);
        Ok(Root {
            leaves,
            field,
            declared: own.clone(),
            levels,
            meta: ParquetMetaData::new(file, Vec::new()),
        })
    }

    /// The name and type of a column with these leaves: as the file was written from Arrow, where it says so and
    /// that fits.
    fn field(&self, leaves: &Range<usize>) -> std::result::Result<Option<FieldRef>, ParquetError> {
        let mask = || ProjectionMask::leaves(&self.descriptor, leaves.clone());
        let of = |pairs| parquet_to_arrow_schema_by_columns(&self.descriptor, mask(), pairs);
        let hinted = self.hint.as_ref().and_then(|hint| of(Some(hint)).ok());
        let is_hinted = hinted.is_some();
        let plain = of(None)?;
        let stored = plain.fields().first();
        let field = hinted.as_ref().unwrap_or(&plain).fields().first().zip(stored).map(|(said, stored)| {
            let days = told::with_days(said.data_type(), stored.data_type());
            Arc::new(said.as_ref().clone().with_data_type(days))
        });
        Ok(field.map(|field| match field.data_type() {
            // What the crate takes it for has no months.
            DataType::Interval(_) if !is_hinted => Arc::new(field.as_ref().clone().with_data_type(INTERVAL)),
            _ => field,
        }))
    }
}

/// A top-level column.
pub struct Root {
    /// The numbers of its leaves.
    pub leaves: Range<usize>,
    /// Its name and type.
    pub field: FieldRef,
    /// The same, as the file declares it.
    pub declared: TypePtr,
    levels: FieldLevels,
    /// What the crate asks for and never looks into.
    meta: ParquetMetaData,
}

/// Reads the rows of a root column that are taken, so many at a time.
pub struct RootReader {
    reader: ParquetRecordBatchReader,
    target: DataType,
    /// The rows that are taken, where some of them are lost: those are passed over, and have no value.
    holes: Option<Holes>,
}

/// Which of the rows that are taken are lost.
struct Holes {
    taken: std::vec::IntoIter<u64>,
    lost: Vec<Range<u64>>,
}

impl RootReader {
    /// A reader of a row group of so many rows, whose pages come while it reads; those of lists are here, so that it is
    /// known which of their rows are lost. `runs` says how many rows are passed over, and how many behind them are taken.
    ///
    /// # Errors
    /// Where the column can't be read.
    pub fn new(root: &Root, rows: u64, leaves: &Leaves, runs: &[u32], batch_rows: usize) -> Result<Self> {
        let own: Vec<SharedLeaf> =
            root.leaves.clone().filter_map(|leaf| leaves.get(&leaf).cloned()).collect();
        let lost: Vec<Range<u64>> = own
            .iter()
            .flat_map(|leaf| leaf.lock().unwrap_or_else(PoisonError::into_inner).lost().to_vec())
            .collect();
        let (runs, _) = runs.as_chunks::<2>();
        let mut selectors: Vec<RowSelector> = Vec::new();
        let (mut taken, mut at) = (Vec::new(), 0);
        for [skip, take] in runs {
            selectors.push(RowSelector::skip(*skip as usize));
            at += u64::from(*skip);
            if lost.is_empty() {
                selectors.push(RowSelector::select(*take as usize));
            }
            for row in (at..at + u64::from(*take)).filter(|_| !lost.is_empty()) {
                let is_lost = lost.iter().any(|lost| lost.contains(&row));
                selectors.push(if is_lost { RowSelector::skip(1) } else { RowSelector::select(1) });
                taken.push(row);
            }
            at += u64::from(*take);
        }
        // Short runs would be read as one, with the pages between them, which did not come. What stands
        // behind the last row is dropped once that is decided, and makes the runs long on average.
        selectors.push(RowSelector::skip(selectors.len().saturating_mul(100)));
        let selection = Some(RowSelection::from(selectors));
        let group = Group { rows, leaves: own, meta: &root.meta };
        // Where rows are lost, batches have fewer: one by one they are as many as there are.
        let batch_rows = if lost.is_empty() { batch_rows } else { 1 };
        let reader =
            ParquetRecordBatchReader::try_new_with_row_groups(&root.levels, &group, batch_rows, selection);
        let reader = reader.map_err(|error| Error::corrupt(words(&error)))?;
        let holes = (!lost.is_empty()).then(|| Holes { taken: taken.into_iter(), lost });
        Ok(Self { reader, target: root.field.data_type().clone(), holes })
    }

    /// The next rows.
    ///
    /// # Errors
    /// Where there are not so many, or their pages can't be decoded.
    pub fn next(&mut self, rows: usize) -> Result<ArrayRef> {
        let Some(holes) = &mut self.holes else {
            let array = batch(&mut self.reader, rows)?;
            return meant(&array, &self.target);
        };
        let (mut arrays, mut places) = (Vec::new(), Vec::new());
        for row in holes.taken.by_ref().take(rows) {
            if holes.lost.iter().any(|lost| lost.contains(&row)) {
                places.push(None);
                continue;
            }
            places.push(Some(arrays.len() as u32));
            arrays.push(meant(&batch(&mut self.reader, 1)?, &self.target)?);
        }
        if arrays.is_empty() {
            return Ok(new_null_array(&self.target, places.len()));
        }
        let parts: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
        let all = arrow_select::concat::concat(&parts).map_err(|error| Error::corrupt(words(&error)))?;
        let places = UInt32Array::from(places);
        arrow_select::take::take(&all, &places, None).map_err(|error| Error::corrupt(words(&error)))
    }
}

/// The next rows of a reader.
fn batch(reader: &mut ParquetRecordBatchReader, rows: usize) -> Result<ArrayRef> {
    let batch = reader.next().ok_or_else(|| Error::corrupt("its pages end before its rows do"))?;
    let batch = batch.map_err(|error| Error::corrupt(words(&error)))?;
    let array = batch.columns().first().filter(|array| array.len() == rows);
    array.cloned().ok_or_else(|| Error::corrupt("its pages hold other rows than they should"))
}

/// What an error of the crates says, without what kind they call it.
pub fn words(error: &dyn std::fmt::Display) -> String {
    let mut text = error.to_string();
    for prefix in ["Parquet argument error: ", "External: ", "Parquet error: ", "Arrow: ", "Parser Error: "] {
        if let Some(rest) = text.strip_prefix(prefix) {
            text = rest.to_owned();
        }
    }
    text.trim_end_matches('.').to_owned()
}

/// The leaves of columns, by their numbers.
pub type Leaves = BTreeMap<usize, SharedLeaf>;
