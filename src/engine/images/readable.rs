//! Which images are missing, as far as that can be told without opening those that are elsewhere: rows that name none,
//! archives that do not list what a row names, and bytes in the table itself that are no image.
//!
//! The preference module alone asks for it, so that its code goes along with that one.

use super::{Archive, Effect, Images, Target};
use crate::base::error::{Error, ErrorKind};
use crate::engine::data::Data;
use crate::formats::picture;
use crate::protocol::images::{ImageColumn, Spot};
use crate::table::pairs::Known;
use crate::view::catalog::images::{self as places, Candidate};
use crate::view::roles::Role;
use std::collections::BTreeMap;

/// Rows that are looked at in a step.
const ROWS_A_STEP: usize = 4_000;

/// Directories of archives that are read at a time.
const ARCHIVES_A_TIME: usize = 4;

/// Archives whose directories are waited for; of images in more of them it can't be told.
const MAX_ARCHIVES_ASKED: usize = 400;

/// Images in the table itself that are read at a time.
const CELLS_A_TIME: usize = 8;

/// Images in a table that is elsewhere are looked at where they are no more than this together.
const MAX_OWN_BYTES: u64 = 64 << 20;

/// What is known of images.
#[derive(Debug, Default)]
pub struct Readable {
    /// One image a row, or two.
    sides: Vec<Side>,
    wants: Wants,
    looked: u64,
}

/// What has to be read before more is known.
#[derive(Debug, Default)]
pub struct Wants {
    /// Of archives.
    pub targets: Vec<Target>,
    /// Of the table itself.
    pub cells: Vec<(u64, Spot)>,
}

/// One image of each row.
#[derive(Debug, Default)]
struct Side {
    spot: Spot,
    /// What is known, by row.
    states: Vec<State>,
    /// Rows before this one are looked at, or wait for an archive.
    next: usize,
    /// Rows that wait for the directory of an archive.
    waiting: BTreeMap<places::Archive, Vec<usize>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    New,
    Waits,
    Known(Known),
}

/// How far the search for missing images is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Whether every image is looked at that was asked for.
    pub done: bool,
    /// Whether there is more to be done with what is at hand.
    pub more: bool,
}

/// What came of looking at an image.
enum Look {
    Known(Known),
    /// The archive's directory is not here.
    Waits(places::Archive),
    /// This has to be read for it.
    Needs(Target),
    /// The table has to read the row itself.
    NeedsRow,
    /// The columns that say where it is are not read that far.
    Unread,
}

impl Readable {
    /// What is known of an image of a row: the first one, or of two the second one.
    pub fn known(&self, side: usize, row: u32) -> Known {
        match self.state(side, row as usize) {
            State::Known(known) => known,
            State::New | State::Waits => Known::Likely,
        }
    }

    fn state(&self, side: usize, row: usize) -> State {
        self.sides.get(side).and_then(|side| side.states.get(row)).copied().unwrap_or_default()
    }

    /// How many images of these rows are looked at.
    pub fn looked_of(&self, rows: impl Iterator<Item = usize>) -> u64 {
        let is_known = |side, row| matches!(self.state(side, row), State::Known(_));
        rows.map(|row| (0..self.sides.len()).filter(|side| is_known(*side, row)).count() as u64).sum()
    }

    /// How many were looked at since the table was opened, some more than once.
    pub fn looked(&self) -> u64 {
        self.looked
    }

    /// What has to be read, which is not asked for again unless somebody looks once more.
    pub fn take_wants(&mut self) -> Wants {
        std::mem::take(&mut self.wants)
    }

    /// What could not be told may be told now.
    pub fn retry(&mut self) {
        self.sides.clear();
    }
}

