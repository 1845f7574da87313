//! One view of a table against another one: pinned, filtered on, swapped, unpinned, and in a link.

use crate::page::key;
use crate::sample::{DIFFUSIONDB, Table, Value, label, sample_path};
use crate::stage::{Stage, play, until};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use vitrine::protocol::display::{share_of, thousands};
use vitrine::view::spec::{RowQuery, Spec};

const TABLE: &str = "table=diffusiondb-2m";

async fn run(stage: &Stage, script: &str) -> Json {
    stage.browser.client.execute(script, Vec::new()).await.unwrap()
}

/// The pinned rows as a view of their own.
fn pinned(spec: &Spec) -> Spec {
    let RowQuery { subset, query, filters, sort: _ } = spec.pin.clone().expect("a pin");
    Spec { subset, query, filters, ..Spec::default() }
}

/// How many rows of A, of B, and of both, by the bundled file.
fn counts(table: &Table, spec: &Spec) -> (u64, u64, u64) {
    let (a, b) = (table.matching(&pinned(spec), None), table.matching(spec, None));
    let both = a.iter().filter(|place| b.binary_search(place).is_ok()).count();
    (a.len() as u64, b.len() as u64, both as u64)
}

fn sentence((a, b, both): (u64, u64, u64)) -> String {
    let both = if both == 0 { "none".to_owned() } else { thousands(both) };
    format!("A has {} rows, B has {} rows; {both} are in both.", thousands(a), thousands(b))
}

/// Rows of each sampler in A and in B.
fn samplers(table: &Table, spec: &Spec) -> BTreeMap<String, (u64, u64)> {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for place in table.matching(&pinned(spec), None) {
        counts.entry(label("sampler", &table.rows[place]["sampler"])).or_default().0 += 1;
    }
    for place in table.matching(spec, None) {
        counts.entry(label("sampler", &table.rows[place]["sampler"])).or_default().1 += 1;
    }
    counts
}

/// The Jensen-Shannon distance of two sets of counts.
fn distance(counts: &BTreeMap<String, (u64, u64)>) -> f64 {
    let (a, b) = counts.values().fold((0, 0), |sums, counts| (sums.0 + counts.0, sums.1 + counts.1));
    let part =
        |share: f64, middle: f64| if share > 0.0 { share * (share / middle).log2() / 2.0 } else { 0.0 };
    let parts = counts.values().map(|counts| {
        let (a, b) = (counts.0 as f64 / a as f64, counts.1 as f64 / b as f64);
        part(a, (a + b) / 2.0) + part(b, (a + b) / 2.0)
    });
    parts.sum::<f64>().sqrt()
}

/// What the bar of a sampler says under the pointer.
async fn tip(stage: &Stage, sampler: &str) -> String {
    const OVER: &str = "
        const bars = [...document.querySelectorAll('aside section[data-column=sampler] li button')];
        const bar = bars.find((bar) => bar.innerText.startsWith(arguments[0]));
        bar?.dispatchEvent(new PointerEvent('pointerenter'));
        return bar?.title ?? '';";
    let said = stage.browser.client.execute(OVER, vec![json!(sampler)]).await.unwrap();
    said.as_str().unwrap_or_default().to_owned()
}

/// Columns with their distances, as they are listed.
async fn distances(stage: &Stage) -> Vec<(String, f64)> {
    const LINES: &str = "return [...document.querySelectorAll('main ol li[data-column]')].map((line) =>
        [line.dataset.column, Number(line.querySelector('b').innerText)])";
    serde_json::from_value(run(stage, LINES).await).unwrap()
}

