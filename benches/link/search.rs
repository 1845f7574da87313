//! Searches that are typed into a table that is open and quiet: what each takes until what people look at is there.

use crate::host::Host;
use crate::network::Link;
use crate::visit::Visit;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use vitrine::base::ids::FetchId;
use vitrine::protocol::{Cell, Request, Response};

/// Queries of every kind, with those of expressions last.
const QUERIES: &[&str] = &[
    "art",
    "a",
    "artstation",
    "castle",
    "steampunk",
    "rutkowski",
    "beksinski",
    "kuvshinov",
    "waterhouse",
    "qqqzx",
    "\"concept art\"",
    "\"greg rutkowski\"",
    "\"highly detailed\"",
    "\"trending on artstation\"",
    "\"highly detailed digital painting\"",
    "\"art by artgerm and greg rutkowski and alphonse mucha\"",
    "\"artstation, concept art\"",
    "\"of art\"",
    "\"the castle\"",
    "sci-fi",
    "castle dawn",
    "greg portrait woman",
    "art portrait detailed",
    "a of by",
    "a portrait of beautiful woman",
    "castle \"concept art\" dragon",
    "castle -anime",
    "art -artstation",
    "-art",
    "portrait -\"greg rutkowski\"",
    "castle | fortress",
    "cat | dog | horse",
    "portrait | landscape | art",
    "art*",
    "castl*",
    "cyber*",
    "a*",
    "*punk",
    "*ing",
    "*scape",
    "*art*",
    "*punk*",
    "*castle*",
    "*ee*",
    // Others than those that the index was designed by.
    "dog",
    "watercolor",
    "lighting cinematic",
    "\"octane render\"",
    "\"8 k\"",
    "\"by greg rutkowski, \"",
    "\"a painting of a\"",
    "forest -night -dark",
    "red | green | blue | yellow",
    "\"oil painting\" | watercolour",
    "unreal engine 5",
    "portrait woman -\"concept art\" -anime",
    "photo*",
    "*graphy",
    "hyper-realistic",
    "d&d",
    "1920s",
    "-the -of",
    "\"studio ghibli\" forest",
    "mountain* lake",
    // Expressions.
    "/rutk?owsk[iy]/",
    "/(cyber|steam|diesel)punk/",
    "/8 ?k/",
    "/^a portrait/",
    "/greg (rutkowski|manchess)/",
    "/[0-9]{4}/",
    "/dragon.*castle/",
    "/by (hayao )?miyazaki/",
    "/matte painting/",
    "/van gogh/",
    "/^portrait of/",
    "/colou?r/",
    "/[0-9]+ ?mm/",
    "/\\bcat\\b/",
    "/full[- ]body/",
];

/// What a search took.
#[derive(Clone, Debug, Default)]
pub struct Searched {
    /// The rows that match, where it is over.
    pub matching: u64,
    /// When their exact number was there, the prompts of the rows in sight, and all charts: seconds after the key.
    pub count: Option<f64>,
    pub prompts: Option<f64>,
    pub charts: Option<f64>,
    /// Bytes of what lies beside the app.
    pub index_bytes: u64,
    /// All bytes and requests, until all of the above was there; and one behind the other at most.
    pub bytes: u64,
    pub requests: usize,
    pub trips: usize,
    /// How long the engine computed, on this machine.
    pub computed: Duration,
}

/// A search that is on its way.
#[derive(Debug, Default)]
pub struct Typed {
    pub searched: Searched,
    began: f64,
    before: (usize, u64),
    /// How many requests one behind the other led to each of those in flight, and to all that is here.
    depths: BTreeMap<FetchId, usize>,
    depth: usize,
}

impl Typed {
    /// A request is made.
    pub fn asked(&mut self, id: FetchId) {
        self.depths.insert(id, self.depth + 1);
    }

    /// Its answer is here.
    pub fn answered(&mut self, id: FetchId) {
        if let Some(depth) = self.depths.remove(&id) {
            self.depth = self.depth.max(depth);
        }
    }
}

impl Visit {
    /// Types a query in place of the one before.
    pub fn type_query(&mut self, query: &str) {
        let before = (self.requests, self.bytes);
        self.typed = Some(Typed { began: self.network.now, before, ..Typed::default() });
        self.show.generation = self.show.generation.next();
        self.show.rows.query = Some(query.to_owned());
        self.show.first = 0;
        self.ask(Request::Show(self.show.clone()));
    }

