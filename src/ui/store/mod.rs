//! Everything that the page knows, and the only code that changes it.
//!
//! Components read the signals and call the functions. What the user does changes the [`Spec`];
//! the address bar, the request to the data thread and the charts all follow from it. Answers
//! come back through [`Store::receive`](receive). Answers older than what is shown are dropped.

mod actions;
mod added;
mod brush;
mod chosen;
mod compare;
mod count;
mod detail;
mod export;
pub mod facts;
mod figures;
mod history;
mod image_settings;
mod images;
mod join;
mod kept;
mod labels;
mod lazy;
mod notices;
mod outcome;
mod pairs;
mod pin;
mod places;
mod receive;
mod rows;
mod search;
mod show;
mod sight;
mod state;
mod table;
mod token;
mod undo;

use crate::base::ids::Generation;
use crate::protocol::browse::Listed;
use crate::protocol::describe::Described;
use crate::protocol::group_by::Groups;
use crate::protocol::like::Likes;
use crate::protocol::outcome::Outcome;
use crate::protocol::plot::Plot;
use crate::protocol::suggest::Suggestions;
use crate::protocol::{
    Chart, Count, Cube, Detail, LazyRequest, Opened, Progress, Request, Rows, ShellRequest, Show, Traffic,
};
use crate::protocol::{Phrases, Prompts, QueryState};
use crate::ui::runtime::marks::mark;
use crate::ui::runtime::worker_link::{Said, Sent, WorkerLink, Written};
use crate::view::chart::Measure;
use crate::view::spec::{Spec, TableRef};
pub use brush::Live;
use chosen::ChosenStore;
use compare::CompareStore;
pub use compare::{DIFFERING, PickFor};
pub use count::{asks_anything, count_now};
pub use export::{ExportStore, Place, Taken, place};
pub use figures::{FigureStore, Picturing};
pub use images::{ImageStore, Part, Shot, Shown, size_px};
use kept::KeptStore;
pub use lazy::{Reader, read_lazy};
pub use notices::{Item, ItemAction};
pub use pairs::{PairsStore, Sided};
pub use places::Pictures;
pub use receive::prompt_of;
pub use rows::{RowCache, RowData};
pub use search::Reading;
pub use sight::Sight;
pub use state::State;
use state::{Answer, Local};

use crate::base::sorted::{Map, Set};
use leptos::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;
use wasm_bindgen::JsValue;

/// Rows asked for before it is known how many fit.
const FIRST_ROWS: u64 = 16;

/// How a change gets into the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// As a step that the back button takes back.
    Step,
    /// As a part of the step before.
    Replace,
    /// Not yet: more of the same is coming.
    Later,
}

/// The page's state. Copies are the same state.
#[derive(Clone, Copy, Default)]
pub struct Store {
    /// What the address bar holds.
    pub spec: State<Spec>,
    /// What there is to choose from, where a repository is looked into.
    pub listed: Answer<Listed>,
    /// What the file says of itself, as far as it was asked.
    pub described: Answer<Described>,
    /// The open table, once its footer is read.
    pub opened: State<Option<Arc<Opened>>>,
    /// Newest chart of each column.
    pub charts: State<Map<String, Arc<Chart>>>,
    /// Columns whose charts are asked for.
    pub wanted: State<Set<String>>,
    /// What a drag computes between two answers.
    pub live: Answer<Live>,
    /// Counts up with every change of the filters.
    pub generation: State<Generation>,
    /// Newest count.
    pub count: State<Option<Count>>,
    /// What became of the query.
    pub query: State<QueryState>,
    /// Prompts of the result that are at hand.
    pub prompts: Answer<Prompts>,
    /// What prompts are made of.
    pub phrases: Answer<Phrases>,
    /// Prompts by rank.
    pub likes: Answer<Likes>,
    /// Words that begin as what was being typed.
    pub suggestions: Answer<Suggestions>,
    /// Groups of rows by the values of columns.
    pub groups: Answer<Groups>,
    /// Two columns against each other.
    pub plot: Answer<Plot>,
    /// What goes along with an outcome.
    pub outcome: Answer<Outcome>,
    /// What the heights of charts stand for.
    pub measure: State<Measure>,
    /// Steps that can be taken back, and those that were.
    pub steps: State<(usize, usize)>,
    /// The table for which a search of any size was agreed to.
    agreed: State<bool>,
    /// A column to sort by that has to be read first, and whether the others stay.
    sort_waits: State<Option<(String, bool)>>,
    /// The table for which sorting at any cost was agreed to.
    sort_agreed: State<bool>,
    /// Rows of the result that are at hand.
    pub rows: State<RowCache>,
    /// How far each column is read.
    pub progress: State<Map<String, Progress>>,
    /// What has been read in all.
    pub traffic: State<Traffic>,
    /// What went wrong, newest first.
    pub notices: State<Vec<Item>>,
    /// All fields of the selected row.
    pub detail: Answer<Detail>,
    /// The column whose chart is being dragged.
    pub dragging: State<Option<String>>,
    /// Position of the row that the keys move.
    pub active: State<u64>,
    /// The row under the pointer.
    pub hovered: Answer<RowData>,
    /// Whether the fields of a row are explained.
    pub explained: State<bool>,
    /// Rows that someone has chosen.
    pub chosen: ChosenStore,
    /// The images of each prompt.
    pub compare: CompareStore,
    /// Pairs of what people prefer.
    pub pairs: PairsStore,
    /// The images.
    pub images: ImageStore,
    /// What is kept on this device.
    pub kept: KeptStore,
    /// What is being taken away.
    pub export: ExportStore,
    /// Charts that are being drawn.
    pub figures: FigureStore,
    /// A word on what has just been done, for a moment.
    pub whisper: State<Cow<'static, str>>,
    inner: Local<Inner>,
}

