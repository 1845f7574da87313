//! What the open table's files say of themselves.

use super::cells::cell;
use super::report::report;
use super::{Answers, notice};
use crate::base::bytes::human_bytes;
use crate::engine::Effect;
use crate::engine::data::{Data, DataColumn, Origin, locate};
use crate::engine::extras::extras;
use crate::formats::parquet::decode::Values;
use crate::formats::parquet::describe::{ChunkFacts, Field, Story};
use crate::formats::parquet::map::{PageEntry, PageMap};
use crate::formats::parquet::meta::{Chunk, ColumnMeta};
use crate::protocol::describe::{self as wire, Describe, Described, MAX_GROUPS, MAX_PAGES};
use crate::protocol::texts::metadata as texts;
use crate::protocol::{Cell, LazyResponse, Response};
use crate::table::column::{UNSIGNED, meant, value_at};

/// Characters of a smallest or largest value.
const MAX_VALUE_CHARS: usize = 80;

impl Answers {
    /// Reports what the file says of itself.
    pub fn describe(&mut self, asked: Describe, data: &Data, effects: &mut Vec<Effect>) {
        self.described = Some(asked.clone());
        match extras() {
            Some(extras) => (extras.describe)(data, asked, effects),
            None => report(effects, Response::Notice(notice::no_extras())),
        }
    }

    /// Reports it again where someone looks at it, since more is known.
    pub fn describe_again(&self, data: &Data, effects: &mut Vec<Effect>) {
        if let (Some(asked), Some(extras)) = (&self.described, extras()) {
            (extras.describe)(data, asked.clone(), effects);
        }
    }
}

/// Reports what the files say of themselves.
pub fn description(data: &Data, asked: Describe, effects: &mut Vec<Effect>) {
    data.report_description(asked, effects);
}

impl Data {
    fn report_description(&self, asked: Describe, effects: &mut Vec<Effect>) {
        let group = asked.group as usize;
        let holds = |first: usize, groups: usize| group >= first && group < first + groups;
        let mut footers = self.files.footers.iter();
        let Some((part, footer)) = footers
            .find(|(part, _)| holds(part.first_group, part.groups))
            .or_else(|| self.files.footers.first())
        else {
            return;
        };
        let story = match Story::read(footer) {
            Ok(story) => story,
            Err(error) => {
                let notice = notice::file_left_out(&part.name, &error);
                report(effects, Response::Notice(notice));
                return;
            }
        };
        let several = self.files.counts().0 > 1;
        let first_group = (group / MAX_GROUPS) * MAX_GROUPS;
        let groups = self.meta.groups.iter().skip(first_group).take(MAX_GROUPS).map(|group| wire::Group {
            first_row: group.first_row,
            rows: group.rows,
            bytes: group.chunks.iter().map(|chunk| chunk.range.len()).sum(),
            raw_bytes: group.chunks.iter().map(|chunk| chunk.uncompressed_bytes).sum(),
        });
        let groups: Vec<wire::Group> = groups.collect();
        let rows: u64 =
            self.meta.groups.iter().skip(part.first_group).take(part.groups).map(|group| group.rows).sum();
        let mut facts = vec![
            (texts::SIZE.to_owned(), human_bytes(part.file_bytes)),
            (texts::ROWS.to_owned(), crate::protocol::display::thousands(rows)),
            (texts::COLUMNS.to_owned(), crate::protocol::display::thousands(self.meta.columns.len() as u64)),
            (texts::GROUPS_FACT.to_owned(), crate::protocol::display::thousands(part.groups as u64)),
            (texts::FOOTER.to_owned(), human_bytes(footer.len() as u64)),
            (texts::VERSION.to_owned(), story.version().to_string()),
        ];
        if let Some(by) = story.created_by() {
            facts.push((texts::WRITTEN_BY.to_owned(), by));
        }
        let (pages, pages_known) = self.known_pages(&asked);
        report(
            effects,
            LazyResponse::Described(Box::new(Described {
                file: several.then(|| part.name.clone()),
                facts,
                pairs: story.pairs(),
                schema: story.schema().into_iter().map(field).collect(),
                groups,
                first_group: first_group as u32,
                groups_in_all: self.meta.groups.len() as u32,
                chunks: self.chunks(&story, group, group.saturating_sub(part.first_group)),
                pages,
                pages_known,
                asked,
            })),
        );
    }

