//! Columns of another file, by a key that both have: cells, charts, filters, orders and files, against a plain loop.

use crate::beside::HOST;
use crate::exports::export;
use crate::server::{Session, column, file_of, generate, reference};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int64Type, TimestampNanosecondType, UInt64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, Float32Array, Int64Array, RecordBatch, StringArray,
    TimestampNanosecondArray, UInt64Array,
};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use vitrine::protocol::export::Format;
use vitrine::protocol::join::{Counts, Joined, Stage, Want};
use vitrine::protocol::{Cell, LazyRequest, LoadState, Request, group_by, outcome, plot};
use vitrine::view::spec::{Clause, SortKey};

const ROWS: usize = 20_000;
static TABLE: LazyLock<Arc<Vec<u8>>> = LazyLock::new(|| Arc::new(generate(ROWS as u64, "hub")));

fn names() -> Vec<String> {
    let batch = reference(&TABLE);
    let names = column(&batch, "image_name").as_string::<i32>();
    names.iter().map(|name| name.unwrap().to_owned()).collect()
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap();
    file_of(&batch)
}

/// What is asked of a join.
pub fn want(words: &[&str]) -> Vec<Want> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    vec![Want { words, endpoint: None, base: HOST.to_owned() }]
}

/// The table, with a file beside it.
fn with(path: &str, bytes: Vec<u8>, rest: &[&str]) -> Session {
    let mut session = Session::open(&TABLE);
    session.host.insert(path.to_owned(), bytes);
    let table = format!("{HOST}{path}");
    let words: Vec<&str> = std::iter::once(table.as_str()).chain(rest.iter().copied()).collect();
    session.show(|show| show.joins = want(&words));
    session
}

fn told(session: &Session) -> &Joined {
    session.joined.last().unwrap()
}

fn known(session: &Session) -> Vec<String> {
    let opened = session.opened.as_ref().unwrap();
    let joined = opened.columns.iter().filter(|column| column.is_joined());
    joined.map(|column| column.name.clone()).collect()
}

/// A score of every third image, its name without its ending.
fn scores() -> (Vec<u8>, BTreeMap<String, f32>) {
    let chosen: Vec<(String, f32)> =
        names().into_iter().step_by(3).enumerate().map(|(n, name)| (name, n as f32 / 7.0)).collect();
    let keys: StringArray =
        chosen.iter().map(|(name, _)| Some(name.trim_end_matches(".png").to_uppercase())).collect();
    let score: Float32Array = chosen.iter().map(|(_, score)| Some(*score)).collect();
    (parquet(vec![("id", Arc::new(keys)), ("aesthetic", Arc::new(score))]), chosen.into_iter().collect())
}

#[test]
fn keys_are_guessed_and_nothing_is_read_before_they_are_chosen() {
    let (file, _) = scores();
    let size = file.len() as u64;
    let mut session = with("scores.parquet", file, &[]);
    let joined = told(&session).clone();
    assert_eq!((joined.stage, joined.rows), (Stage::Choosing, 6_667));
    assert_eq!(joined.keys, (Some("image_name".to_owned()), Some("id".to_owned())));
    assert_eq!(
        joined.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        ["id", "aesthetic"]
    );
    assert!(session.other.bytes < size, "{} of {size}", session.other.bytes);
    assert_eq!(known(&session), [""; 0]);
    assert_eq!(session.loads.get("image_name"), None);
    let table = format!("{HOST}scores.parquet");
    session.show(|show| show.joins = want(&[&table, "here:image_name", "there:id"]));
    assert_eq!(known(&session), ["scores.aesthetic"]);
    let joined = told(&session);
    assert_eq!(joined.stage, Stage::Ready);
    let counts = Counts { rows: 20_000, matched: 6_667, keys: 6_667, used: 6_667, ..Counts::default() };
    assert_eq!(joined.counts, counts);
}