#[test]
fn a_view_is_pinned_and_another_one_is_held_against_it() {
    play("pins", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&cfg=..7")).await;
        page.settled().await;
        page.chart("sampler").await;
        // By key.
        page.find("button", "Pin as A").await.send_keys(key::ENTER).await.unwrap();
        let all = page.settled().await;
        stage.page().says(&format!("A and B are the same {} rows.", thousands(all))).await;
        assert!(page.query().await.contains("pin=cfg=..7"), "{}", page.query().await);

        // From now on what matches is B, in every chart.
        stage.go_to_hub(&format!("{TABLE}&cfg=9..&pin=cfg=..8")).await;
        let spec = page.spec().await;
        page.settles_at(table.count(&spec)).await;
        stage.page().says(&sentence(counts(&table, &spec))).await;
        let (sampler, (a, b)) = samplers(&table, &spec).into_iter().max_by_key(|(_, (_, b))| *b).unwrap();
        let words = format!("{sampler}: A {}, B {}", thousands(a), thousands(b));
        until(&words, async || (tip(stage, &sampler).await == words).then_some(())).await;
        const NAMES: &str =
            "return [...document.querySelectorAll('aside svg[role=img]')].map((chart) => chart.ariaLabel)";
        let names: Vec<String> = serde_json::from_value(run(stage, NAMES).await).unwrap();
        assert!(
            names.len() > 1 && names.iter().all(|name| name.contains("the rows of A and of B")),
            "{names:?}"
        );
        const LEGEND: &str = "return document.querySelector('aside .rail-head').innerText";
        let legend = run(stage, LEGEND).await.as_str().unwrap().to_owned();
        assert!(legend.contains("A ") && legend.contains("B "), "{legend}");
        stage.picture("pins").await;

        // A filter on B is held against A, which stays.
        page.bar("sampler", &sampler).await.click().await.unwrap();
        let filtered = until("a filter on samplers", async || {
            let spec = page.spec().await;
            spec.filters.contains_key("sampler").then_some(spec)
        })
        .await;
        assert_eq!(filtered.pin, spec.pin);
        page.settles_at(table.count(&filtered)).await;
        stage.page().says(&sentence(counts(&table, &filtered))).await;

        // What was A becomes the view, and the other way round; a step back brings it back.
        page.click("button", "Swap").await;
        let swapped = until("the rows of A as the view", async || {
            let now = page.spec().await;
            (now.filters == pinned(&filtered).filters).then_some(now)
        })
        .await;
        assert_eq!(pinned(&swapped).filters, filtered.filters);
        page.settles_at(table.count(&swapped)).await;
        stage.page().says(&sentence(counts(&table, &swapped))).await;
        page.click_first("button", "Undo").await;
        page.settles_at(table.count(&filtered)).await;
        assert_eq!(page.spec().await.pin, filtered.pin);

        // Nothing is pinned any more: charts are of all rows again.
        page.click("button", "Unpin").await;
        until("no pin", async || page.spec().await.pin.is_none().then_some(())).await;
        let all = table.bars(&Spec::default(), "sampler")[&sampler];
        until("bars of all rows", async || {
            let said = tip(stage, &sampler).await;
            (said.contains(" here, ") && said.ends_with(" in all")).then_some(())
        })
        .await;
        assert!(all > 0);
        page.click_first("button", "Undo").await;
        stage.page().says(&sentence(counts(&table, &filtered))).await;
    });
}

#[test]
fn differences_and_phrases_are_of_b_against_a() {
    play("pins-differences", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&cfg=9..&pin=cfg=..8%26step=..50&view=differences")).await;
        let spec = page.spec().await;
        page.settles_at(table.count(&spec)).await;
        let counts_of = counts(&table, &spec);
        stage.page().says(&sentence(counts_of)).await;
        stage
            .page()
            .says(&format!("B, {} rows, against A, {} rows.", thousands(counts_of.1), thousands(counts_of.0)))
            .await;
        let samplers = samplers(&table, &spec);
        let expected = (distance(&samplers) * 1e3).round() / 1e3;
        let found = until("the distance of samplers", async || {
            let found = distances(stage).await;
            found.iter().any(|(name, far)| name == "sampler" && *far == expected).then_some(found)
        })
        .await;
        assert!(found.is_sorted_by(|a, b| a.1 >= b.1), "{found:?}");
        // Filtered columns are compared as well: no row of cfg is in both.
        assert_eq!(found[0], ("cfg".to_owned(), 1.0), "{found:?}");
        const LINE: &str = "return document.querySelector('main li[data-column=sampler] p').innerText";
        let line = run(stage, LINE).await.as_str().unwrap().to_owned();
        let (a, b) = (counts_of.0, counts_of.1);
        let says_shares = samplers.iter().any(|(name, (in_a, in_b))| {
            line.contains(&format!("{name}: {} in B, {} in A", share_of(*in_b, b), share_of(*in_a, a)))
        });
        assert!(says_shares, "{line}");
        stage.picture("pin-differences").await;
        // A reloaded link shows the same.
        stage.browser.client.refresh().await.unwrap();
        page.settles_at(counts_of.1).await;
        until("the same ranking", async || (distances(stage).await == found).then_some(())).await;

        // Phrases of B against those of A.
        stage.go_to_hub(&format!("{TABLE}&q=portrait&pin=q=landscape&view=phrases")).await;
        stage.page().says("B has").await;
        let heads = until("a table of phrases", async || {
            const HEADS: &str = "return [...document.querySelectorAll('main table.lift thead')].map((head) => head.innerText)";
            let heads: Vec<String> = serde_json::from_value(run(stage, HEADS).await).unwrap();
            heads.first().cloned()
        })
        .await;
        assert!(heads.contains("in B") && heads.contains("in A"), "{heads}");
        stage.picture("pin-phrases").await;
    });
}

#[test]
fn what_can_not_be_compared_is_said() {
    play("pins-odd", async |stage| {
        let page = stage.page();
        for (query, said) in [
            ("cfg=9..&pin=cfg=1e9..", "A has no rows to compare with."),
            ("pin=subset=first:1", "A has 1 row"),
            ("cfg=9..&pin=", "are in both."),
            ("cfg=9..&pin=cfg=9..", "A and B are the same rows"),
            ("cfg=9..&pin=nothing=5", "A goes without its filter on nothing"),
        ] {
            stage.go_to_hub(&format!("{TABLE}&view=differences&{query}")).await;
            page.settled().await;
            stage.page().says(said).await;
            let nothing = query.contains("1e9") || query.ends_with("pin=cfg=9..");
            if nothing {
                assert_eq!(distances(stage).await, [], "{query}");
            } else {
                until("columns", async || (!distances(stage).await.is_empty()).then_some(())).await;
            }
        }
        // What can't be understood is told, and the rest of the link counts.
        stage.go_to_hub(&format!("{TABLE}&cfg=9..&pin=cfg=9..1")).await;
        page.settled().await;
        until("a notice", async || page.outline().await.contains("nothing is pinned").then_some(())).await;
        assert!(!page.texts("button").await.iter().any(|name| name == "Unpin"));
    });
}

