//! The same tasks in Vitrine and in other readers of parquet: same browser, same Hub, same file.
//! Not a test: `cargo xtask bench peers` runs it, and writes `benches/PEERS.md`. Answers are held
//! against a native reader of the same file.

use crate::driver::Browser;
use crate::measure::{
    BRUSH, Bench, LATENCY_MILLIS, MEGABITS, fixtures, floor, jump, measuring, median, runs, sent,
};
use crate::openings::layouts;
use crate::page::Page;
use crate::report;
use crate::stage::until;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt8Type, UInt16Type};
use hub::{App, AppConfig, Entry};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vitrine::base::bytes::human_bytes;

const PEERS: [&str; 3] = ["hyparquet", "parquet-wasm", "duckdb"];
const TASKS: [&str; 5] = ["histograms", "firstRows", "jump", "filter", "search"];
const JUMP: u64 = 1_234_000;
const WORD: &str = "lighting";
const FILTER: &str = "cfg=10..15&step=50";

/// The columns that everyone is asked for.
const VIEW: &str = "columns=prompt,cfg,step,sampler,size";

/// What one task took.
#[derive(Clone, Default)]
struct Figure {
    cold: f64,
    warm: f64,
    bytes: u64,
    requests: usize,
    memory: u64,
}

/// Figures by task and whether the link was shaped; none where a reader could not do it.
type Figures = BTreeMap<(String, bool), Figure>;

/// What a reader took for everything.
struct Reader {
    name: String,
    figures: Figures,
    /// Milliseconds of one brush update.
    brush: Option<f64>,
    code_bytes: u64,
}

/// A table that everyone reads.
struct Scale {
    title: String,
    path: PathBuf,
    mounted: &'static str,
    id: &'static str,
    /// Whether the link is shaped; a large table takes minutes a task over a narrow one.
    links: &'static [bool],
    /// Whether brushes are measured too, which no layout changes.
    brushes: bool,
}

fn scales() -> Vec<Scale> {
    let small = |title: String, path: PathBuf, brushes: bool| Scale {
        title,
        path,
        mounted: "metadata.parquet",
        id: "diffusiondb-2m",
        links: &[true, false],
        brushes,
    };
    let first = small("2M".to_owned(), fixtures().join("diffusiondb-2m.parquet"), true);
    let large = Scale {
        title: "14M".to_owned(),
        path: fixtures().join("diffusiondb-large.parquet"),
        mounted: "metadata-large.parquet",
        id: "diffusiondb-large",
        links: &[true],
        brushes: true,
    };
    let others = layouts().into_iter().map(|(layout, path)| small(format!("2M, {layout}"), path, false));
    // The tables of the catalogue come first: what is measured is written after each.
    [first, large].into_iter().chain(others).collect()
}

#[test]
#[ignore = "measures for many minutes: cargo xtask bench peers"]
fn peers() {
    measuring(async {
        let mut text = introduction();
        for scale in scales() {
            let Scale { path, mounted, id, .. } = &scale;
            let bench = Bench::new(path, mounted, id);
            bench.warm_up().await;
            let pages = std::env::var_os("VITRINE_PEERS").expect("cargo xtask bench peers sets it");
            let config = AppConfig { brotli_quality: 9, ..AppConfig::new(PathBuf::from(pages)) };
            let app = App::start_with(&bench.hub, config).unwrap();
            let reference = reference(path);
            let mut failed = Vec::new();
            let mut all = vec![vitrine(&bench, &scale, &reference).await];
            for peer in PEERS {
                let reader = other(&bench, &app, &scale, peer, &reference, &mut failed).await;
                // What reads nothing has no column.
                all.extend((!reader.figures.is_empty()).then_some(reader));
            }
            text += &section(&bench, &scale, &all, &failed);
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/PEERS.md");
            std::fs::write(path, &text).unwrap();
        }
        println!("{text}");
    });
}

