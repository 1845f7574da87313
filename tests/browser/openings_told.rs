//! What is told of openings: medians, beside what they should be, and where they are not.

use crate::measure::{LATENCY_MILLIS, MEGABITS, median, runs};
use crate::report;
use hub::{Entry, Server};
use std::fmt::Write as _;
use std::time::Duration;

/// What of a screen is waited for.
pub(crate) struct Stage {
    /// As the page's watcher calls it.
    pub(crate) name: &'static str,
    head: &'static str,
}

pub(crate) const STAGES: [Stage; 5] = [
    Stage { name: "prompts", head: "prompts" },
    Stage { name: "charts", head: "cfg and steps" },
    Stage { name: "rest", head: "all but images" },
    Stage { name: "image", head: "first image" },
    Stage { name: "images", head: "all images" },
];

/// What an opening is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    FirstScreen,
    FarRow,
    MappedRow,
    /// Nothing.
    Other,
}

/// What a visit goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// A shaped link, and HTTP/2 as the Hub speaks it.
    Http2,
    /// The same link, and HTTP/1.1.
    Http1,
    /// This machine's loopback, and HTTP/1.1.
    Open,
}

impl Over {
    pub(crate) const ALL: [Self; 3] = [Self::Http2, Self::Http1, Self::Open];

    fn name(self) -> &'static str {
        match self {
            Self::Http2 => "HTTP/2",
            Self::Http1 => "HTTP/1.1",
            Self::Open => "open",
        }
    }

    fn is_shaped(self) -> bool {
        self != Self::Open
    }
}

impl Kind {
    /// Seconds by which the stages should stand, for two million rows.
    fn targets(self, over: Over) -> [Option<f64>; 5] {
        match (self, over.is_shaped()) {
            (Self::FirstScreen, true) => [Some(1.3), Some(1.3), Some(1.8), Some(2.3), None],
            (Self::FarRow, true) => [Some(2.0), None, Some(3.0), None, None],
            (Self::MappedRow, true) => [Some(1.4), None, Some(1.8), None, None],
            (Self::FirstScreen, false) => [None, None, Some(0.7), None, None],
            (Self::FarRow, false) => [None, None, Some(1.2), None, None],
            (Self::MappedRow, false) | (Self::Other, _) => [None; 5],
        }
    }
}

/// Requests to one host that a browser has under way over HTTP/1.1.
const AT_A_TIME: f64 = 6.0;

/// What may be more of fourteen million rows.
const LARGE: f64 = 1.3;

/// What a visit took, in seconds since the navigation.
pub(crate) struct Figure {
    stages: [Option<f64>; 5],
    paint: Option<f64>,
    shell: f64,
    /// Requests and bytes, of which code; by the time a stage stood, and in all.
    by_stage: [[f64; 3]; 5],
    whole: [f64; 3],
    /// Of the copy for offline use, as far as it had come.
    offline: [f64; 3],
}

impl Figure {
    pub(crate) fn new(
        stages: [Option<f64>; 5],
        paint: Option<f64>,
        shell: f64,
        (log, offline): (&[Entry], &[Entry]),
    ) -> Self {
        let began = log.iter().map(|entry| entry.started).min().unwrap_or_default();
        let by = |seconds: Option<f64>| {
            let end = began + Duration::from_secs_f64(seconds.unwrap_or(0.0));
            cost(log.iter().filter(|entry| entry.finished.is_some_and(|finished| finished <= end)))
        };
        let (whole, offline) = (cost(log.iter()), cost(offline.iter()));
        Self { stages, paint, shell, by_stage: stages.map(by), whole, offline }
    }
}

/// Requests, bytes, and bytes of code.
fn cost<'a>(entries: impl Iterator<Item = &'a Entry>) -> [f64; 3] {
    let mut cost = [0.0; 3];
    for entry in entries {
        let bytes = entry.bytes_sent as f64;
        cost[0] += 1.0;
        cost[1] += bytes;
        cost[2] += if is_code(entry) { bytes } else { 0.0 };
    }
    cost
}

