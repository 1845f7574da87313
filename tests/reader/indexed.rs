//! Searches that an index answers, made by the program that makes it: the same rows as without, for little, and
//! nothing depends on it.

use crate::program::collect;
use crate::server::{HUB, ROWS, Session, column, reference};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use vitrine::base::error::{Error, ErrorKind};
use vitrine::base::words::{folded, tokens};
use vitrine::formats::maps::{LIST, key};
use vitrine::formats::text_index::root::Root;
use vitrine::formats::text_index::{MAX_WORD_BYTES, words};
use vitrine::protocol::LazyRequest;
use vitrine::view::spec::Clause;

pub const TABLE: &str = "https://example.org/table.parquet";

/// What the app's host has: the list, and the files of the index.
pub static HOST: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("vitrine-text-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("table.parquet");
    std::fs::write(&file, HUB.as_ref()).unwrap();
    let run = || {
        let output = Command::new(env!("CARGO_BIN_EXE_vitrine-index"))
            .args(["--text", "prompt", "--tag", "t", "--out"])
            .arg(folder.join("maps"))
            .arg(format!("{}={TABLE}", file.display()))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let told = run();
    assert!(told.contains(&format!("prompt has {ROWS} rows")), "{told}");
    assert!(run().contains("the texts of prompt were done before"));
    let mut files = Vec::new();
    collect(&folder, &folder, &mut files);
    files.retain(|(path, _)| path.starts_with("maps/"));
    std::fs::remove_dir_all(&folder).unwrap();
    files
});

#[test]
fn the_indexes_of_the_bundled_samples_are_those_of_their_files() {
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("public");
    let folder = std::env::temp_dir().join(format!("vitrine-samples-{}", std::process::id()));
    let output = Command::new(env!("CARGO_BIN_EXE_vitrine-index"))
        .args(["--text", "prompt", "--tag", "-", "--out"])
        .arg(folder.join("maps"))
        .args(["diffusiondb-sample", "imagereward-test-sample"].map(|name| {
            let file = public.join("sample").join(name).with_extension("parquet");
            format!("{}={name}", file.display())
        }))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (mut made, mut bundled) = (Vec::new(), Vec::new());
    collect(&folder, &folder, &mut made);
    collect(&public, &public.join("maps"), &mut bundled);
    std::fs::remove_dir_all(&folder).unwrap();
    let names = |files: &mut Vec<(String, Vec<u8>)>| {
        files.sort();
        files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut made), names(&mut bundled), "`cargo xtask sample` writes them");
    assert!(made == bundled, "`cargo xtask sample` writes them");
}

pub fn session(host: &[(String, Vec<u8>)], etag: &str) -> Session {
    let mut session = Session::new(&HUB);
    session.host.extend(host.iter().cloned());
    session.etag = Some(etag.to_owned());
    session.open_table(TABLE);
    session.show(|show| {
        show.generation = show.generation.next();
        show.count = 30;
        show.columns = vec!["image_name".to_owned()];
        show.charts = vec!["cfg".to_owned()];
    });
    session
}

/// How many rows match, and the first of them.
pub fn ask(session: &mut Session, query: &str) -> (u64, Vec<u64>) {
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.query = Some(query.to_owned());
    });
    let count = session.count.as_ref().unwrap();
    assert_eq!(count.rows_read, count.rows, "{query}");
    (count.matching, session.rows.as_ref().unwrap().rows.iter().map(|row| row.row).collect())
}

const QUERIES: &[&str] = &[
    "castle",
    "art -artstation",
    "\"concept art\"",
    "\"trending on artstation\" | fortress",
    "cyber*",
    "*punk",
    "/[0-9]{4}/ portrait",
    "/8 ?k/",
    "\"art,\" -anime",
    "/dragon.*castle/",
    "qqqzx",
];

