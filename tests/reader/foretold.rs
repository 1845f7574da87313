//! Page maps made ahead of time, by the program that makes them: what they save, and that nothing
//! depends on them.

use crate::server::{HUB, ROWS, Session, reference};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use vitrine::maps::{LIST, key, table_file};

const TABLE: &str = "https://example.org/table.parquet";
const FAR: u64 = ROWS - 500;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vitrine-index-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn index(arguments: &[&str], out: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vitrine-index"))
        .arg("--out")
        .arg(out)
        .args(arguments)
        .output()
        .unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), told)
}

/// What the app's host holds after the program has looked at a file of this machine.
fn host(folder: &Path, file: &[u8], tag: &str) -> Vec<(String, Vec<u8>)> {
    let path = folder.join("table.parquet");
    std::fs::write(&path, file).unwrap();
    let out = folder.join("maps");
    let (done, told) = index(&["--tag", tag, &format!("{}={TABLE}", path.display())], &out);
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
        show.generation += 1;
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
    assert!(with.0 <= 6 && with.0 * 2 < without.0, "{with:?} requests and bytes instead of {without:?}");
    assert!(with.1 < without.1, "{with:?} requests and bytes instead of {without:?}");
    // Maps of another version are left aside.
    assert_eq!(jump(known.clone(), "\"other\""), without);
    // And so is nonsense.
    let broken = known.iter().map(|(name, bytes)| (name.clone(), bytes[..bytes.len() / 2].to_vec()));
    assert_eq!(jump(broken.collect(), "\"t\""), without);
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
    let (done, told) = index(&arguments, &out);
    assert!(done, "{told}");
    let sent: u64 = hub.log().iter().map(|entry| entry.bytes_sent).sum();
    assert!(sent < file.len() as u64, "{sent} of {} bytes were sent", file.len());
    let first = std::fs::read(out.join(table_file(key(name)).strip_prefix("maps/").unwrap())).unwrap();
    let before = hub.log().len();
    let (done, told) = index(&arguments, &out);
    assert!(done && told.contains("done before"), "{told}");
    assert!(hub.log().len() - before <= 2, "only whether it has changed is asked");
    let disk = host(&folder("disk"), &HUB, "t");
    assert_eq!(first, disk[1].1, "from a Hub and from the disk it is the same");
    // What is not there fails, and says what.
    let (done, told) = index(&["--endpoint", hub.endpoint(), "hf:vitrine/test/none.parquet"], &out);
    assert!(!done && told.contains("none.parquet"), "{told}");
    std::fs::remove_dir_all(&out).unwrap();
}
