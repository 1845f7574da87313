//! Columns of other tables, by keys that both have.
//!
//! Each table that is joined is read by an engine of its own and knows nothing of the others ([`joined`]); here is which
//! there are, and which of them is meant.

mod joined;

use super::Data;
use super::column::{Derived, Origin};
use crate::base::later::later;
use crate::engine::beside::{News, Task};
use crate::engine::change::Change;
use crate::protocol::join::{Joined, Want};
use crate::protocol::labels::What;
use crate::protocol::{Cell, Kind, Open, Request, TableRequest};
use crate::view::join::MAX_JOINS;
use joined::JoinState;

/// The tables that are joined to the open one.
#[derive(Default)]
pub struct Joins {
    list: Vec<JoinState>,
    /// Of the next one; what is told of one that was dropped is not taken for that of another.
    next_number: u32,
    /// What is asked of tables that are not joined, or not any more.
    asked: Vec<(u32, Task)>,
    /// Whether the page knows of tables that are not joined any more.
    is_news: bool,
}

/// A column of a joined table: by the number of the table, the place of the keys here, and its own place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinedColumn {
    /// Which table.
    pub join: u32,
    /// The column that is compared, by its place.
    pub key: usize,
    /// Which of its columns.
    pub other: usize,
}

/// What joins tables: in a browser it comes when the first one is joined.
#[derive(Clone, Copy, Debug)]
pub struct JoinCode {
    set: fn(&mut Data, &[Want]) -> bool,
    take_news: fn(&mut Data, u32, News) -> Vec<Change>,
    advance: fn(&mut Data) -> Vec<Change>,
    want: fn(&mut Data, &[usize]),
    tell: fn(&mut Data) -> Option<Vec<Joined>>,
    cell: fn(&Data, JoinedColumn, u64, Kind, usize) -> Cell,
}

impl JoinCode {
    /// All of it: only the entry of the lazy module may name it.
    pub const fn all() -> Self {
        Self {
            set: Data::join,
            take_news: Data::take_joined_news,
            advance: Data::go_on_joining,
            want: Data::want_places,
            tell: Data::news_of_joins,
            cell: Data::cell_by_key,
        }
    }

    /// It has been fetched.
    pub fn provide(self) {
        CODE.provide(self);
    }

    /// Whether a request needs it, and it is not here.
    pub fn is_missing_for(request: &Request) -> bool {
        let is_needed = match request {
            Request::Show(show) => !show.joins.is_empty(),
            Request::Table(TableRequest::Labels(ask)) => ask.what == What::ReadFile,
            _ => false,
        };
        is_needed && CODE.get().is_none()
    }
}

later!(
    static CODE: JoinCode = JoinCode::all;
);

impl Joins {
    fn any(&self, is: impl Fn(&JoinState) -> bool) -> bool {
        self.list.iter().any(is)
    }
}

impl Data {
    // ------------------------------------------------------------ what is joined

    /// Takes over which tables are joined. Whether columns are gone that were there before.
    pub fn set_joins(&mut self, wants: &[Want]) -> bool {
        if self.joins.list.iter().map(|joined| &joined.want).eq(wants) {
            return false;
        }
        CODE.get().is_some_and(|code| (code.set)(self, wants))
    }

    fn join(&mut self, wants: &[Want]) -> bool {
        let wants = wants.get(..MAX_JOINS).unwrap_or(wants);
        let mut before = std::mem::take(&mut self.joins.list);
        // What is asked as before stays as it is; then those of the same table with other keys.
        let mut list: Vec<Option<JoinState>> =
            wants.iter().map(|want| take(&mut before, |joined| joined.want == *want)).collect();
        let mut hidden = false;
        for (want, slot) in wants.iter().zip(&mut list).filter(|(_, slot)| slot.is_none()) {
            let mut same = take(&mut before, |joined| joined.is_of(want));
            if let Some(joined) = &mut same {
                hidden |= joined.change(want.clone(), self);
            }
            *slot = Some(same.unwrap_or_else(|| JoinState::new(self.next_join(), want.clone())));
        }
        for mut joined in before {
            hidden |= joined.hide(self);
            self.joins.asked.push((joined.number, Task::Drop));
        }
        self.joins.list = list.into_iter().flatten().collect();
        self.joins.is_news = true;
        hidden
    }

    fn next_join(&mut self) -> u32 {
        let number = self.joins.next_number;
        self.joins.next_number = number.wrapping_add(1);
        number
    }

    /// Opens a table beside this one that is not joined: its number.
    pub fn open_beside(&mut self, open: Open) -> u32 {
        let number = self.next_join();
        self.ask_beside(number, Task::Open(Box::new(open)));
        number
    }

    /// Asks something of the table of this number.
    pub fn ask_beside(&mut self, number: u32, task: Task) {
        self.joins.asked.push((number, task));
    }

    /// Numbers the tables that are joined, apart from those of tables that were open before.
    pub fn number_joins(&mut self, table: u32) {
        /// More are not joined to one table, one after another.
        const MAX_NUMBERS: u32 = 1 << 12;
        self.joins.next_number = table.wrapping_mul(MAX_NUMBERS);
    }

    /// The numbers of the tables that are open beside this one.
    pub fn tables_beside(&self) -> impl Iterator<Item = u32> {
        let Joins { list, asked, .. } = &self.joins;
        let read = self.own.reading.iter().map(|reading| reading.number);
        list.iter().map(|joined| joined.number).chain(asked.iter().map(|(number, _)| *number)).chain(read)
    }