#[test]
fn an_index_finds_the_rows_that_a_look_at_every_prompt_finds() {
    let (mut with, mut without) = (session(&HOST, "\"t\""), session(&[], "\"t\""));
    assert!(with.traffic.indexed && !without.traffic.indexed);
    for query in QUERIES {
        let before = with.traffic.index_bytes;
        assert_eq!(ask(&mut with, query), ask(&mut without, query), "{query}");
        let read = with.traffic.index_bytes - before;
        // Most of the texts are looked at where a sign is at the end of a phrase.
        let most = if query.contains(",\"") { 3_000_000 } else { 1_500_000 };
        assert!(read < most, "{read} bytes for {query}");
        assert_eq!(with.charts["cfg"].here, without.charts["cfg"].here, "{query}");
    }
    assert!(!with.loads.contains_key("prompt"), "no prompt is read whole");
    assert!(without.loads.contains_key("prompt"));
    // Filters and searches go together, whichever came first.
    for session in [&mut with, &mut without] {
        session.filter(&[("cfg", Clause::numbers(Some(7.0), Some(12.0)))]);
    }
    assert_eq!(ask(&mut with, "portrait"), ask(&mut without, "portrait"));
    // The rows on the screen have their prompts, and what matches in them is marked.
    with.show(|show| show.columns = vec!["prompt".to_owned()]);
    assert!(with.rows.as_ref().unwrap().rows.iter().all(|row| !row.marks.is_empty()));
    assert!(with.notices.is_empty(), "{:?}", with.notices);
}

#[test]
fn an_index_of_another_version_is_left_aside() {
    let mut other = session(&HOST, "\"u\"");
    assert!(!other.traffic.indexed);
    assert_eq!(ask(&mut other, "castle"), ask(&mut session(&[], "\"u\""), "castle"));
    assert!(other.notices.is_empty());
}

#[test]
fn an_index_that_lies_or_breaks_is_dropped_and_the_rows_are_right() {
    let expected = ask(&mut session(&[], "\"t\""), "castle");
    let mut noticed = 0;
    for (name, change) in [("root", 0_usize), ("root", 1), ("data-0", 0), ("data-0", 1), ("data-0", 2)] {
        let mut host = HOST.clone();
        for (path, bytes) in &mut host {
            if path.ends_with(name) {
                match change {
                    // Cut short, emptied, or full of something else.
                    0 => bytes.truncate(bytes.len() / 2),
                    1 => bytes.iter_mut().for_each(|byte| *byte = byte.wrapping_add(1)),
                    _ => bytes.iter_mut().for_each(|byte| *byte = 0),
                }
            }
        }
        let mut session = session(&host, "\"t\"");
        session.show(|show| show.columns = vec!["prompt".to_owned()]);
        assert_eq!(ask(&mut session, "castle"), expected, "{name} {change}");
        noticed += session.notices.len();
    }
    assert!(noticed >= 2, "what breaks while it is in use is told");
    // A host that knows no ranges.
    let mut session = session(&HOST, "\"t\"");
    session.whole = 1;
    assert_eq!(ask(&mut session, "castle"), expected);
    assert_eq!(session.notices.len(), 1);
}

#[test]
fn a_list_that_names_what_is_not_there_costs_nothing_but_a_request() {
    let list = format!("text {:016x} {} t {:016x} prompt\n", key(TABLE), HUB.len(), 7);
    let mut session = session(&[(LIST.to_owned(), list.into_bytes())], "\"t\"");
    assert!(!session.traffic.indexed);
    assert!(ask(&mut session, "castle").0 > 0);
}

#[test]
fn an_index_may_lie_elsewhere() {
    let mut host: Vec<(String, Vec<u8>)> = HOST.clone();
    for (path, bytes) in &mut host {
        if path == LIST {
            let place = format!("at {:016x} https://example.org/else/where/\n", key(TABLE));
            bytes.extend_from_slice(place.as_bytes());
        } else {
            *path = format!("else/where/{path}");
        }
    }
    let mut elsewhere = session(&host, "\"t\"");
    assert!(elsewhere.traffic.indexed);
    assert_eq!(ask(&mut elsewhere, "castle"), ask(&mut session(&[], "\"t\""), "castle"));
    assert!(elsewhere.traffic.index_bytes > 0 && elsewhere.notices.is_empty());
    // Where it is not there, the prompts are searched.
    host.retain(|(path, _)| path == LIST);
    let mut nowhere = session(&host, "\"t\"");
    assert!(!nowhere.traffic.indexed);
    assert!(ask(&mut nowhere, "castle").0 > 0);
}

/// Rows of the table whose prompt has a word that passes.
fn rows_with(passes: impl Fn(&str) -> bool) -> u64 {
    let prompts = PROMPTS.iter().filter(|prompt| words_of(prompt).iter().any(|word| passes(word)));
    prompts.count() as u64
}

