//! Images out of archives: which reads they cost, in which order, and what is told when one fails.

use crate::server::{column, generate, reference};
use arrow_array::cast::{AsArray, as_string_array};
use arrow_array::types::UInt16Type;
use fixture::canvas::Canvas;
use fixture::zips::{Method, ZipWriter};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use vitrine::bytes::ByteRange;
use vitrine::engine::{Effect, Engine, Event};
use vitrine::error::{Error, ErrorKind};
use vitrine::hub::answer::Identity;
use vitrine::ids::{DecodeId, FetchId, SourceId};
use vitrine::protocol::images::{Image, Images, Outcome, Picture, Want};
use vitrine::protocol::{Open, Request, Response};

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
    files: BTreeMap<String, Arc<Vec<u8>>>,
    sources: BTreeMap<SourceId, String>,
    flights: VecDeque<Flight>,
    decodes: VecDeque<Decode>,
    /// Reads of anything but the table, as `file start..end`.
    log: Vec<String>,
    aborted: usize,
    most_in_flight: usize,
    images: Vec<Image>,
    names: Vec<String>,
    parts: Vec<u16>,
}

impl World {
    fn new() -> Self {
        let file = Arc::new(generate(ROWS, "hub"));
        let batch = reference(&file);
        let names = as_string_array(column(&batch, "image_name")).iter().map(|name| name.unwrap().to_owned());
        let parts = column(&batch, "part_id").as_primitive::<UInt16Type>().values().to_vec();
        let mut world = Self {
            engine: Engine::default(),
            names: names.collect(),
            parts,
            files: BTreeMap::from([(TABLE.to_owned(), file)]),
            sources: BTreeMap::new(),
            flights: VecDeque::new(),
            decodes: VecDeque::new(),
            log: Vec::new(),
            aborted: 0,
            most_in_flight: 0,
            images: Vec::new(),
        };
        world.ask(Request::Open(Open {
            table: "hf:poloclub/diffusiondb/metadata.parquet".to_owned(),
            endpoint: None,
            base: "https://app.example/".to_owned(),
        }));
        world.run();
        world
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

    fn ask(&mut self, request: Request) {
        self.step(Event::Request(request));
    }

    fn want(&mut self, wants: &[(u64, u32)]) {
        self.want_with(wants, None);
    }

    fn want_with(&mut self, wants: &[(u64, u32)], thumbnails: Option<&str>) {
        let wants = wants.iter().map(|(row, px)| Want { row: *row, px: *px }).collect();
        self.ask(Request::Images(Images { wants, thumbnails: thumbnails.map(str::to_owned) }));
    }

    /// Delivers everything.
    fn run(&mut self) {
        while self.deliver() {}
    }

    fn deliver(&mut self) -> bool {
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
            let error = Error::new(ErrorKind::NotFound, "there is no such file");
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
                Effect::Look { id, .. } => {
                    self.step(Event::Failed { id, error: Error::new(ErrorKind::Network, "not kept") });
                }
                Effect::Fetch { id, source, range } => {
                    let url = self.sources[&source].clone();
                    if source != SourceId::TABLE {
                        self.log.push(format!("{} {range}", url.rsplit('/').next().unwrap()));
                    }
                    self.flights.push_back(Flight { id, url, range });
                }
                Effect::Get { id, url, most_bytes } => {
                    self.log.push(url.clone());
                    self.flights.push_back(Flight { id, url, range: ByteRange::new(0, most_bytes) });
                }
                Effect::Continue | Effect::Wake { .. } => {}
                Effect::Abort { id } => {
                    self.flights.retain(|flight| flight.id != id);
                    self.aborted += 1;
                }
                Effect::Decode { id, bytes, size_px, .. } => self.decodes.push_back((id, bytes, size_px)),
                Effect::Respond(Response::Image(image)) => self.images.push(image),
                Effect::Respond(_)
                | Effect::RetryNow
                | Effect::List { .. }
                | Effect::Write { .. }
                | Effect::DropFile { .. } => {}
            }
        }
        let images = self.flights.iter().filter(|flight| flight.url != TABLE).count();
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

fn png(row: usize) -> Vec<u8> {
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
    // The size is not known at first: a byte tells it.
    assert_eq!(world.log.len(), 3, "{:?}", world.log);
    assert_eq!(world.log[0], "part-000001.zip 0..1");
    assert_eq!(world.log[1], format!("part-000001.zip {}..{size}", size.saturating_sub(87_200)));
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

#[test]
fn a_directory_is_read_once_for_all_who_wait_for_it() {
    let mut world = World::new();
    world.put_part(2, Method::Stored, |row| Some(png(row)));
    let rows = world.rows_of(2);
    let wants: Vec<(u64, u32)> = rows[..20].iter().map(|row| (*row, 40)).collect();
    world.want(&wants);
    world.run();
    assert_eq!(world.log.len(), 2 + 20, "{:?}", world.log);
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
    assert!(world.log.iter().all(|read| read.starts_with("part-000002")), "{:?}", world.log);
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
