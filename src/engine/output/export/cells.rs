//! Values that the engine hands over rather than pages of a file: as Arrow arrays, and files of nothing else.

use super::encoder::told;
use super::task::{Cells, Holds, Table, Task};
use super::writer::{TableWriter, writer};
use crate::base::calendar::DAY_MILLIS;
use crate::base::error::{Error, Result};
use crate::base::moment::{TimeKind, Unit};
use crate::protocol::export::Format;
use arrow_array::builder::{BinaryBuilder, Int64Builder, ListBuilder, StringBuilder};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float32Array, Float64Array, Int64Array, RecordBatch,
    StringArray, Time32MillisecondArray, Time32SecondArray, TimestampMillisecondArray, UInt64Array,
    make_array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::sync::Arc;

/// A file of values that the engine hands over.
pub struct CellsFile {
    writer: Box<dyn TableWriter>,
    schema: SchemaRef,
    /// Whether it is one JSON list, and whether it has an element.
    list: Option<bool>,
}

impl CellsFile {
    /// Begins a file.
    ///
    /// # Errors
    /// Where its format can't hold such columns.
    pub fn begin(table: Table) -> Result<Self> {
        let Table { format, columns, group_rows } = table;
        let fields = columns.into_iter().map(|(name, holds)| Field::new(name, data_type(holds), true));
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let writer = writer(format.unwrap_or(Format::JsonLines), &schema, &[], group_rows)?;
        Ok(Self { writer, schema, list: format.is_none().then_some(false) })
    }

    /// Does a task; the answer is what came of the file.
    ///
    /// # Errors
    /// Where values are not those of the columns, or can't be written.
    pub fn step(&mut self, task: Task) -> Result<Vec<u8>> {
        match task {
            Task::Cells(cells) => {
                let arrays = cells.into_iter().map(array).collect();
                let batch = RecordBatch::try_new(self.schema.clone(), arrays).map_err(told)?;
                self.writer.write(&batch)?;
            }
            Task::Tell(pairs) => pairs.iter().for_each(|(key, value)| self.writer.tell(key, value)),
            Task::Finish => {
                self.writer.finish()?;
                let mut end = self.taken();
                end.extend_from_slice(match self.list {
                    Some(true) => b"\n]\n",
                    Some(false) => b"[]\n",
                    None => b"",
                });
                return Ok(end);
            }
            Task::Begin(_) | Task::Table(_) | Task::Group(_) | Task::Rows(_) | Task::InOrder(_) => {
                return Err(Error::corrupt("rows of another kind of file"));
            }
        }
        Ok(self.taken())
    }

    /// What was written: lines of objects as they are, or as elements of a list.
    fn taken(&mut self) -> Vec<u8> {
        let written = self.writer.take();
        let Some(begun) = &mut self.list else { return written };
        let mut list = Vec::with_capacity(written.len() + written.len() / 64);
        for line in written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            list.extend_from_slice(if *begun { b",\n" } else { b"[\n" });
            list.extend_from_slice(line);
            *begun = true;
        }
        list
    }
}

/// The type of a column that holds this.
pub(super) fn data_type(holds: Holds) -> DataType {
    let list = |of: DataType| DataType::List(Arc::new(Field::new("item", of, true)));
    match holds {
        Holds::Text => DataType::Utf8,
        Holds::Whole => DataType::Int64,
        Holds::Number => DataType::Float64,
        Holds::Flag => DataType::Boolean,
        Holds::Bytes => DataType::Binary,
        Holds::Time => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        Holds::Texts => list(DataType::Utf8),
        Holds::Wholes => list(DataType::Int64),
        Holds::Unsigned => DataType::UInt64,
        Holds::Single => DataType::Float32,
        Holds::Moments(kind, unit) => moments_type(kind, unit),
    }
}

/// The type of times as a file has them.
fn moments_type(kind: TimeKind, unit: Unit) -> DataType {
    let arrow = match unit {
        Unit::Seconds => TimeUnit::Second,
        Unit::Millis => TimeUnit::Millisecond,
        Unit::Micros => TimeUnit::Microsecond,
        Unit::Nanos => TimeUnit::Nanosecond,
    };
    match (kind, unit) {
        (TimeKind::Instant, _) => DataType::Timestamp(arrow, Some("UTC".into())),
        (TimeKind::Local, _) => DataType::Timestamp(arrow, None),
        (TimeKind::Date, _) => DataType::Date32,
        (TimeKind::Clock, Unit::Seconds | Unit::Millis) => DataType::Time32(arrow),
        (TimeKind::Clock, Unit::Micros | Unit::Nanos) => DataType::Time64(arrow),
        (TimeKind::Duration, _) => DataType::Duration(arrow),
    }
}

/// Times as a file has them.
fn moments(kind: TimeKind, unit: Unit, bits: Vec<Option<u64>>) -> ArrayRef {
    let ticks = bits.into_iter().map(|bits| bits.map(|bits| bits as i64));
    match moments_type(kind, unit) {
        DataType::Date32 => {
            let days = |ticks: i64| i32::try_from(unit.millis(ticks).div_euclid(DAY_MILLIS)).ok();
            Arc::new(Date32Array::from_iter(ticks.map(|ticks| ticks.and_then(days))))
        }
        DataType::Time32(of) => {
            let small: Vec<Option<i32>> = ticks.map(|ticks| i32::try_from(ticks?).ok()).collect();
            match of {
                TimeUnit::Second => Arc::new(Time32SecondArray::from(small)),
                _ => Arc::new(Time32MillisecondArray::from(small)),
            }
        }
        of => {
            let plain = Int64Array::from_iter(ticks).into_data().into_builder().data_type(of);
            // Both are 64 bits a value.
            plain
                .build()
                .map_or_else(|_| Arc::new(Int64Array::from(Vec::<i64>::new())) as ArrayRef, make_array)
        }
    }
}

/// Its values.
pub(super) fn array(cells: Cells) -> ArrayRef {
    match cells {
        Cells::Text(texts) => Arc::new(StringArray::from(texts)),
        Cells::Whole(numbers) => Arc::new(Int64Array::from(numbers)),
        Cells::Number(numbers) => Arc::new(Float64Array::from(numbers)),
        Cells::Flag(flags) => Arc::new(BooleanArray::from(flags)),
        Cells::Bytes(files) => {
            let mut builder = BinaryBuilder::new();
            files.iter().for_each(|file| builder.append_value(file));
            Arc::new(builder.finish())
        }
        Cells::Long(bits) => {
            Arc::new(Int64Array::from_iter(bits.into_iter().map(|bits| bits.map(|bits| bits as i64))))
        }
        Cells::Unsigned(bits) => Arc::new(UInt64Array::from(bits)),
        Cells::Single(numbers) => Arc::new(Float32Array::from(numbers)),
        Cells::Moments(kind, unit, bits) => moments(kind, unit, bits),
        Cells::Time(millis) => Arc::new(TimestampMillisecondArray::from(millis).with_timezone("UTC")),
        Cells::Texts(lists) => {
            let mut builder = ListBuilder::new(StringBuilder::new());
            for list in lists {
                builder.append_value(list.into_iter().map(Some));
            }
            Arc::new(builder.finish())
        }
        Cells::Wholes(lists) => {
            let mut builder = ListBuilder::new(Int64Builder::new());
            for list in lists {
                builder.append_value(list.into_iter().map(Some));
            }
            Arc::new(builder.finish())
        }
    }
}