#[test]
fn a_pin_fits_a_phone() {
    play("pins-phone", async |stage| {
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&cfg=9..&pin=cfg=..8&view=differences")).await;
        page.settled().await;
        stage.page().says("are in both.").await;
        let (width, window) = page.widths().await;
        assert!(width <= window, "{width} px in a window of {window} px");
        stage.picture("pin-phone").await;
    });
}

#[test]
fn groups_prompts_and_charts_of_two_columns_are_of_both() {
    play("pins-groups", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        let link = format!("{TABLE}&cfg=9..&pin=cfg=..8");
        stage.go_to_hub(&format!("{link}&view=groups&groups=by:sampler,median:cfg")).await;
        let spec = page.spec().await;
        let (a, b, _) = counts(&table, &spec);
        let samplers = samplers(&table, &spec);
        const CELLS: &str =
            "return [...document.querySelectorAll('main table.group-table tbody tr')].map((row) =>
            [...row.cells].slice(0, 5).map((cell) => cell.innerText.trim()))";
        let expected: BTreeMap<String, Vec<String>> = samplers
            .iter()
            .map(|(name, (in_a, in_b))| {
                let cells = [thousands(*in_b), share_of(*in_b, b), thousands(*in_a), share_of(*in_a, a)];
                (name.clone(), cells.to_vec())
            })
            .collect();
        let listed = async || -> Vec<(String, Vec<String>)> {
            let rows: Vec<Vec<String>> = serde_json::from_value(run(stage, CELLS).await).unwrap();
            rows.into_iter().map(|row| (row[0].clone(), row[1..].to_vec())).collect()
        };
        until(&format!("groups of both {expected:?}"), async || {
            (BTreeMap::from_iter(listed().await) == expected).then_some(())
        })
        .await;
        page.says(&format!("{} rows of A and {} of B", thousands(a), thousands(b))).await;
        stage.picture("pin-groups").await;
        // What B has more of than A comes first.
        page.click("button", "B − A").await;
        let more = |name: &str| {
            let (in_a, in_b) = samplers[name];
            in_b as f64 / b as f64 - in_a as f64 / a as f64
        };
        until("the order of the differences", async || {
            let names = listed().await;
            let sorted = names.iter().map(|(name, _)| more(name)).collect::<Vec<_>>();
            (names.len() > 2 && sorted.is_sorted_by(|a, b| a >= b)).then_some(())
        })
        .await;
        assert!(page.query().await.contains("down:4"), "{}", page.query().await);

        // A chart of each, on the same scales; a press filters B.
        stage.go_to_hub(&format!("{link}&view=plot&plot=step,sampler")).await;
        page.find("grid", "sampler by steps, rows of A").await;
        let grid = page.find("grid", "sampler by steps, rows of B").await;
        stage.picture("pin-plot").await;
        grid.send_keys(key::ENTER).await.unwrap();
        let filtered = until("a filter on samplers", async || {
            let spec = page.spec().await;
            spec.filters.contains_key("sampler").then_some(spec)
        })
        .await;
        assert_eq!(filtered.pin, spec.pin);
        page.settles_at(table.count(&filtered)).await;

        // Prompts say how many rows of A have them.
        stage.go_to_hub(&format!("{TABLE}&step=..50&pin=cfg=..8&view=prompts")).await;
        let spec = page.spec().await;
        page.says("of them are in A too").await;
        let count = |spec: &Spec, prompt: &str| {
            let rows = table.matching(spec, None).into_iter();
            rows.filter(|place| matches!(&table.rows[*place]["prompt"], Value::Text(text) if text.trim() == prompt.trim()))
                .count()
        };
        const FIRST: &str =
            "return [...document.querySelectorAll('main .prompt-line')].slice(0, 3).map((line) =>
            [line.querySelector('.prompt-text')?.innerText ?? '', line.querySelector('b')?.innerText ?? ''])";
        let first = until("prompts of both", async || {
            let first: Vec<(String, String)> = serde_json::from_value(run(stage, FIRST).await).unwrap();
            (first.len() == 3 && first.iter().all(|(_, rows)| rows.contains("A "))).then_some(first)
        })
        .await;
        for (prompt, rows) in first {
            let (in_b, in_a) = (count(&spec, &prompt), count(&pinned(&spec), &prompt));
            let words: Vec<&str> = rows.split_whitespace().collect();
            assert_eq!(words, [thousands(in_b as u64), "A".to_owned(), thousands(in_a as u64)], "{prompt}");
        }
        stage.picture("pin-prompts").await;
    });
}
