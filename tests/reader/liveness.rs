//! Nothing waits for an event that nobody will send, whatever is asked in whatever order.
//!
//! The engine checks itself after each step while debug assertions are on; here chance drives it over
//! every kind of file, and in the end everything that was asked for has its answer.

use crate::joins::want;
use crate::server::{HUB, Session, generate};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use vitrine::base::bytes::ByteRange;
use vitrine::base::error::{Error, ErrorKind};
use vitrine::base::sorted::Map;
use vitrine::engine::Event;
use vitrine::protocol::export::{Format, Images as ExportImages, Rows, Stage, Start};
use vitrine::protocol::images::{Images, Want};
use vitrine::protocol::{
    LazyRequest, Listing, Request, TableRequest, compare, describe, outcome, plot, script,
};
use vitrine::view::phrases::{PhraseList, Unit};
use vitrine::view::spec::{Bound, Clause, List, ListValue, Range, SortKey, Subset};

/// Comes whole with its footer.
static SMALL: LazyLock<Arc<Vec<u8>>> = LazyLock::new(|| Arc::new(generate(300, "hub")));
/// With an offset index, so that every page map is known.
static INDEXED: LazyLock<Arc<Vec<u8>>> = LazyLock::new(|| Arc::new(generate(20_000, "page-index")));
static MIDDLE: LazyLock<Arc<Vec<u8>>> = LazyLock::new(|| Arc::new(generate(20_000, "hub")));

const COLUMNS: [&str; 11] = [
    "prompt",
    "cfg",
    "step",
    "seed",
    "sampler",
    "timestamp",
    "image_name",
    "user_name",
    "size",
    "j.score",
    "no such column",
];

/// Files that may be joined: one with keys that are here, one that is no table.
fn put_beside(session: &mut Session) {
    let lines: String =
        (0..300).map(|seed| format!("{{\"seed\": {seed}, \"score\": {}}}\n", seed % 7)).collect();
    session.host.insert("j.jsonl".to_owned(), lines.into_bytes());
    session.host.insert("page.html".to_owned(), b"<!doctype html><p>no table</p>".to_vec());
}

/// What a table is read from.
#[derive(Clone, Copy, Debug)]
enum File {
    Large,
    Middle,
    Indexed,
    Small,
    SmallLocal,
    Several,
    Cached,
}

/// What is joined, alone or with another one.
const JOINS: &[&[&str]] = &[
    &["https://example.org/j.jsonl"],
    &["https://example.org/j.jsonl", "here:seed", "there:seed"],
    &["https://example.org/j.jsonl", "here:cfg", "there:score", "as:j"],
    &["https://example.org/page.html"],
    &["file:gone.csv"],
];

#[derive(Clone, Debug)]
enum Move {
    Filter(usize, Clause),
    NoFilters,
    Query(&'static str),
    Subset(Option<Subset>),
    Sort(Vec<(usize, bool)>),
    Charts(Vec<usize>),
    Columns(Vec<usize>, Vec<usize>),
    Window(u64, u32),
    List(u8),
    Plot(usize, usize),
    Outcome(Option<usize>, bool),
    Joins(Vec<&'static [&'static str]>),
    Load(usize),
    Stop(usize),
    Touch(usize),
    Detail(u64),
    Describe(u32),
    Images(Vec<u64>, u32),
    RetryImage(u64),
    Groups(bool),
    Pick(Vec<u64>, Vec<usize>),
    Export(u8, Vec<usize>),
    SaveImages(Option<Vec<u64>>),
    PauseExport(bool),
    CancelExport,
    Script,
    Retry,
    /// So many pieces come.
    Deliver(usize),
    /// The oldest fetch fails for good.
    Fail,
    /// Whatever was begun comes to its end.
    Run,
}