/// What no component looks at.
#[derive(Default)]
struct Inner {
    link: Option<WorkerLink>,
    files: Vec<web_sys::File>,
    table: Option<TableRef>,
    show_is_due: bool,
    sent: Option<Show>,
    window: (u64, u32),
    /// Rows that wait for the next frame.
    rows_come: Vec<Rows>,
    /// The column whose cube was asked for, and the generation from which it is good.
    touched: Option<(String, Generation)>,
    cube: Option<Arc<Cube>>,
    before_drag: Option<Spec>,
    select_at: Option<u64>,
    steps: undo::Steps,
    marked: Set<&'static str>,
    next_notice: u64,
    lazy: lazy::Waiting,
}

impl Store {
    /// The state of the link that the page was opened with.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over a new state: the one place where the state of the link changes.
    fn apply(self, mut next: Spec, commit: Commit) {
        let before = self.spec.get_untracked();
        if before == next && commit != Commit::Step {
            return;
        }
        // What is prompt and what is not decides what is read: the table is opened anew.
        let new_table = !before.opens_as(&next);
        let new_filters = before.filters != next.filters
            || before.query != next.query
            || before.subset != next.subset
            || before.sort != next.sort;
        if new_filters && before.at == next.at {
            // Another result begins at its top.
            next.at = None;
        }
        let new_pin = before.pin != next.pin;
        let new_row = before.row != next.row;
        let row = next.row;
        if new_filters || new_pin {
            self.generation.update(|generation| *generation = generation.next());
            self.forget_cube_unless_dragged(&before, &next);
        }
        if new_filters {
            self.chosen.forget_positions();
        }
        if commit == Commit::Step && before == next {
            return;
        }
        self.spec.set(next);
        self.write_history(commit);
        if commit == Commit::Step {
            self.remember_step(&before);
        }
        if new_table {
            self.follow_table();
        } else {
            self.show_soon();
            // Where the row stands in the result is part of its details.
            if new_row || (new_filters && row.is_some() && commit == Commit::Step) {
                self.show_now();
                self.follow_row(row);
            }
        }
    }

    fn follow_row(self, row: Option<u64>) {
        if let Some(row) = row {
            if self.detail.with_untracked(|detail| detail.as_ref().is_none_or(|detail| detail.row != row)) {
                self.detail.set(None);
            }
            self.send(&Request::Detail { row });
        } else {
            self.detail.set(None);
        }
    }

    fn send(self, request: &Sent) {
        self.send_with(request, &[]);
    }

    /// Sends what only lazily loaded views and panels ask: whoever calls this has the code that writes it down.
    fn send_lazy(self, request: &LazyRequest) {
        self.send(&Request::Lazy(Written::new(request)));
    }

    fn send_with(self, request: &Sent, files: &[web_sys::File]) {
        let files: js_sys::Array = files.iter().collect();
        self.send_along(request, "files", (files.length() > 0).then_some(files.as_ref()));
    }

    /// Sends a request with something that can't be written down.
    fn send_along(self, request: &Sent, name: &str, along: Option<&JsValue>) {
        self.with_link(&|link| link.send(request, name, along));
    }

    fn send_to_shell(self, request: &ShellRequest) {
        self.with_link(&|link| link.send_to_shell(request));
    }

    /// Hands on the link to the data thread, which is started where there is none.
    fn with_link(self, send: &dyn Fn(&WorkerLink)) {
        self.inner.update_value(|inner| {
            if inner.link.is_none() {
                match WorkerLink::start(move |said| self.hear(said)) {
                    Ok(link) => inner.link = Some(link),
                    Err(error) => {
                        set_timeout(move || self.say_thread_died(&error), std::time::Duration::ZERO);
                    }
                }
            }
            if let Some(link) = &inner.link {
                send(link);
            }
        });
    }

    fn hear(self, said: Said) {
        match said {
            Said::Saved { name, file } => export::download(&name, &file),
            Said::Responses(responses) => responses.into_iter().for_each(|response| self.receive(response)),
            Said::Died(error) => self.say_thread_died(&error),
        }
    }
}

/// Where the page lives, with a slash at the end.
pub(super) fn base() -> String {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    let plain = uri.split(['?', '#']).next().unwrap_or_default();
    plain.rsplit_once('/').map_or_else(|| plain.to_owned(), |(folder, _)| format!("{folder}/"))
}

/// The store that the components above have given.
pub fn use_store() -> Store {
    // The root component provides it before any other component is made; a new one would be an
    // empty page rather than a crash.
    use_context::<Store>().unwrap_or_default()
}
