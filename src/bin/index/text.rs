//! The index of the texts of a column: reads the column whole, and writes the files.
#![allow(
    clippy::disallowed_methods,
    reason = "a program that runs on a machine, and tells how long it takes"
)]

use super::{About, Reader, Result, Source, save};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use vitrine::base::bytes::{ByteRange, human_bytes};
use vitrine::formats::maps::{Entry, FOLDER, LIST, List, digest, key, tag};
use vitrine::formats::parquet::decode::{Values, decode_dictionary, decode_page};
use vitrine::formats::parquet::header::{MAX_HEADER_BYTES, PageHeader, PageKind};
use vitrine::formats::parquet::meta::FileMeta;
use vitrine::formats::text_index::root::Root;
use vitrine::formats::text_index::write::{Sink, Writer};
use vitrine::formats::text_index::{PART_BYTES, ROOT, folder, part};
use vitrine::table::column::Column;

/// Bytes of one read.
const WINDOW_BYTES: u64 = 16 << 20;

/// Writes the index of a column, if that has not been done.
pub fn index(
    name: &str,
    source: &mut Source,
    given_tag: Option<&str>,
    column: &str,
    out: &Path,
) -> Result<()> {
    let About { file_bytes, etag } = source.about(given_tag)?;
    let beside = |path: &str| out.join(path.trim_start_matches(FOLDER));
    let list_path = beside(LIST);
    let read_list = || List::parse(&fs::read_to_string(&list_path).unwrap_or_default());
    if let Some((known, own)) = read_list().text(name, file_bytes, Some(&etag))
        && own == column
        && fs::read(beside(&folder(key(name), known)).join(ROOT)).is_ok_and(|root| Root::read(&root).is_ok())
    {
        println!("{name}: the texts of {column} were done before");
        return Ok(());
    }
    let mut reader = Reader { source, requests: 0, bytes: 0 };
    let meta = reader.footer(file_bytes)?;
    let leaf = meta.columns.iter().position(|own| own.name == column);
    let leaf = leaf.ok_or_else(|| format!("it has no column {column}"))?;
    let mut writer = Writer::new(file_bytes, tag(&etag), column.to_owned());
    let started = Instant::now();
    read(name, &mut reader, &meta, leaf, &mut writer)?;
    let read_in = started.elapsed();

    // Beside the folder that it becomes once all is written.
    let own = beside(&folder(key(name), 0));
    let home = own.parent().map_or_else(|| out.to_owned(), Path::to_owned);
    let aside = home.join(format!("new-{}", std::process::id()));
    fs::create_dir_all(&aside).map_err(|error| format!("{}: {error}", aside.display()))?;
    let mut sink = Parts { folder: aside.clone(), number: 0, bytes: 0, file: None };
    let mut told = String::new();
    let written = writer.write(&mut sink, &mut |what, share| {
        let line = format!("{name}: {what}, {:.0} %", share * 100.0);
        if line != told {
            println!("{line}");
            told = line;
        }
    });
    let (root, report) = written.map_err(|error| error.to_string())?;
    sink.end().map_err(|error| error.to_string())?;
    let bytes = root.write().map_err(|error| error.to_string())?;
    // What is written is what can be read.
    Root::read(&bytes).map_err(|error| error.to_string())?;
    save(&aside.join(ROOT), &bytes)?;
    let root_digest = digest(&bytes);
    let place = beside(&folder(key(name), root_digest));
    let _ = fs::remove_dir_all(&place);
    fs::rename(&aside, &place).map_err(|error| format!("{}: {error}", place.display()))?;
    let mut list = read_list();
    list.put(Entry::Text {
        key: key(name),
        file_bytes,
        etag: tag(&etag),
        digest: root_digest,
        column: column.to_owned(),
    });
    save(&list_path, list.print().as_bytes())?;
    // Those of other versions are named by no list any more.
    for other in fs::read_dir(&home).into_iter().flatten().flatten() {
        if other.path() != place {
            let _ = fs::remove_dir_all(other.path());
        }
    }
    println!(
        "{name}: {column} has {} rows in {} runs of {} different texts, {} words ({} different), {} pairs",
        report.rows, report.units, report.distinct, report.tokens, report.words, report.pairs
    );
    if report.units * 2 > report.distinct * 3 {
        println!("  Rows with the same text do not lie together: lists are longer than they could be.");
    }
    println!("  {:>10}  root", human_bytes(bytes.len() as u64));
    for (what, bytes) in &report.sections {
        println!("  {:>10}  {what}", human_bytes(*bytes));
    }
    println!(
        "  {:>10}  in all, read in {:.0} s and written in {:.0} s",
        human_bytes(bytes.len() as u64 + root.data_bytes),
        read_in.as_secs_f64(),
        (started.elapsed() - read_in).as_secs_f64()
    );
    Ok(())
}

