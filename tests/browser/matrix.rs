//! Every way in which reading goes wrong, at every stage of it: opening, reading a column whole,
//! jumping to rows. What the user sees, what is asked again, and that the answer is right in the end.

use crate::page::{End, key};
use crate::stage::{Stage, play, until};
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt16Array, UInt32Array, UInt64Array};
use hub::{Entry, Fault, Link, Match, Server, Source, What};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::sync::{Arc, LazyLock};

pub const ROWS: u32 = 60_000;
pub const REPOSITORY: &str = "vitrine/test";
pub const FILE: &str = "matrix.parquet";

/// Values follow from the row's number. Prompts are long and all different, so that a column of them
/// is never read whole by itself.
pub fn prompt(row: u32) -> String {
    let word = (row.wrapping_mul(2_654_435_761)) ^ 0x5bd1_e995;
    format!("castle {row} {:08x} {:08x}, on a hill", word, word.rotate_left(7).wrapping_mul(97))
}

pub fn step(row: u32) -> u16 {
    (row % 150 + 1) as u16
}

fn seed(row: u32) -> u32 {
    row.wrapping_mul(2_246_822_519)
}

pub static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| table(0));

/// A table whose prompts have so many more letters.
fn table(more: usize) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(ROWS as usize))
        .set_offset_index_disabled(true)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_data_page_size_limit(128 << 10)
        .set_dictionary_page_size_limit(16 << 10)
        .build();
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "prompt",
            Arc::new(StringArray::from_iter_values((0..ROWS).map(|row| prompt(row) + &"x".repeat(more)))),
        ),
        ("step", Arc::new(UInt16Array::from_iter_values((0..ROWS).map(step)))),
        ("seed", Arc::new(UInt32Array::from_iter_values((0..ROWS).map(seed)))),
    ];
    // More columns, some of them smaller, so that the seed is none of those that are read unasked.
    let same = || Arc::new(UInt16Array::from_iter_values((0..ROWS).map(|_| 1))) as ArrayRef;
    let noise = |salt: u64| -> ArrayRef {
        let mix = |row: u32| (u64::from(row) ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        Arc::new(UInt64Array::from_iter_values((0..ROWS).map(mix)))
    };
    // They stand before it: a request for those around it would bring it along.
    let columns = ["a", "b", "c"].map(|name| (name, same())).into_iter().chain(columns);
    let columns = columns.chain([("x", noise(1)), ("y", noise(2))]);
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// When it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Opening,
    Column,
    Jump,
}

const STAGES: [At; 3] = [At::Opening, At::Column, At::Jump];

/// Requests to the store of the file's bytes.
fn store() -> Match {
    Match::on(Server::Cdn, FILE)
}

/// Gets to the stage, lets these faults loose and does what the stage is about.
async fn begin(stage: &Stage, at: At, faults: Vec<Fault>) {
    stage.hub.mount(REPOSITORY, FILE, Source::bytes(TABLE.clone())).unwrap();
    stage.hub.clear_faults();
    stage.expect_failures();
    let page = stage.page();
    if at != At::Opening {
        open(stage).await;
        assert_eq!(page.settled().await, u64::from(ROWS));
        check_rows(stage, 1).await;
    }
    stage.hub.clear_log();
    for fault in faults {
        stage.hub.script(fault);
    }
    match at {
        At::Opening => open(stage).await,
        At::Column => page.click("button", "Load seed,").await,
        At::Jump => page.find("grid", "Rows").await.send_keys(key::END).await.unwrap(),
    }
}

async fn open(stage: &Stage) {
    stage.go_to_hub(&format!("table=hf:{REPOSITORY}/{FILE}&columns=prompt,step")).await;
}

/// What the stage was about is there, and right.
async fn right(stage: &Stage, at: At) {
    let page = stage.page();
    assert_eq!(page.settled().await, u64::from(ROWS), "{at:?}");
    match at {
        At::Opening => check_rows(stage, 1).await,
        At::Column => {
            page.slider("seed", End::Low).await;
        }
        At::Jump => {
            until("the last row", async || {
                page.rows().await.last().filter(|row| row.place == u64::from(ROWS)).map(drop)
            })
            .await;
            check_rows(stage, u64::from(ROWS) - 3).await;
        }
    }
}

