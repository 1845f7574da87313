//! Indexes of texts: a root of anything, and data that was changed behind a root's back.

use std::sync::LazyLock;
use vitrine::formats::text_index::Index;
use vitrine::formats::text_index::plan::Step;
use vitrine::formats::text_index::root::Root;
use vitrine::formats::text_index::verify::Verify;
use vitrine::formats::text_index::write::Writer;
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
