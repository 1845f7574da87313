//! Work that goes on behind the view: rows or images on their way into a file, one at a time.

mod export;
mod image_archive;

use super::Effect;
use super::answers::report;
use super::data::Data;
use super::demand::Demand;
use super::images::Images;
use super::output::export::task::Failure;
use super::result::Matches;
use crate::base::error::{Error, ErrorKind, Result};
use crate::protocol::LazyResponse;
use crate::protocol::export::{Images as StartImages, Progress, Stage, Start};
use export::Export;
use image_archive::ImageArchive;

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

/// The job under way, if there is one.
#[derive(Default)]
pub struct Jobs {
    job: Option<Job>,
}

enum Job {
    Export(Box<Export>),
    Images(Box<ImageArchive>),
}

impl Job {
    fn id(&self) -> u32 {
        match self {
            Self::Export(export) => export.id(),
            Self::Images(archive) => archive.id(),
        }
    }

    fn report(&self, stage: Stage, effects: &mut Vec<Effect>) {
        match self {
            Self::Export(export) => export.report(stage, effects),
            Self::Images(archive) => archive.report(stage, effects),
        }
    }
}

impl Jobs {
    /// Begins to write rows; a job that is under way is cancelled.
    pub fn begin_export(
        &mut self,
        start: Start,
        data: &mut Data,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) {
        self.cancel(Some(data), images, effects);
        let id = start.id;
        match Export::new(start, data) {
            Ok(export) => self.job = Some(Job::Export(Box::new(export))),
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
        let archive = ImageArchive::new(start);
        archive.report(Stage::Waiting, effects);
        self.job = Some(Job::Images(Box::new(archive)));
    }

    /// Cancels the job under way.
    pub fn cancel(&mut self, data: Option<&mut Data>, images: &mut Images, effects: &mut Vec<Effect>) {
        self.end(Stage::Cancelled, data, images, effects);
    }

    fn end(&mut self, stage: Stage, data: Option<&mut Data>, images: &mut Images, effects: &mut Vec<Effect>) {
        let Some(job) = self.job.take() else { return };
        if stage != Stage::Done {
            effects.push(Effect::DropFile { export: job.id() });
        }
        job.report(stage, effects);
        images.want_originals(Vec::new());
        if let Some(data) = data {
            data.end_raw();
        }
    }

    /// A piece of a file is where it belongs.
    pub fn written(&mut self, id: u32) {
        match self.job.as_mut().filter(|job| job.id() == id) {
            Some(Job::Export(export)) => export.written(),
            Some(Job::Images(archive)) => archive.written(),
            None => {}
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
        let Some(Job::Export(export)) = self.job.as_mut().filter(|job| job.id() == id) else { return };
        if let Err(stage) = export.encoded(outcome) {
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
        if self.job.as_ref().is_some_and(|job| job.id() == id) {
            self.end(Stage::Failed(message), data, images, effects);
        }
    }

    /// What the job needs of the table.
    pub fn demands(&self, data: &Data, images: &Images) -> Vec<Demand> {
        match &self.job {
            Some(Job::Export(export)) => export.demands(data),
            Some(Job::Images(archive)) => archive.demands(data, images),
            None => Vec::new(),
        }
    }

    /// Whether a job is under way.
    pub fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Whether the job waits for the disk.
    pub fn waits_for_disk(&self) -> bool {
        match &self.job {
            Some(Job::Export(export)) => export.waits_for_disk(),
            Some(Job::Images(archive)) => archive.waits_for_disk(),
            None => false,
        }
    }

    /// Whether the job waits for the encoder.
    pub fn waits_for_encoder(&self) -> bool {
        match &self.job {
            Some(Job::Export(export)) => export.waits_for_encoder(),
            Some(Job::Images(_)) | None => false,
        }
    }

    /// Does what can be done now. Whether there is more to be done at once.
    pub fn advance(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let progressed = match &mut self.job {
            Some(Job::Export(export)) => export.advance(data, matches, effects),
            Some(Job::Images(archive)) => archive
                .advance(data, matches, images, effects)
                .map_err(|error| Stage::Failed(error.to_string())),
            None => return false,
        };
        match progressed {
            Ok(Progressed::Waits) => {}
            Ok(Progressed::More) => return true,
            Ok(Progressed::Done) => self.end(Stage::Done, Some(data), images, effects),
            Err(stage) => self.end(stage, Some(data), images, effects),
        }
        false
    }

    /// Whether what an export waited for is here now, so that it can go on at once.
    pub fn goes_on(&self, data: &Data) -> bool {
        match &self.job {
            Some(Job::Export(export)) => export.goes_on(data),
            Some(Job::Images(_)) | None => false,
        }
    }
}

/// Reads what decides which rows match and in which order, whoever stopped reading it.
///
/// # Errors
/// Where a column that decides it can't be read.
fn load_deciding(data: &mut Data, matches: &Matches) -> Result<()> {
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