/// The rows on the screen are those that belong there, and `place` is among them.
async fn check_rows(stage: &Stage, place: u64) {
    let rows = until("rows that are read", async || {
        let rows = stage.page().rows().await;
        let read = rows.iter().all(|row| row.cells.values().all(Option::is_some));
        (read && rows.iter().any(|row| row.place == place)).then_some(rows)
    })
    .await;
    for row in rows {
        let number = u32::try_from(row.place - 1).unwrap();
        assert_eq!(row.cells["prompt"].as_deref(), Some(&*prompt(number)), "row {number}");
        assert_eq!(row.cells["step"].as_deref(), Some(&*step(number).to_string()), "row {number}");
    }
}

/// Once the faults are gone and it is asked again, everything is right.
async fn mended(stage: &Stage, at: At) {
    stage.hub.clear_faults();
    stage.page().retry_now().await;
    right(stage, at).await;
    no_alert(stage, at).await;
}

async fn no_alert(stage: &Stage, at: At) {
    assert_eq!(stage.page().texts("alert").await, [""; 0], "{at:?}");
}

fn asked(stage: &Stage, of: impl Fn(&Entry) -> bool) -> usize {
    stage.hub.log().iter().filter(|entry| of(entry)).count()
}

fn resolves(stage: &Stage) -> usize {
    asked(stage, |entry| entry.server == Server::Hub && entry.path.contains("/resolve/"))
}

/// Trouble that passes is not even told.
async fn passes(stage: &Stage, what: &[What]) {
    for at in STAGES {
        let faults: Vec<Fault> = what.iter().map(|what| Fault::once(store(), what.clone())).collect();
        let count = faults.len();
        begin(stage, at, faults).await;
        right(stage, at).await;
        no_alert(stage, at).await;
        assert_eq!(stage.hub.faults_left(), 0, "{at:?}: not every fault struck");
        let tries = asked(stage, |entry| entry.server == Server::Cdn && entry.method == "GET");
        assert!(tries > count, "{at:?}: {tries} tries of the store");
        assert_eq!(asked(stage, |entry| entry.method == "OPTIONS"), 0, "{at:?}: permission was asked");
    }
}

#[test]
fn a_server_that_fails_and_answers_that_are_short() {
    play("matrix-short", async |stage| {
        passes(stage, &[What::Status(503), What::EmptyPartial]).await;
        passes(stage, &[What::ShortLength { keep: 5 }, What::ShortBody { keep: 5 }]).await;
        passes(stage, &[What::WrongContentRange]).await;
    });
}

#[test]
fn a_connection_that_is_cut() {
    play("matrix-cut", async |stage| {
        passes(stage, &[What::Cut { after: 0 }]).await;
        passes(stage, &[What::Cut { after: 700 }]).await;
        passes(stage, &[What::NoCors]).await;
    });
}

#[test]
fn a_signed_address_that_is_used_up() {
    play("matrix-signed", async |stage| {
        for at in STAGES {
            begin(stage, at, vec![Fault::once(store(), What::ExpireSignatures)]).await;
            right(stage, at).await;
            no_alert(stage, at).await;
            assert_eq!(stage.hub.faults_left(), 0, "{at:?}");
            assert!(resolves(stage) >= 1, "{at:?}: the Hub is asked again");
        }
    });
}

#[test]
fn a_small_file_that_comes_whole() {
    play("matrix-whole", async |stage| {
        for at in STAGES {
            begin(stage, at, vec![Fault::always(store(), What::IgnoreRange)]).await;
            right(stage, at).await;
            no_alert(stage, at).await;
        }
    });
}

