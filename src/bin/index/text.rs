//! The index of the texts of a column: reads the column whole, and writes the files.
#![allow(
    clippy::disallowed_methods,
    reason = "a program that runs on a machine, and tells how long it takes"
)]

use super::pages::Pages;
use super::{About, Reader, Result, Source, save};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use vitrine::base::bytes::human_bytes;
use vitrine::formats::maps::{Entry, FOLDER, LIST, List, digest, key, tag};
use vitrine::formats::parquet::decode::{Values, decode_dictionary, decode_page};
use vitrine::formats::parquet::header::{MAX_HEADER_BYTES, PageHeader, PageKind};
use vitrine::formats::parquet::meta::FileMeta;
use vitrine::formats::text_index::root::Root;
use vitrine::formats::text_index::write::{Sink, Writer};
use vitrine::formats::text_index::{PART_BYTES, ROOT, folder, part};
use vitrine::table::column::Column;

/// Writes the index of a column, if that has not been done.
pub fn index(
    name: &str,
    source: &mut Source,
    given_tag: Option<&str>,
    column: &str,
    place: Option<&str>,
    most_bytes: Option<u64>,
    out: &Path,
) -> Result<()> {
    let About { file_bytes, etag } = source.about(given_tag)?;
    let beside = |path: &str| out.join(path.trim_start_matches(FOLDER));
    let list_path = beside(LIST);
    let read_list = || List::parse(&fs::read_to_string(&list_path).unwrap_or_default());
    if let Some((known, own)) = read_list().text(name, file_bytes, Some(&etag))
        && own == column
        && fs::read(beside(&folder(key(name), known)).join(ROOT))
            .is_ok_and(|root| Root::read(&root).is_ok_and(|root| root.has_signs))
    {
        if let Some(url) = place {
            let mut list = read_list();
            list.put(Entry::Place { key: key(name), url: url.to_owned() });
            save(&list_path, list.print().as_bytes())?;
        }
        println!("{name}: the texts of {column} were done before");
        return Ok(());
    }
    let mut reader = Reader { source, requests: 0, bytes: 0 };
    let meta = reader.footer(file_bytes)?;
    let leaf = meta.columns.iter().position(|own| own.name == column);
    let leaf = leaf.ok_or_else(|| format!("it has no column {column}"))?;
    let mut writer = Writer::new(file_bytes, tag(&etag), column.to_owned());
    let started = Instant::now();
    // What was read is kept until all is done, so that it is not read again after an interruption.
    let kept = beside(&folder(key(name), 0))
        .with_file_name(format!("{:016x}.part", key(&format!("{etag} {column}"))));
    let mut pages = Pages::new(&mut reader, &kept)?;
    read(name, &mut pages, &meta, leaf, &mut writer)?;
    let read_in = started.elapsed();

    // Beside the folder that it becomes once all is written.
    let own = beside(&folder(key(name), 0));
    let home = own.parent().map_or_else(|| out.to_owned(), Path::to_owned);
    let aside = home.join(format!("new-{}", std::process::id()));
    fs::create_dir_all(&aside).map_err(|error| format!("{}: {error}", aside.display()))?;
    let mut sink = Parts { folder: aside.clone(), number: 0, bytes: 0, file: None };
    let mut told = 0;
    let began = Instant::now();
    let written = writer.write(&mut sink, &mut |what, share| {
        let twentieth = (share * 20.0) as u32;
        if twentieth > told {
            told = twentieth;
            let more = began.elapsed().as_secs_f64() / share * (1.0 - share);
            println!("{name}: {what}, {} %, about {more:.0} s left", twentieth * 5);
        }
    });
    let (root, report) = written.map_err(|error| error.to_string())?;
    sink.end().map_err(|error| error.to_string())?;
    let bytes = root.write().map_err(|error| error.to_string())?;
    // What is written is what can be read.
    Root::read(&bytes).map_err(|error| error.to_string())?;
    save(&aside.join(ROOT), &bytes)?;
    let root_digest = digest(&bytes);
    let own_bytes = bytes.len() as u64 + root.data_bytes;
    let others = folder_bytes(out).saturating_sub(folder_bytes(&home)) + own_bytes;
    if let Some(most) = most_bytes.filter(|most| others > *most) {
        let _ = fs::remove_dir_all(&aside);
        let _ = fs::remove_file(&kept);
        return Err(format!(
            "the index has {}, and the folder would have {}: more than {}",
            human_bytes(own_bytes),
            human_bytes(others),
            human_bytes(most)
        ));
    }
    let home_of_version = beside(&folder(key(name), root_digest));
    let _ = fs::remove_dir_all(&home_of_version);
    fs::rename(&aside, &home_of_version)
        .map_err(|error| format!("{}: {error}", home_of_version.display()))?;
    let mut list = read_list();
    list.put(Entry::Text {
        key: key(name),
        file_bytes,
        etag: tag(&etag),
        digest: root_digest,
        column: column.to_owned(),
    });
    if let Some(url) = place {
        list.put(Entry::Place { key: key(name), url: url.to_owned() });
    }
    save(&list_path, list.print().as_bytes())?;
    // Those of other versions are named by no list any more.
    for other in fs::read_dir(&home).into_iter().flatten().flatten() {
        if other.path() != home_of_version {
            let _ = fs::remove_dir_all(other.path()).or_else(|_| fs::remove_file(other.path()));
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
        human_bytes(own_bytes),
        read_in.as_secs_f64(),
        (started.elapsed() - read_in).as_secs_f64()
    );
    Ok(())
}

/// Reads all texts of a column.
fn read(
    name: &str,
    pages: &mut Pages<'_, '_>,
    meta: &FileMeta,
    leaf: usize,
    writer: &mut Writer,
) -> Result<()> {
    let told = |error: vitrine::base::error::Error| error.to_string();
    let own = meta.columns.get(leaf).ok_or("no such column")?;
    own.check().map_err(told)?;
    let started = Instant::now();
    let before = pages.kept_bytes();
    let bytes_in_all: u64 =
        meta.groups.iter().filter_map(|group| group.chunks.get(leaf)).map(|chunk| chunk.range.len()).sum();
    let (mut rows, mut tenth) = (0_u64, 0);
    for (number, group) in meta.groups.iter().enumerate() {
        let Some(chunk) = group.chunks.get(leaf) else { continue };
        pages.begin(chunk.range);
        let mut at = chunk.range.start;
        let mut dictionary: Option<Values> = None;
        let mut left = group.rows;
        while left > 0 {
            let place = || format!("row group {number}, page at byte {at}");
            let head = pages.at(at, MAX_HEADER_BYTES as u64)?;
            let header = PageHeader::parse(head).map_err(|error| format!("{}: {error}", place()))?;
            let body = at + u64::from(header.header_bytes);
            let end = at + header.page_bytes();
            let bytes = pages.at(body, end - body)?;
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
                // What an earlier run had read costs next to nothing.
                let done = pages.taken_bytes();
                let fetched = done.saturating_sub(before);
                let told = match fetched {
                    0 => String::new(),
                    _ => {
                        let seconds = started.elapsed().as_secs_f64();
                        let more = bytes_in_all.saturating_sub(done.max(before));
                        format!(", about {:.0} s left", seconds / fetched as f64 * more as f64)
                    }
                };
                println!("{name}: {rows} of {} rows are read{told}", meta.rows);
            }
        }
    }
    Ok(())
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

/// The bytes of all files of a folder.
fn folder_bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => folder_bytes(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.map(bytes).sum()
}
