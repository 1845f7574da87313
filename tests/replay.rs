//! The bytes kept under `tests/hostile/seeds`, each given to its target: what once broke something
//! stays mended. `fuzz/` begins from the same bytes.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::print_stdout, reason = "the seed at work is named should it end the test")]

mod hostile;

use hostile::TARGETS;
use std::fs;
use std::path::PathBuf;

fn seeds(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/seeds").join(target)
}

/// Every file of a target, by name.
fn kept(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(seeds(target))
        .unwrap_or_else(|error| panic!("no seeds for {target}: {error}"))
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn replay(target: &str) {
    let (_, run) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let files = kept(target);
    assert!(!files.is_empty());
    for (name, bytes) in files {
        println!("{target}/{name}");
        run(&bytes);
    }
}

#[test]
fn decoders_of_indexes() {
    replay("decoder");
}

#[test]
fn indexes() {
    replay("index");
}

#[test]
fn footers() {
    replay("footer");
}

#[test]
fn page_headers() {
    replay("header");
}

#[test]
fn walks() {
    replay("walk");
}

#[test]
fn pages() {
    replay("page");
}

#[test]
fn queries() {
    replay("query");
}

#[test]
fn files() {
    replay("file");
}

#[test]
fn archives() {
    replay("archive");
}

#[test]
fn pictures() {
    replay("picture");
}

#[test]
fn links() {
    replay("link");
}

#[test]
fn times() {
    replay("times");
}

#[test]
fn answers_of_the_hub() {
    replay("hub");
}

/// Cut anywhere, and with each byte turned over, every seed is still answered or refused.
#[test]
fn seeds_that_are_cut_or_damaged() {
    for (target, run) in TARGETS {
        for (_, bytes) in kept(target) {
            let step = (bytes.len() / 40).max(1);
            for at in (0..bytes.len()).step_by(step) {
                run(&bytes[..at]);
                let mut damaged = bytes.clone();
                damaged[at] ^= 0xff;
                run(&damaged);
            }
        }
    }
}

#[test]
fn the_seeds_are_few() {
    let bytes: usize = TARGETS.iter().flat_map(|(name, _)| kept(name)).map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes < 300_000, "{bytes} bytes");
    assert_eq!(fs::read_dir(seeds("")).unwrap().count(), TARGETS.len(), "a folder for each target");
}

