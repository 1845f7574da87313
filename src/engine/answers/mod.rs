//! What the page is told, and when: the one owner that reports anything.
//!
//! [`Answers`] holds the view that is shown. It says what the view needs as demands, derives what has to
//! be reported again from what changed ([`due`]), and reports it.

mod cells;
mod charts;
mod chat;
mod describe;
mod due;
pub mod group_by;
mod groups;
mod lists;
mod membership;
pub mod notice;
mod outcome;
pub mod pace;
mod pairs;
mod plot;
mod report;
mod rows;
mod same_prompt;
mod script;

pub use cells::cell;
pub use describe::description;
pub use groups::PickedRows;
pub use report::report;
pub use script::report_script;

use super::Effect;
use super::change::Change;
use super::data::{Data, Origin};
use super::demand::{Class, Demand, Field, Rows, Who};
use super::images::Images;
use super::result::Matches;
use crate::protocol::describe::Describe;
use crate::protocol::images::ImageColumn;
use crate::protocol::{LoadState, MAX_WINDOW, Progress, Response, Show};
use crate::view::catalog::SubsetRows;
use charts::PinnedCounts;
use due::{Due, Looks, ViewChange};
use group_by::GroupByState;
use groups::GroupsState;
use lists::Lists;
use outcome::OutcomeState;
use pace::Pace;
use pairs::PairsState;
use plot::PlotState;
use same_prompt::SamePrompt;

/// Rows behind the screen for which the next file is opened.
const ROWS_AHEAD: u64 = 400;

/// The view that is shown, and what of it the page knows.
#[derive(Default)]
pub struct Answers {
    show: Show,
    /// The row whose details are open.
    detail: Option<u64>,
    /// What was last asked of the file itself: it is told again when more of it is known.
    described: Option<Describe>,
    groups: GroupsState,
    pairs: PairsState,
    group_by: GroupByState,
    plot: PlotState,
    outcome: OutcomeState,
    lists: Lists,
    pinned_counts: PinnedCounts,
    same: SamePrompt,
    due: Due,
    /// What was last reported of each column's reading: bytes, and where it stands.
    progress: Vec<(u64, LoadState)>,
}

impl Answers {
    /// Nothing is shown yet, and everything is to be reported.
    pub fn new() -> Self {
        Self { due: Due::everything(), ..Self::default() }
    }

    /// Takes over another view.
    pub fn take_show(
        &mut self,
        show: Show,
        data: &mut Data,
        matches: &mut Matches,
        effects: &mut Vec<Effect>,
    ) {
        let show = Show { count: show.count.min(MAX_WINDOW), ..show };
        let before = std::mem::replace(&mut self.show, show);
        // What is joined decides which columns there are.
        let filters = self.show.generation != before.generation
            || self.show.rows.filters != before.rows.filters
            || self.show.joins != before.joins;
        self.ask(&before, filters, data, matches, effects);
    }

    /// Asks again for the same: there are columns that were not there before, or it is known that none will come.
    pub fn ask_again(&mut self, data: &mut Data, matches: &mut Matches, effects: &mut Vec<Effect>) {
        let before = self.show.clone();
        before.rows.sort.iter().for_each(|key| data.load(&key.column));
        self.ask(&before, true, data, matches, effects);
        self.plot.recount();
        self.group_by.forget();
        self.outcome.recount();
    }

    /// There are no labels on the device: what was asked of them is told to be left out.
    pub fn ask_again_for_unknown(
        &mut self,
        data: &mut Data,
        matches: &mut Matches,
        effects: &mut Vec<Effect>,
    ) {
        let is_unknown = |name: &String| data.column(name).is_none();
        if self.show.rows.filters.iter().any(|(name, _)| is_unknown(name)) {
            self.ask_again(data, matches, effects);
        }
    }

