//! Putting images into an archive, one after another, with what made them.
//!
//! The archive has the form of a part of DiffusionDB: the images, and `part-000001.json` with the prompt,
//! seed, cfg, steps and sampler of each by its name. Which rows is settled once. A few rows are worked
//! on at a time, in their order; images are read as those on the screen are, but always whole and never
//! as previews. What can't be had is named in `missing.txt`.

use super::pieces::{PIECE_BYTES, Pieces};
use super::{Job, Progressed};
use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::Effect;
use crate::engine::answers::report;
use crate::engine::data::Data;
use crate::engine::demand::{Class, Demand, Field, Rows as Wanted, Who};
use crate::engine::images::Images;
use crate::engine::result::Matches;
use crate::formats::picture;
use crate::formats::zip::write::Writer;
use crate::protocol::export::{Images as Start, MAX_IMAGES, Progress, Rows, Stage};
use crate::protocol::{Cell, LazyResponse};
use crate::view::facts::Facts;
use crate::view::roles::Role;
use serde_json::{Map, Number, Value as Json, json};
use std::collections::BTreeSet;

/// Rows that are worked on at a time.
const WINDOW: usize = 8;

/// The list of what made the images, as parts of DiffusionDB call it.
const LIST: &str = "part-000001.json";

/// The list of what is not there.
const MISSING: &str = "missing.txt";

/// What an image was made with: its key in the list, and the role of the column that knows.
const KEYS: [(&str, Role); 5] =
    [("p", Role::Prompt), ("se", Role::Seed), ("c", Role::Cfg), ("st", Role::Step), ("sa", Role::Sampler)];

/// An archive that is being made.
pub struct ImageArchive {
    wanted: Rows,
    /// The rows, once it is settled which.
    rows: Option<Vec<u64>>,
    next: usize,
    archive: Writer,
    names: BTreeSet<String>,
    list: Map<String, Json>,
    missing: Vec<String>,
    pieces: Pieces,
    /// The rows that are worked on now, in ascending order.
    window: Vec<u64>,
}

impl ImageArchive {
    /// An archive that holds nothing yet.
    pub fn new(start: Start) -> Self {
        let Start { id, rows, name: _ } = start;
        Self {
            wanted: rows,
            rows: None,
            next: 0,
            archive: Writer::new(),
            names: BTreeSet::new(),
            list: Map::new(),
            missing: Vec::new(),
            pieces: Pieces::new(id),
            window: Vec::new(),
        }
    }
}

impl Job for ImageArchive {
    fn pieces(&self) -> &Pieces {
        &self.pieces
    }

    fn pieces_mut(&mut self) -> &mut Pieces {
        &mut self.pieces
    }

    fn demands(&self, data: &Data, images: &Images) -> Vec<Demand> {
        let demand = |rows, fields, class| Demand { who: Who::ImageArchive, rows, fields, class };
        if self.rows.is_none() && matches!(self.wanted, Rows::First(_)) && data.files.unread() {
            return vec![demand(Wanted::Further, Vec::new(), Class::Background)];
        }
        if self.window.is_empty() {
            return Vec::new();
        }
        let mut fields = images.fields(data);
        let made = KEYS.iter().filter_map(|(_, role)| data.place(data.roles.column(*role)?));
        fields.extend(made.map(Field::Column));
        vec![demand(Wanted::These(self.window.clone()), fields, Class::Image)]
    }

