//! Images out of archives: which reads they cost, in which order, and what is told when one fails.

use crate::server::{column, generate, reference};
use arrow_array::cast::{AsArray, as_string_array};
use arrow_array::types::UInt16Type;
use fixture::canvas::Canvas;
use fixture::zips::{Method, ZipWriter};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use vitrine::base::bytes::ByteRange;
use vitrine::base::error::{Error, ErrorKind};
use vitrine::base::ids::{DecodeId, FetchId, SourceId};
use vitrine::engine::{Effect, Engine, Event};
use vitrine::formats::hub::answer::Identity;
use vitrine::protocol::export::{self, Progress, Rows, Stage};
use vitrine::protocol::images::{
    Image, ImageColumn, Images, Making, MakingOutcome, Outcome, Picture, Spot, Want,
};
use vitrine::protocol::pairs::{self, Pairs};
use vitrine::protocol::{LazyRequest, LazyResponse, Open, Opened, Request, Response, TableRequest};
use vitrine::view::pairs::Options;
use vitrine::view::url::parse_table;

const ROWS: u64 = 3_000;
const TABLE: &str = "https://huggingface.co/datasets/poloclub/diffusiondb/resolve/main/metadata.parquet";
const THUMBNAILS: &str = "https://thumbs.example";

/// Where part `part` is.
fn part_url(part: u16) -> String {
    format!("https://huggingface.co/datasets/poloclub/diffusiondb/resolve/main/images/part-{part:06}.zip")
}

/// A read under way.
struct Flight {
    id: FetchId,
    url: String,
    range: ByteRange,
}

/// An image to be decoded: its file, and the size of the smaller one.
type Decode = (DecodeId, Vec<u8>, Option<(u32, u32)>);

/// The engine, and all files of the world.
struct World {
    engine: Engine,
    table: String,
    files: BTreeMap<String, Arc<Vec<u8>>>,
    sources: BTreeMap<SourceId, String>,
    flights: VecDeque<Flight>,
    decodes: VecDeque<Decode>,
    /// Reads of anything but the table, as `file start..end`.
    log: Vec<String>,
    /// What happens next, before any read ends.
    later: Vec<Event>,
    aborted: usize,
    /// Bytes that were delivered.
    read_bytes: u64,
    most_in_flight: usize,
    images: Vec<Image>,
    makings: Vec<Making>,
    /// What was written of files, and what was told of it.
    written: Vec<u8>,
    exports: Vec<Progress>,
    opened: Option<Opened>,
    /// What was told of pairs, each time.
    pairs: Vec<Pairs>,
    /// Whether the Hub tells the lengths of files.
    tells_sizes: bool,
    names: Vec<String>,
    parts: Vec<u16>,
}

impl World {
    fn new() -> Self {
        Self::with_sizes(false)
    }

    fn with_sizes(tells_sizes: bool) -> Self {
        let file = Arc::new(generate(ROWS, "hub"));
        let batch = reference(&file);
        let names = as_string_array(column(&batch, "image_name")).iter().map(|name| name.unwrap().to_owned());
        let parts = column(&batch, "part_id").as_primitive::<UInt16Type>().values().to_vec();
        let mut world = Self {
            engine: Engine::default(),
            table: TABLE.to_owned(),
            names: names.collect(),
            parts,
            files: BTreeMap::from([(TABLE.to_owned(), file)]),
            sources: BTreeMap::new(),
            flights: VecDeque::new(),
            decodes: VecDeque::new(),
            log: Vec::new(),
            later: Vec::new(),
            aborted: 0,
            read_bytes: 0,
            most_in_flight: 0,
            images: Vec::new(),
            makings: Vec::new(),
            written: Vec::new(),
            exports: Vec::new(),
            opened: None,
            pairs: Vec::new(),
            tells_sizes,
        };
        world.open("hf:poloclub/diffusiondb/metadata.parquet");
        world
    }

    /// A world with another table, by its link and its address.
    fn of(table: &str, url: &str, file: Vec<u8>) -> Self {
        let mut world = Self::with_sizes(true);
        world.files.insert(url.to_owned(), Arc::new(file));
        world.table = url.to_owned();
        world.open(table);
        world
    }

    fn open(&mut self, table: &str) {
        self.ask(Request::Open(Open {
            table: parse_table(table).unwrap(),
            endpoint: None,
            base: "https://app.example/".to_owned(),
            roles: Vec::new(),
            reading: vitrine::formats::tabular::reading::Reading::default(),
            added: None,
        }));
        self.run();
    }

    /// Writes the archive of a part; `make` gives the member of a row, if it has one.
    fn put_part(&mut self, part: u16, method: Method, make: impl Fn(usize) -> Option<Vec<u8>>) {
        let mut zip = ZipWriter::new(Vec::new(), false);
        for row in (0..ROWS as usize).filter(|row| self.parts[*row] == part) {
            if let Some(member) = make(row) {
                zip.add(&self.names[row], &member, method).unwrap();
            }
        }
        zip.add(&format!("part-{part:06}.json"), b"{}", method).unwrap();
        self.files.insert(part_url(part), Arc::new(zip.finish().unwrap()));
    }

    fn ask(&mut self, request: impl Into<Request>) {
        self.step(Event::Request(request.into()));
    }

    fn want(&mut self, wants: &[(u64, u32)]) {
        self.want_with(wants, None);
    }

    fn want_with(&mut self, wants: &[(u64, u32)], thumbnails: Option<&str>) {
        let wants = wants.iter().map(|(row, px)| Want::of(*row, *px)).collect();
        let thumbnails = thumbnails.map(str::to_owned);
        self.ask(Request::Images(Images { wants, thumbnails, settings: Vec::new() }));
    }

    /// Delivers everything.
    fn run(&mut self) {
        while self.deliver() {}
    }

