//! Labels between visits: what is read of the device, what is written there, and how rows find their labels in
//! a new version of the file.

use super::super::column::DataColumn;
use super::super::{Data, Origin};
use crate::base::error::Result;
use crate::base::sorted::{self, Map, Set};
use crate::engine::demand::{Class, Demand, Field, Rows, Who};
use crate::protocol::Kind;
use crate::table::column::Value;
use crate::table::labels::kept::{self, BLOCK_ROWS, Entry, Head};
use crate::table::labels::{Label, Marks, NONE, Step};
use crate::view::roles::Role;
use crate::view::spec::TableRef;
use crate::view::url::print_table;

/// What is kept: the head without a number, blocks by theirs. What is written as none is removed.
pub type Kept = Vec<(Option<u32>, Option<Vec<u8>>)>;

/// Keys of so many rows are read page by page; for more the column of keys is read whole.
const MAX_SINGLE_KEYS: usize = 2_000;

/// Rows whose keys are read together.
const KEYS_AT_ONCE: usize = 200;

/// No more keys are kept: with them a row takes some sixty bytes.
const MAX_KEYS: usize = 400_000;

/// A column of keys that takes more is not read for labels that someone has just set.
const MAX_KEY_BYTES: u64 = 16 << 20;

/// What is kept on the device, and what is still to be kept there.
#[derive(Default)]
pub struct Keeping {
    state: State,
    /// Blocks that are on the device.
    stored: Set<u32>,
    /// Blocks that are others than there.
    dirty: Set<u32>,
    head_dirty: bool,
    /// Keys of rows with a label or a note.
    keys: Map<u32, String>,
    /// Rows whose keys are to be read.
    lacking: Set<u32>,
    /// What was kept of another version of the file, until its keys are read.
    older: Vec<Entry>,
    /// Whether the page was told that nothing can be kept.
    told: bool,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nobody has asked.
    #[default]
    Unasked,
    /// The device was asked.
    Asked,
    /// What is kept there is here.
    Here,
    /// Nothing can be kept there.
    Broken,
}

impl Keeping {
    /// Whether the device was not asked yet, or has not answered.
    pub fn is_awaited(&self) -> bool {
        matches!(self.state, State::Unasked | State::Asked) || !self.older.is_empty()
    }

    /// Whether labels are kept on the device.
    pub fn is_kept(&self) -> bool {
        self.state != State::Broken
    }
}

impl Data {
    /// What the table is called where labels are kept: the same for all of its versions.
    pub fn kept_as(&self) -> String {
        if let Some((endpoint, path)) = &self.identity.on_hub {
            return format!("{endpoint}/{}/{}", path.repository, path.path);
        }
        match &self.identity.table {
            TableRef::Local(name) => {
                let columns = self.meta.columns.iter().map(|column| column.name.as_str());
                let schema = columns.collect::<Vec<_>>().join("\n");
                format!("file:{name}:{:016x}", fingerprint(schema.as_bytes()))
            }
            // What follows a question mark may be a key that is nobody's business.
            TableRef::Url(address) => address.split(['?', '#']).next().unwrap_or_default().to_owned(),
            table @ (TableRef::Catalogue(_) | TableRef::Hub(_) | TableRef::Folder(_)) => print_table(table),
        }
    }

    /// Which version of the file this is.
    fn version(&self) -> String {
        let footer = self.files.footers.first().map(|(_, footer)| fingerprint(footer));
        format!("{:016x}", footer.unwrap_or_default())
    }

    /// The device is to be asked for labels, once; what the table is called there. Not for the first rows of a file
    /// that is still being read.
    pub fn ask_for_labels(&mut self) -> Option<String> {
        let partly = self.identity.origin.is_some_and(|origin| origin.partly.is_some());
        if partly || self.own.keeping.state != State::Unasked {
            return None;
        }
        self.own.keeping.state = State::Asked;
        Some(self.kept_as())
    }

    /// Whether labels can be changed: what is kept of earlier visits is here.
    pub fn has_labels_here(&self) -> bool {
        !self.own.keeping.is_awaited()
    }

