//! Writing pairs and rankings to a file, prompt by prompt.
//!
//! Which rows is settled once. Values come from columns that are read whole; images, where they go along, are read as
//! those of an archive are, a few at a time, and kept until the pairs of their prompt are written.

use super::lines::{Lines, Named, Prompt, Whole, table};
use super::lists::is_list;
use super::missing::{self, known_of};
use super::{Sources, number_of, side_name, text};
use crate::base::error::{Error, Result as Outcome};
use crate::engine::Effect;
use crate::engine::answers::report;
use crate::engine::data::{Data, Origin};
use crate::engine::demand::{Class, Demand, Rows, Who};
use crate::engine::images::{Images, Looked};
use crate::engine::jobs::pieces::{Encoded, Pieces};
use crate::engine::jobs::{Job, Progressed, load_deciding};
use crate::engine::output::export::task::{Failure, Task};
use crate::engine::result::Matches;
use crate::formats::parquet::meta::Logical;
use crate::protocol::export::{Pairs as Start, PairsForm, Progress, Split, Stage};
use crate::protocol::images::ImageColumn;
use crate::protocol::pairs::Kind;
use crate::protocol::texts::pairs as texts;
use crate::protocol::{Kind as Holds, LazyResponse};
use crate::table::pairs::{Groups, Image, Known, pairs_of};
use crate::table::verdict::Scale;
use crate::view::pairs::Options;
use crate::view::roles::Role;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Rows that are encoded together, and about how many bytes of images.
const BATCH_ROWS: usize = 2_000;
const BATCH_BYTES: usize = 8 << 20;

/// Images that are read at a time.
const WINDOW: usize = 8;

/// The most images of a prompt that are kept at a time.
const MAX_KEPT: usize = 200;

/// What can't be had is listed in the file up to so many.
const MAX_LISTED: usize = 1_000;

/// A file that is being written.
struct PairsFile {
    start: Start,
    names: Names,
    /// What is written, once that is settled.
    plan: Option<Plan>,
    next: usize,
    total: u64,
    done: u64,
    left_out: u64,
    missing: Vec<String>,
    files: BTreeMap<u64, Outcome<Rc<Vec<u8>>>>,
    window: Vec<u64>,
    lines: Option<Lines>,
    told: bool,
    file: Encoded,
    is_waiting: bool,
    /// Whether missing images are being looked for.
    is_looking: bool,
}

/// The columns that are written.
#[derive(Default)]
struct Names {
    id: Option<String>,
    words: Option<String>,
    category: Option<String>,
    /// What images are called; of rows with two images the first one.
    image: Option<String>,
    second: Option<String>,
    whole: Whole,
}

enum Plan {
    /// The images of each prompt.
    Groups(Groups),
    /// Rows with two images.
    Rows(Vec<u32>, Scale),
    /// Rows that list several images.
    Lists(Vec<u32>),
}

/// A file of which nothing is written.
///
/// # Errors
/// How it ends where the table has no such pairs.
pub fn begin(start: Start, data: &mut Data) -> Result<Box<dyn Job>, Stage> {
    let sources = Sources::of(data);
    let is_two = sources.kind == Kind::Two;
    if is_two && matches!(start.form, PairsForm::Ranking | PairsForm::Dpo) {
        return Err(Stage::Failed(texts::NOT_OF_TWO.to_owned()));
    }
    let is_listed = sources.list.is_some();
    if is_listed && start.form == PairsForm::Dpo {
        return Err(Stage::Failed(texts::NOT_OF_LISTS.to_owned()));
    }
    if !is_two && !is_listed && (sources.group.is_none() || sources.verdict.is_none()) {
        return Err(Stage::Failed(texts::NO_PAIRS.to_owned()));
    }
    let own = |role: Role| data.column_of(role).map(|column| column.info.name.clone());
    let of_images = || match data.image_column() {
        Some(ImageColumn::Addresses { column }) => Some(column),
        Some(ImageColumn::Embedded { .. }) | None => None,
    };
    let is_whole = |name: Option<String>| {
        name.and_then(|name| data.column(&name)).is_some_and(|column| match column.origin {
            Origin::Nested { first, end } => {
                let leaves = data.meta.columns.get(first..end).unwrap_or_default();
                leaves.iter().all(|leaf| matches!(leaf.logical, Logical::Int { .. }))
            }
            Origin::Leaf(_) | Origin::Derived(_) => column.info.kind == Holds::Integer,
        })
    };
    let first = if is_two {
        side_name(data, Role::ImageA)
    } else {
        own(Role::ImagePath).or_else(|| own(Role::ImageName)).or_else(of_images)
    };
    let names = Names {
        // A list of images names no prompt.
        id: own(Role::Group).filter(|name| data.column(name).is_some_and(|column| !is_list(column))),
        words: data.prompt_column().map(|column| column.info.name.clone()),
        category: own(Role::Category),
        second: if is_two { side_name(data, Role::ImageB) } else { None },
        image: first,
        whole: Whole { ranks: is_whole(own(Role::Rank)), ratings: is_whole(own(Role::Rating)) },
    };
    let mut needed: Vec<String> = sources.deciding().map(|column| column.info.name.clone()).collect();
    needed.extend(names.all().cloned());
    if start.options.readable {
        needed.extend(missing::columns(data, &Sources::of(data)));
    }
    needed.iter().for_each(|name| data.load(name));
    Ok(Box::new(PairsFile {
        lines: Some(Lines::new(start.form, names.whole)),
        file: Encoded::new(start.id),
        start,
        names,
        plan: None,
        next: 0,
        total: 0,
        done: 0,
        left_out: 0,
        missing: Vec::new(),
        files: BTreeMap::new(),
        window: Vec::new(),
        told: false,
        is_waiting: false,
        is_looking: false,
    }))
}

