//! Views whose code comes when they are first opened.

use crate::stage::{Stage, play, until};
use hub::{Fault, Match, Server, What};
use serde_json::json;

/// The modules that the page itself has fetched so far, without what serves it offline.
async fn modules(stage: &Stage) -> Vec<String> {
    const FETCHED: &str =
        "return performance.getEntriesByType('resource').map((entry) => entry.name.split('/').pop())
        .filter((name) => name.startsWith('later-split_'));";
    let names = stage.browser.client.execute(FETCHED, Vec::new()).await.unwrap();
    let names = names.as_array().unwrap().iter().filter_map(|name| name.as_str()?.split('-').nth(1));
    names.map(str::to_owned).collect()
}

#[test]
fn a_table_is_shown_without_the_code_of_other_views() {
    play("later", async |stage| {
        let page = stage.page();
        stage.go_to_hub("table=diffusiondb-2m").await;
        assert_eq!(page.settled().await, 5_000);
        assert_eq!(modules(stage).await, [""; 0]);
        page.click("button", "Phrases").await;
        page.find("heading", "Modifiers").await;
        // The chart beside them is that of two columns.
        until("its chart", async || (modules(stage).await == ["split_texts", "split_plot"]).then_some(()))
            .await;
        page.click("button", "Settings").await;
        page.find("heading", "Kept on this device").await;
        assert_eq!(modules(stage).await, ["split_texts", "split_plot", "split_panels"]);
        page.click("button", "Settings").await;
        // What was fetched once is not fetched again.
        page.click("button", "Prompts").await;
        page.click("button", "Metadata").await;
        page.find("heading", "Row groups").await;
        assert_eq!(modules(stage).await, ["split_texts", "split_plot", "split_panels"]);
    });
}

#[test]
fn code_that_does_not_come_costs_its_own_view_and_nothing_else() {
    play("later-fails", async |stage| {
        let page = stage.page();
        // From the beginning: what serves the app offline fetches everything before long.
        stage.expect_failures();
        stage.app.script(Fault::always(Match::on(Server::App, "later-split_panels"), What::Gone));
        stage.go_to_hub("table=diffusiondb-2m").await;
        assert_eq!(page.settled().await, 5_000);
        page.click("button", "Settings").await;
        page.alert("This part of the app could not be fetched").await;
        stage.picture("later-fails").await;
        page.click("button", "Settings").await;
        // The rest works.
        page.click("button", "Phrases").await;
        page.find("heading", "Modifiers").await;
        page.click("button", "Table").await;
        assert_eq!(page.rows().await.len().min(1), 1);
        page.click("button", "Settings").await;
        page.alert("This part of the app could not be fetched").await;
        stage.app.clear_faults();
        page.click("button", "Try again").await;
        until("the settings", async || {
            page.texts("heading").await.contains(&"Kept on this device".to_owned()).then_some(())
        })
        .await;
    });
}

#[test]
fn an_expression_whose_code_does_not_come_is_told_and_searched_for_later() {
    play("later-expression", async |stage| {
        let page = stage.page();
        stage.expect_failures();
        stage.app.script(Fault::always(Match::on(Server::App, "later-split_extras"), What::Gone));
        stage.go_to_hub("table=diffusiondb-2m").await;
        assert_eq!(page.settled().await, 5_000);
        let field = page.find("searchbox", "Search prompts").await;
        field.send_keys("/por.rait/").await.unwrap();
        page.alert("The part of the app that reads regular expressions could not be fetched").await;
        // Words need none of it.
        page.type_anew(&field, "portrait").await;
        let words = until("rows with the word", async || {
            page.settled_now().await.filter(|rows| (1..5_000).contains(rows))
        })
        .await;
        stage.app.clear_faults();
        page.type_anew(&field, "/\\bportrai.\\b|nothing else/").await;
        page.settles_at(words).await;
        assert_eq!(page.texts("alert").await, [""; 0]);
    });
}

#[test]
fn files_of_rare_codecs_open_once_what_reads_them_is_here() {
    play("later-codecs", async |stage| {
        let page = stage.page();
        let file = |layout: &str| {
            let mut bytes = Vec::new();
            let table = fixture::table::Table::new(2_000, 7);
            fixture::write::diffusiondb(&table, &layout.parse().unwrap(), &mut bytes).unwrap();
            bytes
        };
        let (plain, packed) =
            (stage.put("plain.parquet", file("hub")), stage.put("packed.parquet", file("brotli")));
        stage.put("data/part-0.parquet", file("hub"));
        stage.put("data/part-1.parquet", file("brotli"));
        stage.expect_failures();
        stage.app.script(Fault::always(Match::on(Server::App, "later-split_codecs"), What::Gone));
        let columns = "columns=prompt,image_name";
        stage.go_to_hub(&format!("table={plain}&{columns}")).await;
        assert_eq!(page.settled().await, 2_000);
        let first = async || page.rows().await.into_iter().take(8).map(|row| row.cells).collect::<Vec<_>>();
        let rows = first().await;
        assert_eq!(rows.len(), 8);
        // Nothing but such a file needs it.
        stage.go_to_hub(&format!("table={packed}&{columns}")).await;
        page.alert("The part of the app that reads Brotli and LZ4 could not be fetched").await;
        stage.picture("later-codecs").await;
        stage.app.clear_faults();
        stage.go_to_hub(&format!("table={packed}&{columns}")).await;
        assert_eq!(page.settled().await, 2_000);
        assert_eq!(first().await, rows);
        // The second of two files, and one that stands beside another.
        stage.go_to_hub("table=hf:vitrine/test/data/part-*.parquet&cfg=..1000").await;
        page.settles_at(4_000).await;
        let join = format!("join={packed},here:image_name,there:image_name,as:b&b.cfg=..1000");
        stage.go_to_hub(&format!("table={plain}&{columns}&{join}")).await;
        page.settles_at(2_000).await;
    });
}

/// What every element that is shown looks like, before and after the styles of other views come.
const LOOKS: &str = "const done = arguments[0];
    const names = ['display', 'position', 'padding', 'margin', 'font', 'color', 'backgroundColor', 'width', 'height', 'boxShadow'];
    const looks = () => [...document.querySelectorAll('body *')].map((element) => {
        const style = getComputedStyle(element);
        return `${element.tagName}.${element.getAttribute('class')} ` + names.map((name) => style[name]).join('; ');
    });
    const before = looks();
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = document.querySelector('meta[name=vitrine-style]').content;
    link.onload = () => {
        const after = looks();
        done([before.length, before.filter((look, place) => look !== after[place])]);
    };
    document.head.append(link);";

#[test]
fn styles_of_other_views_change_nothing_of_a_table() {
    play("later-styles", async |stage| {
        let page = stage.page();
        for (width, height) in [(1440, 900), (390, 844)] {
            let screen =
                json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 900 });
            stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
            stage.go_to_hub("table=diffusiondb-2m&cfg=5..9&sort=-cfg").await;
            page.rows().await;
            page.find("button", "Phrases").await;
            let told = stage.browser.client.execute_async(LOOKS, Vec::new()).await.unwrap();
            assert!(told[0].as_u64().unwrap() > 100, "{told}");
            assert_eq!(told[1], json!([]), "at {width} pixels");
        }
    });
}
