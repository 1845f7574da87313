//! The order of rows: a stable sort by any columns, with rows without a value last.
//!
//! Each key becomes a number a row, and rows are put in order key by key from the least important to the
//! most important one, eleven bits at a time; bits in which no two rows differ are passed over. Rows are
//! not compared. It is done in steps, between which other things are, and anything else can be asked.

use crate::formats::parquet::decode::Values;
use crate::table::column::{Column, Plain, Store, Value, value_at};
use crate::table::text;
use crate::table::text::Texts;
use std::ops::Range;

/// The rank of a value that has none.
const LAST: u32 = u32::MAX;

/// Bits of a key that rows are put in order by at once.
const BITS: u32 = 11;
const DIGITS: usize = 1 << BITS;

/// Rows whose keys are looked up together.
const CHUNK: usize = 1 << 13;

/// A text costs as much as so many rows.
const TEXT: usize = 8;

/// Rows of a table that are being put in the order of columns.
#[derive(Debug)]
pub struct Sorting {
    order: Vec<u32>,
    /// The order after the pass that is under way.
    next: Vec<u32>,
    /// Keys that are done, from the least important.
    done: usize,
    stage: SortStage,
}

#[derive(Debug)]
enum SortStage {
    /// A key is to be looked at.
    Begin,
    /// Its texts are put in order.
    Texts(Ranking),
    /// Its digits are counted.
    Count(Ranks, DigitCounts, usize),
    /// Rows are put in the order of a digit: how many are, and where the next one of each goes.
    Pass { ranks: Ranks, counts: DigitCounts, at: usize, places: Vec<u32> },
}

/// The rank of each value of a dictionary, from what comes first; none for plain values.
#[derive(Debug, Default)]
struct Ranks(Option<Vec<u32>>);

/// How many rows have which digit, for each digit that is still to be sorted by.
#[derive(Debug)]
struct DigitCounts(Vec<(Digit, Vec<u32>)>);

/// A part of a key.
#[derive(Clone, Copy, Debug)]
enum Digit {
    /// Bits from this one.
    From(u32),
    /// Whether there is no value.
    Null,
}

impl Digit {
    fn of(self, key: Option<u64>) -> usize {
        match self {
            Self::From(shift) => (key.unwrap_or_default() >> shift) as usize & (DIGITS - 1),
            Self::Null => usize::from(key.is_none()),
        }
    }
}

impl Sorting {
    /// So many rows, in the order of the file.
    pub fn new(rows: usize) -> Self {
        Self { order: (0..rows as u32).collect(), next: vec![0; rows], done: 0, stage: SortStage::Begin }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.order.len()
    }

    /// Goes on for about as long as `budget` looks at a row take. `keys` are the same at each step: columns,
    /// the most important first; `true` puts the largest first. Rows beyond what is read of a column have no
    /// value there. The order, once it is there.
    pub fn step(&mut self, keys: &[(&Column, bool)], mut budget: usize) -> Option<Vec<u32>> {
        while let Some((column, descending)) = keys.iter().rev().nth(self.done) {
            if budget == 0 {
                return None;
            }
            let (stage, cost) = match std::mem::replace(&mut self.stage, SortStage::Begin) {
                SortStage::Begin => self.begin(column, *descending),
                SortStage::Texts(mut ranking) => match column.texts() {
                    Some(texts) if !ranking.step(texts, budget / TEXT) => (SortStage::Texts(ranking), budget),
                    _ => (self.counting(Ranks(Some(ranking.ranks(*descending)))), 1),
                },
                SortStage::Count(ranks, counts, at) => {
                    self.count(column, *descending, (ranks, counts, at), budget)
                }
                SortStage::Pass { ranks, counts, at, places } => {
                    self.pass(column, *descending, (ranks, counts, at, places), budget)
                }
            };
            self.stage = stage;
            budget = budget.saturating_sub(cost.max(1));
        }
        Some(std::mem::take(&mut self.order))
    }

