//! A query as an index of texts answers it.

use crate::formats::text_index::plan::Plan;
use crate::table::regexes;
use crate::view::query::{Query, Term, What};

/// What of an index answers a query: the same texts as [`Matcher`](super::search::Matcher) finds.
pub fn plan(query: &Query) -> Plan {
    let groups = query.groups.iter().map(|group| {
        let any: Vec<Plan> = group.any.iter().map(term).collect();
        Plan::Or(any)
    });
    Plan::And(groups.collect())
}

fn term(term: &Term) -> Plan {
    let plan = match &term.what {
        What::Word { text, open_start, open_end } => Plan::literal(text, *open_start, *open_end),
        What::Phrase(text) => Plan::literal(text, false, false),
        // One that can't be used is no query.
        What::Regex(pattern) => regexes::compile(pattern).map_or(Plan::Unknown, |regex| regex.plan()),
    };
    if term.excluded { Plan::Not(Box::new(plan)) } else { plan }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::plan;
    use crate::formats::text_index::Index;
    use crate::formats::text_index::plan::Step;
    use crate::formats::text_index::root::Root;
    use crate::formats::text_index::verify::Verify;
    use crate::formats::text_index::write::Writer;
    use crate::table::search::Matcher;
    use crate::view::query::{Query, parse};
    use proptest::prelude::*;

    /// An index of these texts, and its data.
    fn index(texts: &[Option<String>]) -> (Index, Vec<u8>) {
        let mut writer = Writer::new(1, "tag".to_owned(), "prompt".to_owned());
        for text in texts {
            writer.push(text.as_deref().map(str::as_bytes)).unwrap();
        }
        let mut data = Vec::new();
        let (root, _) = writer.write(&mut data, &mut |_, _| {}).unwrap();
        (Index::new(Root::read(&root.write().unwrap()).unwrap()), data)
    }

    /// The units that match, by the index.
    fn asked(query: &Query, index: &mut Index, data: &[u8]) -> Vec<usize> {
        let mut plan = plan(query);
        index.begin();
        let bounds = loop {
            match plan.advance(index).unwrap() {
                Step::Done(bounds) => break bounds,
                Step::Needs(ranges) => {
                    for range in ranges {
                        index.feed(range, data[range.start as usize..range.end as usize].to_vec());
                    }
                }
            }
        };
        let matcher = Matcher::new(query).unwrap();
        let mut verify = Verify::new(bounds);
        loop {
            while verify.advance(index, |text| matcher.matches(text)).unwrap() {}
            if verify.is_done() {
                return verify.hits().members(0).collect();
            }
            for range in verify.wants(index) {
                index.feed(range, data[range.start as usize..range.end as usize].to_vec());
            }
        }
    }

    fn check(query: &str, texts: &[Option<String>], index: &mut Index, data: &[u8]) {
        let Ok(parsed) = parse(query) else { return };
        let Ok(matcher) = Matcher::new(&parsed) else { return };
        let units = asked(&parsed, index, data);
        if let Some(range) = index.needs_rows().unwrap() {
            index.feed(range, data[range.start as usize..range.end as usize].to_vec());
            index.needs_rows().unwrap();
        }
        let first = index.first_rows();
        let mut found = units.into_iter().flat_map(|unit| first[unit]..first[unit + 1]).peekable();
        for (row, text) in texts.iter().enumerate() {
            let expected = matcher.matches(text.as_deref().unwrap_or_default().as_bytes());
            let got = found.next_if_eq(&(row as u32)).is_some();
            assert_eq!(got, expected, "{query:?} in row {row}: {text:?}");
        }
    }

    #[test]
    fn odd_queries_find_the_same_rows() {
        let corpus = fixture::prompts::Corpus::load().unwrap();
        let real = corpus.prompts.into_iter().take(2_000);
        let mut table: Vec<Option<String>> = real.map(|prompt| Some(prompt.text)).collect();
        table.push(None);
        table.push(Some("ſharp Kelvin K  double  spaced, İstanbul straße".to_owned()));
        table.push(Some(format!("{} long", "x".repeat(300))));
        let (mut index, data) = index(&table);
        for query in [
            "/sharp/",
            "/8 ?k/",
            "*x",
            "x*",
            "\"double spaced\"",
            "/double  spaced/",
            "/double spaced/",
            "istanbul",
            "\"art,\"",
            "\", art\"",
            "\"--\"",
            "-\"--\"",
            "/^a /",
            "/k$/",
            "/./",
            "/\\w+punk/",
            "strasse",
            "straße",
            "/[[:punct:]]/",
            "/(?i-u)art/",
            "/(?-i)ART/",
            "kelvin",
            "/kelvin/",
            "/greg (rutkowski|manchess)/",
        ] {
            check(query, &table, &mut index, &data);
        }
    }

    proptest! {
        #[test]
        fn an_index_agrees_with_looking_at_each_text(
            query in "(-?(\"[abéſ,]{1,2}[ ,-]{1,2}[ab]{1,3}( [ab])?\"|\\*?[abéÉ]{1,3}\\*?|/[ab]{1,2} ?[ab,.]/|/[ab]+b|(a|bb)/)( \\| | )){0,3}[aB]",
            rows in prop::collection::vec(prop::option::weighted(0.9, "[abAB é,ſ🏰-]{0,30}"), 0..60),
        ) {
            let (mut index, data) = index(&rows);
            check(&query, &rows, &mut index, &data);
        }
    }
}
