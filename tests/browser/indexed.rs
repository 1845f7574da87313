//! What an index of the prompts tells before and beside the rows: counts, words while someone types, and prompts
//! by rank. The bundled sample ships with one.

use crate::page::key;
use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{Stage, dist, play, until};
use hub::{Fault, Match, Server, What};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;
use vitrine::base::bytes::ByteRange;
use vitrine::base::words::{folded, tokens};
use vitrine::formats::text_index::root::Root;
use vitrine::protocol::display::thousands;
use vitrine::view::like::Like;
use vitrine::view::views::View;

const TABLE: &str = "table=diffusiondb-sample&columns=seed";

/// In how many rows of the sample each word is.
fn counts() -> BTreeMap<String, u64> {
    let table = Table::read(&sample_path(DIFFUSIONDB));
    let mut counts = BTreeMap::new();
    for row in &table.rows {
        let Value::Text(prompt) = &row["prompt"] else { continue };
        let folded = folded(prompt.as_bytes());
        let own: BTreeSet<&str> = tokens(&folded).map(|token| token.word).collect();
        own.into_iter().for_each(|word| *counts.entry(word.to_owned()).or_default() += 1);
    }
    counts
}

/// Words that begin so, as they are suggested: with a comma and the rows.
fn suggested(counts: &BTreeMap<String, u64>, beginning: &str) -> Vec<(String, u64)> {
    let own = counts.range(beginning.to_owned()..).take_while(|(word, _)| word.starts_with(beginning));
    let mut own: Vec<(String, u64)> = own.map(|(word, rows)| (word.clone(), *rows)).collect();
    own.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    own.truncate(8);
    own
}

/// The root of the sample's index.
fn root() -> Root {
    let maps = dist().join("maps");
    let list = std::fs::read_to_string(maps.join("list.txt")).unwrap();
    let key = format!("{:016x}", vitrine::formats::maps::key("diffusiondb-sample"));
    assert!(list.contains(&key), "{list}");
    let folder = maps.join(format!("{key}.text"));
    let version = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    Root::read(&std::fs::read(version.join("root")).unwrap()).unwrap()
}

fn span(range: ByteRange) -> Range<u64> {
    range.start..range.end
}

/// Ranges of the index that were asked for, after so many requests.
fn asked(stage: &Stage, after: usize) -> Vec<Range<u64>> {
    let log = stage.app.log();
    log.into_iter()
        .skip(after)
        .filter(|entry| entry.path.contains("maps/") && entry.path.ends_with("data-0"))
        .filter_map(|entry| entry.range)
        .collect()
}

async fn options(stage: &Stage, expected: &[(String, u64)]) {
    let expected: Vec<String> =
        expected.iter().map(|(word, rows)| format!("{word} {}", thousands(*rows))).collect();
    let mut last = Vec::new();
    until("the suggested words", async || {
        last = stage.page().texts("option").await;
        (last == expected).then_some(())
    })
    .await;
}

async fn is_asked(stage: &Stage, query: &str) {
    until(query, async || (stage.page().spec().await.query.as_deref() == Some(query)).then_some(())).await;
}

#[test]
fn an_exact_count_stands_there_before_the_rows_do() {
    play("indexed-count", async |stage| {
        let castles = counts()["castle"];
        let page = stage.page();
        stage.go(TABLE).await;
        page.settled().await;
        // Which rows those are comes late.
        let stall = What::Stall { after: 0, pause: Duration::from_secs(4) };
        let map = Match::on(Server::App, "data-0").overlapping(span(root().rows_map));
        stage.app.script(Fault::always(map, stall));
        page.find("searchbox", "Search prompts").await.send_keys("castle").await.unwrap();
        let begins = format!("{castles} of");
        until("the exact count", async || {
            let texts = page.texts("status").await;
            texts
                .iter()
                .any(|text| text.starts_with(&begins) && text.contains("exact count, rows 0"))
                .then_some(())
        })
        .await;
        until("the count beside the field", async || {
            page.texts("search")
                .await
                .iter()
                .any(|text| text.contains(&format!("{castles} rows")))
                .then_some(())
        })
        .await;
        stage.picture("indexed-count").await;
        stage.app.clear_faults();
        page.settles_at(castles).await;
        // With a filter the number beside the field is still that of the search.
        stage.go(&format!("{TABLE}&q=castle&cfg=..7")).await;
        let shown = page.settled().await;
        assert!(shown < castles, "{shown} of {castles}");
        until("the count of the search beside its field", async || {
            let texts = page.texts("search").await;
            texts.iter().any(|text| text.contains(&format!("{castles} rows"))).then_some(())
        })
        .await;
    });
}

