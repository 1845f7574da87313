//! One table that is joined: how far it is, and what came of comparing keys.
//!
//! The other table is opened, its column of keys is read and looked through, and then its columns stand beside those of
//! the file. Their values come once somebody asks for them, together with the keys of this table; single rows find
//! theirs by the key on their own page.

mod columns;

use crate::engine::beside::{News, Task, Values};
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::engine::data::column::{DataColumn, Origin};
use crate::formats::parquet::meta::Logical;
use crate::formats::tabular::reading::Reading;
use crate::protocol::join::{Counts, Joined, Other, Stage, Want};
use crate::protocol::texts::join as texts;
use crate::protocol::{self, Kind, Open};
use crate::table::column::Column;
use crate::table::join::{Keys, Matched};
use crate::view::join::{Join, guess_keys};
use crate::view::url::print_table;
use columns::Fetched;

/// A table that is joined, as far as it is here.
pub struct JoinState {
    /// Which of the tables that were joined one after another it is.
    pub number: u32,
    /// What is asked.
    pub want: Want,
    /// The same, understood; none where it can't be.
    join: Option<Join>,
    pub stage: Stage,
    source: String,
    rows: u64,
    others: Vec<protocol::Column>,
    /// What their values mean, one for each.
    meanings: Vec<Option<Logical>>,
    /// The column that is compared, by its place, and what it is compared with.
    keys: Option<(usize, String)>,
    /// The values of the latter.
    there: Option<Column>,
    index: Keys,
    is_indexed: bool,
    matched: Matched,
    /// Columns of the other table that were asked for, with what came of it.
    fetched: Vec<(String, Option<Fetched>)>,
    /// Columns that were read before other keys were chosen.
    kept: Vec<(String, Column)>,
    /// Its columns here, by their places.
    pub places: Vec<usize>,
    pub tasks: Vec<Task>,
    /// Whether its columns are here since just now.
    pub is_new: bool,
    /// Whether the page knows less than is known.
    is_news: bool,
    /// Rows that had been compared when that was last told.
    told_rows: u64,
}

impl JoinState {
    // ------------------------------------------------------------ what is joined

    /// What is asked, which has not begun.
    pub fn new(number: u32, want: Want) -> Self {
        let (join, stage, tasks) = match Join::read(&want.words) {
            Err(message) => (None, Stage::Failed(texts::not_understood(&message)), Vec::new()),
            Ok(join) => {
                let open = Open {
                    table: join.table.clone(),
                    endpoint: want.endpoint.clone(),
                    base: want.base.clone(),
                    roles: Vec::new(),
                    reading: Reading::default(),
                    added: None,
                };
                (Some(join), Stage::Opening, vec![Task::Open(Box::new(open))])
            }
        };
        let source = join.as_ref().map(|join| print_table(&join.table)).unwrap_or_default();
        Self {
            number,
            want,
            join,
            stage,
            source,
            rows: 0,
            others: Vec::new(),
            meanings: Vec::new(),
            keys: None,
            there: None,
            index: Keys::default(),
            is_indexed: false,
            matched: Matched::default(),
            fetched: Vec::new(),
            kept: Vec::new(),
            places: Vec::new(),
            tasks,
            is_new: false,
            is_news: true,
            told_rows: 0,
        }
    }

    /// Whether the table that is asked for is this one, which can be read: other keys may be asked for.
    pub fn is_of(&self, want: &Want) -> bool {
        let place = |want: &Want| (want.endpoint.clone(), want.base.clone());
        let table = |join: Join| join.table;
        let own = self.join.clone().map(table);
        own.is_some()
            && own == Join::read(&want.words).ok().map(table)
            && place(&self.want) == place(want)
            && !matches!(self.stage, Stage::Failed(_))
    }

    /// Compares other keys of the same table, or calls its columns otherwise. Whether columns are gone that were here.
    pub fn change(&mut self, want: Want, data: &mut Data) -> bool {
        let hidden = self.hide(data);
        self.join = Join::read(&want.words).ok();
        self.want = want;
        self.forget_keys();
        if self.stage != Stage::Opening {
            self.choose_keys(data);
        }
        hidden
    }

    /// Takes the columns of the other table away.
    pub fn hide(&mut self, data: &mut Data) -> bool {
        let places = std::mem::take(&mut self.places);
        for place in &places {
            if let Some(column) = data.columns.get_mut(*place) {
                column.hidden = true;
                column.loading = false;
                // A file that is being written must not take what is gone for rows without a value.
                column.complete = false;
                column.failed = true;
                // Another one may have its name.
                column.info.name = format!("\0{place}");
                column.values = None;
                column.binned = None;
            }
        }
        !places.is_empty()
    }

