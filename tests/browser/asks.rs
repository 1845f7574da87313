//! A clause for every column, steps that are taken back, subsets, and a search that is paused.

use crate::page::{End, Page, key};
use crate::sample::{DIFFUSIONDB, Table, sample_path};
use crate::stage::{Stage, play, until};
use hub::Link;
use vitrine::view::spec::{Clause, List, ListValue, Spec, Subset};

const TABLE: &str = "table=diffusiondb-2m";

fn list(values: &[&str], negated: bool) -> Clause {
    let values = values.iter().map(|value| ListValue::Text((*value).to_owned())).collect();
    Clause::List(List { values, negated })
}

/// Waits until the address asks this of a column, and the page shows as many rows as a loop finds.
async fn asks(page: Page<'_>, table: &Table, column: &str, clause: Option<&Clause>) {
    until(&format!("{clause:?} of {column}"), async || {
        (page.spec().await.filters.get(column) == clause).then_some(())
    })
    .await;
    page.settles_at(table.count(&page.spec().await)).await;
}

async fn open(stage: &Stage) -> Table {
    stage.go_to_hub(TABLE).await;
    stage.page().settled().await;
    Table::read(&sample_path(DIFFUSIONDB))
}

#[test]
fn what_a_link_asks_is_called_as_people_call_it() {
    play("link-titles", async |stage| {
        stage.go_to_hub(&format!("{TABLE}&cfg=10..&sampler=k_lms")).await;
        stage.page().settled().await;
        // The link was read before anything was known of the table's columns.
        stage.page().find("button", "Clear cfg scale").await;
        let outline = stage.page().outline().await;
        assert!(outline.contains("cfg scale ≥ 10"), "{outline}");
    });
}

#[test]
fn each_value_is_asked_for_alone_and_left_out() {
    play("values", async |stage| {
        let table = open(stage).await;
        let page = stage.page();
        page.chart("sampler").await;
        page.bar("sampler", "ddim").await.send_keys(key::TAB).await.unwrap();
        page.click("button", "Only ddim").await;
        asks(page, &table, "sampler", Some(&list(&["ddim"], false))).await;
        page.click("button", "Not ddim").await;
        asks(page, &table, "sampler", Some(&list(&["ddim"], true))).await;
        page.bar("sampler", "plms").await.send_keys(key::TAB).await.unwrap();
        page.click("button", "Not plms").await;
        asks(page, &table, "sampler", Some(&list(&["ddim", "plms"], true))).await;
        page.click("button", "Clear sampler").await;
        asks(page, &table, "sampler", None).await;

        // Among many values one is found by typing, and by Enter it is chosen.
        page.click("button", "41 more").await;
        let find = page.find("searchbox", "Find a value of image size").await;
        find.send_keys("448").await.unwrap();
        until("only sizes that were looked for", async || {
            let sizes = page.bars("size").await;
            (!sizes.is_empty() && sizes.keys().all(|size| size.contains("448"))).then_some(())
        })
        .await;
        find.clear().await.unwrap();
        find.send_keys(&format!("512 × 512{}", key::ENTER)).await.unwrap();
        asks(page, &table, "size", Some(&list(&["512x512"], false))).await;
        stage.picture("values").await;
    });
}

#[test]
fn numbers_are_asked_for_by_value() {
    play("exact", async |stage| {
        let table = open(stage).await;
        let page = stage.page();
        page.click_first("button", "Load seed,").await;
        page.chart("seed").await;
        let handle = page.slider("seed", End::Low).await;
        handle.send_keys(key::ESCAPE).await.unwrap();
        page.click("button", "exact values, seed").await;
        let field = page.find("textbox", "seed, exact values").await;
        field.send_keys(&format!("544607824, 3500509234{}", key::ENTER)).await.unwrap();
        asks(page, &table, "seed", Some(&list(&["544607824", "3500509234"], false))).await;
        assert!(page.settled().await >= 2);
        field.clear().await.unwrap();
        field.send_keys(&format!("seven{}", key::ENTER)).await.unwrap();
        page.alert("Numbers, separated by commas").await;
        field.clear().await.unwrap();
        field.send_keys(&format!("not 544607824{}", key::ENTER)).await.unwrap();
        asks(page, &table, "seed", Some(&list(&["544607824"], true))).await;
    });
}