    /// How the keys of a column come about, and what that took.
    fn begin(&mut self, column: &Column, descending: bool) -> (SortStage, usize) {
        let ranks = match column.store() {
            Store::Codes8(_, values) | Store::Codes16(_, values) => {
                Ranks(Some(ranks_of_values(column, values, descending)))
            }
            Store::Plain(..) => Ranks(None),
            Store::Text(texts) => return (SortStage::Texts(Ranking::new(texts.distinct())), 1),
        };
        let cost = ranks.0.as_ref().map_or(1, Vec::len) * TEXT;
        (self.counting(ranks), cost)
    }

    fn counting(&self, ranks: Ranks) -> SortStage {
        let mut digits: Vec<Digit> = match &ranks.0 {
            // What has no rank is after all that have.
            Some(ranks) => shifts(u64::BITS - (ranks.len() as u64).leading_zeros()),
            None => shifts(u64::BITS),
        };
        if ranks.0.is_none() {
            digits.push(Digit::Null);
        }
        let counts = digits.into_iter().map(|digit| (digit, vec![0; DIGITS])).collect();
        SortStage::Count(ranks, DigitCounts(counts), 0)
    }

    fn count(
        &mut self,
        column: &Column,
        descending: bool,
        (ranks, mut counts, mut at): (Ranks, DigitCounts, usize),
        budget: usize,
    ) -> (SortStage, usize) {
        let rows = self.order.len();
        let end = rows.min(at.saturating_add(budget));
        let cost = end - at;
        let mut keys = Vec::with_capacity(CHUNK);
        while at < end {
            let to = end.min(at + CHUNK);
            keys_of(column, &ranks, descending, at..to, &mut keys);
            for (digit, counts) in &mut counts.0 {
                for key in &keys {
                    if let Some(count) = counts.get_mut(digit.of(*key)) {
                        *count += 1;
                    }
                }
            }
            at = to;
        }
        if at < rows {
            return (SortStage::Count(ranks, counts, at), cost);
        }
        // What is the same in all rows puts none before another; the rest is sorted by from its end.
        counts.0.retain(|(_, counts)| counts.iter().all(|count| (*count as usize) < rows));
        counts.0.reverse();
        (self.next_pass(ranks, counts), cost)
    }

    /// The pass by the least digit that is left, or the next key.
    fn next_pass(&mut self, ranks: Ranks, counts: DigitCounts) -> SortStage {
        let Some((_, digits)) = counts.0.last() else {
            self.done += 1;
            return SortStage::Begin;
        };
        let mut sum = 0;
        let places = digits.iter().map(|count| {
            sum += count;
            sum - count
        });
        let places = places.collect();
        SortStage::Pass { ranks, counts, at: 0, places }
    }

    fn pass(
        &mut self,
        column: &Column,
        descending: bool,
        (ranks, mut counts, mut at, mut places): (Ranks, DigitCounts, usize, Vec<u32>),
        budget: usize,
    ) -> (SortStage, usize) {
        let Some((digit, _)) = counts.0.last() else { return (self.next_pass(ranks, counts), 1) };
        let end = self.order.len().min(at.saturating_add(budget));
        let cost = end - at;
        let mut keys = Vec::with_capacity(CHUNK);
        while at < end {
            let to = end.min(at + CHUNK);
            let rows = self.order.get(at..to).unwrap_or_default();
            keys_of(column, &ranks, descending, rows.iter().map(|row| *row as usize), &mut keys);
            for (row, key) in rows.iter().zip(&keys) {
                if let Some(place) = places.get_mut(digit.of(*key)) {
                    if let Some(slot) = self.next.get_mut(*place as usize) {
                        *slot = *row;
                    }
                    *place += 1;
                }
            }
            at = to;
        }
        if at < self.order.len() {
            return (SortStage::Pass { ranks, counts, at, places }, cost);
        }
        std::mem::swap(&mut self.order, &mut self.next);
        counts.0.pop();
        (self.next_pass(ranks, counts), cost)
    }
}

/// Digits that make up so many bits, the least first.
fn shifts(bits: u32) -> Vec<Digit> {
    (0..bits).step_by(BITS as usize).map(Digit::From).collect()
}