    /// Asks for what is shown, in place of what was before; `filters` says whether clauses are to be looked at.
    fn ask(
        &mut self,
        before: &Show,
        filters: bool,
        data: &mut Data,
        matches: &mut Matches,
        effects: &mut Vec<Effect>,
    ) {
        let now = &self.show;
        let added = data.set_added(&now.added);
        if data.lacks_joins(&now.joins) {
            report(effects, Response::Notice(notice::no_extras()));
        }
        if data.set_joins(&now.joins) || added {
            report(effects, Response::Grown(data.opened()));
        }
        for name in &now.charts {
            data.load(name);
        }
        data.load_what_rows_need(&now.columns);
        if self.detail.is_some() {
            data.want_all_joined();
        }
        data.want_joined(now.columns.iter().chain(&now.extras));
        let answer = matches.ask(now, filters, data);
        // Not for each window of a list, so that reading that was paused stays so.
        if self.lists_prompts() && now.list != before.list {
            data.load_prompts();
            let ranges: Vec<String> = lists::ranges(data).map(str::to_owned).collect();
            ranges.iter().for_each(|name| data.load(name));
        }
        self.group_by.load(data);
        self.plot.load(data);
        self.outcome.load(data);
        let change = ViewChange {
            rows_asked: filters || answer.changed,
            filters,
            window: (now.first, now.count) != (before.first, before.count),
            columns: now.columns != before.columns || now.extras != before.extras,
            charts: now.charts != before.charts,
            pin: now.pin != before.pin,
            list: now.list != before.list,
        };
        self.due.note_view(change, self.detail.is_some());
        if let Some(query) = answer.query {
            report(effects, Response::Query(query));
        }
        if let Some(notice) = notice::clauses_left_out(&answer.left_out) {
            report(effects, Response::Notice(notice));
        }
    }

    /// Opens the details of a row.
    pub fn open_detail(&mut self, row: u64, data: &Data) {
        self.detail = Some(row).filter(|row| *row < data.meta.rows || data.files.unread());
        self.due.note_detail();
    }

    // ------------------------------------------------------------ what is needed

    /// What the view needs of the table.
    pub fn demands(&self, data: &Data, matches: &Matches, image_columns: &[String]) -> Vec<Demand> {
        // Pages are found from front to back, whatever the order of the rows.
        let mut window: Vec<u64> =
            matches.window(self.show.first, self.show.count).into_iter().map(u64::from).collect();
        window.sort_unstable();
        let demand = |who, rows: &[u64], fields, class| Demand {
            who,
            rows: Rows::These(rows.to_vec()),
            fields,
            class,
        };
        let all = || (0..data.columns.len()).map(Field::Column);
        let open_row: Vec<u64> = self.detail.into_iter().collect();
        let image_place = |field: &Field| leads_to_image(*field, data, image_columns);
        let on_screen = self.fields(&self.show.columns, data);
        let extras = self.fields(&self.show.extras, data).into_iter();
        let extras = extras.filter(|field| !on_screen.contains(field)).collect();
        let is_prompt = |field: &Field| matches!(field, Field::Column(place) if data.prompt == Some(*place));
        let (mut prompt, cells): (Vec<Field>, Vec<Field>) = on_screen.into_iter().partition(is_prompt);
        if matches.has_prompts() && !self.makes_of_prompts(data) {
            prompt.clear();
        }
        let of_row = |wanted: &dyn Fn(&Field) -> bool| all().filter(wanted).collect::<Vec<_>>();
        let mut demands = vec![
            demand(Who::Detail, &open_row, of_row(&is_prompt), Class::First),
            demand(Who::Screen, &window, prompt, Class::First),
            // Where the image of the open row is, then the screen, then its other values.
            demand(Who::Detail, &open_row, of_row(&image_place), Class::Screen),
            demand(Who::Screen, &window, cells, Class::Screen),
            demand(
                Who::Detail,
                &open_row,
                of_row(&|field| !image_place(field) && !is_prompt(field)),
                Class::Screen,
            ),
            demand(Who::Screen, &window, extras, Class::Image),
        ];
        let PickedRows { rows, columns } = self.groups.picked();
        demands.push(demand(Who::Picked, rows, self.fields(columns, data), Class::Image));
        demands.retain(|demand| demand.rows != Rows::These(Vec::new()) && !demand.fields.is_empty());
        if let Some(class) = self.needs_files(data, matches) {
            demands.push(Demand { who: Who::Screen, rows: Rows::Further, fields: Vec::new(), class });
        }
        demands
    }

    /// Whether what is shown is made of prompts, one by one.
    fn makes_of_prompts(&self, data: &Data) -> bool {
        let shown = self.show.columns.iter().chain(&self.show.extras);
        shown.filter_map(|name| data.column(name)).any(|column| match column.origin {
            Origin::Derived(made) => !column.complete && made.parts().any(|part| data.prompt == Some(part)),
            Origin::Leaf(_) | Origin::Nested { .. } => false,
        })
    }