/// The peer does a task in a fresh browser, and again in the same one.
async fn other(
    bench: &Bench,
    app: &App,
    scale: &Scale,
    peer: &str,
    reference: &Value,
    failed: &mut Vec<String>,
) -> Reader {
    let file =
        format!("{}/datasets/poloclub/diffusiondb/resolve/main/{}", bench.hub.endpoint(), scale.mounted);
    let url = format!("{}{peer}.html?file={file}", app.url());
    let mut reader = Reader { name: peer.to_owned(), figures: Figures::new(), brush: None, code_bytes: 0 };
    let mut reasons = BTreeMap::<String, Vec<&str>>::new();
    // Once before, so that its code is compressed.
    bench.hub.clear_log();
    ready(&url).await.0.end().await;
    reader.code_bytes = sent(&bench.hub.log());
    for shaped in scale.links.iter().copied() {
        bench.shape(shaped);
        for task in TASKS {
            let mut runs_of = Vec::new();
            for _ in 0..runs() {
                bench.hub.clear_log();
                let (browser, code) = ready(&url).await;
                let done = twice(bench, &browser, task).await;
                browser.end().await;
                match done {
                    Ok((answer, figure)) => {
                        agree(peer, task, &answer, reference);
                        runs_of.push(Figure { cold: code + figure.cold, ..figure });
                    }
                    Err(reason) => {
                        println!("{peer} {} {task}: {reason}", scale.title);
                        let tasks = reasons.entry(reason).or_default();
                        if !tasks.contains(&named(task)) {
                            tasks.push(named(task));
                        }
                        break;
                    }
                }
            }
            if runs_of.is_empty() {
                continue;
            }
            let figure = middle(runs_of);
            println!("{peer} {} {task} shaped {shaped}: {:.2} {:.2}", scale.title, figure.cold, figure.warm);
            reader.figures.insert((task.to_owned(), shaped), figure);
        }
    }
    failed.extend(reasons.into_iter().map(|(reason, tasks)| {
        if tasks.len() == TASKS.len() {
            format!("{peer} could not read the table from the Hub: {reason}.")
        } else {
            format!("{peer} could not do this ({}): {reason}.", tasks.join("; "))
        }
    }));
    if reader.figures.is_empty() {
        return reader;
    }
    bench.shape(false);
    let mut brushes = Vec::new();
    for _ in 0..if scale.brushes { runs() } else { 0 } {
        let (browser, _) = ready(&url).await;
        let answer = browser.client.execute_async(&script("window.brushes()"), Vec::new()).await;
        if let Some((answer, millis)) = answer.ok().and_then(|answer| {
            let millis = answer["millis"].as_f64()?;
            Some((answer, millis))
        }) {
            agree(peer, "brushes", &answer["answer"], reference);
            brushes.push(millis);
        }
        browser.end().await;
    }
    reader.brush = (!brushes.is_empty()).then(|| median(brushes));
    reader
}

/// The answer to a task in a fresh page, and what it took there and once more.
async fn twice(bench: &Bench, browser: &Browser, task: &str) -> Result<(Value, Figure), String> {
    let millis = |answer: &Value| answer["millis"].as_f64().unwrap() / 1e3;
    let cold = run(browser, task).await?;
    let (data, memory) = (bench.data(), browser.renderer_peak_bytes());
    let warm = run(browser, task).await?;
    Ok((cold["answer"].clone(), figure(millis(&cold), millis(&warm), &data, memory)))
}

/// A page whose code is there, and how many seconds after its navigation that was.
async fn ready(url: &str) -> (Browser, f64) {
    let browser = Browser::start(1440, 900).await;
    browser.client.goto(url).await.unwrap();
    let told = until("a peer's code", async || {
        let told = browser.client.execute("return window.failed ?? window.ready", Vec::new()).await.unwrap();
        (!told.is_null()).then_some(told)
    });
    let told = told.await;
    let code = told.as_f64().unwrap_or_else(|| panic!("{url}: {told}")) / 1e3;
    let patience = fantoccini::wd::TimeoutConfiguration::new(Some(Duration::from_secs(300)), None, None);
    browser.client.update_timeouts(patience).await.unwrap();
    (browser, code)
}

/// A task's milliseconds and answer, or what a page says that can't do it.
async fn run(browser: &Browser, task: &str) -> Result<Value, String> {
    let call = script(&format!("window.run({task:?})"));
    let answer = browser.client.execute_async(&call, Vec::new()).await;
    let answer = answer.map_err(|error| {
        let told = error.to_string();
        if told.contains("crash") { "its tab ran out of memory".to_owned() } else { told }
    })?;
    if answer["failed"].is_null() {
        return Ok(answer);
    }
    let console = browser.console().await;
    let refused = console.iter().find(|line| line.message.contains("CORS policy"));
    Err(match refused {
        Some(_) => {
            "it asks leave beforehand, by a preflight, which the store behind the Hub refuses".to_owned()
        }
        None => answer["failed"].to_string(),
    })
}