impl Names {
    fn all(&self) -> impl Iterator<Item = &String> {
        [&self.id, &self.words, &self.category, &self.image, &self.second].into_iter().flatten()
    }
}

impl Job for PairsFile {
    fn pieces(&self) -> &Pieces {
        &self.file.pieces
    }

    fn pieces_mut(&mut self) -> &mut Pieces {
        &mut self.file.pieces
    }

    fn report(&self, stage: Stage, effects: &mut Vec<Effect>) {
        let progress = Progress {
            id: self.start.id,
            stage,
            rows: self.done,
            rows_total: self.total,
            bytes: self.file.pieces.bytes(),
            missing: self.left_out,
        };
        report(effects, LazyResponse::Export(progress));
    }

    fn encoded(&mut self, outcome: Result<Vec<u8>, Failure>) -> Result<(), Stage> {
        self.file.take(outcome)
    }

    fn waits_for_encoder(&self) -> bool {
        self.file.is_encoding()
    }

    fn demands(&self, data: &Data, images: &Images) -> Vec<Demand> {
        let demand = |rows, fields, class| Demand { who: Who::ImageArchive, rows, fields, class };
        if self.plan.is_none() && data.files.unread() {
            return vec![demand(Rows::Further, Vec::new(), Class::Background)];
        }
        if self.window.is_empty() {
            return Vec::new();
        }
        vec![demand(Rows::These(self.window.clone()), images.fields(data), Class::Image)]
    }

