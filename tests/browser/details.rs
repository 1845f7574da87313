//! The details of a row: its prompt in parts, others of the same prompt, and what can be done with it.

use crate::page::key;
use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{Stage, play_with_images, until};
use fantoccini::Locator;
use hub::{Entry, Server, Source};
use std::collections::BTreeMap;
use std::time::Duration;
use vitrine::view::spec::{Clause, ListValue, View};

fn text<'a>(row: &'a BTreeMap<String, Value>, column: &str) -> &'a str {
    match &row[column] {
        Value::Text(text) => text,
        other => panic!("{column} is {other:?}"),
    }
}

/// The parts of a prompt between commas.
fn parts(prompt: &str) -> Vec<String> {
    prompt
        .split(',')
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .collect()
}

#[test]
fn a_prompt_is_taken_apart_and_its_parts_are_searched_for() {
    play_with_images("modifiers", async |stage: &Stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let prompt = |row: usize| text(&table.rows[row], "prompt");
        let row = (0..200).find(|row| parts(prompt(*row)).len() > 3 && prompt(*row).is_ascii()).unwrap();
        let parts = parts(prompt(row));
        stage.expect_failures();
        stage.go(&format!("table=diffusiondb-sample&row={row}")).await;
        stage.page().settled().await;
        // All of the prompt, from its first part on.
        let list = stage.page().find("list", "Modifiers").await;
        let shown = list.text().await.unwrap();
        for part in &parts {
            assert!(shown.contains(part.as_str()), "{part:?} is not in {shown:?}");
        }
        stage.page().click("button", &parts[1]).await;
        let query = until("a search", async || stage.page().spec().await.query).await;
        assert_eq!(query, vitrine::view::query::ask_for(&parts[1]));
        // What it has found is marked in the prompt, and the part says that it is asked for.
        until("a mark", async || {
            let drawer = stage.page().find("region", "Prompt").await;
            let mark = drawer.find(Locator::Css("h2 mark")).await.ok()?;
            mark.text().await.ok().filter(|text| text.eq_ignore_ascii_case(&parts[1]))
        })
        .await;
        let chip = stage.page().find("button", &parts[1]).await;
        assert_eq!(chip.attr("aria-pressed").await.unwrap().as_deref(), Some("true"));
        // A second click takes it back; with Alt it is excluded.
        stage.page().click("button", &parts[1]).await;
        until("no search", async || stage.page().spec().await.query.is_none().then_some(())).await;
        let chip = stage.page().find("button", &parts[2]).await;
        let script = "arguments[0].dispatchEvent(new MouseEvent('click', { bubbles: true, altKey: true }))";
        stage.browser.client.execute(script, vec![serde_json::to_value(chip).unwrap()]).await.unwrap();
        let query = until("an exclusion", async || stage.page().spec().await.query).await;
        assert_eq!(query, format!("-{}", vitrine::view::query::ask_for(&parts[2])));
        // By keyboard as well.
        stage.page().find("button", &parts[1]).await.send_keys("-").await.unwrap();
        until("two exclusions", async || {
            stage.page().spec().await.query.filter(|query| query.matches('-').count() >= 2)
        })
        .await;
        stage.picture("modifiers").await;
    });
}

#[test]
fn the_details_lead_to_other_images() {
    play_with_images("same-prompt", async |stage: &Stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let prompt = |row: usize| text(&table.rows[row], "prompt");
        let same = |row: usize| {
            (0..table.rows.len()).filter(|other| prompt(*other) == prompt(row)).collect::<Vec<_>>()
        };
        let row = (0..400).find(|row| (3..=20).contains(&same(*row).len())).unwrap();
        let others = same(row);
        stage.expect_failures();
        stage.go(&format!("table=diffusiondb-sample&row={row}")).await;
        stage.page().settled().await;
        // Those of rows that are read at first, all of them once all prompts are.
        stage.page().find("listbox", "Images of the same prompt").await;
        let look = "look in all";
        if stage.page().texts("button").await.iter().any(|text| text.starts_with(look)) {
            stage.page().click("button", look).await;
        }
        let options = until("all of the prompt", async || {
            let strip = stage.page().find("listbox", "Images of the same prompt").await;
            let options = strip.find_all(Locator::Css("[role=option]")).await.ok()?;
            (options.len() == others.len()).then_some(options)
        })
        .await;
        let mut ids = Vec::new();
        for option in &options {
            ids.push(option.attr("id").await.unwrap().unwrap());
        }
        assert_eq!(ids, others.iter().map(|row| format!("same-{row}")).collect::<Vec<_>>());
        // Arrows move within the strip, and Enter goes there.
        let strip = stage.page().find("listbox", "Images of the same prompt").await;
        strip.send_keys(key::END).await.unwrap();
        strip.send_keys(key::ENTER).await.unwrap();
        let last = *others.last().unwrap() as u64;
        until("the last of them", async || (stage.page().spec().await.row == Some(last)).then_some(())).await;
        stage.picture("same-prompt").await;
        stage.page().click("button", "show all").await;
        stage.page().settles_at(others.len() as u64).await;
        let spec = stage.page().spec().await;
        assert_eq!(spec.view, View::Gallery);
        // And to those of the same account.
        let user = (0..400).find(|row| matches!(table.rows[*row]["user_name"], Value::Text(_))).unwrap();
        stage.go(&format!("table=diffusiondb-sample&row={user}")).await;
        let name = text(&table.rows[user], "user_name");
        let words = if name == "deleted_account" { "More of deleted accounts" } else { "More by this user" };
        stage.page().click("button", words).await;
        let count = table.rows.iter().filter(|row| row["user_name"] == table.rows[user]["user_name"]).count();
        stage.page().settles_at(count as u64).await;
        let spec = stage.page().spec().await;
        let Some(Clause::List(list)) = spec.filters.get("user_name") else { panic!("{spec:?}") };
        assert_eq!(list.values, [ListValue::Text(name.to_owned())]);
    });
}

