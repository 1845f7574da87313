//! Columns of another table, by a key that both have.
//!
//! The other table is opened, its column of keys is read and looked through, and then its columns stand beside those of
//! the file. Their values come once somebody asks for them, together with the keys of this table; single rows find
//! theirs by the key on their own page.

use super::Data;
use super::column::{DataColumn, Derived, Origin};
use crate::engine::beside::{News, Task, Values};
use crate::engine::change::Change;
use crate::formats::parquet::meta::Logical;
use crate::protocol::join::{Counts, Joined, Other, Stage, Want};
use crate::protocol::texts::join as texts;
use crate::protocol::{self, Cell, Kind, Open, Request};
use crate::table::column::{Column, Value};
use crate::table::join::{Keys, Matched, NOWHERE, Source};
use crate::view::join::{Join, SOURCE, guess_keys};
use std::sync::OnceLock;

/// The most columns of another table.
const MAX_COLUMNS: usize = 100;

/// What the column is called that says how many rows of the other table have a row's key.
const ROWS: &str = "rows";

/// The table that is joined, as far as it is here.
#[derive(Default)]
pub struct JoinState {
    /// What is asked; none where nothing is joined.
    want: Option<Want>,
    /// The same, understood; none where it can't be.
    join: Option<Join>,
    /// Which of the tables that were joined one after another it is.
    number: u32,
    stage: Option<Stage>,
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
    places: Vec<usize>,
    tasks: Vec<Task>,
    /// Whether its columns are here since just now.
    is_new: bool,
    /// Whether the page knows less than is known.
    is_news: bool,
    /// Rows that had been compared when that was last told.
    told_rows: u64,
}

/// What came of reading a column of the other table.
enum Fetched {
    Values(Box<Source>),
    Nothing,
}

impl JoinState {
    fn source_of(&self, name: &str) -> Option<&Fetched> {
        self.fetched.iter().find(|(other, _)| other == name)?.1.as_ref()
    }

    /// Reads a column of the other table, unless that was asked for.
    fn ask(&mut self, name: &str) {
        if self.fetched.iter().any(|(other, _)| other == name) {
            return;
        }
        let kept = self.take_kept(name).map(|column| self.fetched(name, column));
        if kept.is_none() {
            self.tasks.push(Task::Read(vec![name.to_owned()]));
        }
        self.fetched.push((name.to_owned(), kept));
    }

    fn take_kept(&mut self, name: &str) -> Option<Column> {
        let place = self.kept.iter().position(|(other, _)| other == name)?;
        Some(self.kept.swap_remove(place).1)
    }

    fn fetched(&self, name: &str, column: Column) -> Fetched {
        Fetched::Values(Box::new(Source::of(column, &self.index, self.is_mean(name))))
    }

    /// Whether a column is the mean of the rows of a key.
    fn is_mean(&self, name: &str) -> bool {
        let kind = self.others.iter().find(|column| column.name == name).map(|column| column.kind);
        matches!(kind, Some(Kind::Integer | Kind::Float)) && self.index.repeated() > 0
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
}

/// What joins tables: in a browser it comes when the first one is joined.
#[derive(Clone, Copy, Debug)]
pub struct JoinCode {
    set: fn(&mut Data, Option<&Want>) -> bool,
    take_news: fn(&mut Data, News) -> Vec<Change>,
    advance: fn(&mut Data) -> Vec<Change>,
    want: fn(&mut Data, Vec<usize>),
    told: fn(&mut Data) -> Option<Option<Joined>>,
    cell: fn(&Data, (usize, usize), u64, Kind, usize) -> Cell,
}

impl JoinCode {
    /// All of it: only the entry of the lazy module may name it.
    pub const fn all() -> Self {
        Self {
            set: Data::join,
            take_news: Data::take_joined_news,
            advance: Data::go_on_joining,
            want: Data::want_places,
            told: Data::news_of_join,
            cell: Data::cell_by_key,
        }
    }

    /// It has been fetched.
    pub fn provide(self) {
        let _ = CODE.set(self);
    }