fn script(call: &str) -> String {
    format!("const done = arguments[0]; {call}.then(done, (error) => done({{ failed: String(error) }}));")
}

/// Vitrine does the tasks in its own page, as someone who follows a link to them.
async fn vitrine(bench: &Bench, scale: &Scale, reference: &Value) -> Reader {
    let mut figures = Figures::new();
    let mut code_bytes = 0;
    for shaped in scale.links.iter().copied() {
        let mut runs_of: BTreeMap<&str, Vec<Figure>> = BTreeMap::new();
        for _ in 0..runs() {
            bench.shape(shaped);
            // Charts and rows come of one visit, which is what people make; each is charged all of it.
            let browser = bench.visit(VIEW).await;
            let page = Page { client: &browser.client };
            let log = bench.hub.log();
            code_bytes = log
                .iter()
                .filter(|entry| entry.server == hub::Server::App)
                .map(|entry| entry.bytes_sent)
                .sum();
            let opened = bench.data();
            let histograms = page.mark("vitrine:histograms").await / 1e3;
            let rows = page.mark("vitrine:first-rows").await / 1e3;
            shows(&page, &reference["firstRows"], 0).await;
            let memory = browser.renderer_peak_bytes();
            runs_of.entry("histograms").or_default().push(figure(histograms, 0.0, &opened, memory));
            runs_of.entry("firstRows").or_default().push(figure(rows, 0.0, &opened, memory));
            browser.end().await;
            let browser = bench.visit(&format!("{VIEW}&at={}", JUMP + 1)).await;
            let page = Page { client: &browser.client };
            let there = page.mark("vitrine:first-rows").await / 1e3;
            shows(&page, &reference["jump"], JUMP).await;
            let (all, memory) = (bench.data(), browser.renderer_peak_bytes());
            jump(&browser.client, 0.1).await;
            bench.quiet().await;
            // The bar of the table is too coarse to reach one row; the share is that of the row.
            let (again, _) = jump(&browser.client, JUMP as f64 / bench.rows() as f64).await;
            runs_of.entry("jump").or_default().push(figure(there, again / 1e3, &all, memory));
            browser.end().await;
            for (task, view, count) in [
                ("filter", FILTER.to_owned(), &reference["filter"]["count"]),
                ("search", format!("q=*{WORD}*"), &reference["search"]),
            ] {
                let found = asked(bench, scale.id, &view, count.as_u64().unwrap()).await;
                runs_of.entry(task).or_default().push(found);
            }
        }
        for (task, figures_of) in runs_of {
            let figure = middle(figures_of);
            println!("Vitrine {} {task} shaped {shaped}: {:.2} {:.2}", scale.title, figure.cold, figure.warm);
            figures.insert((task.to_owned(), shaped), figure);
        }
    }
    bench.shape(false);
    let mut brushes = Vec::new();
    for _ in 0..if scale.brushes { runs() } else { 0 } {
        let browser = bench.visit(VIEW).await;
        let answer = browser.client.execute_async(BRUSH, Vec::new()).await.unwrap();
        let frames: Vec<f64> =
            answer["frames"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
        brushes.push(median(frames));
        browser.end().await;
    }
    Reader {
        name: "Vitrine".to_owned(),
        figures,
        brush: (!brushes.is_empty()).then(|| median(brushes)),
        code_bytes,
    }
}

/// Follows a link to a filter or a search, takes the filter back, and asks for it once more.
async fn asked(bench: &Bench, table: &str, view: &str, count: u64) -> Figure {
    const ANSWERED: &str = r#"
        const [count, since, done] = arguments;
        const texts = () => [...document.querySelectorAll("[role=status]")].map((status) => status.innerText.replace(/\s+/g, " "));
        const look = () => {
            // Someone who means it says so where a search reads much.
            [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === "Read and search")?.click();
            const busy = document.querySelector("[role=grid]")?.getAttribute("aria-busy") === "true";
            const pending = document.querySelector("[role=grid] [data-state=pending]");
            const answered = texts().some((text) => text.startsWith(count + " of "));
            if (answered && !busy && !pending) done(performance.now() - since);
            else if (performance.now() - since > 90000) done(`${texts().join("; ")} busy ${busy} pending ${pending?.parentElement?.outerHTML}`);
            else requestAnimationFrame(look);
        };
        look();
    "#;
    const GO: &str = r#"
        history.pushState(null, "", arguments[0]);
        dispatchEvent(new PopStateEvent("popstate", {}));
        return performance.now();
    "#;
    let browser = Browser::start(1440, 900).await;
    browser.without_table_images().await;
    bench.hub.clear_log();
    let link = |view: &str| format!("?table={table}&endpoint={}&{VIEW}&{view}", bench.hub.endpoint());
    browser.client.goto(&format!("{}{}", bench.app.url(), link(view))).await.unwrap();
    let patience = fantoccini::wd::TimeoutConfiguration::new(Some(Duration::from_secs(120)), None, None);
    browser.client.update_timeouts(patience).await.unwrap();
    let page = Page { client: &browser.client };
    let told = json!(grouped(count));
    let cold = browser.client.execute_async(ANSWERED, vec![told.clone(), json!(0)]).await.unwrap();
    assert!(cold.is_number(), "{view}: not {count} rows: {cold}");
    let data = bench.data();
    let memory = browser.renderer_peak_bytes();
    bench.quiet().await;
    browser.client.execute(GO, vec![json!(link(""))]).await.unwrap();
    page.settles_at(bench.rows()).await;
    let since = browser.client.execute(GO, vec![json!(link(view))]).await.unwrap();
    let warm = browser.client.execute_async(ANSWERED, vec![told, since]).await.unwrap();
    browser.end().await;
    let seconds =
        |told: &Value| told.as_f64().unwrap_or_else(|| panic!("{view}: not {count} rows: {told}")) / 1e3;
    figure(seconds(&cold), seconds(&warm), &data, memory)
}

/// The rows on the screen are those of the reference.
async fn shows(page: &Page<'_>, reference: &Value, first: u64) {
    let rows = page.rows().await;
    assert!(rows.len() > 5);
    for row in rows {
        let Some(Some(shown)) = row.cells.get("prompt").cloned() else { panic!("a row without a prompt") };
        let Some(values) = (row.place - 1).checked_sub(first).and_then(|at| reference.get(at as usize))
        else {
            continue;
        };
        let Some(prompt) = values[0].as_str() else { continue };
        let prompt = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = shown.trim_end_matches('…');
        assert!(prompt.starts_with(shown), "row {}: {shown:?}, not {prompt:?}", row.place);
    }
}

/// Whether two answers are the same; the driver rounds a number's last digit.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Value::Number(a), Value::Number(b)) => a.as_f64().map(|a| a as f32) == b.as_f64().map(|b| b as f32),
        (a, b) => a == b,
    }
}