    /// Whether the device was asked for labels and has not answered.
    pub fn awaits_device(&self) -> bool {
        self.own.keeping.state == State::Asked
    }

    /// What the device keeps has come, or nothing can be kept there. Rows of another version of the file whose keys
    /// are not known, and so are left out.
    pub fn take_kept(&mut self, outcome: Result<Kept>) -> u64 {
        if self.own.keeping.state != State::Asked {
            return 0;
        }
        let Ok(records) = outcome else {
            self.own.keeping.state = State::Broken;
            return 0;
        };
        self.own.keeping.state = State::Here;
        let head = records.iter().find(|(block, _)| block.is_none()).and_then(|(_, bytes)| bytes.as_deref());
        let head = head.and_then(|bytes| Head::read(std::str::from_utf8(bytes).ok()?));
        let Some(Head { version, names }) = head else { return 0 };
        let mut entries = Vec::new();
        for (block, bytes) in records {
            if let (Some(block), Some(bytes)) = (block, bytes) {
                self.own.keeping.stored.insert(block);
                entries.extend(kept::read(&bytes));
            }
        }
        let is_same = version == self.version();
        let known = |id: u8| id == NONE || names.iter().any(|label: &Label| label.id == id);
        entries.retain(|entry| known(entry.id));
        let mut step = self.own.labels.naming(names);
        self.own.labels.swap(&mut step);
        self.own.stale = true;
        match self.key_place() {
            Some(key) if !is_same => {
                let before = entries.len();
                entries.retain(|entry| entry.key.is_some());
                let lost = (before - entries.len()) as u64;
                self.own.keeping.older = entries;
                self.keep_all();
                if let Some(name) = self.columns.get(key).map(|column| column.info.name.clone())
                    && !self.own.keeping.older.is_empty()
                {
                    self.load(&name);
                }
                lost
            }
            Some(_) | None => {
                self.put_kept(entries);
                if !is_same {
                    self.keep_all();
                }
                0
            }
        }
    }

    /// Nothing can be kept on the device any more.
    pub fn labels_not_kept(&mut self) {
        self.own.keeping.state = State::Broken;
    }

    /// Whether the page is to be told that labels are kept for the tab only: once, and when there are some.
    pub fn tells_not_kept(&mut self) -> bool {
        let is_news = self.own.keeping.state == State::Broken && !self.own.labels.is_empty();
        is_news && !std::mem::replace(&mut self.own.keeping.told, true)
    }

    fn put_kept(&mut self, entries: Vec<Entry>) {
        let mut step = Step::default();
        let (mut marks, mut lacking) = (Vec::new(), Vec::new());
        for Entry { row, id, key, note } in entries {
            if id != NONE {
                marks.push((row, id));
            }
            if note.is_some() {
                step.notes.push((row, note));
            }
            match key {
                Some(key) => drop(self.own.keeping.keys.insert(row, key)),
                None => lacking.push(row),
            }
        }
        // More than these were left without a key when they were marked.
        if lacking.len() <= MAX_SINGLE_KEYS {
            self.own.keeping.lacking.extend(lacking);
        }
        step.marks = Marks::Some(marks);
        self.own.labels.swap(&mut step);
        self.own.stale = true;
    }

    fn keep_all(&mut self) {
        let keeping = &mut self.own.keeping;
        keeping.head_dirty = true;
        keeping.dirty.extend(keeping.stored.iter().copied());
        let rows = self.own.labels.marked().map(|(row, _)| row);
        keeping.dirty.extend(rows.chain(self.own.labels.notes().keys().copied()).map(|row| row / BLOCK_ROWS));
    }

    // ------------------------------------------------------------ keys

    /// The column that tells rows apart, whatever version of the file they are in.
    pub(super) fn key_place(&self) -> Option<usize> {
        [Role::ImageName, Role::ImagePath, Role::Image].into_iter().find_map(|role| {
            let place = self.place(self.roles.column(role)?)?;
            let column = self.columns.get(place)?;
            let is_key = matches!(column.origin, Origin::Leaf(_)) && column.info.kind == Kind::Text;
            (is_key && !column.failed).then_some(place)
        })
    }