    fn deliver(&mut self) -> bool {
        if !self.later.is_empty() {
            let event = self.later.remove(0);
            self.step(event);
            return true;
        }
        if let Some((id, bytes, size)) = self.decodes.pop_front() {
            // What a browser would find out by decoding.
            let sound = !bytes.ends_with(b"undecodable");
            let smaller = size
                .map(|(width, height)| (format!("{width}x{height}").into_bytes(), "image/webp".to_owned()));
            let smaller =
                if sound { Ok(smaller) } else { Err(Error::corrupt("the browser can't decode it")) };
            self.step(Event::Decoded { id, smaller });
            return true;
        }
        let Some(Flight { id, url, range }) = self.flights.pop_front() else { return false };
        let Some(file) = self.files.get(&url).cloned() else {
            let error = Error::new(ErrorKind::FileNotFound, "there is no such file");
            self.step(Event::Failed { id, error });
            return true;
        };
        let total_bytes = file.len() as u64;
        if range.start >= total_bytes {
            self.step(Event::BeyondEnd { id, file_bytes: Some(total_bytes) });
            return true;
        }
        let range = ByteRange::new(range.start, range.end.min(total_bytes));
        let identity = Identity { total_bytes, etag: None, commit: None };
        self.read_bytes += range.len();
        self.step(Event::Began { id, range, identity });
        self.step(Event::Bytes { id, bytes: file[range.start as usize..range.end as usize].to_vec() });
        self.step(Event::Done { id });
        true
    }

    fn step(&mut self, event: Event) {
        for effect in self.engine.step(event) {
            match effect {
                Effect::Source { source, url } => drop(self.sources.insert(source, url)),
                Effect::Forget { source } => drop(self.sources.remove(&source)),
                Effect::ReadCached { id, .. } => {
                    self.step(Event::Failed { id, error: Error::new(ErrorKind::Network, "not kept") });
                }
                Effect::Fetch { id, source, range } => {
                    let url = self.sources[&source].clone();
                    if source != SourceId::TABLE {
                        self.log.push(format!("{} {range}", url.rsplit('/').next().unwrap()));
                    }
                    self.flights.push_back(Flight { id, url, range });
                }
                Effect::Sizes { id, files, .. } => {
                    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
                    self.log.push(format!("sizes of {}", paths.join(" ")));
                    let size = |address: &String| Some(self.files.get(address)?.len() as u64);
                    let known = files.iter().filter_map(|(path, at)| Some((path.clone(), size(at)?)));
                    let sizes = self.tells_sizes.then(|| known.collect());
                    self.later.push(Event::Sizes { id, sizes });
                }
                // Nothing is known ahead of time.
                Effect::Get { id, url, .. }
                    if url.ends_with("maps/list.txt") && !self.files.contains_key(&url) =>
                {
                    let error = Error::new(ErrorKind::FileNotFound, "there is no such file");
                    self.step(Event::Failed { id, error });
                }
                Effect::Get { id, url, most_bytes } => {
                    self.log.push(url.clone());
                    self.flights.push_back(Flight { id, url, range: ByteRange::new(0, most_bytes) });
                }
                Effect::Continue => self.later.push(Event::Continue),
                Effect::Wake { .. } => self.later.push(Event::Woken),
                Effect::ReadLabels { table } => {
                    let outcome = Err(Error::new(ErrorKind::Limit, "nothing is kept here"));
                    self.later.push(Event::LabelsRead { table, outcome });
                }
                Effect::Abort { id } => {
                    self.flights.retain(|flight| flight.id != id);
                    self.aborted += 1;
                }
                Effect::Decode { id, bytes, size_px, .. } => self.decodes.push_back((id, bytes, size_px)),
                Effect::Respond(Response::Image(image)) => self.images.push(image),
                Effect::Respond(Response::Lazy(LazyResponse::Making(making))) => self.makings.push(making),
                Effect::Respond(Response::Lazy(LazyResponse::Pairs(pairs))) => self.pairs.push(*pairs),
                Effect::Respond(Response::Opened(opened)) => self.opened = Some(opened),
                Effect::Respond(Response::Lazy(LazyResponse::Export(progress))) => {
                    self.exports.push(progress)
                }
                Effect::Write { export, bytes, .. } => {
                    self.written.extend(bytes);
                    self.later.push(Event::Written { export });
                }
                Effect::DropFile { .. } => self.written.clear(),
                Effect::Encode { .. } => panic!("no rows are exported here"),
                Effect::Import { .. } | Effect::DropImport { .. } => {
                    panic!("nothing but Parquet is read here")
                }
                Effect::Respond(_)
                | Effect::FetchMeasures { .. }
                | Effect::FetchCodecs
                | Effect::FetchVariants
                | Effect::Beside { .. }
                | Effect::KeepLabels { .. }
                | Effect::RetryNow
                | Effect::List { .. } => {}
            }
        }
        let images = self.flights.iter().filter(|flight| flight.url != self.table).count();
        self.most_in_flight = self.most_in_flight.max(images);
    }

    /// The rows of a part, from the first.
    fn rows_of(&self, part: u16) -> Vec<u64> {
        (0..ROWS).filter(|row| self.parts[*row as usize] == part).collect()
    }

    fn picture(&self, row: u64) -> &Picture {
        match self.images.iter().rev().find(|image| image.want.row == row).map(|image| &image.outcome) {
            Some(Outcome::Picture(picture)) => picture,
            other => panic!("no picture of row {row}: {other:?}"),
        }
    }

    fn failure(&self, row: u64) -> &str {
        match self.images.iter().rev().find(|image| image.want.row == row).map(|image| &image.outcome) {
            Some(Outcome::Failed(failure)) => &failure.message,
            other => panic!("row {row} has not failed: {other:?}"),
        }
    }
}

pub fn png(row: usize) -> Vec<u8> {
    fixture::images::png(&Canvas::new(64, 48), &format!("prompt of {row}"), row as u32).unwrap()
}