/// The prompts of the table, folded.
static PROMPTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let batch = reference(&HUB);
    let prompts = arrow_array::cast::as_string_array(column(&batch, "prompt"));
    prompts.iter().map(|prompt| folded(prompt.unwrap_or_default().as_bytes())).collect()
});

fn words_of(prompt: &str) -> Vec<&str> {
    tokens(prompt).map(|token| token.word).collect()
}

#[test]
fn how_many_rows_match_is_known_before_any_of_them_is() {
    let mut session = session(&HOST, "\"t\"");
    // What opening left over.
    session.show(|show| show.columns = vec!["seed".to_owned()]);
    let (pairs, _) = ask(&mut self::session(&[], "\"t\""), "\"concept art\"");
    let castles = rows_with(|word| word == "castle");
    for (query, expected) in [
        ("castle", castles),
        ("-castle", ROWS - castles),
        ("\"concept art\"", pairs),
        ("portrait", rows_with(|word| word == "portrait")),
        ("qqqzx", 0),
    ] {
        let before = session.traffic.index_bytes;
        session.change(|show| {
            show.generation = show.generation.next();
            show.rows.query = Some(query.to_owned());
        });
        let asked = session.has_flights();
        while session.count.as_ref().unwrap().searched.is_none() && session.deliver_piece() {}
        let count = session.count.clone().unwrap();
        assert_eq!(count.searched, Some(expected), "{query}");
        assert_eq!(count.generation, session.generation());
        // What is nowhere is settled with that.
        if asked && expected > 0 {
            let read = session.traffic.index_bytes - before;
            assert!(count.rows_read < ROWS && count.matching == 0, "{query}: {count:?}");
            assert!(read < 20_000, "{query}: {read} bytes");
        }
        session.run();
        let count = session.count.clone().unwrap();
        assert_eq!((count.matching, count.rows_read, count.searched), (expected, ROWS, Some(expected)));
    }
    // What else is asked has no part in it, and of more than one word it is not known.
    session.filter(&[("cfg", Clause::numbers(Some(7.0), Some(7.5)))]);
    ask(&mut session, "castle");
    let count = session.count.clone().unwrap();
    assert!(count.matching < castles && count.searched == Some(castles), "{count:?}");
    for query in ["castle dawn", "castle | dawn", "cast*", "\"castle,\"", "/castle/", "\"at the castle\""] {
        ask(&mut session, query);
        assert_eq!(session.count.as_ref().unwrap().searched, None, "{query}");
    }
}

/// What a block of the dictionary says of each word: its units, its rows and its list.
fn entries(block: &[u8], root: &Root) -> Option<Vec<(String, u32, u64, String)>> {
    let mut entries = Vec::new();
    let read = words::read(block, root, |word| {
        entries.push((word.text, word.units, word.rows, format!("{:?}", word.list)));
        true
    });
    read.is_ok().then_some(entries)
}

#[test]
fn a_word_that_is_not_in_as_many_rows_as_it_says_switches_the_index_off() {
    let expected = ask(&mut session(&[], "\"t\""), "fortress");
    let file = |name: &str| HOST.iter().position(|(path, _)| path.ends_with(name)).unwrap();
    let root = Root::read(&HOST[file("root")].1).unwrap();
    let block = words::block_of(&root, "fortress").unwrap();
    let block = block.start as usize..block.end as usize;
    // The one byte that makes the rows of this word others, and nothing else.
    let was = entries(&HOST[file("data-0")].1[block.clone()], &root).unwrap();
    let lies = |at: &usize| {
        let mut bytes = HOST[file("data-0")].1[block.clone()].to_vec();
        bytes[at - block.start] ^= 1;
        let Some(is) = entries(&bytes, &root) else { return false };
        let others = |own: &[(String, u32, u64, String)]| {
            let own = own.iter().map(|(word, units, rows, list)| {
                (word.clone(), *units, (word != "fortress").then_some(*rows), list.clone())
            });
            own.collect::<Vec<_>>()
        };
        is != was && others(&is) == others(&was)
    };
    let at = block.clone().find(lies).unwrap();
    let mut host = HOST.clone();
    host[file("data-0")].1[at] ^= 1;
    let mut session = session(&host, "\"t\"");
    assert_eq!(ask(&mut session, "fortress"), expected);
    assert!(!session.traffic.indexed);
    assert_eq!(session.notices.len(), 1);
    assert_eq!(session.count.as_ref().unwrap().searched, None);
}

