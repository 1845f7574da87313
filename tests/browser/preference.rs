//! Pairs of what people prefer: counted, looked at one by one, in the link, and written for training.

use crate::exports::{NO_PICKER, before_the_page, downloads, file};
use crate::page::key;
use crate::stage::{Stage, play, play_with_images, until};
use fixture::layouts::Layout;
use fixture::pairs::{Choice, choice};
use fixture::prompts::Corpus;
use hub::Source;
use serde_json::Value;

#[test]
fn the_pairs_of_the_sample_are_counted_looked_at_and_written() {
    play("pairs", async |stage: &Stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "pairs").await;
        stage.go("table=imagereward-test-sample&view=compare").await;
        let page = stage.page();
        page.says("7,230 pairs: 6,399 ordered, 831 tied").await;
        page.says("from 466 prompts with 2,720 images; 349 prompts have a tie").await;
        page.click("button", "Figures").await;
        until("a chart", async || {
            let words =
                stage.browser.client.execute("return document.body.innerText", Vec::new()).await.unwrap();
            words.as_str().unwrap().contains("Pairs by difference of rank").then_some(())
        })
        .await;
        stage.picture("pairs-figures").await;
        // Options are in the link, and taken back with it.
        stage.go("table=imagereward-test-sample&view=compare&pairs=pairs,rank:3,at:2").await;
        page.says("1,").await;
        page.find("group", "One pair").await.send_keys("j").await.unwrap();
        until("the next pair in the link", async || {
            page.query().await.contains("pairs=pairs,rank:3,at:3").then_some(())
        })
        .await;
        stage.picture("pairs").await;
        // The sample has some of the images: whose others are missing is told by the directories of two archives.
        stage.go("table=imagereward-test-sample&view=compare&pairs=pairs").await;
        page.says("7,230 pairs").await;
        page.click("checkbox", "both images are readable").await;
        page.says("466 pairs: 421 ordered, 45 tied").await;
        page.reads("list", "Pairs left out for an image that is missing: 6,764; images that are: 2,511")
            .await;
        assert!(page.query().await.contains("pairs=pairs,readable:1"));
        stage.picture("pairs-readable").await;
        page.click("button", "For training").await;
        page.click("button", "Save the file").await;
        page.says("421 of 421 written; 5,978 left out").await;
        // What does not say anything of pairs is told.
        stage.go("table=imagereward-test-sample&view=compare&pairs=best:1").await;
        page.alert("“best:1” in the link says nothing of pairs.").await;
        stage.go("table=imagereward-test-sample&view=compare&pairs=training").await;
        page.says("7,230 pairs").await;
        page.click("button", "Save the file").await;
        let lines = file(&folder, "imagereward-test-sample-pairs.jsonl").await;
        let rows: Vec<Value> = lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        assert_eq!(rows.len(), 6_399);
        let better = |row: &Value| row["rank_chosen"].as_f64() < row["rank_rejected"].as_f64();
        assert!(rows.iter().all(better), "{:?}", rows.iter().find(|row| !better(row)));
    });
}