#[test]
fn the_first_image_of_a_part_costs_its_directory_and_the_next_one_only_itself() {
    let mut world = World::new();
    world.put_part(1, Method::Deflate, |row| Some(png(row)));
    let rows = world.rows_of(1);
    let size = world.files[&part_url(1)].len() as u64;
    world.want(&[(rows[5], 0)]);
    world.run();
    let picture = world.picture(rows[5]).clone();
    assert_eq!(picture.bytes, png(rows[5] as usize));
    assert_eq!((picture.width_px, picture.height_px, picture.format.as_str()), (64, 48, "PNG"));
    assert_eq!(picture.texts[0], ("prompt".to_owned(), format!("prompt of {}", rows[5])));
    assert_eq!(picture.source, format!("part-000001.zip / {}", world.names[rows[5] as usize]));
    // The Hub does not tell the length: a byte of the archive does.
    assert_eq!(world.log.len(), 4, "{:?}", world.log);
    assert_eq!(world.log[0], "sizes of images/part-000001.zip");
    assert_eq!(world.log[1], "part-000001.zip 0..1");
    assert_eq!(world.log[2], format!("part-000001.zip {}..{size}", size.saturating_sub(86_084)));
    world.log.clear();
    world.want(&[(rows[700], 40)]);
    world.run();
    assert_eq!(world.log.len(), 1, "{:?}", world.log);
    assert_eq!(world.picture(rows[700]).bytes, b"40x30", "decoded to the size of its tile");
    // A second look at what is at hand costs nothing.
    world.log.clear();
    world.want(&[(rows[5], 0), (rows[5], 40)]);
    world.run();
    assert_eq!(world.log, [""; 0]);
}

/// Puts the directory of a part beside the app, as it is in `zip`, and opens the table anew.
fn foretell(world: &mut World, part: u16, zip: &[u8]) {
    use vitrine::formats::maps::{Entry, List, key, pack, pack_file, repository_name};
    use vitrine::formats::zip::directory::Directory;
    use vitrine::formats::zip::end::{Tail, read_end};
    let Tail::End(end) = read_end(zip, zip.len() as u64).unwrap() else { panic!("the archive is all here") };
    let bytes = &zip[end.directory.start as usize..end.directory.end as usize];
    let known = pack::Known {
        path: format!("images/part-{part:06}.zip"),
        file_bytes: zip.len() as u64,
        etag: "t".to_owned(),
        directory: Directory::parse(bytes, &end).unwrap(),
    };
    let own = key(&repository_name("poloclub/diffusiondb", "main"));
    let mut list = List::default();
    list.put(Entry::Zips { key: own, packs: 1 });
    let app = |file: &str| format!("https://app.example/{file}");
    world.files.insert(app("maps/list.txt"), Arc::new(list.print().into_bytes()));
    world.files.insert(app(&pack_file(own, 0)), Arc::new(pack::write(&[known])));
    world.ask(Request::Open(Open {
        table: parse_table("hf:poloclub/diffusiondb/metadata.parquet").unwrap(),
        endpoint: None,
        base: "https://app.example/".to_owned(),
        roles: Vec::new(),
        reading: vitrine::formats::tabular::reading::Reading::default(),
        added: None,
    }));
    world.run();
    world.log.clear();
}

fn of_archives(world: &World) -> Vec<&str> {
    world.log.iter().map(String::as_str).filter(|line| line.starts_with("part-")).collect()
}

#[test]
fn an_image_of_a_part_that_was_looked_at_ahead_of_time_is_one_request() {
    let mut world = World::new();
    world.put_part(1, Method::Deflate, |row| Some(png(row)));
    let zip = Arc::clone(&world.files[&part_url(1)]);
    foretell(&mut world, 1, &zip);
    let rows = world.rows_of(1);
    world.want(&[(rows[5], 0)]);
    world.run();
    assert_eq!(world.picture(rows[5]).bytes, png(rows[5] as usize));
    assert_eq!(of_archives(&world).len(), 1, "{:?}", world.log);
    // A part that nobody has looked at is as before.
    world.put_part(2, Method::Stored, |row| Some(png(row)));
    world.log.clear();
    let rows = world.rows_of(2);
    world.want(&[(rows[0], 0)]);
    world.run();
    assert_eq!(of_archives(&world).len(), 3, "{:?}", world.log);
}

#[test]
fn an_archive_that_is_another_one_now_is_asked_itself() {
    for shorter in [false, true] {
        let mut world = World::new();
        world.put_part(1, Method::Stored, |row| Some(png(row)));
        let before = Arc::clone(&world.files[&part_url(1)]);
        // Of another size, or of the same with other images in it.
        world.put_part(1, Method::Stored, |row| {
            let mut image = png(row);
            image.extend(if shorter { vec![] } else { vec![0; 3] });
            (!shorter || row % 2 == 1).then_some(image)
        });
        foretell(&mut world, 1, &before);
        let rows: Vec<u64> = world.rows_of(1).into_iter().filter(|row| row % 2 == 1).collect();
        world.want(&[(rows[3], 0), (rows[9], 0)]);
        world.run();
        for row in [rows[3], rows[9]] {
            assert!(world.picture(row).bytes.starts_with(&png(row as usize)));
        }
    }
}

#[test]
fn a_directory_is_read_once_for_all_who_wait_for_it() {
    let mut world = World::new();
    world.put_part(2, Method::Stored, |row| Some(png(row)));
    let rows = world.rows_of(2);
    let wants: Vec<(u64, u32)> = rows[..20].iter().map(|row| (*row, 40)).collect();
    world.want(&wants);
    world.run();
    assert_eq!(world.log.len(), 3 + 20, "{:?}", world.log);
    assert_eq!(world.images.len(), 20);
    assert_eq!(world.most_in_flight, 6);
    let answered: Vec<u64> = world.images.iter().map(|image| image.want.row).collect();
    assert_eq!(answered, rows[..20], "those that are wanted most come first");
}

#[test]
fn what_left_the_screen_is_not_asked_for_and_what_is_under_way_is_aborted() {
    let mut world = World::new();
    for part in [1, 2, 3] {
        world.put_part(part, Method::Stored, |row| Some(png(row)));
    }
    let wants =
        |world: &World, part: u16| world.rows_of(part)[..40].iter().map(|row| (*row, 40)).collect::<Vec<_>>();
    let (first, second) = (wants(&world, 1), wants(&world, 2));
    world.want(&first);
    // Until the directory is here and members are under way.
    while world.log.len() < 6 {
        world.deliver();
    }
    let told = world.images.len();
    world.log.clear();
    world.want(&second);
    assert!(world.aborted > 0);
    world.run();
    assert!(world.log.iter().all(|read| read.contains("part-000002")), "{:?}", world.log);
    assert_eq!(world.images.len() - told, 40);
}