/// What rows are sorted by: the smallest comes first, none last.
fn keys_of(
    column: &Column,
    Ranks(ranks): &Ranks,
    descending: bool,
    rows: impl Iterator<Item = usize>,
    into: &mut Vec<Option<u64>>,
) {
    into.clear();
    let ranks = ranks.as_deref().unwrap_or_default();
    // A value without a rank, and a row without a value.
    let last = ranks.len() as u64;
    let ranked = |code: Option<usize>| {
        let rank = code.and_then(|code| ranks.get(code)).filter(|rank| **rank != LAST);
        Some(rank.map_or(last, |rank| u64::from(*rank)))
    };
    let turned = |key: u64| if descending { !key } else { key };
    match column.store() {
        Store::Codes8(codes, _) => {
            into.extend(rows.map(|row| ranked(codes.get(row).map(|code| usize::from(*code)))));
        }
        Store::Codes16(codes, _) => {
            into.extend(rows.map(|row| ranked(codes.get(row).map(|code| usize::from(*code)))));
        }
        Store::Text(texts) => {
            let codes = texts.codes();
            let code = |row: usize| codes.get(row).filter(|code| **code != text::NULL);
            into.extend(rows.map(|row| ranked(code(row).map(|code| *code as usize))));
        }
        Store::Plain(plain, valid) => {
            let valid = |row: usize| valid.as_ref().is_none_or(|valid| valid.get(row) == Some(&true));
            match plain {
                Plain::UInt32(all) => {
                    into.extend(rows.map(|row| {
                        all.get(row).filter(|_| valid(row)).map(|value| turned(u64::from(*value)))
                    }))
                }
                Plain::Int64(all) => {
                    // Bits of unsigned numbers are in the order of those already.
                    let sign = if column.is_unsigned() { 0 } else { 1 << 63 };
                    into.extend(rows.map(|row| {
                        all.get(row).filter(|_| valid(row)).map(|value| turned((*value as u64) ^ sign))
                    }));
                }
                Plain::Float32(all) => into.extend(rows.map(|row| {
                    let value = all.get(row).filter(|_| valid(row));
                    value.and_then(|value| float(f64::from(*value))).map(turned)
                })),
                Plain::Float64(all) => into.extend(rows.map(|row| {
                    all.get(row).filter(|_| valid(row)).and_then(|value| float(*value)).map(turned)
                })),
            }
        }
    }
}

/// Codes of texts that are being put in the order of those, by a few of their bytes at a time.
#[derive(Debug)]
struct Ranking {
    codes: Vec<u32>,
    next: Vec<u32>,
    /// For each code, the bytes that it is sorted by.
    heads: Vec<u64>,
    /// What is to be done, the last first.
    todo: Vec<SortJob>,
}

/// Places among the codes, whose texts are the same up to a byte.
#[derive(Debug)]
enum SortJob {
    /// They are to be sorted by the bytes from there on.
    Heads(Range<usize>, usize),
    /// They are; those with the same bytes are to be sorted by what follows.
    Runs(Range<usize>, usize),
}

impl Ranking {
    fn new(texts: usize) -> Self {
        Self {
            codes: (0..texts as u32).collect(),
            next: vec![0; texts],
            heads: vec![0; texts],
            todo: vec![SortJob::Heads(0..texts, 0)],
        }
    }

    /// Goes on for about so many texts; whether all are in order.
    fn step(&mut self, texts: &Texts, budget: usize) -> bool {
        let mut left = budget.max(1);
        while left > 0 {
            let cost = match self.todo.pop() {
                None => return true,
                Some(SortJob::Heads(range, from)) => {
                    self.by_heads(texts, range.clone(), from);
                    let cost = range.len();
                    self.todo.push(SortJob::Runs(range, from));
                    cost
                }
                Some(SortJob::Runs(range, from)) => self.by_the_rest(texts, range, from, left),
            };
            left = left.saturating_sub(cost.max(1));
        }
        self.todo.is_empty()
    }