#[test]
fn a_column_of_another_file_is_shown_charted_filtered_and_sorted_like_any_other() {
    let (file, scores) = scores();
    let mut session = with("scores.parquet", file, &["here:image_name", "there:id", "as:laion"]);
    const SCORE: &str = "laion.aesthetic";
    session.show(|show| {
        show.columns = vec!["image_name".to_owned(), SCORE.to_owned()];
        (show.first, show.count) = (9_000, 30);
    });
    let names = names();
    let rows = session.rows.clone().unwrap();
    assert_eq!(rows.rows.len(), 30);
    for row in &rows.rows {
        let score = scores.get(&names[row.row as usize]);
        let shown = score.map_or(Cell::Null, |score| Cell::Number(score.to_string().parse().unwrap()));
        assert_eq!(row.cells[1], shown, "row {}", row.row);
    }
    session.show(|show| show.charts = vec![SCORE.to_owned()]);
    let chart = session.charts[SCORE].clone();
    assert!(chart.complete);
    assert_eq!(chart.all.0.iter().sum::<u32>() as usize, scores.len());
    assert_eq!(chart.null_all as usize, ROWS - scores.len());
    session.filter(&[(SCORE, Clause::numbers(Some(900.0), None))]);
    let high = scores.values().filter(|score| **score >= 900.0).count();
    assert!(high > 0);
    assert_eq!(session.count.as_ref().unwrap().matching, high as u64);
    session.show(|show| {
        show.rows.sort = vec![SortKey { column: SCORE.to_owned(), descending: true }];
        (show.first, show.count) = (0, 20);
    });
    let mut best: Vec<f32> = scores.values().copied().collect();
    best.sort_by(|a, b| b.total_cmp(a));
    let shown: Vec<Cell> =
        session.rows.clone().unwrap().rows.iter().map(|row| row.cells[1].clone()).collect();
    let expected: Vec<Cell> =
        best.iter().take(20).map(|score| Cell::Number(score.to_string().parse().unwrap())).collect();
    assert_eq!(shown, expected);
    // Who takes the file away does not see its columns any more.
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.sort.clear();
        show.rows.filters.clear();
        show.charts.clear();
        show.columns = vec!["image_name".to_owned()];
        show.joins.clear();
    });
    assert_eq!(known(&session), [""; 0]);
    assert!(session.joined.is_empty());
    assert_eq!(session.count.as_ref().unwrap().matching, ROWS as u64);
}

#[test]
fn a_link_filters_by_a_column_that_is_not_there_yet() {
    let (file, scores) = scores();
    let mut session = Session::new(&TABLE);
    session.host.insert("scores.parquet".to_owned(), file);
    let table = format!("{HOST}scores.parquet");
    session.ask(Request::Open(crate::server::open("https://example.org/table.parquet")));
    session.change(|show| {
        show.joins = want(&[&table, "here:image_name", "there:id"]);
        show.rows.filters.insert("scores.aesthetic".to_owned(), Clause::numbers(None, Some(10.0)));
        show.columns = vec!["image_name".to_owned()];
        show.count = 50;
    });
    session.run();
    assert_eq!(session.notices, []);
    let low = scores.values().filter(|score| **score <= 10.0).count();
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.rows_read), (low as u64, ROWS as u64));
    // No row was shown that does not match, whenever it came.
    assert!(session.rows.as_ref().unwrap().rows.iter().all(|row| row.row % 3 == 0));
}