#[test]
fn a_tile_says_why_it_is_empty_and_the_others_are_not_disturbed() {
    let mut world = World::new();
    let rows = world.rows_of(1);
    let bad: Vec<usize> = rows[..6].iter().map(|row| *row as usize).collect();
    world.put_part(1, Method::Deflate, |row| match bad.iter().position(|other| *other == row) {
        Some(0) => None,
        Some(1) => Some(Vec::new()),
        Some(2) => Some(png(row)[..90].to_vec()),
        Some(3) => Some(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
        Some(4) => Some([png(row), b"undecodable".to_vec()].concat()),
        Some(_) => Some(b"\x89PNG\r\n\x1a\n".to_vec()),
        None => Some(png(row)),
    });
    let wants: Vec<(u64, u32)> = rows[..8].iter().map(|row| (*row, 0)).collect();
    world.want(&wants);
    world.run();
    for (row, message) in rows.iter().zip([
        "part-000001.zip: this image is not in the archive",
        "part-000001.zip: the file is empty",
        "part-000001.zip: the PNG is cut short",
        "part-000001.zip: it is an SVG document, which is not shown",
        "The browser can't decode it",
        "part-000001.zip: the PNG is cut short",
    ]) {
        assert_eq!(world.failure(*row), message);
    }
    assert_eq!(world.picture(rows[7]).bytes, png(rows[7] as usize));
    // An archive that is not there, and one that is none.
    world.files.insert(part_url(3), Arc::new(vec![7; 200_000]));
    let (second, third) = (world.rows_of(2)[0], world.rows_of(3)[0]);
    world.want(&[(second, 40), (third, 40)]);
    world.run();
    assert_eq!(world.failure(second), "part-000002.zip is not there");
    assert_eq!(world.failure(third), "part-000003.zip: it is not a ZIP archive: it has no end record");
    // Nobody asks again by himself; somebody who does gets it once it is there.
    world.log.clear();
    world.want(&[(second, 40)]);
    world.run();
    assert_eq!(world.log, [""; 0]);
    world.put_part(2, Method::Stored, |row| Some(png(row)));
    world.ask(Request::RetryImage { row: second });
    world.want(&[(second, 40)]);
    world.run();
    assert_eq!(world.picture(second).bytes, b"40x30");
}

#[test]
fn small_tiles_look_for_a_preview_first() {
    let mut world = World::new();
    world.put_part(1, Method::Deflate, |row| Some(png(row)));
    let rows = world.rows_of(1);
    let address = |world: &World, row: u64| {
        let id = world.names[row as usize].trim_end_matches(".png");
        format!("{THUMBNAILS}/{}/{id}.webp", &id[..2])
    };
    let preview = fixture::images::webp(&Canvas::new(16, 12)).unwrap();
    let (there, missing) = (address(&world, rows[0]), address(&world, rows[1]));
    world.files.insert(there.clone(), Arc::new(preview.clone()));
    world.want_with(&[(rows[0], 40), (rows[1], 40), (rows[2], 400)], Some(THUMBNAILS));
    world.run();
    assert!(world.picture(rows[0]).preview);
    assert_eq!(world.picture(rows[0]).bytes, preview);
    assert!(!world.picture(rows[1]).preview && !world.picture(rows[2]).preview);
    assert!(world.log.contains(&there) && world.log.contains(&missing), "{:?}", world.log);
    assert!(!world.log.contains(&address(&world, rows[2])), "a large tile gains nothing from a preview");
    // Switched off, the archive serves all.
    world.log.clear();
    world.want(&[(rows[3], 40)]);
    world.run();
    assert_eq!(world.log.len(), 1, "{:?}", world.log);
}

#[test]
fn a_place_without_previews_is_left_alone_after_a_while() {
    let mut world = World::new();
    world.put_part(1, Method::Stored, |row| Some(png(row)));
    let rows = world.rows_of(1);
    let wants: Vec<(u64, u32)> = rows[..120].iter().map(|row| (*row, 40)).collect();
    world.want_with(&wants, Some(THUMBNAILS));
    world.run();
    let asked = world.log.iter().filter(|read| read.starts_with(THUMBNAILS)).count();
    assert!((48..60).contains(&asked), "{asked}");
    assert_eq!(world.images.len(), 120);
}

#[test]
fn an_archive_that_changes_is_read_anew_when_somebody_asks() {
    let mut world = World::new();
    world.put_part(1, Method::Stored, |row| Some(png(row)));
    let rows = world.rows_of(1);
    world.want(&[(rows[0], 40)]);
    world.run();
    // Another version: the net refuses to read parts of it, since its tag is another one.
    world.want(&[(rows[1], 40)]);
    let Flight { id, .. } = world.flights.pop_front().unwrap();
    world
        .step(Event::Failed { id, error: Error::new(ErrorKind::Changed, "the file's content was replaced") });
    assert!(world.failure(rows[1]).contains("replaced"));
    world.put_part(1, Method::Deflate, |row| Some(png(row)));
    world.ask(Request::RetryImage { row: rows[1] });
    world.want(&[(rows[1], 40)]);
    world.run();
    assert_eq!(world.picture(rows[1]).bytes, b"40x30");
}

#[test]
fn lengths_are_asked_for_together_and_then_a_part_costs_two_reads() {
    let mut world = World::with_sizes(true);
    for part in [1, 2, 3] {
        world.put_part(part, Method::Stored, |row| Some(png(row)));
    }
    let wants: Vec<(u64, u32)> = [1, 2, 3].map(|part| (world.rows_of(part)[0], 0)).to_vec();
    world.want(&wants);
    world.run();
    let paths = [1, 2, 3].map(|part| format!("images/part-{part:06}.zip")).join(" ");
    assert_eq!(world.log[0], format!("sizes of {paths}"));
    assert_eq!(world.log.len(), 1 + 3 * 2, "{:?}", world.log);
    for part in [1u16, 2, 3] {
        let reads: Vec<&String> =
            world.log.iter().filter(|read| read.starts_with(&format!("part-{part:06}"))).collect();
        let size = world.files[&part_url(part)].len() as u64;
        assert_eq!(*reads[0], format!("part-{part:06}.zip {}..{size}", size.saturating_sub(86_084)));
    }
    // One that is not there is told as such, and asked for no length again.
    world.log.clear();
    world.files.remove(&part_url(2));
    let mut world = World::with_sizes(true);
    world.want(&[(world.rows_of(2)[0], 0)]);
    world.run();
    assert_eq!(world.failure(world.rows_of(2)[0]), "part-000002.zip is not there");
    assert_eq!(world.log, ["sizes of images/part-000002.zip", "part-000002.zip 0..1"]);
}

#[test]
fn a_length_that_is_wrong_is_found_out() {
    let mut world = World::with_sizes(true);
    world.put_part(1, Method::Stored, |row| Some(png(row)));
    let rows = world.rows_of(1);
    world.want(&[(rows[0], 0)]);
    // The listing is of an older version, which was longer.
    while world.later.is_empty() {
        world.deliver();
    }
    let Some(Event::Sizes { id, .. }) = world.later.pop() else { panic!("lengths are asked for") };
    let sizes = Some(vec![("images/part-000001.zip".to_owned(), 9_000_000)]);
    world.step(Event::Sizes { id, sizes });
    world.run();
    assert_eq!(world.picture(rows[0]).bytes, png(rows[0] as usize));
}

#[test]
fn the_preview_of_another_image_of_the_prompt_stands_in_and_says_so() {
    let mut world = World::with_sizes(true);
    world.put_part(1, Method::Deflate, |row| Some(png(row)));
    let prompts = {
        let batch = reference(&world.files[TABLE]);
        let column = as_string_array(column(&batch, "prompt")).clone();
        (0..ROWS as usize).map(|row| column.value(row).to_owned()).collect::<Vec<_>>()
    };
    // A row of the first part with others of its prompt.
    let rows = world.rows_of(1);
    let others = |row: u64| {
        let same =
            (0..ROWS).filter(|other| *other != row && prompts[*other as usize] == prompts[row as usize]);
        same.collect::<Vec<_>>()
    };
    let row = *rows.iter().find(|row| !others(**row).is_empty()).unwrap();
    let other = others(row)[0];
    let id = world.names[other as usize].trim_end_matches(".png").to_owned();
    let preview = fixture::images::webp(&Canvas::new(16, 12)).unwrap();
    world.files.insert(format!("{THUMBNAILS}/{}/{id}.webp", &id[..2]), Arc::new(preview.clone()));
    // All prompts, and the names of both rows, are at hand.
    world.ask(TableRequest::Load { column: "prompt".to_owned() });
    world.ask(TableRequest::Load { column: "image_name".to_owned() });
    world.run();
    world.want_with(&[(row, 40)], Some(THUMBNAILS));
    world.run();
    let picture = world.picture(row);
    assert!(picture.preview && picture.same_prompt);
    assert_eq!(picture.bytes, preview);
    assert!(picture.note.as_ref().is_some_and(|note| note.contains("same prompt")));
    assert!(world.log.iter().all(|read| read.starts_with(THUMBNAILS)), "{:?}", world.log);
    // The image itself is that of the row.
    world.want_with(&[(row, 0)], Some(THUMBNAILS));
    world.run();
    assert!(!world.picture(row).same_prompt);
    assert_eq!(world.picture(row).bytes, png(row as usize));
}

mod other_tables {
    use super::*;
    use arrow_array::{Array, ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray, StructArray};
    use arrow_schema::{DataType, Field, Fields, Schema};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;

    const URL: &str = "https://example.org/table.parquet";

    fn write(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
        let fields: Vec<Field> =
            columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
        let mut bytes = Vec::new();
        // Small pages, so that a row is read without the others.
        let properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_data_page_size_limit(4_000)
            .set_write_batch_size(4)
            .build();
        let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        bytes
    }

    fn noisy(row: usize) -> Vec<u8> {
        let mut canvas = Canvas::new(64, 48);
        let state = std::cell::Cell::new(row as u32 * 7_919 + 1);
        canvas.paint(|_, _| {
            state.set(state.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
            let part = |shift: u32| (state.get() >> shift & 255) as f32 / 255.0;
            ([part(8), part(16), part(24)], 1.0)
        });
        fixture::images::png(&canvas, "a", row as u32).unwrap()
    }

    #[test]
    fn images_in_the_table_itself_are_read_with_their_pages() {
        const ROWS: usize = 60;
        let files: Vec<Option<Vec<u8>>> = (0..ROWS).map(|row| (row % 7 != 3).then(|| noisy(row))).collect();
        let bytes: BinaryArray = files.iter().map(Option::as_deref).collect();
        let path: StringArray = (0..ROWS).map(|row| Some(format!("{row}.png"))).collect();
        let fields = Fields::from(vec![
            Field::new("bytes", DataType::Binary, true),
            Field::new("path", DataType::Utf8, true),
        ]);
        let image = StructArray::new(fields, vec![Arc::new(bytes), Arc::new(path)], None);
        let text: StringArray = (0..ROWS).map(|row| Some(format!("prompt {row}"))).collect();
        let file = write(vec![("text", Arc::new(text)), ("image", Arc::new(image))]);
        let file_bytes = file.len() as u64;
        let mut world = World::of(URL, URL, file);
        let column = world.opened.as_ref().unwrap().images.clone();
        assert_eq!(column, Some(ImageColumn::Embedded { column: "image".to_owned() }));
        let before = world.read_bytes;
        world.want(&[(40, 0), (41, 30), (3, 0)]);
        world.run();
        assert_eq!(world.picture(40).bytes, noisy(40));
        assert_eq!(world.picture(41).bytes, b"30x23");
        assert_eq!(world.picture(40).source, "row 41 of the table");
        assert_eq!(world.failure(3), "The row holds no image");
        assert!(world.read_bytes - before < file_bytes / 2, "not the whole column is read");
        // Looked at again, it is at hand.
        let before = world.read_bytes;
        world.want(&[(40, 30)]);
        world.run();
        assert_eq!(world.read_bytes, before);
    }

    #[test]
    fn lists_of_images_and_further_columns_are_read_by_their_place() {
        let list = |rows: &[&[usize]]| {
            let fields = Fields::from(vec![
                Field::new("bytes", DataType::Binary, true),
                Field::new("path", DataType::Utf8, true),
            ]);
            let all: Vec<usize> = rows.iter().flat_map(|row| row.iter().copied()).collect();
            // Of the one of number 9 there is only the path.
            let files: Vec<Option<Vec<u8>>> = all.iter().map(|at| (*at != 9).then(|| noisy(*at))).collect();
            let bytes: BinaryArray = files.iter().map(Option::as_deref).collect();
            let path: StringArray = all.iter().map(|at| Some(format!("{at}.png"))).collect();
            let images = StructArray::new(fields, vec![Arc::new(bytes), Arc::new(path)], None);
            let item = Arc::new(Field::new_list_field(images.data_type().clone(), true));
            let offsets = arrow_buffer::OffsetBuffer::from_lengths(rows.iter().map(|row| row.len()));
            arrow_array::ListArray::new(item, offsets, Arc::new(images), None)
        };
        let single = |rows: [usize; 3]| {
            let files = rows.map(noisy);
            files.iter().map(|file| Some(file.as_slice())).collect::<BinaryArray>()
        };
        let file = write(vec![
            ("jpg_0", Arc::new(single([0, 1, 2])) as ArrayRef),
            ("jpg_1", Arc::new(single([3, 4, 5]))),
            ("pages", Arc::new(list(&[&[6, 7], &[], &[8, 9]]))),
        ]);
        let mut world = World::of(URL, URL, file);
        let opened = world.opened.as_ref().unwrap();
        let pictures: Vec<_> =
            opened.pictures.iter().map(|column| (column.name.as_str(), column.is_list)).collect();
        assert_eq!(pictures, [("jpg_0", false), ("jpg_1", false), ("pages", true)]);
        let want = |row, column, item| Want { spot: Spot { column, item }, ..Want::of(row, 0) };
        let wants =
            vec![want(1, 0, 0), want(1, 2, 0), want(0, 3, 1), want(2, 3, 0), want(2, 3, 1), want(1, 3, 0)];
        world.ask(Request::Images(Images { wants: wants.clone(), thumbnails: None, settings: Vec::new() }));
        world.run();
        let told: Vec<_> = wants
            .iter()
            .map(|want| {
                match world.images.iter().find(|image| image.want == *want).map(|image| &image.outcome) {
                    Some(Outcome::Picture(picture)) => Ok(picture.bytes.clone()),
                    Some(Outcome::Failed(failure)) => Err(failure.message.as_str()),
                    None => Err("no answer"),
                }
            })
            .collect();
        let none = Err("The row holds no image");
        assert_eq!(told, [Ok(noisy(1)), Ok(noisy(4)), Ok(noisy(7)), Ok(noisy(8)), none.clone(), none]);
    }

    #[test]
    fn what_is_no_image_in_a_table_is_told_and_never_shown() {
        let svg: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        let bytes: BinaryArray =
            [Some(svg), Some(b"".as_slice()), Some(b"hello".as_slice())].into_iter().collect();
        let mut world = World::of(URL, URL, write(vec![("jpg", Arc::new(bytes) as ArrayRef)]));
        world.want(&[(0, 0), (1, 0), (2, 0), (9, 0)]);
        world.run();
        assert_eq!(world.failure(0), "It is an SVG document, which is not shown");
        assert_eq!(world.failure(1), "The file is empty");
        assert_eq!(world.failure(2), "It is not an image of a known kind");
    }

    #[test]
    fn images_at_addresses_are_read_from_there() {
        let addresses = [
            Some("https://img.example/a.png?x=1"),
            Some("ftp://img.example/b.png"),
            None,
            Some("https://img.example/c.png"),
        ];
        let column: StringArray = addresses.into_iter().collect();
        let mut world = World::of(URL, URL, write(vec![("image_url", Arc::new(column) as ArrayRef)]));
        let found = world.opened.as_ref().unwrap().images.clone();
        assert_eq!(found, Some(ImageColumn::Addresses { column: "image_url".to_owned() }));
        world.files.insert("https://img.example/a.png?x=1".to_owned(), Arc::new(png(1)));
        world.want(&[(0, 0), (1, 0), (2, 0), (3, 0)]);
        world.run();
        assert_eq!(world.log, ["https://img.example/a.png?x=1", "https://img.example/c.png"]);
        assert_eq!(world.picture(0).bytes, png(1));
        assert_eq!(world.picture(0).address.as_deref(), Some("https://img.example/a.png?x=1"));
        assert_eq!(world.failure(1), "The row names no https address");
        assert_eq!(world.failure(2), "The row names no image");
        assert_eq!(world.failure(3), "img.example: it has no such image");
    }

    #[test]
    fn an_image_that_its_archive_lacks_and_how_it_was_made_are_in_the_part_that_it_is_from() {
        const HUB: &str = "https://huggingface.co/datasets";
        let ids: StringArray =
            [Some("005658-0040"), Some("005658-0041"), Some("000007-0000"), None].into_iter().collect();
        let names = ["a", "b", "c", "d"].map(|name| Some(format!("images/test/test_1/{name}.webp")));
        let paths: StringArray = names.into_iter().collect();
        let file = write(vec![("image_path", Arc::new(paths)), ("prompt_id", Arc::new(ids))]);
        let table = "hf:zai-org/ImageRewardDB/metadata-test.parquet";
        let mut world = World::of(
            table,
            &format!("{HUB}/zai-org/ImageRewardDB/resolve/main/metadata-test.parquet"),
            file,
        );
        let webp = fixture::images::webp(&Canvas::new(16, 12)).unwrap();
        let mut shard = ZipWriter::new(Vec::new(), false);
        // One is sound, one is empty, and one is cut short.
        shard.add("a.webp", &webp, Method::Stored).unwrap();
        shard.add("b.webp", b"", Method::Stored).unwrap();
        shard.add("c.webp", &webp[..20], Method::Stored).unwrap();
        let shard = Arc::new(shard.finish().unwrap());
        world.files.insert(format!("{HUB}/zai-org/ImageRewardDB/resolve/main/images/test/test_1.zip"), shard);
        let mut part = ZipWriter::new(Vec::new(), false);
        part.add("b.webp", &webp, Method::Deflate).unwrap();
        let json =
            br#"{"a.webp": {"p": "x", "se": 5, "c": 7.0, "st": 50, "sa": "k_lms"}, "b.webp": {"se": 6}}"#;
        part.add("part-005658.json", json, Method::Deflate).unwrap();
        let part = Arc::new(part.finish().unwrap());
        world.files.insert(
            format!("{HUB}/poloclub/diffusiondb/resolve/main/diffusiondb-large-part-1/part-005658.zip"),
            part,
        );
        world.want(&[(0, 0), (1, 0), (2, 0)]);
        world.run();
        assert_eq!(world.picture(0).note, None);
        let note = world.picture(1).note.clone().unwrap();
        assert_eq!(note, "From DiffusionDB Large; in ImageRewardDB: the file is empty");
        assert_eq!(world.picture(1).bytes, webp);
        assert_eq!(world.failure(2), "part-000007.zip is not there");
        world.log.clear();
        let settings = vec![0, 1, 2, 3];
        world.ask(Request::Images(Images { wants: Vec::new(), thumbnails: None, settings }));
        world.run();
        // The directory is here already: one read for both rows of the part.
        let reads: Vec<&String> = world.log.iter().filter(|read| read.contains("part-005658")).collect();
        assert_eq!(reads.len(), 1, "{:?}", world.log);
        let made = |world: &World, row: u64| {
            let making = world.makings.iter().rev().find(|making| making.row == row).unwrap();
            match &making.outcome {
                MakingOutcome::Known(settings) => {
                    format!("{:?} {:?} {:?}", settings.seed, settings.cfg, settings.sampler)
                }
                MakingOutcome::Failed(failure) => failure.message.clone(),
            }
        };
        assert_eq!(made(&world, 0), r#"Some(5.0) Some(7.0) Some("k_lms")"#);
        assert_eq!(made(&world, 1), "Some(6.0) None None");
        assert_eq!(made(&world, 2), "part-000007.zip is not there");
        assert_eq!(made(&world, 3), "It is not known how this image was made");
        // A second look costs nothing.
        world.log.clear();
        let settings = vec![1, 0];
        world.ask(Request::Images(Images { wants: Vec::new(), thumbnails: None, settings }));
        world.run();
        assert_eq!(world.log, [""; 0]);
    }

    #[test]
    fn images_that_no_archive_lists_are_found_by_reading_directories_alone() {
        const HUB: &str = "https://huggingface.co/datasets";
        let ids: StringArray = (0..6).map(|row| Some(["005658-0040", "005658-0041"][row / 3])).collect();
        let name = |name: &str| Some(format!("images/test/{name}.webp"));
        let paths: StringArray = [
            name("test_1/sound"),
            name("test_1/empty"),
            name("test_1/not-listed"),
            name("test_1/sound-too"),
            name("test_2/no-archive"),
            None,
        ]
        .into_iter()
        .collect();
        let ranks = Int64Array::from(vec![1, 2, 3, 1, 2, 3]);
        let file = write(vec![
            ("image_path", Arc::new(paths)),
            ("prompt_id", Arc::new(ids)),
            ("rank", Arc::new(ranks)),
        ]);
        let mut world = World::of(
            "hf:zai-org/ImageRewardDB/metadata-test.parquet",
            &format!("{HUB}/zai-org/ImageRewardDB/resolve/main/metadata-test.parquet"),
            file,
        );
        let webp = fixture::images::webp(&Canvas::new(16, 12)).unwrap();
        let mut shard = ZipWriter::new(Vec::new(), false);
        for (name, file) in [("sound.webp", &webp[..]), ("empty.webp", b""), ("sound-too.webp", &webp)] {
            shard.add(name, file, Method::Stored).unwrap();
        }
        let shard = Arc::new(shard.finish().unwrap());
        world.files.insert(format!("{HUB}/zai-org/ImageRewardDB/resolve/main/images/test/test_1.zip"), shard);
        // The part that the images are from has one of them.
        let mut part = ZipWriter::new(Vec::new(), false);
        part.add("empty.webp", &webp, Method::Deflate).unwrap();
        let part = Arc::new(part.finish().unwrap());
        world.files.insert(
            format!("{HUB}/poloclub/diffusiondb/resolve/main/diffusiondb-large-part-1/part-005658.zip"),
            part,
        );
        let mut count = |readable| {
            let options = Options { readable, ..Options::default() };
            let want = pairs::Want { options, ..pairs::Want::default() };
            world.ask(LazyRequest::Pairs(Some(want)));
            world.run();
            let told = world.pairs.last().unwrap();
            assert_eq!(told.looked_at, readable.then_some((6, 6)), "{:?}", world.log);
            (told.count.clone(), std::mem::take(&mut world.log))
        };
        let (all, log) = count(false);
        assert_eq!((all.ordered, all.missing, log.len()), (6, 0, 0));
        let (readable, log) = count(true);
        assert_eq!((readable.ordered, readable.missing), (1, 5));
        assert_eq!((readable.images_missing, readable.images_unsure), (3, 0));
        // The ends of three archives, and of none of them a member.
        let archives: Vec<&str> = log.iter().filter_map(|read| read.split_once(' ')).map(|it| it.0).collect();
        let of = |name: &str| archives.iter().filter(|archive| **archive == name).count();
        assert_eq!((of("test_1.zip"), of("part-005658.zip")), (1, 1), "{log:?}");
        // What is known is not asked for again.
        assert_eq!(count(true), (readable, Vec::new()));
    }
}

/// Members of an archive by name, read with no code of ours.
fn members(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut member = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut member, &mut bytes).unwrap();
            (member.name().to_owned(), bytes)
        })
        .collect()
}

