//! Measures searches, phrases and sorting in the built app. Not a test: `cargo xtask bench` runs it.

use crate::driver::Browser;
use crate::measure::{Bench, MEGABITS, floor, measuring, median, runs};
use crate::report;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use vitrine::base::bytes::human_bytes;

/// Longer than the longest of these takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(240);

#[test]
#[ignore = "measures for minutes: cargo xtask bench asks"]
fn asks() {
    measuring(async {
        let [small, large] = Bench::both();
        small.warm_up().await;
        large.warm_up().await;
        asks_of(&[("2M", &small), ("14M", &large)]).await;
    });
}

/// Seconds, and what else is known of one browser's way through the tasks.
#[derive(Debug, Default)]
struct Figures {
    first: f64,
    whole: f64,
    longest_millis: f64,
    warm: f64,
    rare: f64,
    regex: f64,
    phrases: f64,
    prompts: f64,
    numbers: f64,
    texts: f64,
    bytes: u64,
    memory_search: f64,
    memory_all: f64,
}

async fn asks_of(benches: &[(&str, &Bench)]) {
    let mut report = format!(
        "Medians of {} fresh browsers, in seconds unless said otherwise, without code and open: the default view without images \
         stands when the query is typed. \"First\" are the first matches on the screen, \"whole\" is the count over every prompt with \
         all charts. Warm tasks follow in the same browser.\n\n\
         | task | link | 2M | 14M | floor 2M | floor 14M | target |\n|---|---|--:|--:|--:|--:|--:|\n",
        runs()
    );
    let mut columns: Vec<Vec<Figures>> = Vec::new();
    let mut floors = Vec::new();
    for (name, bench) in benches {
        floors.push(floor(bench.column_bytes("prompt"), 1));
        for shaped in [false, true] {
            // Fourteen million prompts take minutes over the shaped link: one is enough.
            let runs = if shaped && *name == "14M" { 1 } else { runs() };
            let mut figures = Vec::new();
            for _ in 0..runs {
                figures.push(one(bench, shaped).await);
            }
            println!("{name}, shaped: {shaped}: {figures:#?}");
            columns.push(figures);
        }
    }
    let figure = |column: usize, of: fn(&Figures) -> f64| {
        columns.get(column).map_or(f64::NAN, |figures| median(figures.iter().map(of).collect()))
    };
    let floor = |at: usize| floors.get(at).map_or("-".to_owned(), |floor| format!("{floor:.1}"));
    let mut row = |task: &str, of: fn(&Figures) -> f64, target: &str| {
        let _ = writeln!(
            report,
            "| {task} | open | {:.2} | {:.2} | - | - | {target} |",
            figure(0, of),
            figure(2, of)
        );
    };
    row("search, cold: first", |figures| figures.first, "1");
    row("search, cold: whole", |figures| figures.whole, "");
    row("the page's longest task in it, ms (0: below 50)", |figures| figures.longest_millis, "50");
    row("search, warm: a common word", |figures| figures.warm, "0.15");
    row("search, warm: a phrase and an exclusion", |figures| figures.rare, "0.15");
    row("search, warm: a regular expression", |figures| figures.regex, "");
    row("phrases of the result", |figures| figures.phrases, "");
    row("prompts of the result", |figures| figures.prompts, "");
    row("sort by cfg and steps", |figures| figures.numbers, "");
    row("sort by prompt", |figures| figures.texts, "");
    let _ = writeln!(
        report,
        "| search, cold: first | shaped | {:.2} | {:.2} | - | - | 1 |\n\
         | search, cold: whole | shaped | {:.2} | {:.2} | {} | {} | 1.15 x floor |",
        figure(1, |figures| figures.first),
        figure(3, |figures| figures.first),
        figure(1, |figures| figures.whole),
        figure(3, |figures| figures.whole),
        floor(0),
        floor(1),
    );
    let size = |column: usize, of: fn(&Figures) -> f64| human_bytes(figure(column, of) as u64);
    let _ = writeln!(
        report,
        "\nThe prompt column has {} and {}; read were {} and {}. Memory of the worker after the search {} and {} (target \
         for 14M 1.4 GB), after everything {} and {}. Shaped is {MEGABITS} Mbit/s.",
        human_bytes(benches.first().map_or(0, |(_, bench)| bench.column_bytes("prompt"))),
        human_bytes(benches.last().map_or(0, |(_, bench)| bench.column_bytes("prompt"))),
        size(0, |figures| figures.bytes as f64),
        size(2, |figures| figures.bytes as f64),
        size(0, |figures| figures.memory_search),
        size(2, |figures| figures.memory_search),
        size(0, |figures| figures.memory_all),
        size(2, |figures| figures.memory_all),
    );
    report::write_section("Search, phrases and sort", &report);
}

