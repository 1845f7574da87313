//! What goes along with an outcome: chosen by key, listed, filtered by, and in a link.

use crate::page::key;
use crate::sample::{DIFFUSIONDB, IMAGEREWARD, Table, Value, label, sample_path};
use crate::stage::{Stage, play, until};
use serde_json::{Value as Json, json};
use vitrine::protocol::display::{share_of, thousands};
use vitrine::view::spec::Spec;

async fn run(stage: &Stage, script: &str) -> Json {
    stage.browser.client.execute(script, Vec::new()).await.unwrap()
}

/// A line: its column (none for a part of prompts), what it is called, and what it says of its rows.
type Said = (Option<String>, String, String);

async fn lines(stage: &Stage) -> Vec<Said> {
    const LINES: &str = "return [...document.querySelectorAll('main ol.outcome-list > li')].map((line) =>
        [line.dataset.column ?? null, line.querySelector('.phrase').innerText.trim(), line.querySelector('p').innerText])";
    serde_json::from_value(run(stage, LINES).await).unwrap()
}

/// Rows of the sample that match, and whether each counts as "yes".
fn counted<'a>(
    table: &'a Table,
    spec: &Spec,
    yes: &dyn Fn(f64) -> bool,
    column: &str,
) -> Vec<(&'a std::collections::BTreeMap<String, Value>, bool)> {
    let row = |place: usize| {
        let row = &table.rows[place];
        let Value::Number(number) = row[column] else { return None };
        Some((row, yes(number)))
    };
    table.matching(spec, None).into_iter().filter_map(row).collect()
}

/// What a line has to say of the rows that `has` holds for.
fn shares<T>(rows: &[(T, bool)], has: &dyn Fn(&T) -> bool) -> String {
    let count = |keep: &dyn Fn(&(T, bool)) -> bool| rows.iter().filter(|row| keep(row)).count() as u64;
    let (yes, all) = (count(&|row| has(&row.0) && row.1), count(&|row| has(&row.0)));
    let (yes_elsewhere, elsewhere) = (count(&|row| !has(&row.0) && row.1), count(&|row| !has(&row.0)));
    let noun = if all == 1 { "row" } else { "rows" };
    format!(
        "{} of {} {noun}, {} elsewhere",
        share_of(yes, all),
        thousands(all),
        share_of(yes_elsewhere, elsewhere)
    )
}

#[test]
fn what_goes_along_with_the_best_rank_is_listed_and_filters() {
    play("outcome-rank", async |stage| {
        let table = Table::read(&sample_path(IMAGEREWARD));
        let page = stage.page();
        stage.go_to_hub("table=imagereward-test&view=differences").await;
        page.settled().await;
        // By key: a list of choices takes the first letters of what it is to be.
        page.chart("rank").await;
        page.find("combobox", "What goes with").await.send_keys("rank").await.unwrap();
        until("rank 1 in the link", async || page.query().await.contains("outcome=rank,to:1").then_some(()))
            .await;
        let rows = counted(&table, &Spec::default(), &|rank| rank <= 1.0, "rank");
        let yes = rows.iter().filter(|(_, yes)| *yes).count() as u64;
        let all = rows.len() as u64;
        stage
            .page()
            .says(&format!(
                "rank at most 1: {} of {} rows, {}.",
                thousands(yes),
                thousands(all),
                share_of(yes, all)
            ))
            .await;
        const AMOUNT: &str = "image_amount_in_total";
        let found = until("values and parts", async || {
            let lines = lines(stage).await;
            let both = lines.iter().any(|(column, ..)| column.is_none())
                && lines.iter().any(|(column, ..)| column.as_deref() == Some(AMOUNT));
            both.then_some(lines)
        })
        .await;
        for (column, name, said) in &found {
            match column {
                Some(_) => {
                    let amount: f64 = name.rsplit(' ').next().unwrap().parse().unwrap();
                    let has = |row: &&std::collections::BTreeMap<String, Value>| {
                        row[AMOUNT] == Value::Number(amount)
                    };
                    assert_eq!(*said, shares(&rows, &has), "{name}");
                }
                None => {
                    let has = |row: &&std::collections::BTreeMap<String, Value>| {
                        let Value::Text(prompt) = &row["prompt"] else { return false };
                        let lower = prompt.to_lowercase();
                        lower
                            .split(',')
                            .any(|part| part.split_ascii_whitespace().collect::<Vec<_>>().join(" ") == *name)
                    };
                    assert_eq!(*said, shares(&rows, &has), "{name}");
                }
            }
        }
        stage.picture("outcome-rank").await;
        // Another value is typed; half a number is marked, and nothing changes for it.
        let value = page.find("textbox", "Value").await;
        value.clear().await.unwrap();
        value.send_keys("one").await.unwrap();
        value.send_keys(key::ENTER).await.unwrap();
        until("a wrong value", async || {
            (value.attr("aria-invalid").await.unwrap().as_deref() == Some("true")).then_some(())
        })
        .await;
        assert!(page.query().await.contains("outcome=rank,to:1"));
        value.clear().await.unwrap();
        value.send_keys("2").await.unwrap();
        value.send_keys(key::ENTER).await.unwrap();
        stage.page().says("rank at most 2: ").await;
        page.click_first("button", "Undo").await;
        stage.page().says("rank at most 1: ").await;
        // A value is a filter, by key, and the outcome is told of the rows that are left.
        let name = until("a value", async || {
            lines(stage).await.into_iter().find(|(column, ..)| column.is_some()).map(|(_, name, _)| name)
        })
        .await;
        page.find("button", &name).await.send_keys(key::ENTER).await.unwrap();
        let spec = until("a filter", async || {
            let spec = page.spec().await;
            spec.filters.contains_key(AMOUNT).then_some(spec)
        })
        .await;
        page.settles_at(table.count(&spec)).await;
        let left = counted(&table, &spec, &|rank| rank <= 1.0, "rank");
        let yes = left.iter().filter(|(_, yes)| *yes).count() as u64;
        let told = format!("rank at most 1: {} of {} rows", thousands(yes), thousands(left.len() as u64));
        stage.page().says(&told).await;
        assert!(lines(stage).await.iter().all(|(column, ..)| column.as_deref() != Some(AMOUNT)));
        // A reloaded link says the same.
        stage.browser.client.refresh().await.unwrap();
        stage.page().says(&told).await;
        // No outcome: columns are ranked by their differences again.
        page.click("button", "Clear outcome").await;
        until("no outcome", async || page.spec().await.outcome.is_none().then_some(())).await;
        stage.page().says("matching rows against").await;
    });
}

