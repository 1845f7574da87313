//! Writes batches as a Parquet file in memory, which whoever asks takes away as it grows.

use super::categories::{Categories, Chunk, are_kept};
use super::rows::failed;
use crate::base::error::Result;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves,
};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::SchemaDescriptor;

/// A row group ends after so many rows or bytes: its columns are read whole, and its pages by themselves.
const GROUP_ROWS: usize = 128 << 10;
const GROUP_BYTES: usize = 32 << 20;

/// A file that is being written.
pub enum ParquetFile {
    /// By the crate alone.
    Plain(Box<ArrowWriter<Vec<u8>>>),
    /// Some of its columns are categories, which are all kept.
    WithCategories(Box<WithCategories>),
}

/// A file with categories.
pub struct WithCategories {
    file: SerializedFileWriter<Vec<u8>>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// Of each column of categories, what they are.
    categories: Vec<Option<Categories>>,
    group: Option<Group>,
    groups: usize,
    group_rows: usize,
}

/// A row group that is not written yet.
struct Group {
    leaves: Vec<ArrowColumnWriter>,
    /// Of each column of categories, its rows.
    chunks: Vec<Chunk>,
    rows: usize,
}

impl ParquetFile {
    /// A file of these columns; `declared` is its schema where that is not what the columns suggest, and `group_rows` the
    /// rows of a row group, where not the usual number.
    ///
    /// # Errors
    /// Where the format can't hold them.
    pub fn new(
        schema: &SchemaRef,
        properties: parquet::file::properties::WriterPropertiesBuilder,
        declared: Option<SchemaDescriptor>,
        group_rows: Option<u32>,
    ) -> Result<Self> {
        let group_rows = group_rows.map_or(GROUP_ROWS, |rows| rows.max(1) as usize);
        let properties: WriterProperties = properties
            .set_created_by(concat!("Vitrine ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_max_row_group_row_count(Some(group_rows))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .build();
        let mut options = ArrowWriterOptions::new().with_properties(properties);
        if let Some(declared) = declared {
            options = options.with_parquet_schema(declared);
        }
        let writer =
            ArrowWriter::try_new_with_options(Vec::new(), schema.clone(), options).map_err(failed)?;
        if !schema.fields().iter().any(|field| are_kept(field, schema)) {
            return Ok(Self::Plain(Box::new(writer)));
        }
        let (file, factory) = writer.into_serialized_writer().map_err(failed)?;
        let categories =
            schema.fields().iter().map(|field| are_kept(field, schema).then(Categories::default));
        Ok(Self::WithCategories(Box::new(WithCategories {
            file,
            factory,
            schema: schema.clone(),
            categories: categories.collect(),
            group: None,
            groups: 0,
            group_rows,
        })))
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Where they are of other columns.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Plain(writer) => writer.write(batch).map_err(failed),
            Self::WithCategories(file) => file.write(batch),
        }
    }

    /// Tells readers something beside the rows.
    pub fn tell(&mut self, pair: KeyValue) {
        match self {
            Self::Plain(writer) => writer.append_key_value_metadata(pair),
            Self::WithCategories(file) => file.file.append_key_value_metadata(pair),
        }
    }

    /// Writes the rest of the file.
    ///
    /// # Errors
    /// Where what was added can't be written.
    pub fn finish(&mut self) -> Result<()> {
        match self {
            Self::Plain(writer) => writer.finish().map(drop).map_err(failed),
            Self::WithCategories(file) => {
                file.end_group()?;
                file.file.finish().map(drop).map_err(failed)
            }
        }
    }

    /// What was written since it was last asked.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(match self {
            Self::Plain(writer) => writer.inner_mut(),
            Self::WithCategories(file) => file.file.inner_mut(),
        })
    }
}

impl WithCategories {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut first = 0;
        while first < batch.num_rows() {
            let group = match &mut self.group {
                Some(group) => group,
                None => {
                    let leaves = self.factory.create_column_writers(self.groups).map_err(failed)?;
                    let chunks = self.categories.iter().map(|_| Chunk::default()).collect();
                    self.group.insert(Group { leaves, chunks, rows: 0 })
                }
            };
            let rows = (batch.num_rows() - first).min(self.group_rows - group.rows);
            let part = batch.slice(first, rows);
            group.write(&part, &self.schema, &mut self.categories)?;
            first += rows;
            if group.rows >= self.group_rows || group.bytes() >= GROUP_BYTES {
                self.end_group()?;
            }
        }
        Ok(())
    }

    fn end_group(&mut self) -> Result<()> {
        let Some(Group { leaves, chunks, .. }) = self.group.take() else { return Ok(()) };
        self.groups += 1;
        let columns = self.file.schema_descr().columns().to_vec();
        let roots: Vec<usize> =
            (0..columns.len()).map(|leaf| self.file.schema_descr().get_column_root_idx(leaf)).collect();
        let mut group = self.file.next_row_group().map_err(failed)?;
        let mut chunks: Vec<Chunk> = chunks;
        for ((leaf, column), root) in leaves.into_iter().zip(&columns).zip(roots) {
            match self.categories.get(root).and_then(Option::as_ref).zip(chunks.get_mut(root)) {
                Some((categories, chunk)) => {
                    let (bytes, close) = chunk.close(categories, column)?;
                    group.append_column(&Bytes::from(bytes), close).map_err(failed)?;
                }
                None => {
                    leaf.close().and_then(|chunk| chunk.append_to_row_group(&mut group)).map_err(failed)?
                }
            }
        }
        group.close().map(drop).map_err(failed)
    }
}

impl Group {
    fn write(
        &mut self,
        batch: &RecordBatch,
        schema: &SchemaRef,
        categories: &mut [Option<Categories>],
    ) -> Result<()> {
        self.rows += batch.num_rows();
        let mut leaves = self.leaves.iter_mut();
        let columns = batch.columns().iter().zip(schema.fields()).zip(categories).zip(&mut self.chunks);
        for (((array, field), categories), chunk) in columns {
            if let Some(categories) = categories {
                leaves.next();
                chunk.push(categories, array)?;
                continue;
            }
            for (own, leaf) in compute_leaves(field, array).map_err(failed)?.iter().zip(leaves.by_ref()) {
                leaf.write(own).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        let leaves: usize = self.leaves.iter().map(ArrowColumnWriter::get_estimated_total_bytes).sum();
        leaves + self.chunks.iter().map(Chunk::bytes).sum::<usize>()
    }
}
