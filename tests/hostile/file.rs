//! A whole file, opened and looked at as the page would.

use std::collections::VecDeque;
use std::sync::Arc;
use vitrine::base::bytes::ByteRange;
use vitrine::base::error::{Error, ErrorKind};
use vitrine::base::ids::{FetchId, Generation};
use vitrine::engine::{Effect, Engine, Event};
use vitrine::formats::hub::answer::Identity;
use vitrine::protocol::{Open, Opened, Request, Response, Show, TableRequest};
use vitrine::view::spec::{Clause, TableRef};

/// More answers than any screen of a small file needs.
const MAX_ANSWERS: usize = 3_000;

/// Tables longer than this are looked at, but not read whole: that is a matter of time only.
const MAX_ROWS: u64 = 100_000;

/// Opens the file, shows every column at both ends, draws charts, filters, asks for a row.
pub fn file(data: &[u8]) {
    let mut page = Page {
        engine: Engine::default(),
        file: data,
        flights: VecDeque::new(),
        opened: None,
        answers: 0,
        refused: false,
    };
    page.ask(Request::Open(Open {
        table: TableRef::Url("https://example.org/table.parquet".to_owned()),
        endpoint: None,
        base: "https://example.org/".to_owned(),
        roles: Vec::new(),
        reading: vitrine::formats::tabular::reading::Reading::default(),
        added: None,
    }));
    page.run();
    let Some(opened) = page.opened.clone() else {
        assert!(page.refused, "neither opened nor refused");
        return;
    };
    let names: Vec<String> = opened.columns.iter().take(40).map(|column| column.name.clone()).collect();
    let short = opened.rows <= MAX_ROWS;
    let charts = opened.columns.iter().filter(|column| column.chartable && short).take(40);
    let mut show = Show {
        charts: charts.map(|column| column.name.clone()).collect(),
        columns: names,
        count: 20,
        ..Show::default()
    };
    page.ask(Request::Show(show.clone()));
    page.run();
    show.first = opened.rows.saturating_sub(10);
    page.ask(Request::Show(show.clone()));
    page.run();
    page.ask(Request::Detail { row: opened.rows / 2 });
    page.run();
    if let Some(name) = show.charts.first().cloned() {
        page.ask(TableRequest::Touch { column: name.clone(), generation: Generation(0) });
        show.generation = Generation(1);
        show.rows.filters.insert(name, Clause::numbers(Some(0.0), Some(9.0)));
        page.ask(Request::Show(show));
        page.run();
    }
}

struct Page<'a> {
    engine: Engine,
    file: &'a [u8],
    flights: VecDeque<(FetchId, ByteRange)>,
    opened: Option<Arc<Opened>>,
    answers: usize,
    refused: bool,
}

impl Page<'_> {
    fn ask(&mut self, request: impl Into<Request>) {
        self.step(Event::Request(request.into()));
    }

    fn run(&mut self) {
        while let Some((id, range)) = self.flights.pop_front() {
            self.answers += 1;
            assert!(self.answers < MAX_ANSWERS, "the same is read again and again");
            let bytes = self.file[range.start as usize..range.end as usize].to_vec();
            self.step(Event::Bytes { id, bytes });
            self.step(Event::Done { id });
        }
    }

    fn step(&mut self, event: Event) {
        let total = self.file.len() as u64;
        for effect in self.engine.step(event) {
            match effect {
                Effect::Continue | Effect::Wake { .. } => {}
                Effect::Source { .. }
                | Effect::Forget { .. }
                | Effect::Get { .. }
                | Effect::Decode { .. }
                | Effect::Sizes { .. }
                | Effect::RetryNow
                | Effect::ReadLabels { .. }
                | Effect::KeepLabels { .. }
                | Effect::FetchMeasures { .. }
                | Effect::FetchCodecs
                | Effect::FetchVariants
                | Effect::Beside { .. }
                | Effect::List { .. }
                | Effect::Encode { .. }
                | Effect::Write { .. }
                | Effect::DropFile { .. }
                | Effect::DropImport { .. } => {}
                // What that makes of any bytes has tests of its own.
                Effect::Import { .. } => self.refused = true,
                Effect::ReadCached { id, .. } => {
                    self.step(Event::Failed { id, error: Error::new(ErrorKind::Network, "not kept") })
                }
                Effect::Fetch { id, range, .. } => {
                    assert!(!range.is_empty());
                    if range.start >= total {
                        assert_eq!(total, 0, "a range beyond the end of the file");
                        self.step(Event::BeyondEnd { id, file_bytes: Some(total) });
                        continue;
                    }
                    let range = ByteRange::new(range.start, range.end.min(total));
                    self.flights.push_back((id, range));
                    let identity = Identity { total_bytes: total, etag: None, commit: None };
                    self.step(Event::Began { id, range, identity });
                }
                Effect::Abort { id } => self.flights.retain(|(other, _)| *other != id),
                Effect::Respond(Response::Opened(opened)) => self.opened = Some(Arc::new(opened)),
                Effect::Respond(Response::Notice(_)) => self.refused = true,
                Effect::Respond(_) => {}
            }
        }
    }
}