#[test]
fn what_goes_along_with_a_score_over_a_threshold_is_listed_and_filters() {
    play("outcome-score", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m&view=differences&outcome=image_nsfw,from:0.5").await;
        page.settled().await;
        let rows = counted(&table, &Spec::default(), &|score| score >= 0.5, "image_nsfw");
        let yes = rows.iter().filter(|(_, yes)| *yes).count() as u64;
        stage
            .page()
            .says(&format!(
                "image NSFW at least 0.5: {} of {} rows",
                thousands(yes),
                thousands(rows.len() as u64)
            ))
            .await;
        let part = until("parts of prompts", async || {
            let found = lines(stage).await;
            found.iter().find(|(column, ..)| column.is_none()).cloned()
        })
        .await;
        let samplers = lines(stage).await;
        for (_, name, said) in samplers.iter().filter(|(column, ..)| column.as_deref() == Some("sampler")) {
            let has = |row: &&std::collections::BTreeMap<String, Value>| {
                name.ends_with(&format!(" {}", label("sampler", &row["sampler"])))
            };
            assert_eq!(*said, shares(&rows, &has), "{name}");
        }
        stage.picture("outcome-score").await;
        // Words instead of what stands between commas, and back.
        page.click("button", "words").await;
        until("words in the link", async || page.query().await.contains("phrases=words").then_some(())).await;
        page.click("button", "phrases").await;
        // A part becomes a search.
        page.find("button", &part.1).await.send_keys(key::ENTER).await.unwrap();
        until("a search", async || page.spec().await.query.is_some().then_some(())).await;
        until("fewer rows", async || page.settled_now().await.filter(|count| *count < rows.len() as u64))
            .await;
        // Whether a row is in A.
        stage.go_to_hub("table=diffusiondb-2m&view=differences&step=20..&pin=cfg=9..&outcome=pinned").await;
        let spec = page.spec().await;
        let in_a = counted(&table, &spec, &|cfg| cfg >= 9.0, "cfg");
        let yes = in_a.iter().filter(|(_, yes)| *yes).count() as u64;
        stage
            .page()
            .says(&format!("Being in A: {} of {} rows", thousands(yes), thousands(in_a.len() as u64)))
            .await;
        stage.page().says("A is chosen by them: cfg scale").await;
        stage.picture("outcome-pinned").await;
    });
}

#[test]
fn where_an_outcome_tells_nothing_it_is_said_why() {
    play("outcome-odd", async |stage| {
        let page = stage.page();
        for (query, said) in [
            ("outcome=step,from:9999", "No row counts as yes"),
            ("outcome=step,from:0", "Every row counts as yes"),
            ("outcome=step,over:5", "“over:5” in the link says nothing of an outcome."),
            ("outcome=step", "The link names an outcome and not which values count."),
            ("outcome=nothing,any", "The table has no column nothing that could be an outcome."),
            ("outcome=pinned", "No rows are pinned"),
        ] {
            stage.go_to_hub(&format!("table=diffusiondb-2m&view=differences&{query}")).await;
            stage.page().says(said).await;
            assert_eq!(lines(stage).await, [], "{query}");
        }
        page.click("button", "Clear outcome").await;
        until("no outcome", async || page.spec().await.outcome.is_none().then_some(())).await;
    });
}

#[test]
fn an_outcome_fits_a_phone() {
    play("outcome-phone", async |stage| {
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m&view=differences&outcome=cfg,from:10&phrases=words").await;
        page.settled().await;
        let found = until("lines", async || Some(lines(stage).await).filter(|lines| lines.len() > 2)).await;
        assert!(found.iter().all(|(_, _, said)| said.contains(" row")), "rows are always told: {found:?}");
        let (width, window) = page.widths().await;
        assert!(width <= window, "{width} px in a window of {window} px");
        stage.picture("outcome-phone").await;
    });
}