impl Images {
    /// Looks for missing images of the rows that are wanted: at `spots`, one or two of a row. `anew` goes through all
    /// rows again, since others are wanted than before. What has to be read for it is read with the other images.
    pub fn look_for_missing(
        &mut self,
        (spots, anew): (&[Spot], bool),
        is_wanted: &dyn Fn(usize) -> bool,
        data: &Data,
        effects: &mut Vec<Effect>,
    ) -> Looked {
        let mut sides = std::mem::take(&mut self.readable.sides);
        if !sides.iter().map(|side| &side.spot).eq(spots) {
            sides = spots.iter().map(|spot| Side { spot: *spot, ..Side::default() }).collect();
        }
        let rows = usize::try_from(data.meta.rows).unwrap_or(usize::MAX);
        self.readable.wants = Wants::default();
        let mut looked = Looked { done: true, more: false };
        for side in &mut sides {
            side.states.resize(rows, State::New);
            if anew {
                side.next = 0;
            }
            looked.more |= self.look_at_rows(side, is_wanted, data, effects);
            looked.more |= self.look_at_waiting(side, data, effects);
            looked.done &= side.next >= rows && side.waiting.is_empty();
        }
        self.readable.sides = sides;
        looked
    }

    /// Asks for directories, and looks at the rows whose directory has come; whether there were any.
    fn look_at_waiting(&mut self, side: &mut Side, data: &Data, effects: &mut Vec<Effect>) -> bool {
        let keys: Vec<places::Archive> = side.waiting.keys().take(ARCHIVES_A_TIME).cloned().collect();
        let mut any = false;
        for key in keys {
            let first = side.waiting.get(&key).and_then(|rows| rows.first()).copied().unwrap_or_default();
            if let Look::Needs(target) = self.look(first as u64, side.spot, true, data, effects) {
                self.readable.wants.targets.push(target);
                continue;
            }
            any = true;
            for row in side.waiting.remove(&key).unwrap_or_default() {
                let look = self.look(row as u64, side.spot, false, data, effects);
                self.note(side, row, look);
            }
        }
        any
    }

    /// Looks at rows in the order of the file; whether more of them can be looked at at once.
    fn look_at_rows(
        &mut self,
        side: &mut Side,
        is_wanted: &dyn Fn(usize) -> bool,
        data: &Data,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let mut left = ROWS_A_STEP;
        let mut cells = 0;
        for row in side.next..side.states.len() {
            let is_new = side.states.get(row) == Some(&State::New) && is_wanted(row);
            if is_new && left == 0 {
                return true;
            }
            if is_new {
                left -= 1;
                match self.look(row as u64, side.spot, false, data, effects) {
                    Look::NeedsRow => {
                        self.readable.wants.cells.push((row as u64, side.spot));
                        cells += 1;
                    }
                    Look::Unread => return false,
                    look @ (Look::Known(_) | Look::Waits(_) | Look::Needs(_)) => self.note(side, row, look),
                }
            }
            if cells >= CELLS_A_TIME {
                return false;
            }
            if cells == 0 {
                side.next = row + 1;
            }
        }
        false
    }

    /// Takes note of what came of looking at a row.
    fn note(&mut self, side: &mut Side, row: usize, look: Look) {
        let is_full = side.waiting.len() >= MAX_ARCHIVES_ASKED;
        let state = match look {
            Look::Known(known) => State::Known(known),
            Look::Waits(key) if is_full && !side.waiting.contains_key(&key) => State::Known(Known::Unsure),
            Look::Waits(key) => {
                side.waiting.entry(key).or_default().push(row);
                State::Waits
            }
            // It is looked at again when it is asked for again.
            Look::Needs(_) | Look::NeedsRow | Look::Unread => {
                side.next = side.next.min(row);
                State::New
            }
        };
        if let Some(own) = side.states.get_mut(row) {
            *own = state;
        }
        self.readable.looked += u64::from(matches!(state, State::Known(_)));
    }

