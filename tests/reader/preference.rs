//! What people prefer: pairs of the bundled sample and of tables of other shapes, and files for training, which are read
//! back here and by the libraries that train, where the Python of `VITRINE_PYTHON` has them.
#![allow(clippy::print_stdout, reason = "what is left out is told")]

use crate::images::png;
use crate::scripts::{has, python};
use crate::server::{Session, cell, column, reference};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{ArrayRef, BinaryArray, Float32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;
use vitrine::protocol::export::{Pairs as Start, PairsForm, Split, Stage};
use vitrine::protocol::pairs::{Kind, Pairs, Verdict, Want};
use vitrine::protocol::{Cell, LazyRequest};
use vitrine::view::pairs::Options;
use vitrine::view::spec::Clause;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/public/sample/imagereward-test-sample.parquet");

fn sample() -> Session {
    Session::open(&Arc::new(std::fs::read(SAMPLE).unwrap()))
}

fn file_of(columns: Vec<(&str, ArrayRef)>) -> Arc<Vec<u8>> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    Arc::new(crate::server::file_of(&batch))
}

fn pairs(session: &mut Session, want: Want) -> Pairs {
    session.ask(LazyRequest::Pairs(Some(want)));
    session.run();
    *session.pairs.clone().expect("pairs are told")
}