fn agree(peer: &str, task: &str, answer: &Value, reference: &Value) {
    let expected = &reference[task];
    if same(answer, expected) {
        return;
    }
    let (answer, expected) = (answer.to_string(), expected.to_string());
    let differs = answer.bytes().zip(expected.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        String::from_utf8_lossy(
            &text.as_bytes()[differs.saturating_sub(60).min(text.len())..(differs + 60).min(text.len())],
        )
        .into_owned()
    };
    panic!("{peer} answers {task} with …{}…, the file holds …{}…", around(&answer), around(&expected));
}

/// What the file holds, by a native reader.
fn reference(path: &Path) -> Value {
    // As the format has them: a writer's own types (Polars' views of texts) are the same values.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let file = File::open(path).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).unwrap();
    let names = ["prompt", "cfg", "step", "sampler", "width", "height"];
    let mask = ProjectionMask::columns(builder.parquet_schema(), names);
    let (mut cfgs, mut steps) = (BTreeMap::<u32, u64>::new(), BTreeMap::<u16, u64>::new());
    let (mut first, mut there, mut filtered) = (Vec::new(), Vec::new(), Vec::new());
    let (mut row, mut matching, mut found) = (0, 0_u64, 0_u64);
    let mut brushes = [0_u64; 20];
    for batch in builder.with_projection(mask).with_batch_size(8192).build().unwrap() {
        let batch = batch.unwrap();
        let column = |name: &str| batch.column_by_name(name).unwrap();
        let prompts = column("prompt").as_string::<i32>();
        let cfg = column("cfg").as_primitive::<Float32Type>();
        let step = column("step").as_primitive::<UInt16Type>();
        let sampler = column("sampler").as_primitive::<UInt8Type>();
        let width = column("width").as_primitive::<UInt16Type>();
        let height = column("height").as_primitive::<UInt16Type>();
        let values = |at: usize| {
            let some = |array: &dyn Array, value: Value| {
                if array.is_null(at) { Value::Null } else { value }
            };
            json!([
                some(prompts, json!(prompts.value(at))),
                some(cfg, number(f64::from(cfg.value(at)))),
                some(step, json!(step.value(at))),
                some(sampler, json!(sampler.value(at))),
                some(width, json!(width.value(at))),
                some(height, json!(height.value(at))),
            ])
        };
        use arrow_array::Array;
        for at in 0..batch.num_rows() {
            if cfg.is_valid(at) && !cfg.value(at).is_nan() {
                // Negative zero is zero to everyone here; floats in the order of their bits otherwise.
                *cfgs.entry((cfg.value(at) + 0.0).to_bits()).or_default() += 1;
                for (index, passing) in brushes.iter_mut().enumerate() {
                    let from = 5.0 + index as f32 / 4.0;
                    *passing += u64::from(cfg.value(at) >= from && cfg.value(at) < from + 5.0);
                }
            }
            if step.is_valid(at) {
                *steps.entry(step.value(at)).or_default() += 1;
            }
            if cfg.is_valid(at)
                && (10.0..=15.0).contains(&cfg.value(at))
                && step.is_valid(at)
                && step.value(at) == 50
            {
                matching += 1;
                if filtered.len() < 50 {
                    filtered.push(values(at));
                }
            }
            found += u64::from(prompts.is_valid(at) && prompts.value(at).to_lowercase().contains(WORD));
            if row < 100 {
                first.push(values(at));
            }
            if (JUMP..JUMP + 100).contains(&row) {
                there.push(values(at));
            }
            row += 1;
        }
    }
    let mut cfgs: Vec<(f32, u64)> =
        cfgs.into_iter().map(|(bits, count)| (f32::from_bits(bits), count)).collect();
    cfgs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let cfgs: Vec<Value> =
        cfgs.into_iter().map(|(value, count)| json!([number(f64::from(value)), count])).collect();
    let steps: Vec<Value> = steps.into_iter().map(|(value, count)| json!([value, count])).collect();
    json!({
        "histograms": { "cfg": cfgs, "step": steps },
        "firstRows": first,
        "jump": there,
        "search": found,
        "filter": { "count": matching, "rows": filtered },
        "brushes": brushes,
    })
}

