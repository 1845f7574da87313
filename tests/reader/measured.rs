//! Columns that are measured of a text column: cells, charts, filters, orders and files, against the texts.

use crate::exports::export;
use crate::server::{Session, column, generate, reference};
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, cast::AsArray};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use vitrine::base::error::{Error, ErrorKind};
use vitrine::protocol::export::Format;
use vitrine::protocol::{Action, Cell, LoadState, Request, Shape};
use vitrine::table::measure::Tokenizer;
use vitrine::view::spec::{Clause, SortKey};

const WORDS: &str = "words(prompt)";
const TOKENS: &str = "tokens(prompt)";

const ROWS: usize = 20_000;
static TABLE: LazyLock<Arc<Vec<u8>>> = LazyLock::new(|| Arc::new(generate(ROWS as u64, "hub")));

fn prompts() -> Vec<Option<String>> {
    let batch = reference(&TABLE);
    let prompts = column(&batch, "prompt").as_string::<i32>();
    prompts.iter().map(|prompt| prompt.map(str::to_owned)).collect()
}

fn words(prompt: &str) -> usize {
    prompt.split_whitespace().count()
}

fn tokenizer() -> Tokenizer {
    Tokenizer::new(include_bytes!("../../public/later-clip-merges.bin")).unwrap()
}

fn adding(names: &[&str]) -> Session {
    let mut session = Session::open(&TABLE);
    session.show(|show| show.added = names.iter().map(|name| (*name).to_owned()).collect());
    session
}

fn known(session: &Session, name: &str) -> bool {
    session.opened.as_ref().unwrap().columns.iter().any(|column| column.name == name)
}

#[test]
fn rows_on_the_screen_are_measured_without_the_others() {
    let mut session = adding(&[WORDS, TOKENS, "sense(prompt)", "words(cfg)", "words(nothing)"]);
    let opened = session.opened.as_ref().unwrap();
    let added: Vec<&str> = opened.columns.iter().rev().take(2).map(|column| column.name.as_str()).collect();
    assert_eq!(added, [TOKENS, WORDS]);
    assert_eq!(opened.columns.last().unwrap().derived_from, ["prompt"]);
    session.show(|show| {
        show.columns = vec!["prompt".to_owned(), WORDS.to_owned(), TOKENS.to_owned()];
        (show.first, show.count) = (15_000, 20);
    });
    let (prompts, tokenizer) = (prompts(), tokenizer());
    let rows = session.rows.clone().unwrap();
    assert_eq!(rows.rows.len(), 20);
    for row in &rows.rows {
        let prompt = prompts[row.row as usize].as_deref().unwrap();
        assert_eq!(row.cells[1], Cell::Number(words(prompt) as f64));
        assert_eq!(row.cells[2], Cell::Number(tokenizer.count(prompt).into()));
    }
    assert_eq!(session.loads.get("prompt"), None, "the prompts were read whole");
    // Who takes a column away does not see it any more, and it comes back with what it had.
    session.show(|show| show.added = vec![WORDS.to_owned()]);
    assert!(known(&session, WORDS) && !known(&session, TOKENS));
}

#[test]
fn it_is_charted_filtered_and_sorted_like_any_other() {
    let prompts = prompts();
    let mut session = adding(&[WORDS, "repeats(prompt)"]);
    session.show(|show| show.charts = vec![WORDS.to_owned(), "repeats(prompt)".to_owned()]);
    assert_eq!(session.loads[WORDS], LoadState::Loaded);
    let chart = session.charts[WORDS].clone();
    assert!(chart.complete && matches!(chart.shape, Shape::Bins(_)));
    let nulls = prompts.iter().filter(|prompt| prompt.is_none()).count();
    assert_eq!(chart.all.0.iter().map(|count| *count as usize).sum::<usize>() + nulls, ROWS);

    session.filter(&[(WORDS, Clause::numbers(Some(12.0), None))]);
    let long = prompts.iter().flatten().filter(|prompt| words(prompt) >= 12).count();
    assert!(long > 0);
    assert_eq!(session.count.as_ref().unwrap().matching, long as u64);

    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.filters.clear();
        show.rows.sort = vec![SortKey { column: WORDS.to_owned(), descending: true }];
        show.columns = vec![WORDS.to_owned(), "repeats(prompt)".to_owned(), "prompt".to_owned()];
        (show.first, show.count) = (0, 50);
    });
    let mut lengths: Vec<usize> = prompts.iter().flatten().map(|prompt| words(prompt)).collect();
    lengths.sort_unstable_by_key(|length| std::cmp::Reverse(*length));
    let mut repeats: BTreeMap<&str, usize> = BTreeMap::new();
    for prompt in prompts.iter().flatten() {
        *repeats.entry(prompt).or_default() += 1;
    }
    for (row, length) in session.rows.clone().unwrap().rows.iter().zip(&lengths) {
        assert_eq!(row.cells[0], Cell::Number(*length as f64));
        let prompt = prompts[row.row as usize].as_deref().unwrap();
        assert_eq!(row.cells[1], Cell::Number(repeats[prompt] as f64));
    }
}

