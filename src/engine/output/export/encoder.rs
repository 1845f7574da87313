//! Writes a file out of tasks: reads pages as Arrow arrays, and writes those in a format.
//!
//! In the browser it runs in a module of its own, which is fetched when an export begins.

use super::cells::{self, CellsFile};
use super::metadata::adjusted;
use super::pages::{self, Leaf};
use super::roots::{Leaves, Root, RootReader, Schema, words};
use super::task::{Begin, Column, Failure, Group, Rows, Task};
use super::writer::{TableWriter, writer};
use crate::base::error::{Error, Result};
use crate::formats::parquet::codec::Codec;
use crate::formats::parquet::meta::{FileMeta, Footer, read_footer};
use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, Field, Schema as ArrowSchema, SchemaRef};
use parquet::schema::types::TypePtr;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Rows that are put in another order and written together.
const ORDERED_ROWS: usize = 4_096;

thread_local! {
    static READING: Cell<Option<u32>> = const { Cell::new(None) };
}

/// The column whose pages are being read, by its place: where that ends the program, it is to blame.
pub fn reading() -> Option<u32> {
    READING.get()
}

/// A file that is being written.
pub enum Encoder {
    /// Of rows of the file that is read.
    Pages(Box<Pages>),
    /// Of rows that the engine hands over.
    Cells(Box<CellsFile>),
}

/// A file of rows of the file that is read.
pub struct Pages {
    meta: FileMeta,
    columns: Vec<Output>,
    schema: SchemaRef,
    writer: Box<dyn TableWriter>,
    group: Option<Reading>,
    /// Rows that wait to be put in order.
    kept: Vec<RecordBatch>,
}

/// Where a column's values come from.
enum Output {
    Root(Box<Root>),
    Derived,
}

/// The row group whose pages come.
struct Reading {
    batch_rows: u32,
    rows: u64,
    runs: Vec<u32>,
    leaves: Leaves,
    /// One for each column once its first pages are here, none for those that are not in the file.
    readers: Vec<Option<RootReader>>,
    keep: bool,
}

/// What went wrong, and in which column.
pub type Outcome<T> = std::result::Result<T, Failure>;

/// Does a task with the encoder that the first one makes.
///
/// # Errors
/// As [`Pages::step`].
pub fn answer(encoder: &mut Option<Encoder>, task: Task) -> Outcome<Vec<u8>> {
    match (encoder.as_mut(), task) {
        (_, Task::Begin(begin)) => {
            *encoder = Some(Encoder::Pages(Box::new(Pages::begin(begin)?)));
            Ok(Vec::new())
        }
        (_, Task::Table(table)) => {
            *encoder = Some(Encoder::Cells(Box::new(CellsFile::begin(table).map_err(of_all)?)));
            Ok(Vec::new())
        }
        (Some(Encoder::Pages(pages)), task) => pages.step(task),
        (Some(Encoder::Cells(file)), task) => file.step(task).map_err(of_all),
        (None, _) => Err(of_all(Error::corrupt("no file was begun"))),
    }
}

impl Pages {
    /// Begins a file.
    ///
    /// # Errors
    /// Names all columns that can't be written.
    pub fn begin(begin: Begin) -> Outcome<Self> {
        let Begin { format, footer, file_bytes, columns, far, range } = begin;
        let meta = meta_of(&footer, file_bytes).map_err(of_all)?;
        let schema = Schema::new(&meta);
        let mut failure = Failure { columns: Vec::new(), message: String::new() };
        let (mut outputs, mut fields) = (Vec::new(), Vec::new());
        for (place, column) in (0..).zip(columns) {
            match column {
                Column::Derived(name, holds) => {
                    outputs.push(Output::Derived);
                    fields.push(Arc::new(Field::new(name, cells::data_type(holds), true)));
                }
                Column::Root(number) => match schema.root(number as usize, &meta, far.contains(&number)) {
                    Ok(root) => {
                        fields.push(root.field.clone());
                        outputs.push(Output::Root(Box::new(root)));
                    }
                    Err(error) => {
                        failure.columns.push(place);
                        failure.message = error.to_string();
                    }
                },
            }
        }
        if !failure.columns.is_empty() {
            return Err(failure);
        }
        let all = outputs.len() == meta.schema.get_fields().len();
        let pairs = adjusted(&schema.pairs, &fields, all, range);
        let arrow =
            Arc::new(ArrowSchema::new_with_metadata(fields, pairs.into_iter().collect::<BTreeMap<_, _>>()));
        let originals: Vec<_> = outputs.iter().map(Output::declared).collect();
        Ok(Self {
            meta,
            columns: outputs,
            writer: writer(format, &arrow, &originals, None).map_err(of_all)?,
            schema: arrow,
            group: None,
            kept: Vec::new(),
        })
    }

