//! What the open table's files say of themselves.

use super::show::cell;
use super::table::{Part, Table};
use super::{Effect, notice};
use crate::bytes::human_bytes;
use crate::column::value_at;
use crate::parquet::decode::Values;
use crate::parquet::describe::{ChunkFacts, Field, Story};
use crate::parquet::meta::Chunk;
use crate::protocol::describe::{self as wire, Describe, Described, MAX_GROUPS, MAX_PAGES};
use crate::protocol::{Cell, Response};

/// Characters of a smallest or largest value.
const MAX_VALUE_CHARS: usize = 80;

impl Table {
    /// Tells what is looked at.
    pub(super) fn describe(&self, asked: Describe, effects: &mut Vec<Effect>) {
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
                effects.push(Effect::Respond(Response::Notice(notice)));
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
            ("size".to_owned(), human_bytes(part.file_bytes)),
            ("rows".to_owned(), crate::words::thousands(rows)),
            ("columns".to_owned(), crate::words::thousands(self.meta.columns.len() as u64)),
            ("row groups".to_owned(), crate::words::thousands(part.groups as u64)),
            ("footer".to_owned(), human_bytes(footer.len() as u64)),
            ("format version".to_owned(), story.version().to_string()),
        ];
        if let Some(by) = story.created_by() {
            facts.push(("written by".to_owned(), by));
        }
        let (pages, pages_known) = self.known_pages(&asked);
        effects.push(Effect::Respond(Response::Described(Box::new(Described {
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
        }))));
    }

    fn chunks(&self, story: &Story, group: usize, in_file: usize) -> Vec<wire::Chunk> {
        let Some(own) = self.meta.groups.get(group) else { return Vec::new() };
        let told = self.meta.columns.iter().zip(&own.chunks).enumerate().map(|(leaf, (column, chunk))| {
            let Chunk { range, uncompressed_bytes, values, codec, .. } = *chunk;
            let facts = story.chunk(in_file, leaf, column).unwrap_or_default();
            let ChunkFacts { encodings, nulls, distinct, range: ends, has } = facts;
            let state = self.columns.iter().find(|state| state.part == Part::Leaf(leaf));
            let value = |values: &Values| match state {
                Some(state) => {
                    cell(value_at(values, 0), state.info.kind, Some(column.logical), MAX_VALUE_CHARS)
                }
                // Of what is nested nothing is known but the leaf itself.
                None => cell(value_at(values, 0), crate::protocol::Kind::Text, None, MAX_VALUE_CHARS),
            };
            let map = state.and_then(|state| state.pager.maps.get(group));
            wire::Chunk {
                column: column.name.clone(),
                codec: codec.name().to_owned(),
                encodings: encodings.join(", "),
                start: super::files::locate(range).1.start,
                bytes: range.len(),
                raw_bytes: uncompressed_bytes,
                values,
                nulls,
                distinct,
                range: ends.map(|(low, high)| (value(&low), value(&high))).filter(is_told),
                has: has.join(", "),
                mapped_rows: map.map_or(0, |map| map.frontier().1),
            }
        });
        told.collect()
    }

    fn known_pages(&self, asked: &Describe) -> (Vec<wire::Page>, u32) {
        let map = asked.column.as_deref().and_then(|name| {
            let (_, state) = self.column(name)?;
            state.pager.maps.get(asked.group as usize)
        });
        let known = map.map(|map| map.pages()).unwrap_or_default();
        let pages = known.iter().take(MAX_PAGES).map(|page| wire::Page {
            start: super::files::locate(page.range).1.start,
            bytes: page.range.len(),
            first_row: page.first_row,
            rows: page.rows,
            dictionary: page.uses_dictionary,
        });
        (pages.collect(), known.len() as u32)
    }
}

fn is_told((low, high): &(Cell, Cell)) -> bool {
    !matches!((low, high), (Cell::Null, _) | (_, Cell::Null))
}

fn field(field: Field) -> wire::Field {
    let Field { depth, name, kind, repetition } = field;
    wire::Field { depth, name, kind, repetition: repetition.to_owned() }
}
