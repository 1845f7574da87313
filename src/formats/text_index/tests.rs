//! An index answers what a look at each text answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::plan::{Plan, Step};
use super::root::Root;
use super::verify::Verify;
use super::write::Writer;
use super::{Index, rows};
use crate::base::bytes::ByteRange;
use proptest::prelude::*;

/// An index in memory, and the ranges that were read of it.
struct Host {
    index: Index,
    data: Vec<u8>,
    read: Vec<ByteRange>,
}

impl Host {
    fn of(texts: &[Option<&str>]) -> Self {
        let mut writer = Writer::new(1, "tag".to_owned(), "prompt".to_owned());
        texts.iter().for_each(|text| writer.push(text.map(str::as_bytes)).unwrap());
        let mut data = Vec::new();
        let (root, report) = writer.write(&mut data, &mut |_, _| {}).unwrap();
        assert_eq!(report.rows, texts.len() as u64);
        let read = Root::read(&root.write().unwrap()).unwrap();
        assert_eq!(read, root);
        Self { index: Index::new(read), data, read: Vec::new() }
    }

    fn feed(&mut self, ranges: Vec<ByteRange>) {
        assert!(!ranges.is_empty());
        for range in ranges {
            let bytes = self.data[range.start as usize..range.end as usize].to_vec();
            self.index.feed(range, bytes);
            self.read.push(range);
        }
    }

    /// The rows that match, and how many round trips the lists took.
    fn rows(&mut self, mut plan: Plan, matches: impl Fn(&[u8]) -> bool) -> (Vec<usize>, usize) {
        let mut trips = 0;
        let bounds = loop {
            match plan.advance(&self.index).unwrap() {
                Step::Needs(ranges) => self.feed(ranges),
                Step::Done(bounds) => break bounds,
            }
            trips += 1;
            assert!(trips < 5);
        };
        let mut verify = Verify::new(bounds);
        while !verify.is_done() {
            while verify.advance(&mut self.index, &matches).unwrap() {}
            if !verify.is_done() {
                let wants = verify.wants(&self.index);
                self.feed(wants);
            }
        }
        if let Some(range) = self.index.needs_rows().unwrap() {
            self.feed(vec![range]);
            assert_eq!(self.index.needs_rows().unwrap(), None);
        }
        let first = self.index.first_rows();
        let rows = verify.hits().members(0).flat_map(|unit| first[unit] as usize..first[unit + 1] as usize);
        (rows.collect(), trips)
    }
}

fn regex(pattern: &str) -> Plan {
    Plan::regex(&regex::bytes::RegexBuilder::new(pattern).case_insensitive(true).build().unwrap())
}

#[test]
fn lists_alone_answer_what_they_can() {
    let texts = [
        Some("A castle at dawn, concept art by greg"),
        Some("A castle at dawn, concept art by greg"),
        Some("concept, art of a Café"),
        None,
        Some("cyberpunk city, sci-fi, 8k"),
        Some("trending on artstation, trending on cgsociety"),
        Some("on artstation trending"),
        Some("steampunk  castle 8 k"),
    ];
    let mut host = Host::of(&texts);
    for (plan, expected) in [
        (Plan::literal("castle", false, false), vec![0, 1, 7]),
        (Plan::literal("CAFÉ", false, false), vec![2]),
        (Plan::literal("concept art", false, false), vec![0, 1]),
        (Plan::literal("sci-fi", false, false), vec![4]),
        (Plan::literal("trending on artstation", false, false), vec![5]),
        (Plan::literal("castle at dawn, concept art", false, false), vec![0, 1]),
        (Plan::literal("steampunk castle", false, false), vec![7]),
        (Plan::literal("art", false, true), vec![0, 1, 2, 5, 6]),
        (Plan::literal("punk", true, false), vec![4, 7]),
        (Plan::literal("tsta", true, true), vec![5, 6]),
        (Plan::literal("nothing", false, false), vec![]),
        (Plan::Not(Box::new(Plan::literal("a", false, false))), vec![3, 4, 5, 6, 7]),
        (regex("(cyber|steam)punk"), vec![4, 7]),
        (regex("x*"), (0..8).collect()),
        (regex("[0-9]k"), vec![4]),
    ] {
        let told = format!("{plan:?}");
        let (rows, trips) = host.rows(plan, |_| panic!("a text is looked at for {told}"));
        assert_eq!(rows, expected, "{told}");
        assert!(trips <= 3, "{trips} round trips for {told}");
    }
    // Odd spaces are not in the lists: those texts are looked at.
    let (rows, _) = host.rows(regex("8 ?k"), |text| text.ends_with(b"8 k"));
    assert_eq!(rows, [4, 7]);
    let (rows, _) = host.rows(regex("^on .* trending$"), |text| text.starts_with(b"on"));
    assert_eq!(rows, [6]);
}

#[test]
fn the_same_texts_make_the_same_files() {
    let texts: Vec<String> = (0..500).map(|n| format!("text {} of {}", n % 7, n / 3)).collect();
    let texts: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
    let (one, other) = (Host::of(&texts), Host::of(&texts));
    assert_eq!((one.index.root, one.data), (other.index.root, other.data));
}

#[test]
fn an_empty_column_has_an_index() {
    let mut host = Host::of(&[]);
    assert_eq!(host.rows(Plan::literal("a", false, false), |_| true).0, Vec::<usize>::new());
}

proptest! {
    #[test]
    fn the_map_of_rows_comes_back(lens in prop::collection::vec(1u32..2_000, 0..300)) {
        let bytes = rows::write(&lens);
        let total: u32 = lens.iter().sum();
        let first = rows::read(&bytes, lens.len() as u32, total.into()).unwrap();
        let own: Vec<u32> = first.windows(2).map(|two| two[1] - two[0]).collect();
        prop_assert_eq!(own, lens);
        prop_assert!(rows::read(&bytes, first.len() as u32 - 1, u64::from(total) + 1).is_err());
    }
}