/// One browser's way: a cold search, and what is asked of its result.
async fn one(bench: &Bench, shaped: bool) -> Figures {
    bench.shape(shaped);
    let browser = bench.visit("").await;
    bench.hub.clear_log();
    let mut figures = Figures::default();
    ask(&browser, SEARCH, &["castle"]).await;
    let told = answer(&browser, "castle").await;
    (figures.first, figures.whole) = (seconds(&told["first"]), seconds(&told["whole"]));
    figures.longest_millis = told["longest"].as_f64().unwrap_or(0.0);
    figures.bytes = bench.data().iter().map(|entry| entry.bytes_sent).sum();
    figures.memory_search = memory(&browser).await;
    if !shaped {
        for (query, into) in [
            ("portrait", &mut figures.warm),
            ("\"oil painting\" -portrait", &mut figures.rare),
            ("/[0-9]+ ?mm lens/", &mut figures.regex),
        ] {
            ask(&browser, SEARCH, &[query]).await;
            *into = seconds(&answer(&browser, query).await["whole"]);
        }
        ask(&browser, SEARCH, &["castle"]).await;
        answer(&browser, "castle").await;
        for (view, into) in [("Phrases", &mut figures.phrases), ("Prompts", &mut figures.prompts)] {
            ask(&browser, VIEWS, &[view]).await;
            *into = seconds(&answer(&browser, view).await["whole"]);
        }
        ask(&browser, VIEWS, &["Table"]).await;
        answer(&browser, "Table").await;
        for (column, into) in [("cfg", &mut figures.numbers), ("prompt", &mut figures.texts)] {
            ask(&browser, SORT, &[column]).await;
            *into = seconds(&answer(&browser, column).await["whole"]);
        }
        figures.memory_all = memory(&browser).await;
    }
    bench.shape(false);
    browser.end().await;
    figures
}

fn seconds(millis: &Value) -> f64 {
    millis.as_f64().map_or(f64::NAN, |millis| millis / 1e3)
}

async fn memory(browser: &Browser) -> f64 {
    let told = "return Number(document.querySelector('[data-memory]').dataset.memory)";
    browser.client.execute(told, Vec::new()).await.unwrap().as_f64().unwrap()
}

/// Begins a task whose end the page notes by itself.
async fn ask(browser: &Browser, task: &str, arguments: &[&str]) {
    let script = format!("{RECORD}{task}");
    let arguments = arguments.iter().map(|argument| json!(argument)).collect();
    browser.client.execute(&script, arguments).await.unwrap();
}

/// What the page has noted, once the task is done.
async fn answer(browser: &Browser, task: &str) -> Value {
    let start = Instant::now();
    loop {
        let told = browser.client.execute("return window.asked", Vec::new()).await.unwrap();
        if told["whole"].is_number() {
            return told;
        }
        assert!(start.elapsed() < LIMIT, "{task} is not done: {told}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Looks once a frame whether a task has begun to show and whether it is done.
const RECORD: &str = r#"
    const record = (first, whole) => {
        const asked = window.asked = { longest: 0 };
        const observer = new PerformanceObserver((list) => {
            for (const task of list.getEntries()) asked.longest = Math.max(asked.longest, task.duration);
        });
        observer.observe({ type: "longtask" });
        const start = performance.now();
        const look = () => {
            if (asked !== window.asked) return;
            const now = performance.now() - start;
            if (asked.first === undefined && first()) asked.first = now;
            if (!whole()) requestAnimationFrame(look);
            else setTimeout(() => { observer.disconnect(); asked.whole = now; }, 100);
        };
        requestAnimationFrame(look);
    };
    const line = () => [...document.querySelectorAll("[role=status]")].map((line) => line.innerText)
        .find((text) => /^\d/.test(text)) ?? "";
    const busy = () => document.querySelector("[role=grid]")?.getAttribute("aria-busy") === "true";
"#;

/// Types a query.
const SEARCH: &str = r#"
    const field = document.querySelector("input[type=search][aria-label='Search prompts']");
    const before = line();
    const changed = () => line() !== before && !line().startsWith("0") && !busy();
    record(changed, () => changed() && !/% searched/.test(line()) && /distinct/.test(line()));
    field.focus();
    field.value = arguments[0];
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
"#;

/// Goes to another view.
const VIEWS: &str = r#"
    const shows = {
        Phrases: () => document.querySelector("table.lift tbody tr")
            && !document.querySelector(".pane-note")?.innerText.startsWith("So far"),
        Prompts: () => document.querySelector("[role=group][aria-label=Prompts] b"),
        Table: () => document.querySelector("[role=grid] [role=row][aria-rowindex]") && !busy(),
    }[arguments[0]];
    record(shows, shows);
    document.querySelector(`[role=group][aria-label=View] [aria-label=${arguments[0]}]`).click();
"#;

/// Sorts by a column; by cfg it sorts by steps as well.
const SORT: &str = r#"
    const head = (column) => document.querySelector(`[role=columnheader][data-column=${column}] button`);
    const rows = () => [...document.querySelectorAll("[role=grid] [role=row][aria-rowindex]")].map((row) => row.innerText)
        .slice(0, 8).join();
    const before = rows();
    const sorted = () => rows() !== before && !busy();
    record(sorted, sorted);
    head(arguments[0]).click();
    if (arguments[0] === "cfg") head("step").dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
"#;