fn clause() -> impl Strategy<Value = Clause> {
    prop_oneof![
        (0.0..20.0f64, 0.0..20.0f64).prop_map(|(low, span)| Clause::Range(Range {
            low: Some(Bound::Number(low)),
            high: Some(Bound::Number(low + span)),
        })),
        proptest::collection::vec(prop_oneof![Just("k_lms"), Just("512x512"), Just("50")], 1..3).prop_map(
            |values| Clause::List(List {
                values: values.into_iter().map(|value| ListValue::Text(value.to_owned())).collect(),
                negated: false,
            })
        ),
        Just(Clause::Null),
        Just(Clause::NotNull),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let column = || 0..COLUMNS.len();
    let columns = || proptest::collection::vec(0..COLUMNS.len(), 0..5);
    let rows = || proptest::collection::vec(0u64..25_000, 0..6);
    let subset = prop_oneof![
        Just(None),
        (0u64..30_000).prop_map(|rows| Some(Subset::First(rows))),
        (0u64..30_000).prop_map(|rows| Some(Subset::Random { rows, seed: 7 })),
    ];
    let one = prop_oneof![
        (column(), clause()).prop_map(|(column, clause)| Move::Filter(column, clause)),
        Just(Move::NoFilters),
        prop_oneof![Just(""), Just("castle"), Just("-anime art*"), Just("\"open"), Just("/a|b/")]
            .prop_map(Move::Query),
        subset.prop_map(Move::Subset),
        proptest::collection::vec((column(), any::<bool>()), 0..3).prop_map(Move::Sort),
        columns().prop_map(Move::Charts),
        (columns(), columns()).prop_map(|(shown, extras)| Move::Columns(shown, extras)),
        (0u64..25_000, 0u32..60).prop_map(|(first, count)| Move::Window(first, count)),
        (0u8..3).prop_map(Move::List),
        (column(), column()).prop_map(|(x, y)| Move::Plot(x, y)),
        (proptest::option::of(column()), any::<bool>())
            .prop_map(|(column, phrases)| Move::Outcome(column, phrases)),
        proptest::collection::vec(proptest::sample::select(JOINS), 0..3).prop_map(Move::Joins),
        column().prop_map(Move::Load),
        column().prop_map(Move::Stop),
        column().prop_map(Move::Touch),
        (0u64..25_000).prop_map(Move::Detail),
        (0u32..4).prop_map(Move::Describe),
        (rows(), prop_oneof![Just(0u32), Just(128)]).prop_map(|(rows, px)| Move::Images(rows, px)),
        (0u64..25_000).prop_map(Move::RetryImage),
        any::<bool>().prop_map(Move::Groups),
        (rows(), columns()).prop_map(|(rows, columns)| Move::Pick(rows, columns)),
        (0u8..4, columns()).prop_map(|(format, columns)| Move::Export(format, columns)),
        proptest::option::of(rows()).prop_map(Move::SaveImages),
        any::<bool>().prop_map(Move::PauseExport),
        Just(Move::CancelExport),
        Just(Move::Script),
        Just(Move::Retry),
        (1usize..40).prop_map(Move::Deliver),
        Just(Move::Fail),
        Just(Move::Run),
    ];
    proptest::collection::vec(one, 1..24)
}

fn open(file: File) -> Session {
    let mut session = opened(file);
    put_beside(&mut session);
    session
}

fn opened(file: File) -> Session {
    match file {
        File::Large => Session::open(&HUB),
        File::Middle => Session::open(&MIDDLE),
        File::Indexed => Session::open(&INDEXED),
        File::Small => Session::open(&SMALL),
        File::SmallLocal => Session::open_several(std::slice::from_ref(&*SMALL), |_| {}),
        File::Several => Session::open_several(&[SMALL.clone(), MIDDLE.clone(), SMALL.clone()], |_| {}),
        File::Cached => {
            let mut session = Session::open(&MIDDLE);
            session.kept = vec![ByteRange::new(0, MIDDLE.len() as u64 / 2)];
            session
        }
    }
}

fn names(columns: &[usize]) -> Vec<String> {
    columns.iter().map(|column| COLUMNS[*column].to_owned()).collect()
}

fn play(session: &mut Session, step: &Move, exports: &mut u32) {
    match step.clone() {
        Move::Filter(column, clause) => session.change(|show| {
            show.generation = show.generation.next();
            show.rows.filters.insert(COLUMNS[column].to_owned(), clause);
        }),
        Move::NoFilters => session.change(|show| {
            show.generation = show.generation.next();
            show.rows.filters = Map::new();
        }),
        Move::Query(query) => {
            session.change(|show| show.rows.query = Some(query.to_owned()).filter(|query| !query.is_empty()))
        }
        Move::Subset(subset) => session.change(|show| show.rows.subset = subset),
        Move::Sort(keys) => session.change(|show| {
            show.rows.sort = keys
                .iter()
                .map(|(column, descending)| SortKey {
                    column: COLUMNS[*column].to_owned(),
                    descending: *descending,
                })
                .collect();
        }),
        Move::Charts(columns) => session.change(|show| show.charts = names(&columns)),
        Move::Columns(columns, extras) => session.change(|show| {
            show.columns = names(&columns);
            show.extras = names(&extras);
        }),
        Move::Window(first, count) => session.change(|show| (show.first, show.count) = (first, count)),
        Move::List(list) => session.change(|show| {
            show.list = match list {
                0 => Listing::Rows,
                1 => Listing::Prompts,
                _ => Listing::Phrases(PhraseList { unit: Unit::Word, ..PhraseList::default() }),
            };
        }),
        Move::Plot(x, y) => {
            let columns = (COLUMNS[x].to_owned(), COLUMNS[y].to_owned());
            session.ask(LazyRequest::Plot(Some(plot::Want { columns })));
        }
        Move::Outcome(column, phrases) => {
            let want = |column: usize| outcome::Want {
                words: vec![COLUMNS[column].to_owned(), "from:7".to_owned()],
                // Taken apart in another way than what is listed.
                phrases: phrases.then(PhraseList::default),
            };
            session.ask(LazyRequest::Outcome(column.map(want)));
        }
        Move::Joins(joins) => {
            session.change(|show| show.joins = joins.iter().flat_map(|words| want(words)).collect());
        }
        Move::Load(column) => session.ask(TableRequest::Load { column: COLUMNS[column].to_owned() }),
        Move::Stop(column) => session.ask(TableRequest::Stop { column: COLUMNS[column].to_owned() }),
        Move::Touch(column) => {
            let generation = session.generation();
            session.ask(TableRequest::Touch { column: COLUMNS[column].to_owned(), generation });
        }
        Move::Detail(row) => session.ask(Request::Detail { row }),
        Move::Describe(group) => {
            let column = Some("prompt".to_owned());
            session.ask(LazyRequest::Describe(describe::Describe { group, column }));
        }
        Move::Images(rows, px) => {
            let wants = rows.iter().map(|row| Want::of(*row, px)).collect();
            session.ask(Request::Images(Images { wants, thumbnails: None, settings: rows }));
        }
        Move::RetryImage(row) => session.ask(Request::RetryImage { row }),
        Move::Groups(wanted) => session.ask(LazyRequest::Groups { wanted }),
        Move::Pick(rows, columns) => {
            session.ask(LazyRequest::Pick(compare::Pick { rows, columns: names(&columns) }));
        }
        Move::Export(format, columns) => {
            *exports += 1;
            session.ask(LazyRequest::Export(Start {
                id: *exports,
                format: match format {
                    0 => Format::Csv { guard_formulas: true },
                    1 => Format::JsonLines,
                    2 => Format::Arrow,
                    _ => Format::Parquet,
                },
                columns: names(&columns),
                without: Vec::new(),
                empty: false,
                groups: None,
                name: "rows".to_owned(),
            }));
        }
        Move::SaveImages(rows) => {
            *exports += 1;
            let rows = rows.map_or(Rows::First(5), Rows::These);
            session.ask(LazyRequest::TakeImages(ExportImages {
                id: *exports,
                rows,
                name: "images".to_owned(),
            }));
        }
        Move::PauseExport(paused) => session.ask(LazyRequest::PauseExport { paused }),
        Move::CancelExport => session.ask(LazyRequest::CancelExport),
        Move::Script => {
            let (dialect, rows, columns) = (script::Dialect::Polars, Default::default(), Vec::new());
            session.ask(LazyRequest::Script(script::Want { dialect, rows, columns, groups: None }));
        }
        Move::Retry => session.ask(Request::Retry),
        Move::Deliver(pieces) => {
            for _ in 0..pieces {
                session.deliver_piece();
            }
        }
        Move::Fail => {
            if session.has_flights() {
                session.fail(Error::new(ErrorKind::Network, "the connection was cut"));
            }
        }
        Move::Run => session.run(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_nothing_waits_in_vain(
        file in prop_oneof![
            Just(File::Large), Just(File::Middle), Just(File::Indexed), Just(File::Small),
            Just(File::SmallLocal), Just(File::Several), Just(File::Cached)],
        steps in moves(),
    ) {
        let mut session = open(file);
        let mut exports = 0;
        for step in &steps {
            play(&mut session, step, &mut exports);
        }
        // The engine checks after each step that something will go on; here that it comes to an end.
        session.ask(Request::Retry);
        session.ask(LazyRequest::PauseExport { paused: false });
        session.run();
        for id in 1..=exports {
            let last = session.exports.iter().rev().find(|progress| progress.id == id);
            let stage = last.map(|progress| progress.stage.clone());
            prop_assert!(
                matches!(
                    stage,
                    Some(Stage::Done | Stage::Failed(_) | Stage::Unreadable { .. } | Stage::Cancelled)
                ),
                "{:?}: export {} is at {:?}", file, id, stage
            );
        }
    }
}

/// Of several small files one comes whole with another one's pages.
#[test]
fn what_is_wanted_of_a_file_beside_another_is_asked_for_once() {
    let steps = [
        Move::Outcome(Some(2), false),
        Move::Run,
        Move::Plot(0, 2),
        Move::List(1),
        Move::Plot(6, 4),
        Move::Outcome(None, false),
    ];
    let mut session = open(File::Several);
    let mut exports = 0;
    for step in &steps {
        play(&mut session, step, &mut exports);
    }
    session.run();
    assert!(session.requests.len() < 40, "{:?}", session.requests);
}

#[test]
fn details_of_a_row_that_no_file_has_are_not_waited_for() {
    let mut session = open(File::Several);
    session.ask(Request::Detail { row: 20_600 });
    session.run();
    assert_eq!(session.opened.as_ref().unwrap().rows, 20_600);
}

/// Rows of the default view of a file whose bytes are all here when the export begins.
#[test]
fn an_export_of_columns_whose_bytes_are_at_hand_needs_no_event_of_the_network() {
    for file in [File::Small, File::SmallLocal] {
        for format in [Format::Csv { guard_formulas: true }, Format::JsonLines, Format::Parquet] {
            let mut session = open(file);
            let columns: Vec<String> =
                session.opened.as_ref().unwrap().columns.iter().map(|column| column.name.clone()).collect();
            session.show(|show| {
                show.charts = vec!["cfg".to_owned(), "step".to_owned()];
                show.columns = columns.clone();
                show.count = 30;
            });
            session.ask(LazyRequest::Export(Start {
                id: 1,
                format,
                columns,
                without: Vec::new(),
                empty: false,
                groups: None,
                name: "rows".to_owned(),
            }));
            session.run();
            let last = session.exports.last().unwrap();
            assert_eq!((&last.stage, last.rows), (&Stage::Done, 300), "{file:?}, {format:?}");
        }
    }
}

/// A page that does not listen yet would never hear of it.
#[test]
fn what_happens_before_anything_is_asked_is_told_once_something_is() {
    let mut session = Session::new(&SMALL);
    session.step(Event::NotKept { error: Error::new(ErrorKind::Limit, "there is no room") });
    assert_eq!(session.notices, []);
    session.open_table("https://example.org/table.parquet");
    assert_eq!(session.notices.len(), 1, "{:?}", session.notices);
    assert!(session.notices[0].text.contains("There is no room"), "{:?}", session.notices);
    session.open_table("https://example.org/table.parquet");
    assert_eq!(session.notices.len(), 1, "it is told once");
}
