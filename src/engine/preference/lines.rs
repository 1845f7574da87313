//! Rows of a file for training: what its columns are, and what of a prompt's pairs goes into them.

use crate::engine::output::export::task::{Cells, Holds, Table};
use crate::protocol::export::{Format, PairsForm};
use serde_bytes::ByteBuf;
use std::rc::Rc;

/// Rows of a row group of a file with images inside, as `datasets` writes them.
const ROWS_WITH_IMAGES: u32 = 100;

/// An image as files name it.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its rank.
    pub rank: Option<f64>,
    /// Its rating.
    pub rating: Option<f64>,
    /// Its file, where that goes along.
    pub file: Rc<Vec<u8>>,
    /// Whether it comes first in the table.
    pub is_first: bool,
}

/// What is known of a prompt.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    /// Its number among those of the table.
    pub number: u64,
    /// What the table calls it.
    pub id: Option<String>,
    /// Its words.
    pub words: Option<String>,
    /// What it is about.
    pub category: Option<String>,
}

/// What ranks and ratings are in the table: where they are whole numbers, files have them as such.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whole {
    /// Ranks.
    pub ranks: bool,
    /// Ratings.
    pub ratings: bool,
}

/// The beginning of a file.
pub fn table(form: PairsForm, whole: Whole) -> Table {
    use Holds::{Bytes, Flag, Number, Text, Texts, Wholes};
    let pair: &[(&str, Holds)] = &[
        ("prompt_id", Text),
        ("prompt", Text),
        ("classification", Text),
        ("chosen", Text),
        ("rejected", Text),
        ("rank_chosen", Number),
        ("rank_rejected", Number),
        ("rating_chosen", Number),
        ("rating_rejected", Number),
    ];
    let (format, columns, group_rows) = match form {
        PairsForm::JsonLines => (Some(Format::JsonLines), pair, None),
        PairsForm::Csv => (Some(Format::Csv { guard_formulas: false }), pair, None),
        PairsForm::Parquet => (Some(Format::Parquet), pair, None),
        PairsForm::Ranking => {
            (None, &[("id", Text), ("prompt", Text), ("generations", Texts), ("ranking", Wholes)][..], None)
        }
        PairsForm::Trl => {
            (Some(Format::JsonLines), &[("prompt", Text), ("chosen", Text), ("rejected", Text)][..], None)
        }
        PairsForm::TrlUnpaired => {
            (Some(Format::JsonLines), &[("prompt", Text), ("completion", Text), ("label", Flag)][..], None)
        }
        PairsForm::Dpo => (
            Some(Format::Parquet),
            &[
                ("caption", Text),
                ("jpg_0", Bytes),
                ("jpg_1", Bytes),
                ("label_0", Number),
                ("label_1", Number),
                ("image_0_uid", Text),
                ("image_1_uid", Text),
                ("ranking_id", Holds::Whole),
                ("num_example_per_prompt", Holds::Whole),
            ][..],
            Some(ROWS_WITH_IMAGES),
        ),
    };
    let holds = |name: &str, holds: Holds| {
        let is_whole =
            (name.starts_with("rank_") && whole.ranks) || (name.starts_with("rating_") && whole.ratings);
        if is_whole { Holds::Whole } else { holds }
    };
    let columns = columns.iter().map(|(name, own)| ((*name).to_owned(), holds(name, *own))).collect();
    Table { format, columns, group_rows }
}

/// Rows that wait to be written.
#[derive(Debug)]
pub struct Lines {
    form: PairsForm,
    whole: Whole,
    columns: Vec<Cells>,
    rows: usize,
    bytes: usize,
}

impl Lines {
    /// None.
    pub fn new(form: PairsForm, whole: Whole) -> Self {
        let columns = table(form, whole).columns.into_iter().map(|(_, holds)| match holds {
            Holds::Text => Cells::Text(Vec::new()),
            Holds::Whole => Cells::Whole(Vec::new()),
            Holds::Number => Cells::Number(Vec::new()),
            Holds::Flag => Cells::Flag(Vec::new()),
            Holds::Bytes => Cells::Bytes(Vec::new()),
            Holds::Time => Cells::Time(Vec::new()),
            Holds::Texts => Cells::Texts(Vec::new()),
            Holds::Wholes => Cells::Wholes(Vec::new()),
            Holds::Unsigned => Cells::Unsigned(Vec::new()),
            Holds::Single => Cells::Single(Vec::new()),
            Holds::Moments(kind, unit) => Cells::Moments(kind, unit, Vec::new()),
        });
        Self { form, whole, columns: columns.collect(), rows: 0, bytes: 0 }
    }

