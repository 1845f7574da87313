//! Archives written by the fixture, and archives that lie.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use super::directory::Directory;
use super::end::{Tail, read_end};
use super::member::content;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use fixture::zips::{Method, ZipWriter};
use proptest::prelude::*;

fn archive(members: &[(&str, &[u8])], method: Method, zip64: bool) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new(), zip64);
    for (name, data) in members {
        zip.add(name, data, method).unwrap();
    }
    zip.finish().unwrap()
}

/// Reads a member as the engine does, with the tail at first; the ranges that were read.
fn read(file: &[u8], name: &str, tail_bytes: usize) -> Result<(Option<Vec<u8>>, Vec<ByteRange>)> {
    let size = file.len() as u64;
    let mut reads = vec![ByteRange::new(size.saturating_sub(tail_bytes as u64), size)];
    let part = |range: ByteRange| &file[range.start as usize..range.end as usize];
    let end = loop {
        assert!(reads.len() < 5, "{reads:?}");
        match read_end(part(*reads.last().unwrap()), size)? {
            Tail::End(end) => break end,
            Tail::Needs(range) => {
                assert!(range.end == size && range.start < reads.last().unwrap().start, "{range} {reads:?}");
                reads.push(range);
            }
        }
    };
    if !reads.last().unwrap().contains(end.directory) {
        reads.push(end.directory);
    }
    let directory = Directory::parse(part(end.directory), &end)?;
    let mut failed = None;
    for member in directory.find(name)? {
        reads.push(member.range);
        match content(&member, name, part(member.range)) {
            Ok(content) => return Ok((Some(content), reads)),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok((None, reads)), Err)
}

fn fails(file: &[u8], name: &str) -> Error {
    read(file, name, 4096).expect_err("it must not be read")
}

/// Where the directory's n-th entry begins in an archive whose names have the same length.
fn entry_at(file: &[u8], number: usize) -> usize {
    let end = file.len() - 22;
    let directory = u32::from_le_bytes(file[end + 16..end + 20].try_into().unwrap()) as usize;
    let mut at = directory;
    for _ in 0..number {
        at += 46 + usize::from(u16::from_le_bytes(file[at + 28..at + 30].try_into().unwrap()));
    }
    at
}

fn put(file: &mut [u8], at: usize, bytes: &[u8]) {
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

const THREE: &[(&str, &[u8])] =
    &[("b.png", b"the second"), ("a.png", b"the first one, aaaaaaaaaaaaaaaaaaaaaaaaaaa"), ("c.json", b"{}")];

#[test]
fn members_are_found_and_read_whole() {
    for method in [Method::Stored, Method::Deflate] {
        for zip64 in [false, true] {
            let file = archive(THREE, method, zip64);
            for (name, data) in THREE {
                let (found, reads) = read(&file, name, 4096).unwrap();
                assert_eq!(found.as_deref(), Some(*data));
                assert_eq!(reads.len(), 2, "the tail and the member: {reads:?}");
            }
            assert_eq!(read(&file, "d.png", 4096).unwrap().0, None);
            // From a tail that is too short for anything.
            let (found, reads) = read(&file, "a.png", 22).unwrap();
            assert_eq!(found.as_deref(), Some(THREE[1].1));
            assert!(reads.len() <= 4, "{reads:?}");
        }
    }
}

#[test]
fn a_member_is_read_to_its_end_and_no_farther() {
    let file = archive(THREE, Method::Stored, false);
    let (_, reads) = read(&file, "b.png", 4096).unwrap();
    assert_eq!(reads[1], ByteRange::new(0, 30 + 5 + 10));
}

#[test]
fn a_comment_behind_the_end_is_passed_over() {
    let mut file = archive(THREE, Method::Deflate, false);
    let at = file.len() - 2;
    put(&mut file, at, &5u16.to_le_bytes());
    file.extend(b"hello");
    assert_eq!(read(&file, "c.json", 22).unwrap().0.as_deref(), Some(&b"{}"[..]));
}

#[test]
fn seventy_thousand_members_take_little_memory() {
    let names: Vec<String> =
        (0..70_000u64).map(|n| format!("{:032x}.png", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    let mut zip = ZipWriter::new(Vec::new(), true);
    for name in &names {
        zip.add(name, name.as_bytes(), Method::Stored).unwrap();
    }
    let file = zip.finish().unwrap();
    let size = file.len() as u64;
    let Ok(Tail::End(end)) = read_end(&file, size) else { panic!("no end") };
    let directory =
        Directory::parse(&file[end.directory.start as usize..end.directory.end as usize], &end).unwrap();
    assert_eq!(directory.len(), 70_000);
    assert!(directory.memory_bytes() <= 70_000 * 32, "{}", directory.memory_bytes());
    for name in names.iter().step_by(997) {
        let (found, _) = read(&file, name, 64).unwrap();
        assert_eq!(found.as_deref(), Some(name.as_bytes()));
    }
}

#[test]
fn what_is_no_archive_is_told() {
    assert_eq!(fails(b"", "a").kind, ErrorKind::Unsupported);
    assert_eq!(fails(&[0; 100_000], "a").kind, ErrorKind::Unsupported);
    assert_eq!(fails(b"PK\x05\x06", "a").kind, ErrorKind::Unsupported);
}

#[test]
fn a_directory_that_lies_is_not_believed() {
    let file = archive(THREE, Method::Stored, false);
    let end = file.len() - 22;
    let check = |what: &str, at: usize, bytes: &[u8], kind: ErrorKind| {
        let mut file = file.clone();
        put(&mut file, at, bytes);
        let error = fails(&file, "a.png");
        assert_eq!(error.kind, kind, "{what}: {error}");
    };
    check("it begins outside", end + 16, &u32::to_le_bytes(0x7fff_0000), ErrorKind::Corrupt);
    check("it is longer than the file", end + 12, &u32::to_le_bytes(0x7fff_0000), ErrorKind::Corrupt);
    check("more members than fit", end + 10, &60_000u16.to_le_bytes(), ErrorKind::Corrupt);
    check("fewer members than listed", end + 10, &1u16.to_le_bytes(), ErrorKind::Corrupt);
    check("several disks", end + 4, &1u16.to_le_bytes(), ErrorKind::Unsupported);
    let entry = entry_at(&file, 1);
    check("an offset outside", entry + 42, &u32::to_le_bytes(0x00ff_ffff), ErrorKind::Corrupt);
    check("another member's place", entry + 42, &0u32.to_le_bytes(), ErrorKind::Corrupt);
    check("ten gigabytes", entry + 24, &u32::to_le_bytes(0xf000_0000), ErrorKind::Limit);
    check("packed data that overlap", entry + 20, &1_000u32.to_le_bytes(), ErrorKind::Corrupt);
    check("another length", entry + 24, &7u32.to_le_bytes(), ErrorKind::Corrupt);
    check("another checksum", entry + 16, &7u32.to_le_bytes(), ErrorKind::Corrupt);
    check("encrypted", entry + 8, &1u16.to_le_bytes(), ErrorKind::Encrypted);
    check("an unknown method", entry + 10, &93u16.to_le_bytes(), ErrorKind::Unsupported);
    check("a name that is too long", entry + 28, &u16::MAX.to_le_bytes(), ErrorKind::Corrupt);
    // A part of a member that others do not notice: its own header.
    let (_, reads) = read(&file, "a.png", 4096).unwrap();
    let local = reads[1].start as usize;
    check("no header", local, b"XX", ErrorKind::Corrupt);
    check("a header that disagrees", local + 8, &8u16.to_le_bytes(), ErrorKind::Corrupt);
    check("an extra field over the data", local + 28, &9u16.to_le_bytes(), ErrorKind::Corrupt);
}

#[test]
fn claims_of_ten_gigabytes_reserve_nothing() {
    let mut file = archive(THREE, Method::Stored, true);
    let entry = file.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    // Its ZIP64 field: behind the name, size first.
    put(&mut file, entry + 46 + 5 + 4, &10_000_000_000u64.to_le_bytes());
    assert_eq!(fails(&file, "b.png").kind, ErrorKind::Limit);
    let record = file.windows(4).position(|window| window == b"PK\x06\x06").unwrap();
    put(&mut file, record + 40, &10_000_000_000u64.to_le_bytes());
    assert_eq!(fails(&file, "b.png").kind, ErrorKind::Corrupt);
}

#[test]
fn a_bomb_stops_at_the_promised_length() {
    let zeros = vec![0u8; 3_000_000];
    let mut file = archive(&[("a.png", &zeros)], Method::Deflate, false);
    assert_eq!(read(&file, "a.png", 4096).unwrap().0.map(|content| content.len()), Some(3_000_000));
    let entry = entry_at(&file, 0);
    put(&mut file, entry + 24, &100u32.to_le_bytes());
    assert!(fails(&file, "a.png").message().contains("longer"));
    put(&mut file, entry + 24, &60_000_000u32.to_le_bytes());
    assert!(fails(&file, "a.png").message().contains("can't be as long"));
    put(&mut file, entry + 24, &3_000_001u32.to_le_bytes());
    assert!(fails(&file, "a.png").message().contains("shorter"));
}

#[test]
fn names_are_names_and_no_paths() {
    let file =
        archive(&[("../../etc/passwd", b"no"), ("/a.png", b"no"), ("a.png", b"yes")], Method::Stored, false);
    assert_eq!(read(&file, "a.png", 4096).unwrap().0.as_deref(), Some(&b"yes"[..]));
    assert_eq!(read(&file, "etc/passwd", 4096).unwrap().0, None);
}

proptest! {
    #[test]
    fn any_archive_is_read_back(
        members in prop::collection::btree_map("[a-z]{1,12}", prop::collection::vec(any::<u8>(), 0..300), 0..12),
        deflate in any::<bool>(), zip64 in any::<bool>(), tail in 22usize..3_000,
    ) {
        let list: Vec<(&str, &[u8])> =
            members.iter().map(|(name, data)| (name.as_str(), data.as_slice())).collect();
        let file = archive(&list, if deflate { Method::Deflate } else { Method::Stored }, zip64);
        for (name, data) in &list {
            let (found, _) = read(&file, name, tail).unwrap();
            prop_assert_eq!(found.as_deref(), Some(*data));
        }
    }

    #[test]
    fn damage_is_told_and_never_more(at in 0usize..400, with in any::<[u8; 3]>(), zip64 in any::<bool>()) {
        let mut file = archive(THREE, Method::Deflate, zip64);
        let at = at.min(file.len() - 3);
        put(&mut file, at, &with);
        for (name, data) in THREE {
            // Either it is told, or the member is not there, or it is unharmed.
            if let Ok((Some(content), _)) = read(&file, name, 4096) {
                prop_assert_eq!(content.as_slice(), *data);
            }
        }
    }

    #[test]
    fn noise_never_panics(mut noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&noise, "a", 4096);
        noise.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x40\0\0\0\0\0\0\0\0\0");
        let _ = read(&noise, "a", 4096);
    }
}