#[test]
fn images_are_taken_away_with_what_made_them() {
    let mut world = World::new();
    let missing = world.rows_of(1)[3];
    world.put_part(1, Method::Deflate, |row| (row as u64 != missing).then(|| png(row)));
    let rows = world.rows_of(1);
    // In the order in which they were chosen, one of them twice.
    let chosen: Vec<u64> = [7, 3, 5, 0, 7, 900].iter().map(|at| rows[*at]).collect();
    let take = |rows| LazyRequest::TakeImages(export::Images { id: 4, rows, name: "x.zip".to_owned() });
    world.ask(take(Rows::These(chosen.clone())));
    world.run();
    let last = world.exports.last().unwrap().clone();
    assert_eq!((last.id, &last.stage, last.rows, last.rows_total, last.missing), (4, &Stage::Done, 4, 5, 1));
    assert_eq!(last.bytes, world.written.len() as u64);
    let members = members(&world.written);
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    assert_eq!(members.len(), 6, "{names:?}");
    for row in [7, 5, 0, 900].map(|at| rows[at] as usize) {
        assert_eq!(members[&world.names[row]], png(row));
    }
    let note = String::from_utf8(members["missing.txt"].clone()).unwrap();
    assert!(
        note.contains(&format!("row {}\t", missing + 1)) && note.contains("not in the archive"),
        "{note}"
    );
    // The list has the form of DiffusionDB's own.
    let list: serde_json::Value = serde_json::from_slice(&members["part-000001.json"]).unwrap();
    assert_eq!(list.as_object().unwrap().len(), 4);
    let batch = reference(&world.files[TABLE]);
    let row = rows[7] as usize;
    let made = &list[&world.names[row]];
    assert_eq!(made["p"], as_string_array(column(&batch, "prompt")).value(row));
    let seed = column(&batch, "seed").as_primitive::<arrow_array::types::UInt32Type>().value(row);
    assert_eq!(made["se"], seed);
    let steps = column(&batch, "step").as_primitive::<UInt16Type>().value(row);
    assert_eq!(made["st"], steps);
    let cfg = column(&batch, "cfg").as_primitive::<arrow_array::types::Float32Type>().value(row);
    assert!((made["c"].as_f64().unwrap() - f64::from(cfg)).abs() < 1e-6, "{made}");
    assert!(made["sa"].as_str().is_some_and(|name| !name.is_empty()), "{made}");
    // Each image once, and no preview.
    let reads = world.log.iter().filter(|line| line.starts_with("part-000001.zip")).count();
    assert!(reads <= 4 + 2, "{:?}", world.log);
}

