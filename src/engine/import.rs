//! Opens a file that is a table and no Parquet, or several that are one: they are read whole, in order, and given piece
//! by piece to what makes Parquet of them. A file of the first rows is opened meanwhile, and the file of all rows takes its place.

use super::answers::{notice, report};
use super::event::Imported;
use super::open::Opening;
use super::{Effect, Engine};
use crate::base::bytes::{ByteRange, human_bytes};
use crate::base::error::{Error, ErrorKind};
use crate::base::ids::FetchId;
use crate::formats::tabular::reading::{MAX_FILE_BYTES, Reading};
use crate::formats::tabular::task::{Report, Task};
use crate::protocol::texts::import as texts;
use crate::protocol::{LoadState, Progress, Response};
use std::collections::VecDeque;

/// Bytes of the file that are read at a time.
const BLOCK_BYTES: u64 = 8 << 20;

/// Bytes that are given at a time: what else happens in this thread does not wait longer.
const PIECE_BYTES: usize = 1 << 20;

/// The first rows are shown once so much has been read of a file that is much larger.
const PREVIEW_BYTES: u64 = 2 << 20;

/// What the open table is made of, where that is no Parquet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file's size.
    pub file_bytes: u64,
    /// What has been read of it, where the table has its first rows only.
    pub partly: Option<u64>,
}

/// A file that is being read.
#[derive(Debug)]
pub struct Import {
    /// Its number: answers about another one are stale.
    id: u32,
    /// What is opened once it is made.
    opening: Opening,
    /// Sizes of the files, and of all of them.
    files: Vec<u64>,
    file_bytes: u64,
    /// The file that is read, where in it the next read begins, and the one that is in flight.
    file: usize,
    next: u64,
    fetch: Option<FetchId>,
    /// What came and was not given yet; an empty piece is the end of a file.
    waiting: VecDeque<Vec<u8>>,
    waiting_bytes: u64,
    /// How much was given, and how much of it was read the second time.
    given: u64,
    again: u64,
    /// Files whose end was not given yet.
    open_files: usize,
    /// Whether a task is being done.
    busy: bool,
    previewed: bool,
}

impl Import {
    /// Whether an answer is to come.
    pub fn waits(&self) -> bool {
        self.busy
    }

    /// What the page calls the reading of it.
    fn subject(&self, again: bool) -> String {
        if again { texts::again(self.opening.source()) } else { texts::whole(self.opening.source()) }
    }

    fn progress(&self, state: LoadState) -> Response {
        let ended = self.open_files == 0;
        let bytes = if ended { self.again } else { self.given };
        let column = self.subject(ended);
        Response::Progress(Progress { column, state, bytes, bytes_total: self.file_bytes, rows: 0 })
    }
}

impl Engine {
    /// Begins to read the files that are being opened.
    pub(super) fn begin_import(&mut self, reading: Reading) {
        let Some(opening) = &self.opening else { return };
        let files: Vec<u64> = opening.sizes().collect();
        let file_bytes = files.iter().copied().fold(0, u64::saturating_add);
        if file_bytes > MAX_FILE_BYTES {
            let (size, limit) = (human_bytes(file_bytes), human_bytes(MAX_FILE_BYTES));
            self.opening_failed(Error::new(ErrorKind::Limit, texts::too_large(&size, &limit)));
            return;
        }
        self.imports = self.imports.wrapping_add(1);
        let import = Import {
            id: self.imports,
            opening: opening.again(),
            open_files: files.len(),
            files,
            file_bytes,
            file: 0,
            next: 0,
            fetch: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            given: 0,
            again: 0,
            busy: true,
            previewed: false,
        };
        self.effects.extend(opening.addresses().map(|(source, url)| Effect::Source { source, url }));
        let task = Task::Begin { names: opening.file_names().collect(), reading };
        self.effects.push(Effect::Import { import: import.id, task });
        report(&mut self.effects, import.progress(LoadState::Loading));
        self.import = Some(import);
    }

    /// Reads on and gives on, as far as that can be done.
    pub(super) fn advance_import(&mut self) {
        let Self { import: Some(import), scheduler, effects, .. } = self else { return };
        while import.fetch.is_none()
            && import.waiting_bytes < BLOCK_BYTES
            && let Some(size) = import.files.get(import.file).copied()
        {
            if import.next < size {
                let range = ByteRange::new(import.next, (import.next + BLOCK_BYTES).min(size));
                import.fetch = Some(scheduler.read_original(import.file as u32, range, effects));
            } else {
                import.waiting.push_back(Vec::new());
                (import.file, import.next) = (import.file + 1, 0);
            }
        }
        if import.busy {
            return;
        }
        let shows_early = !import.previewed
            && import.open_files > 0
            && import.given >= PREVIEW_BYTES
            && import.file_bytes >= 2 * PREVIEW_BYTES;
        let task = if import.open_files == 0 {
            Task::Step
        } else if shows_early {
            import.previewed = true;
            Task::Preview
        } else if let Some(piece) = import.waiting.pop_front() {
            import.waiting_bytes -= piece.len() as u64;
            import.given += piece.len() as u64;
            if piece.is_empty() && import.open_files == 1 {
                report(effects, import.progress(LoadState::Loaded));
            }
            import.open_files -= usize::from(piece.is_empty());
            Task::Bytes(piece)
        } else {
            return;
        };
        import.busy = true;
        report(effects, import.progress(LoadState::Loading));
        effects.push(Effect::Import { import: import.id, task });
    }