    fn chunks(&self, story: &Story<'_>, group: usize, in_file: usize) -> Vec<wire::Chunk> {
        let Some(own) = self.meta.groups.get(group) else { return Vec::new() };
        let mut all_facts = story.chunks(in_file, &self.meta.columns).into_iter();
        let told = self.meta.columns.iter().zip(&own.chunks).enumerate().map(|(leaf, (column, chunk))| {
            let Chunk { range, uncompressed_bytes, values, codec, .. } = *chunk;
            let facts = all_facts.next().unwrap_or_default();
            let ChunkFacts { encodings, nulls, distinct, range: ends, has } = facts;
            let map = self.column_at(leaf).and_then(|column| column.pages.pager.maps.get(group));
            // What the footer keeps back its pages may say.
            let paged = map.filter(|map| map.is_complete()).map(PageMap::pages).unwrap_or_default();
            let nulls = nulls.or_else(|| {
                let sum = paged.iter().map(|page| page.stats.nulls.map(u64::from)).sum::<Option<u64>>();
                sum.filter(|_| !paged.is_empty())
            });
            let ends = ends.or_else(|| hull(column, paged));
            wire::Chunk {
                column: column.name.clone(),
                codec: codec.name().to_owned(),
                encodings: encodings.join(", "),
                start: locate(range).1.start,
                bytes: range.len(),
                raw_bytes: uncompressed_bytes,
                values,
                nulls,
                distinct,
                range: ends.map(|ends| self.ends(leaf, ends)).filter(is_told),
                has: has.join(", "),
                mapped_rows: map.map_or(0, |map| map.frontier().1),
            }
        });
        told.collect()
    }

    fn column_at(&self, leaf: usize) -> Option<&DataColumn> {
        self.columns.iter().find(|column| column.origin == Origin::Leaf(leaf))
    }

    /// The smallest and the largest value of a column's part, for people.
    fn ends(&self, leaf: usize, (low, high): (Values, Values)) -> (Cell, Cell) {
        let logical = self.meta.columns.get(leaf).map(|column| column.logical);
        let value = |values: &Values| match self.column_at(leaf) {
            Some(column) => cell(meant(value_at(values, 0), logical), column.info.kind, MAX_VALUE_CHARS),
            // Of what is nested nothing is known but the leaf itself.
            None => cell(meant(value_at(values, 0), logical), crate::protocol::Kind::Text, MAX_VALUE_CHARS),
        };
        (value(&low), value(&high))
    }

    fn known_pages(&self, asked: &Describe) -> (Vec<wire::Page>, u32) {
        let column = asked.column.as_deref().and_then(|name| self.column(name));
        let known =
            column.and_then(|column| column.pages.pager.maps.get(asked.group as usize)).map(PageMap::pages);
        let known = known.unwrap_or_default();
        let leaf = match column.map(|column| column.origin) {
            Some(Origin::Leaf(leaf)) => self.meta.columns.get(leaf).map(|column| (leaf, column)),
            Some(_) | None => None,
        };
        let pages = known.iter().take(MAX_PAGES).map(|page| {
            let ends = leaf.and_then(|(leaf, column)| Some((leaf, page.stats.values(column)?)));
            wire::Page {
                start: locate(page.range).1.start,
                bytes: page.range.len(),
                first_row: page.first_row,
                rows: page.rows,
                dictionary: page.uses_dictionary,
                nulls: page.stats.nulls,
                range: ends.map(|(leaf, ends)| self.ends(leaf, ends)).filter(is_told),
            }
        });
        (pages.collect(), known.len() as u32)
    }
}

/// The range of all pages together; none where one of them does not say, or they can't be told apart.
fn hull(column: &ColumnMeta, pages: &[PageEntry]) -> Option<(Values, Values)> {
    if column.logical == UNSIGNED {
        // They come as bits, whose order is another one.
        return None;
    }
    let mut all: Option<(f64, f64, Values, Values)> = None;
    for page in pages.iter().filter(|page| page.stats.nulls.is_none_or(|nulls| u64::from(nulls) < page.rows))
    {
        let (low, high) = page.stats.values(column)?;
        let (least, most) = (number(&low)?, number(&high)?);
        all = Some(match all {
            None => (least, most, low, high),
            Some((l, m, a, b)) => {
                let (l, a) = if least < l { (least, low) } else { (l, a) };
                let (m, b) = if most > m { (most, high) } else { (m, b) };
                (l, m, a, b)
            }
        });
    }
    all.map(|(_, _, low, high)| (low, high))
}

/// A single value, where it is a number.
fn number(values: &Values) -> Option<f64> {
    match values {
        Values::Bool(all) => all.first().map(|value| f64::from(u8::from(*value))),
        Values::Int(all) => all.first().map(|value| *value as f64),
        Values::Float32(all) => all.first().map(|value| f64::from(*value)),
        Values::Float64(all) => all.first().copied(),
        Values::Bytes(_) | Values::Indexes(_) => None,
    }
}

fn is_told((low, high): &(Cell, Cell)) -> bool {
    !matches!((low, high), (Cell::Null, _) | (_, Cell::Null))
}

fn field(field: Field) -> wire::Field {
    let Field { depth, name, kind, repetition } = field;
    wire::Field { depth, name, kind, repetition: repetition.to_owned() }
}
