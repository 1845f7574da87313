//! Rows by the values of columns, and what sets some rows apart from the others.

use crate::exports::{NO_PICKER, before_the_page, downloads, file};
use crate::page::key;
use crate::sample::{DIFFUSIONDB, Table, Value, label, sample_path};
use crate::stage::{Stage, play, until};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use vitrine::protocol::display::thousands;
use vitrine::view::spec::{Clause, Spec};

const TABLE: &str = "table=diffusiondb-2m";

/// A group of rows of the sample: how many they are, and their median of cfg.
type Group = (String, u64, f64);

/// Groups by sampler, the most rows first.
fn by_sampler(table: &Table, spec: &Spec) -> Vec<Group> {
    let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for place in table.matching(spec, None) {
        let row = &table.rows[place];
        let Value::Number(cfg) = row["cfg"] else { panic!("a row without cfg") };
        groups.entry(label("sampler", &row["sampler"])).or_default().push(cfg);
    }
    let mut groups: Vec<Group> = groups
        .into_iter()
        .map(|(name, mut values)| {
            values.sort_by(f64::total_cmp);
            let middle = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
            (name, values.len() as u64, middle)
        })
        .collect();
    groups.sort_by_key(|(_, rows, _)| std::cmp::Reverse(*rows));
    groups
}

async fn run(stage: &Stage, script: &str) -> Json {
    stage.browser.client.execute(script, Vec::new()).await.unwrap()
}

/// Cells of each line of the table of groups.
async fn lines(stage: &Stage) -> Vec<Vec<String>> {
    const CELLS: &str = "return [...document.querySelectorAll('main table tbody tr')].map((line) =>
        [...line.children].map((cell) => cell.innerText.trim()))";
    serde_json::from_value(run(stage, CELLS).await).unwrap()
}

/// Waits until the lines say this of each group: its name, rows, and the median; the most rows first, groups of as many
/// rows in any order.
async fn lists(stage: &Stage, expected: &[Group]) {
    let said = |lines: &[Vec<String>]| -> Vec<(String, String, String)> {
        let mut lines: Vec<_> =
            lines.iter().map(|line| (line[0].clone(), line[1].clone(), line[3].clone())).collect();
        let rows =
            |line: &(String, String, String)| line.1.replace(',', "").parse::<u64>().unwrap_or_default();
        lines.chunk_by_mut(|a, b| rows(a) == rows(b)).for_each(<[_]>::sort);
        lines
    };
    let expected: Vec<(String, String, String)> = expected
        .iter()
        .map(|(name, rows, median)| (name.clone(), thousands(*rows), median.to_string()))
        .collect();
    let expected = said(
        &expected
            .into_iter()
            .map(|(name, rows, median)| vec![name, rows, String::new(), median])
            .collect::<Vec<_>>(),
    );
    until(&format!("groups {expected:?}"), async || (said(&lines(stage).await) == expected).then_some(()))
        .await;
}

#[test]
fn groups_are_those_of_the_file_and_filter_and_are_exported() {
    play("groups", async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "groups").await;
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&step=20..&view=groups&groups=by:sampler,median:cfg")).await;
        page.settled().await;
        let mut expected = by_sampler(&table, &page.spec().await);
        assert!(expected.len() > 3, "{expected:?}");
        lists(stage, &expected).await;
        stage.picture("groups").await;
        // The file holds what the screen shows.
        page.click("button", "Export").await;
        page.click("button", "Export groups").await;
        let csv = String::from_utf8(file(&folder, "diffusiondb-2m-groups.csv").await).unwrap();
        let written: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(written[0], ["sampler", "rows", "share", "median cfg"]);
        for line in &written[1..] {
            let (_, rows, median) = expected.iter().find(|(name, ..)| name == line[0]).expect(line[0]);
            assert_eq!((line[1], line[3].parse::<f64>().unwrap()), (rows.to_string().as_str(), *median));
        }
        assert_eq!(written.len() - 1, expected.len());
        // The script is of groups as well.
        until("a script of groups", async || page.outline().await.contains("GROUP BY").then_some(())).await;
        page.click("button", "Export").await;
        // Another order, which the link keeps.
        page.click("button", "sampler").await;
        // Samplers are numbers in the file, in the order of this list.
        let code = |name: &str| {
            [
                "ddim",
                "plms",
                "k_euler",
                "k_euler_ancestral",
                "k_heun",
                "k_dpm_2",
                "k_dpm_2_ancestral",
                "k_lms",
                "others",
            ]
            .iter()
            .position(|own| *own == name)
        };
        expected.sort_by_key(|(name, ..)| code(name));
        lists(stage, &expected).await;
        assert!(page.query().await.contains("up:0"), "{}", page.query().await);
        // A group is a filter, by key.
        let (name, rows, _) = expected[1].clone();
        page.find("button", &name).await.send_keys(key::ENTER).await.unwrap();
        page.settles_at(rows).await;
        let spec = page.spec().await;
        assert!(
            matches!(spec.filters.get("sampler"), Some(Clause::List(list)) if list.texts().eq([name.as_str()]))
        );
        assert_eq!(table.count(&spec), rows);
        lists(stage, &expected[1..2]).await;
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// The Jensen-Shannon distance of two sets of counts.
fn distance(counts: &BTreeMap<String, (f64, f64)>) -> f64 {
    let sums = counts.values().fold((0.0, 0.0), |sums, (here, there)| (sums.0 + here, sums.1 + there));
    let part =
        |share: f64, middle: f64| if share > 0.0 { share * (share / middle).log2() / 2.0 } else { 0.0 };
    let parts = counts.values().map(|(here, there)| {
        let (here, there) = (here / sums.0, there / sums.1);
        let middle = (here + there) / 2.0;
        part(here, middle) + part(there, middle)
    });
    parts.sum::<f64>().sqrt()
}

/// Columns with their distances, as they are listed.
async fn distances(stage: &Stage) -> Vec<(String, f64)> {
    const LINES: &str = "return [...document.querySelectorAll('main ol li[data-column]')].map((line) =>
        [line.dataset.column, Number(line.querySelector('b').innerText)])";
    serde_json::from_value(run(stage, LINES).await).unwrap()
}