#[test]
fn views_of_a_link_wait_for_columns_that_are_to_come() {
    let (file, scores) = scores();
    let mut session = Session::new(&TABLE);
    session.host.insert("scores.parquet".to_owned(), file);
    let table = format!("{HOST}scores.parquet");
    session.ask(Request::Open(crate::server::open("https://example.org/table.parquet")));
    session.change(|show| show.joins = want(&[&table, "here:image_name", "there:id"]));
    while session.opened.is_none() && session.deliver_piece() {}
    const SCORE: &str = "scores.aesthetic";
    let columns = ("cfg".to_owned(), SCORE.to_owned());
    session.ask(LazyRequest::Plot(Some(plot::Want { columns })));
    let items = ["by:sampler".to_owned(), format!("mean:{SCORE}")].to_vec();
    session.ask(LazyRequest::GroupBy(Some(group_by::Want { items, first: 0, count: 20 })));
    let words = vec![SCORE.to_owned(), "from:500".to_owned()];
    session.ask(LazyRequest::Outcome(Some(outcome::Want { words, phrases: None })));
    session.run();
    let plot = session.plot.clone().unwrap();
    assert!(matches!(plot.state, plot::State::Counts { .. }), "{:?}", plot.state);
    assert_eq!(plot.read, (ROWS as u64, ROWS as u64));
    let groups = session.group_by.clone().unwrap();
    assert!(matches!(groups.state, group_by::State::Lines { .. }), "{:?}", groups.state);
    let outcome = session.outcome.clone().unwrap();
    let outcome::State::Counted(counted) = &outcome.state else { panic!("{:?}", outcome.state) };
    let high = scores.values().filter(|score| **score >= 500.0).count() as u64;
    assert_eq!(counted.rows.0, high);
}

#[test]
fn several_rows_of_a_key_are_their_mean_and_their_number() {
    let names = names();
    let rated: Vec<(&str, i64, &str)> = (0..9_000_usize)
        .map(|n| (names[n % 4_000].as_str(), (n % 11) as i64, if n % 2 == 0 { "a" } else { "b" }))
        .collect();
    let csv: String = std::iter::once("image_name,rating,who\n".to_owned())
        .chain(rated.iter().map(|(name, rating, who)| format!("{name},{rating},{who}\n")))
        .collect();
    let mut session = with("ratings.csv", csv.into_bytes(), &["here:image_name", "there:image_name"]);
    assert_eq!(told(&session).stage, Stage::Ready, "{:?}", told(&session));
    assert_eq!(known(&session), ["ratings.rows", "ratings.rating", "ratings.who"]);
    let counts = Counts {
        rows: 20_000,
        matched: 4_000,
        keys: 4_000,
        used: 4_000,
        repeated: 4_000,
        ..Counts::default()
    };
    assert_eq!(told(&session).counts, counts);
    session.show(|show| {
        show.columns = ["ratings.rows", "ratings.rating", "ratings.who"].map(str::to_owned).to_vec();
        show.charts = vec!["ratings.rating".to_owned()];
        (show.first, show.count) = (990, 40);
    });
    let of = |row: usize| -> Vec<&(&str, i64, &str)> {
        rated.iter().filter(|(name, ..)| *name == names[row]).collect()
    };
    for row in &session.rows.clone().unwrap().rows {
        let own = of(row.row as usize);
        let mean = own.iter().map(|(_, rating, _)| *rating as f64).sum::<f64>() / own.len() as f64;
        let expected = [Cell::Number(own.len() as f64), Cell::Number(mean), Cell::Text(own[0].2.to_owned())];
        assert_eq!(row.cells, expected);
    }
    // A row here never becomes several.
    assert_eq!(session.count.as_ref().unwrap().rows, ROWS as u64);
    let chart = &session.charts["ratings.rating"];
    assert_eq!(chart.all.0.iter().sum::<u32>(), 4_000);
}

#[test]
fn a_column_of_the_other_file_that_can_t_be_read_costs_that_column() {
    let names = names();
    let keys: StringArray = names.iter().take(50).map(Some).collect();
    let number =
        |factor: i64| -> ArrayRef { Arc::new((0..50).map(|n| Some(n * factor)).collect::<Int64Array>()) };
    let mut file = parquet(vec![("image_name", Arc::new(keys)), ("bad", number(1)), ("good", number(3))]);
    let reader = SerializedFileReader::new(bytes::Bytes::from(file.clone())).unwrap();
    let (start, length) = reader.metadata().row_group(0).column(1).byte_range();
    file[start as usize..(start + length) as usize].fill(0xff);
    let mut session = with("b.parquet", file, &["here:image_name", "there:image_name"]);
    session.show(|show| {
        show.columns = vec!["b.bad".to_owned(), "b.good".to_owned()];
        show.count = 10;
    });
    assert_eq!(told(&session).stage, Stage::Ready);
    for row in &session.rows.clone().unwrap().rows {
        assert_eq!(row.cells, [Cell::Failed, Cell::Number(row.row as f64 * 3.0)]);
    }
}

