//! Page maps made ahead of time, by the program that makes them: what they save, and that nothing
//! depends on them.

use crate::program::{folder, index};
use crate::server::{HUB, ROWS, Session, reference};
use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use vitrine::formats::maps;
use vitrine::formats::maps::{LIST, key, table_file};
use vitrine::formats::parquet::decode::Values;
use vitrine::formats::parquet::meta::{Footer, read_footer};
use vitrine::protocol::describe::Describe;
use vitrine::protocol::{Cell, LazyRequest};

const TABLE: &str = "https://example.org/table.parquet";
const FAR: u64 = ROWS - 500;

/// What the app's host holds after the program has looked at a file of this machine.
fn host(folder: &Path, file: &[u8], tag: &str) -> Vec<(String, Vec<u8>)> {
    let path = folder.join("table.parquet");
    std::fs::write(&path, file).unwrap();
    let out = folder.join("maps");
    let (done, told) = index(&out, &["--tag", tag, &format!("{}={TABLE}", path.display())]);
    assert!(done, "{told}");
    let read = |name: &str| {
        let path = out.join(name.strip_prefix("maps/").unwrap());
        (name.to_owned(), std::fs::read(&path).unwrap())
    };
    vec![read(LIST), read(&table_file(key(TABLE)))]
}

/// Opens the table, jumps to far rows, and gives the requests and bytes of the jump.
fn jump(host: Vec<(String, Vec<u8>)>, etag: &str) -> (usize, u64) {
    let mut session = Session::new(&HUB);
    session.host.extend(host);
    session.etag = Some(etag.to_owned());
    session.open_table(TABLE);
    session.show(|show| {
        show.generation = show.generation.next();
        show.columns = ["prompt", "image_name", "seed"].map(str::to_owned).to_vec();
        show.count = 20;
    });
    session.clear_log();
    session.show(|show| show.first = FAR);
    session.check_rows(&reference(&HUB));
    assert_eq!(session.rows.as_ref().unwrap().rows[0].row, FAR);
    (session.requests.len(), session.bytes)
}

#[test]
fn a_first_jump_costs_its_pages_only() {
    let folder = folder("jump");
    let known = host(&folder, &HUB, "t");
    let map_bytes: usize = known.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(map_bytes < 20_000, "{map_bytes} bytes for {ROWS} rows");
    let (without, with) = (jump(Vec::new(), "\"t\""), jump(known.clone(), "\"t\""));
    assert!(
        with.0 <= 6 && with.0 < without.0 && without.0 <= 11,
        "{with:?} requests and bytes instead of {without:?}"
    );
    assert!(with.1 < without.1, "{with:?} requests and bytes instead of {without:?}");
    // Maps of another version are left aside.
    assert_eq!(jump(known.clone(), "\"other\""), without);
    // And so is nonsense.
    let broken = known.iter().map(|(name, bytes)| (name.clone(), bytes[..bytes.len() / 2].to_vec()));
    assert_eq!(jump(broken.collect(), "\"t\""), without);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A file whose page headers say what is in the pages, and whose footer keeps silent.
fn talkative() -> Vec<u8> {
    let names: ArrayRef =
        Arc::new(StringArray::from_iter_values((0..200_000).map(|row| format!("{row:06}"))));
    let steps: ArrayRef =
        Arc::new(Int32Array::from_iter((0..200_000).map(|row| (row % 10 != 0).then_some(row / 3 - 1_000))));
    let batch = RecordBatch::try_from_iter([("image_name", names), ("mass", steps)]).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_write_page_header_statistics(true)
        .set_offset_index_disabled(true)
        .set_data_page_row_count_limit(2_000)
        .set_write_batch_size(500)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn what_pages_hold_is_known_before_they_are_read() {
    let folder = folder("statistics");
    let file = Arc::new(talkative());
    let describe = |host: Vec<(String, Vec<u8>)>| {
        let mut session = Session::new(&file);
        session.host.extend(host);
        session.etag = Some("\"t\"".to_owned());
        session.open_table(TABLE);
        session.clear_log();
        session.ask(LazyRequest::Describe(Describe { group: 0, column: Some("mass".to_owned()) }));
        session.run();
        assert_eq!(session.requests.len(), 0, "nothing is read for it");
        *session.described.take().unwrap()
    };
    let known = host(&folder, &file, "t");
    let Footer::Meta(meta) = read_footer(&file, file.len() as u64).unwrap() else {
        panic!("the footer is there")
    };
    let maps = maps::table::read(&known[1].1, &meta).unwrap();
    let stats = maps[1][0].pages()[1].stats;
    let (low, high) = stats.values(&meta.columns[1]).unwrap();
    assert_eq!((stats.nulls, low, high), (Some(200), Values::Int(vec![-333]), Values::Int(vec![333])));
    let told = describe(known);
    assert_eq!(told.pages_known, 100);
    let page = &told.pages[1];
    assert_eq!((page.first_row, page.rows, page.nulls), (2_000, 2_000, Some(200)));
    assert_eq!(page.range, Some((Cell::Number(-333.0), Cell::Number(333.0))));
    let ends = told.pages.iter().map(|page| page.range.clone().unwrap());
    let (low, high): (Vec<Cell>, Vec<Cell>) = ends.unzip();
    assert_eq!((&low[0], &high[99]), (&Cell::Number(-1_000.0), &Cell::Number(65_666.0)));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_on_a_hub_is_looked_at_once() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let hub = hub::Hub::start(hub::Config::default()).unwrap();
    let file = Arc::clone(&HUB);
    hub.mount("vitrine/test", "table.parquet", hub::Source::bytes(file.as_ref().clone())).unwrap();
    let out = folder("hub");
    let name = "hf:vitrine/test/table.parquet";
    let arguments = ["--endpoint", hub.endpoint(), name];
    let (done, told) = index(&out, &arguments);
    assert!(done, "{told}");
    let sent: u64 = hub.log().iter().map(|entry| entry.bytes_sent).sum();
    assert!(sent < file.len() as u64, "{sent} of {} bytes were sent", file.len());
    let first = std::fs::read(out.join(table_file(key(name)).strip_prefix("maps/").unwrap())).unwrap();
    let before = hub.log().len();
    let (done, told) = index(&out, &arguments);
    assert!(done && told.contains("done before"), "{told}");
    assert!(hub.log().len() - before <= 2, "only whether it has changed is asked");
    let disk = host(&folder("disk"), &HUB, "t");
    assert_eq!(first, disk[1].1, "from a Hub and from the disk it is the same");
    // What is not there fails, and says what.
    let (done, told) = index(&out, &["--endpoint", hub.endpoint(), "hf:vitrine/test/none.parquet"]);
    assert!(!done && told.contains("none.parquet"), "{told}");
    std::fs::remove_dir_all(&out).unwrap();
}
