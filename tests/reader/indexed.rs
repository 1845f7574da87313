//! Searches that an index answers, made by the program that makes it: the same rows as without, for little, and
//! nothing depends on it.

use crate::server::{HUB, ROWS, Session};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use vitrine::formats::maps::{LIST, key};
use vitrine::view::spec::Clause;

const TABLE: &str = "https://example.org/table.parquet";

/// What the app's host has: the list, and the files of the index.
static HOST: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
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

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
}

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

fn session(host: &[(String, Vec<u8>)], etag: &str) -> Session {
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
fn ask(session: &mut Session, query: &str) -> (u64, Vec<u64>) {
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