    /// Notes what is told of the query that was typed.
    pub fn hear_typed(&mut self, response: &Response) {
        let generation = self.show.generation;
        let Some(mut typed) = self.typed.take() else { return };
        let after = self.network.now - typed.began;
        match response {
            Response::Count(count) if count.generation == generation => {
                let is_whole = count.rows_read >= count.rows;
                if is_whole || count.searched.is_some() {
                    typed.searched.count.get_or_insert(after);
                }
                if is_whole {
                    typed.searched.charts.get_or_insert(after);
                    typed.searched.matching = count.matching;
                    if count.matching == 0 {
                        typed.searched.prompts.get_or_insert(after);
                    }
                }
            }
            Response::Rows(rows) if rows.generation == generation => {
                let place = rows.columns.iter().position(|name| name == "prompt");
                let cells = rows.rows.iter().take(crate::visit::SEEN_ROWS as usize);
                let mut cells = cells.map(|row| place.and_then(|place| row.cells.get(place)));
                let is_here = |cell: Option<&Cell>| cell.is_some_and(|cell| *cell != Cell::Pending);
                // As many as the screen has, or as there are.
                let many =
                    rows.rows.len() as u64 >= crate::visit::SEEN_ROWS || typed.searched.charts.is_some();
                if !rows.rows.is_empty() && many && cells.all(is_here) {
                    typed.searched.prompts.get_or_insert(after);
                }
            }
            _ => {}
        }
        let searched = &mut typed.searched;
        if searched.requests == 0 && searched.prompts.is_some() && searched.charts.is_some() {
            searched.requests = self.requests - typed.before.0;
            searched.bytes = self.bytes - typed.before.1;
            searched.trips = typed.depth;
        }
        self.typed = Some(typed);
    }
}

/// Tells what each query takes in a table with what lies beside the app, and without.
pub fn tell(file: &Path, maps: Option<&Path>, link: Link) {
    println!(
        "| query | rows | count | prompts | charts | of the index, KB | in all, KB | requests | in a row | computed, ms |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    let host = || maps.map(Host::new);
    let only = std::env::var("VITRINE_QUERY").ok();
    let mut all: Vec<(Searched, bool)> = Vec::new();
    for query in QUERIES.iter().filter(|query| only.as_deref().is_none_or(|only| only == **query)) {
        // The first search of a visit brings what every other one has.
        let searched = Visit::search(file, host(), link, &["zzzzzz", query]);
        row(&format!("`{}`", query.replace('|', "\\|")), &searched);
        all.push((searched, query.starts_with('/')));
    }
    for (name, expressions) in [("words and phrases", false), ("expressions", true)] {
        let own: Vec<&Searched> =
            all.iter().filter(|(_, is)| *is == expressions).map(|(own, _)| own).collect();
        if own.is_empty() {
            continue;
        }
        for (what, share) in [("half", 0.5), ("nine of ten", 0.9), ("the worst", 1.0)] {
            let at = |mut values: Vec<f64>| {
                values.sort_by(f64::total_cmp);
                values[((values.len() as f64 * share).ceil() as usize).clamp(1, values.len()) - 1]
            };
            let seconds = |of: &dyn Fn(&Searched) -> Option<f64>| {
                Some(at(own.iter().map(|own| of(own).unwrap_or(f64::INFINITY)).collect()))
            };
            let number = |of: &dyn Fn(&Searched) -> f64| at(own.iter().map(|own| of(own)).collect());
            let summary = Searched {
                matching: 0,
                count: seconds(&|own| own.count),
                prompts: seconds(&|own| own.prompts),
                charts: seconds(&|own| own.charts),
                index_bytes: number(&|own| own.index_bytes as f64) as u64,
                bytes: number(&|own| own.bytes as f64) as u64,
                requests: number(&|own| own.requests as f64) as usize,
                trips: number(&|own| own.trips as f64) as usize,
                computed: Duration::from_secs_f64(number(&|own| own.computed.as_secs_f64())),
            };
            row(&format!("{name}: {what}"), &summary);
        }
    }
    for query in ["castle", "\"concept art\""] {
        row(&format!("`{query}`, the first of a visit"), &Visit::search(file, host(), link, &[query]));
    }
}

fn row(name: &str, searched: &Searched) {
    let Searched { matching, count, prompts, charts, index_bytes, bytes, requests, trips, computed } =
        searched;
    let [count, prompts, charts] =
        [count, prompts, charts].map(|time| time.map_or("-".to_owned(), |time| format!("{time:.2}")));
    let kilobytes = |bytes: &u64| bytes.div_ceil(1_000);
    println!(
        "| {name} | {matching} | {count} | {prompts} | {charts} | {} | {} | {requests} | {trips} | {:.0} |",
        kilobytes(index_bytes),
        kilobytes(bytes),
        computed.as_secs_f64() * 1e3
    );
}
