//! Indexes of texts: a root of anything, and data that was changed behind a root's back.

use std::sync::LazyLock;
use vitrine::formats::maps::digest;
use vitrine::formats::text_index::plan::Step;
use vitrine::formats::text_index::root::Root;
use vitrine::formats::text_index::verify::Verify;
use vitrine::formats::text_index::write::Writer;
use vitrine::formats::text_index::{Index, list, pairs, rows, texts, words};
use vitrine::table::indexed::plan;
use vitrine::view::query::parse;

/// An index of a few hundred texts: its root, and its data.
static INDEX: LazyLock<(Root, Vec<u8>)> = LazyLock::new(|| {
    let words = ["castle", "at", "dawn,", "concept", "art", "by", "Café", "cyberpunk", "8k", "sci-fi"];
    let mut writer = Writer::new(1, "t".to_owned(), "prompt".to_owned());
    for row in 0..600_usize {
        let text: Vec<&str> = (0..row % 9).map(|n| words[(row / 3 * (n + 1) + n) % words.len()]).collect();
        writer.push((row % 50 != 0).then(|| text.join(" ")).as_deref().map(str::as_bytes)).unwrap();
    }
    let mut data = Vec::new();
    let (root, _) = writer.write(&mut data, &mut |_, _| {}).unwrap();
    (root, data)
});

const QUERIES: &[&str] = &[
    "castle -dawn",
    "\"concept art by\" | art*",
    "*punk \"sci-fi\"",
    "/8 ?k/ /c.*e/",
    "\"castle at dawn, concept art\"",
    "\"dawn,\"",
    "/^castle/ | /\\bart\\b/",
    "/[a-z]+[- ]fi/ -/k$/",
    "*t | c* | *a*",
    "\"-\" | /[,;] ?by/",
    "/at (dawn|by), c/",
];

/// A place, a query by its number, and bytes that take the place of what is there. As a root, too.
pub fn index(bytes: &[u8]) {
    if let Ok(root) = Root::read(bytes) {
        assert!(root.pages.iter().all(|page| page.end <= root.data_bytes));
        assert!(root.texts.iter().all(|(first, _)| *first < root.units));
    }
    let Some(([high, low, query], patch)) = bytes.split_first_chunk::<3>() else { return };
    let (root, data) = &*INDEX;
    let mut data = data.clone();
    let at = usize::from(u16::from_be_bytes([*high, *low])) % data.len();
    for (old, new) in data[at..].iter_mut().zip(patch) {
        *old = *new;
    }
    let query = parse(QUERIES[usize::from(*query) % QUERIES.len()]).unwrap();
    let mut index = Index::new(root.clone());
    let mut plan = plan(&query);
    let feed = |index: &mut Index, ranges: Vec<vitrine::base::bytes::ByteRange>| {
        assert!(!ranges.is_empty(), "nothing is wanted, and nothing answered");
        for range in ranges {
            assert!(range.end <= root.data_bytes);
            index.feed(range, data[range.start as usize..range.end as usize].to_vec());
        }
    };
    let bounds = loop {
        match plan.advance(&index) {
            Ok(Step::Needs(ranges)) => feed(&mut index, ranges),
            Ok(Step::Done(bounds)) => break bounds,
            Err(_) => return,
        }
    };
    let mut verify = Verify::new(bounds);
    while !verify.is_done() {
        match verify.advance(&mut index, |text| text.len() % 2 == 0) {
            Ok(true) => {}
            Ok(false) if verify.is_done() => break,
            Ok(false) => {
                let wants = verify.wants(&index);
                feed(&mut index, wants);
            }
            Err(_) => return,
        }
    }
    assert!(verify.hits().members(0).all(|unit| unit < root.units as usize));
    match index.needs_rows() {
        Ok(Some(range)) => feed(&mut index, vec![range]),
        Ok(None) | Err(_) => return,
    }
    if index.needs_rows().is_ok() {
        assert_eq!(index.first_rows().len(), root.units as usize + 1);
        assert_eq!(index.first_rows().last().copied(), Some(root.about.rows as u32));
    }
}