#[test]
fn a_key_of_this_table_that_can_t_be_read_is_told() {
    let keys: StringArray = (0..50).map(|n| Some(format!("row {n}"))).collect();
    let mut own = parquet(vec![("id", Arc::new(keys.clone()))]);
    let reader = SerializedFileReader::new(bytes::Bytes::from(own.clone())).unwrap();
    let (start, length) = reader.metadata().row_group(0).column(0).byte_range();
    own[start as usize..(start + length) as usize].fill(0xff);
    let mut session = Session::open(&Arc::new(own));
    session.host.insert("b.parquet".to_owned(), parquet(vec![("id", Arc::new(keys))]));
    let table = format!("{HOST}b.parquet");
    session.show(|show| show.joins = want(&[&table, "here:id", "there:id"]));
    let Stage::Failed(why) = &told(&session).stage else { panic!("{:?}", told(&session).stage) };
    assert!(why.contains("The column id of this table can't be read"), "{why}");
}

#[test]
fn other_keys_and_other_names_bring_the_same_columns_again() {
    let names = names();
    let lines: String = (0..4_000).map(|n| format!("{},{},{n}\n", names[n], names[ROWS - 1 - n])).collect();
    let csv = format!("first,last,place\n{lines}").into_bytes();
    let mut session = with("two.csv", csv, &["here:image_name", "there:first"]);
    let table = format!("{HOST}two.csv");
    let place = |session: &mut Session, name: &str, row: u64| {
        let name = name.to_owned();
        session.show(|show| {
            show.columns = vec![name];
            (show.first, show.count) = (row, 1);
        });
        session.rows.clone().unwrap().rows[0].cells[0].clone()
    };
    assert_eq!(place(&mut session, "two.place", 7), Cell::Number(7.0));
    let read = session.other.bytes;
    // The other key: what was read of the column stays.
    session.show(|show| show.joins = want(&[&table, "here:image_name", "there:last"]));
    assert_eq!(place(&mut session, "two.place", 7), Cell::Null);
    assert_eq!(place(&mut session, "two.place", ROWS as u64 - 8), Cell::Number(7.0));
    session.show(|show| show.joins = want(&[&table, "here:image_name", "there:first", "as:again"]));
    assert_eq!(known(&session), ["again.last", "again.place"]);
    assert_eq!(place(&mut session, "again.place", 3_999), Cell::Number(3_999.0));
    assert_eq!(place(&mut session, "again.last", 3_999), Cell::Text(names[ROWS - 4_000].clone()));
    // Both keys and the column: each was read once.
    assert!(session.other.bytes < read * 3, "{} after {read}", session.other.bytes);
    session.show(|show| show.charts = vec!["again.place".to_owned()]);
    assert_eq!(session.charts["again.place"].all.0.iter().sum::<u32>(), 4_000);
}