#[test]
fn a_range_that_ends_before_it_begins_is_told_and_changes_nothing() {
    play("crossed", async |stage| {
        let table = open(stage).await;
        let page = stage.page();
        page.chart("cfg").await;
        let from = page.find("textbox", "cfg scale, from").await;
        from.clear().await.unwrap();
        from.send_keys(&format!("9{}", key::ENTER)).await.unwrap();
        until("from nine", async || page.spec().await.filters.get("cfg").map(|_| ())).await;
        let nine = page.spec().await;
        page.settles_at(table.count(&nine)).await;
        let to = page.find("textbox", "cfg scale, to").await;
        to.clear().await.unwrap();
        to.send_keys(&format!("7{}", key::ENTER)).await.unwrap();
        page.alert("The range ends before it begins").await;
        stage.picture("crossed").await;
        assert_eq!(page.spec().await, nine);
        page.settles_at(table.count(&nine)).await;
        // What is no number is told too, and what is right takes the words back.
        to.clear().await.unwrap();
        to.send_keys(&format!("many{}", key::ENTER)).await.unwrap();
        page.alert("Not a number").await;
        to.clear().await.unwrap();
        to.send_keys(&format!("12{}", key::ENTER)).await.unwrap();
        until("an end", async || (page.spec().await != nine).then_some(())).await;
        page.settles_at(table.count(&page.spec().await)).await;
        assert_eq!(page.texts("alert").await, Vec::<String>::new());
    });
}

#[test]
fn a_column_without_any_value_has_a_bar_and_nothing_to_brush() {
    play("nulls", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=imagereward-test").await;
        let all = page.settled().await;
        let none = until("one bar", async || {
            let bars = page.bars("overall_rating").await;
            (!bars.is_empty()).then_some(bars)
        })
        .await;
        assert_eq!(none.into_keys().collect::<Vec<_>>(), ["none"]);
        page.bar("overall_rating", "none").await.click().await.unwrap();
        until("a clause", async || page.spec().await.filters.get("overall_rating").map(|_| ())).await;
        page.settles_at(all).await;
        // A range of it, from a link, leaves nothing, and is what the empty result names.
        stage.go_to_hub("table=imagereward-test&overall_rating=3..5&rank=1..2").await;
        page.find("heading", "No images match").await;
        page.click_first("button", "Without overall rating").await;
        until("without it", async || (page.spec().await.filters.len() == 1).then_some(())).await;
        assert!(page.settled().await > 0);
    });
}

#[test]
fn what_the_source_flagged_is_a_value_of_its_own() {
    play("flagged", async |stage| {
        let table = open(stage).await;
        let page = stage.page();
        page.click_first("button", "Load image NSFW,").await;
        page.chart("image_nsfw").await;
        page.bar("image_nsfw", "flagged").await.click().await.unwrap();
        asks(page, &table, "image_nsfw", Some(&list(&["2"], false))).await;
        assert!(page.settled().await > 0, "the sample has rows that were flagged");
        page.click("button", "Not flagged").await;
        asks(page, &table, "image_nsfw", Some(&list(&["2"], true))).await;
        // Both scores below a tenth, in one press.
        page.click("button", "safe only").await;
        let spec = until("both scores in the address", async || {
            let spec = page.spec().await;
            (spec.filters.len() == 2).then_some(spec)
        })
        .await;
        let count = table.count(&spec);
        assert!(0 < count && count < 5_000, "{count}");
        page.settles_at(count).await;
        stage.picture("safe").await;
        page.click("button", "safe only").await;
        page.settles_at(5_000).await;
    });
}

#[test]
fn names_that_have_no_chart_are_asked_for_by_value() {
    play("names", async |stage| {
        let table = open(stage).await;
        let page = stage.page();
        let crate::sample::Value::Text(name) = &table.rows[3]["image_name"] else {
            panic!("row 3 has a name")
        };
        page.click_first("button", "image name: filter").await;
        let field = page.find("textbox", "image name, exact value").await;
        field.send_keys(&format!("{name}{}", key::ENTER)).await.unwrap();
        asks(page, &table, "image_name", Some(&list(&[name], false))).await;
        assert!(page.settled().await >= 1);
        page.click("button", "Clear image name").await;
        asks(page, &table, "image_name", None).await;
    });
}

#[test]
fn rows_without_a_value_are_asked_for_and_left_out() {
    play("none", async |stage| {
        let table = open(stage).await;
        let page = stage.page();
        page.click_first("button", "Load time,").await;
        page.chart("timestamp").await;
        page.bar("timestamp", "none").await.click().await.unwrap();
        asks(page, &table, "timestamp", Some(&Clause::Null)).await;
        page.click("button", "Not none").await;
        asks(page, &table, "timestamp", Some(&Clause::NotNull)).await;
        page.bar("timestamp", "none").await.click().await.unwrap();
        asks(page, &table, "timestamp", None).await;
    });
}

