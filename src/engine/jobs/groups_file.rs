//! Groups of the matching rows on their way into a file: made once, when all of their columns are read, and handed to
//! the encoder some at a time.

use super::pieces::{Encoded, Pieces};
use super::{Job, Progressed, load_deciding};
use crate::base::error::Error;
use crate::engine::Effect;
use crate::engine::answers::group_by::whole;
use crate::engine::answers::report;
use crate::engine::data::Data;
use crate::engine::demand::{Class, Demand, Rows, Who};
use crate::engine::images::Images;
use crate::engine::output::export::task::{self, Failure, Holds, Task};
use crate::engine::result::Matches;
use crate::protocol::export::{Format, Progress, Stage};
use crate::protocol::group_by::Trouble;
use crate::protocol::texts::groups as texts;
use crate::protocol::{Kind, LazyResponse};
use crate::table::group_by::{Cells, KeyValue, Table};
use crate::view::group_by::{GroupBy, What};

/// Groups that are handed over together.
const BATCH: usize = 16_384;

/// A file of groups under way.
struct GroupsFile {
    format: Format,
    items: Vec<String>,
    /// The groups, once they are made.
    made: Option<Made>,
    /// How many of them the encoder was given.
    done: usize,
    file: Encoded,
    is_waiting: bool,
}

/// Groups, and the columns that they make.
struct Made {
    table: Table,
    names: Vec<String>,
    columns: Vec<Column>,
    has_begun: bool,
}

/// A column of the file.
#[derive(Clone, Copy, Debug)]
enum Column {
    /// What rows of a group have in common, by the place of the key, as this kind of value.
    Key(usize, Holds),
    /// How many rows.
    Rows,
    /// Their share of all rows that match.
    Share,
    /// What is computed, by its place; whether it is a time.
    Computed(usize, bool),
    /// How many rows of A.
    Pinned,
    /// Their share of A.
    PinnedShare,
}

/// A file of which nothing is written. `items` are those of [`GroupBy`].
pub fn begin(id: u32, format: Format, items: Vec<String>) -> Box<dyn Job> {
    Box::new(GroupsFile { format, items, made: None, done: 0, file: Encoded::new(id), is_waiting: false })
}

impl Job for GroupsFile {
    fn pieces(&self) -> &Pieces {
        &self.file.pieces
    }

    fn pieces_mut(&mut self) -> &mut Pieces {
        &mut self.file.pieces
    }

    fn report(&self, stage: Stage, effects: &mut Vec<Effect>) {
        let progress = Progress {
            id: self.file.pieces.file(),
            stage,
            rows: self.done as u64,
            rows_total: self.made.as_ref().map_or(0, |made| made.table.order.len() as u64),
            bytes: self.file.pieces.bytes(),
            missing: 0,
        };
        report(effects, LazyResponse::Export(progress));
    }

    fn encoded(&mut self, outcome: Result<Vec<u8>, Failure>) -> Result<(), Stage> {
        self.file.take(outcome)
    }

    fn waits_for_encoder(&self) -> bool {
        self.file.is_encoding()
    }

    fn demands(&self, data: &Data, _images: &Images) -> Vec<Demand> {
        if self.made.is_some() || !data.files.unread() {
            // The columns themselves are read whole.
            return Vec::new();
        }
        let (who, rows, class) = (Who::Export, Rows::Further, Class::Background);
        vec![Demand { who, rows, fields: Vec::new(), class }]
    }