/// Whether a file is the app itself, and not data that lies beside it.
pub(crate) fn is_code(entry: &Entry) -> bool {
    entry.server == Server::App
        && !["/previews/", "/maps/", "/sample/"].iter().any(|part| entry.path.contains(part))
}

/// Tables of figures.
#[derive(Default)]
pub(crate) struct Told {
    start: String,
    /// As in [`Over::ALL`].
    lines: [String; 3],
    missed: String,
    /// Requests and bytes of the copy for offline use.
    offline: [f64; 3],
}

impl Told {
    /// Whether only others were asked for: `VITRINE_OPENING` is a part of "title, name".
    pub(crate) fn leaves_out(&self, title: &str, name: &str) -> bool {
        !format!("{title}, {name}").contains(&only())
    }

    pub(crate) fn start_page(&mut self, over: Over, figures: Vec<Figure>) {
        let paint = middle(&figures, |figure| figure.paint).unwrap_or(f64::NAN);
        let shell = middle(&figures, |figure| Some(figure.shell)).unwrap_or(f64::NAN);
        let [requests, bytes, code] = middles(&figures, |figure| figure.whole);
        let _ = writeln!(
            self.start,
            "| {} | {paint:.2} | {shell:.2} | {requests:.0} | {:.2} | {:.2} |",
            over.name(),
            bytes / 1e6,
            code / 1e6
        );
        println!("start page, {}: {paint:.2} {shell:.2}", over.name());
    }

    pub(crate) fn opened(&mut self, over: Over, title: &str, name: &str, kind: Kind, figures: Vec<Figure>) {
        self.keep_offline(&figures);
        let more = if title.starts_with("14M") { LARGE } else { 1.0 };
        let targets = kind.targets(over);
        let mut line = format!("| {title} | {name} |");
        for (at, stage) in STAGES.iter().enumerate() {
            let seconds = middle(&figures, |figure| figure.stages[at]);
            let target = targets[at].map(|target| target * more);
            let _ = match (seconds, target) {
                (None, _) => write!(line, " - |"),
                (Some(seconds), Some(target)) if seconds > target => {
                    let by = middles(&figures, |figure| figure.by_stage[at]);
                    self.missed(over, &format!("{title} | {name} | {}", stage.head), (seconds, target), by);
                    write!(line, " **{seconds:.2}** ({target:.1}) |")
                }
                (Some(seconds), Some(target)) => write!(line, " {seconds:.2} ({target:.1}) |"),
                (Some(seconds), None) => write!(line, " {seconds:.2} |"),
            };
        }
        let [requests, bytes, code] = middles(&figures, |figure| figure.whole);
        let _ = writeln!(line, " {requests:.0} | {:.2} | {:.2} |", bytes / 1e6, code / 1e6);
        print!("{} {line}", over.name());
        self.lines[over as usize] += &line;
    }

    /// A visit may end before all of it has come.
    fn keep_offline(&mut self, figures: &[Figure]) {
        for Figure { offline, .. } in figures {
            if offline[1] > self.offline[1] {
                self.offline = *offline;
            }
        }
    }

    fn missed(
        &mut self,
        over: Over,
        what: &str,
        (seconds, target): (f64, f64),
        [requests, bytes, code]: [f64; 3],
    ) {
        let least = |seconds: f64| if over.is_shaped() { format!("{seconds:.2}") } else { "-".to_owned() };
        let for_bytes = bytes * 8.0 / (MEGABITS as f64 * 1e6);
        let at_a_time = if over == Over::Http2 { requests.max(1.0) } else { AT_A_TIME };
        let for_requests = requests / at_a_time * LATENCY_MILLIS as f64 / 1e3;
        let _ = writeln!(
            self.missed,
            "| {} | {what} | {seconds:.2} | {target:.1} | {requests:.0} | {:.2} | {:.2} | {} | {} |",
            over.name(),
            bytes / 1e6,
            code / 1e6,
            least(for_bytes),
            least(for_requests)
        );
    }