    /// Wants the prompts of the rows on the screen of an index, where it has them; whether some of them have come.
    pub fn want_prompts(&self, data: &Data, matches: &mut Matches) -> bool {
        // Looking for the rows in sight takes long where few match.
        if !self.due.has_rows() && !matches.may_have_prompts() {
            return false;
        }
        let column = data.prompt_column().filter(|column| self.show.columns.contains(&column.info.name));
        let mut rows = Vec::new();
        if let Some(column) = column.filter(|_| matches.has_prompts() && !self.makes_of_prompts(data)) {
            rows = matches.window(self.show.first, self.show.count);
            rows.retain(|row| column.value(u64::from(*row)).is_none());
        }
        matches.want_prompts(&rows)
    }

    /// The columns of these names; where one is made of others, those.
    fn fields(&self, names: &[String], data: &Data) -> Vec<Field> {
        let mut fields = Vec::new();
        for place in names.iter().filter_map(|name| data.place(name)) {
            let Some(column) = data.columns.get(place) else { continue };
            match column.origin {
                Origin::Derived(made) if !column.complete => fields.extend(made.parts().map(Field::Column)),
                Origin::Derived(_) => {}
                Origin::Leaf(_) | Origin::Nested { .. } => fields.push(Field::Column(place)),
            }
        }
        fields
    }

    /// Whether rows of files are needed that are not open, and how urgently.
    fn needs_files(&self, data: &Data, matches: &Matches) -> Option<Class> {
        if !data.files.unread() {
            return None;
        }
        let window_end =
            self.show.first.saturating_add(u64::from(self.show.count)).saturating_add(ROWS_AHEAD);
        // A subset of the first rows ends where it ends.
        let ends = matches!(matches.subset(), Some(SubsetRows::First(rows)) if rows <= data.meta.rows);
        let screen = self.show.count > 0 && !ends && window_end > u64::from(matches.matching());
        if screen || self.detail.is_some_and(|row| row >= data.meta.rows) {
            return Some(Class::First);
        }
        let needs = |subset| match subset {
            Some(SubsetRows::First(rows)) => rows > data.meta.rows,
            Some(SubsetRows::Random { .. }) => true,
            Some(SubsetRows::Shards(_)) | None => false,
        };
        (needs(matches.subset()) || needs(matches.pinned_subset())).then_some(Class::Settings)
    }

    /// Whether images are what the view shows.
    pub fn shows_images(&self) -> bool {
        self.show.images_first
    }

    /// Whether a chart on the screen shows this column.
    pub fn charts(&self, name: &str) -> bool {
        self.show.charts.iter().any(|chart| chart == name)
    }

    // ------------------------------------------------------------ what is reported

    /// Derives what has to be reported again.
    pub fn note(
        &mut self,
        changes: &[Change],
        data: &mut Data,
        matches: &Matches,
        effects: &mut Vec<Effect>,
    ) {
        for change in changes {
            let looks = self.looks(change, data, matches);
            if looks.is_prompt && matches!(change, Change::Grew { .. }) {
                self.lists.forget();
            }
            self.due.note(change, looks);
            self.group_by.follow(change, data);
            self.plot.follow(change, data);
            self.outcome.follow(change, data);
            if let Change::Binned { column } = change {
                self.pinned_counts.forget(*column);
            }
            match change {
                Change::Failed { column, error: Some(error) } => {
                    if let Some(column) = data.columns.get(*column) {
                        report(effects, Response::Notice(notice::column_failed(&column.info.name, error)));
                    }
                }
                Change::Damaged { column } => {
                    if let Some(column) = data.columns.get(*column) {
                        let notice = notice::column_damaged(&column.info.name, &column.damages);
                        report(effects, Response::Notice(notice));
                    }
                }
                Change::MeasuresFailed { error } => {
                    report(effects, Response::Notice(notice::no_measures(error)));
                }
                Change::FileLeftOut { name, error } => {
                    report(effects, Response::Notice(notice::file_left_out(name, error)));
                }
                Change::Files => {
                    // All files are open, and none of them has the row that a link names.
                    let ends = data.meta.rows;
                    self.detail.take_if(|row| *row >= ends && !data.files.unread());
                    if data.files.is_worth_reporting(data.meta.rows) {
                        report(effects, Response::Grown(data.opened()));
                    }
                }
                Change::Failed { error: None, .. }
                | Change::Grew { .. }
                | Change::Relabelled { .. }
                | Change::Binned { .. }
                | Change::Pages
                | Change::Matches { .. }
                | Change::Counted
                | Change::Order => {}
            }
        }
    }