/// Bytes for one of the decoders alone, by the first of them: whatever a root says of them.
pub fn decoder(bytes: &[u8]) {
    let Some(([which, number], bytes)) = bytes.split_first_chunk::<2>() else { return };
    let number = u32::from(*number);
    let (root, _) = &*INDEX;
    match which % 7 {
        0 => {
            // Short lists are coded in another way than long ones.
            let (count, universe) = (number * 3, number * 4 + 1);
            if let Ok(units) = list::read(bytes, count, universe) {
                assert_eq!(units.len(), count as usize);
                assert!(units.is_sorted_by(|a, b| a < b) && units.iter().all(|unit| *unit < universe));
            }
        }
        1 => {
            let units: Vec<u32> = (0..number).collect();
            if let Ok(places) = pairs::read_positions(bytes, &units) {
                assert!(places.len() >= units.len() && places.is_sorted_by(|a, b| a < b));
            }
        }
        2 => {
            let key = u64::from(number) << 56 | u64::from(number) << 32;
            if let Ok(Some(pair)) = pairs::find(bytes, key, root) {
                assert!(pair.units <= root.units && pair.rows <= root.about.rows);
                for list in [pair.list, pair.positions] {
                    if let words::List::There(range) = list {
                        assert!(range.start >= root.pair_lists.start && range.end <= root.pair_lists.end);
                    }
                }
            }
        }
        3 => {
            let _ = words::read(bytes, root, |word| {
                assert!(word.units <= root.units && word.rows <= root.about.rows);
                if let words::List::There(range) = word.list {
                    assert!(range.start >= root.word_lists.start && range.end <= root.word_lists.end);
                }
                true
            });
        }
        4 => {
            let rows = u64::from(number) * 3;
            if let Ok(first) = rows::read(bytes, number, rows) {
                assert_eq!((first.len(), first.last().copied()), (number as usize + 1, Some(rows as u32)));
                assert!(first.is_sorted_by(|a, b| a < b));
            }
        }
        5 => {
            if let Ok(block) = texts::read(&frame(bytes), number, number * 2) {
                assert!((number..number * 2).all(|unit| block.text(unit).is_some()));
                assert!(block.text(number * 2).is_none());
            }
        }
        _ => {
            // What is within a root, which else only its digest lets pass.
            let magic = if number % 2 == 0 { b"VTX3" } else { b"VTX2" };
            let mut body = [magic.as_slice(), bytes].concat();
            let sum = digest(&body);
            body.extend_from_slice(&sum.to_le_bytes());
            let whole = [magic, (body.len() as u64).to_le_bytes().as_slice(), &frame(&body)].concat();
            if let Ok(root) = Root::read(&whole) {
                assert!(root.words.is_sorted_by(|a, b| a.0 < b.0));
                assert!(
                    root.texts
                        .iter()
                        .all(|(first, range)| *first < root.units && range.end <= root.data_bytes)
                );
                assert!(root.pages.iter().all(|page| page.end <= root.data_bytes));
            }
        }
    }
}

/// A frame of Zstandard with these bytes, as they are (RFC 8878, 3.1.1).
fn frame(bytes: &[u8]) -> Vec<u8> {
    const BLOCK_BYTES: usize = 1 << 16;
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    let count = bytes.len().div_ceil(BLOCK_BYTES).max(1);
    for place in 0..count {
        let own = &bytes[place * BLOCK_BYTES..((place + 1) * BLOCK_BYTES).min(bytes.len())];
        let header = (own.len() as u32) << 3 | u32::from(place + 1 == count);
        out.extend_from_slice(&header.to_le_bytes()[..3]);
        out.extend_from_slice(own);
    }
    out
}
