//! Work that goes on behind the view: rows or images on their way into a file, one at a time.

mod export;
pub mod groups_file;
mod image_archive;
pub mod pieces;

use super::Effect;
use super::answers::report;
use super::data::Data;
use super::demand::Demand;
use super::extras::extras;
use super::images::Images;
use super::output::export::task::Failure;
use super::result::Matches;
use crate::base::error::{Error, ErrorKind, Result};
use crate::protocol::LazyResponse;
use crate::protocol::export::{Images as StartImages, Pairs as StartPairs, Progress, Stage, Start};
use crate::protocol::texts::notices::NO_EXTRAS;
use export::Export;
use image_archive::ImageArchive;
use pieces::Pieces;

/// What one step of a job came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progressed {
    /// Something has to come first: what is demanded, or the disk.
    Waits,
    /// There is more to be done at once.
    More,
    /// It is written.
    Done,
}

impl Progressed {
    /// Behind the last piece.
    pub const fn at_the_end(pieces: &Pieces) -> Self {
        if pieces.waits_for_disk() { Self::Waits } else { Self::Done }
    }
}

/// A file that is being written.
pub trait Job {
    /// What of it is handed over.
    fn pieces(&self) -> &Pieces;
    /// The same, to change.
    fn pieces_mut(&mut self) -> &mut Pieces;
    /// Reports where it stands.
    fn report(&self, stage: Stage, effects: &mut Vec<Effect>);
    /// The encoder has done a task.
    ///
    /// # Errors
    /// How the job ends where the file can't be written.
    fn encoded(&mut self, _outcome: std::result::Result<Vec<u8>, Failure>) -> std::result::Result<(), Stage> {
        Ok(())
    }
    /// Whether it waits for the encoder.
    fn waits_for_encoder(&self) -> bool {
        false
    }
    /// Whether what it waits for has come, or never will.
    fn goes_on(&self, _data: &Data) -> bool {
        false
    }
    /// What it needs of the table.
    fn demands(&self, data: &Data, images: &Images) -> Vec<Demand>;
    /// Does what can be done now.
    ///
    /// # Errors
    /// How the job ends where it can't go on.
    fn advance(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> std::result::Result<Progressed, Stage>;
}

/// Begins a file of rows.
///
/// # Errors
/// How it ends where the table has none of the columns, or some can't be read.
pub fn begin_rows(start: Start, data: &mut Data) -> std::result::Result<Box<dyn Job>, Stage> {
    Ok(Box::new(Export::new(start, data)?))
}

/// Begins an archive of images.
pub fn begin_images(start: StartImages) -> Box<dyn Job> {
    Box::new(ImageArchive::new(start))
}

/// The job under way, if there is one.
#[derive(Default)]
pub struct Jobs {
    job: Option<Box<dyn Job>>,
    /// Whether it waits until the page wants it to go on.
    paused: bool,
}

impl Jobs {
    /// Begins to write rows, or groups of them; a job that is under way is cancelled.
    pub fn begin_export(
        &mut self,
        mut start: Start,
        data: &mut Data,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) {
        self.cancel(Some(data), images, effects);
        let id = start.id;
        let begun = match (start.groups.take(), extras()) {
            (None, Some(extras)) => (extras.begin_rows)(start, data),
            (Some(items), Some(extras)) => Ok((extras.begin_groups)(id, start.format, items)),
            (_, None) => Err(Stage::Failed(NO_EXTRAS.to_owned())),
        };
        self.take(id, begun, effects);
    }

    /// Begins to write pairs; a job that is under way is cancelled.
    pub fn begin_pairs(
        &mut self,
        start: StartPairs,
        data: &mut Data,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) {
        self.cancel(Some(data), images, effects);
        let id = start.id;
        let begun = match extras() {
            Some(extras) => (extras.begin_pairs)(start, data),
            None => Err(Stage::Failed(NO_EXTRAS.to_owned())),
        };
        self.take(id, begun, effects);
    }

    /// Takes over a job, or says why there is none.
    fn take(&mut self, id: u32, begun: std::result::Result<Box<dyn Job>, Stage>, effects: &mut Vec<Effect>) {
        match begun {
            Ok(job) => self.job = Some(job),
            Err(stage) => {
                effects.push(Effect::DropFile { export: id });
                let progress = Progress { id, stage, rows: 0, rows_total: 0, bytes: 0, missing: 0 };
                report(effects, LazyResponse::Export(progress));
            }
        }
    }