    /// Does something with each of them, while the columns are at hand.
    fn with_joins<T>(&mut self, mut each: impl FnMut(&mut JoinState, &mut Self) -> T) -> Vec<T> {
        let mut list = std::mem::take(&mut self.joins.list);
        let done = list.iter_mut().map(|joined| each(joined, self)).collect();
        self.joins.list = list;
        done
    }

    // ------------------------------------------------------------ what comes of it

    /// Something is told of a table; of one that is not joined any more it is stale.
    pub fn take_news(&mut self, join: u32, news: News) -> Vec<Change> {
        CODE.get().map_or_else(Vec::new, |code| (code.take_news)(self, join, news))
    }

    fn take_joined_news(&mut self, join: u32, news: News) -> Vec<Change> {
        let mut news = Some(news);
        let changes = self.with_joins(|joined, data| {
            let news = if joined.number == join { news.take() } else { None };
            news.map_or_else(Vec::new, |news| joined.take_news(news, data))
        });
        changes.into_iter().flatten().collect()
    }

    /// Whether there are columns of a table since this was last asked.
    pub fn take_joined(&mut self) -> bool {
        self.joins.list.iter_mut().fold(false, |any, joined| std::mem::take(&mut joined.is_new) | any)
    }

    /// Goes on with comparing and with columns that are read whole.
    pub(super) fn advance_joins(&mut self) -> Vec<Change> {
        let code = CODE.get().filter(|_| !self.joins.list.is_empty());
        code.map_or_else(Vec::new, |code| (code.advance)(self))
    }

    fn go_on_joining(&mut self) -> Vec<Change> {
        self.with_joins(JoinState::advance).into_iter().flatten().collect()
    }

    // ------------------------------------------------------------ what is needed of them

    /// Asks for the values of columns that single rows are shown of.
    pub fn want_joined<'a>(&mut self, names: impl Iterator<Item = &'a String>) {
        if let Some(code) = CODE.get().filter(|_| !self.joins.list.is_empty()) {
            let places: Vec<usize> = names.filter_map(|name| self.place(name)).collect();
            (code.want)(self, &places);
        }
    }

    fn want_places(&mut self, places: &[usize]) {
        for place in places {
            if let Some(Origin::Derived(Derived::Joined(JoinedColumn { join, other, .. }))) =
                self.columns.get(*place).map(|column| column.origin)
                && let Some(joined) = self.joins.list.iter_mut().find(|joined| joined.number == join)
            {
                joined.want_column(other);
            }
        }
    }

    /// The same for all of them.
    pub fn want_all_joined(&mut self) {
        if let Some(code) = CODE.get().filter(|_| !self.joins.list.is_empty()) {
            let places: Vec<usize> =
                self.joins.list.iter().flat_map(|joined| joined.places.iter().copied()).collect();
            (code.want)(self, &places);
        }
    }

    /// What is to be asked of which table.
    pub fn join_tasks(&mut self) -> Vec<(u32, Task)> {
        let Joins { list, asked, .. } = &mut self.joins;
        let others = asked.drain(..);
        let joined = list.iter_mut().flat_map(|joined| {
            let number = joined.number;
            joined.tasks.drain(..).map(move |task| (number, task))
        });
        others.chain(joined).collect()
    }

    /// Whether something is awaited of another table.
    pub fn awaits_other(&self) -> bool {
        self.own.reading.is_some() || self.joins.any(JoinState::awaits_other)
    }

    /// Whether there is more to be compared with what is here.
    pub fn join_goes_on(&self) -> bool {
        self.joins.any(|joined| joined.goes_on(self))
    }

    /// Whether tables are asked for that can't be joined, because what joins is not here.
    pub fn lacks_joins(&self, wants: &[Want]) -> bool {
        !wants.is_empty() && CODE.get().is_none()
    }

    /// How many tables' columns are to come.
    pub fn joins_awaited(&self) -> usize {
        self.joins.list.iter().filter(|joined| joined.awaits_columns()).count()
    }

    /// Whether a column of this name may be one of a table that is still being opened or compared.
    pub fn may_be_joined(&self, name: &str) -> bool {
        self.joins.any(|joined| joined.may_have(name))
    }

    /// What the page is told of all of them, where it is not what it knows.
    pub fn join_told(&mut self) -> Option<Vec<Joined>> {
        let is_news = self.joins.is_news || self.joins.any(JoinState::is_due);
        CODE.get().filter(|_| is_news).and_then(|code| (code.tell)(self))
    }

    fn news_of_joins(&mut self) -> Option<Vec<Joined>> {
        self.joins.is_news = false;
        Some(self.with_joins(|joined, data| joined.tell(data)))
    }

    /// The value of a row, by the key on its own page, where the column is not read whole.
    pub fn joined_cell(&self, column: JoinedColumn, row: u64, kind: Kind, max_chars: usize) -> Cell {
        CODE.get().map_or(Cell::Pending, |code| (code.cell)(self, column, row, kind, max_chars))
    }

    fn cell_by_key(&self, column: JoinedColumn, row: u64, kind: Kind, max_chars: usize) -> Cell {
        let joined = self.joins.list.iter().find(|joined| joined.number == column.join);
        joined.map_or(Cell::Pending, |joined| joined.cell(column, row, kind, max_chars, self))
    }
}

/// The first that is meant, taken out.
fn take(list: &mut Vec<JoinState>, is_meant: impl Fn(&JoinState) -> bool) -> Option<JoinState> {
    let place = list.iter().position(is_meant)?;
    Some(list.remove(place))
}