    fn advance(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        _images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> Result<Progressed, Stage> {
        if self.made.is_none() {
            self.made = self.make(data, matches)?;
        }
        let Some(made) = &mut self.made else {
            if !std::mem::replace(&mut self.is_waiting, true) {
                self.report(Stage::Waiting, effects);
            }
            return Ok(Progressed::Waits);
        };
        if self.file.pieces.is_last_over() {
            return Ok(Progressed::at_the_end(&self.file.pieces));
        }
        let written = self.file.write(effects);
        let free = self.file.is_free();
        if free {
            let task = made.next_task(self.format, &mut self.done);
            self.file.encode(task, effects);
        }
        if free || written {
            self.report(Stage::Writing, effects);
        }
        Ok(Progressed::Waits)
    }
}

impl GroupsFile {
    /// The groups; none while something that decides them is not read.
    fn make(&self, data: &mut Data, matches: &Matches) -> Result<Option<Made>, Stage> {
        load_deciding(data, matches).map_err(|error: Error| Stage::Failed(error.to_string()))?;
        let title = |name: &str, data: &Data| data.facts.title(name).to_owned();
        let told = |trouble: Trouble| Stage::Failed(texts::trouble(&trouble, str::to_owned));
        let unclear = |item: &str| Trouble::Unclear(item.to_owned());
        let group_by = GroupBy::read(self.items.iter().map(String::as_str)).map_err(unclear).map_err(told)?;
        group_by.columns().into_iter().for_each(|name| data.load(name));
        let is_pin_settled = matches.pin().is_none_or(|pin| pin.rows_decided(data) >= data.rows_in_all());
        if !matches.is_settled(data) || !is_pin_settled {
            return Ok(None);
        }
        let told = |trouble| Stage::Failed(texts::trouble(&trouble, |name| title(name, data)));
        let Some(table) = whole(&group_by, data, matches).map_err(told)? else { return Ok(None) };
        let kind = |name: &str| data.column(name).map(|column| column.info.kind);
        let keys = group_by.by.iter().enumerate().map(|(place, by)| {
            let keys = table.order.iter().map(|group| table.key(place, *group));
            Column::Key(place, key_holds(keys, kind(&by.column)))
        });
        let computed = group_by.measures.iter().enumerate().map(|(place, measure)| {
            Column::Computed(
                place,
                kind(&measure.column) == Some(Kind::Time) && measure.what != What::Distinct,
            )
        });
        let is_pinned = table.pinned.is_some();
        let pinned = is_pinned.then_some([Column::Pinned, Column::PinnedShare]).into_iter().flatten();
        let columns = keys.chain([Column::Rows, Column::Share]).chain(computed).chain(pinned).collect();
        Ok(Some(Made { names: group_by.names(is_pinned), columns, table, has_begun: false }))
    }
}

impl Made {
    fn next_task(&mut self, format: Format, done: &mut usize) -> Task {
        if !std::mem::replace(&mut self.has_begun, true) {
            let holds = self.columns.iter().map(|column| column.holds(&self.table));
            let columns = self.names.iter().cloned().zip(holds).collect();
            return Task::Table(task::Table { format: Some(format), columns, group_rows: None });
        }
        let groups = self.table.order.get(*done..).unwrap_or_default();
        let groups = groups.get(..BATCH).unwrap_or(groups);
        if groups.is_empty() {
            return Task::Finish;
        }
        *done += groups.len();
        Task::Cells(self.columns.iter().map(|column| column.cells(&self.table, groups)).collect())
    }
}

impl Column {
    fn holds(self, table: &Table) -> Holds {
        match self {
            Self::Key(_, holds) => holds,
            Self::Rows | Self::Pinned => Holds::Whole,
            Self::Share | Self::PinnedShare => Holds::Number,
            Self::Computed(place, is_time) => match table.cells.get(place) {
                Some(Cells::Numbers(_)) if is_time => Holds::Time,
                Some(Cells::Counts(_)) => Holds::Whole,
                Some(Cells::Numbers(_) | Cells::Parts(_)) | None => Holds::Number,
            },
        }
    }