    /// Whether a request needs it, and it is not here.
    pub fn is_missing_for(request: &Request) -> bool {
        matches!(request, Request::Show(show) if show.join.is_some()) && code().is_none()
    }
}

static CODE: OnceLock<JoinCode> = OnceLock::new();

/// The code, where it is here.
#[cfg(target_arch = "wasm32")]
fn code() -> Option<JoinCode> {
    CODE.get().copied()
}

/// The code, where it is here. Outside browsers it always is.
#[cfg(not(target_arch = "wasm32"))]
fn code() -> Option<JoinCode> {
    Some(JoinCode::all())
}

impl Data {
    // ------------------------------------------------------------ what is joined

    /// Takes over what is joined. Whether columns are gone that were there before.
    pub fn set_join(&mut self, want: Option<&Want>) -> bool {
        if self.joined.want.as_ref() == want {
            return false;
        }
        code().is_some_and(|code| (code.set)(self, want))
    }

    fn join(&mut self, want: Option<&Want>) -> bool {
        let read = |want: &Want| Join::read(&want.words);
        let (before, after) = (self.joined.join.take(), want.map(read));
        let place = |want: &Want| (want.endpoint.clone(), want.base.clone());
        let stays = matches!((&before, &after), (Some(before), Some(Ok(after))) if before.table == after.table)
            && self.joined.want.as_ref().map(place) == want.map(place)
            && !matches!(self.joined.stage, Some(Stage::Failed(_)));
        let hidden = self.hide_joined();
        let joined = &mut self.joined;
        joined.want = want.cloned();
        joined.forget_keys();
        match after {
            None => {
                joined.stage = None;
                joined.kept.clear();
                joined.tasks = vec![Task::Drop];
                joined.number = joined.number.wrapping_add(1);
            }
            Some(Err(message)) => {
                joined.stage = Some(Stage::Failed(texts::not_understood(&message)));
                joined.tasks = vec![Task::Drop];
            }
            Some(Ok(join)) if stays => {
                joined.join = Some(join);
                if joined.stage != Some(Stage::Opening) {
                    self.choose_keys();
                }
            }
            Some(Ok(join)) => {
                joined.number = joined.number.wrapping_add(1);
                joined.stage = Some(Stage::Opening);
                joined.others.clear();
                joined.kept.clear();
                joined.source = crate::view::url::print_table(&join.table);
                let (endpoint, base) = want.map(place).unwrap_or_default();
                joined.tasks = vec![Task::Open(Box::new(Open {
                    table: join.table.clone(),
                    endpoint,
                    base,
                    roles: Vec::new(),
                    reading: crate::formats::tabular::reading::Reading::default(),
                    added: None,
                }))];
                joined.join = Some(join);
            }
        }
        hidden
    }

