//! Images as they are, for taking them away: no previews, and nothing is decoded.

use super::{Effect, Images, Target};
use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::table::Table;
use crate::engine::take::Original;
use crate::view::catalog::images::Candidate;
use std::collections::BTreeMap;

/// What is taken away now.
#[derive(Debug, Default)]
pub struct Originals {
    rows: Vec<u64>,
    done: BTreeMap<u64, Result<Original>>,
}

impl Images {
    /// The rows whose images are taken away now, in order; whether they are other ones than before.
    pub fn take(&mut self, rows: Vec<u64>) -> bool {
        let is_new = self.originals.rows != rows;
        self.originals.done.retain(|row, _| rows.contains(row));
        self.originals.rows = rows;
        is_new
    }

    /// The image of a row, once it is known what comes of it.
    pub fn taken(&mut self, row: u64) -> Option<Result<Original>> {
        self.originals.done.remove(&row)
    }

    /// Looks for what is missing.
    pub(super) fn work_on_originals(
        &mut self,
        table: &Table,
        needed: &mut Vec<Target>,
        effects: &mut Vec<Effect>,
    ) {
        for row in self.originals.rows.clone() {
            if self.originals.done.contains_key(&row) {
                continue;
            }
            match self.original(row, table, effects) {
                Ok(Work::Waits) => {}
                Ok(Work::NeedsRow) if self.cells.contains(&row) => {}
                Ok(Work::NeedsRow) => self.cells.push(row),
                Ok(Work::Needs(target)) if needed.contains(&target) => {}
                Ok(Work::Needs(target)) => needed.push(target),
                Ok(Work::Here(original)) => drop(self.originals.done.insert(row, Ok(original))),
                Err(error) => drop(self.originals.done.insert(row, Err(error))),
            }
        }
        self.cells.sort_unstable();
    }

    fn original(&mut self, row: u64, table: &Table, effects: &mut Vec<Effect>) -> Result<Work> {
        let Some(candidates) = self.candidates(row, table)? else { return Ok(Work::Waits) };
        let mut last = Error::new(ErrorKind::NotFound, "nothing is known of where this image is");
        for candidate in candidates {
            if matches!(candidate, Candidate::Thumbnail { .. }) {
                continue;
            }
            let Some(target) = self.target(&candidate, row) else { continue };
            if let Some(error) = self.kept.failure(&target) {
                last = error.clone();
                continue;
            }
            if let Some(file) = self.kept.file(&target) {
                // Some archives hold empty files in the place of images.
                match crate::formats::picture::look(&file) {
                    Ok(_) => return Ok(Work::Here((name_of(&candidate), file))),
                    Err(error) => {
                        last = error.clone();
                        self.kept.fail(target, error);
                        continue;
                    }
                }
            }
            match candidate {
                Candidate::Member { archive, name, directory_bytes_hint, .. } => {
                    match self.look_up(&archive, &name, directory_bytes_hint, effects) {
                        Ok(first) => return Ok(Work::Needs(first.unwrap_or(target))),
                        Err(error) => last = error,
                    }
                }
                Candidate::Cell => match table.embedded(row) {
                    Ok(None) => return Ok(Work::NeedsRow),
                    Ok(Some(file)) => {
                        self.kept.keep(target, file);
                        return self.original(row, table, effects);
                    }
                    Err(error) => last = error,
                },
                Candidate::Address(_) | Candidate::Thumbnail { .. } => return Ok(Work::Needs(target)),
            }
        }
        Err(last)
    }
}

/// Where the work on one image stands.
enum Work {
    Waits,
    NeedsRow,
    Needs(Target),
    Here(Original),
}

/// What a file is called where it is.
fn name_of(candidate: &Candidate) -> String {
    match candidate {
        Candidate::Member { name, .. } => name.clone(),
        Candidate::Address(url) => {
            let path = url.split(['?', '#']).next().unwrap_or_default();
            path.rsplit('/').next().unwrap_or_default().to_owned()
        }
        Candidate::Cell | Candidate::Thumbnail { .. } => String::new(),
    }
}
