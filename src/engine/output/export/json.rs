//! JSON Lines: an object a row, every column in it.

use super::value::{push_json, push_text};
use super::writer::TableWriter;
use crate::base::error::Result;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::collections::BTreeSet;

/// Writes JSON Lines.
pub struct JsonLines {
    schema: SchemaRef,
    out: Vec<u8>,
    /// `{"name":` of the first column, `,"name":` of the others.
    keys: Vec<Vec<u8>>,
}

impl JsonLines {
    /// An empty file.
    pub fn new(schema: &SchemaRef) -> Self {
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let keys = distinct(names.collect()).into_iter().enumerate().map(|(place, name)| {
            let mut key = vec![if place == 0 { b'{' } else { b',' }];
            push_text(&mut key, &name);
            key.push(b':');
            key
        });
        Self { keys: keys.collect(), schema: schema.clone(), out: Vec::new() }
    }
}

/// Names with a number behind those that came before: of two members of one name readers keep one.
fn distinct(names: Vec<&str>) -> Vec<String> {
    let mut taken: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut seen = BTreeSet::new();
    let own = |name: &str| {
        if seen.insert(name.to_owned()) {
            return name.to_owned();
        }
        let free =
            (2u32..).map(|number| format!("{name} ({number})")).find(|name| taken.insert(name.clone()));
        free.unwrap_or_default()
    };
    names.into_iter().map(own).collect()
}

impl TableWriter for JsonLines {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        for row in 0..batch.num_rows() {
            for ((key, field), array) in self.keys.iter().zip(self.schema.fields()).zip(batch.columns()) {
                self.out.extend_from_slice(key);
                push_json(&mut self.out, field, array, row)?;
            }
            self.out.extend_from_slice(b"}\n");
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #[test]
    fn columns_of_one_name_stay_apart() {
        let names = vec!["a", "a", "a (2)", "a", ""];
        assert_eq!(super::distinct(names), ["a", "a (3)", "a (2)", "a (4)", ""]);
    }
}
