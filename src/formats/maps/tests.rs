//! What is written is read, and nothing else is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::pack::{self, Known};
use super::{Entry, List, key, pack_of, repository_name, table, tag};
use crate::formats::hub::HubPath;
use crate::formats::parquet::header::PageLocation;
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::{FileMeta, Footer, read_footer};
use crate::formats::parquet::stats::{PageStats, Short};
use crate::formats::zip::directory::Directory;
use crate::formats::zip::end::{Tail, read_end};

fn file() -> Vec<u8> {
    let mut bytes = Vec::new();
    let rows = fixture::table::Table::new(40_000, 3);
    fixture::write::diffusiondb(&rows, &"row-groups".parse().unwrap(), &mut bytes).unwrap();
    bytes
}

fn meta(bytes: &[u8]) -> FileMeta {
    match read_footer(bytes, bytes.len() as u64).unwrap() {
        Footer::Meta(meta) => *meta,
        Footer::Needs(range) => panic!("{range} is missing"),
    }
}

/// Maps of which every chunk has two pages.
fn maps(meta: &FileMeta) -> Vec<Vec<PageMap>> {
    let map = |leaf: usize| {
        let of = |group: &crate::formats::parquet::meta::RowGroup| {
            let chunk = group.chunks[leaf];
            let (first, half) = (chunk.first_data, (chunk.range.end - chunk.first_data) / 2);
            let index = [
                PageLocation { offset: first, page_bytes: half as u32, first_row: 0 },
                PageLocation {
                    offset: first + half,
                    page_bytes: (chunk.range.end - first - half) as u32,
                    first_row: group.rows / 2,
                },
            ];
            let mut map = PageMap::from_index(chunk, group.rows, &index);
            map.mark_dictionary_pages(&[true, false]);
            let low = Short::new(&[leaf as u8, 0, 0, 0]).unwrap();
            map.mark_stats(&[
                PageStats {
                    nulls: Some(3 + leaf as u32),
                    range: Some((low, Short::new(b"12345678").unwrap())),
                },
                PageStats { nulls: None, range: leaf.is_multiple_of(2).then_some((low, low)) },
            ]);
            map
        };
        meta.groups.iter().map(of).collect()
    };
    (0..meta.columns.len()).map(map).collect()
}

#[test]
fn page_maps_come_back_and_fit_one_file_only() {
    let meta = meta(&file());
    let maps = maps(&meta);
    let bytes = table::write(&meta, &maps);
    let read = table::read(&bytes, &meta).unwrap();
    for (read, map) in read.iter().flatten().zip(maps.iter().flatten()) {
        assert_eq!(read.pages(), map.pages());
        assert_eq!(read.dictionary(), map.dictionary());
        assert!(read.is_complete());
    }
    let mut other = meta.clone();
    other.rows += 1;
    assert!(table::read(&bytes, &other).is_err());
    let mut other = meta.clone();
    other.groups[0].chunks[0].range.end -= 1;
    assert!(table::read(&bytes, &other).is_err(), "a page reaches beyond its chunk");
    for cut in 0..bytes.len() {
        assert!(table::read(&bytes[..cut], &meta).is_err());
    }
}

fn archive(members: &[(String, Vec<u8>)]) -> (Vec<u8>, Directory) {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    for (name, data) in members {
        let offset = zip.len() as u32;
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let common = |out: &mut Vec<u8>| {
            for value in [20u16, 0, 0, 0, 0] {
                out.extend(value.to_le_bytes());
            }
            for value in [crc.sum(), data.len() as u32, data.len() as u32] {
                out.extend(value.to_le_bytes());
            }
            out.extend((name.len() as u16).to_le_bytes());
            out.extend(0u16.to_le_bytes());
        };
        zip.extend(b"PK\x03\x04");
        common(&mut zip);
        zip.extend(name.as_bytes());
        zip.extend(data);
        directory.extend(b"PK\x01\x02\x14\0");
        common(&mut directory);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = zip.len();
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        zip.extend((members.len() as u16).to_le_bytes());
    }
    zip.extend((directory.len() as u32).to_le_bytes());
    zip.extend((start as u32).to_le_bytes());
    zip.extend([0; 2]);
    let Ok(Tail::End(end)) = read_end(&zip, zip.len() as u64) else { panic!("no end record") };
    let directory = &zip[end.directory.start as usize..end.directory.end as usize];
    let directory = Directory::parse(directory, &end).unwrap();
    (zip, directory)
}

