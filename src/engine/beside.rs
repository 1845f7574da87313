//! Another table beside the open one, read by an engine of its own: whatever can be opened can be joined.
//!
//! Its effects are carried out apart from those of the open table, by whoever carries out [`Effect::Beside`]; what comes
//! of them is told to the open table as [`Event::Beside`].

use super::answers::notice;
use super::data::DataColumn;
use super::{Effect, Engine, Event};
use crate::base::error::{Error, ErrorKind};
use crate::formats::parquet::meta::Logical;
use crate::protocol::texts::join as texts;
use crate::protocol::{self, Kind, Level, Open, Request, Response, TableRequest, VARIANT};
use crate::table::column::Column;
use crate::table::join::MAX_ROWS;
use crate::view::spec::TableRef;
use std::rc::Rc;

/// What is asked of the other table.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Open it; whatever was open there is dropped. A file of the user's disk was handed over before.
    Open(Box<Open>),
    /// Read these columns whole.
    Read(Vec<String>),
    /// Drop it.
    Drop,
}

/// What is told of it.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// It is open, and all of it can be read.
    Opened {
        /// What people call it.
        source: String,
        /// Its rows.
        rows: u64,
        /// Its columns that hold plain values.
        columns: Vec<(protocol::Column, Option<Logical>)>,
    },
    /// A column is read whole; none where it can't be.
    Read {
        /// Which one.
        column: String,
        /// Its values.
        values: Option<Values>,
    },
    /// It can't be read, in a sentence or two.
    Failed(String),
}

/// A column on its way from one table to the other.
#[derive(Clone, Debug)]
pub struct Values(Rc<Column>);

impl Values {
    /// The column.
    pub fn take(self) -> Column {
        Rc::try_unwrap(self.0).unwrap_or_else(|shared| (*shared).clone())
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Imports of it are counted from here on, apart from those of the open table.
const FIRST_IMPORT: u32 = 1 << 31;

/// So many numbers of imports are one table's.
const IMPORTS_A_TABLE: u32 = 1 << 8;

/// The other table.
#[derive(Default)]
pub struct Beside {
    engine: Engine,
    /// Columns that are being read.
    wanted: Vec<String>,
    is_told: bool,
    has_failed: bool,
}

impl Beside {
    /// Opens a table. `local` are name and size of files of the user's disk, where it is of that.
    ///
    /// What comes of the import of one that was open before, by its `number`, is not taken for that of this one.
    pub fn open(open: Open, local: Vec<(String, u64)>, number: u32) -> (Self, Vec<Effect>, Vec<News>) {
        let imports = FIRST_IMPORT.wrapping_add(number.wrapping_mul(IMPORTS_A_TABLE) % FIRST_IMPORT);
        let mut beside = Self { engine: Engine { imports, ..Engine::default() }, ..Self::default() };
        let event = match &open.table {
            TableRef::Local(name) if local.is_empty() => {
                let message = texts::gone(name);
                beside.has_failed = true;
                return (beside, Vec::new(), vec![News::Failed(message)]);
            }
            TableRef::Local(name) => Event::LocalFiles {
                name: name.clone(),
                files: local,
                roles: Vec::new(),
                reading: open.reading,
            },
            TableRef::Catalogue(_) | TableRef::Hub(_) | TableRef::Folder(_) | TableRef::Url(_) => {
                Event::Request(Request::Open(open))
            }
        };
        let (effects, news) = beside.step(event);
        (beside, effects, news)
    }

    /// As [`Engine::tell_time`].
    pub fn tell_time(&mut self, now_millis: f64) {
        self.engine.tell_time(now_millis);
    }

    /// Reads columns whole.
    pub fn read(&mut self, columns: Vec<String>) -> (Vec<Effect>, Vec<News>) {
        let (mut effects, mut news) = (Vec::new(), Vec::new());
        for column in columns {
            // It is told of once.
            if self.wanted.contains(&column) {
                continue;
            }
            let known = self.engine.table.as_mut().and_then(|table| {
                table.data.columns.iter_mut().find(|known| known.info.name == column && !known.failed)
            });
            let Some(known) = known else {
                news.push(News::Read { column, values: None });
                continue;
            };
            // It has no chart there.
            known.info.chartable = false;
            self.wanted.push(column.clone());
            let (more_effects, more_news) = self.step(Event::Request(TableRequest::Load { column }.into()));
            effects.extend(more_effects);
            news.extend(more_news);
        }
        (effects, news)
    }

    /// Takes an event; what is to be done, and what is told.
    pub fn step(&mut self, event: Event) -> (Vec<Effect>, Vec<News>) {
        let (mut effects, mut news) = (Vec::new(), Vec::new());
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for effect in self.engine.step(event) {
                match effect {
                    // Nobody has marked its rows.
                    Effect::ReadLabels { table } => {
                        events.push(Event::LabelsRead { table, outcome: Ok(Vec::new()) });
                    }
                    Effect::Respond(response) => news.extend(self.failure(response)),
                    effect => effects.push(effect),
                }
            }
        }
        if !self.has_failed {
            news.extend(self.opened());
            news.extend(self.read_by_now());
        }
        self.has_failed |= news.iter().any(|news| matches!(news, News::Failed(_)));
        (effects, news)
    }

    fn failure(&self, response: Response) -> Option<News> {
        let Response::Notice(told) = response else { return None };
        // A column that can't be read costs that column.
        let is_of_all = [notice::TABLE, notice::CONNECTION, notice::IMPORT].contains(&told.subject.as_str());
        let is_error = told.level == Level::Fatal || (told.level == Level::Error && is_of_all);
        let ends = is_error && !self.has_failed;
        ends.then(|| News::Failed(format!("{}. {}", told.title.trim_end_matches('.'), told.text)))
    }

    fn opened(&mut self) -> Option<News> {
        let Engine { opening: None, import: None, table: Some(table), .. } = &self.engine else {
            return None;
        };
        let data = &table.data;
        if self.is_told {
            return None;
        }
        self.is_told = true;
        let rows = data.rows_in_all();
        if rows > MAX_ROWS {
            let error = Error::new(ErrorKind::Limit, texts::too_long(rows, MAX_ROWS));
            return Some(News::Failed(error.to_string()));
        }
        let is_plain = |column: &&DataColumn| {
            let info = &column.info;
            !matches!(info.kind, Kind::Nested | Kind::Binary)
                && info.type_name != VARIANT
                && info.derived_from.is_empty()
                && !column.hidden
        };
        Some(News::Opened {
            source: data.identity.source.clone(),
            rows,
            columns: data
                .columns
                .iter()
                .filter(is_plain)
                .map(|column| (column.info.clone(), column.logical))
                .collect(),
        })
    }

    fn read_by_now(&mut self) -> Vec<News> {
        let Some(table) = self.engine.table.as_mut() else { return Vec::new() };
        let mut news = Vec::new();
        self.wanted.retain(|name| {
            let Some(column) = table.data.columns.iter_mut().find(|known| known.info.name == *name) else {
                return false;
            };
            if column.failed || !column.damages.is_empty() {
                news.push(News::Read { column: name.clone(), values: None });
                return false;
            }
            if !column.complete {
                return true;
            }
            let values = column.values.take().map(|values| Values(Rc::new(values)));
            news.push(News::Read { column: name.clone(), values });
            false
        });
        news
    }
}
