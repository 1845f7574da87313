//! What visits cost on a link, in virtual time: `cargo bench --bench link -- FILE...`, each a table like DiffusionDB 2M.
//! After `FILE=DIR`, DIR lies beside the app as `maps/`, in which the table is `hf:poloclub/diffusiondb/metadata.parquet`,
//! and what searches cost is told as well. `pairs:FILE` is a table like Pick-a-Pic, which opens at its pairs.
//!
//! The engine runs as it is, against files on this machine; the link is computed, and computing costs nothing.
//! So the figures are the same on every machine, however busy, and say what the order and the plan of requests
//! are worth. Code, decoding and drawing come on top.

#![allow(clippy::disallowed_methods, reason = "computing is told as it was")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod host;
mod network;
mod search;
mod visit;

use host::Host;
use network::Link;
use std::path::Path;
use visit::{Times, Visit};

const LINKS: [(&str, usize); 2] = [("HTTP/1.1", 6), ("HTTP/2", 100)];

/// Before the file of a table of pairs.
const PAIRS: &str = "pairs:";

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
    let mut searched = Vec::new();
    let arguments = || std::env::args().skip(1).filter(|arg| !arg.starts_with('-'));
    for file in arguments().filter(|arg| !arg.starts_with(PAIRS)) {
        let (file, maps) = match file.split_once('=') {
            Some((file, maps)) => (file.to_owned(), Some(maps.to_owned())),
            None => (file, None),
        };
        let path = Path::new(&file);
        let maps = maps.as_deref().map(Path::new);
        let name = path.file_stem().expect("a file").to_string_lossy();
        for (opening, query) in OPENINGS.iter().filter(|(opening, _)| opening.contains(&only)) {
            for (protocol, at_a_time) in LINKS {
                let query = format!("table=diffusiondb-2m{query}");
                let times = Visit::run(path, maps.map(Host::new), link(at_a_time), &query);
                row(&name, opening, protocol, &times);
            }
        }
        searched.extend(maps.map(|maps| (file.clone(), maps.to_owned())));
    }
    for (file, maps) in searched {
        for (protocol, at_a_time) in LINKS {
            println!(
                "\nSearches over {protocol}, {file}, {:.1} MB beside it:\n",
                Host::bytes_of(&maps) as f64 / 1e6
            );
            search::tell(Path::new(&file), Some(&maps), link(at_a_time));
        }
    }
    arguments()
        .filter_map(|argument| argument.strip_prefix(PAIRS).map(str::to_owned))
        .for_each(|file| tell_pairs(&file));
}

/// When the first pair of a table is on the screen, and when all of them are counted.
fn tell_pairs(file: &str) {
    println!(
        "\n| file | link | first pair | requests | MB | all counted | to the end | MB |\n|---|---|--:|--:|--:|--:|--:|--:|"
    );
    let path = Path::new(file);
    let name = path.file_stem().expect("a file").to_string_lossy();
    for (protocol, at_a_time) in LINKS {
        let query = "table=https://example.com/pairs.parquet&view=compare";
        let Times { pair, pairs, pair_cost, whole_cost, .. } = Visit::run(path, None, link(at_a_time), query);
        let [pair, pairs] =
            [pair, pairs].map(|time| time.map_or("-".to_owned(), |time| format!("{time:.2}")));
        println!(
            "| {name} | {protocol} | {pair} | {} | {:.2} | {pairs} | {} | {:.2} |",
            pair_cost.0,
            pair_cost.1 as f64 / 1e6,
            whole_cost.0,
            whole_cost.1 as f64 / 1e6
        );
    }
}

fn link(at_a_time: usize) -> Link {
    Link { latency: 0.060, bytes_per_second: 6.25e6, at_a_time }
}

fn row(file: &str, opening: &str, link: &str, times: &Times) {
    let Times { prompts, charts, rest, image, cost, whole_cost, .. } = times;
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
