//! Top-level columns of a file as Arrow arrays.

use super::exact::{INTERVAL, as_bytes, meant, read_as};
use super::pages::{Group, SharedLeaf};
use super::variant::named;
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::parquet::meta::FileMeta;
use arrow_array::ArrayRef;
use arrow_schema::{DataType, FieldRef, Fields};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowSelection, RowSelector};
use parquet::arrow::{
    ARROW_SCHEMA_META_KEY, FieldLevels, ProjectionMask, parquet_to_arrow_field_levels,
    parquet_to_arrow_schema_by_columns,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, KeyValue, ParquetMetaData};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A file's schema, as the `parquet` crate has it.
pub struct Schema {
    descriptor: SchemaDescriptor,
    /// The file's key-value metadata.
    pub pairs: Vec<KeyValue>,
}

impl Schema {
    /// The schema of a file.
    pub fn new(meta: &FileMeta) -> Self {
        let pairs = meta.pairs().into_iter().map(|(key, value)| KeyValue { key, value }).collect();
        Self { descriptor: SchemaDescriptor::new(meta.schema.clone()), pairs }
    }

    /// A top-level column, by its number.
    ///
    /// # Errors
    /// Where there is none, or its types can't be had as Arrow's.
    pub fn root(&self, number: usize, meta: &FileMeta) -> Result<Root> {
        let unsupported = |error: ParquetError| Error::new(ErrorKind::Unsupported, words(&error));
        let missing = || Error::new(ErrorKind::NotFound, "the table has no such column");
        let leaves = meta.roots().get(number).cloned().ok_or_else(missing)?;
        let own = meta.schema.get_fields().get(number).ok_or_else(missing)?;
        let field = self.field(&leaves).map_err(unsupported)?.ok_or_else(missing)?;
        let field = named(&field, own);

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
        let is_hinted = self.pairs.iter().any(|pair| pair.key == ARROW_SCHEMA_META_KEY);
        let hinted = of(Some(&self.pairs)).ok().filter(|_| is_hinted);
        let (schema, is_hinted) = match hinted {
            Some(schema) => (schema, true),
            None => (of(None)?, false),
        };
        let field = schema.fields().first().cloned();
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
}

impl RootReader {
    /// A reader of a row group of so many rows, whose pages come while it reads. `runs` says how many rows are
    /// passed over, and how many behind them are taken.
    ///
    /// # Errors
    /// Where the column can't be read.
    pub fn new(root: &Root, rows: u64, leaves: &Leaves, runs: &[u32], batch_rows: usize) -> Result<Self> {
        let (runs, _) = runs.as_chunks::<2>();
        let run = |[skip, take]: &[u32; 2]| {
            [RowSelector::skip(*skip as usize), RowSelector::select(*take as usize)]
        };
        let mut selectors: Vec<RowSelector> = runs.iter().flat_map(run).collect();
        // Short runs would be read as one, with the pages between them, which did not come. What stands
        // behind the last row is dropped once that is decided, and makes the runs long on average.
        selectors.push(RowSelector::skip(selectors.len().saturating_mul(100)));
        let selection = Some(RowSelection::from(selectors));
        let leaves = root.leaves.clone().filter_map(|leaf| leaves.get(&leaf).cloned()).collect();
        let group = Group { rows, leaves, meta: &root.meta };
        let reader =
            ParquetRecordBatchReader::try_new_with_row_groups(&root.levels, &group, batch_rows, selection);
        let reader = reader.map_err(|error| Error::corrupt(words(&error)))?;
        Ok(Self { reader, target: root.field.data_type().clone() })
    }

    /// The next rows.
    ///
    /// # Errors
    /// Where there are not so many, or their pages can't be decoded.
    pub fn next(&mut self, rows: usize) -> Result<ArrayRef> {
        let batch = self.reader.next().ok_or_else(|| Error::corrupt("its pages end before its rows do"))?;
        let batch = batch.map_err(|error| Error::corrupt(words(&error)))?;
        let array = batch.columns().first().filter(|array| array.len() == rows);
        let array = array.ok_or_else(|| Error::corrupt("its pages hold other rows than they should"))?;
        meant(array, &self.target)
    }
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