/// Asks for words that begin so; the answer is what was suggested.
fn suggest(session: &mut Session, beginning: &str) -> Option<Vec<(String, u64)>> {
    session.suggestions = None;
    session.ask(LazyRequest::Suggest { beginning: beginning.to_owned() });
    session.run();
    let suggestions = session.suggestions.take()?;
    assert_eq!(suggestions.beginning, beginning);
    Some(suggestions.words)
}

#[test]
fn words_are_suggested_with_the_rows_that_have_them() {
    let mut session = session(&HOST, "\"t\"");
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for prompt in PROMPTS.iter() {
        let mut own = words_of(prompt);
        own.sort_unstable();
        own.dedup();
        own.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let beginnings: BTreeSet<String> = counts
        .keys()
        .flat_map(|word| [2, 3, 5].map(|letters| word.chars().take(letters).collect::<String>()))
        .filter(|beginning| beginning.chars().count() >= 2)
        .collect();
    assert!(beginnings.len() > 500);
    for beginning in beginnings.iter().step_by(7) {
        let mut expected: Vec<(String, u64)> = counts
            .range(beginning.as_str()..)
            .take_while(|(word, _)| word.starts_with(beginning.as_str()))
            .filter(|(word, _)| word.len() <= MAX_WORD_BYTES)
            .map(|(word, rows)| ((*word).to_owned(), *rows))
            .collect();
        expected.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        expected.truncate(8);
        assert_eq!(suggest(&mut session, beginning), Some(expected), "{beginning}");
    }
    assert!(suggest(&mut session, "CASTL").unwrap().contains(&("castle".to_owned(), counts["castle"])));
    assert_eq!(suggest(&mut session, "qqqzx"), Some(Vec::new()));
    // What is read once serves every longer beginning; one letter and none ask for nothing.
    let before = (session.traffic.index_bytes, session.requests.len());
    assert!(suggest(&mut session, "cas").is_some_and(|words| !words.is_empty()));
    assert_eq!((suggest(&mut session, "c"), suggest(&mut session, "")), (None, None));
    assert_eq!((session.traffic.index_bytes, session.requests.len()), before);
    assert!(session.notices.is_empty());
}

#[test]
fn suggestions_take_one_round_trip_and_the_newest_counts() {
    let mut session = session(&HOST, "\"t\"");
    session.clear_log();
    session.ask(LazyRequest::Suggest { beginning: "ca".to_owned() });
    assert_eq!(session.requests.len(), 1, "{:?}", session.requests);
    let aborted = session.aborted;
    session.ask(LazyRequest::Suggest { beginning: "po".to_owned() });
    assert_eq!((session.requests.len(), session.aborted), (2, aborted + 1));
    session.run();
    assert_eq!(session.suggestions.as_ref().unwrap().beginning, "po");
    assert!(session.requests.iter().all(|range| range.len() < 64_000), "{:?}", session.requests);
}

#[test]
fn where_words_can_not_be_had_none_are_suggested_and_the_search_works_on() {
    let mut session = session(&HOST, "\"t\"");
    session.suggestions = None;
    session.ask(LazyRequest::Suggest { beginning: "castl".to_owned() });
    session.fail(Error::new(ErrorKind::Network, "no answer"));
    session.run();
    assert_eq!(session.suggestions, None);
    assert!(session.traffic.indexed && session.notices.is_empty());
    assert!(ask(&mut session, "castle").0 > 0);
    assert!(session.traffic.indexed);
    assert!(suggest(&mut session, "castl").is_some_and(|words| !words.is_empty()));
    // A host that knows no ranges says nothing by itself.
    session.whole = 1;
    session.ask(LazyRequest::Suggest { beginning: "po".to_owned() });
    session.run();
    assert!(session.traffic.indexed && session.notices.is_empty());
    // Without an index there are no words, which is told at once.
    assert_eq!(suggest(&mut self::session(&[], "\"t\""), "castl"), Some(Vec::new()));
}