    /// Sorts codes by the bytes of their texts from `from` on.
    fn by_heads(&mut self, texts: &Texts, range: Range<usize>, from: usize) {
        let codes = self.codes.get_mut(range.clone()).unwrap_or_default();
        let next = self.next.get_mut(range).unwrap_or_default();
        let mut counts = vec![[0u32; DIGITS]; u64::BITS.div_ceil(BITS) as usize];
        for code in codes.iter() {
            let head = head(texts.get(*code).unwrap_or_default(), from);
            if let Some(to) = self.heads.get_mut(*code as usize) {
                *to = head;
            }
            for (counts, shift) in counts.iter_mut().zip((0..).step_by(BITS as usize)) {
                if let Some(count) = counts.get_mut((head >> shift) as usize & (DIGITS - 1)) {
                    *count += 1;
                }
            }
        }
        let mut swapped = false;
        for (counts, shift) in counts.iter_mut().zip((0..).step_by(BITS as usize)) {
            // Bits that all have are no order.
            if counts.iter().any(|count| *count as usize == codes.len()) {
                continue;
            }
            let mut sum = 0;
            for count in counts.iter_mut() {
                sum += std::mem::replace(count, sum);
            }
            let (read, write) = if swapped { (&*next, &mut *codes) } else { (&*codes, &mut *next) };
            for code in read {
                let head = self.heads.get(*code as usize).copied().unwrap_or_default();
                if let Some(place) = counts.get_mut((head >> shift) as usize & (DIGITS - 1)) {
                    if let Some(slot) = write.get_mut(*place as usize) {
                        *slot = *code;
                    }
                    *place += 1;
                }
            }
            swapped = !swapped;
        }
        if swapped {
            codes.copy_from_slice(next);
        }
    }

    /// Sorts those of the same bytes by what follows, for about so many; what that took.
    fn by_the_rest(&mut self, texts: &Texts, range: Range<usize>, from: usize, budget: usize) -> usize {
        /// As many are compared; more are sorted by their bytes.
        const FEW: usize = 2_048;
        let Range { mut start, end } = range;
        let begun = start;
        while start < end {
            if start - begun >= budget {
                self.todo.push(SortJob::Runs(start..end, from));
                break;
            }
            let rest = self.codes.get_mut(start..end).unwrap_or_default();
            let head = |code: &u32| self.heads.get(*code as usize);
            let same =
                rest.iter().take_while(|code| head(code) == rest.first().and_then(head)).count().max(1);
            let run = start..start + same;
            start += same;
            // What ends within these bytes is the same text.
            let ends = rest.first().and_then(head).is_none_or(|head| head & 0xff <= HEAD_BYTES as u64);
            if ends {
                continue;
            }
            if same > FEW {
                self.todo.push(SortJob::Runs(start..end, from));
                self.todo.push(SortJob::Heads(run, from + HEAD_BYTES));
                break;
            }
            if let Some(run) = rest.get_mut(..same).filter(|run| run.len() > 1) {
                run.sort_unstable_by(|a, b| texts.get(*a).cmp(&texts.get(*b)));
            }
        }
        start - begun
    }

    /// The rank of each code.
    fn ranks(&self, descending: bool) -> Vec<u32> {
        let mut ranks = vec![LAST; self.codes.len()];
        for (place, code) in self.codes.iter().enumerate() {
            if let Some(rank) = ranks.get_mut(*code as usize) {
                *rank = place as u32;
            }
        }
        if descending {
            turn(&mut ranks);
        }
        ranks
    }
}

/// The largest first.
fn turn(ranks: &mut [u32]) {
    let highest = (ranks.len() as u32).saturating_sub(1);
    for rank in ranks.iter_mut().filter(|rank| **rank != LAST) {
        *rank = highest - *rank;
    }
}

/// The rank of each value of a dictionary.
fn ranks_of_values(column: &Column, values: &Values, descending: bool) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let key = |place: usize| column.meaning(value_at(values, place));
    order.sort_by(|a, b| compare(key(*a), key(*b)));
    let mut ranks = vec![LAST; order.len()];
    for (place, code) in order.iter().enumerate() {
        if let Some(rank) = ranks.get_mut(*code) {
            *rank = if is_nan(key(*code)) { LAST } else { place as u32 };
        }
    }
    if descending {
        turn(&mut ranks);
    }
    ranks
}