    /// How many they are, and about how many bytes they take.
    pub fn size(&self) -> (usize, usize) {
        (self.rows, self.bytes)
    }

    /// Those that wait; from now on none does.
    pub fn take(&mut self) -> Vec<Cells> {
        std::mem::replace(self, Self::new(self.form, self.whole)).columns
    }

    /// Adds a pair; `pairs` are those of the prompt.
    pub fn add_pair(&mut self, prompt: &Prompt, better: &Named, worse: &Named, pairs: u64) {
        match self.form {
            PairsForm::JsonLines | PairsForm::Csv | PairsForm::Parquet => {
                self.add(vec![
                    Value::Text(prompt.id.clone()),
                    Value::Text(prompt.words.clone()),
                    Value::Text(prompt.category.clone()),
                    Value::Text(Some(better.name.clone())),
                    Value::Text(Some(worse.name.clone())),
                    Value::Number(better.rank),
                    Value::Number(worse.rank),
                    Value::Number(better.rating),
                    Value::Number(worse.rating),
                ]);
            }
            PairsForm::Trl => {
                let texts = [prompt.words.clone(), Some(better.name.clone()), Some(worse.name.clone())];
                self.add(texts.into_iter().map(Value::Text).collect());
            }
            PairsForm::TrlUnpaired => {
                for (image, label) in [(better, true), (worse, false)] {
                    self.add(vec![
                        Value::Text(prompt.words.clone()),
                        Value::Text(Some(image.name.clone())),
                        Value::Flag(label),
                    ]);
                }
            }
            PairsForm::Dpo => {
                let (first, second) = if better.is_first { (better, worse) } else { (worse, better) };
                let label = f64::from(u8::from(better.is_first));
                self.add(vec![
                    Value::Text(Some(prompt.words.clone().unwrap_or_default())),
                    Value::Bytes(first.file.to_vec()),
                    Value::Bytes(second.file.to_vec()),
                    Value::Number(Some(label)),
                    Value::Number(Some(1.0 - label)),
                    Value::Text(Some(first.name.clone())),
                    Value::Text(Some(second.name.clone())),
                    Value::Number(Some(prompt.number as f64)),
                    Value::Number(Some(pairs as f64)),
                ]);
            }
            PairsForm::Ranking => {}
        }
    }

    /// Adds the ranking of a prompt's images.
    pub fn add_ranking(&mut self, prompt: &Prompt, ranking: Vec<(String, i64)>) {
        let (names, ranks) = ranking.into_iter().unzip();
        self.add(vec![
            Value::Text(prompt.id.clone()),
            Value::Text(prompt.words.clone()),
            Value::Texts(names),
            Value::Wholes(ranks),
        ]);
    }

    fn add(&mut self, values: Vec<Value>) {
        self.rows += 1;
        for (column, value) in self.columns.iter_mut().zip(values) {
            match (column, value) {
                (Cells::Text(texts), Value::Text(text)) => {
                    self.bytes += text.as_ref().map_or(0, String::len);
                    texts.push(text);
                }
                (Cells::Whole(all), Value::Number(number)) => all.push(number.map(|number| number as i64)),
                (Cells::Number(all), Value::Number(number)) => all.push(number),
                (Cells::Flag(all), Value::Flag(flag)) => all.push(Some(flag)),
                (Cells::Bytes(all), Value::Bytes(bytes)) => {
                    self.bytes += bytes.len();
                    all.push(ByteBuf::from(bytes));
                }
                (Cells::Texts(all), Value::Texts(texts)) => all.push(texts),
                (Cells::Wholes(all), Value::Wholes(wholes)) => all.push(wholes),
                // Columns are made for the values of this form.
                (
                    Cells::Text(_)
                    | Cells::Whole(_)
                    | Cells::Number(_)
                    | Cells::Flag(_)
                    | Cells::Bytes(_)
                    | Cells::Time(_)
                    | Cells::Texts(_)
                    | Cells::Wholes(_)
                    | Cells::Long(_)
                    | Cells::Unsigned(_)
                    | Cells::Single(_)
                    | Cells::Moments(..),
                    Value::Text(_)
                    | Value::Number(_)
                    | Value::Flag(_)
                    | Value::Bytes(_)
                    | Value::Texts(_)
                    | Value::Wholes(_),
                ) => {}
            }
        }
    }
}

/// A value of a row.
enum Value {
    Text(Option<String>),
    Number(Option<f64>),
    Flag(bool),
    Bytes(Vec<u8>),
    Texts(Vec<String>),
    Wholes(Vec<i64>),
}