#[test]
fn fields_are_explained_and_copied() {
    play_with_images("fields", async |stage: &Stage| {
        stage.put_archives();
        stage.expect_failures();
        stage.go_to_hub("table=diffusiondb-2m&row=9").await;
        stage.page().settled().await;
        let fields = async || stage.page().find("group", "Fields").await.text().await.unwrap();
        until("a time in UTC", async || fields().await.contains(" UTC").then_some(())).await;
        assert!(!fields().await.contains("Denoising steps."));
        stage.page().click("button", "What the fields mean").await;
        let said = until("explanations", async || {
            let said = fields().await;
            said.contains("Denoising steps.").then_some(said)
        })
        .await;
        for part in
            ["In the file: step, ", "In the file: sampler, ", ", here 8.", "Computed from width and height."]
        {
            assert!(said.contains(part), "{part:?} is not in {said:?}");
        }
        stage.picture("fields").await;
        for (button, whisper) in [
            ("Copy prompt", "Prompt copied"),
            ("Copy parameters", "Parameters copied"),
            ("Permalink", "Permalink copied"),
        ] {
            stage.page().click("button", button).await;
            until(whisper, async || {
                stage.page().texts("status").await.iter().any(|text| text.contains(whisper)).then_some(())
            })
            .await;
        }
        let link = stage.page().find("link", "Open on Hub").await.attr("href").await.unwrap().unwrap();
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let Value::Number(part) = table.rows[9]["part_id"] else { panic!("a part is a number") };
        let page = format!("/datasets/poloclub/diffusiondb/blob/main/images/part-{part:06}.zip");
        assert_eq!(link, format!("{}{page}", stage.hub.endpoint()));
        let form = stage.page().find("link", "Report").await.attr("href").await.unwrap().unwrap();
        assert_eq!(form, "https://forms.gle/GbYaSpRNYqxCafMZ9");
    });
}

/// Ranges of archives that were asked for.
fn ranges(stage: &Stage) -> Vec<(String, std::ops::Range<u64>)> {
    assert!(stage.hub.settle(Duration::from_secs(10)));
    let log = stage.hub.log();
    let zips = log.into_iter().filter(|entry| entry.server == Server::Cdn);
    let zips = zips.filter_map(|entry| Some((entry.repo_path?, entry.range?)));
    zips.filter(|(path, _)| path.ends_with(".zip")).collect()
}