/// As a browser writes it: whole numbers without a point, infinities as nothing.
fn number(value: f64) -> Value {
    if value.is_finite() && value.fract() == 0.0 && value.abs() < 1e15 {
        json!(value as i64)
    } else {
        json!(value)
    }
}

/// `1234567` as `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn figure(cold: f64, warm: f64, data: &[Entry], memory: u64) -> Figure {
    Figure { cold, warm, bytes: sent(data), requests: data.len(), memory }
}

fn middle(figures: Vec<Figure>) -> Figure {
    let of = |get: fn(&Figure) -> f64| median(figures.iter().map(get).collect());
    Figure {
        cold: of(|figure| figure.cold),
        warm: of(|figure| figure.warm),
        bytes: of(|figure| figure.bytes as f64) as u64,
        requests: of(|figure| figure.requests as f64) as usize,
        memory: of(|figure| figure.memory as f64) as u64,
    }
}

/// Said of the rows in which another reader is ahead.
const WHERE_NOT_FIRST: &str = "
Over the shaped link Vitrine is first in every row from the navigation on. Where it is not: asked again in the same page, a
jump in DuckDB's layout takes hyparquet 0.06 s less. On an open link hyparquet, whose code is 18.5 KB and which has no view, has the counts of two charts 0.2 to 0.3 s earlier, and reads a whole column of prompts (78 MB) sooner than
Vitrine finds its pages one after another; in a file of many row groups, as DuckDB writes them, it is first in all but the
search, and duckdb-wasm has the first rows 0.1 s earlier. Vitrine's time ends when a whole view is drawn: five charts, the
table, what a filter leaves of each. In a search it takes more memory than duckdb-wasm, because it keeps the prompts for the
next one. Rows that are beyond 1.3 times their floor: its code is in them and not in the floor, the first rows come with the
charts of their view, and a jump to an unknown place has to find it.
";

fn named(task: &str) -> &'static str {
    match task {
        "histograms" => "cfg and step histograms",
        "firstRows" => "first 100 rows, six columns",
        "jump" => "100 rows at 1,234,000",
        "filter" => "cfg 10..15 and step 50: count, first 50",
        _ => "substring in all prompts",
    }
}