    /// Takes the columns of the other table away.
    fn hide_joined(&mut self) -> bool {
        let places = std::mem::take(&mut self.joined.places);
        for place in &places {
            if let Some(column) = self.columns.get_mut(*place) {
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
    fn choose_keys(&mut self) {
        let Some(join) = &self.joined.join else { return };
        let (here, there) = (join.here.clone(), join.there.clone());
        let stage = match (here, there) {
            (Some(here), Some(there)) => {
                let place =
                    self.own_keys().find(|(_, column)| column.info.name == here).map(|(place, _)| place);
                let known = self.joined.others.iter().any(|column| column.name == there);
                match place {
                    None => Stage::Failed(texts::no_key_here(&here)),
                    Some(_) if !known => Stage::Failed(texts::no_key_there(&there, &self.joined.source)),
                    Some(place) => {
                        self.joined.there = self.joined.take_kept(&there);
                        self.joined.keys = Some((place, there.clone()));
                        if self.joined.there.is_none() {
                            self.joined.tasks.push(Task::Read(vec![there]));
                        }
                        Stage::Comparing
                    }
                }
            }
            _ => Stage::Choosing,
        };
        if stage == Stage::Comparing {
            let name = self.key_here().map(|column| column.info.name.clone());
            if let Some(name) = name {
                self.load(&name);
            }
        }
        self.joined.stage = Some(stage);
        self.joined.is_news = true;
    }

    /// Columns of the file that can be compared.
    fn own_keys(&self) -> impl Iterator<Item = (usize, &DataColumn)> {
        self.columns.iter().enumerate().filter(|(_, column)| {
            matches!(column.origin, Origin::Leaf(_))
                && !matches!(column.info.kind, Kind::Binary | Kind::Nested)
                && !column.failed
        })
    }

    fn key_here(&self) -> Option<&DataColumn> {
        self.columns.get(self.joined.keys.as_ref()?.0)
    }

    /// Numbers the tables that are joined, apart from those of tables that were open before.
    pub fn number_joins(&mut self, table: u32) {
        /// More are not joined to one table.
        const MAX_JOINS: u32 = 1 << 12;
        self.joined.number = table.wrapping_mul(MAX_JOINS);
    }

    /// The number of the table that is joined, where there is one.
    pub fn joins(&self) -> Option<u32> {
        self.joined.want.as_ref().map(|_| self.joined.number)
    }

    /// The number of the table that is joined: what is told of another one is stale.
    pub fn joined_number(&self) -> u32 {
        self.joined.number
    }

    // ------------------------------------------------------------ what comes of it

    /// Something is told of the other table.
    pub fn take_news(&mut self, news: News) -> Vec<Change> {
        code().map_or_else(Vec::new, |code| (code.take_news)(self, news))
    }

    fn take_joined_news(&mut self, news: News) -> Vec<Change> {
        let joined = &mut self.joined;
        joined.is_news = true;
        match news {
            News::Opened { source, rows, columns } => {
                joined.source = source;
                joined.rows = rows;
                (joined.others, joined.meanings) = columns.into_iter().unzip();
                if joined.stage == Some(Stage::Opening) {
                    self.choose_keys();
                }
                Vec::new()
            }
            News::Read { column, values } => {
                let values = values.map(Values::take);
                let is_key =
                    joined.there.is_none() && joined.keys.as_ref().is_some_and(|(_, there)| *there == column);
                if is_key {
                    match values {
                        Some(values) => joined.there = Some(values),
                        None => return self.join_fails(&texts::no_key_read(&column)),
                    }
                    return Vec::new();
                }
                let is_asked = joined.fetched.iter().any(|(name, _)| *name == column);
                if !is_asked {
                    // Other keys were chosen meanwhile.
                    joined.kept.extend(values.map(|values| (column, values)));
                    return Vec::new();
                }
                let fetched = values.map_or(Fetched::Nothing, |values| joined.fetched(&column, values));
                if let Some((_, place)) = joined.fetched.iter_mut().find(|(name, _)| *name == column) {
                    *place = Some(fetched);
                }
                vec![Change::Pages]
            }
            News::Failed(why) => self.join_fails(&why),
        }
    }

    fn join_fails(&mut self, why: &str) -> Vec<Change> {
        self.joined.stage = Some(Stage::Failed(why.to_owned()));
        self.joined.is_news = true;
        self.joined.tasks.clear();
        let mut changes = Vec::new();
        for place in self.joined.places.clone() {
            if let Some(column) = self.columns.get_mut(place).filter(|column| !column.complete) {
                column.failed = true;
                column.loading = false;
                changes.push(Change::Failed { column: place, error: None });
            }
        }
        changes
    }

    /// Whether there are columns of the other table since this was last asked.
    pub fn take_joined(&mut self) -> bool {
        std::mem::take(&mut self.joined.is_new)
    }

    /// Goes on with comparing and with columns that are read whole.
    pub(super) fn advance_join(&mut self) -> Vec<Change> {
        let code = code().filter(|_| self.joined.stage.is_some());
        code.map_or_else(Vec::new, |code| (code.advance)(self))
    }

    fn go_on_joining(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.index_joined() {
            self.add_joined();
            self.joined.is_new = true;
        }
        let is_unreadable = self.key_here().is_some_and(|key| key.failed);
        if is_unreadable && self.joined.stage == Some(Stage::Comparing) {
            let name = self.key_here().map(|key| key.info.name.clone()).unwrap_or_default();
            return self.join_fails(&texts::no_own_key_read(&name));
        }
        self.match_joined();
        for place in self.joined.places.clone() {
            changes.extend(self.grow_joined(place));
        }
        changes
    }

    /// Looks through the keys of the other table; whether that is done now.
    fn index_joined(&mut self) -> bool {
        let joined = &mut self.joined;
        let Some(there) = joined.there.as_ref().filter(|_| !joined.is_indexed) else { return false };
        joined.is_indexed = !joined.index.grow(there);
        joined.is_indexed
    }

    /// Looks for the rows here in the other table, as far as their keys are read.
    fn match_joined(&mut self) {
        let Self { joined, columns, .. } = self;
        let (Some((place, _)), Some(there), true) = (&joined.keys, &joined.there, joined.is_indexed) else {
            return;
        };
        let Some(here) = columns.get(*place).and_then(|column| column.values.as_ref()) else { return };
        let before = joined.matched.rows().len();
        joined.matched.grow(here, &joined.index, there);
        joined.is_news |= before != joined.matched.rows().len();
        let complete = columns.get(*place).is_some_and(|column| column.complete);
        if complete && joined.matched.rows().len() == here.rows() && joined.stage == Some(Stage::Comparing) {
            joined.stage = Some(Stage::Ready);
            joined.is_news = true;
        }
    }

    /// Puts the columns of the other table beside those of the file.
    fn add_joined(&mut self) {
        let (Some(join), Some((key, there))) = (self.joined.join.clone(), self.joined.keys.clone()) else {
            return;
        };
        let Some(key_info) = self.columns.get(key).map(|column| column.info.clone()) else { return };
        let repeats = self.joined.index.repeated() > 0;
        let counted = repeats.then(|| protocol::Column {
            name: ROWS.to_owned(),
            kind: Kind::Integer,
            type_name: texts::ROWS_TYPE.to_owned(),
            bytes: 0,
            chartable: true,
            derived_from: Vec::new(),
        });
        let meanings = self.joined.meanings.clone();
        let others = self.joined.others.clone().into_iter().zip(meanings);
        let others = others.filter(|(column, _)| column.name != there);
        let counted = counted.map(|column| (column, None));
        for (number, (other, logical)) in counted.into_iter().chain(others).take(MAX_COLUMNS).enumerate() {
            let is_count = repeats && number == 0;
            let is_mean = !is_count && self.joined.is_mean(&other.name);
            let mut name = join.column(&other.name);
            while self.place(&name).is_some() {
                name.push('_');
            }
            let info = protocol::Column {
                name,
                kind: if is_mean { Kind::Float } else { other.kind },
                type_name: if is_mean { texts::mean_type(&other.type_name) } else { other.type_name.clone() },
                bytes: other.bytes.saturating_add(key_info.bytes),
                chartable: other.chartable,
                derived_from: vec![SOURCE.to_owned(), key_info.name.clone(), self.joined.source.clone()],
            };
            let place = self.columns.len();
            let origin = Origin::Derived(Derived::Joined { key, other: number });
            let logical = logical.filter(|_| !is_mean);
            self.columns.push(DataColumn { logical, ..DataColumn::new(info, origin, Vec::new()) });
            self.joined.places.push(place);
            if is_count {
                // It is known with the keys.
                self.joined
                    .fetched
                    .push((ROWS_OF_KEY.to_owned(), Some(Fetched::Values(Box::new(Source::Rows)))));
            }
        }
    }

    /// What the other table calls a joined column.
    fn name_there(&self, number: usize) -> Option<&str> {
        let joined = &self.joined;
        let there = joined.keys.as_ref().map(|(_, there)| there.as_str());
        let number = if joined.index.repeated() == 0 {
            number
        } else {
            let Some(number) = number.checked_sub(1) else { return Some(ROWS_OF_KEY) };
            number
        };
        let mut others = joined.others.iter().filter(|column| Some(column.name.as_str()) != there);
        others.nth(number).map(|column| column.name.as_str())
    }

    /// Goes on with a column that is read whole, as far as rows were compared.
    fn grow_joined(&mut self, place: usize) -> Option<Change> {
        let column =
            self.columns.get(place).filter(|column| column.loading && !column.complete && !column.failed)?;
        let Origin::Derived(Derived::Joined { key, other }) = column.origin else { return None };
        let name = self.name_there(other)?.to_owned();
        self.joined.ask(&name);
        let rows = self.joined.matched.rows();
        let failed = self.columns.get(key).is_none_or(|key| key.failed)
            || matches!(self.joined.source_of(&name), Some(Fetched::Nothing));
        let known = self.columns.get(key).is_some_and(|key| key.complete && key.rows_read() == rows.len());
        let before = self.columns.get(place)?.rows_read();
        let mut trouble = None;
        if let Some(Fetched::Values(source)) = self.joined.source_of(&name) {
            let fresh = rows.get(before..).unwrap_or_default();
            let fresh = fresh.get(..ROWS_A_STEP).unwrap_or(fresh);
            let mut values = match self.columns.get_mut(place)?.values.take() {
                Some(values) => values,
                None => source.column(rows.len()),
            };
            trouble = source.append(fresh, &self.joined.index, &mut values).err();
            self.columns.get_mut(place)?.values = Some(values);
        }
        if let Some(error) = trouble {
            return self.fail(place, error);
        }
        let (all, bytes) = (self.joined.matched.rows().len(), self.meta.rows.max(1));
        let column = self.columns.get_mut(place)?;
        if failed {
            column.failed = true;
            column.loading = false;
            return Some(Change::Failed { column: place, error: None });
        }
        let now = column.rows_read();
        column.derived_bytes = (column.info.bytes as f64 * (now as f64 / bytes as f64).min(1.0)) as u64;
        let has_values = column.values.is_some();
        column.unseen = has_values && now < all;
        if known && has_values && now == all {
            column.complete = true;
            column.loading = false;
            if let Some(values) = &mut column.values {
                values.finish();
            }
        }
        (now != before || column.complete)
            .then_some(Change::Grew { column: place, complete: column.complete })
    }

    // ------------------------------------------------------------ what is needed of it

    /// Asks for the values of columns that single rows are shown of.
    pub fn want_joined<'a>(&mut self, names: impl Iterator<Item = &'a String>) {
        if let Some(code) = code().filter(|_| !self.joined.places.is_empty()) {
            let places: Vec<usize> = names.filter_map(|name| self.place(name)).collect();
            (code.want)(self, places);
        }
    }

    fn want_places(&mut self, places: Vec<usize>) {
        for place in places {
            if let Some(Origin::Derived(Derived::Joined { other, .. })) =
                self.columns.get(place).map(|column| column.origin)
                && let Some(name) = self.name_there(other).map(str::to_owned)
            {
                self.joined.ask(&name);
            }
        }
    }

    /// The same for all of them.
    pub fn want_all_joined(&mut self) {
        if let Some(code) = code().filter(|_| !self.joined.places.is_empty()) {
            (code.want)(self, self.joined.places.clone());
        }
    }

    /// What is to be asked of the other table.
    pub fn join_tasks(&mut self) -> Vec<Task> {
        std::mem::take(&mut self.joined.tasks)
    }

    /// Whether something is awaited of the other table.
    pub fn awaits_other(&self) -> bool {
        let joined = &self.joined;
        match joined.stage {
            Some(Stage::Opening) => true,
            Some(Stage::Comparing) => {
                joined.there.is_none() || joined.fetched.iter().any(|(_, fetched)| fetched.is_none())
            }
            Some(Stage::Ready) => joined.fetched.iter().any(|(_, fetched)| fetched.is_none()),
            Some(Stage::Choosing | Stage::Failed(_)) | None => false,
        }
    }

    /// Whether there is more to be compared with what is here.
    pub fn join_goes_on(&self) -> bool {
        let joined = &self.joined;
        let rows_here = || self.key_here().map_or(0, DataColumn::rows_read);
        (joined.there.is_some() && !joined.is_indexed)
            || (joined.is_indexed && joined.matched.rows().len() < rows_here())
    }

    /// Whether a table is asked for that can't be joined, because what joins is not here.
    pub fn lacks_joins(&self, want: Option<&Want>) -> bool {
        want.is_some() && code().is_none()
    }

    /// Whether columns of another table are to come.
    pub fn awaits_joined(&self) -> bool {
        match self.joined.stage {
            Some(Stage::Opening | Stage::Comparing) => !self.joined.is_indexed,
            Some(Stage::Choosing | Stage::Ready | Stage::Failed(_)) | None => false,
        }
    }

    /// Whether a column of this name may be one of a table that is still being opened or compared.
    pub fn may_be_joined(&self, name: &str) -> bool {
        let prefix = self.joined.join.as_ref().map(|join| join.column(""));
        self.awaits_joined() && prefix.is_some_and(|prefix| name.starts_with(&prefix))
    }

    /// What the page is told, where it is not what it knows. While rows are compared a few times are enough.
    pub fn join_told(&mut self) -> Option<Option<Joined>> {
        code().filter(|_| self.joined.is_news).and_then(|code| (code.told)(self))
    }

    fn news_of_join(&mut self) -> Option<Option<Joined>> {
        /// Rows that are compared between two reports.
        const ROWS_BETWEEN: u64 = 500_000;
        let joined = &self.joined;
        let rows = joined.matched.rows().len() as u64;
        let waits = joined.stage == Some(Stage::Comparing)
            && joined.told_rows > 0
            && rows < joined.told_rows + ROWS_BETWEEN;
        if !joined.is_news || waits {
            return None;
        }
        let told = self.told();
        self.joined.is_news = false;
        self.joined.told_rows = rows;
        Some(told)
    }

    fn told(&self) -> Option<Joined> {
        let joined = &self.joined;
        let stage = joined.stage.clone()?;
        let own: Vec<(String, u64)> =
            self.own_keys().map(|(_, column)| (column.info.name.clone(), column.info.bytes)).collect();
        let here: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
        let there: Vec<&str> = joined.others.iter().map(|column| column.name.as_str()).collect();
        let guessed = guess_keys(&here, &there);
        let chosen = joined.join.as_ref();
        let key =
            |chosen: Option<&String>, guessed: Option<&str>| chosen.cloned().or(guessed.map(str::to_owned));
        Some(Joined {
            words: joined.want.as_ref().map(|want| want.words.clone()).unwrap_or_default(),
            name: chosen.map(|join| join.name.clone()).unwrap_or_default(),
            source: joined.source.clone(),
            stage,
            rows: joined.rows,
            columns: joined
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
                rows: joined.matched.rows().len() as u64,
                matched: joined.matched.matched(),
                without: joined.matched.without(),
                keys: joined.index.distinct(),
                used: joined.matched.used_keys(),
                repeated: joined.index.repeated(),
                other_without: joined.index.without(),
            },
        })
    }

    /// The value of a row, by the key on its own page, where the column is not read whole.
    pub fn joined_cell(&self, key: usize, other: usize, row: u64, kind: Kind, max_chars: usize) -> Cell {
        code().map_or(Cell::Pending, |code| (code.cell)(self, (key, other), row, kind, max_chars))
    }

    fn cell_by_key(&self, (key, other): (usize, usize), row: u64, kind: Kind, max_chars: usize) -> Cell {
        let joined = &self.joined;
        let (Some(there), true) = (&joined.there, joined.is_indexed) else { return Cell::Pending };
        let Some(own) = self.columns.get(key) else { return Cell::Pending };
        let value = match own.value(row) {
            None if own.failed || own.is_unreadable(row) => return Cell::Failed,
            None => return Cell::Pending,
            Some(value) => value,
        };
        match self.name_there(other).and_then(|name| joined.source_of(name)) {
            None => Cell::Pending,
            Some(Fetched::Nothing) => Cell::Failed,
            Some(Fetched::Values(source)) => {
                let found = joined.index.row_of(there, value);
                let value = if found == NOWHERE { Value::Null } else { source.value(found, &joined.index) };
                crate::engine::answers::cell(value, kind, max_chars)
            }
        }
    }
}

/// What the number of rows of a key is called among what was read: no column of a file is called so.
const ROWS_OF_KEY: &str = "\0rows";

/// Rows whose values are taken over in one step.
const ROWS_A_STEP: usize = 400_000;