#[test]
fn files_hold_exactly_what_the_other_file_has() {
    let names: Vec<String> = names().into_iter().take(500).collect();
    let keys: StringArray = names.iter().map(Some).collect();
    let count = names.len();
    let unsigned: UInt64Array = (0..count).map(|n| Some(u64::MAX - n as u64)).collect();
    let signed: Int64Array = (0..count).map(|n| (n % 5 > 0).then_some(i64::MIN + n as i64)).collect();
    let single: Float32Array = (0..count).map(|n| Some(n as f32 / 3.0)).collect();
    let money: Decimal128Array = (0..count).map(|n| Some(900_719_925_474_099_301 + n as i128)).collect();
    let money = money.with_precision_and_scale(30, 2).unwrap();
    let when: TimestampNanosecondArray =
        (0..count).map(|n| Some(1_660_000_000_123_456_789 + n as i64)).collect();
    let yes: BooleanArray = (0..count).map(|n| Some(n % 2 == 0)).collect();
    let words: StringArray = (0..count).map(|n| Some(format!("„{n}“, \"x\"\n"))).collect();
    let file = parquet(vec![
        ("image_name", Arc::new(keys)),
        ("unsigned", Arc::new(unsigned)),
        ("signed", Arc::new(signed.clone())),
        ("single", Arc::new(single.clone())),
        ("money", Arc::new(money)),
        ("when", Arc::new(when.with_timezone("UTC"))),
        ("yes", Arc::new(yes)),
        ("words", Arc::new(words)),
    ]);
    let mut session = with("b.parquet", file, &["here:image_name", "there:image_name"]);
    let columns =
        ["b.unsigned", "b.signed", "b.single", "b.money", "b.when", "b.yes", "b.words", "image_name"];
    session.filter(&[("b.single", Clause::NotNull)]);
    let written = reference(&Arc::new(export(&mut session, Format::Parquet, &columns)));
    assert_eq!(written.num_rows(), count);
    for row in 0..count {
        let name = column(&written, "image_name").as_string::<i32>().value(row).to_owned();
        let n = names.iter().position(|other| *other == name).unwrap();
        assert_eq!(
            column(&written, "b.unsigned").as_primitive::<UInt64Type>().value(row),
            u64::MAX - n as u64
        );
        let of_signed = column(&written, "b.signed").as_primitive::<Int64Type>();
        assert_eq!(
            of_signed.is_valid(row).then(|| of_signed.value(row)),
            signed.is_valid(n).then(|| signed.value(n))
        );
        assert_eq!(column(&written, "b.single").as_primitive::<Float32Type>().value(row), single.value(n));
        let digits = column(&written, "b.money").as_string::<i32>().value(row);
        let cents = 900_719_925_474_099_301 + n as i128;
        assert_eq!(digits, format!("{}.{:02}", cents / 100, cents % 100));
        let when = column(&written, "b.when").as_primitive::<TimestampNanosecondType>();
        assert_eq!(when.value(row), 1_660_000_000_123_456_789 + n as i64);
        assert_eq!(column(&written, "b.yes").as_boolean().value(row), n % 2 == 0);
        assert_eq!(column(&written, "b.words").as_string::<i32>().value(row), format!("„{n}“, \"x\"\n"));
    }
    let lines = String::from_utf8(export(&mut session, Format::JsonLines, &columns)).unwrap();
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["b.unsigned"].to_string(), u64::MAX.to_string());
    assert_eq!(first["b.money"], "9007199254740993.01");
}

#[test]
fn numbers_are_keys_whatever_their_type() {
    let seeds: Vec<u32> = {
        let batch = reference(&TABLE);
        let seeds = column(&batch, "seed").as_primitive::<arrow_array::types::UInt32Type>();
        seeds.iter().map(|seed| seed.unwrap_or_default()).collect()
    };
    let chosen: Vec<u32> = seeds.iter().copied().step_by(1_000).collect();
    let lines: String =
        chosen.iter().map(|seed| format!("{{\"seed\": \"{seed}\", \"note\": \"n{seed}\"}}\n")).collect();
    let mut session = with("notes.jsonl", lines.into_bytes(), &["here:seed", "there:seed"]);
    session.show(|show| {
        show.columns = vec!["notes.note".to_owned()];
        (show.first, show.count) = (3_000, 1);
    });
    let cell = session.rows.clone().unwrap().rows[0].cells[0].clone();
    assert_eq!(cell, Cell::Text(format!("n{}", seeds[3_000])));
    assert!(told(&session).counts.matched >= 20);
}