#[test]
fn a_range_that_is_forgotten_at_a_redirect_is_asked_for_again() {
    play("matrix-forgotten", async |stage| {
        // On a link without limits all of it may be in some buffer before a browser says that nobody listens.
        stage.hub.set_link(Link::megabits(200, 0));
        let large = table(700);
        stage.hub.mount(REPOSITORY, FILE, Source::bytes(large.clone())).unwrap();
        stage.hub.script(Fault::once(store(), What::IgnoreRange));
        open(stage).await;
        assert_eq!(stage.page().settled().await, u64::from(ROWS));
        stage.page().rows().await;
        no_alert(stage, At::Opening).await;
        assert_eq!(stage.hub.faults_left(), 0);
        let most = stage.hub.log().iter().map(|entry| entry.bytes_sent).max().unwrap_or_default();
        assert!(most < large.len() as u64 / 2, "{most} bytes were sent at once");
    });
}

#[test]
fn a_large_file_that_would_come_whole_is_refused_at_every_stage() {
    play("matrix-large", async |stage| {
        // On a link without limits all of it may be in some buffer before a browser says that nobody listens.
        stage.hub.set_link(Link::megabits(200, 0));
        let large = table(700);
        assert!(large.len() > 36 << 20, "{} bytes", large.len());
        for at in STAGES {
            stage.hub.mount(REPOSITORY, FILE, Source::bytes(large.clone())).unwrap();
            stage.hub.clear_faults();
            stage.expect_failures();
            let page = stage.page();
            if at != At::Opening {
                open(stage).await;
                assert_eq!(page.settled().await, u64::from(ROWS));
                page.rows().await;
            }
            stage.hub.clear_log();
            stage.hub.script(Fault::always(store(), What::IgnoreRange));
            match at {
                At::Opening => open(stage).await,
                At::Column => page.click("button", "Load seed,").await,
                At::Jump => page.find("grid", "Rows").await.send_keys(key::END).await.unwrap(),
            }
            page.alert("wants to send the whole file").await;
            // What a server pushes before it hears that nobody listens fills buffers, and no more.
            let most = stage.hub.log().iter().map(|entry| entry.bytes_sent).max().unwrap_or_default();
            assert!(most < large.len() as u64 / 2, "{at:?}: {most} bytes were sent at once");
            if at == At::Opening {
                continue;
            }
            // What was read works on, and the rest once the server does as it should.
            assert_eq!(page.settled().await, u64::from(ROWS), "{at:?}");
            stage.hub.clear_faults();
            page.retry_now().await;
            if at == At::Column {
                page.slider("seed", End::Low).await;
            } else {
                until("the last row", async || {
                    page.rows().await.last().filter(|row| row.place == u64::from(ROWS)).map(drop)
                })
                .await;
            }
            no_alert(stage, at).await;
        }
    });
}

#[test]
fn a_network_that_is_down_until_it_is_back() {
    play("matrix-down", async |stage| {
        for at in STAGES {
            begin(stage, at, vec![Fault::always(store(), What::Cut { after: 0 })]).await;
            // Firefox does not tell an answer without a body from none.
            let told = until("a cut", async || {
                let told = stage.page().texts("alert").await;
                told.into_iter()
                    .find(|text| text.contains("connection was cut") || text.contains("There was no answer"))
            })
            .await;
            assert!(at == At::Opening || told.contains("read so far"), "{at:?}: {told}");
            if at == At::Column {
                check_rows(stage, 1).await;
            }
            if at == At::Opening && told.contains("no answer") {
                // Nothing is there that could be kept: it is opened again as soon as that can be done.
                stage.hub.clear_faults();
                right(stage, at).await;
                no_alert(stage, at).await;
            } else {
                mended(stage, at).await;
            }
        }
    });
}

#[test]
fn a_pause_that_is_asked_for() {
    play("matrix-pause", async |stage| {
        for at in STAGES {
            begin(stage, at, vec![Fault::always(store(), What::Status(429))]).await;
            stage.page().alert("is rate-limiting requests").await;
            let tries = asked(stage, |entry| entry.status == 429);
            assert!(tries <= 6, "{at:?}: {tries} tries in spite of the pause");
            mended(stage, at).await;
        }
    });
}

