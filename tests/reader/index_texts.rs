//! Prompts out of an index: those in sight, and all of them for lists.

use crate::indexed::{HOST, TABLE, ask, session};
use crate::server::{HUB, Session, column, reference};
use vitrine::formats::maps::{LIST, digest, key};
use vitrine::formats::text_index::folder;
use vitrine::formats::text_index::root::Root;
use vitrine::formats::text_index::write::Writer;
use vitrine::protocol::{Cell, Listing, LoadState, Request};
use vitrine::view::phrases::PhraseList;

/// A row on the screen: its number, its cells and what is marked of its prompt.
type Shown = (u64, Vec<Cell>, Vec<(u32, u32)>);

fn screen(session: &Session) -> Vec<Shown> {
    let rows = &session.rows.as_ref().unwrap().rows;
    rows.iter().map(|row| (row.row, row.cells.clone(), row.marks.clone())).collect()
}

#[test]
fn prompts_in_sight_are_those_of_the_file_and_read_nothing_of_it() {
    let (mut with, mut without) = (session(&HOST, "\"t\""), session(&[], "\"t\""));
    for query in ["castle", "portrait -\"concept art\"", "/8 ?k/"] {
        for session in [&mut with, &mut without] {
            ask(session, query);
        }
        let (bytes, index_bytes) = (with.traffic.bytes, with.traffic.index_bytes);
        for (first, count) in [(0, 60), (40, 60), (150, 100)] {
            for session in [&mut with, &mut without] {
                session.show(|show| {
                    (show.first, show.count) = (first, count);
                    show.columns = vec!["prompt".to_owned()];
                });
            }
            let shown = screen(&with);
            assert_eq!(shown, screen(&without), "{query}, rows from {first} on");
            assert!(shown.iter().all(|(_, cells, _)| matches!(cells.as_slice(), [Cell::Text(_)])));
        }
        assert_eq!(with.traffic.bytes, bytes, "nothing is read of the file for {query}");
        let read = with.traffic.index_bytes - index_bytes;
        assert!(read < 250_000, "{read} bytes for prompts of {query}");
        for session in [&mut with, &mut without] {
            session.show(|show| (show.first, show.columns) = (0, vec!["image_name".to_owned()]));
        }
    }
    // A row's own prompt is that of the file.
    let (row, ..) = screen(&with)[3].clone();
    with.show(|show| show.columns = vec!["prompt".to_owned()]);
    with.ask(Request::Detail { row });
    with.run();
    assert!(with.detail.is_some() && with.notices.is_empty() && with.traffic.indexed);
}

#[test]
fn what_is_on_its_way_of_an_index_is_not_asked_for_again() {
    let mut session = session(&HOST, "\"t\"");
    session.show(|show| show.columns = vec!["prompt".to_owned()]);
    for query in ["/8 ?k/", "/[a-z]+ing .*by/", "*e*", "castle"] {
        session.clear_log();
        let aborted = session.aborted;
        ask(&mut session, query);
        assert_eq!(session.aborted, aborted, "{query}");
        let mut asked = session.requests.clone();
        asked.sort_unstable();
        let twice = asked.windows(2).find(|two| two[0].intersection(two[1]).is_some());
        assert_eq!(twice, None, "{query}");
    }
}

#[test]
fn an_index_whose_texts_are_others_is_found_out_by_the_row_that_is_opened() {
    let mut writer = Writer::new(HUB.len() as u64, "t".to_owned(), "prompt".to_owned());
    let batch = reference(&HUB);
    for prompt in arrow_array::cast::as_string_array(column(&batch, "prompt")).iter() {
        let text = prompt.map(|prompt| format!("{prompt}, which was never asked for"));
        writer.push(text.as_deref().map(str::as_bytes)).unwrap();
    }
    let (host, _) = host_of(writer);
    let mut session = session(&host, "\"t\"");
    let (_, rows) = ask(&mut session, "castle");
    session.show(|show| show.columns = vec!["prompt".to_owned()]);
    assert!(session.traffic.indexed && session.notices.is_empty());
    session.ask(Request::Detail { row: rows[0] });
    session.run();
    assert!(!session.traffic.indexed);
    assert_eq!(session.notices.len(), 1);
    let mut without = self::session(&[], "\"t\"");
    ask(&mut without, "castle");
    without.show(|show| show.columns = vec!["prompt".to_owned()]);
    assert_eq!(screen(&session), screen(&without));
}