#[test]
fn what_can_t_be_joined_says_why_and_leaves_the_rest_as_it_was() {
    let stage = |session: &Session| told(session).stage.clone();
    let failed = |session: &Session, says: &str| match stage(session) {
        Stage::Failed(why) => assert!(why.contains(says), "{why}"),
        other => panic!("{other:?}"),
    };
    let (file, _) = scores();
    // No such file, no table, no such columns, words that mean nothing.
    let mut session = with("scores.parquet", file, &["here:nothing", "there:id"]);
    failed(&session, "nothing");
    let table = format!("{HOST}scores.parquet");
    session.show(|show| show.joins = want(&[&table, "here:image_name", "there:nothing"]));
    failed(&session, "nothing");
    session.show(|show| show.joins = want(&[&format!("{HOST}not-there.parquet")]));
    failed(&session, "not-there.parquet");
    session.host.insert("page.parquet".to_owned(), b"<!doctype html><p>Not found</p>".to_vec());
    session.show(|show| show.joins = want(&[&format!("{HOST}page.parquet")]));
    failed(&session, "page.parquet");
    session.show(|show| show.joins = want(&["hf:a"]));
    failed(&session, "is not of the form");
    session.show(|show| show.joins = want(&["file:mine.csv"]));
    failed(&session, "mine.csv");
    // A filter of a link on a column that never comes is told and left out.
    session.show(|show| {
        show.generation = show.generation.next();
        show.joins = want(&[&format!("{HOST}not-there.parquet"), "here:image_name", "there:id", "as:x"]);
        show.rows.filters.insert("x.score".to_owned(), Clause::NotNull);
    });
    assert_eq!(session.count.as_ref().unwrap().matching, ROWS as u64);
    assert!(
        session
            .notices
            .iter()
            .any(|notice| notice.text.contains("x.score") || notice.title.contains("x.score"))
    );
    // And what follows works.
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.filters.clear();
        show.joins = want(&[&table, "here:image_name", "there:id"]);
    });
    assert_eq!(stage(&session), Stage::Ready);
    assert_eq!(known(&session), ["scores.aesthetic"]);
    assert_eq!(session.loads.get("cfg"), None);
}

#[test]
fn a_file_of_the_disk_whose_keys_are_none_of_these_says_so_in_numbers() {
    let mut session = Session::open(&TABLE);
    session
        .other
        .local
        .insert("mine.tsv".to_owned(), b"image_name\tscore\ncat.png\t1\n\t2\ndog.png\t3\n".to_vec());
    session.show(|show| show.joins = want(&["file:mine.tsv", "here:image_name", "there:image_name"]));
    let counts = Counts { rows: 20_000, keys: 2, other_without: 1, ..Counts::default() };
    assert_eq!((told(&session).stage.clone(), told(&session).counts), (Stage::Ready, counts));
    session.show(|show| show.charts = vec!["mine.score".to_owned()]);
    assert_eq!(session.loads["mine.score"], LoadState::Loaded);
    assert_eq!(session.charts["mine.score"].null_all as usize, ROWS);
}