#[test]
fn a_file_that_changed_is_not_mixed_with_what_it_was() {
    play("matrix-changed", async |stage| {
        for at in [At::Column, At::Jump] {
            begin(stage, at, vec![Fault::always(Match::path(FILE), What::ChangeEtag)]).await;
            stage.page().alert("changed on the server").await;
            // What was read stays.
            if at == At::Column {
                check_rows(stage, 1).await;
            }
            let before = stage.hub.log().len();
            stage.hub.clear_faults();
            stage.page().click("button", "Load again").await;
            assert_eq!(stage.page().settled().await, u64::from(ROWS));
            no_alert(stage, at).await;
            assert!(stage.hub.log().len() > before, "it is read anew");
        }
    });
}

#[test]
fn a_file_that_changes_while_it_is_opened_is_not_mixed() {
    play("matrix-changes", async |stage| {
        // Its end is of the one version, its pages would be of the other.
        begin(stage, At::Opening, vec![Fault::always(store().after(1), What::ChangeEtag)]).await;
        stage.page().alert("changed while it was being opened").await;
        let pages: Vec<_> = stage.page().rows_so_far().await;
        assert!(
            pages.iter().all(|row| row.cells.values().all(Option::is_none)),
            "rows of the other version: {pages:?}"
        );
        assert!(asked(stage, |entry| entry.server == Server::Cdn) <= 8, "it is not asked for over and over");
        stage.hub.clear_faults();
        stage.hub.clear_log();
        stage.page().click("button", "Load again").await;
        right(stage, At::Opening).await;
        no_alert(stage, At::Opening).await;
        let end = TABLE.len() as u64;
        let ends = |entry: &Entry| {
            entry.server == Server::Cdn && entry.range.as_ref().is_some_and(|range| range.end == end)
        };
        assert!(asked(stage, ends) >= 1, "its end is read anew");
    });
}

#[test]
fn a_repository_that_is_closed_meanwhile() {
    play("matrix-closed", async |stage| {
        for at in STAGES {
            // The signatures go first, so that the Hub is asked.
            begin(stage, at, Vec::new()).await;
            right(stage, at).await;
            stage.hub.gate(REPOSITORY, true);
            if at == At::Opening {
                open(stage).await;
            } else {
                open_then_close(stage, at).await;
            }
            stage.page().alert("gated").await;
            stage.page().find("password", "Token").await;
            stage.hub.gate(REPOSITORY, false);
        }
    });
}

/// Opens it while it is open to everyone, and goes on when it is not.
async fn open_then_close(stage: &Stage, at: At) {
    stage.hub.gate(REPOSITORY, false);
    begin(stage, At::Opening, Vec::new()).await;
    right(stage, At::Opening).await;
    stage.hub.gate(REPOSITORY, true);
    stage.hub.expire_signatures();
    match at {
        At::Opening => {}
        At::Column => stage.page().click("button", "Load seed,").await,
        At::Jump => stage.page().find("grid", "Rows").await.send_keys(key::END).await.unwrap(),
    }
}

#[test]
fn a_file_that_is_not_there_any_more() {
    play("matrix-gone", async |stage| {
        for at in [At::Column, At::Jump] {
            begin(stage, At::Opening, Vec::new()).await;
            right(stage, At::Opening).await;
            stage.hub.unmount(REPOSITORY, FILE);
            stage.hub.expire_signatures();
            match at {
                At::Opening => {}
                At::Column => stage.page().click("button", "Load seed,").await,
                At::Jump => stage.page().find("grid", "Rows").await.send_keys(key::END).await.unwrap(),
            }
            stage.page().alert("no such file").await;
        }
        // At the start, what may have been meant is offered.
        stage.hub.mount(REPOSITORY, FILE, Source::bytes(TABLE.clone())).unwrap();
        stage.go_to_hub(&format!("table=hf:{REPOSITORY}/matrxi.parquet")).await;
        stage.page().alert("does not exist").await;
        stage.page().click("button", "Open matrix.parquet").await;
        assert_eq!(stage.page().settled().await, u64::from(ROWS));
    });
}