/// What a host has with this index, the list first and the data last.
pub fn host_of(writer: Writer) -> (Vec<(String, Vec<u8>)>, Root) {
    let mut data = Vec::new();
    let (own, _) = writer.write(&mut data, &mut |_, _| {}).unwrap();
    let root = own.write().unwrap();
    let (key, digest) = (key(TABLE), digest(&root));
    let folder = folder(key, digest);
    let list = format!("text {key:016x} {} t {digest:016x} prompt\n", HUB.len());
    let host = vec![
        (LIST.to_owned(), list.into_bytes()),
        (format!("{folder}root"), root),
        (format!("{folder}data-0"), data),
    ];
    (host, own)
}

#[test]
fn lists_of_prompts_and_phrases_are_read_of_the_compact_texts() {
    let (mut with, mut without) = (session(&HOST, "\"t\""), session(&[], "\"t\""));
    let list = PhraseList::default();
    for listing in [Listing::Prompts, Listing::Phrases(list)] {
        for session in [&mut with, &mut without] {
            session.show(|show| {
                show.generation = show.generation.next();
                show.rows.query = Some("castle".to_owned());
                show.list = listing;
            });
        }
        match listing {
            Listing::Prompts => {
                let (own, other) = (with.prompts.as_ref().unwrap(), without.prompts.as_ref().unwrap());
                assert!(own.complete && own.total > 10);
                assert_eq!((own.total, &own.prompts), (other.total, &other.prompts));
            }
            Listing::Phrases(_) => {
                let (own, other) = (with.phrases.as_ref().unwrap(), without.phrases.as_ref().unwrap());
                assert!(own.complete && !own.telling.is_empty());
                assert_eq!(
                    (&own.telling, &own.common, own.rows),
                    (&other.telling, &other.common, other.rows)
                );
            }
            Listing::Rows => unreachable!(),
        }
    }
    assert_eq!(with.loads["prompt"], LoadState::Loaded);
    let read = |session: &Session| session.traffic.bytes + session.traffic.index_bytes;
    let spared = without.traffic.bytes - with.traffic.bytes;
    let all = prompts_bytes();
    assert!(spared >= all * 99 / 100, "{spared} bytes of {all} are not read of the file");
    assert!(read(&with) < read(&without), "{} and {} bytes", read(&with), read(&without));
    assert!(with.notices.is_empty());
}

/// The bytes of the column of prompts in the file.
fn prompts_bytes() -> u64 {
    let session = session(&[], "\"t\"");
    session.opened.as_ref().unwrap().columns.iter().find(|column| column.name == "prompt").unwrap().bytes
}

#[test]
fn prompts_are_read_of_the_file_where_their_copy_breaks_in_the_middle() {
    let phrases = |session: &Session| session.phrases.clone().unwrap();
    let show = |session: &mut Session| {
        session.show(|show| {
            show.generation = show.generation.next();
            show.list = Listing::Phrases(PhraseList::default());
        });
    };
    let mut without = session(&[], "\"t\"");
    show(&mut without);
    // Of the second half nothing can be read.
    let root = Root::read(&HOST.iter().find(|(path, _)| path.ends_with("root")).unwrap().1).unwrap();
    let mut host = HOST.clone();
    for (_, bytes) in host.iter_mut().filter(|(path, _)| path.ends_with("data-0")) {
        let middle = root.texts[root.texts.len() / 2].1.start as usize;
        bytes[middle..].fill(0);
    }
    let mut broken = session(&host, "\"t\"");
    show(&mut broken);
    assert_eq!(broken.notices.len(), 1);
    assert!(!broken.traffic.indexed);
    assert_eq!(phrases(&broken).telling, phrases(&without).telling);
    assert_eq!(broken.loads["prompt"], LoadState::Loaded);

    // A copy with another prompt in it, which is found out once the file is read: no prompts rather than wrong ones.
    let mut writer = Writer::new(HUB.len() as u64, "t".to_owned(), "prompt".to_owned());
    let batch = reference(&HUB);
    for (row, prompt) in arrow_array::cast::as_string_array(column(&batch, "prompt")).iter().enumerate() {
        let prompt = if row == 70_000 { Some("another one") } else { prompt };
        writer.push(prompt.map(str::as_bytes)).unwrap();
    }
    let (mut host, root) = host_of(writer);
    let last = root.texts[root.texts.len() - 1].1;
    host[2].1[last.start as usize..].fill(0);
    let mut lying = session(&host, "\"t\"");
    show(&mut lying);
    assert_eq!(lying.loads["prompt"], LoadState::Failed);
    assert_eq!(lying.notices.len(), 2, "{:?}", lying.notices);
}