    /// Compares what the link says, if it says it all.
    fn choose_keys(&mut self, data: &mut Data) {
        let Some(join) = &self.join else { return };
        let (here, there) = (join.here.clone(), join.there.clone());
        let stage = match (here, there) {
            (Some(here), Some(there)) => {
                let place =
                    own_keys(data).find(|(_, column)| column.info.name == here).map(|(place, _)| place);
                let known = self.others.iter().any(|column| column.name == there);
                match place {
                    None => Stage::Failed(texts::no_key_here(&here)),
                    Some(_) if !known => Stage::Failed(texts::no_key_there(&there, &self.source)),
                    Some(place) => {
                        self.there = self.take_kept(&there);
                        self.keys = Some((place, there.clone()));
                        if self.there.is_none() {
                            self.tasks.push(Task::Read(vec![there]));
                        }
                        Stage::Comparing
                    }
                }
            }
            _ => Stage::Choosing,
        };
        if stage == Stage::Comparing {
            let name = self.key_here(data).map(|column| column.info.name.clone());
            if let Some(name) = name {
                data.load(&name);
            }
        }
        self.stage = stage;
        self.is_news = true;
    }

    fn key_here<'a>(&self, data: &'a Data) -> Option<&'a DataColumn> {
        data.columns.get(self.keys.as_ref()?.0)
    }

    // ------------------------------------------------------------ what comes of it

    /// Something is told of the other table.
    pub fn take_news(&mut self, news: News, data: &mut Data) -> Vec<Change> {
        self.is_news = true;
        match news {
            News::Opened { source, rows, columns } => {
                self.source = source;
                self.rows = rows;
                (self.others, self.meanings) = columns.into_iter().unzip();
                if self.stage == Stage::Opening {
                    self.choose_keys(data);
                }
                Vec::new()
            }
            News::Read { column, values } => {
                let values = values.map(Values::take);
                let is_key =
                    self.there.is_none() && self.keys.as_ref().is_some_and(|(_, there)| *there == column);
                if is_key {
                    match values {
                        Some(values) => self.there = Some(values),
                        None => return self.fail(data, &texts::no_key_read(&column)),
                    }
                    return Vec::new();
                }
                let is_asked = self.fetched.iter().any(|(name, _)| *name == column);
                if !is_asked {
                    // Other keys were chosen meanwhile.
                    self.kept.extend(values.map(|values| (column, values)));
                    return Vec::new();
                }
                let fetched = values.map_or(Fetched::Nothing, |values| self.fetched(&column, values));
                if let Some((_, place)) = self.fetched.iter_mut().find(|(name, _)| *name == column) {
                    *place = Some(fetched);
                }
                vec![Change::Pages]
            }
            News::Failed(why) => self.fail(data, &why),
        }
    }

    fn fail(&mut self, data: &mut Data, why: &str) -> Vec<Change> {
        self.stage = Stage::Failed(why.to_owned());
        self.is_news = true;
        self.tasks.clear();
        let mut changes = Vec::new();
        for place in self.places.clone() {
            if let Some(column) = data.columns.get_mut(place).filter(|column| !column.complete) {
                column.failed = true;
                column.loading = false;
                changes.push(Change::Failed { column: place, error: None });
            }
        }
        changes
    }

    /// Goes on with comparing and with columns that are read whole.
    pub fn advance(&mut self, data: &mut Data) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.index_keys() {
            self.add(data);
            self.is_new = true;
        }
        let is_unreadable = self.key_here(data).is_some_and(|key| key.failed);
        if is_unreadable && self.stage == Stage::Comparing {
            let name = self.key_here(data).map(|key| key.info.name.clone()).unwrap_or_default();
            return self.fail(data, &texts::no_own_key_read(&name));
        }
        self.find_rows(data);
        for place in self.places.clone() {
            changes.extend(self.grow(place, data));
        }
        changes
    }

    /// Looks through the keys of the other table; whether that is done now.
    fn index_keys(&mut self) -> bool {
        let Some(there) = self.there.as_ref().filter(|_| !self.is_indexed) else { return false };
        self.is_indexed = !self.index.grow(there);
        self.is_indexed
    }

    /// Looks for the rows here in the other table, as far as their keys are read.
    fn find_rows(&mut self, data: &Data) {
        let columns = &data.columns;
        let (Some((place, _)), Some(there), true) = (&self.keys, &self.there, self.is_indexed) else {
            return;
        };
        let Some(here) = columns.get(*place).and_then(|column| column.values.as_ref()) else { return };
        let before = self.matched.rows().len();
        self.matched.grow(here, &self.index, there);
        self.is_news |= before != self.matched.rows().len();
        let complete = columns.get(*place).is_some_and(|column| column.complete);
        if complete && self.matched.rows().len() == here.rows() && self.stage == Stage::Comparing {
            self.stage = Stage::Ready;
            self.is_news = true;
        }
    }

    // ------------------------------------------------------------ what is told of it

    /// Whether the page is to be told. While rows are compared a few times are enough.
    pub fn is_due(&self) -> bool {
        /// Rows that are compared between two reports.
        const ROWS_BETWEEN: u64 = 500_000;
        let rows = self.matched.rows().len() as u64;
        let waits =
            self.stage == Stage::Comparing && self.told_rows > 0 && rows < self.told_rows + ROWS_BETWEEN;
        self.is_news && !waits
    }

    /// What the page is told.
    pub fn tell(&mut self, data: &Data) -> Joined {
        self.is_news = false;
        self.told_rows = self.matched.rows().len() as u64;
        let own: Vec<(String, u64)> =
            own_keys(data).map(|(_, column)| (column.info.name.clone(), column.info.bytes)).collect();
        let here: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
        let there: Vec<&str> = self.others.iter().map(|column| column.name.as_str()).collect();
        let guessed = guess_keys(&here, &there);
        let chosen = self.join.as_ref();
        let key =
            |chosen: Option<&String>, guessed: Option<&str>| chosen.cloned().or(guessed.map(str::to_owned));
        Joined {
            words: self.want.words.clone(),
            name: chosen.map(|join| join.name.clone()).unwrap_or_default(),
            source: self.source.clone(),
            stage: self.stage.clone(),
            rows: self.rows,
            columns: self
                .others
                .iter()
                .map(|column| Other { name: column.name.clone(), kind: column.kind, bytes: column.bytes })
                .collect(),
            keys: (
                key(chosen.and_then(|join| join.here.as_ref()), guessed.0),
                key(chosen.and_then(|join| join.there.as_ref()), guessed.1),
            ),
            own,
            counts: Counts {
                rows: self.matched.rows().len() as u64,
                matched: self.matched.matched(),
                without: self.matched.without(),
                keys: self.index.distinct(),
                used: self.matched.used_keys(),
                repeated: self.index.repeated(),
                other_without: self.index.without(),
            },
        }
    }

    /// Forgets what was compared; the other table stays open, and what was read of it stays here.
    fn forget_keys(&mut self) {
        let keys = self.keys.take();
        self.kept.extend(keys.map(|(_, name)| name).zip(self.there.take()));
        for (name, fetched) in std::mem::take(&mut self.fetched) {
            if let Some(Fetched::Values(source)) = fetched
                && let Some(column) = source.into_column()
            {
                self.kept.push((name, column));
            }
        }
        self.index = Keys::default();
        self.is_indexed = false;
        self.matched = Matched::default();
        self.is_news = true;
        self.told_rows = 0;
    }

    // ------------------------------------------------------------ what is needed of it

    /// Asks for the values of one of its columns here.
    pub fn want_column(&mut self, other: usize) {
        if let Some(name) = self.name_there(other).map(str::to_owned) {
            self.ask(&name);
        }
    }

    /// Whether something is awaited of the other table.
    pub fn awaits_other(&self) -> bool {
        let is_reading = self.fetched.iter().any(|(_, fetched)| fetched.is_none());
        match self.stage {
            Stage::Opening => true,
            Stage::Comparing => self.there.is_none() || is_reading,
            Stage::Ready => is_reading,
            Stage::Choosing | Stage::Failed(_) => false,
        }
    }

    /// Whether there is more to be compared with what is here.
    pub fn goes_on(&self, data: &Data) -> bool {
        let rows_here = || self.key_here(data).map_or(0, DataColumn::rows_read);
        (self.there.is_some() && !self.is_indexed)
            || (self.is_indexed && self.matched.rows().len() < rows_here())
    }

    /// Whether its columns are to come.
    pub fn awaits_columns(&self) -> bool {
        match self.stage {
            Stage::Opening | Stage::Comparing => !self.is_indexed,
            Stage::Choosing | Stage::Ready | Stage::Failed(_) => false,
        }
    }

    /// Whether a column of this name may be one that is to come.
    pub fn may_have(&self, name: &str) -> bool {
        let prefix = self.join.as_ref().map(|join| join.column(""));
        self.awaits_columns() && prefix.is_some_and(|prefix| name.starts_with(&prefix))
    }
}

/// Columns of the file that can be compared.
fn own_keys(data: &Data) -> impl Iterator<Item = (usize, &DataColumn)> {
    data.columns.iter().enumerate().filter(|(_, column)| {
        matches!(column.origin, Origin::Leaf(_))
            && !matches!(column.info.kind, Kind::Binary | Kind::Nested)
            && !column.failed
    })
}