#[test]
fn several_files_stand_side_by_side_and_each_goes_alone() {
    let (file, scores) = scores();
    let mut session = with("scores.parquet", file.clone(), &["here:image_name", "there:id"]);
    let names = names();
    let lines: String = (0..8_000).map(|n| format!("{},{}\n", names[n * 2], n % 7)).collect();
    session.host.insert("votes.csv".to_owned(), format!("id,score\n{lines}").into_bytes());
    session.other.local.insert("scores.parquet".to_owned(), file);
    let first = want(&[&format!("{HOST}scores.parquet"), "here:image_name", "there:id"]);
    let second = want(&[&format!("{HOST}votes.csv"), "here:image_name", "there:id"]);
    let third = want(&["file:scores.parquet", "here:image_name", "there:id", "as:mine"]);
    const COLUMNS: [&str; 3] = ["scores.aesthetic", "votes.score", "mine.aesthetic"];
    let check = |session: &Session, shown: &[Option<usize>]| {
        for row in &session.rows.clone().unwrap().rows {
            let score = scores.get(&names[row.row as usize]);
            let score = score.map_or(Cell::Null, |score| Cell::Number(score.to_string().parse().unwrap()));
            let even = row.row.is_multiple_of(2) && row.row < 16_000;
            let vote = if even { Cell::Number((row.row / 2 % 7) as f64) } else { Cell::Null };
            let all = [score.clone(), vote, score];
            let own: Vec<Cell> =
                shown.iter().map(|place| place.map_or(Cell::Null, |place| all[place].clone())).collect();
            assert_eq!(row.cells, own, "row {}", row.row);
        }
    };
    session.show(|show| {
        show.joins = [first.clone(), second.clone(), third.clone()].concat();
        show.columns = COLUMNS.map(str::to_owned).to_vec();
        (show.first, show.count) = (15_990, 30);
    });
    let mut columns = known(&session);
    columns.sort();
    assert_eq!(columns, ["mine.aesthetic", "scores.aesthetic", "votes.score"]);
    assert_eq!(session.joined.len(), 3);
    assert!(session.joined.iter().all(|joined| joined.stage == Stage::Ready));
    assert_eq!(
        session.joined.iter().map(|joined| joined.counts.matched).collect::<Vec<_>>(),
        [6_667, 8_000, 6_667]
    );
    check(&session, &[Some(0), Some(1), Some(2)]);
    // A clause on each.
    session.filter(&[
        ("scores.aesthetic", Clause::numbers(Some(500.0), None)),
        ("votes.score", Clause::numbers(Some(3.0), Some(4.0))),
    ]);
    let meant = |row: &usize| {
        let high = scores.get(&names[*row]).is_some_and(|score| *score >= 500.0);
        high && row.is_multiple_of(2) && *row < 16_000 && [3, 4].contains(&(row / 2 % 7))
    };
    let expected = (0..ROWS).filter(meant).count() as u64;
    assert!(expected > 0);
    assert_eq!(session.count.as_ref().unwrap().matching, expected);
    session.filter(&[]);
    // The second one goes; what was read of the others stays as it is.
    let read = session.other.bytes;
    session.show(|show| {
        show.joins = [first.clone(), third].concat();
        show.columns = vec![COLUMNS[0].to_owned(), COLUMNS[2].to_owned()];
        (show.first, show.count) = (15_990, 30);
    });
    assert_eq!(session.other.bytes, read);
    assert_eq!(session.joined.len(), 2);
    assert_eq!(session.other.open(), 2);
    check(&session, &[Some(0), Some(2)]);
    // And comes again, after the first one went: nothing of the one is taken for the other.
    session.show(|show| {
        show.joins = second;
        show.columns = vec!["votes.score".to_owned()];
        (show.first, show.count) = (100, 30);
    });
    assert_eq!(known(&session), ["votes.score"]);
    assert_eq!(session.other.open(), 1);
    check(&session, &[Some(1)]);
}

#[test]
fn one_that_can_t_be_read_leaves_the_others_alone() {
    let (file, _) = scores();
    let mut session = with("scores.parquet", file, &["here:image_name", "there:id"]);
    let first = want(&[&format!("{HOST}scores.parquet"), "here:image_name", "there:id"]);
    let gone = want(&[&format!("{HOST}not-there.parquet"), "here:image_name", "there:id"]);
    session.show(|show| {
        show.joins = [gone, first].concat();
        show.charts = vec!["scores.aesthetic".to_owned()];
    });
    let stages: Vec<_> = session.joined.iter().map(|joined| joined.stage.clone()).collect();
    assert!(matches!(stages[0], Stage::Failed(_)), "{stages:?}");
    assert_eq!(stages[1], Stage::Ready);
    assert_eq!(session.charts["scores.aesthetic"].all.0.iter().sum::<u32>(), 6_667);
}
