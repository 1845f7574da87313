//! Taking rows away: what is being written, and scripts that find the same rows elsewhere.

use super::Store;
use super::state::{Answer, Local, State};
use crate::formats::sniff;
use crate::protocol::export::{
    ARCHIVE_MIME, Format, Images, Pairs, PairsForm, Progress, Rows, Split, Stage, Start,
};
use crate::protocol::script::{Dialect, Script, Want};
use crate::protocol::{LazyRequest, Request};
use crate::ui::runtime::worker_link::Written;
use crate::view::pairs::Options;
use crate::view::spec::{Spec, View};
use crate::view::url;
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, HtmlAnchorElement};

/// How long a browser is given to begin a download before its address ends.
const DOWNLOAD: std::time::Duration = std::time::Duration::from_secs(60);

/// What is taken away. Copies are the same.
#[derive(Clone, Copy, Default)]
pub struct ExportStore {
    /// The newest export, as far as it is.
    pub progress: Answer<Progress>,
    /// What that is of.
    pub what: State<Taken>,
    /// The newest script.
    pub script: Answer<Script>,
    /// How many columns are left out of it because they can't be read.
    pub left_out: State<usize>,
    asked: Local<Option<Asked>>,
    number: Local<u32>,
}

/// What was asked for: format, columns, those of them that are left out by their place, and whether values that can't be
/// read are left empty.
type Asked = (Format, Vec<String>, Vec<u32>, bool);

/// What is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Taken {
    /// Rows.
    #[default]
    Rows,
    /// Groups of rows.
    Groups,
    /// Images.
    Images,
    /// Pairs of what people prefer.
    Pairs,
}

/// Where a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where the user chooses.
    Chosen,
    /// To the origin's storage, and from there to the downloads.
    Storage,
    /// Kept in memory until it is whole.
    Memory,
}

impl ExportStore {
    pub(super) fn clear(self) {
        self.progress.set(None);
        self.script.set(None);
    }

    pub(super) fn receive(self, progress: Progress) {
        if progress.id == self.number.get_value() {
            self.progress.set(Some(Arc::new(progress)));
        }
    }
}

impl Store {
    /// Writes the matching rows to a file.
    pub fn export_rows(self, format: Format, columns: Vec<String>) {
        self.begin_rows((format, columns, Vec::new(), false));
    }

    /// Does so once more, without the columns that could not be read.
    pub fn export_without(self) {
        let bad = self.export.progress.with_untracked(|progress| {
            match progress.as_ref().map(|progress| &progress.stage) {
                Some(Stage::Unreadable { columns, .. }) => columns.iter().map(|(place, _)| *place).collect(),
                Some(
                    Stage::Waiting
                    | Stage::Paused
                    | Stage::Checking
                    | Stage::Writing
                    | Stage::Done
                    | Stage::Failed(_)
                    | Stage::Cancelled,
                )
                | None => Vec::new(),
            }
        });
        if let Some((format, columns, mut without, empty)) = self.export.asked.get_value() {
            without.extend::<Vec<u32>>(bad);
            self.begin_rows((format, columns, without, empty));
        }
    }

    /// Does so once more, with values that can't be read left empty.
    pub fn export_empty(self) {
        if let Some((format, columns, without, _)) = self.export.asked.get_value() {
            self.begin_rows((format, columns, without, true));
        }
    }

    fn begin_rows(self, asked: Asked) {
        let (format, columns, without, empty) = asked.clone();
        self.export.left_out.set(without.len());
        self.export.asked.set_value(Some(asked));
        let id = self.next_export();
        let name = format!("{}.{}", self.file_stem(), format.ending());
        let request = LazyRequest::Export(Start {
            id,
            format,
            columns,
            without,
            empty,
            groups: None,
            name: name.clone(),
        });
        self.write_file(id, Taken::Rows, request, &name, (format.mime(), format.ending()));
    }

    /// Writes the groups that are shown to a file.
    pub fn export_groups(self, format: Format) {
        let groups = self.spec.with_untracked(|spec| spec.groups.clone());
        let id = self.next_export();
        let name = format!("{}-groups.{}", self.file_stem(), format.ending());
        let (columns, without) = (Vec::new(), Vec::new());
        let request = LazyRequest::Export(Start {
            id,
            format,
            columns,
            without,
            empty: false,
            groups,
            name: name.clone(),
        });
        self.write_file(id, Taken::Groups, request, &name, (format.mime(), format.ending()));
    }

    /// Puts images into an archive.
    pub fn take_images(self, rows: Rows) {
        let id = self.next_export();
        let name = format!("{}-images.zip", self.file_stem());
        let request = LazyRequest::TakeImages(Images { id, rows, name: name.clone() });
        self.write_file(id, Taken::Images, request, &name, (ARCHIVE_MIME, "zip"));
    }

    /// Writes what people prefer to a file for training.
    pub fn export_pairs(self, form: PairsForm, options: Options, split: Option<Split>) {
        let id = self.next_export();
        let part = split.map(|Split { seed, percent, rest }| {
            let percent = if rest { 100 - percent } else { percent };
            format!("-{}{percent}-seed{seed}", if rest { "rest" } else { "part" })
        });
        let name =
            format!("{}-{}{}.{}", self.file_stem(), form.stem(), part.unwrap_or_default(), form.ending());
        let request = LazyRequest::ExportPairs(Pairs { id, form, options, split, name: name.clone() });
        self.write_file(id, Taken::Pairs, request, &name, (form.mime(), form.ending()));
    }