    fn looks(&self, change: &Change, data: &Data, matches: &Matches) -> Looks {
        let column = match change {
            Change::Grew { column, .. } | Change::Relabelled { column } => Some(*column),
            Change::Binned { .. }
            | Change::Failed { .. }
            | Change::Damaged { .. }
            | Change::Pages
            | Change::Files
            | Change::FileLeftOut { .. }
            | Change::MeasuresFailed { .. }
            | Change::Matches { .. }
            | Change::Counted
            | Change::Order => None,
        };
        let name = column.and_then(|place| data.columns.get(place)).map(|column| &column.info.name);
        let shows = |name| self.show.columns.contains(name) || self.show.extras.contains(name);
        Looks {
            shows_column: self.groups.picks() || name.is_some_and(shows),
            is_prompt: column.is_some() && data.prompt == column,
            searches: matches.is_searching(),
            lists: self.lists_prompts(),
            detail: self.detail.is_some(),
        }
    }

    /// What has only grown goes along with what is reported anyway, or when it is time for it. Counts the
    /// matching rows anew where that is due.
    pub fn refresh(&mut self, matches: &mut Matches, pace: &mut Pace) {
        if self.due.is_deferred() && (self.due.counts() || pace.is_due()) {
            self.due.take_deferred();
            pace.look();
        } else if self.due.counts() && matches.is_searching() {
            pace.look();
        }
        if self.due.recounts(self.lists_prompts()) {
            self.groups.refilter();
            self.pairs.refilter();
            matches.refresh();
            self.lists.forget();
            self.group_by.forget();
            self.plot.recount();
            self.outcome.recount();
        }
    }

    /// Holds the rows on the screen against the query, and what an index says of their prompts against the file.
    pub fn check_shown(&self, matches: &mut Matches, data: &Data) {
        if self.due.has_rows() {
            let rows = matches.window(self.show.first, self.show.count);
            matches.check_shown(&rows, self.detail, data);
        }
    }

    /// Reports what is due. Whether there is more to be done.
    pub fn report(
        &mut self,
        data: &Data,
        matches: &Matches,
        images: &Images,
        effects: &mut Vec<Effect>,
    ) -> bool {
        self.report_progress(data, effects);
        if let Some(masks) = self.due.take_counts() {
            self.report_counts(masks, data, matches, effects);
        }
        self.report_groups(data, matches, effects);
        self.report_pairs(data, matches, images, effects);
        let mut more = self.report_lists(data, matches, effects);
        more |= self.report_outcome(data, matches, effects);
        self.report_group_by(data, matches, effects);
        self.report_plot(data, matches, effects);
        if self.due.take_rows() {
            self.report_rows(data, matches, effects);
            self.report_picked(data, effects);
        }
        if self.due.take_detail() {
            self.report_detail(data, matches, effects);
        }
        more
    }

    /// Whether something waits for the next refresh.
    pub fn is_deferred(&self) -> bool {
        self.due.is_deferred()
    }

    /// Reports how far columns are read, not more often than is seen.
    pub fn report_progress(&mut self, data: &Data, effects: &mut Vec<Effect>) {
        self.progress.resize(data.columns.len(), (0, LoadState::Idle));
        for (column, reported) in data.columns.iter().zip(&mut self.progress) {
            let (state, bytes) = column.progress();
            // A hundredth is a pixel or two of a progress bar.
            let step = bytes.abs_diff(reported.0) * 100 >= column.info.bytes.max(1);
            if state != reported.1 || (state == LoadState::Loading && step) {
                *reported = (bytes, state);
                report(
                    effects,
                    Response::Progress(Progress {
                        column: column.info.name.clone(),
                        state,
                        bytes,
                        bytes_total: column.info.bytes,
                        rows: column.rows_read() as u64,
                    }),
                );
            }
        }
    }
}

/// Whether a column says where images are.
fn leads_to_image(field: Field, data: &Data, image_columns: &[String]) -> bool {
    let Field::Column(place) = field else { return false };
    let Some(name) = data.columns.get(place).map(|column| &column.info.name) else { return false };
    let addresses = match data.image_column() {
        Some(ImageColumn::Addresses { column }) => column == *name,
        Some(ImageColumn::Embedded { .. }) | None => false,
    };
    addresses || image_columns.contains(name)
}