#[test]
fn steps_are_taken_back_and_gone_again() {
    const CONTROL: &str = "\u{E009}";
    const SHIFT: &str = "\u{E008}";
    const NONE: &str = "\u{E000}";
    play("undo", async |stage| {
        let table = open(stage).await;
        let page = stage.page();
        page.chart("sampler").await;
        page.bar("sampler", "ddim").await.click().await.unwrap();
        asks(page, &table, "sampler", Some(&list(&["ddim"], false))).await;
        page.drag("cfg", 0.1, 0.4).await;
        let brushed = until("a range of cfg", async || page.spec().await.filters.get("cfg").cloned()).await;
        page.settles_at(table.count(&page.spec().await)).await;

        // Where someone is does not count as a step.
        let grid = page.find("grid", "Rows").await;
        grid.send_keys(key::ENTER).await.unwrap();
        until("a row", async || page.spec().await.row).await;
        page.click("button", "Undo").await;
        asks(page, &table, "cfg", None).await;
        grid.send_keys(&format!("{CONTROL}z{NONE}")).await.unwrap();
        asks(page, &table, "sampler", None).await;
        assert_eq!(page.settled().await, 5_000);
        grid.send_keys(&format!("{CONTROL}{SHIFT}z{NONE}")).await.unwrap();
        asks(page, &table, "sampler", Some(&list(&["ddim"], false))).await;
        grid.send_keys(&format!("{CONTROL}y{NONE}")).await.unwrap();
        asks(page, &table, "cfg", Some(&brushed)).await;
        page.click("button", "Undo").await;
        asks(page, &table, "cfg", None).await;
        // Another way from here on leaves the old one.
        page.bar("sampler", "plms").await.click().await.unwrap();
        asks(page, &table, "sampler", Some(&list(&["ddim", "plms"], false))).await;
        let redo = page.find("button", "Redo").await;
        assert_eq!(redo.attr("disabled").await.unwrap().as_deref(), Some("true"));
    });
}

#[test]
fn subsets_are_chosen_from_a_menu() {
    play("subsets", async |stage| {
        open(stage).await;
        let page = stage.page();
        page.click("button", "Subset: all rows").await;
        stage.picture("subsets").await;
        page.click("button", "first 1,000").await;
        page.settles_at(1_000).await;
        assert_eq!(page.spec().await.subset, Some(Subset::Named("2m_first_1k".to_owned())));
        page.click("button", "Subset: 2m_first_1k").await;
        let rows = page.find("textbox", "Rows of the subset").await;
        rows.clear().await.unwrap();
        rows.send_keys("500").await.unwrap();
        let seed = page.find("textbox", "Seed of the subset").await;
        seed.clear().await.unwrap();
        seed.send_keys("7").await.unwrap();
        page.click("button", "Random rows").await;
        page.settles_at(500).await;
        assert_eq!(page.spec().await.subset, Some(Subset::Random { rows: 500, seed: 7 }));
        page.click("button", "Subset: random 500 rows, seed 7").await;
        page.click("button", "all rows").await;
        page.settles_at(5_000).await;
    });
}

/// A table of more prompts than come at once over a slow link.
fn long_table(stage: &Stage) -> String {
    let mut bytes = Vec::new();
    let table = fixture::table::Table::new(120_000, 7);
    fixture::write::diffusiondb(&table, &"hub".parse().unwrap(), &mut bytes).unwrap();
    stage.put("long.parquet", bytes)
}

#[test]
fn a_search_is_paused_and_taken_up_again() {
    play("pause", async |stage| {
        let page = stage.page();
        let table = long_table(stage);
        stage.go_to_hub(&format!("table={table}")).await;
        page.settled().await;
        stage.hub.set_link(Link::megabits(4, 20));
        let field = page.find("searchbox", "Search prompts").await;
        field.send_keys(&format!("portrait{}", key::ENTER)).await.unwrap();
        let count = async || {
            page.texts("status").await.into_iter().find(|text| text.starts_with(|c: char| c.is_ascii_digit()))
        };
        // Matches are there while prompts come.
        until("first matches of a part", async || {
            count().await.filter(|text| text.contains("% searched") && !text.starts_with("0 "))
        })
        .await;
        page.find("progressbar", "Search").await;
        stage.picture("search-comes").await;
        page.click("button", "Pause the search").await;
        page.find("button", "Resume the search").await;
        let at = count().await;
        stage.hub.settle(std::time::Duration::from_secs(10));
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        assert_eq!(count().await, at, "a search that is paused stays where it is");
        // Scrolling does not take it up again.
        page.find("grid", "Rows").await.send_keys(key::DOWN).await.unwrap();
        stage.hub.set_link(Link::default());
        page.click("button", "Resume the search").await;
        let whole = page.settled().await;
        assert!(whole > 0);
        // Given up, and asked again: the prompts are at hand.
        page.click("button", "Clear all").await;
        page.settles_at(120_000).await;
        stage.hub.clear_log();
        field.send_keys(&format!("portrait{}", key::ENTER)).await.unwrap();
        page.settles_at(whole).await;
        assert_eq!(stage.hub.log().len(), 0, "a warm search reads nothing");
        // What sorting by prompts would read is read already, so that nothing is asked.
        page.click("button", "prompt").await;
        until("the order in the address", async || (page.spec().await.sort.len() == 1).then_some(())).await;
    });
}