    fn advance(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> std::result::Result<Progressed, Stage> {
        self.go_on(data, matches, images, effects).map_err(|error| Stage::Failed(error.to_string()))
    }

    fn report(&self, stage: Stage, effects: &mut Vec<Effect>) {
        let progress = Progress {
            id: self.pieces.file(),
            stage,
            rows: (self.next - self.missing.len()) as u64,
            rows_total: self.rows.as_ref().map_or(0, Vec::len) as u64,
            bytes: self.pieces.bytes() + self.archive.ready_bytes() as u64,
            missing: self.missing.len() as u64,
        };
        report(effects, LazyResponse::Export(progress));
    }
}

impl ImageArchive {
    /// Adds what is here to the archive, and says which rows come next.
    fn go_on(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> Result<Progressed> {
        if self.pieces.is_last_over() {
            return Ok(Progressed::at_the_end(&self.pieces));
        }
        let Some(rows) = self.settle_rows(data, matches)? else { return Ok(Progressed::Waits) };
        while self.pieces.has_room() {
            let Some(row) = rows.get(self.next).copied() else { break };
            let read = |role: Role| {
                data.column_of(role).is_none_or(|column| data.cell(column, row, 0) != Cell::Pending)
            };
            if !KEYS.iter().all(|(_, role)| read(*role)) {
                break;
            }
            let Some(image) = images.take_original(row) else { break };
            self.next += 1;
            match image {
                Ok((name, file)) => {
                    let name = self.own_name(&name, row, &file);
                    self.archive.add(&name, &file)?;
                    let made = KEYS.iter().filter_map(|(key, role)| {
                        let column = data.column_of(*role)?;
                        let value =
                            json_of(&data.facts, &column.info.name, data.cell(column, row, usize::MAX))?;
                        Some(((*key).to_owned(), value))
                    });
                    self.list.insert(name, Json::Object(made.collect()));
                }
                Err(error) => self.missing.push(format!("row {}\t{error}", row + 1)),
            }
            if self.archive.ready_bytes() >= PIECE_BYTES {
                self.pieces.write(self.archive.take(), false, effects);
            }
            self.report(Stage::Writing, effects);
        }
        if self.next >= rows.len() {
            self.finish()?;
            self.pieces.write(self.archive.take(), true, effects);
            images.want_originals(Vec::new());
            self.window.clear();
            return Ok(Progressed::Waits);
        }
        let window: Vec<u64> = rows.iter().skip(self.next).take(WINDOW).copied().collect();
        let is_new = images.want_originals(window.clone());
        self.window = window;
        self.window.sort_unstable();
        // What the new rows need is found out by another step.
        Ok(if is_new { Progressed::More } else { Progressed::Waits })
    }

    /// Which rows are meant, once that is settled.
    fn settle_rows(&mut self, data: &mut Data, matches: &Matches) -> Result<Option<Vec<u64>>> {
        if self.rows.is_some() {
            return Ok(self.rows.clone());
        }
        let rows: Vec<u64> = match &self.wanted {
            Rows::These(rows) => {
                let mut seen = BTreeSet::new();
                let rows = rows.iter().copied().filter(|row| *row < data.meta.rows && seen.insert(*row));
                rows.take(MAX_IMAGES).collect()
            }
            Rows::First(count) => {
                super::load_deciding(data, matches)?;
                if !matches.is_settled(data) {
                    return Ok(None);
                }
                let most = (*count).min(MAX_IMAGES as u32);
                matches.window(0, most).into_iter().map(u64::from).collect()
            }
        };
        if rows.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "there are no rows to take images of"));
        }
        self.rows = Some(rows.clone());
        Ok(Some(rows))
    }

    fn finish(&mut self) -> Result<()> {
        let list = serde_json::to_vec(&Json::Object(std::mem::take(&mut self.list)))
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        self.archive.add(LIST, &list)?;
        if !self.missing.is_empty() {
            let mut note = crate::protocol::texts::images::NOT_EXPORTED.to_owned();
            for line in &self.missing {
                note.push_str(line);
                note.push('\n');
            }
            self.archive.add(MISSING, note.as_bytes())?;
        }
        self.archive.finish();
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
fn json_of(facts: &Facts, column: &str, cell: Cell) -> Option<Json> {
    match cell {
        Cell::Pending | Cell::Failed | Cell::Null => None,
        Cell::Bool(value) => Some(json!(value)),
        Cell::Number(value) => match facts.label(column, value) {
            Some(label) => Some(json!(label)),
            // Whole numbers are written as such.
            None if value.fract() == 0.0 && value.abs() < 9e15 => Some(json!(value as i64)),
            None => Number::from_f64(value).map(Json::Number),
        },
        Cell::Digits(text) => {
            text.parse::<u64>().map_or_else(|_| Some(json!(text)), |value| Some(json!(value)))
        }
        Cell::Text(text) | Cell::Json(text) => Some(json!(text)),
        Cell::Time(moment) => Some(json!(moment.iso())),
        Cell::Binary(_) => None,
    }
}
