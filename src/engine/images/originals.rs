//! Images as they are, for taking them away: no previews, and nothing is decoded.

use super::{Effect, Images, Target};
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::sorted::Map;
use crate::engine::data::Data;
use crate::protocol::images::Spot;
use crate::view::catalog::images::Candidate;
use std::rc::Rc;

/// An image as it is in its place: its name, and its bytes.
pub type Original = (String, Rc<Vec<u8>>);

/// What is taken away now.
#[derive(Debug, Default)]
pub struct Originals {
    rows: Vec<u64>,
    done: Map<u64, Result<Original>>,
}

impl Originals {
    /// Whether an image has no outcome yet.
    pub fn is_waited_for(&self) -> bool {
        self.rows.iter().any(|row| !self.done.contains_key(row))
    }
}

impl Images {
    /// The rows whose images are taken away now, in order; whether they are other ones than before.
    pub fn want_originals(&mut self, rows: Vec<u64>) -> bool {
        let is_new = self.originals.rows != rows;
        self.originals.done.retain(|row, _| rows.contains(row));
        self.originals.rows = rows;
        is_new
    }

    /// The image of a row, once it is known what comes of it.
    pub fn take_original(&mut self, row: u64) -> Option<Result<Original>> {
        self.originals.done.remove(&row)
    }

    /// Looks for what is missing. Whether an image has its outcome now: whoever takes it away goes on by another step.
    pub(super) fn work_on_originals(
        &mut self,
        data: &Data,
        needed: &mut Vec<Target>,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let before = self.originals.done.len();
        for row in self.originals.rows.clone() {
            if self.originals.done.contains_key(&row) {
                continue;
            }
            match self.original(row, data, effects) {
                Ok(OriginalWork::Waits) => {}
                Ok(OriginalWork::NeedsRow) if self.cells.contains(&(row, Spot::default())) => {}
                Ok(OriginalWork::NeedsRow) => self.cells.push((row, Spot::default())),
                Ok(OriginalWork::Needs(target)) if needed.contains(&target) => {}
                Ok(OriginalWork::Needs(target)) => needed.push(target),
                Ok(OriginalWork::Here(original)) => drop(self.originals.done.insert(row, Ok(original))),
                Err(error) => drop(self.originals.done.insert(row, Err(error))),
            }
        }
        self.originals.done.len() > before
    }

    fn original(&mut self, row: u64, data: &Data, effects: &mut Vec<Effect>) -> Result<OriginalWork> {
        let Some(candidates) = self.candidates(row, Spot::default(), data)? else {
            return Ok(OriginalWork::Waits);
        };
        let mut last = Error::new(ErrorKind::NotFound, "nothing is known of where this image is");
        for candidate in candidates {
            if matches!(candidate, Candidate::Thumbnail { .. }) {
                continue;
            }
            let Some(target) = self.target(&candidate, row, Spot::default()) else { continue };
            if let Some(error) = self.cache.failure(&target) {
                last = error.clone();
                continue;
            }
            if let Some(file) = self.cache.file(&target) {
                // Some archives hold empty files in the place of images.
                match crate::formats::picture::look(&file) {
                    Ok(_) => return Ok(OriginalWork::Here((name_of(&candidate), file))),
                    Err(error) => {
                        last = error.clone();
                        self.cache.fail(target, error);
                        continue;
                    }
                }
            }
            match candidate {
                Candidate::Member { archive, name, directory_bytes_hint, .. } => {
                    match self.look_up(&archive, &name, directory_bytes_hint, effects) {
                        Ok(first) => return Ok(OriginalWork::Needs(first.unwrap_or(target))),
                        Err(error) => last = error,
                    }
                }
                Candidate::Cell => match data.image_file(row, Spot::default()) {
                    Ok(None) => return Ok(OriginalWork::NeedsRow),
                    Ok(Some(file)) => {
                        self.cache.insert(target, file);
                        return self.original(row, data, effects);
                    }
                    Err(error) => last = error,
                },
                Candidate::Address(_) | Candidate::Thumbnail { .. } => {
                    return Ok(OriginalWork::Needs(target));
                }
            }
        }
        Err(last)
    }
}

/// Where the work on one image stands.
enum OriginalWork {
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