#[test]
fn what_sorting_reads_is_told_before_it_is_read() {
    play("sort-cost", async |stage| {
        let page = stage.page();
        let table = long_table(stage);
        stage.go_to_hub(&format!("table={table}")).await;
        page.settled().await;
        page.rows().await;
        stage.hub.settle(std::time::Duration::from_secs(10));
        stage.hub.clear_log();
        page.click("button", "prompt").await;
        until("the question", async || {
            page.texts("status").await.into_iter().find(|text| text.starts_with("To sort by prompt,"))
        })
        .await;
        stage.picture("sort-cost").await;
        assert_eq!(stage.hub.log().len(), 0, "nothing is read before the answer");
        page.click("button", "Leave as it is").await;
        assert!(page.spec().await.sort.is_empty());
        page.click("button", "prompt").await;
        page.click("button", "Read and sort").await;
        until("rows in order", async || {
            let rows = page.rows().await;
            let prompts: Vec<String> = rows.iter().filter_map(|row| row.cells["prompt"].clone()).collect();
            (prompts.len() > 5 && prompts.windows(2).all(|pair| pair[0] <= pair[1])).then_some(())
        })
        .await;
    });
}

#[test]
fn repeated_prompts_show_what_matched() {
    play("phrases-marks", async |stage| {
        stage.go_to_hub(&format!("{TABLE}&q=portrait&view=phrases")).await;
        let page = stage.page();
        until("marks", async || {
            let marks = page.texts("mark").await;
            (!marks.is_empty())
                .then(|| assert!(marks.iter().all(|mark| mark.eq_ignore_ascii_case("portrait"))))
        })
        .await;
        // A cell of the map is a filter of both columns.
        page.find("grid", "steps by cfg scale")
            .await
            .send_keys(&format!("{}{}", key::RIGHT, key::ENTER))
            .await
            .unwrap();
        until("two ranges", async || {
            let filters = page.spec().await.filters;
            (filters.contains_key("cfg") && filters.contains_key("step")).then_some(())
        })
        .await;
    });
}

#[test]
fn a_link_that_asks_too_much_is_cut_and_told() {
    play("too-much", async |stage| {
        let page = stage.page();
        let clauses: Vec<String> = (0..200).map(|n| format!("column{n}=1..2")).collect();
        stage.go_to_hub(&format!("{TABLE}&cfg=7..12&{}", clauses.join("&"))).await;
        page.alert("at most 14 columns can be filtered at once").await;
        let (spec, _): (Spec, _) = vitrine::view::url::parse(&page.query().await);
        assert!(spec.filters.len() <= 14);
        let words = vec!["word"; 10_000].join("+");
        stage.go_to_hub(&format!("{TABLE}&q={words}")).await;
        page.alert("at most").await;
        page.settles_at(5_000).await;
        // Typed ends that are crossed ask for nothing.
        let low = page.find("textbox", "cfg scale, from").await;
        low.clear().await.unwrap();
        low.send_keys(&format!("9999{}", key::ENTER)).await.unwrap();
        let high = page.find("textbox", "cfg scale, to").await;
        high.clear().await.unwrap();
        high.send_keys(&format!("5{}", key::ENTER)).await.unwrap();
        until("the mistake", async || {
            (high.attr("aria-invalid").await.unwrap().as_deref() == Some("true")).then_some(())
        })
        .await;
    });
}

#[test]
fn heights_are_shares_or_counts() {
    play("measure", async |stage| {
        let table = open(stage).await;
        let page = stage.page();
        page.chart("cfg").await;
        let drawn = async || {
            let path = "return document.querySelector('[role=group][data-column=cfg] [role=img] .here').getAttribute('d')";
            page.client.execute(path, Vec::new()).await.unwrap()
        };
        let all = drawn().await;
        page.bar("sampler", "ddim").await.click().await.unwrap();
        asks(page, &table, "sampler", Some(&list(&["ddim"], false))).await;
        let share = until("heights of the rows that match", async || {
            Some(drawn().await).filter(|drawn| *drawn != all)
        })
        .await;
        page.click("button", "count").await;
        until("other heights", async || (drawn().await != share).then_some(())).await;
        stage.picture("counts").await;
        page.click("button", "share").await;
        until("the same heights", async || (drawn().await == share).then_some(())).await;
    });
}