    fn next_export(self) -> u32 {
        let number = self.export.number.try_update_value(|number| {
            *number += 1;
            *number
        });
        number.unwrap_or_default()
    }

    /// Asks for a file to be written, by its media type and its ending.
    fn write_file(self, id: u32, what: Taken, request: LazyRequest, name: &str, kind: (&str, &str)) {
        let begin = move |handle: Option<&JsValue>| {
            let waiting =
                Progress { id, stage: Stage::Waiting, rows: 0, rows_total: 0, bytes: 0, missing: 0 };
            self.export.what.set(what);
            self.export.progress.set(Some(Arc::new(waiting)));
            self.send_along(&Request::Lazy(Written::new(&request)), "handle", handle);
        };
        // Only a press may ask for a file, so that it is asked for before anything is awaited.
        match picker().and_then(|picker| choose(&picker, name, kind)) {
            Some(choice) => spawn_local(async move {
                match JsFuture::from(choice).await {
                    Ok(handle) => begin(Some(&handle)),
                    // Nothing was chosen.
                    Err(error) if error_name(&error) == "AbortError" => {}
                    // Frames may not ask.
                    Err(_) => begin(None),
                }
            }),
            None => begin(None),
        }
    }

    /// Lets what is being written wait, or go on.
    pub fn pause_export(self, paused: bool) {
        self.send_lazy(&LazyRequest::PauseExport { paused });
    }

    /// Stops writing rows.
    pub fn cancel_export(self) {
        self.send_lazy(&LazyRequest::CancelExport);
    }

    /// Asks for the view as a program.
    pub fn ask_script(self, dialect: Dialect) {
        let columns = self.spec.with_untracked(|spec| spec.columns.clone()).unwrap_or_default();
        let rows = self.spec.with_untracked(Spec::rows);
        let groups =
            self.spec.with_untracked(|spec| spec.groups.clone().filter(|_| spec.view == View::Groups));
        self.send_lazy(&LazyRequest::Script(Want { dialect, rows, columns, groups }));
    }

    /// Bytes that have to be read to write these columns, at most: values are taken as they are in the file, not
    /// as they are shown.
    pub fn export_costs(self, columns: &[String]) -> u64 {
        self.opened.with(|opened| {
            let all = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            all.iter().filter(|column| columns.contains(&column.name)).map(|column| column.bytes).sum()
        })
    }

    /// Whether a search waits for the user to agree to what it costs.
    pub fn search_waits(self) -> bool {
        self.spec.with(|spec| spec.query.is_some()) && self.search_costs().is_some()
    }

    /// What to call a file of the open table, without an ending.
    pub(super) fn file_stem(self) -> String {
        let table =
            self.spec.with_untracked(|spec| spec.table.as_ref().map(url::print_table)).unwrap_or_default();
        let last = table.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let stem = sniff::stem(last);
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        let stem: String = stem.chars().map(plain).take(80).collect();
        if stem.trim_matches(['-', '.']).is_empty() { "rows".to_owned() } else { stem }
    }
}

/// Where a file would be written.
pub fn place() -> Place {
    if picker().is_some() {
        return Place::Chosen;
    }
    let get = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let storage = get(window().navigator().as_ref(), "storage");
    let has_folder =
        storage.and_then(|storage| get(&storage, "getDirectory")).is_some_and(|way| way.is_function());
    let stream = get(window().as_ref(), "FileSystemFileHandle")
        .and_then(|class| get(&class, "prototype"))
        // Looking at the method of the prototype itself is allowed, calling it is not.
        .is_some_and(|class| Reflect::has(&class, &"createWritable".into()).unwrap_or(false));
    if has_folder && stream { Place::Storage } else { Place::Memory }
}

/// The browser's own way to choose a file, where it has one.
fn picker() -> Option<Function> {
    Reflect::get(window().as_ref(), &"showSaveFilePicker".into()).ok()?.dyn_into().ok()
}

fn choose(picker: &Function, name: &str, (mime, ending): (&str, &str)) -> Option<Promise> {
    let set = |object: &Object, key: &str, value: &JsValue| drop(Reflect::set(object, &key.into(), value));
    let (options, kind, accept) = (Object::new(), Object::new(), Object::new());
    set(&accept, mime, &Array::of1(&format!(".{ending}").into()));
    set(&kind, "accept", &accept);
    set(&options, "suggestedName", &name.into());
    set(&options, "types", &Array::of1(&kind));
    picker.call1(window().as_ref(), &options).ok()?.dyn_into().ok()
}

fn error_name(error: &JsValue) -> String {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// Puts a file among the downloads.
pub fn download(name: &str, file: &Blob) {
    let Ok(address) = web_sys::Url::create_object_url_with_blob(file) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    set_timeout(move || drop(web_sys::Url::revoke_object_url(&address)), DOWNLOAD);
}