    /// Does a task; the answer is what came of the file.
    ///
    /// # Errors
    /// Where pages can't be decoded, or values not be written.
    pub fn step(&mut self, task: Task) -> Outcome<Vec<u8>> {
        match task {
            Task::Begin(begin) => *self = Self::begin(begin)?,
            Task::Group(group) => self.begin_group(&group),
            Task::Rows(rows) => self.rows(rows)?,
            Task::InOrder(order) => self.in_order(order).map_err(of_all)?,
            Task::Table(_) | Task::Cells(_) | Task::Tell(_) => {
                return Err(of_all(Error::corrupt("rows of another kind of file")));
            }
            Task::Finish => self.writer.finish().map_err(of_all)?,
        }
        Ok(self.writer.take())
    }

    fn begin_group(&mut self, group: &Group) {
        let Group { rows, runs, batch_rows, codecs, keep } = group;
        let mut leaves = Leaves::new();
        for leaf in self.columns.iter().flat_map(Output::leaves) {
            let known = codecs.iter().find(|(other, _)| *other as usize == leaf);
            let codec = known.map_or(Codec::Uncompressed, |(_, codec)| *codec);
            if let Some(column) = self.meta.columns.get(leaf) {
                leaves.insert(leaf, Leaf::new(column.clone(), codec, *rows));
            }
        }
        let readers = self.columns.iter().map(|_| None).collect();
        let (rows, runs, batch_rows, keep) = (*rows, runs.clone(), *batch_rows, *keep);
        self.group = Some(Reading { batch_rows, rows, runs, leaves, readers, keep });
    }

    fn rows(&mut self, rows: Rows) -> Outcome<()> {
        let Rows { rows, pages, derived } = rows;
        let Some(group) = &mut self.group else { return Err(of_all(Error::corrupt("no row group is read"))) };
        for page in pages {
            if let Some(leaf) = group.leaves.get(&(page.leaf as usize)) {
                let own = |column: &Output| column.leaves().contains(&(page.leaf as usize));
                let place = self.columns.iter().position(own).unwrap_or(0) as u32;
                pages::add(leaf, page).map_err(|error| of_one(place, &error))?;
            }
        }
        let rows = rows.min(group.batch_rows) as usize;
        let mut derived = derived.into_iter();
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(group.readers.len());
        for ((place, reader), column) in (0..).zip(&mut group.readers).zip(&self.columns) {
            arrays.push(match column {
                Output::Root(root) => {
                    READING.set(Some(place));
                    let array = match reader {
                        Some(reader) => reader.next(rows),
                        None => RootReader::new(
                            root,
                            group.rows,
                            &group.leaves,
                            &group.runs,
                            group.batch_rows as usize,
                        )
                        .and_then(|new| reader.insert(new).next(rows)),
                    };
                    READING.set(None);
                    array.map_err(|error| of_one(place, &error))?
                }
                Output::Derived => {
                    let values =
                        derived.next().ok_or_else(|| Error::corrupt("its values were not handed over"));
                    cells::array(values.map_err(|error| of_one(place, &error))?)
                }
            });
        }
        let batch = RecordBatch::try_new(self.schema.clone(), arrays).map_err(|error| of_all(told(error)))?;
        if group.keep {
            self.kept.push(batch);
            return Ok(());
        }
        self.writer.write(&batch).map_err(of_all)
    }

    /// Writes the rows that were kept in another order.
    fn in_order(&mut self, order: Vec<u32>) -> Result<()> {
        let kept = std::mem::take(&mut self.kept);
        let all = arrow_select::concat::concat_batches(&self.schema, &kept).map_err(told)?;
        drop(kept);
        for places in order.chunks(ORDERED_ROWS) {
            let places = UInt32Array::from(places.to_vec());
            let batch = arrow_select::take::take_record_batch(&all, &places).map_err(told)?;
            self.writer.write(&batch)?;
        }
        Ok(())
    }
}

impl Output {
    fn declared(&self) -> Option<TypePtr> {
        match self {
            Self::Root(root) => Some(root.declared.clone()),
            Self::Derived => None,
        }
    }

    fn leaves(&self) -> Range<usize> {
        match self {
            Self::Root(root) => root.leaves.clone(),
            Self::Derived => 0..0,
        }
    }
}

/// Reads a footer that was read before.
fn meta_of(footer: &[u8], file_bytes: u64) -> Result<FileMeta> {
    let mut tail = footer.to_vec();
    tail.extend_from_slice(&(footer.len() as u32).to_le_bytes());
    tail.extend_from_slice(b"PAR1");
    match read_footer(&tail, file_bytes)? {
        Footer::Meta(meta) => Ok(*meta),
        Footer::Needs(_) => Err(Error::corrupt("the footer is cut short")),
    }
}

pub(super) fn told(error: ArrowError) -> Error {
    Error::corrupt(words(&error))
}

fn of_all(error: Error) -> Failure {
    Failure { columns: Vec::new(), message: error.to_string() }
}

fn of_one(place: u32, error: &Error) -> Failure {
    Failure { columns: vec![place], message: error.to_string() }
}