fn texts(values: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

/// Rows of prompts with so many images each, ranks from 1, and images that are worse the higher the rank.
fn ranked(images: u64, prompts: u64) -> Arc<Vec<u8>> {
    let rows = || (0..prompts).flat_map(|prompt| (0..images).map(move |image| (prompt, image)));
    let files: Vec<Vec<u8>> = (0..prompts * images).map(|row| png(row as usize)).collect();
    file_of(vec![
        ("prompt_id", Arc::new(Int64Array::from_iter_values(rows().map(|(prompt, _)| 900 + prompt as i64)))),
        ("prompt", texts(rows().map(|(prompt, _)| format!("a castle, number {prompt}")))),
        ("rank", Arc::new(Int64Array::from_iter_values(rows().map(|(_, image)| image as i64 + 1)))),
        (
            "reward",
            Arc::new(Float32Array::from_iter_values(rows().map(|(prompt, image)| {
                // Right but for the first two images of every other prompt.
                if prompt % 2 == 1 && image < 2 { image as f32 } else { -(image as f32) }
            }))),
        ),
        ("image", Arc::new(BinaryArray::from_iter_values(&files))),
    ])
}

/// Rows shaped like those of Pick-a-Pic, with images inside.
fn two() -> Arc<Vec<u8>> {
    let first = [1.0, 0.0, 0.5, 1.0, 0.0, 0.5];
    let second = [0.0, 1.0, 0.5, 0.0, 0.75, 0.5];
    let number = |values: &[f64]| -> ArrayRef { Arc::new(Float64Array::from(values.to_vec())) };
    let image = |which: usize| -> ArrayRef {
        Arc::new(BinaryArray::from_iter_values((0..6).map(|row| png(row * 2 + which))))
    };
    let uid = |which: usize| {
        texts((0..6).map(move |row| format!("uid-{}", if row == 3 { 3 } else { row * 2 + which })))
    };
    file_of(vec![
        ("caption", texts((0..6).map(|row| format!("caption {row}")))),
        ("jpg_0", image(0)),
        ("jpg_1", image(1)),
        ("image_0_uid", uid(0)),
        ("image_1_uid", uid(1)),
        ("label_0", number(&first)),
        ("label_1", number(&second)),
        ("score_0", number(&[0.9, 0.9, 0.1, 0.9, 0.2, 0.0])),
        ("score_1", number(&[0.1, 0.1, 0.2, 0.1, 0.2, 0.0])),
        ("ranking_id", Arc::new(Int64Array::from_iter_values(0..6))),
    ])
}

#[test]
fn the_pairs_of_the_sample_are_those_that_its_ranks_make() {
    let mut session = sample();
    let told = pairs(&mut session, Want { count: 3, ..Want::default() });
    let count = &told.count;
    assert_eq!((told.kind, told.rows), (Kind::Ranked, (2_720, 2_720)));
    assert_eq!((count.groups, count.images), (466, 2_720));
    assert_eq!((count.ordered, count.tied, count.groups_tied), (6_399, 831, 349));
    assert_eq!(count.by_images, [(4, 194), (5, 2), (6, 45), (7, 159), (8, 43), (9, 23)]);
    assert_eq!(count.by_difference.iter().map(|(_, pairs)| pairs).sum::<u64>(), 6_399);
    // 51 prompts have no image of rank 1.
    assert_eq!((count.single, count.without, count.not_from_one, count.cut_groups), (0, 0, 51, 0));
    assert_eq!(told.pairs[0].rows, (0, 1));
    assert_eq!(told.pairs[0].verdict, Some(Verdict::First));
    // A filter on ranks cuts prompts, which can be taken whole.
    session.filter(&[("rank", Clause::numbers(None, Some(2.0)))]);
    let cut = session.pairs.clone().unwrap().count;
    // Three prompts have no such image.
    assert_eq!((cut.groups, cut.images, cut.cut_images), (463, 597 + 684, 1_427));
    let whole = Options { whole: true, ..Options::default() };
    let whole = pairs(&mut session, Want { options: whole, ..Want::default() }).count;
    assert_eq!((whole.ordered, whole.tied, whole.cut_groups), (6_384, 828, cut.cut_groups));
    // The pair behind all others is none.
    let behind = pairs(&mut session, Want { first: 99_999, count: 2, ..Want::default() });
    assert!(behind.pairs.is_empty());
}

#[test]
fn annotators_are_held_against_each_other_where_they_judged_the_same_images() {
    // Three people on each of 20 pairs, in either order; the third one disagrees on every other pair.
    let rows = || (0..20_i64).flat_map(|pair| (0..3_i64).map(move |who| (pair, who)));
    let name = |pair: i64, which: i64| format!("image {pair}-{which}");
    let is_turned = |pair: i64, who: i64| (pair + who) % 2 == 1;
    let side = |side: i64| {
        texts(rows().map(move |(pair, who)| name(pair, if is_turned(pair, who) { 1 - side } else { side })))
    };
    let prefers = |(pair, who): (i64, i64)| {
        let first = !(who == 2 && pair % 2 == 0);
        if first == is_turned(pair, who) { -1 } else { 1 }
    };
    let file = file_of(vec![
        ("user_id", Arc::new(Int64Array::from_iter_values(rows().map(|(_, who)| 900 + who)))),
        ("prompt", texts(rows().map(|(pair, _)| format!("a castle, number {pair}")))),
        ("image_left_id", side(0)),
        ("image_right_id", side(1)),
        ("pref", Arc::new(Int64Array::from_iter_values(rows().map(prefers)))),
    ]);
    let mut session = Session::open(&file);
    let told = pairs(&mut session, Want { agreement: true, ..Want::default() });
    assert_eq!((told.kind, told.count.ordered), (Kind::Two, 60));
    let told = told.agreement.unwrap();
    assert_eq!((told.pairs, told.judgements, told.annotators), (20, 60, None));
    // Of ten pairs all three, of ten one of three.
    assert_eq!((told.same.pairs, told.same.right), (60, 10 * 3 + 10));
    assert!(told.same.interval.0 < told.same.share && told.same.share < told.same.interval.1);
    // Only what matches counts.
    session.filter(&[("user_id", Clause::numbers(Some(901.0), None))]);
    let two = session.pairs.clone().unwrap().agreement.unwrap();
    assert_eq!((two.judgements, two.same.pairs, two.same.right), (40, 20, 10));
}

#[test]
fn scores_of_another_file_are_held_against_pairs() {
    let mut session = sample();
    let batch = reference(&Arc::new(std::fs::read(SAMPLE).unwrap()));
    let paths = column(&batch, "image_path").as_string::<i32>();
    let rank = |row: usize| match cell(column(&batch, "rank"), row) {
        Cell::Number(rank) => rank,
        other => panic!("{other:?}"),
    };
    let lines: String =
        (0..batch.num_rows()).map(|row| format!("{},{}\n", paths.value(row), -rank(row))).collect();
    session.host.insert("scores.csv".to_owned(), format!("path,score\n{lines}").into_bytes());
    let words = ["https://example.org/scores.csv", "here:image_path", "there:path"];
    session.show(|show| show.joins = crate::joins::want(&words));
    // The better the rank, the higher the score: it is right about every pair that is ordered.
    let told = pairs(&mut session, Want { judges: vec!["scores.score".to_owned()], ..Want::default() });
    let all = told.judges[0].all;
    assert!(told.count.ordered > 1_000);
    assert_eq!((all.pairs, all.right, all.equal), (told.count.ordered, told.count.ordered, 0));
}

#[test]
fn scores_are_held_against_pairs_and_two_images_a_row_are_pairs() {
    let mut session = Session::open(&ranked(3, 4));
    let want = Want { judges: vec!["reward".to_owned()], ..Want::default() };
    let told = pairs(&mut session, want);
    assert_eq!((told.count.groups, told.count.ordered, told.count.tied), (4, 12, 0));
    let judge = &told.judges[0];
    assert_eq!((judge.all.pairs, judge.all.right, judge.all.equal), (12, 10, 0));
    let by: Vec<_> = judge.by_difference.iter().map(|(by, all)| (*by, all.pairs, all.right)).collect();
    assert_eq!(by, [(1.0, 8, 6), (2.0, 4, 4)]);

    let mut session = Session::open(&two());
    let want = Want { judges: vec!["score_0".to_owned()], first: 1, count: 2, ..Want::default() };
    let told = pairs(&mut session, want);
    let count = &told.count;
    assert_eq!((told.kind, count.groups, count.ordered, count.tied), (Kind::Two, 6, 4, 2));
    assert_eq!((count.odd_labels, count.without), (1, 0));
    assert_eq!(
        told.pairs.iter().map(|pair| (pair.rows, pair.verdict)).collect::<Vec<_>>(),
        [((1, 1), Some(Verdict::Second)), ((2, 2), Some(Verdict::Tie))]
    );
    let all = told.judges[0].all;
    assert_eq!((all.pairs, all.right, all.equal), (4, 2, 1));
}

#[test]
fn more_groups_than_two_bytes_count_are_compared() {
    let rows = 140_000;
    let file = file_of(vec![
        ("prompt_id", texts((0..rows).map(|row| format!("p{}", row / 2)))),
        ("rank", Arc::new(Int64Array::from_iter_values((0..rows).map(|row| row % 2 + 1)))),
    ]);
    let mut session = Session::open(&file);
    session.ask(LazyRequest::Groups { wanted: true });
    session.run();
    let groups = session.groups.clone().unwrap();
    assert_eq!((groups.groups.len(), groups.left_out), (70_000, 0));
    assert_eq!(groups.groups[69_999].rows.0, [139_998, 139_999]);
}

fn write(session: &mut Session, form: PairsForm, options: Options, split: Option<Split>) -> Vec<u8> {
    session.files.clear();
    session.exports.clear();
    session.ask(LazyRequest::ExportPairs(Start { id: 1, form, options, split, name: "pairs".to_owned() }));
    session.run();
    let last = session.exports.last().expect("progress is told");
    assert_eq!(last.stage, Stage::Done, "{form:?}");
    let file = session.files.remove(&1).unwrap_or_default();
    assert_eq!(last.bytes, file.len() as u64);
    file
}

fn lines(file: &[u8]) -> Vec<Json> {
    let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[test]
fn files_for_training_hold_every_ordered_pair_and_no_tie() {
    let mut session = sample();
    let batch = reference(&Arc::new(std::fs::read(SAMPLE).unwrap()));
    let of = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
    let (paths, ids) = (of("image_path"), of("prompt_id"));
    let ranks = batch.column_by_name("rank").unwrap().as_primitive::<Int64Type>().clone();
    let known: BTreeMap<&str, (&str, i64)> =
        (0..batch.num_rows()).map(|row| (paths.value(row), (ids.value(row), ranks.value(row)))).collect();
    let rows = lines(&write(&mut session, PairsForm::JsonLines, Options::default(), None));
    assert_eq!(rows.len(), 6_399);
    let distinct: BTreeSet<_> =
        rows.iter().map(|row| (row["chosen"].as_str(), row["rejected"].as_str())).collect();
    assert_eq!(distinct.len(), rows.len());
    for row in &rows {
        let (better, worse) =
            (known[row["chosen"].as_str().unwrap()], known[row["rejected"].as_str().unwrap()]);
        assert_eq!((row["prompt_id"].as_str().unwrap(), better.0), (worse.0, worse.0));
        assert_eq!((&row["rank_chosen"], &row["rank_rejected"]), (&better.1.into(), &worse.1.into()));
        assert!(better.1 < worse.1 && row["rating_chosen"].is_null());
    }
    // Rankings as ImageReward's own file has them: a list, ties in it.
    let rankings: Vec<Json> =
        serde_json::from_slice(&write(&mut session, PairsForm::Ranking, Options::default(), None)).unwrap();
    assert_eq!(rankings.len(), 466);
    let all = |name: &str| rankings.iter().map(|one| one[name].as_array().unwrap().len()).sum::<usize>();
    assert_eq!((all("generations"), all("ranking")), (2_720, 2_720));
    assert_eq!(
        rankings[0].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["generations", "id", "prompt", "ranking"]
    );
    assert_eq!(rankings.iter().filter(|one| one["ranking"][0] == 1).count(), 466 - 51);
    // Two parts of the prompts are all of them, and no prompt is in both.
    let options = Options { most: 5, ..Options::default() };
    let mut part = |rest| {
        let split = Some(Split { seed: 7, percent: 80, rest });
        let rows = lines(&write(&mut session, PairsForm::JsonLines, options, split));
        (rows.iter().map(|row| row["prompt_id"].to_string()).collect::<BTreeSet<_>>(), rows.len())
    };
    let (first, rest) = (part(false), part(true));
    assert_eq!(first.0.len() + rest.0.len(), 466);
    assert!(first.0.is_disjoint(&rest.0) && (330..420).contains(&first.0.len()), "{}", first.0.len());
    let all = write(&mut session, PairsForm::Csv, options, None);
    assert_eq!(all.iter().filter(|byte| **byte == b'\n').count(), 1 + first.1 + rest.1);
}

#[test]
fn files_with_images_have_them_inside_in_groups_of_a_hundred() {
    let mut session = Session::open(&ranked(4, 40));
    let file = Arc::new(write(&mut session, PairsForm::Dpo, Options::default(), None));
    let written = reference(&file);
    assert_eq!(written.num_rows(), 240);
    let bytes = |name: &str| written.column_by_name(name).unwrap().as_binary::<i32>().clone();
    let (first, second) = (bytes("jpg_0"), bytes("jpg_1"));
    assert_eq!((first.value(0), second.value(0)), (&png(0)[..], &png(1)[..]));
    assert_eq!((first.value(239), second.value(239)), (&png(158)[..], &png(159)[..]));
    let labels = |name: &str| written.column_by_name(name).unwrap().as_primitive::<Float64Type>().clone();
    assert!(
        labels("label_0").iter().zip(labels("label_1").iter()).all(|labels| labels == (Some(1.0), Some(0.0)))
    );
    let examples =
        written.column_by_name("num_example_per_prompt").unwrap().as_primitive::<Int64Type>().clone();
    assert_eq!(examples.value(0), 6);
    let reader = SerializedFileReader::new(bytes::Bytes::from(file.to_vec())).unwrap();
    let groups: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [100, 100, 40]);
}

#[test]
fn pairs_of_two_images_a_row_leave_ties_and_equal_images_out() {
    let mut session = Session::open(&two());
    let rows = lines(&write(&mut session, PairsForm::Trl, Options::default(), None));
    let rows: Vec<_> = rows.iter().map(|row| (&row["prompt"], &row["chosen"], &row["rejected"])).collect();
    assert_eq!(format!("{rows:?}").matches("uid-").count(), 6);
    assert_eq!(rows[1], (&"caption 1".into(), &"uid-3".into(), &"uid-2".into()));
    // One row has the same image twice.
    let last = session.exports.last().unwrap();
    assert_eq!((last.rows, last.rows_total, last.missing), (3, 4, 1));
    session.ask(LazyRequest::ExportPairs(Start {
        id: 2,
        form: PairsForm::Dpo,
        options: Options::default(),
        split: None,
        name: "x".to_owned(),
    }));
    assert!(matches!(session.exports.last().unwrap().stage, Stage::Failed(_)));
}

/// The same rows with images that can't be read: none, an empty one, and a text.
fn broken_two() -> Arc<Vec<u8>> {
    let files = |files: [Option<Vec<u8>>; 6]| -> ArrayRef {
        Arc::new(files.iter().map(Option::as_deref).collect::<BinaryArray>())
    };
    let sound = |row: usize| Some(png(row));
    file_of(vec![
        ("caption", texts((0..6).map(|row| format!("caption {row}")))),
        ("jpg_0", files([sound(0), None, sound(2), sound(3), sound(4), Some(Vec::new())])),
        ("jpg_1", files([sound(5), sound(6), sound(7), Some(b"<html>".to_vec()), sound(8), None])),
        ("image_0_uid", texts((0..6).map(|row| format!("first-{row}")))),
        ("image_1_uid", texts((0..6).map(|row| format!("second-{row}")))),
        ("label_0", Arc::new(Float64Array::from(vec![1.0, 1.0, 0.5, 0.0, 0.0, 0.5]))),
    ])
}

#[test]
fn pairs_whose_images_in_the_row_cant_be_read_are_left_out_where_that_is_asked() {
    let mut session = Session::open(&broken_two());
    let readable = Options { readable: true, ..Options::default() };
    let all = pairs(&mut session, Want::default());
    assert_eq!((all.count.ordered, all.count.tied, all.looked_at), (4, 2, None));
    let told = pairs(&mut session, Want { options: readable, first: 1, count: 2, ..Want::default() });
    let count = &told.count;
    assert_eq!((count.ordered, count.tied, count.missing, count.images_missing), (2, 1, 3, 4));
    assert_eq!((told.looked_at, count.images_unsure), (Some((12, 12)), 0));
    // Of the pairs that are left, the second and the third.
    assert_eq!(told.pairs.iter().map(|pair| pair.rows.0).collect::<Vec<_>>(), [2, 4]);
    // A filter has fewer of them.
    session.filter(&[("label_0", Clause::numbers(Some(0.5), None))]);
    let cut = session.pairs.clone().unwrap();
    assert_eq!((cut.count.ordered, cut.count.tied, cut.count.missing), (1, 1, 2));
    assert_eq!(cut.looked_at, Some((8, 8)));
    session.filter(&[]);
    let rows = lines(&write(&mut session, PairsForm::Trl, readable, None));
    let chosen: Vec<_> = rows.iter().map(|row| row["chosen"].as_str().unwrap()).collect();
    assert_eq!(chosen, ["first-0", "second-4"]);
    let last = session.exports.last().unwrap();
    assert_eq!((last.rows, last.rows_total, last.missing), (2, 2, 2));
    // Nothing was looked at before the file is asked for.
    let mut session = Session::open(&broken_two());
    assert_eq!(lines(&write(&mut session, PairsForm::Trl, readable, None)).len(), 2);
}

#[test]
fn rankings_and_pairs_leave_missing_images_out_where_that_is_asked() {
    let rows = || (0..12_usize).map(|row| (row / 3, row % 3));
    // Of every other prompt the image of rank 2 is none.
    let is_broken = |(prompt, image): (usize, usize)| prompt % 2 == 0 && image == 1;
    let files = rows().enumerate().map(|(row, at)| if is_broken(at) { b"GIF8".to_vec() } else { png(row) });
    let files: Vec<Vec<u8>> = files.collect();
    let file = file_of(vec![
        ("prompt_id", texts(rows().map(|(prompt, _)| format!("p{prompt}")))),
        ("prompt", texts(rows().map(|(prompt, _)| format!("a castle, number {prompt}")))),
        ("rank", Arc::new(Int64Array::from_iter_values(rows().map(|(_, image)| image as i64 + 1)))),
        ("image", Arc::new(BinaryArray::from_iter_values(&files))),
    ]);
    let mut session = Session::open(&file);
    let options = Options { readable: true, ..Options::default() };
    let count = pairs(&mut session, Want { options, ..Want::default() }).count;
    assert_eq!((count.ordered, count.missing, count.images_missing, count.images), (8, 4, 2, 12));
    assert_eq!(lines(&write(&mut session, PairsForm::JsonLines, options, None)).len(), 8);
    assert_eq!(session.exports.last().unwrap().missing, 4);
    let rankings = write(&mut session, PairsForm::Ranking, options, None);
    let rankings: Vec<Json> = serde_json::from_slice(&rankings).unwrap();
    let ranks: Vec<_> = rankings.iter().map(|one| one["ranking"].to_string()).collect();
    assert_eq!(ranks, ["[1,3]", "[1,2,3]", "[1,3]", "[1,2,3]"]);
    assert_eq!(session.exports.last().unwrap().missing, 2);
    // A file with the images inside has the same pairs, whether that is asked or not.
    let with = reference(&Arc::new(write(&mut session, PairsForm::Dpo, options, None)));
    let without = reference(&Arc::new(write(&mut session, PairsForm::Dpo, Options::default(), None)));
    assert_eq!((with.num_rows(), &with.columns()[..3]), (8, &without.columns()[..3]));
}

/// Rankings of three images a row by four people, in the form of HPDv2's test split. The fourth one turns the first two
/// around, and names no images of the last row.
fn rankings() -> Vec<u8> {
    let images = |row: u32| (0..3).map(|image| format!("{row:03}-{image}.jpg")).collect::<Vec<_>>();
    let rows = (0..10).map(|row| {
        let ranks = match row {
            8 => vec![1, 1, 2],
            // A rank is missing.
            9 => vec![1, 2],
            _ => vec![1, 2, 3],
        };
        let given = |who: u32| {
            let ranks = if who == 3 { [2, 1, 3] } else { [1, 2, 3] };
            serde_json::json!({"rank": ranks, "user_hash": format!("u{who}")})
        };
        serde_json::json!({
            "prompt": format!("a castle, number {row}"),
            "image_path": images(row),
            "rank": ranks,
            "raw_annotation": (0..4).map(given).collect::<Vec<_>>(),
        })
    });
    serde_json::to_vec(&rows.collect::<Vec<_>>()).unwrap()
}

fn open_json(file: Vec<u8>) -> Session {
    let mut session = Session::new(&Arc::new(file));
    session.open_table("https://example.org/test.json");
    session
}

#[test]
fn rows_that_list_ranked_images_are_groups_and_their_annotators_are_held_against_each_other() {
    let mut session = open_json(rankings());
    let told = pairs(&mut session, Want { agreement: true, first: 24, count: 2, ..Want::default() });
    let count = &told.count;
    assert_eq!((told.kind, told.lists, told.rows), (Kind::Ranked, true, (10, 10)), "{:?}", session.notices);
    assert_eq!((count.groups, count.images, count.without, count.uneven), (10, 30, 1, 1));
    // Eight rows of three pairs, one of two and a tie, one of one.
    assert_eq!((count.ordered, count.tied, count.groups_tied), (8 * 3 + 2 + 1, 1, 1));
    assert_eq!(count.by_difference, [(1.0, 8 * 2 + 2 + 1), (2.0, 8)]);
    let names = |pair: &vitrine::protocol::pairs::PairAt| {
        pair.listed.as_ref().unwrap().each_ref().map(|one| (one.name.clone(), one.number))
    };
    let (tied, next) = (&told.pairs[0], &told.pairs[1]);
    assert_eq!((tied.rows, tied.verdict), ((8, 8), Some(Verdict::Tie)));
    assert_eq!(names(tied), [("008-0.jpg".to_owned(), 1.0), ("008-1.jpg".to_owned(), 1.0)]);
    assert_eq!((names(next)[1].clone(), next.verdict), (("008-2.jpg".to_owned(), 2.0), Some(Verdict::First)));
    // Of the first two images of each row three of four agree, of the others all: 3 of 6, 6 of 6 and 6 of 6.
    let agreement = told.agreement.unwrap();
    assert_eq!((agreement.pairs, agreement.judgements, agreement.annotators), (30, 120, Some(4)));
    assert_eq!((agreement.same.pairs, agreement.same.right), (180, 150));
    // Filters, options and files are those of any pairs.
    session.filter(&[(
        "prompt",
        Clause::list(["9", "3"].map(|number| Some(format!("a castle, number {number}"))), false),
    )]);
    let cut = session.pairs.clone().unwrap().count;
    assert_eq!((cut.groups, cut.ordered, cut.cut_groups), (2, 4, 0));
    session.filter(&[]);
    let rows = lines(&write(&mut session, PairsForm::JsonLines, Options::default(), None));
    assert_eq!(rows.len(), 27);
    assert_eq!((&rows[1]["chosen"], &rows[1]["rejected"]), (&"000-0.jpg".into(), &"000-2.jpg".into()));
    assert_eq!((&rows[1]["rank_chosen"], &rows[1]["rank_rejected"]), (&1.into(), &3.into()));
    assert_eq!((&rows[1]["prompt_id"], &rows[1]["prompt"]), (&Json::Null, &"a castle, number 0".into()));
    let far = Options { least_rank: 2.0, ..Options::default() };
    assert_eq!(lines(&write(&mut session, PairsForm::Trl, far, None)).len(), 8);
    let written = write(&mut session, PairsForm::Ranking, Options::default(), None);
    let written: Vec<Json> = serde_json::from_slice(&written).unwrap();
    assert_eq!(written.len(), 10);
    assert_eq!(written[8]["ranking"].to_string(), "[1,1,2]");
    assert_eq!(written[9]["generations"].to_string(), r#"["009-0.jpg","009-1.jpg"]"#);
    // There are no images to put into a file.
    session.ask(LazyRequest::ExportPairs(Start {
        id: 2,
        form: PairsForm::Dpo,
        options: Options::default(),
        split: None,
        name: "x".to_owned(),
    }));
    assert!(matches!(session.exports.last().unwrap().stage, Stage::Failed(_)));
    // Nobody takes the rows for groups of rows.
    session.ask(LazyRequest::Groups { wanted: true });
    session.run();
    assert!(session.groups.is_none());
}

#[test]
fn rows_that_list_two_images_and_a_choice_are_pairs_by_annotator() {
    // Two people on each of six pairs, in the form of HPDv2's train split; of every third they disagree. One image has
    // no name.
    let rows = (0..12_u32).map(|row| {
        let (pair, who) = (row / 2, row % 2);
        let first = u32::from(!(who == 1 && pair % 3 == 0));
        let second = if pair == 5 { String::new() } else { format!("{pair}-b.jpg") };
        serde_json::json!({
            "human_preference": [first, 1 - first],
            "prompt": format!("a castle, number {pair}"),
            "file_path": [format!("{pair}-a.jpg"), second],
            "user_hash": format!("u{who}"),
        })
    });
    let mut session = open_json(serde_json::to_vec(&rows.collect::<Vec<_>>()).unwrap());
    let told = pairs(&mut session, Want { agreement: true, ..Want::default() });
    assert_eq!((told.kind, told.lists, told.count.ordered, told.count.tied), (Kind::Rated, true, 12, 0));
    let agreement = told.agreement.unwrap();
    assert_eq!((agreement.pairs, agreement.judgements, agreement.annotators), (6, 12, Some(2)));
    assert_eq!((agreement.same.pairs, agreement.same.right), (6, 4));
    let options = Options { readable: true, ..Options::default() };
    let count = pairs(&mut session, Want { options, ..Want::default() }).count;
    assert_eq!((count.ordered, count.missing, count.images_missing), (10, 2, 2));
    let rows = lines(&write(&mut session, PairsForm::JsonLines, options, None));
    assert_eq!((rows.len(), session.exports.last().unwrap().missing), (10, 2));
    assert_eq!((&rows[1]["chosen"], &rows[1]["rejected"]), (&"0-b.jpg".into(), &"0-a.jpg".into()));
    assert_eq!((&rows[1]["rating_chosen"], &rows[1]["rating_rejected"]), (&1.into(), &0.into()));
}

#[test]
fn two_images_are_told_by_a_word_of_their_names_and_an_order_is_not_made_up() {
    let image = |which: usize| -> ArrayRef {
        Arc::new(BinaryArray::from_iter_values((0..4).map(|row| png(row * 2 + which))))
    };
    let prompt = || ("prompt", texts((0..4).map(|row| format!("a castle by the sea, number {row}"))));
    let told = |columns: Vec<(&str, ArrayRef)>| {
        let mut session = Session::open(&file_of(columns));
        let told = pairs(&mut session, Want { count: 4, ..Want::default() });
        let verdicts: Vec<Option<Verdict>> = told.pairs.iter().map(|pair| pair.verdict).collect();
        ((told.kind, told.count.ordered, told.count.tied, told.count.without), verdicts)
    };
    let winner = texts(["left", "Right", "tie", "left"].map(str::to_owned).into_iter());
    let chosen = told(vec![
        prompt(),
        ("left_photo", image(0)),
        ("right_photo", image(1)),
        ("winner", winner),
        ("model_left", texts((0..4).map(|row| format!("model {row}")))),
        ("model_right", texts((0..4).map(|_| "model 0".to_owned()))),
    ]);
    let verdicts = [Verdict::First, Verdict::Second, Verdict::Tie, Verdict::First].map(Some);
    assert_eq!(chosen, ((Kind::Two, 3, 1, 0), verdicts.to_vec()));
    // Without a verdict nothing is preferred, unless the names say so.
    let silent = told(vec![prompt(), ("Image A", image(0)), ("Image B", image(1))]);
    assert_eq!(silent.0, (Kind::Two, 0, 0, 4));
    let named = told(vec![prompt(), ("winner_image", image(0)), ("loser_image", image(1))]);
    assert_eq!(named.0, (Kind::Two, 4, 0, 0));
}

#[test]
fn libraries_that_train_read_the_files() {
    const READ: &str = r#"
import io, json, sys
import pyarrow.parquet as pq
folder = sys.argv[1]
pairs = pq.read_table(folder + "/pairs.parquet")
print(pairs.num_rows, pairs.schema.field("rank_chosen").type, ",".join(pairs.column_names))
dpo = pq.ParquetFile(folder + "/dpo.parquet")
print([dpo.metadata.row_group(at).num_rows for at in range(dpo.num_row_groups)])
try:
    import datasets
    from PIL import Image
except ImportError:
    print("no datasets")
    sys.exit()
datasets.disable_progress_bars()
trl = datasets.load_dataset("json", data_files=folder + "/trl.jsonl", split="train", cache_dir=folder + "/cache")
print(trl.num_rows, sorted(trl.features))
# What both scripts of Diffusion-DPO do with a row.
rows = datasets.load_dataset("parquet", data_files=folder + "/dpo.parquet", split="train", cache_dir=folder + "/cache")
rows = rows.filter(lambda row: row["label_0"] in (0, 1))
images = [Image.open(io.BytesIO(row[name])).convert("RGB") for row in rows.select(range(3)) for name in ("jpg_0", "jpg_1")]
print(rows.num_rows, len(images))
"#;
    if !has("pyarrow") {
        println!("left out: {} has no pyarrow", python());
        return;
    }
    let folder = std::env::temp_dir().join(format!("vitrine-pairs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut session = sample();
    for (form, name) in [(PairsForm::Parquet, "pairs.parquet"), (PairsForm::Trl, "trl.jsonl")] {
        std::fs::write(folder.join(name), write(&mut session, form, Options::default(), None)).unwrap();
    }
    let mut session = Session::open(&ranked(4, 40));
    let dpo = write(&mut session, PairsForm::Dpo, Options::default(), None);
    std::fs::write(folder.join("dpo.parquet"), dpo).unwrap();
    let told = Command::new(python()).args(["-c", READ]).arg(&folder).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let said = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let mut said = said.lines();
    assert_eq!(
        said.next().unwrap(),
        "6399 int64 prompt_id,prompt,classification,chosen,rejected,rank_chosen,rank_rejected,rating_chosen,rating_rejected"
    );
    assert_eq!(said.next().unwrap(), "[100, 100, 40]");
    match said.next().unwrap() {
        "no datasets" => println!("left out: {} has no datasets", python()),
        trl => {
            assert_eq!(trl, "6399 ['chosen', 'prompt', 'rejected']");
            assert_eq!(said.next().unwrap(), "240 6");
        }
    }
}