#[test]
fn words_are_suggested_while_someone_types() {
    play("indexed-words", async |stage| {
        let counts = counts();
        let page = stage.page();
        stage.go(TABLE).await;
        page.settled().await;
        let field = page.find("searchbox", "Search prompts").await;
        field.send_keys("c").await.unwrap();
        is_asked(stage, "c").await;
        let before = stage.app.log().len();
        field.send_keys("a").await.unwrap();
        options(stage, &suggested(&counts, "ca")).await;
        is_asked(stage, "ca").await;
        // At most a range of the dictionary for the words and one for the search, if the search for the first letter has not read
        // both; and nothing for another letter but what the search itself reads.
        let root = root();
        let dictionary = root.words.first().unwrap().1.start..root.words.last().unwrap().1.end;
        let of_dictionary = |range: &Range<u64>| range.start < dictionary.end && range.end > dictionary.start;
        let all = asked(stage, before);
        assert!(all.iter().filter(|range| of_dictionary(range)).count() <= 2, "{all:?}");
        let before = stage.app.log().len();
        field.send_keys("s").await.unwrap();
        let words = suggested(&counts, "cas");
        options(stage, &words).await;
        assert!(!asked(stage, before).iter().any(of_dictionary), "{:?}", asked(stage, before));
        stage.picture("indexed-words").await;
        // Arrows move, and the focus stays in the field.
        field.send_keys(key::DOWN).await.unwrap();
        let chosen = async || {
            let active = "return document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.innerText ?? ''";
            let text = stage.browser.client.execute(active, vec![]).await.unwrap();
            text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let first = format!("{} {}", words[0].0, words[0].1);
        until("the first word", async || (chosen().await == first).then_some(())).await;
        field.send_keys(&format!("{}{}", key::DOWN, key::UP)).await.unwrap();
        until("the first word again", async || (chosen().await == first).then_some(())).await;
        field.send_keys(key::ENTER).await.unwrap();
        page.settles_at(words[0].1).await;
        assert_eq!(page.spec().await.query.as_deref(), Some(words[0].0.as_str()));
        assert_eq!(page.texts("option").await, [""; 0]);
        // Within a longer query only the unfinished word is replaced: in a phrase, and behind a bar and a minus.
        field.send_keys("-\"concept ar").await.unwrap();
        let words = suggested(&counts, "ar");
        options(stage, &words).await;
        field.send_keys(&format!("{}{}", key::DOWN, key::TAB)).await.unwrap();
        until("the word in the phrase", async || {
            let value = field.prop("value").await.unwrap().unwrap_or_default();
            value.ends_with(&format!("-\"concept {} ", words[0].0)).then_some(())
        })
        .await;
        field.send_keys("\" | DRAG").await.unwrap();
        options(stage, &suggested(&counts, "drag")).await;
        // Escape closes the list and leaves what is typed.
        field.send_keys(key::ESCAPE).await.unwrap();
        until("no words", async || page.texts("option").await.is_empty().then_some(())).await;
        assert!(field.prop("value").await.unwrap().unwrap().ends_with("| DRAG"));
        // By press, on a phone and in the dark.
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        stage.browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        stage.go(TABLE).await;
        page.settled().await;
        let client = &stage.browser.client;
        client.execute("document.documentElement.dataset.theme = 'dark'", vec![]).await.unwrap();
        let field = page.find("searchbox", "Search prompts").await;
        field.send_keys("portr").await.unwrap();
        let words = suggested(&counts, "portr");
        options(stage, &words).await;
        stage.picture("indexed-words-phone").await;
        let (page_px, screen_px) = page.widths().await;
        assert!(page_px <= screen_px, "{page_px} px on {screen_px}");
        page.click("option", &format!("{}, {} rows", words[0].0, words[0].1)).await;
        page.settles_at(words[0].1).await;
        assert_eq!(page.spec().await.query.as_deref(), Some(words[0].0.as_str()));
        // Where there is no index, nothing is suggested.
        stage.go_to_hub("table=diffusiondb-2m&columns=seed").await;
        page.settled().await;
        page.find("searchbox", "Search prompts").await.send_keys("castle").await.unwrap();
        page.settles_at(counts["castle"]).await;
        assert_eq!(page.texts("option").await, [""; 0]);
    });
}

#[test]
fn words_that_can_not_be_had_are_not_missed() {
    play("indexed-no-words", async |stage| {
        let counts = counts();
        let page = stage.page();
        stage.expect_failures();
        stage.go(TABLE).await;
        page.settled().await;
        let root = root();
        let dictionary = root.words.first().unwrap().1.start..root.words.last().unwrap().1.end;
        // The code that suggests words is there, and so are those that begin otherwise.
        let field = page.find("searchbox", "Search prompts").await;
        field.send_keys("dra").await.unwrap();
        options(stage, &suggested(&counts, "dra")).await;
        is_asked(stage, "dra").await;
        // Words are asked for with the key, and a search after a pause.
        stage
            .app
            .script(Fault::once(Match::on(Server::App, "data-0").overlapping(dictionary), What::Status(404)));
        field.send_keys(" ca").await.unwrap();
        is_asked(stage, "dra ca").await;
        assert_eq!(page.texts("option").await, [""; 0]);
        page.type_anew(&field, "castle").await;
        page.settles_at(counts["castle"]).await;
        assert_eq!(page.texts("alert").await, [""; 0]);
    });
}

#[test]
fn prompts_like_that_of_a_row_are_a_press_away() {
    play("indexed-likes", async |stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let prompts: BTreeSet<&str> = table
            .rows
            .iter()
            .filter_map(|row| match &row["prompt"] {
                Value::Text(prompt) => Some(prompt.as_str()),
                Value::Null | Value::Number(_) => None,
            })
            .collect();
        let page = stage.page();
        stage.go(&format!("{TABLE}&row=31")).await;
        page.settled().await;
        page.click("button", "More like this").await;
        page.find("region", "Prompts like it").await;
        let spec = page.spec().await;
        assert_eq!((spec.view, spec.like, spec.row), (View::Prompts, Some(Like::Row(31)), Some(31)));
        stage.picture("indexed-likes").await;
        let shown = "return [...document.querySelectorAll('section[aria-label=\"Prompts like it\"] li .prompt-text')].map((line) => line.innerText)";
        let shown = stage.browser.client.execute(shown, vec![]).await.unwrap();
        let shown: Vec<String> = serde_json::from_value(shown).unwrap();
        assert!(shown.len() > 20, "{} prompts", shown.len());
        for text in &shown {
            let part = text.trim_start_matches("… ");
            assert!(prompts.iter().any(|prompt| prompt.contains(part)), "{text:?}");
        }
        // Of the prompts only the index is read.
        let bytes: u64 = asked(stage, 0).iter().map(|range| range.end - range.start).sum();
        assert!((1..400_000).contains(&bytes), "{bytes} bytes of the index");
        // On from one of them, and back.
        page.click_first("button", "More like row").await;
        let next = until("another row's", async || match page.spec().await.like {
            Some(Like::Row(row)) if row != 31 => Some(row),
            _ => None,
        })
        .await;
        page.find("heading", &format!("Prompts like that of row {}", thousands(next + 1))).await;
        stage.browser.client.back().await.unwrap();
        page.find("heading", "Prompts like that of row 32").await;
        page.click("button", "All prompts").await;
        page.find("group", "Prompts").await;
        assert_eq!(page.spec().await.like, None);
        // By key, from the table.
        stage.go(TABLE).await;
        page.settled().await;
        page.find("grid", "Rows").await.send_keys("l").await.unwrap();
        page.find("heading", "Prompts like that of row 1").await;
        // A word that it was looked for by is a press from being searched for, and then the best match comes first.
        stage.go("table=diffusiondb-sample&view=prompts&q=castle | dragon&like=search").await;
        page.find("heading", "Best matches of castle | dragon").await;
        page.find("region", "Best matches").await;
        stage.picture("indexed-best").await;
        // Without an index the list says so.
        stage.go_to_hub("table=diffusiondb-2m&view=prompts&like=31").await;
        until("what is missing", async || {
            page.texts("region").await.iter().any(|text| text.contains("vitrine-index --text")).then_some(())
        })
        .await;
    });
}