#[test]
fn the_next_image_is_here_before_it_is_looked_at() {
    play_with_images("next", async |stage: &Stage| {
        stage.put_archives();
        stage.expect_failures();
        stage.browser.without_table_images().await;
        // Rows of one part of the sample whose scores are low.
        stage.go_to_hub("table=diffusiondb-2m&part_id=96&image_nsfw=..0.2&prompt_nsfw=..0.2").await;
        assert!(stage.page().settled().await > 3);
        stage.page().find("grid", "Rows").await.send_keys(key::ENTER).await.unwrap();
        let shown = stage.page().images("group", "Fields").await;
        assert_eq!(shown[0].state, "here", "{shown:?}");
        // The directory, this image, and the next one; strips show others, which are of the same prompt.
        let before = until("the next image", async || {
            let ranges = ranges(stage);
            (ranges.len() >= 3).then_some(ranges)
        })
        .await;
        // It had the line to itself until it was here.
        let log = stage.hub.log();
        let of_archives = |entry: &&Entry| {
            entry.server == Server::Cdn && entry.repo_path.as_ref().is_some_and(|path| path.ends_with(".zip"))
        };
        let of_archives: Vec<&Entry> = log.iter().filter(of_archives).collect();
        let [_, opened, others @ ..] = of_archives.as_slice() else { panic!("{log:?}") };
        assert!(
            others.iter().all(|other| opened.finished.is_some_and(|end| other.started >= end)),
            "{log:?}"
        );
        let first = stage.page().spec().await.row;
        stage.page().find("group", "Fields").await.send_keys(key::RIGHT).await.unwrap();
        until("the next row", async || (stage.page().spec().await.row != first).then_some(())).await;
        let shown = stage.page().images("group", "Fields").await;
        assert_eq!(shown[0].state, "here", "{shown:?}");
        let after = ranges(stage);
        assert!(after.len() >= before.len());
        let mut different = after.clone();
        different.sort_by_key(|(path, range)| (path.clone(), range.start, range.end));
        different.dedup();
        assert_eq!(different.len(), after.len(), "what was read ahead is not read again: {after:?}");
        stage.page().find("group", "Fields").await.send_keys(key::LEFT).await.unwrap();
        until("the first row again", async || (stage.page().spec().await.row == first).then_some(())).await;
    });
}

#[test]
fn small_tiles_are_previews_and_one_of_the_same_prompt_says_so() {
    play_with_images("previews", async |stage: &Stage| {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let prompt = |row: usize| text(&table.rows[row], "prompt");
        // A row whose own preview is missing while another row of its prompt has one.
        // Neither of them flagged, of which nothing is asked.
        let plain = |row: usize| matches!(table.rows[row]["image_nsfw"], Value::Number(score) if score < 1.0);
        let same = |row: usize| (0..5_000).filter(|other| prompt(*other) == prompt(row)).collect::<Vec<_>>();
        let pair = |row: &usize| matches!(*same(*row), [a, b] if plain(a) && plain(b));
        let row = (0..600).find(pair).unwrap();
        let other = (0..5_000).find(|other| *other != row && prompt(*other) == prompt(row)).unwrap();
        let preview = fixture::images::webp(&fixture::canvas::Canvas::new(128, 96)).unwrap();
        let id = text(&table.rows[other], "image_name").trim_end_matches(".png").to_owned();
        let path = format!("{}/{id}.webp", &id[..2]);
        stage.hub.mount("vitrine/thumbs", &path, Source::bytes(preview)).unwrap();
        stage.expect_failures();
        let at = format!("{}/datasets/vitrine/thumbs/resolve/main", stage.hub.endpoint());
        let source = format!(
            "localStorage.setItem('vitrine.previews', '{at}'); localStorage.setItem('vitrine.blur', '1')"
        );
        stage
            .browser
            .devtools("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({ "source": source }))
            .await;
        // A search reads all prompts, which tells who has the same one.
        let word =
            prompt(row).split(|c: char| !c.is_ascii_alphanumeric()).find(|word| word.len() > 4).unwrap();
        let (low, high) = (row.min(other), row.max(other));
        let seeds = [low, high].map(|row| match table.rows[row]["seed"] {
            Value::Number(seed) => seed.to_string(),
            _ => panic!("a seed is a number"),
        });
        stage
            .go_to_hub(&format!("table=diffusiondb-2m&view=gallery&q={word}&seed={}", seeds.join(",")))
            .await;
        assert_eq!(stage.page().settled().await, 2);
        let pictures = until("two previews", async || {
            let pictures = stage.page().images("grid", "Images").await;
            pictures.iter().all(|picture| picture.width == 128).then_some(pictures)
        })
        .await;
        let marked: Vec<bool> = pictures.iter().map(|picture| picture.says.contains("same prompt")).collect();
        assert_eq!(marked, [low == row, high == row], "{pictures:?}");
        let log = stage.hub.log();
        assert!(!log.iter().any(|entry| entry.path.contains(".zip")), "previews serve");
        // Switched off, archives are asked, and previews are not.
        stage.hub.clear_log();
        stage.page().click("checkbox", "previews from GitHub").await;
        stage.go_to_hub(&format!("table=diffusiondb-2m&row={row}")).await;
        stage.page().images("group", "Fields").await;
        let log = stage.hub.log();
        assert!(log.iter().any(|entry| entry.path.contains(".zip") || entry.path.contains("paths-info")));
    });
}