#[test]
fn two_images_a_row_at_addresses_are_asked_for_where_someone_clicks() {
    play_with_images("pick", async |stage: &Stage| {
        const ROWS: u64 = 400;
        let at = format!("{}/datasets/vitrine/images/resolve/main/", stage.hub.endpoint());
        let corpus = Corpus::load().unwrap();
        let choices: Vec<Choice> = (0..ROWS).map(|row| choice(&corpus, 7, row)).collect();
        let mut bytes = Vec::new();
        fixture::pairs::pairs((ROWS, 7), &Layout::default(), &at, None, &mut bytes).unwrap();
        // The repository of the catalogue, whose files are found by their pattern.
        let name = "data/train-00000-of-00001-0123456789abcdef.parquet";
        stage.hub.mount("yuvalkirstain/pickapic_v2_no_images", name, Source::bytes(bytes)).unwrap();
        for uid in &choices[0].uids {
            let mut canvas = fixture::canvas::Canvas::new(96, 96);
            canvas.paint(|x, y| ([x, y, 0.4], 1.0));
            let png = fixture::images::png(&canvas, "a prompt", 1).unwrap();
            stage.hub.mount("vitrine/images", &format!("{uid}.png"), Source::bytes(png)).unwrap();
        }
        let asked = || {
            let log = stage.hub.log();
            log.iter().filter(|entry| entry.path.contains("vitrine/images")).count()
        };
        stage.go(&format!("endpoint={}", stage.hub.endpoint())).await;
        let page = stage.page();
        page.click("link", "Pick-a-Pic v2").await;
        assert_eq!(page.settled().await, ROWS);
        stage.picture("pick-table").await;
        page.click("button", "Compare").await;
        let ties = choices.iter().filter(|choice| choice.label_0 == 0.5).count();
        page.says(&format!("{ROWS} pairs: {} ordered, {ties} tied", ROWS as usize - ties)).await;
        let pictures = until("two images", async || {
            let pictures = page.images("group", "One pair").await;
            (pictures.len() == 2).then_some(pictures)
        })
        .await;
        assert!(pictures.iter().all(|picture| picture.state == "unasked"), "{pictures:?}");
        assert!(
            pictures.iter().all(|picture| picture.says.starts_with("Load from 127.0.0.1")),
            "{pictures:?}"
        );
        assert_eq!(asked(), 0);
        stage.picture("pick-unasked").await;
        page.click_first("button", "Load from").await;
        until("both images of the row", async || {
            let pictures = page.images("group", "One pair").await;
            pictures.iter().all(|picture| picture.state == "here").then_some(())
        })
        .await;
        stage.picture("pick-pair").await;
        // The next row's are not asked for.
        page.find("group", "One pair").await.send_keys(key::RIGHT).await.unwrap();
        until("the next pair", async || {
            let pictures = page.images("group", "One pair").await;
            (pictures.len() == 2 && pictures.iter().all(|picture| picture.state == "unasked")).then_some(())
        })
        .await;
        let paths: Vec<String> = stage.hub.log().iter().map(|entry| entry.path.clone()).collect();
        let others = paths.iter().filter(|path| path.contains("vitrine/images"));
        let others = others.filter(|path| !choices[0].uids.iter().any(|uid| path.contains(uid.as_str())));
        assert_eq!(others.count(), 0, "{paths:?}");
    });
}

#[test]
fn rows_that_list_images_with_ranks_are_pairs_by_name() {
    play("lists", async |stage: &Stage| {
        let row = |row: u32| {
            let images: Vec<String> = (0..3).map(|image| format!("{row:03}-{image}.jpg")).collect();
            let given = |who: u32| serde_json::json!({"rank": [1, 2, 3], "user_hash": format!("u{who}")});
            let given: Vec<Value> = (0..4).map(given).collect();
            let prompt = format!("a castle, number {row}");
            serde_json::json!({"prompt": prompt, "image_path": images, "rank": [1, 2, 3], "raw_annotation": given})
        };
        let rows: Vec<Value> = (0..40).map(row).collect();
        let table = stage.put("test.json", serde_json::to_vec(&rows).unwrap());
        stage.go_to_hub(&format!("table={table}")).await;
        let page = stage.page();
        assert_eq!(page.settled().await, 40);
        page.click("button", "Compare").await;
        page.says("120 pairs: 120 ordered, 0 tied").await;
        page.says("from 40 prompts with 120 images; 0 prompts have a tie").await;
        page.reads("group", "000-0.jpg").await;
        page.reads("group", "000-1.jpg").await;
        stage.picture("pairs-lists").await;
        page.click("button", "Judges").await;
        page.click("button", "How far do people agree on the same two images?").await;
        page.says("120 pairs of images were judged more than once, 480 times in all by 4 people.").await;
        assert!(page.query().await.contains("pairs=judges,agreement:1"));
        stage.picture("pairs-lists-judges").await;
        // As HPDv2's test split without images, which names two of them a row.
        let lines = (0..30).map(|row| {
            let verdict = if row % 3 == 0 { -1 } else { 1 };
            format!("u{},\"a castle, number {row}\",left-{row},right-{row},{verdict},{row}\n", row % 4)
        });
        let head = "user_id,prompt,image_left_id,image_right_id,pref,ranking_id\n".to_owned();
        let table = stage.put("no-embeds.csv", (head + &lines.collect::<String>()).into_bytes());
        stage.go_to_hub(&format!("table={table}")).await;
        assert_eq!(page.settled().await, 30);
        page.click("button", "Compare").await;
        page.says("30 pairs: 30 ordered, 0 tied").await;
        page.reads("group", "left-0").await;
        page.reads("group", "right-0").await;
        stage.picture("pairs-named").await;
    });
}