#[test]
fn files_hold_what_was_measured() {
    let columns = ["image_name", WORDS, TOKENS, "cut_off(prompt)", "non_ascii(prompt)", "language(prompt)"];
    let mut session = adding(&columns[1..]);
    session.filter(&[("cfg", Clause::numbers(Some(11.0), Some(11.0)))]);
    let file = Arc::new(export(&mut session, Format::Parquet, &columns));
    let written = reference(&file);
    let batch = reference(&TABLE);
    let cfg = column(&batch, "cfg").as_primitive::<arrow_array::types::Float32Type>();
    let (prompts, tokenizer) = (prompts(), tokenizer());
    let rows: Vec<usize> =
        (0..batch.num_rows()).filter(|row| cfg.is_valid(*row) && cfg.value(*row) == 11.0).collect();
    assert_eq!(written.num_rows(), rows.len());
    let of_words = column(&written, WORDS).as_primitive::<Int64Type>();
    let tokens = column(&written, TOKENS).as_primitive::<Int64Type>();
    let cut_off = column(&written, "cut_off(prompt)").as_boolean();
    let shares = column(&written, "non_ascii(prompt)").as_primitive::<Float64Type>();
    for (place, row) in rows.iter().enumerate() {
        match &prompts[*row] {
            Some(prompt) => {
                let count = i64::from(tokenizer.count(prompt));
                assert_eq!((of_words.value(place), tokens.value(place)), (words(prompt) as i64, count));
                assert_eq!(
                    (cut_off.value(place), shares.value(place) > 0.0),
                    (count > 77, !prompt.is_ascii())
                );
            }
            None => assert!(of_words.is_null(place) && tokens.is_null(place) && cut_off.is_null(place)),
        }
    }
    let csv =
        String::from_utf8(export(&mut session, Format::Csv { guard_formulas: false }, &[WORDS])).unwrap();
    let lines: Vec<String> = csv.lines().skip(1).map(str::to_owned).collect();
    let told =
        |row: &usize| prompts[*row].as_deref().map(|prompt| words(prompt).to_string()).unwrap_or_default();
    let expected: Vec<String> = rows.iter().map(told).collect();
    assert_eq!(lines.len(), expected.len());
    assert!(lines.iter().map(|line| line.trim_matches('"')).eq(expected.iter().map(String::as_str)));
    let json = String::from_utf8(export(&mut session, Format::JsonLines, &[TOKENS])).unwrap();
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(
        first[TOKENS].as_u64(),
        prompts[rows[0]].as_deref().map(|prompt| tokenizer.count(prompt).into())
    );
}

#[test]
fn details_say_where_the_text_encoder_stops() {
    let (prompts, tokenizer) = (prompts(), tokenizer());
    let long = prompts
        .iter()
        .position(|prompt| prompt.as_deref().is_some_and(|prompt| tokenizer.count(prompt) > 77));
    let Some(long) = long else { panic!("no prompt of the table is cut off") };
    let mut session = adding(&[TOKENS]);
    session.ask(Request::Detail { row: long as u64 });
    session.run();
    let detail = session.detail.clone().unwrap();
    let prompt = prompts[long].as_deref().unwrap();
    let end = detail.seen_bytes.unwrap() as usize;
    assert!(tokenizer.count(&prompt[..end]) <= 77 && end < prompt.len());
    assert!(detail.fields.contains(&(TOKENS.to_owned(), Cell::Number(tokenizer.count(prompt).into()))));
    // Nobody asked for tokens: nothing is dimmed.
    let mut plain = adding(&[WORDS]);
    plain.ask(Request::Detail { row: long as u64 });
    plain.run();
    assert_eq!(plain.detail.unwrap().seen_bytes, None);
}

#[test]
fn without_the_vocabulary_the_rest_works_and_a_retry_helps() {
    let mut session = Session::open(&TABLE);
    let vocabulary = session.measures.clone();
    session.measures = Err(Error::new(ErrorKind::Network, "not there"));
    session.show(|show| {
        show.added = vec![WORDS.to_owned(), TOKENS.to_owned()];
        show.charts = vec![WORDS.to_owned(), TOKENS.to_owned()];
    });
    assert_eq!((session.loads[WORDS], session.loads[TOKENS]), (LoadState::Loaded, LoadState::Failed));
    let notice = session.notices.iter().find(|notice| notice.subject == "measures").unwrap();
    assert_eq!(notice.actions, [Action::Retry]);
    session.measures = vocabulary;
    session.ask(Request::Retry);
    session.run();
    session.show(|show| show.charts = vec![TOKENS.to_owned()]);
    assert_eq!(session.loads[TOKENS], LoadState::Loaded);
}

#[test]
fn a_table_of_several_files_is_measured_as_a_whole() {
    let files = [Arc::new(generate(5_000, "hub")), Arc::new(generate(3_000, "hub"))];
    let mut session = Session::open_several(&files, |_| {});
    session.show(|show| {
        show.added = vec![WORDS.to_owned()];
        show.charts = vec![WORDS.to_owned()];
    });
    let chart = &session.charts[WORDS];
    let nulls = u64::from(chart.null_all);
    assert_eq!(chart.all.0.iter().map(|count| u64::from(*count)).sum::<u64>() + nulls, 8_000);
}