    /// Puts all of it into the results, unless it is a part.
    pub(crate) fn write(self) {
        let text = self.text();
        if only().is_empty() {
            report::write_section("What people open", &text);
        } else {
            println!("{text}");
        }
    }

    fn text(self) -> String {
        let Self { start, lines: [http2, http1, open], missed, offline: [requests, bytes, _] } = self;
        let heads: String = STAGES.iter().map(|stage| format!(" {} |", stage.head)).collect();
        let table = format!(
            "| table | opened |{heads} requests | MB | of that code |\n|---|---|{}--:|--:|--:|\n",
            "--:|".repeat(STAGES.len())
        );
        let left_out = std::env::var("VITRINE_LEFT_OUT").unwrap_or_default();
        let left_out = if left_out.is_empty() { String::new() } else { format!("\n\nLeft out: {left_out}.") };
        format!(
            "{}{left_out}\n\n\
             Three seconds after a page, the copy of the app for offline use is fetched: {requests:.0} requests, {:.2} MB, which are in \
             no column.\n\n\
             Start page:\n\n| link | drawn | can be used | requests | MB | of that code |\n|---|--:|--:|--:|--:|--:|\n{start}\n\
             Shaped, HTTP/2:\n\n{table}{http2}\nShaped, HTTP/1.1:\n\n{table}{http1}\nOpen:\n\n{table}{open}\n{}",
            introduction(),
            bytes / 1e6,
            if missed.is_empty() {
                "No target is missed.".to_owned()
            } else {
                format!(
                    "{MISSED}\n\n| link | table | opened | what | seconds | target | requests by then | MB by then | of that code | \
                     seconds for these bytes alone | for these requests alone |\n|---|---|---|---|--:|--:|--:|--:|--:|--:|--:|\n{missed}"
                )
            }
        )
    }
}

fn introduction() -> String {
    format!(
        "Seconds from the navigation, medians of {} fresh browsers with nothing cached: code included, thumbnails shown, no request left \
         out of the count. \"Shaped\" is {MEGABITS} Mbit/s and {LATENCY_MILLIS} ms a request, over HTTP/2 in TLS, as the Hub, its store and hosts of static files \
         speak it, and over plain HTTP/1.1; \"open\" is this machine's own loopback. \
         Noted is when a thing came to stay: the prompts of all rows in sight (and that of the row the link names), the charts of cfg and \
         steps with every row, all charts, cells and fields in sight and the count, the first image, and all images in sight. Targets \
         are in brackets, for fourteen million rows 1.3 times as long; in bold is what is beyond its target. Requests and bytes are all \
         until nothing more is asked for.\n\n\
         The layouts of the 2M table: as pyarrow 10 wrote it (pages cut by size, dictionaries of a megabyte; as long as the published file, \
         whose length the catalogue knows), as pyarrow 26 does (at most 20,000 rows a page, row groups of 1,048,576 rows), and as other \
         programs write it by their defaults. Thumbnails of the 2M table are \
         previews of 128 pixels, which lie beside the app here; its gallery, links to rows, and the other tables show images of \
         full length out of archives. Pick-a-Pic has addresses, of which none is asked unless it is clicked on.",
        runs()
    )
}

/// Why targets are missed.
const MISSED: &str = "Beyond their targets, with what had come by then, and how long these bytes and these requests take by \
    themselves on the shaped link. Over HTTP/1.1 a browser has six requests to a host under way: a row whose \
    pages nobody has listed is a request for each page on the way (a thousand of them in 14M), which HTTP/2 carries side by \
    side, but which cost the browser some 5 ms each. What is left, and everything on the open link, is the machine's time: to compile \
    the code, to decode pages, to draw.";

fn only() -> String {
    std::env::var("VITRINE_OPENING").unwrap_or_default()
}

fn middle(figures: &[Figure], of: impl Fn(&Figure) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = figures.iter().filter_map(of).collect();
    (!values.is_empty()).then(|| median(values))
}

fn middles(figures: &[Figure], of: impl Fn(&Figure) -> [f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|place| middle(figures, |figure| Some(of(figure)[place])).unwrap_or(f64::NAN))
}