    /// Looks at one image. Directories are asked for only if it `asks`.
    fn look(&mut self, row: u64, spot: Spot, asks: bool, data: &Data, effects: &mut Vec<Effect>) -> Look {
        if self.places.is_none() || spot != Spot::default() {
            return look_in_row(row, spot, data);
        }
        let candidates = match self.candidates(row, spot, data) {
            Ok(None) => return Look::Unread,
            Ok(Some(candidates)) => candidates,
            Err(error) if error.kind == ErrorKind::NotFound => return Look::Known(Known::Missing),
            // The columns that say where it is can't be read.
            Err(_) => return Look::Known(Known::Unsure),
        };
        let mut known = None;
        for candidate in candidates {
            let found = match candidate {
                Candidate::Thumbnail { .. } => continue,
                Candidate::Cell | Candidate::Address(_) => return Look::Known(Known::Likely),
                Candidate::Member { archive: key, name, directory_bytes_hint, .. } => {
                    let is_here = |archive: &Archive| !matches!(archive.directory(), Ok(None));
                    if !asks && !self.archives.get(&key).is_some_and(is_here) {
                        return Look::Waits(key);
                    }
                    let broken = self.cache.failure(&Target::Member(key.clone(), name.clone())).map(known_by);
                    match self.look_up(&key, &name, directory_bytes_hint, effects) {
                        Ok(Some(target)) if asks => return Look::Needs(target),
                        Ok(Some(_)) => return Look::Waits(key),
                        Ok(None) => broken.unwrap_or_else(|| self.member_of(&key, &name)),
                        Err(error) => known_by(&error),
                    }
                }
            };
            if found == Known::Likely {
                return Look::Known(found);
            }
            let before = known.unwrap_or(found);
            known = Some(if before == Known::Unsure { before } else { found });
        }
        Look::Known(known.unwrap_or(Known::Unsure))
    }

    /// What a directory says of a member that it lists: some archives hold empty files in the place of images.
    fn member_of(&self, key: &places::Archive, name: &str) -> Known {
        let directory = self.archives.get(key).and_then(|archive| archive.directory().ok().flatten());
        let members = directory.and_then(|directory| directory.find(name).ok()).unwrap_or_default();
        let is_empty = members.iter().all(|member| member.bytes == 0);
        if is_empty { Known::Missing } else { Known::Likely }
    }
}

/// Looks at what the row itself says, or holds.
fn look_in_row(row: u64, spot: Spot, data: &Data) -> Look {
    let names = |column: &str| match data.text_of(column, row) {
        Ok(None) => Look::Unread,
        Ok(Some(text)) if text.trim().is_empty() => Look::Known(Known::Missing),
        Ok(Some(_)) => Look::Known(Known::Likely),
        Err(_) => Look::Known(Known::Unsure),
    };
    if let Some(column) = data.addresses_at(spot) {
        return names(column);
    }
    let own = match spot.column.checked_sub(1) {
        None => data.image_column(),
        Some(place) => {
            let column = data.picture_columns().into_iter().nth(usize::from(place));
            column.map(|column| ImageColumn::Embedded { column: column.name })
        }
    };
    let Some(ImageColumn::Embedded { column }) = own else {
        let named = [Role::ImagePath, Role::ImageName].into_iter().find_map(|role| data.roles.column(role));
        return named.map_or(Look::Known(Known::Unsure), names);
    };
    let bytes = data.column(&column).map_or(0, |column| column.info.bytes);
    if bytes > MAX_OWN_BYTES && !data.is_at_hand() {
        return Look::Known(Known::Unsure);
    }
    match data.image_file(row, spot) {
        Ok(None) => Look::NeedsRow,
        Ok(Some(file)) => match picture::look(&file) {
            Ok(_) => Look::Known(Known::Likely),
            Err(error) if error.kind == ErrorKind::Limit => Look::Known(Known::Unsure),
            Err(_) => Look::Known(Known::Missing),
        },
        Err(error) => Look::Known(known_by(&error)),
    }
}

/// What an error says of an image.
fn known_by(error: &Error) -> Known {
    match error.kind {
        ErrorKind::FileNotFound
        | ErrorKind::NotFound
        | ErrorKind::Absent
        | ErrorKind::Truncated
        | ErrorKind::Corrupt => Known::Missing,
        ErrorKind::Network
        | ErrorKind::RateLimited
        | ErrorKind::Server
        | ErrorKind::Unauthorized
        | ErrorKind::RangeIgnored
        | ErrorKind::Changed
        | ErrorKind::NotParquet
        | ErrorKind::Unsupported
        | ErrorKind::Encrypted
        | ErrorKind::Limit
        | ErrorKind::BadLink
        | ErrorKind::Internal => Known::Unsure,
    }
}