    /// Rows with a label or a note whose key is not known, and is not about to be.
    pub(super) fn unkeyed_rows(&self) -> u64 {
        if self.key_place().is_none() {
            return 0;
        }
        let Keeping { keys, lacking, .. } = &self.own.keeping;
        let lacks = |row: &u32| !keys.contains_key(row) && !lacking.contains(row);
        let marked = self.own.labels.marked().map(|(row, _)| row).filter(lacks).count();
        let noted = self.own.labels.notes().keys().filter(|row| self.own.labels.mark(**row) == NONE);
        (marked + noted.filter(|row| lacks(row)).count()) as u64
    }

    /// Keys that are read for labels, in the background.
    pub fn label_demands(&self) -> Option<Demand> {
        let key = self.key_place()?;
        let rows: Vec<u64> =
            self.own.keeping.lacking.iter().take(KEYS_AT_ONCE).map(|row| u64::from(*row)).collect();
        let is_read = self.columns.get(key).is_some_and(|column| column.loading || column.complete);
        let fields = vec![Field::Column(key)];
        let demand = Demand { who: Who::Labels, rows: Rows::These(rows), fields, class: Class::Background };
        (!self.own.keeping.lacking.is_empty() && !is_read).then_some(demand)
    }

    /// Takes note of which rows a step is about: they are to be kept anew, and need their keys.
    pub(super) fn note_to_keep(&mut self, step: &Step) {
        let mut rows: Vec<u32> = step.notes.iter().map(|(row, _)| *row).collect();
        match &step.marks {
            Marks::Some(marks) => rows.extend(marks.iter().map(|(row, _)| *row)),
            Marks::All(marks) => {
                let labels = &self.own.labels;
                let last = labels.marked().last().map_or(0, |(row, _)| row as usize + 1);
                let end = marks.len().max(last) as u32;
                let after = |row: u32| marks.get(row as usize).copied().unwrap_or(NONE);
                rows.extend((0..end).filter(|row| after(*row) != labels.mark(*row)));
            }
            Marks::Nothing => {}
        }
        let keeping = &mut self.own.keeping;
        keeping.head_dirty |= step.names.is_some();
        keeping.dirty.extend(rows.iter().map(|row| row / BLOCK_ROWS));
        // The head says which version the blocks are of.
        keeping.head_dirty |= keeping.stored.is_empty();
        let Some(place) = self.key_place() else { return };
        let keeping = &mut self.own.keeping;
        rows.retain(|row| !keeping.keys.contains_key(row));
        let Some(column) = self.columns.get(place) else { return };
        let (name, bytes) = (column.info.name.clone(), column.info.bytes);
        let is_here = column.complete || column.loading;
        if rows.len() + keeping.keys.len() > MAX_KEYS {
            return;
        }
        if rows.len() > MAX_SINGLE_KEYS && !is_here {
            if bytes > MAX_KEY_BYTES {
                return;
            }
            self.load(&name);
        }
        self.own.keeping.lacking.extend(rows);
    }

    /// Goes on with what depends on keys: labels of an older version, and keys of rows that have new ones. Whether
    /// labels changed, and how many of the older ones found no row.
    pub fn follow_keys(&mut self) -> Option<(u64, u64)> {
        let place = self.key_place();
        let column = place.and_then(|place| self.columns.get(place));
        let keeping = &mut self.own.keeping;
        match column {
            None => keeping.lacking.clear(),
            Some(column) => {
                let most = if column.complete { usize::MAX } else { KEYS_AT_ONCE };
                let rows = keeping.lacking.iter().take(most);
                let found: Vec<_> = rows.filter_map(|row| Some((*row, key_of(column, *row)?))).collect();
                if column.complete {
                    keeping.lacking.clear();
                }
                for (row, key) in found {
                    keeping.lacking.remove(&row);
                    if let Some(key) = key {
                        keeping.keys.insert(row, key);
                        keeping.dirty.insert(row / BLOCK_ROWS);
                    }
                }
            }
        }
        if self.own.keeping.older.is_empty() {
            return None;
        }
        let column = place.and_then(|place| self.columns.get(place));
        let is_over = column.is_none_or(|column| column.complete || column.failed);
        if !is_over {
            return None;
        }
        let older = std::mem::take(&mut self.own.keeping.older);
        let all = older.len() as u64;
        let found = column.map(|column| rows_of(column, older)).unwrap_or_default();
        let matched = found.len() as u64;
        self.put_kept(found);
        self.keep_all();
        Some((matched, all - matched))
    }

