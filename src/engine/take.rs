//! Putting images into an archive, one after another, with what made them.
//!
//! The archive has the form of a part of DiffusionDB: the images, and `part-000001.json` with the prompt,
//! seed, cfg, steps and sampler of each by its name. Which rows is settled once. A few rows are worked
//! on at a time, in their order; images are read as those on the screen are, but always whole and never
//! as previews. What can't be had is named in `missing.txt`. Never more than two pieces wait to be written.

use super::{Effect, Engine};
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::picture;
use crate::formats::zip::write::Writer;
use crate::protocol::export::{Images, MAX_IMAGES, Progress, Rows, Stage};
use crate::protocol::{Cell, Seldom};
use crate::view::catalog;
use crate::view::roles::Role;
use serde_json::{Map, Number, Value as Json, json};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Rows that are worked on at a time.
const WINDOW: usize = 8;

/// Pieces that may wait to be written.
const MAX_UNWRITTEN: u32 = 2;

/// Bytes of a piece, unless it is the last.
const PIECE_BYTES: usize = 1 << 20;

/// The list of what made the images, as parts of DiffusionDB call it.
const LIST: &str = "part-000001.json";

/// The list of what is not there.
const MISSING: &str = "missing.txt";

/// What an image was made with: its key in the list, and the role of the column that knows.
const KEYS: [(&str, Role); 5] =
    [("p", Role::Prompt), ("se", Role::Seed), ("c", Role::Cfg), ("st", Role::Step), ("sa", Role::Sampler)];

/// An archive that is being made.
pub struct Taking {
    id: u32,
    wanted: Rows,
    /// The rows, once it is settled which.
    rows: Option<Vec<u64>>,
    next: usize,
    archive: Writer,
    names: BTreeSet<String>,
    list: Map<String, Json>,
    missing: Vec<String>,
    unwritten: u32,
    bytes: u64,
    finished: bool,
}

impl Engine {
    /// Begins to put images into an archive; whatever is being written is given up.
    pub(super) fn begin_taking(&mut self, start: Images) {
        self.cancel_taking();
        if let Some(table) = &mut self.table {
            table.cancel_export(&mut self.effects);
        }
        let Images { id, rows, name: _ } = start;
        self.taking = Some(Box::new(Taking {
            id,
            wanted: rows,
            rows: None,
            next: 0,
            archive: Writer::new(),
            names: BTreeSet::new(),
            list: Map::new(),
            missing: Vec::new(),
            unwritten: 0,
            bytes: 0,
            finished: false,
        }));
        let told = self.taking.as_ref().map(|taking| taking.progress(Stage::Waiting));
        self.effects.extend(told);
    }

    /// Gives up the archive that is being made.
    pub(super) fn cancel_taking(&mut self) {
        if let Some(taking) = self.taking.take() {
            self.end_taking(&taking, Stage::Cancelled);
        }
    }

    fn end_taking(&mut self, taking: &Taking, stage: Stage) {
        if stage != Stage::Done {
            self.effects.push(Effect::DropFile { export: taking.id });
        }
        self.effects.push(taking.progress(stage));
        self.images.take(Vec::new());
        if let Some(table) = &mut self.table {
            table.taken_rows = (Vec::new(), Vec::new());
        }
    }

    /// A piece is where it belongs; whether it was of an archive.
    pub(super) fn taking_written(&mut self, id: u32) -> bool {
        let own = self.taking.as_mut().filter(|taking| taking.id == id);
        own.map(|taking| taking.unwritten = taking.unwritten.saturating_sub(1)).is_some()
    }

    /// A piece can't be written.
    pub(super) fn taking_failed(&mut self, id: u32, message: &str) {
        if let Some(taking) = self.taking.take_if(|taking| taking.id == id) {
            self.end_taking(&taking, Stage::Failed(message.to_owned()));
        }
    }

    /// Adds what is here to the archive, and says what comes next.
    pub(super) fn advance_taking(&mut self) {
        let Some(mut taking) = self.taking.take() else { return };
        match self.take_on(&mut taking) {
            Ok(false) => self.taking = Some(taking),
            Ok(true) => self.end_taking(&taking, Stage::Done),
            Err(error) => self.end_taking(&taking, Stage::Failed(error.to_string())),
        }
    }

