//! Charts of any two columns: from the link to the filters and the file.

use crate::exports::{downloads, file};
use crate::page::key;
use crate::sample::{DIFFUSIONDB, Table, Value, label, sample_path};
use crate::stage::{Stage, play, until};
use serde_json::json;
use vitrine::protocol::display::thousands;
use vitrine::view::spec::Clause;

/// What is told of the active cell.
async fn active(stage: &Stage) -> String {
    const ACTIVE: &str = "const grid = document.querySelector('[role=grid][aria-activedescendant^=plot]');
        return document.getElementById(grid?.getAttribute('aria-activedescendant'))?.getAttribute('aria-label') ?? ''";
    let said = stage.browser.client.execute(ACTIVE, Vec::new()).await.unwrap();
    said.as_str().unwrap_or_default().to_owned()
}

/// The middle of so many numbers.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let last = numbers.len() - 1;
    f64::midpoint(numbers[last / 2], numbers[last.div_ceil(2)])
}

#[test]
fn boxes_of_a_link_filter_and_are_saved_with_their_numbers() {
    play("two-columns", async |stage| {
        let folder = downloads(stage, "two-columns").await;
        let page = stage.page();
        let table = Table::read(&sample_path(DIFFUSIONDB));
        stage.go_to_hub("table=diffusiondb-2m&view=plot&plot=cfg,sampler").await;
        let grid = page.find("grid", "sampler by cfg scale").await;
        let said = until("the first box", async || {
            Some(active(stage).await).filter(|said| said.starts_with("sampler "))
        })
        .await;
        // The commonest sampler comes first, with the median of its rows.
        let mut of_sampler: std::collections::BTreeMap<String, Vec<f64>> = std::collections::BTreeMap::new();
        for row in &table.rows {
            if let Value::Number(cfg) = row["cfg"] {
                of_sampler.entry(label("sampler", &row["sampler"])).or_default().push(cfg);
            }
        }
        let most = of_sampler.iter().max_by_key(|(_, rows)| rows.len()).unwrap();
        let (sampler, rows) = (most.0.clone(), most.1.len());
        let expected = format!("sampler {sampler}: median cfg scale {}, ", median(most.1.clone()));
        assert!(
            said.starts_with(&expected) && said.ends_with(&format!("{} rows", thousands(rows as u64))),
            "{said}"
        );
        stage.picture("plot").await;
        // A press filters, with the filter in the link, and leaves the chart as it was; another one takes it back.
        grid.send_keys(key::ENTER).await.unwrap();
        page.settles_at(rows as u64).await;
        let clause = page.spec().await.filters.get("sampler").cloned();
        assert_eq!(clause, Some(Clause::list([Some(sampler.clone())], false)));
        assert_eq!(active(stage).await, said);
        grid.send_keys(key::ENTER).await.unwrap();
        page.settles_at(5_000).await;
        assert!(page.spec().await.filters.is_empty());
        // The file says the same.
        page.click("button", "Save the chart of cfg scale × sampler").await;
        page.click("button", "Save as SVG").await;
        let svg = String::from_utf8(file(&folder, "diffusiondb-2m-cfg-sampler.svg").await).unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let titles = document.descendants().filter(|node| node.has_tag_name("title"));
        let titles: Vec<&str> = titles.filter_map(|node| node.text()).collect();
        assert!(titles.contains(&said.as_str()), "{said} {titles:?}");
        assert!(!svg.contains("var(") && !svg.contains("NaN"));
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn cells_are_chosen_by_drag_and_by_key_and_shares_are_of_what_is_asked() {
    play("two-columns-cells", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m&view=plot&plot=cfg,step&step=50").await;
        let grid = page.find("grid", "steps by cfg scale").await;
        until("cells", async || Some(active(stage).await).filter(|said| said.contains("steps "))).await;
        stage.picture("plot-cells").await;
        let shift = "\u{E008}";
        grid.send_keys(&format!("{}{}{shift}{}{}{shift}", key::RIGHT, key::RIGHT, key::RIGHT, key::RIGHT))
            .await
            .unwrap();
        grid.send_keys(key::ENTER).await.unwrap();
        let spec = until("two ranges", async || {
            let spec = page.spec().await;
            (spec.filters.contains_key("cfg") && matches!(spec.filters.get("step"), Some(Clause::Range(_))))
                .then_some(spec)
        })
        .await;
        let table = Table::read(&sample_path(DIFFUSIONDB));
        page.settles_at(table.count(&spec)).await;
        // A drag over cells is a range of both columns.
        const PRESS: &str = "const grid = document.querySelector('[role=grid][aria-activedescendant^=plot]');
            const box = grid.getBoundingClientRect();
            for (const [type, x, y] of [['pointerdown', .3, .5], ['pointermove', .5, .4], ['pointerup', .5, .4]]) {
                grid.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, button: 0,
                    buttons: type === 'pointerup' ? 0 : 1, clientX: box.left + box.width * x, clientY: box.top + box.height * y }));
            }";
        stage.browser.client.execute(PRESS, vec![json!(null)]).await.unwrap();
        let dragged =
            until("other ranges", async || Some(page.spec().await).filter(|now| now.filters != spec.filters))
                .await;
        assert!(dragged.filters.values().all(|clause| matches!(clause, Clause::Range(_))), "{dragged:?}");
        page.settles_at(table.count(&dragged)).await;
        // Shares of each sampler.
        stage.go_to_hub("table=diffusiondb-2m&view=plot&plot=sampler,size,columns").await;
        let said =
            until("shares", async || Some(active(stage).await).filter(|said| said.contains('%'))).await;
        let mut counts: std::collections::BTreeMap<(String, String), u64> = std::collections::BTreeMap::new();
        for row in &table.rows {
            let key = (label("sampler", &row["sampler"]), label("size", &row["size"]).replace(" × ", "x"));
            *counts.entry(key).or_default() += 1;
        }
        let (sampler, rest) = said.strip_prefix("sampler ").unwrap().split_once(", image size ").unwrap();
        let (size, _) = rest.split_once(": ").unwrap();
        let own = counts[&(sampler.to_owned(), size.replace(" × ", "x"))];
        let all: u64 = counts.iter().filter(|((name, _), _)| name == sampler).map(|(_, rows)| rows).sum();
        let expected = format!("{}, {}", thousands(own), vitrine::protocol::display::share_of(own, all));
        assert!(said.ends_with(&expected), "{said}: {expected}");
        stage.picture("plot-shares").await;
    });
}