fn is_nan(value: Value<'_>) -> bool {
    match value {
        Value::Float32(value) => value.is_nan(),
        Value::Float64(value) => value.is_nan(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::UInt(_)
        | Value::Decimal(..)
        | Value::Wide(..)
        | Value::Time(_)
        | Value::Bytes(_) => false,
    }
}

fn compare(a: Value<'_>, b: Value<'_>) -> std::cmp::Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(&b),
        // Unsigned ones are of the other kind only where they are larger.
        (Value::UInt(a), Value::UInt(b)) => a.cmp(&b),
        (Value::Int(_), Value::UInt(_)) => std::cmp::Ordering::Less,
        (Value::UInt(_), Value::Int(_)) => std::cmp::Ordering::Greater,
        (Value::Bool(a), Value::Bool(b)) => a.cmp(&b),
        (Value::Bytes(a), Value::Bytes(b)) | (Value::Wide(a, _), Value::Wide(b, _)) => a.cmp(b),
        (Value::Decimal(a, _), Value::Decimal(b, _)) => a.cmp(&b),
        (Value::Time(a), Value::Time(b)) => a.ticks.cmp(&b.ticks),
        (Value::Float32(a), Value::Float32(b)) => a.total_cmp(&b),
        (Value::Float64(a), Value::Float64(b)) => a.total_cmp(&b),
        // A column's values all have its one type.
        _ => std::cmp::Ordering::Equal,
    }
}

/// A key in the order of the numbers; both zeros are one. NaN has none: it is last, like a row without
/// a value.
fn float(value: f64) -> Option<u64> {
    let bits = (value + 0.0).to_bits();
    (!value.is_nan()).then_some(if bits >> 63 == 1 { !bits } else { bits | (1 << 63) })
}

/// Bytes of a text that make up a head.
const HEAD_BYTES: usize = 7;