/// Reads all texts of a column.
fn read(
    name: &str,
    reader: &mut Reader<'_>,
    meta: &FileMeta,
    leaf: usize,
    writer: &mut Writer,
) -> Result<()> {
    let told = |error: vitrine::base::error::Error| error.to_string();
    let own = meta.columns.get(leaf).ok_or("no such column")?;
    own.check().map_err(told)?;
    let started = Instant::now();
    let (mut rows, mut tenth) = (0_u64, 0);
    for (number, group) in meta.groups.iter().enumerate() {
        let Some(chunk) = group.chunks.get(leaf) else { continue };
        let mut window = Window { start: chunk.range.start, bytes: Vec::new(), end: chunk.range.end };
        let mut at = chunk.range.start;
        let mut dictionary: Option<Values> = None;
        let mut left = group.rows;
        while left > 0 {
            let place = || format!("row group {number}, page at byte {at}");
            let head = window.at(reader, at, MAX_HEADER_BYTES as u64)?;
            let header = PageHeader::parse(head).map_err(|error| format!("{}: {error}", place()))?;
            let body = at + u64::from(header.header_bytes);
            let end = at + header.page_bytes();
            let bytes = window.at(reader, body, end - body)?;
            if (bytes.len() as u64) < end - body {
                return Err(format!("{}: it ends early", place()));
            }
            let bytes = bytes.get(..(end - body) as usize).unwrap_or_default();
            match header.kind {
                PageKind::Dictionary { .. } => {
                    dictionary = Some(decode_dictionary(own, chunk.codec, &header, bytes).map_err(told)?);
                }
                PageKind::DataV1 { .. } | PageKind::DataV2 { .. } => {
                    let known = dictionary.as_ref().map(Values::len);
                    let page = decode_page(own, chunk.codec, &header, bytes, known).map_err(told)?;
                    let mut column = Column::text(header.values().unwrap_or(0) as usize);
                    column.begin_chunk(dictionary.as_ref()).map_err(told)?;
                    column.append(&page, dictionary.as_ref()).map_err(told)?;
                    let texts = column.texts().ok_or("it has no texts")?;
                    for row in 0..texts.rows() {
                        writer.push(texts.of_row(row)).map_err(|error| error.to_string())?;
                    }
                    let count = texts.rows() as u64;
                    if count > left {
                        return Err(format!("{}: it has more rows than its row group", place()));
                    }
                    left -= count;
                    rows += count;
                }
                PageKind::Other => {}
            }
            at = end;
            if rows * 10 / meta.rows.max(1) > tenth {
                tenth = rows * 10 / meta.rows.max(1);
                let seconds = started.elapsed().as_secs_f64();
                let more = seconds / rows as f64 * (meta.rows - rows) as f64;
                println!("{name}: {rows} of {} rows are read, about {more:.0} s left", meta.rows);
            }
        }
    }
    Ok(())
}

/// What of a column chunk is here.
struct Window {
    start: u64,
    bytes: Vec<u8>,
    end: u64,
}

impl Window {
    /// The bytes from `at` on, as many as wanted unless the chunk ends before.
    fn at(&mut self, reader: &mut Reader<'_>, at: u64, wanted: u64) -> Result<&[u8]> {
        let end = at.saturating_add(wanted).min(self.end);
        if at < self.start || end > self.start + self.bytes.len() as u64 {
            let range = ByteRange::new(at, at.saturating_add(wanted.max(WINDOW_BYTES)).min(self.end));
            self.bytes = reader.read(range)?;
            self.start = at;
        }
        Ok(self.bytes.get((at - self.start) as usize..).unwrap_or_default())
    }
}

/// Files of [`PART_BYTES`] each, the last one shorter.
struct Parts {
    folder: PathBuf,
    number: u32,
    /// Bytes in the file that is being written.
    bytes: u64,
    file: Option<io::BufWriter<fs::File>>,
}

impl Sink for Parts {
    fn add(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = (PART_BYTES - self.bytes).min(bytes.len() as u64) as usize;
            let (own, rest) = bytes.split_at(room);
            if self.file.is_none() {
                let path = self.folder.join(part(self.number));
                self.file = Some(io::BufWriter::new(fs::File::create(path)?));
            }
            if let Some(file) = &mut self.file {
                file.write_all(own)?;
            }
            self.bytes += own.len() as u64;
            if self.bytes == PART_BYTES {
                self.end()?;
                self.number += 1;
                self.bytes = 0;
            }
            bytes = rest;
        }
        Ok(())
    }
}

impl Parts {
    fn end(&mut self) -> io::Result<()> {
        self.file.take().map_or(Ok(()), |mut file| file.flush())
    }
}