    /// Begins to put images into an archive; a job that is under way is cancelled.
    pub fn begin_images(
        &mut self,
        start: StartImages,
        data: &mut Data,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) {
        self.cancel(Some(data), images, effects);
        let id = start.id;
        let begun = extras().map(|extras| (extras.begin_images)(start));
        if let Some(archive) = &begun {
            archive.report(Stage::Waiting, effects);
        }
        self.take(id, begun.ok_or_else(|| Stage::Failed(NO_EXTRAS.to_owned())), effects);
    }

    /// Cancels the job under way.
    pub fn cancel(&mut self, data: Option<&mut Data>, images: &mut Images, effects: &mut Vec<Effect>) {
        self.end(Stage::Cancelled, data, images, effects);
    }

    /// Lets the job under way wait, with nothing in flight for it, or go on.
    pub fn pause(&mut self, paused: bool, images: &mut Images, effects: &mut Vec<Effect>) {
        let Some(job) = self.job.as_ref().filter(|_| paused != self.paused) else { return };
        self.paused = paused;
        if paused {
            images.want_originals(Vec::new());
        }
        job.report(if paused { Stage::Paused } else { Stage::Writing }, effects);
    }

    fn end(&mut self, stage: Stage, data: Option<&mut Data>, images: &mut Images, effects: &mut Vec<Effect>) {
        let Some(job) = self.job.take() else { return };
        self.paused = false;
        if stage != Stage::Done {
            effects.push(Effect::DropFile { export: job.pieces().file() });
        }
        job.report(stage, effects);
        images.want_originals(Vec::new());
        if let Some(data) = data {
            data.end_raw();
        }
    }

    /// The job under way, if the page calls its file so.
    fn called(&mut self, id: u32) -> Option<&mut Box<dyn Job>> {
        self.job.as_mut().filter(|job| job.pieces().file() == id)
    }

    /// A piece of a file is where it belongs.
    pub fn written(&mut self, id: u32) {
        if let Some(job) = self.called(id) {
            job.pieces_mut().written();
        }
    }

    /// The encoder has done a task.
    pub fn encoded(
        &mut self,
        id: u32,
        outcome: std::result::Result<Vec<u8>, Failure>,
        data: Option<&mut Data>,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(job) = self.called(id)
            && let Err(stage) = job.encoded(outcome)
        {
            self.end(stage, data, images, effects);
        }
    }

    /// A file can't be written any further.
    pub fn write_failed(
        &mut self,
        id: u32,
        message: String,
        data: Option<&mut Data>,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) {
        if self.called(id).is_some() {
            self.end(Stage::Failed(message), data, images, effects);
        }
    }

    /// What the job needs of the table.
    pub fn demands(&self, data: &Data, images: &Images) -> Vec<Demand> {
        self.running().map_or_else(Vec::new, |job| job.demands(data, images))
    }

    /// The job under way, unless it is paused.
    fn running(&self) -> Option<&dyn Job> {
        self.job.as_deref().filter(|_| !self.paused)
    }

    /// Whether a job is under way and goes on.
    pub fn is_busy(&self) -> bool {
        self.running().is_some()
    }

    /// Whether the job waits for the disk.
    pub fn waits_for_disk(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.pieces().waits_for_disk())
    }

    /// Whether the job waits for the encoder.
    pub fn waits_for_encoder(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.waits_for_encoder())
    }

    /// Does what can be done now. Whether there is more to be done at once.
    pub fn advance(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let Some(job) = self.job.as_mut().filter(|_| !self.paused) else { return false };
        match job.advance(data, matches, images, effects) {
            Ok(Progressed::Waits) => {}
            Ok(Progressed::More) => return true,
            Ok(Progressed::Done) => self.end(Stage::Done, Some(data), images, effects),
            Err(stage) => self.end(stage, Some(data), images, effects),
        }
        false
    }

    /// Whether what an export waited for is here now, so that it can go on at once.
    pub fn goes_on(&self, data: &Data) -> bool {
        self.running().is_some_and(|job| job.goes_on(data))
    }
}

/// Reads what decides which rows match and in which order, whoever stopped reading it.
///
/// # Errors
/// Where a column that decides it can't be read.
pub(super) fn load_deciding(data: &mut Data, matches: &Matches) -> Result<()> {
    let deciding = data.columns.iter().enumerate().filter(|(place, _)| matches.needs(*place, data));
    let deciding: Vec<(String, bool)> =
        deciding.map(|(_, column)| (column.info.name.clone(), column.failed)).collect();
    for (name, failed) in deciding {
        if failed {
            let message = format!("{name} decides which rows match and can't be read");
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        data.load(&name);
    }
    Ok(())
}
