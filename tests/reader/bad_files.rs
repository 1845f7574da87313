//! Files that are not what they claim: each gets its own words, and nothing panics.

use crate::server::{HUB, Session};
use std::sync::Arc;
use vitrine::protocol::{Level, TableRequest};

fn check(file: Vec<u8>, title: &str, part: &str) {
    let session = Session::open(&Arc::new(file));
    assert_eq!(session.opened, None);
    let [notice] = &session.notices[..] else { panic!("one notice, not {:?}", session.notices) };
    assert_eq!(notice.level, Level::Fatal);
    assert!(notice.title.contains(title), "{notice:?}");
    assert!(notice.text.contains(part), "{notice:?}");
    assert!(!notice.actions.is_empty());
}

#[test]
fn each_has_its_own_notice() {
    let good = HUB.as_ref();
    check(good[..good.len() / 2].to_vec(), "not a Parquet file", "PAR1");
    check(b"PK\x05\x06 and eighteen bytes more".to_vec(), "not a Parquet file", "ZIP");
    check(b"<!doctype html><title>404</title>".to_vec(), "not a Parquet file", "web page");
    check(b"PAR1".to_vec(), "not a Parquet file", "4 bytes");
    let mut lying = good.to_vec();
    let at = lying.len() - 8;
    lying[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    check(lying, "cut short", "claims");
    let mut short = good.to_vec();
    let at = short.len() - 8;
    short[at..at + 4].copy_from_slice(&9u32.to_le_bytes());
    check(short, "damaged", "footer");
    // The same footer behind less data: its chunks lie outside of the file.
    let footer = u32::from_le_bytes(good[good.len() - 8..good.len() - 4].try_into().unwrap()) as usize + 8;
    let mut outside = good[..1000].to_vec();
    outside.extend_from_slice(&good[good.len() - footer..]);
    check(outside, "damaged", "outside the file");
}

#[test]
fn an_empty_file_is_called_empty() {
    // A range of an empty file can't be satisfied: the answer tells the size only.
    check(Vec::new(), "not a Parquet file", "empty");
}

#[test]
fn a_damaged_page_takes_only_its_column() {
    let mut file = HUB.as_ref().clone();
    let meta = parquet::file::metadata::ParquetMetaDataReader::new()
        .parse_and_finish(&bytes::Bytes::copy_from_slice(&file))
        .unwrap();
    let step = meta.row_group(0).columns().iter().find(|c| c.column_path().string() == "step").unwrap();
    let (start, len) = step.byte_range();
    file[(start + len / 2) as usize..(start + len / 2 + 600) as usize].fill(0xff);
    let mut session = Session::open(&Arc::new(file));
    session.show(|show| {
        show.charts = vec!["cfg".into(), "step".into()];
        show.columns = vec!["cfg".into(), "step".into()];
        show.count = 10;
    });
    assert!(session.charts["cfg"].complete);
    assert!(!session.charts.contains_key("step") || !session.charts["step"].complete);
    let [notice] = &session.notices[..] else { panic!("one notice, not {:?}", session.notices) };
    assert_eq!((notice.subject.as_str(), notice.level), ("column step", Level::Error));
    assert!(notice.text.contains("page at byte"), "{}", notice.text);
    session.ask(TableRequest::Load { column: "seed".into() });
    session.run();
    assert!(session.charts["seed"].complete, "the others go on");
}

/// Bytes flipped anywhere in a small file: an error or an answer, never a panic or a hang.
#[test]
fn no_flipped_byte_makes_it_panic() {
    let good = crate::server::generate(3_000, "v2+delta+page-index");
    let mut seed = 12_345u64;
    for _ in 0..150 {
        let mut file = good.clone();
        for _ in 0..4 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let footer = seed & (1 << 40) != 0;
            let span = if footer { 4_000.min(file.len()) } else { file.len() };
            let at = file.len() - 1 - (seed >> 33) as usize % span;
            file[at] ^= 1 << (seed >> 20 & 7);
        }
        let mut session = Session::open(&Arc::new(file));
        if let Some(opened) = session.opened.clone() {
            session.show(|show| {
                show.columns = opened.columns.iter().map(|column| column.name.clone()).collect();
                show.charts = vec!["cfg".into(), "seed".into(), "user_name".into()];
                (show.first, show.count) = (1_500, 20);
            });
        } else {
            assert!(!session.notices.is_empty());
        }
    }
}