/// The bytes of a text from `from` on, and how many there are: what ends is before what goes on with zeros.
fn head(text: &[u8], from: usize) -> u64 {
    let rest = text.get(from..).unwrap_or_default();
    let mut head = [0u8; 8];
    for (to, from) in head.iter_mut().zip(rest.iter().take(HEAD_BYTES)) {
        *to = *from;
    }
    if let Some(len) = head.last_mut() {
        *len = rest.len().min(HEAD_BYTES + 1) as u8;
    }
    u64::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use super::Sorting;
    use crate::formats::parquet::decode::{ByteValues, Decoded, Values};
    use crate::table::column::{Column, UNSIGNED};
    use crate::view::facts::Meaning;
    use std::cmp::Ordering;
    use std::sync::Arc;

    fn sorted(rows: usize, keys: &[(&Column, bool)]) -> Vec<u32> {
        Sorting::new(rows).step(keys, usize::MAX).unwrap()
    }

    fn column(values: Values, valid: Vec<bool>, text: bool) -> Column {
        let mut column = if text { Column::text(valid.len()) } else { Column::with_capacity(valid.len()) };
        column.append(&Decoded { rows: valid.len() as u32, valid: Some(valid), values }, None).unwrap();
        column
    }

    fn floats(rows: &[Option<f32>]) -> Column {
        let values = Values::Float32(rows.iter().flatten().copied().collect());
        column(values, rows.iter().map(Option::is_some).collect(), false)
    }

    fn texts(rows: &[Option<String>], text: bool) -> Column {
        let mut values = ByteValues::default();
        rows.iter().flatten().for_each(|row| values.push(row.as_bytes()));
        column(Values::Bytes(values), rows.iter().map(Option::is_some).collect(), text)
    }

    fn naive<T: PartialOrd>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => {
                let order = a.partial_cmp(&b).unwrap();
                if descending { order.reverse() } else { order }
            }
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
        }
    }

    #[test]
    fn the_largest_whole_numbers_are_numbers_too() {
        let whole = |values: &[i64]| column(Values::Int(values.to_vec()), vec![true; values.len()], false);
        let bits = Arc::new(Meaning { logical: Some(UNSIGNED), ..Meaning::default() });
        let unsigned = |values: &[i64]| whole(values).of(bits.clone());
        let values = [0, -1, i64::MAX, i64::MIN];
        assert_eq!(sorted(4, &[(&whole(&values), false)]), [3, 1, 0, 2]);
        // As the bits of unsigned ones.
        assert_eq!(sorted(4, &[(&unsigned(&values), false)]), [0, 2, 3, 1]);
        // The same where there are too many for a dictionary.
        let mut many: Vec<i64> = (1..70_000).collect();
        many.extend([u64::MAX as i64, i64::MAX]);
        let order = sorted(many.len(), &[(&unsigned(&many), true)]);
        assert_eq!(order.get(..2), Some(&[69_999, 70_000][..]));
        let order = sorted(many.len(), &[(&whole(&many), true)]);
        assert_eq!(order.get(..2), Some(&[70_000, 69_998][..]));
    }

    #[test]
    fn more_texts_than_one_step_takes_are_in_order() {
        // Many begin alike, some end where others go on, and none is there twice.
        let word = |n: u32| match n % 4 {
            0 => "a".repeat(n as usize / 4 % 3_000) + &n.to_string(),
            1 => format!("portrait of {}", n.wrapping_mul(2_654_435_761)),
            2 => "portrait".to_owned() + &"\0".repeat(n as usize / 4 % 5_000),
            _ => format!("{}é", n.wrapping_mul(2_654_435_761)),
        };
        let mut words: Vec<Option<String>> = (0..30_000).map(|n| Some(word(n))).collect();
        words.push(None);
        let prompt = texts(&words, true);
        let mut expected: Vec<u32> = (0..words.len() as u32).collect();
        // None is last.
        expected.sort_by(|a, b| {
            let (a, b) = (&words[*a as usize], &words[*b as usize]);
            a.is_none().cmp(&b.is_none()).then(b.cmp(a))
        });
        let mut sorting = Sorting::new(words.len());
        let mut steps = 1;
        let order = loop {
            match sorting.step(&[(&prompt, true)], 8_000) {
                Some(order) => break order,
                None => steps += 1,
            }
        };
        assert_eq!(order, expected);
        assert!(steps > 20, "{steps} steps");
    }

    proptest::proptest! {
        #[test]
        fn it_is_a_stable_sort_with_nulls_last(
            rows in proptest::collection::vec((
                proptest::option::weighted(0.8, proptest::prop_oneof![-3i32..3, proptest::strategy::Just(i32::MAX)]),
                proptest::option::weighted(0.8, "[aé]{0,10}"),
            ), 0..120),
            down in proptest::array::uniform2(proptest::bool::ANY), plain: bool, long: bool, budget in 1usize..60_000,
        ) {
            // i32::MAX stands for a value that is no number.
            let numbers: Vec<Option<f32>> =
                rows.iter().map(|row| row.0.map(|n| if n == i32::MAX { f32::NAN } else { n as f32 / 2.0 })).collect();
            let mut all = numbers.clone();
            if plain {
                all.extend((0..70_000).map(|n| Some(1_000.0 + n as f32)));
            }
            let mut words: Vec<Option<String>> = rows.iter().map(|row| row.1.clone()).collect();
            words.resize(all.len(), Some("zzz".to_owned()));
            let (cfg, prompt) = (floats(&all), texts(&words, long));
            let keys = [(&cfg, down[0]), (&prompt, down[1])];
            let mut sorting = Sorting::new(all.len());
            // However little is done at once.
            let budget = if plain { budget + 20_000 } else { budget };
            let mut steps = 0;
            let order = loop {
                steps += 1;
                if let Some(order) = sorting.step(&keys, budget) {
                    break order;
                }
            };
            proptest::prop_assert!(!plain || steps > 1);
            let mut expected: Vec<u32> = (0..all.len() as u32).collect();
            let number = |row: u32| all[row as usize].filter(|value| !value.is_nan());
            expected.sort_by(|a, b| {
                naive(number(*a), number(*b), down[0])
                    .then_with(|| naive(words[*a as usize].as_ref(), words[*b as usize].as_ref(), down[1]))
            });
            proptest::prop_assert_eq!(order, expected);
        }
    }
}