/// Nothing else is under way that would lead to another step.
#[test]
fn the_last_image_that_comes_ends_the_archive() {
    for method in [Method::Stored, Method::Deflate] {
        for count in 1..=9 {
            let mut world = World::new();
            world.put_part(1, method, |row| Some(png(row)));
            let rows: Vec<u64> = world.rows_of(1).into_iter().take(count).collect();
            for id in 1..=2 {
                world.written.clear();
                let rows = Rows::These(rows.clone());
                world.ask(LazyRequest::TakeImages(export::Images { id, rows, name: "x.zip".to_owned() }));
                world.run();
                assert_eq!(world.exports.last().unwrap().stage, Stage::Done, "{count} images");
                assert_eq!(members(&world.written).len(), count + 1);
            }
        }
    }
}

#[test]
fn the_first_images_of_the_result_are_taken_and_a_stop_leaves_nothing() {
    let mut world = World::new();
    for part in 1..=3 {
        world.put_part(part, Method::Stored, |row| Some(png(row)));
    }
    let take = |rows| LazyRequest::TakeImages(export::Images { id: 1, rows, name: "x.zip".to_owned() });
    world.ask(take(Rows::First(40)));
    world.run();
    assert_eq!(world.exports.last().unwrap().stage, Stage::Done);
    let found = members(&world.written);
    assert_eq!(found.len(), 41);
    assert!(world.names.iter().take(40).all(|name| found.contains_key(name)));
    assert!(world.most_in_flight <= 6, "{}", world.most_in_flight);
    // Held on the way, nothing is in flight for it, and it is the same in the end.
    let whole = std::mem::take(&mut world.written);
    world.ask(take(Rows::First(40)));
    while world.exports.last().unwrap().rows == 0 {
        world.deliver();
    }
    world.ask(LazyRequest::PauseExport { paused: true });
    let held = world.exports.last().unwrap().clone();
    assert_eq!(held.stage, Stage::Paused);
    assert!((1..40).contains(&held.rows), "{held:?}");
    world.run();
    assert_eq!(world.exports.last(), Some(&held));
    assert!(world.flights.is_empty());
    world.ask(LazyRequest::PauseExport { paused: false });
    world.run();
    assert_eq!(world.exports.last().unwrap().stage, Stage::Done);
    assert!(world.written == whole);
    // Stopped on the way: what was fetched for it alone is aborted, and the file is dropped.
    world.written.clear();
    world.ask(take(Rows::First(2_000)));
    for _ in 0..60 {
        world.deliver();
    }
    world.ask(LazyRequest::CancelExport);
    assert_eq!(world.exports.last().unwrap().stage, Stage::Cancelled);
    assert!(world.flights.iter().all(|flight| flight.url == TABLE), "nothing is fetched for it any more");
    world.run();
    assert!(world.written.is_empty());
    assert_eq!(world.exports.last().unwrap().stage, Stage::Cancelled);
    // Nothing at all.
    world.ask(take(Rows::These(vec![9_000_000])));
    assert!(matches!(world.exports.last().unwrap().stage, Stage::Failed(_)));
}