    fn advance(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> Result<Progressed, Stage> {
        if self.plan.is_none() {
            let settled = self.settle(data, matches, images, effects)?;
            if self.plan.is_none() {
                if !self.is_waiting {
                    self.is_waiting = true;
                    self.report(Stage::Waiting, effects);
                }
                return Ok(settled);
            }
        }
        if self.file.pieces.is_last_over() {
            return Ok(Progressed::at_the_end(&self.file.pieces));
        }
        if self.file.write(effects) {
            self.report(Stage::Writing, effects);
        }
        if !self.file.is_free() {
            return Ok(Progressed::Waits);
        }
        let mut more = false;
        if let Some(task) = self.next_task(data, images, &mut more)? {
            self.file.encode(task, effects);
            self.report(Stage::Writing, effects);
        }
        // What new images need is found out by another step.
        Ok(if more { Progressed::More } else { Progressed::Waits })
    }
}

impl PairsFile {
    /// Settles which pairs are written, once all is here that decides it; until then, whether there is more to be done
    /// at once.
    fn settle(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        images: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> Result<Progressed, Stage> {
        load_deciding(data, matches).map_err(failed)?;
        let sources = Sources::of(data);
        let deciding: Vec<String> = sources.deciding().map(|column| column.info.name.clone()).collect();
        let needed: Vec<&String> = deciding.iter().chain(self.names.all()).collect();
        let columns = || needed.iter().filter_map(|name| data.column(name));
        if let Some(column) = columns().find(|column| column.failed) {
            return Err(Stage::Failed(texts::column_unreadable(&column.info.name)));
        }
        if !matches.is_settled(data) || columns().any(|column| !column.complete) {
            return Ok(Progressed::Waits);
        }
        let options = self.start.options;
        if options.readable {
            let anew = !std::mem::replace(&mut self.is_looking, true);
            let Looked { done, more } =
                missing::look_for_missing(images, data, matches, (&options, anew), effects);
            if !done {
                return Ok(if more { Progressed::More } else { Progressed::Waits });
            }
        }
        let plan = match sources.kind {
            Kind::Two => {
                let scale = sources.scale();
                let rows = matches.window(0, matches.matching());
                let is_ordered = |row: &u32| {
                    sources.share(scale, *row).is_some_and(|share| share != 0.5)
                        && self.is_in_split(data, *row)
                };
                let mut rows: Vec<u32> = rows.into_iter().filter(is_ordered).collect();
                if options.readable {
                    rows.retain(|row| {
                        let is_missing = known_of(images.readable(), *row).contains(&Known::Missing);
                        if is_missing {
                            self.leave_out(&format!("row {}", u64::from(*row) + 1), texts::MISSING_IMAGE);
                        }
                        !is_missing
                    });
                }
                self.total = rows.len() as u64;
                Plan::Rows(rows, scale)
            }
            Kind::Ranked | Kind::Rated if sources.list.is_some() => {
                let rows = matches.window(0, matches.matching());
                for row in &rows {
                    let images = sources.listed(*row).images;
                    self.total += self.written_of(&images, data);
                    self.leave_out_missing(&images, data);
                }
                Plan::Lists(rows)
            }
            Kind::Ranked | Kind::Rated => {
                let groups = sources.groups(matches, images.readable()).unwrap_or_default();
                let own = |group: &[Image]| self.written_of(group, data);
                self.total = groups.iter().map(own).sum();
                groups.iter().for_each(|group| self.leave_out_missing(group, data));
                Plan::Groups(groups)
            }
        };
        self.plan = Some(plan);
        Ok(Progressed::More)
    }

    /// Takes note of what of a group is left out for images that are missing: pairs, of rankings images.
    fn leave_out_missing(&mut self, group: &[Image], data: &Data) {
        let options = self.start.options;
        let first = group.first().map_or(0, |image| image.row);
        if !options.readable || !self.is_in_split(data, first) {
            return;
        }
        let is_missing = |image: &&Image| image.file == Known::Missing && (image.is_here || options.whole);
        let missing: Vec<&Image> = group.iter().filter(is_missing).collect();
        self.left_out += match self.start.form {
            PairsForm::Ranking => missing.len() as u64,
            PairsForm::JsonLines
            | PairsForm::Csv
            | PairsForm::Parquet
            | PairsForm::Trl
            | PairsForm::TrlUnpaired
            | PairsForm::Dpo => {
                // Ties are not written anyway.
                let pairs = pairs_of(group, &options);
                pairs.missing - pairs.missing_tied
            }
        };
        for image in missing {
            self.note(format!("{}\t{}", self.name_of(data, image), texts::MISSING_IMAGE));
        }
    }

    /// How many rows of the file come of a group.
    fn written_of(&self, group: &[Image], data: &Data) -> u64 {
        let first = group.first().map_or(0, |image| image.row);
        if !self.is_in_split(data, first) {
            return 0;
        }
        match self.start.form {
            PairsForm::Ranking => u64::from(ranking(group, &self.start.options).len() > 1),
            PairsForm::JsonLines
            | PairsForm::Csv
            | PairsForm::Parquet
            | PairsForm::Trl
            | PairsForm::TrlUnpaired
            | PairsForm::Dpo => pairs_of(group, &self.start.options).ordered.len() as u64,
        }
    }

    fn is_in_split(&self, data: &Data, row: u32) -> bool {
        let Some(split) = self.start.split else { return true };
        let id = self.text(&self.names.id, data, row).or_else(|| self.text(&self.names.words, data, row));
        is_in(split, &id.unwrap_or_else(|| row.to_string()))
    }

    fn text(&self, column: &Option<String>, data: &Data, row: u32) -> Option<String> {
        text(data.column(column.as_deref()?)?, row)
    }

    fn prompt(&self, data: &Data, row: u32) -> Prompt {
        Prompt {
            number: self.next as u64,
            id: self.text(&self.names.id, data, row),
            words: self.text(&self.names.words, data, row),
            category: self.text(&self.names.category, data, row),
        }
    }

    /// What the encoder does next; none where something has to come first.
    fn next_task(
        &mut self,
        data: &Data,
        images: &mut Images,
        more: &mut bool,
    ) -> Result<Option<Task>, Stage> {
        if !self.told {
            self.told = true;
            return Ok(Some(Task::Table(table(self.start.form, self.names.whole))));
        }
        let Some(mut lines) = self.lines.take() else {
            images.want_originals(Vec::new());
            return Ok(Some(Task::Finish));
        };
        loop {
            let (rows, bytes) = lines.size();
            let is_full = rows >= BATCH_ROWS || bytes >= BATCH_BYTES;
            let added = if is_full { Added::Full } else { self.add_next(&mut lines, data, images)? };
            match added {
                Added::Yes => {}
                Added::Waits { is_new } => {
                    *more = is_new;
                    self.lines = Some(lines);
                    return Ok(None);
                }
                Added::Full => {
                    let cells = lines.take();
                    self.lines = Some(lines);
                    return Ok(Some(Task::Cells(cells)));
                }
                Added::End if rows > 0 => {
                    let cells = lines.take();
                    self.lines = Some(lines);
                    return Ok(Some(Task::Cells(cells)));
                }
                Added::End => {
                    // The lines are gone: the next task ends the file.
                    let missing = std::mem::take(&mut self.missing).join("\n");
                    return Ok(Some(Task::Tell(vec![(texts::LEFT_OUT_KEY.to_owned(), missing)])));
                }
            }
        }
    }

    /// Adds what comes of the next prompt or row.
    fn add_next(&mut self, lines: &mut Lines, data: &Data, images_of: &mut Images) -> Result<Added, Stage> {
        match self.plan.take() {
            Some(Plan::Groups(groups)) => {
                let added = match groups.get(self.next) {
                    Some(group) => self.add_group(group, lines, data, images_of),
                    None => Ok(Added::End),
                };
                self.plan = Some(Plan::Groups(groups));
                added
            }
            Some(Plan::Lists(rows)) => {
                let added = match rows.get(self.next) {
                    Some(row) => {
                        let images = Sources::of(data).listed(*row).images;
                        self.add_group(&images, lines, data, images_of)
                    }
                    None => Ok(Added::End),
                };
                self.plan = Some(Plan::Lists(rows));
                added
            }
            Some(Plan::Rows(rows, scale)) => {
                if let Some(row) = rows.get(self.next) {
                    self.add_row(*row, scale, lines, data);
                }
                let is_end = self.next >= rows.len();
                self.next += 1;
                self.plan = Some(Plan::Rows(rows, scale));
                Ok(if is_end { Added::End } else { Added::Yes })
            }
            None => Ok(Added::End),
        }
    }

    fn add_row(&mut self, row: u32, scale: Scale, lines: &mut Lines, data: &Data) {
        let Some(share) = Sources::of(data).share(scale, row) else { return };
        let name = |column: &Option<String>, which: &str| {
            self.text(column, data, row).unwrap_or_else(|| format!("row-{:08}-{which}", u64::from(row) + 1))
        };
        let named =
            |column: &Option<String>, which: &str| Named { name: name(column, which), ..Named::default() };
        let (first, other) = (named(&self.names.image, "a"), named(&self.names.second, "b"));
        if first.name == other.name {
            self.leave_out(&first.name, texts::SAME_IMAGE);
            return;
        }
        let (better, worse) = if share > 0.5 { (first, other) } else { (other, first) };
        lines.add_pair(&self.prompt(data, row), &better, &worse, 1);
        self.done += 1;
    }

    fn add_group(
        &mut self,
        group: &[Image],
        lines: &mut Lines,
        data: &Data,
        images: &mut Images,
    ) -> Result<Added, Stage> {
        let first = group.first().map_or(0, |image| image.row);
        if !self.is_in_split(data, first) {
            self.next += 1;
            return Ok(Added::Yes);
        }
        let prompt = self.prompt(data, first);
        if self.start.form == PairsForm::Ranking {
            let ranked = ranking(group, &self.start.options);
            let own = |(image, rank): &(Image, i64)| (self.ranked_name(data, image), *rank);
            if ranked.len() > 1 {
                lines.add_ranking(&prompt, ranked.iter().map(own).collect());
                self.done += 1;
            }
            self.next += 1;
            return Ok(Added::Yes);
        }
        let pairs = pairs_of(group, &self.start.options).ordered;
        if self.start.form == PairsForm::Dpo {
            let mut rows: Vec<u64> =
                pairs.iter().flat_map(|pair| [pair.better.row, pair.worse.row]).map(u64::from).collect();
            rows.sort_unstable();
            rows.dedup();
            if rows.len() > MAX_KEPT {
                return Err(Stage::Failed(texts::too_many_images(MAX_KEPT)));
            }
            if let Some(is_new) = self.lacks_images(&rows, images) {
                return Ok(Added::Waits { is_new });
            }
        }
        let count = pairs.len() as u64;
        let sources = Sources::of(data);
        for pair in pairs {
            let (better, worse) = (self.name_of(data, &pair.better), self.name_of(data, &pair.worse));
            if better == worse {
                self.leave_out(&better, texts::SAME_IMAGE);
                continue;
            }
            let files = (self.file_of(pair.better.row), self.file_of(pair.worse.row));
            let (Some(better_file), Some(worse_file)) = files else {
                self.left_out += 1;
                continue;
            };
            let named = |image: Image, name: String, file: Rc<Vec<u8>>, other: Image| Named {
                name,
                rank: sources
                    .verdict
                    .filter(|_| sources.kind == Kind::Ranked)
                    .and_then(|it| number_of(it, &image)),
                rating: image.rating,
                file,
                is_first: image.at() < other.at(),
            };
            let better = named(pair.better, better, better_file, pair.worse);
            let worse = named(pair.worse, worse, worse_file, pair.better);
            lines.add_pair(&prompt, &better, &worse, count);
            self.done += 1;
        }
        self.files.clear();
        self.next += 1;
        Ok(Added::Yes)
    }

    /// The file of an image, where files go along; none where it can't be had.
    fn file_of(&self, row: u32) -> Option<Rc<Vec<u8>>> {
        if self.start.form != PairsForm::Dpo {
            return Some(Rc::default());
        }
        self.files.get(&u64::from(row))?.as_ref().ok().cloned()
    }

    /// Whether images are still to come; then, whether others are asked for than before.
    fn lacks_images(&mut self, rows: &[u64], images: &mut Images) -> Option<bool> {
        for row in rows {
            if !self.files.contains_key(row)
                && let Some(outcome) = images.take_original(*row)
            {
                if let Err(error) = &outcome {
                    self.note(format!("row {}\t{error}", row + 1));
                }
                self.files.insert(*row, outcome.map(|(_, file)| file));
            }
        }
        let lacking = rows.iter().copied().filter(|row| !self.files.contains_key(row));
        let window: Vec<u64> = lacking.take(WINDOW).collect();
        let is_new = images.want_originals(window.clone());
        self.window = window;
        (!self.window.is_empty()).then_some(is_new)
    }

    fn name_of(&self, data: &Data, image: &Image) -> String {
        let Image { row, item, .. } = *image;
        let sources = Sources::of(data);
        if sources.list.is_some() {
            let name =
                sources.listed(row).names.into_iter().nth(item as usize).filter(|name| !name.is_empty());
            return name.unwrap_or_else(|| format!("row-{:08}-{}", u64::from(row) + 1, u64::from(item) + 1));
        }
        let name = self.text(&self.names.image, data, row);
        name.unwrap_or_else(|| format!("row-{:08}", u64::from(row) + 1))
    }

    /// What a ranking calls an image: as a list has it, else as an archive of the images does.
    fn ranked_name(&self, data: &Data, image: &Image) -> String {
        let name = self.name_of(data, image);
        if Sources::of(data).list.is_some() { name } else { file_name(&name) }
    }

    fn leave_out(&mut self, name: &str, why: &str) {
        self.left_out += 1;
        self.note(format!("{name}\t{why}"));
    }

    fn note(&mut self, line: String) {
        if self.missing.len() < MAX_LISTED {
            self.missing.push(line);
        }
    }
}

/// What came of adding a prompt.
enum Added {
    Yes,
    Full,
    Waits { is_new: bool },
    End,
}

/// Images with their ranks, the best first: as the table has them where they are whole numbers, else counted anew.
fn ranking(group: &[Image], options: &Options) -> Vec<(Image, i64)> {
    let is_taken = |image: &&Image| {
        (image.is_here || options.whole) && !(options.readable && image.file == Known::Missing)
    };
    let mut placed: Vec<(Image, f64)> =
        group.iter().filter(is_taken).filter_map(|image| Some((*image, image.place?))).collect();
    placed.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let is_rank = placed.iter().all(|(_, place)| *place >= 1.0 && place.fract() == 0.0);
    let (mut rank, mut before) = (0, None);
    let ranked = placed.into_iter().map(|(image, place)| {
        if before != Some(place) {
            before = Some(place);
            rank += 1;
        }
        (image, if is_rank { place as i64 } else { rank })
    });
    ranked.collect()
}

/// The last part of a path, which is what an archive of the images calls it.
fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// Whether a prompt is in a part: by its name and the seed alone, so that it stays there whatever else is asked.
fn is_in(split: Split, id: &str) -> bool {
    let Split { seed, percent, rest } = split;
    // FNV-1a, and the last steps of SplitMix64, which spread what it leaves together.
    let bytes = seed.to_le_bytes().into_iter().chain(id.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((hash ^ (hash >> 31)) % 100 < u64::from(percent)) != rest
}

fn failed(error: Error) -> Stage {
    Stage::Failed(error.to_string())
}