fn introduction() -> String {
    format!(
        "# Beside its peers\n\nWritten by `cargo xtask bench peers`: {} {}. Every reader runs in \
         the same headless Chromium against the same stand-in Hub, on the same tables. Cold times are in seconds \
         from the navigation, code included; each answer was the same as that of a native reader. \"Shaped\" is {MEGABITS} Mbit/s and \
         {LATENCY_MILLIS} ms a request. Everyone is asked for the same columns. Vitrine draws what it answers, and the others only \
         compute it; its first two tasks are one visit, its others are links. The floor is the bytes needed over the bandwidth and four \
         round trips, without code. Versions: `benches/peers/package.json`; duckdb-wasm is the \
         last that has its Parquet reader inside, since later ones fetch it from a host of their own as they run.\n\
         {WHERE_NOT_FIRST}",
        report::stamp(),
        match runs() {
            1 => "One fresh browser for each figure".to_owned(),
            runs => format!("Medians of {runs} fresh browsers"),
        }
    )
}

fn section(bench: &Bench, scale: &Scale, all: &[Reader], failed: &[String]) -> String {
    let charts = bench.column_bytes("cfg") + bench.column_bytes("step");
    let pages = |first: u64| -> u64 {
        let columns = ["prompt", "cfg", "step", "sampler", "width", "height"];
        columns.iter().map(|name| bench.pages(name, first..first + 100)).sum()
    };
    let needed = |task: &str| match task {
        "histograms" => charts,
        "firstRows" => pages(0),
        "jump" => pages(JUMP),
        "filter" => charts + pages(0),
        _ => bench.column_bytes("prompt"),
    };
    let heads: String = all.iter().map(|reader| format!(" {} |", reader.name)).collect();
    let rules = "--:|".repeat(all.len());
    let title = &scale.title;
    let mut text = String::new();
    for line in failed {
        let _ = write!(text, "\nOn {title} {line}\n");
    }
    for shaped in scale.links.iter().copied() {
        let how = if shaped { "shaped: seconds (MB, requests)" } else { "unshaped: seconds" };
        let _ = write!(text, "\n## {title}, cold, {how}\n\n| task | floor |{heads}\n|---|--:|{rules}\n");
        for task in TASKS {
            let bytes = needed(task) + bench.footer_bytes();
            let floor = if shaped {
                format!("{:.2} ({:.1})", floor(bytes, 4), bytes as f64 / 1e6)
            } else {
                String::new()
            };
            let _ = write!(text, "| {} | {floor} |", named(task));
            for reader in all {
                let _ = match reader.figures.get(&(task.to_owned(), shaped)) {
                    Some(figure) if shaped => write!(
                        text,
                        " {:.2} ({:.1}, {}) |",
                        figure.cold,
                        figure.bytes as f64 / 1e6,
                        figure.requests
                    ),
                    Some(figure) => write!(text, " {:.2} |", figure.cold),
                    None => write!(text, " failed |"),
                };
            }
            text.push('\n');
        }
    }
    let _ = write!(
        text,
        "\n## {title}, warm: the same again in the same page, shaped, seconds\n\n| task |{heads}\n|---|{rules}\n"
    );
    for task in TASKS {
        let _ = write!(text, "| {} |", named(task));
        for reader in all {
            let _ = match reader.figures.get(&(task.to_owned(), true)) {
                Some(figure) => write!(text, " {:.2} |", figure.warm),
                None => write!(text, " failed |"),
            };
        }
        text.push('\n');
    }
    let _ = write!(text, "\n## {title}, otherwise\n\n| what |{heads}\n|---|{rules}");
    if scale.brushes {
        text += "\n| one brush update of five histograms, ms |";
        for reader in all {
            let _ = match reader.brush {
                Some(brush) => write!(text, " {brush:.1} |"),
                None => write!(text, " failed |"),
            };
        }
    }
    text += "\n| peak memory of the renderer in a search |";
    for reader in all {
        let searched = scale.links.last().and_then(|link| reader.figures.get(&("search".to_owned(), *link)));
        let _ = match searched {
            Some(figure) => write!(text, " {} |", human_bytes(figure.memory)),
            None => write!(text, " failed |"),
        };
    }
    text += "\n| code, brotli |";
    for reader in all {
        let _ = write!(text, " {} |", human_bytes(reader.code_bytes));
    }
    text.push('\n');
    text
}