    /// The values of some groups.
    fn cells(self, table: &Table, groups: &[u32]) -> task::Cells {
        let rows = |group: u32| table.rows.get(group as usize).copied().unwrap_or(0);
        let numbers = |value: &dyn Fn(u32) -> Option<f64>| {
            task::Cells::Number(groups.iter().map(|group| value(*group)).collect())
        };
        match self {
            Self::Key(place, holds) => key_cells(groups.iter().map(|group| table.key(place, *group)), holds),
            Self::Rows => task::Cells::Whole(groups.iter().map(|group| Some(rows(*group).into())).collect()),
            Self::Share => {
                let all = table.rows_in_all().max(1) as f64;
                numbers(&|group| Some(f64::from(rows(group)) / all))
            }
            Self::Pinned => {
                let pinned = |group: &u32| table.pinned_of(*group).map(|(rows, _)| rows as i64);
                task::Cells::Whole(groups.iter().map(pinned).collect())
            }
            Self::PinnedShare => {
                numbers(&|group| table.pinned_of(group).map(|(rows, all)| rows as f64 / all.max(1) as f64))
            }
            Self::Computed(place, is_time) => match table.cells.get(place) {
                Some(Cells::Numbers(all)) => {
                    let value = |group: u32| all.get(group as usize).copied().filter(|value| !value.is_nan());
                    if is_time {
                        let millis = |group: &u32| value(*group).map(|millis| millis as i64);
                        task::Cells::Time(groups.iter().map(millis).collect())
                    } else {
                        numbers(&value)
                    }
                }
                Some(Cells::Counts(all)) => {
                    let count = |group: &u32| all.get(*group as usize).copied().map(i64::from);
                    task::Cells::Whole(groups.iter().map(count).collect())
                }
                Some(Cells::Parts(all)) => numbers(&|group| {
                    let rows = Some(rows(group)).filter(|rows| *rows > 0)?;
                    Some(f64::from(*all.get(group as usize)?) / f64::from(rows))
                }),
                None => numbers(&|_| None),
            },
        }
    }
}

/// What a column of keys holds: numbers and times where all of them are; names of coded values are text.
fn key_holds(mut keys: impl Iterator<Item = KeyValue>, kind: Option<Kind>) -> Holds {
    let holds = match kind {
        Some(Kind::Integer) => Holds::Whole,
        Some(Kind::Float | Kind::Clock | Kind::Duration) => Holds::Number,
        Some(Kind::Time) => Holds::Time,
        Some(Kind::Bool) => Holds::Flag,
        Some(Kind::Text | Kind::Binary | Kind::Nested) | None => Holds::Text,
    };
    let fits = |key: KeyValue| match (key, holds) {
        (KeyValue::None, _) | (KeyValue::Span(..), Holds::Time) => true,
        (KeyValue::Value(text, Some(_)), Holds::Whole | Holds::Time) => text.parse::<i64>().is_ok(),
        (KeyValue::Value(text, Some(_)), Holds::Number) => text.parse::<f64>().is_ok(),
        (KeyValue::Value(text, _), Holds::Flag) => text.parse::<bool>().is_ok(),
        (KeyValue::Value(..) | KeyValue::Span(..), _) => false,
    };
    if keys.all(fits) { holds } else { Holds::Text }
}

fn key_cells(keys: impl Iterator<Item = KeyValue>, holds: Holds) -> task::Cells {
    let text = |key: KeyValue| match key {
        KeyValue::None => None,
        KeyValue::Value(text, _) => Some(text),
        KeyValue::Span(start, _) => Some(start.to_string()),
    };
    match holds {
        Holds::Whole => task::Cells::Whole(keys.map(|key| text(key)?.parse().ok()).collect()),
        Holds::Number => task::Cells::Number(keys.map(|key| text(key)?.parse().ok()).collect()),
        Holds::Time => task::Cells::Time(keys.map(|key| text(key)?.parse().ok()).collect()),
        Holds::Flag => task::Cells::Flag(keys.map(|key| text(key)?.parse().ok()).collect()),
        Holds::Text
        | Holds::Bytes
        | Holds::Texts
        | Holds::Wholes
        | Holds::Unsigned
        | Holds::Single
        | Holds::Moments(..) => task::Cells::Text(keys.map(text).collect()),
    }
}
