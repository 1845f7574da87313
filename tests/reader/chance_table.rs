//! Tables of columns by chance: flat and nested types, laid out in one way or another.

use arrow_array::builder::{FixedSizeBinaryBuilder, StringDictionaryBuilder};
use arrow_array::types::UInt8Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DurationMicrosecondArray,
    FixedSizeListArray, Float32Array, Float64Array, Int8Array, Int32Array, Int64Array, LargeStringArray,
    ListArray, MapArray, RecordBatch, StringArray, StructArray, Time64NanosecondArray,
    TimestampMicrosecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Fields};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use std::sync::Arc;

/// Numbers by chance, the same ones for the same seed.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 29)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn some<T>(&mut self, rows: usize, mut value: impl FnMut(&mut Self) -> T) -> Vec<Option<T>> {
        (0..rows).map(|_| (self.below(6) > 0).then(|| value(self))).collect()
    }

    fn valid(&mut self, rows: usize) -> Option<NullBuffer> {
        Some(NullBuffer::from((0..rows).map(|_| self.below(5) > 0).collect::<Vec<_>>()))
    }

    fn word(&mut self) -> String {
        let words =
            ["", "a", "castle", "é\n\"x\"", "  ", "a longer text that is there more than once", "null"];
        let word = words[self.below(words.len())];
        if self.below(3) == 0 { format!("{word}{}", self.below(50)) } else { word.to_owned() }
    }

    fn offsets(&mut self, rows: usize) -> OffsetBuffer<i32> {
        OffsetBuffer::from_lengths((0..rows).map(|_| self.below(4)))
    }
}

/// A column by chance; structures and lists within each other up to `depth`.
pub fn array(chance: &mut Chance, rows: usize, depth: usize) -> ArrayRef {
    let kinds = if depth == 0 { 18 } else { 23 };
    let kind = chance.below(kinds);
    match kind {
        0 => Arc::new(BooleanArray::from(chance.some(rows, |chance| chance.below(2) == 0))),
        1 => Arc::new(Int8Array::from(chance.some(rows, |chance| chance.next() as i8))),
        2 => Arc::new(Int32Array::from(chance.some(rows, |chance| chance.next() as i32))),
        3 => Arc::new(Int64Array::from(chance.some(rows, |chance| chance.next() as i64))),
        4 => Arc::new(UInt64Array::from(chance.some(rows, Chance::next))),
        5 => Arc::new(Float32Array::from(chance.some(rows, |chance| chance.below(999) as f32 / 7.0))),
        6 => Arc::new(Float64Array::from(chance.some(rows, |chance| chance.below(9_999) as f64 / 7.0))),
        7 | 8 => Arc::new(StringArray::from(chance.some(rows, Chance::word))),
        9 => Arc::new(LargeStringArray::from(chance.some(rows, Chance::word))),
        10 => {
            let values = chance.some(rows, Chance::word);
            Arc::new(BinaryArray::from_iter(values.iter().map(|value| value.as_ref().map(String::as_bytes))))
        }
        11 => Arc::new(Date32Array::from(chance.some(rows, |chance| chance.below(40_000) as i32))),
        12 => {
            let times =
                TimestampMicrosecondArray::from(chance.some(rows, |chance| chance.next() as i64 >> 8));
            Arc::new(times.with_timezone("Europe/Berlin"))
        }
        13 => Arc::new(TimestampNanosecondArray::from(chance.some(rows, |chance| chance.next() as i64))),
        14 => Arc::new(Time64NanosecondArray::from(
            chance.some(rows, |chance| (chance.next() % 86_400_000_000_000) as i64),
        )),
        15 => {
            let values = chance.some(rows, |chance| i128::from(chance.next() as i64) * 1_000_000_007);
            Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, 9).unwrap())
        }
        16 => {
            let mut labels = StringDictionaryBuilder::<UInt8Type>::new();
            for _ in 0..rows {
                labels.append_option((chance.below(4) > 0).then(|| ["low", "mid", "high"][chance.below(3)]));
            }
            Arc::new(labels.finish())
        }
        17 => match chance.below(3) {
            0 => {
                Arc::new(TimestampSecondArray::from(chance.some(rows, |chance| chance.below(1 << 40) as i64)))
            }
            1 => Arc::new(DurationMicrosecondArray::from(chance.some(rows, |chance| chance.next() as i64))),
            _ => {
                let mut fixed = FixedSizeBinaryBuilder::new(16);
                for _ in 0..rows {
                    let value = [chance.next().to_le_bytes(), chance.next().to_le_bytes()].concat();
                    fixed.append_value(value).unwrap();
                }
                Arc::new(fixed.finish())
            }
        },
        18 | 19 => {
            let (offsets, valid) = (chance.offsets(rows), chance.valid(rows));
            let items = array(chance, offsets.last() as usize, depth - 1);
            let field = Arc::new(Field::new("element", items.data_type().clone(), true));
            Arc::new(ListArray::new(field, offsets, items, valid))
        }
        20 => {
            let items = array(chance, rows * 2, 0);
            let field = Arc::new(Field::new("element", items.data_type().clone(), true));
            Arc::new(FixedSizeListArray::new(field, 2, items, chance.valid(rows)))
        }
        21 => {
            let offsets = chance.offsets(rows);
            let len = offsets.last() as usize;
            let keys: ArrayRef =
                Arc::new(StringArray::from((0..len).map(|at| format!("k{at}")).collect::<Vec<_>>()));
            let values = array(chance, len, depth - 1);
            let fields = Fields::from(vec![
                Field::new("key", DataType::Utf8, false),
                Field::new("value", values.data_type().clone(), true),
            ]);
            let entries = StructArray::new(fields.clone(), vec![keys, values], None);
            let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
            Arc::new(MapArray::new(field, offsets, entries, chance.valid(rows), false))
        }
        _ => {
            let columns: Vec<ArrayRef> =
                (0..1 + chance.below(3)).map(|_| array(chance, rows, depth - 1)).collect();
            let field = |(place, column): (usize, &ArrayRef)| {
                Field::new(format!("f.{place}"), column.data_type().clone(), true)
            };
            let fields: Fields = columns.iter().enumerate().map(field).collect();
            Arc::new(StructArray::new(fields, columns, chance.valid(rows)))
        }
    }
}

/// A table by chance, the first column of which numbers the rows, as a file.
pub fn file(seed: u64, rows: usize, columns: usize) -> Vec<u8> {
    let mut chance = Chance(seed);
    let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(0..rows as i32));
    let mut all = vec![("number".to_owned(), numbers)];
    all.extend((0..columns).map(|place| {
        let name = if place == 3 { String::new() } else { format!("c.{place}") };
        (name, array(&mut chance, rows, 2))
    }));
    let batch =
        RecordBatch::try_from_iter_with_nullable(all.into_iter().map(|(name, array)| (name, array, true)));
    write(&batch.unwrap(), &mut chance)
}

fn write(batch: &RecordBatch, chance: &mut Chance) -> Vec<u8> {
    let packed = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
        Compression::LZ4,
    ];
    let version = if chance.below(2) == 0 { WriterVersion::PARQUET_1_0 } else { WriterVersion::PARQUET_2_0 };
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_compression(packed[chance.below(packed.len())])
        .set_dictionary_enabled(chance.below(2) == 0)
        .set_dictionary_page_size_limit(200)
        .set_data_page_row_count_limit(5 + chance.below(60))
        .set_write_batch_size(7)
        .set_max_row_group_row_count(Some(40 + chance.below(200)))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}