/// Writes the examples anew: `cargo test --test replay -- --ignored write`.
#[test]
#[ignore = "writes into the sources"]
fn write_the_examples() {
    let put = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(seeds(target)).unwrap();
        fs::write(seeds(target).join(name), bytes).unwrap();
    };
    let footer = |file: &[u8]| {
        let end = file.len() - 8;
        let len = u32::from_le_bytes(file[end..end + 4].try_into().unwrap()) as usize;
        file[end - len..end].to_vec()
    };
    for layout in ["hub", "v2+page-index", "brotli", "lz4", "lz4-hadoop"] {
        let mut file = Vec::new();
        fixture::types::types(9, 3, &layout.parse().unwrap(), &mut file).unwrap();
        put("file", &format!("types-{layout}.parquet"), &file);
        if layout == "v2+page-index" {
            put("footer", "types", &footer(&file));
        }
    }
    for layout in ["delta+v2", "delta+gzip", "zstd+page-index", "uncompressed"] {
        let mut file = Vec::new();
        let table = fixture::table::Table::new(12, 1);
        fixture::write::diffusiondb(&table, &layout.parse().unwrap(), &mut file).unwrap();
        put("file", &format!("diffusiondb-{layout}.parquet"), &file);
        if layout == "uncompressed" {
            put("footer", "diffusiondb", &footer(&file));
            put("header", "first", &file[4..200]);
            put("page", "rest", &file[..600]);
        }
    }
    // A page header (V1, 50 values, plain), and a chunk of such pages.
    let head = [0x15, 0, 0x15, 60, 0x15, 60, 0x2c, 0x15, 100, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0];
    put("header", "v1", &head);
    // An offset index of two pages.
    put(
        "header",
        "index",
        &[0x19, 0x2c, 0x16, 8, 0x15, 200, 1, 0x16, 0, 0, 0x16, 208, 1, 0x15, 200, 1, 0x16, 100, 0, 0],
    );
    let mut chunk = vec![0x50, 0x12];
    for page in 0..100u8 {
        chunk.extend_from_slice(&head);
        chunk.extend([page; 30]);
    }
    put("walk", "pages", &chunk);
    // Physical, logical, levels, codec, encoding, flags, values, bytes, then the body.
    put("page", "plain", &[1, 1, 0, 0, 0, 0, 0, 4, 0, 16, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]);
    put("page", "indexes", &[6, 10, 1, 0, 7, 0xf0, 0, 8, 0, 11, 2, 0, 0, 0, 3, 0xff, 2, 3, 0x88, 0xc6, 0xfa]);
    put("page", "differences", &[2, 1, 0, 0, 4, 0, 0, 5, 0, 10, 128, 1, 4, 5, 2, 2, 0, 0, 0, 0]);
    // An archive of one stored member, and one of which the member is deflated.
    for (name, method, packed) in [
        ("stored", 0u8, &b"castle"[..]),
        ("deflated", 8, &[1, 6, 0, 0xf9, 0xff, b'c', b'a', b's', b't', b'l', b'e']),
    ] {
        let sizes =
            [&[0x28, 0xfc, 0x12, 0x45][..], &[packed.len() as u8, 0, 0, 0, 6, 0, 0, 0, 1, 0]].concat();
        let mut zip =
            [&b"PK\x03\x04\x14\0\0\0"[..], &[method, 0, 0, 0, 0, 0], &sizes, &[0, 0], b"a", packed].concat();
        let start = zip.len() as u8;
        zip.extend(
            [&b"PK\x01\x02\x14\0\x14\0\0\0"[..], &[method, 0, 0, 0, 0, 0], &sizes, &[0; 16], b"a"].concat(),
        );
        let len = zip.len() as u8 - start;
        zip.extend([&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &[len, 0, 0, 0, start, 0, 0, 0, 0, 0]].concat());
        put("archive", name, &zip);
    }
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x02\0\x08\x02\0\0\0abcd\0\0\0\x0dtEXtprompt\0castleabcd\0\0\0\0IENDabcd";
    put("picture", "png", png);
    put("picture", "webp", b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f\xff\xc1\x7f\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    put("picture", "gif", b"GIF89a\x10\0\x10\0\0\0\0;");
    put("picture", "jpeg", b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x10\0\x10\x01\x01\x11\0\xff\xd9");
    let link = "table=diffusiondb-2m&cfg=7..12&step=!50,null&sampler=k_lms,ddim&timestamp=2022-08-10..2022-08-12T05:06:07.089&columns=prompt,cfg&row=1234567&.row=..5&endpoint=http://127.0.0.1:8080&embed=1";
    put("link", "long", link.as_bytes());
    put("link", "hub", b"table=hf:a/b@refs%2Fconvert%2Fparquet/x/y.parquet&q=%E6%B5%B7&n=null&m=!null");
    put("link", "address", b"?table=https://example.org/a%20b.parquet?x=1%26y=2#z&a=%22,%2C%22&b=..&c=1..0");
    put("times", "day", b"2022-08-10");
    put("times", "clock", b"+12022-08-10T05:06:07.089Z");
    put("times", "number", b"-1.5e3");
    put("hub", "tree", br#"[{"type":"file","oid":"bb","size":134,"path":"metadata.parquet","lfs":{"oid":"cc","size":194548652}},{"type":"directory","oid":"aa","size":0,"path":"images"}]"#);
    put("hub", "parquet", br#"{"b":{"train":["u1","u2"]},"a":{"test":["u3"]}}"#);
    put("hub", "revision", br#"{"id":"o/n","sha":"fb620f"}"#);
    put("hub", "links", br#"<https://h/p>; rel="prev", </api/x?cursor=b>; title="t"; rel="next""#);
    put("hub", "headers", b"\"a\"\nc\nbytes 100-199/1000\n100\n\"a\"\n\nd\nGatedRepo\n");
}