#[test]
fn columns_are_ranked_by_what_sets_the_matching_rows_apart() {
    play("differences", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let page = stage.page();
        stage.go_to_hub(&format!("{TABLE}&step=40..&view=differences")).await;
        page.settled().await;
        let spec = page.spec().await;
        let matching = table.matching(&spec, None);
        let mut counts: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for (place, row) in table.rows.iter().enumerate() {
            let count = counts.entry(label("sampler", &row["sampler"])).or_default();
            if matching.binary_search(&place).is_ok() { count.0 += 1.0 } else { count.1 += 1.0 }
        }
        let expected = (distance(&counts) * 1e3).round() / 1e3;
        let found = until("the distance of samplers", async || {
            let found = distances(stage).await;
            found.iter().any(|(name, far)| name == "sampler" && *far == expected).then_some(found)
        })
        .await;
        assert!(found.len() > 3 && found.is_sorted_by(|a, b| a.1 >= b.1), "{found:?}");
        assert!(found.iter().all(|(name, _)| name != "step"), "what is filtered by is left out: {found:?}");
        let (here, others) = (matching.len() as u64, (table.rows.len() - matching.len()) as u64);
        let told = page.texts("status").await.join(" ");
        let sentence = format!("{} matching rows against {} others", thousands(here), thousands(others));
        assert!(told.contains(&sentence) && told.contains("filtered by: steps"), "{told}");
        stage.picture("differences").await;
        // What is said of a column is a filter.
        const BUTTON: &str = "return document.querySelector('main li[data-column=sampler] button').innerText";
        let words = run(stage, BUTTON).await.as_str().unwrap().to_owned();
        page.find("button", &words).await.send_keys(key::ENTER).await.unwrap();
        let spec = until("a filter on samplers", async || {
            let spec = page.spec().await;
            spec.filters.contains_key("sampler").then_some(spec)
        })
        .await;
        page.settles_at(table.count(&spec)).await;
        until("other columns alone", async || {
            let found = distances(stage).await;
            (!found.is_empty() && found.iter().all(|(name, _)| name != "sampler")).then_some(())
        })
        .await;
        // Nothing is a finding where there is nothing to compare with.
        stage.go_to_hub(&format!("{TABLE}&view=differences")).await;
        page.settled().await;
        until("what is missing", async || {
            page.texts("status").await.join(" ").contains("Every row matches").then_some(())
        })
        .await;
        assert_eq!(distances(stage).await, []);
    });
}

#[test]
fn groups_and_differences_fit_a_phone() {
    play("groups-phone", async |stage| {
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let page = stage.page();
        for view in ["groups", "differences"] {
            stage.go_to_hub(&format!("{TABLE}&step=40..&view={view}")).await;
            page.settled().await;
            let something = "return document.querySelectorAll('main :is(tbody tr, li[data-column])').length";
            until("lines", async || run(stage, something).await.as_u64().filter(|lines| *lines > 2)).await;
            let (width, window) = page.widths().await;
            assert!(width <= window, "{view}: {width} px in a window of {window} px");
            stage.picture(&format!("{view}-phone")).await;
        }
    });
}
