//! What visits cost on a link, in virtual time: `cargo bench --bench link -- FILE...`, each a table like DiffusionDB 2M.
//!
//! The engine runs as it is, against files on this machine; the link is computed, and computing costs nothing.
//! So the figures are the same on every machine, however busy, and say what the order and the plan of requests
//! are worth. Code, decoding and drawing come on top.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod network;
mod visit;

use network::Link;
use std::path::Path;
use visit::{Times, Visit};

const LINKS: [(&str, usize); 2] = [("HTTP/1.1", 6), ("HTTP/2", 100)];

const OPENINGS: [(&str, &str); 6] = [
    ("default view", ""),
    ("a filter", "&cfg=7..12"),
    ("a search", "&q=castle"),
    ("a far row", "&row=1234000"),
    ("a far place", "&at=1234001"),
    ("the gallery", "&view=gallery"),
];

fn main() {
    println!(
        "| file | opening | link | prompts | charts | rest | first image | requests | MB | to the end | MB |\n\
         |---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    let only = std::env::var("VITRINE_OPENING").unwrap_or_default();
    for file in std::env::args().skip(1).filter(|arg| !arg.starts_with('-')) {
        let path = Path::new(&file);
        let name = path.file_stem().expect("a file").to_string_lossy();
        for (opening, query) in OPENINGS.iter().filter(|(opening, _)| opening.contains(&only)) {
            for (protocol, at_a_time) in LINKS {
                let link = Link { latency: 0.060, bytes_per_second: 6.25e6, at_a_time };
                let times = Visit::run(path, link, &format!("table=diffusiondb-2m{query}"));
                row(&name, opening, protocol, &times);
            }
        }
    }
}

fn row(file: &str, opening: &str, link: &str, times: &Times) {
    let Times { prompts, charts, rest, image, quiet: _, cost, whole_cost } = times;
    let [prompts, charts, rest, image] =
        [prompts, charts, rest, image].map(|time| time.map_or("-".to_owned(), |time| format!("{time:.2}")));
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "| {file} | {opening} | {link} | {prompts} | {charts} | {rest} | {image} | {} | {:.1} | {} | {:.1} |",
        cost.0,
        megabytes(cost.1),
        whole_cost.0,
        megabytes(whole_cost.1)
    );
}