    /// Whether the archive is whole and where it belongs.
    fn take_on(&mut self, taking: &mut Taking) -> Result<bool> {
        let Some(table) = &mut self.table else {
            return Err(Error::new(ErrorKind::NotFound, "the table was closed"));
        };
        if taking.finished {
            return Ok(taking.unwritten == 0);
        }
        let rows = match &taking.rows {
            Some(rows) => rows.clone(),
            None => match table.rows_to_take(&taking.wanted)? {
                Some(rows) => taking.rows.insert(rows).clone(),
                None => return Ok(false),
            },
        };
        let columns: Vec<String> =
            KEYS.iter().filter_map(|(_, role)| table.roles.column(*role).map(str::to_owned)).collect();
        while taking.unwritten < MAX_UNWRITTEN {
            let Some(row) = rows.get(taking.next).copied() else { break };
            let read = |column: &String| {
                table.column(column).is_none_or(|(_, state)| table.cell(state, row, 0) != Cell::Pending)
            };
            if !columns.iter().all(read) {
                break;
            }
            let Some(image) = self.images.taken(row) else { break };
            taking.next += 1;
            match image {
                Ok((name, file)) => {
                    let name = taking.own_name(&name, row, &file);
                    taking.archive.add(&name, &file)?;
                    let mut made = Map::new();
                    for (key, role) in KEYS {
                        let column = table.roles.column(role).and_then(|name| table.column(name));
                        if let Some(value) = column
                            .and_then(|(_, state)| told(&state.info.name, table.cell(state, row, usize::MAX)))
                        {
                            made.insert(key.to_owned(), value);
                        }
                    }
                    taking.list.insert(name, Json::Object(made));
                }
                Err(error) => taking.missing.push(format!("row {}\t{error}", row + 1)),
            }
            if taking.archive.ready_bytes() >= PIECE_BYTES {
                self.effects.push(taking.piece(false));
            }
            self.effects.push(taking.progress(Stage::Writing));
        }
        if taking.next >= rows.len() {
            taking.finish()?;
            self.effects.push(taking.piece(true));
            self.images.take(Vec::new());
            return Ok(false);
        }
        let mut window: Vec<u64> = rows.iter().skip(taking.next).take(WINDOW).copied().collect();
        let is_new = self.images.take(window.clone());
        window.sort_unstable();
        let mut needed = columns;
        needed.extend(self.images.columns().iter().map(|name| (*name).to_owned()));
        table.taken_rows = (window, needed);
        // What a row needs is found out by another step.
        if is_new && !std::mem::replace(&mut self.continuing, true) {
            self.effects.push(Effect::Continue);
        }
        Ok(false)
    }
}

impl Taking {
    fn progress(&self, stage: Stage) -> Effect {
        let progress = Progress {
            id: self.id,
            stage,
            rows: (self.next - self.missing.len()) as u64,
            rows_total: self.rows.as_ref().map_or(0, Vec::len) as u64,
            bytes: self.bytes + self.archive.ready_bytes() as u64,
            missing: self.missing.len() as u64,
        };
        Effect::Respond(Seldom::Export(progress).into())
    }

    fn piece(&mut self, last: bool) -> Effect {
        let bytes = self.archive.take();
        self.bytes += bytes.len() as u64;
        self.unwritten += 1;
        Effect::Write { export: self.id, bytes, last }
    }

    fn finish(&mut self) -> Result<()> {
        let list = serde_json::to_vec(&Json::Object(std::mem::take(&mut self.list)))
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        self.archive.add(LIST, &list)?;
        if !self.missing.is_empty() {
            let mut note = "Images that could not be read:\n".to_owned();
            for line in &self.missing {
                note.push_str(line);
                note.push('\n');
            }
            self.archive.add(MISSING, note.as_bytes())?;
        }
        self.archive.finish();
        self.finished = true;
        Ok(())
    }

    /// A name that no member has yet, and that leads nowhere when the archive is unpacked.
    fn own_name(&mut self, name: &str, row: u64, file: &[u8]) -> String {
        const MOST: usize = 120;
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain = |letter: char| match letter {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '-',
            letter if letter.is_control() => '-',
            letter => letter,
        };
        let name: String = name.chars().map(plain).take(MOST).collect();
        let mut name = name.trim_start_matches('.').trim().to_owned();
        if name.is_empty() {
            let ending = picture::look(file)
                .map_or_else(|_| "bin".to_owned(), |facts| facts.format.name().to_lowercase());
            name = format!("row-{:08}.{ending}", row + 1);
        }
        if name == LIST || name == MISSING || self.names.contains(&name) {
            name = format!("row-{:08}-{name}", row + 1);
        }
        self.names.insert(name.clone());
        name
    }
}

/// A value of the list; none where there is none.
fn told(column: &str, cell: Cell) -> Option<Json> {
    match cell {
        Cell::Pending | Cell::Failed | Cell::Null => None,
        Cell::Bool(value) => Some(json!(value)),
        Cell::Number(value) => match catalog::label(column, value) {
            Some(label) => Some(json!(label)),
            // Whole numbers are written as such.
            None if value.fract() == 0.0 && value.abs() < 9e15 => Some(json!(value as i64)),
            None => Number::from_f64(value).map(Json::Number),
        },
        Cell::Digits(text) => {
            text.parse::<u64>().map_or_else(|_| Some(json!(text)), |value| Some(json!(value)))
        }
        Cell::Text(text) | Cell::Json(text) => Some(json!(text)),
        Cell::Time(millis) => Some(json!(millis)),
        Cell::Binary(_) => None,
    }
}

impl super::table::Table {
    /// Which rows are meant, once that is settled.
    fn rows_to_take(&self, wanted: &Rows) -> Result<Option<Vec<u64>>> {
        let rows: Vec<u64> = match wanted {
            Rows::These(rows) => {
                let mut seen = BTreeSet::new();
                let rows = rows.iter().copied().filter(|row| *row < self.meta.rows && seen.insert(*row));
                rows.take(MAX_IMAGES).collect()
            }
            Rows::First(count) => {
                if self.rows_decided() < self.rows_in_all() || !self.is_in_order() {
                    return Ok(None);
                }
                let most = (*count as usize).min(MAX_IMAGES);
                let rows = self.selection.rows(self.filter.mask(), self.order(), 0, most);
                rows.into_iter().map(u64::from).collect()
            }
        };
        if rows.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "there are no rows to take images of"));
        }
        Ok(Some(rows))
    }
}

/// An image as it is in its place: its name, and its bytes.
pub type Original = (String, Rc<Vec<u8>>);
