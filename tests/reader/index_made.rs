//! How indexes of texts are made: again to the byte, on from where it was interrupted, and not beyond what a host takes.
#![allow(clippy::disallowed_methods, reason = "the server that is read from is a thread of its own")]

use crate::program::{collect, folder, index};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

const ROWS: usize = 30_000;

/// A table of three row groups.
fn table() -> Vec<u8> {
    let texts = (0..ROWS).map(|row| format!("text {} of {}, {}", row / 3, row % 97, "word ".repeat(row % 7)));
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    let batch = RecordBatch::try_from_iter([("prompt", texts)]).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(ROWS / 3)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A server of one file, that can refuse what begins in some range, and can have another version of it.
struct Server {
    url: String,
    refused: Arc<Mutex<std::ops::Range<u64>>>,
    etag: Arc<AtomicU64>,
    asked: Arc<Mutex<Vec<(u64, u64)>>>,
}

impl Server {
    fn new(file: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = Self {
            url: format!("http://{}/table.parquet", listener.local_addr().unwrap()),
            refused: Arc::new(Mutex::new(0..0)),
            etag: Arc::default(),
            asked: Arc::default(),
        };
        let (refused, etag, asked) = (own.refused.clone(), own.etag.clone(), own.asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let lines: Vec<String> =
                    lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                let range = lines.iter().find_map(|line| line.strip_prefix("Range: bytes=")).unwrap();
                let (start, end) = range.split_once('-').unwrap();
                let (start, end): (u64, u64) = (start.parse().unwrap(), end.parse().unwrap());
                let end = end.min(file.len() as u64 - 1);
                if refused.lock().unwrap().contains(&start) {
                    let _ = stream
                        .write_all(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    continue;
                }
                asked.lock().unwrap().push((start, end + 1));
                let head = format!(
                    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{end}/{}\r\nETag: \"v{}\"\r\n\
                     Content-Length: {}\r\nConnection: close\r\n\r\n",
                    file.len(),
                    etag.load(Ordering::SeqCst),
                    end + 1 - start
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(&file[start as usize..=end as usize]);
            }
        });
        own
    }

    fn bytes(&self) -> u64 {
        self.asked.lock().unwrap().drain(..).map(|(start, end)| end - start).sum()
    }
}

/// All files of a folder, by their paths in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    files
}

#[test]
fn an_index_is_the_same_however_often_it_is_made() {
    let folder = folder("twice");
    let file = folder.join("table.parquet");
    std::fs::write(&file, table()).unwrap();
    let made = ["one", "other"].map(|name| {
        let named = format!("{}=https://example.org/t.parquet", file.display());
        let (done, told) = index(&folder.join(name), &["--text", "prompt", "--tag", "t", &named]);
        assert!(done, "{told}");
        files(&folder.join(name))
    });
    assert_eq!(made[0].len(), 4, "{:?}", made[0].keys());
    assert!(made[0] == made[1]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_was_interrupted_goes_on_and_comes_to_the_same() {
    let folder = folder("resumed");
    let server = Server::new(table());
    let arguments = ["--text", "prompt", server.url.as_str()];
    let (done, told) = index(&folder.join("whole"), &arguments);
    assert!(done, "{told}");
    let whole = files(&folder.join("whole"));

    // The page map first, so that what is refused is read for the index.
    let out = folder.join("broken");
    assert!(index(&out, &[server.url.as_str()]).0);
    let file_bytes = table().len() as u64;
    let all = server.bytes();
    // The second row group begins there.
    *server.refused.lock().unwrap() = file_bytes / 4..file_bytes / 2;
    let (done, told) = index(&out, &arguments);
    assert!(!done && told.contains("403"), "{told}");
    assert!(files(&out).keys().any(|name| name.ends_with(".part")), "what was read is kept");
    *server.refused.lock().unwrap() = 0..0;
    server.bytes();
    let (done, told) = index(&out, &arguments);
    assert!(done, "{told}");
    assert!(server.bytes() < all, "what was read is not read again");
    assert!(files(&out) == whole, "{:?} {:?}", files(&out).keys(), whole.keys());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_that_changes_meanwhile_is_not_indexed() {
    let folder = folder("changed");
    let server = Server::new(table());
    assert!(index(&folder, &[server.url.as_str()]).0);
    let before = files(&folder);
    // Each answer is of another version.
    let etag = server.etag.clone();
    let changes = std::thread::spawn(move || {
        for _ in 0..4_000 {
            etag.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    });
    let (done, told) = index(&folder, &["--text", "prompt", server.url.as_str()]);
    assert!(!done && told.contains("the file changed while it was being read"), "{told}");
    let list = |files: &BTreeMap<String, Vec<u8>>| files["list.txt"].clone();
    assert_eq!(list(&files(&folder)), list(&before));
    changes.join().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_index_that_a_host_has_no_room_for_is_not_put_there() {
    let folder = folder("most");
    let file = folder.join("table.parquet");
    std::fs::write(&file, table()).unwrap();
    let named = format!("{}=https://example.org/t.parquet", file.display());
    let out = folder.join("maps");
    let (done, told) = index(&out, &["--text", "prompt", "--tag", "t", "--most", "0", &named]);
    assert!(!done && told.contains("more than 0 B"), "{told}");
    let left = files(&out);
    let list = String::from_utf8(left["list.txt"].clone()).unwrap();
    assert!(!list.contains("\ntext ") && !list.starts_with("text "), "{list}");
    assert!(left.keys().all(|name| !name.contains(".text")), "{:?}", left.keys());
    let (done, told) = index(&out, &["--text", "prompt", "--tag", "t", "--most", "50", &named]);
    assert!(done, "{told}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_table_of_several_files_says_that_it_can_not_be_indexed() {
    let folder = folder("several");
    let (done, told) = index(&folder, &["--text", "prompt", "hf:someone/data/train-*.parquet"]);
    assert!(!done && told.contains("several files are one table"), "{told}");
    std::fs::remove_dir_all(&folder).unwrap();
}