    /// Whether the column of keys, which is being read, can't be.
    pub fn keys_failed(&self) -> bool {
        self.key_place().is_none_or(|place| self.columns.get(place).is_none_or(|column| column.failed))
    }

    /// The keys of all rows, once the column of keys is read whole; row numbers where there is none. It is loaded
    /// where it is not.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn all_keys(&mut self) -> std::result::Result<Option<Vec<Option<String>>>, ()> {
        let rows = self.meta.rows as u32;
        let Some(place) = self.key_place() else {
            return Ok(Some((0..rows).map(|row| Some(row.to_string())).collect()));
        };
        let Some(column) = self.columns.get(place) else { return Err(()) };
        if column.complete {
            return Ok(Some((0..rows).map(|row| key_of(column, row).flatten()).collect()));
        }
        let name = column.info.name.clone();
        self.load(&name);
        Ok(None)
    }

    // ------------------------------------------------------------ writing

    /// What is to be written on the device now, if anything is.
    pub fn labels_to_keep(&mut self) -> Option<Kept> {
        let keeping = &self.own.keeping;
        let nothing = keeping.dirty.is_empty() && !keeping.head_dirty;
        if keeping.state != State::Here || !keeping.older.is_empty() || nothing {
            return None;
        }
        let mut records: Kept = Vec::new();
        if keeping.head_dirty {
            let head = Head { version: self.version(), names: self.own.labels.names().to_vec() };
            records.push((None, (!self.own.labels.is_empty()).then(|| head.write().into_bytes())));
        }
        for block in std::mem::take(&mut self.own.keeping.dirty) {
            let entries = self.block(block);
            if entries.is_empty() {
                self.own.keeping.stored.remove(&block);
            } else {
                self.own.keeping.stored.insert(block);
            }
            records.push((Some(block), (!entries.is_empty()).then(|| kept::write(&entries))));
        }
        self.own.keeping.head_dirty = false;
        Some(records)
    }

    fn block(&self, block: u32) -> Vec<Entry> {
        let first = block.saturating_mul(BLOCK_ROWS);
        let labels = &self.own.labels;
        let entry = |row: u32| {
            let (id, note) = (labels.mark(row), labels.note_of(row));
            (id != NONE || note.is_some()).then(|| Entry {
                row,
                id,
                key: self.own.keeping.keys.get(&row).cloned(),
                note: note.map(str::to_owned),
            })
        };
        (first..first.saturating_add(BLOCK_ROWS)).filter_map(entry).collect()
    }
}

/// In place of the number of a row that was found.
const FOUND: u32 = u32::MAX;

/// The rows of a column of keys that have these.
fn rows_of(column: &DataColumn, entries: Vec<Entry>) -> Vec<Entry> {
    let mut wanted = sorted::by(entries, |a, b| a.key.cmp(&b.key));
    let mut found = Vec::new();
    for row in 0..column.rows_read() as u32 {
        let Some(key) = key_of(column, row) else { continue };
        let first = wanted.partition_point(|entry| entry.key < key);
        // One that has found its row is marked as such: several rows may have the same key.
        let same = wanted.iter_mut().skip(first).take_while(|entry| entry.key == key);
        if let Some(entry) = same.into_iter().find(|entry| entry.row != FOUND) {
            found.push(Entry { row, ..entry.clone() });
            entry.row = FOUND;
        }
    }
    found
}

/// What a row is called; none within where it has no name, and none at all where it is not read.
fn key_of(column: &DataColumn, row: u32) -> Option<Option<String>> {
    match column.value(u64::from(row))? {
        Value::Bytes(bytes) => Some(Some(String::from_utf8_lossy(bytes).into_owned())),
        _ => Some(None),
    }
}

/// A number for bytes, the same on every device: FNV-1a of 64 bits.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