fn members(count: u32) -> Vec<(String, Vec<u8>)> {
    let name = |n: u32| format!("{:08x}-0000-4000-8000-{:012x}.png", n.wrapping_mul(2_654_435_761), n);
    (0..count).map(|n| (name(n), vec![n as u8; (n * 37 % 900) as usize])).collect()
}

#[test]
fn directories_come_back_in_few_bytes() {
    let members = members(1_001);
    let (zip, directory) = archive(&members);
    let bytes = directory.write();
    // 2,000 of them take 20 MB at most, each with images of some hundred kilobytes, which is one byte more.
    assert!(bytes.len() < 9_000, "{} bytes", bytes.len());
    let read = Directory::read(&bytes, zip.len() as u64).unwrap();
    for (name, data) in &members {
        let found = read.find(name).unwrap();
        let content = found.iter().find_map(|member| {
            let bytes = &zip[member.range.start as usize..member.range.end as usize];
            crate::formats::zip::member::content(member, name, bytes).ok()
        });
        assert_eq!(content.as_ref(), Some(data));
    }
    assert!(read.find("nothing.png").unwrap().is_empty());
    assert!(Directory::read(&bytes, 10).is_err());
    for cut in 0..bytes.len() {
        assert!(Directory::read(&bytes[..cut], zip.len() as u64).is_err());
    }
}

#[test]
fn packs_hold_several_archives() {
    let (zip, directory) = archive(&members(20));
    let known = |path: &str| Known {
        path: path.to_owned(),
        file_bytes: zip.len() as u64,
        etag: "a".to_owned(),
        directory: directory.clone(),
    };
    let bytes = pack::write(&[known("images/part-000001.zip"), known("images/part-000002.zip")]);
    let read = pack::read(&bytes).unwrap();
    assert_eq!(read[1].path, "images/part-000002.zip");
    assert_eq!(read[1].directory.len(), 20);
    assert!(pack::read(&bytes[1..]).is_err());
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_anything(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), sound in proptest::bool::ANY) {
        static META: std::sync::LazyLock<FileMeta> = std::sync::LazyLock::new(|| meta(&file()));
        // With a digest that is right what follows is looked at.
        let with = |magic: &[u8]| {
            let mut all = magic.to_vec();
            all.extend(&bytes);
            if sound {
                let digest = super::digest(&all);
                all.extend(digest.to_le_bytes());
            }
            all
        };
        let _ = table::read(&with(b"VPM1"), &META);
        let _ = pack::read(&with(b"VZD1"));
        let _ = Directory::read(&bytes, 1 << 40);
    }

    #[test]
    fn no_text_breaks_the_list(text in "(table|zips|at|https://a/| |[0-9a-f]{1,16}|\n|é){0,60}") {
        let list = List::parse(&text);
        proptest::prop_assert_eq!(List::parse(&list.print()), list);
    }
}

#[test]
fn the_list_says_where_things_are() {
    let mut list = List::default();
    let name = "hf:poloclub/diffusiondb/metadata.parquet";
    list.put(Entry::Table { key: key(name), file_bytes: 10, etag: "old".to_owned() });
    list.put(Entry::Table { key: key(name), file_bytes: 10, etag: tag("W/\"abc\"") });
    list.put(Entry::Zips { key: key(&repository_name("poloclub/diffusiondb", "main")), packs: 7 });
    let list = List::parse(&list.print());
    assert_eq!(list.table(name, 10, Some("\"abc\"")), Some(format!("maps/{:016x}.pages", key(name))));
    assert_eq!(list.table(name, 11, Some("\"abc\"")), None);
    assert_eq!(list.table(name, 10, Some("\"old\"")), None);
    assert_eq!(list.table(name, 10, None), None);
    let path = HubPath {
        repository: "poloclub/diffusiondb".to_owned(),
        revision: "main".to_owned(),
        path: "images/part-000001.zip".to_owned(),
    };
    let number = pack_of(&path.path, 7);
    assert!(list.pack(&path).is_some_and(|file| file.ends_with(&format!("-{number}.zips"))));
    assert_eq!(list.pack(&HubPath { revision: "other".to_owned(), ..path }), None);
    assert_eq!(list.place(name), None);
    let place = |url: &str| {
        let text = format!("{}at {:016x} {url}\n", list.print(), key(name));
        List::parse(&text).place(name).map(str::to_owned)
    };
    assert_eq!(place("https://example.org/a/"), Some("https://example.org/a/".to_owned()));
    assert_eq!((place("https://example.org/a"), place("javascript:a/"), place("")), (None, None, None));
}