    /// Bytes of the file came.
    pub(super) fn original_bytes(&mut self, id: FetchId, bytes: &[u8]) {
        let Some(import) = self.import.as_mut().filter(|import| import.fetch == Some(id)) else { return };
        let size = import.files.get(import.file).copied().unwrap_or_default();
        let left = size.saturating_sub(import.next) as usize;
        for piece in bytes.get(..left).unwrap_or(bytes).chunks(PIECE_BYTES) {
            import.next += piece.len() as u64;
            import.waiting_bytes += piece.len() as u64;
            match import.waiting.back_mut() {
                Some(last) if !last.is_empty() && last.len() + piece.len() <= PIECE_BYTES => {
                    last.extend_from_slice(piece);
                }
                Some(_) | None => import.waiting.push_back(piece.to_vec()),
            }
        }
    }

    /// A read of the file is over.
    pub(super) fn original_done(&mut self, id: FetchId) {
        if let Some(import) = self.import.as_mut().filter(|import| import.fetch == Some(id)) {
            import.fetch = None;
        }
    }

    /// A task is done.
    pub(super) fn imported(&mut self, import: u32, outcome: Result<Imported, Error>) {
        let Some(current) = self.import.as_mut().filter(|current| current.id == import) else { return };
        current.busy = false;
        match outcome {
            Ok(Imported::Taken | Imported::Preview(None)) => {}
            Ok(Imported::Step(bytes)) => current.again += bytes,
            Ok(Imported::Preview(Some(bytes))) => {
                let origin = Origin { file_bytes: current.file_bytes, partly: Some(current.given) };
                self.open_import(bytes, origin);
            }
            Ok(Imported::Whole { file_bytes, report: found }) => {
                let origin = Origin { file_bytes: current.file_bytes, partly: None };
                let source = current.opening.source().to_owned();
                report(&mut self.effects, current.progress(LoadState::Loaded));
                self.open_import(file_bytes, origin);
                self.import = None;
                self.report_import(&source, &found);
            }
            Err(error) => self.import_failed(error),
        }
    }

    /// Opens what was made of the file, in place of what was made of its first rows.
    fn open_import(&mut self, bytes: u64, origin: Origin) {
        let Some(import) = &self.import else { return };
        let mut opening = import.opening.again();
        opening.made(bytes, origin);
        if let Some(before) = self.opening.take() {
            opening.wants_of(before);
        }
        let Self { table, jobs, images, effects, scheduler, .. } = self;
        jobs.cancel(table.as_mut().map(|table| &mut table.data), images, effects);
        scheduler.abort_table(effects);
        self.table = None;
        self.opening = Some(opening);
    }

    /// The file can't be read to its end.
    pub(super) fn import_failed(&mut self, error: Error) {
        let Some(import) = self.drop_import() else { return };
        report(&mut self.effects, import.progress(LoadState::Idle));
        if self.table.is_some() {
            let source = import.opening.source();
            report(&mut self.effects, Response::Notice(notice::import_stopped(source, &error)));
        } else {
            self.opening_failed(error);
        }
    }

    /// Stops reading the file, if that is what the page calls so; whether it is.
    pub(super) fn stop_import(&mut self, subject: &str) -> bool {
        let named = |import: &Import| [false, true].iter().any(|again| import.subject(*again) == subject);
        let is = self.import.as_ref().is_some_and(named);
        if is {
            self.import_failed(Error::new(ErrorKind::Unsupported, texts::STOPPED));
        }
        is
    }

    /// Forgets the file that is being read.
    pub(super) fn drop_import(&mut self) -> Option<Import> {
        let import = self.import.take()?;
        if let Some(id) = import.fetch {
            self.scheduler.abort(id, &mut self.effects);
        }
        self.effects.push(Effect::DropImport { import: import.id });
        Some(import)
    }

    /// Says how the file was read, where that is a guess, and what was odd in it.
    fn report_import(&mut self, source: &str, found: &Report) {
        for told in notice::imported(source, found) {
            report(&mut self.effects, Response::Notice(told));
        }
    }
}
