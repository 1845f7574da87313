//! What images cost: requests, bytes and time. Not a test: run by name, it tells its figures.

use crate::hosted::Copy;
use crate::measure_ahead::index;
use crate::stage::{Stage, play_with_images};
use fixture::parts::{IMAGE_BYTES, write_part};
use fixture::table::Table;
use hub::{App, AppConfig, Entry, Link, Server, Source};
use std::time::{Duration, Instant};

fn put_table(stage: &Stage, table: &Table) {
    let mut bytes = Vec::new();
    fixture::write::diffusiondb(table, &"hub".parse().unwrap(), &mut bytes).unwrap();
    stage.hub.mount("poloclub/diffusiondb", "metadata.parquet", Source::bytes(bytes)).unwrap();
}

fn reads(stage: &Stage) -> Vec<Entry> {
    assert!(stage.hub.settle(Duration::from_secs(60)));
    let log = stage.hub.log();
    log.into_iter()
        .filter(|entry| {
            entry.server == Server::Cdn && entry.repo_path.as_ref().is_some_and(|path| path.ends_with(".zip"))
        })
        .collect()
}

/// Questions to the Hub about lengths of archives: how many, and how long its answers are.
fn told(stage: &Stage) -> (usize, u64) {
    let log = stage.hub.log();
    let told = log.iter().filter(|entry| entry.path.contains("/paths-info/"));
    told.fold((0, 0), |(count, bytes), entry| (count + 1, bytes + entry.bytes_sent))
}

fn tell(what: &str, reads: &[Entry]) {
    let bytes: u64 = reads.iter().map(|entry| entry.bytes_sent).sum();
    println!("{what}: {} requests, {bytes} bytes", reads.len());
    for entry in reads.iter().take(4) {
        println!("    {} {:?}", entry.repo_path.as_deref().unwrap_or_default(), entry.range);
    }
}

#[test]
#[ignore = "measures: run it by name"]
fn one_part() {
    play_with_images("image-costs", async |stage: &Stage| {
        let table = Table::new(2_000, 1);
        put_table(stage, &table);
        for (part, others) in [(1, 0), (2, 69_000)] {
            let zip = write_part(&table, part, |_| IMAGE_BYTES, others, Vec::new()).unwrap();
            println!("part {part} has {} bytes", zip.len());
            stage
                .hub
                .mount("poloclub/diffusiondb", &format!("images/part-{part:06}.zip"), Source::bytes(zip))
                .unwrap();
            // Details only: one image, and the next one in advance.
            let row = (part - 1) * 1_000 + 999;
            stage.hub.clear_log();
            stage.expect_failures();
            stage.browser.without_table_images().await;
            stage.go_to_hub(&format!("table=diffusiondb-2m&row={row}&part_id={part}")).await;
            stage.page().settled().await;
            stage.page().images("group", "Fields").await;
            tell(&format!("first image of part {part}"), &reads(stage));
            println!("    lengths: {:?}", told(stage));
            stage.hub.clear_log();
            stage.page().click("button", "Previous row").await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            tell(&format!("second image of part {part}, the next one being at hand"), &reads(stage));
        }
        // The same with the directories beside the app.
        let copy = Copy::new("image-costs");
        let pattern = "hf:poloclub/diffusiondb/images/part-######.zip";
        index(&stage.hub, &copy.0.join("maps"), &["--zips", pattern, "1", "2"]);
        let app = App::start_with(&stage.hub, AppConfig::new(&copy.0)).unwrap();
        for part in [1, 2] {
            stage.hub.clear_log();
            let query = format!("table=diffusiondb-2m&row={}&part_id={part}", (part - 1) * 1_000 + 999);
            let url = format!("{}?{query}&endpoint={}", app.url(), stage.hub.endpoint());
            stage.browser.client.goto(&url).await.unwrap();
            stage.page().settled().await;
            stage.page().images("group", "Fields").await;
            tell(&format!("first image of part {part}, its directory beside the app"), &reads(stage));
            let own = stage.hub.log().into_iter().filter(|entry| entry.path.ends_with(".zips"));
            let own: Vec<(String, u64)> = own.map(|entry| (entry.path, entry.bytes_sent)).collect();
            println!("    from the app's host: {own:?}, lengths: {:?}", told(stage));
        }
    });
}

#[test]
#[ignore = "measures: run it by name"]
fn thirty_parts() {
    play_with_images("thirty-parts", async |stage: &Stage| {
        const PARTS: u64 = 30;
        let table = Table::new(PARTS * 1_000, 1);
        put_table(stage, &table);
        for part in 1..=PARTS {
            // One image of full length, where the filter finds it.
            let zip = write_part(
                &table,
                part,
                |place| if place == 0 { IMAGE_BYTES } else { 2_000..2_001 },
                0,
                Vec::new(),
            );
            let name = format!("images/part-{part:06}.zip");
            stage.hub.mount("poloclub/diffusiondb", &name, Source::bytes(zip.unwrap())).unwrap();
        }
        // The first row of each part, by its seed.
        let seeds: Vec<String> = (0..PARTS)
            .map(|part| fixture::columns::image_seed(&table, part * 1_000).cast_unsigned().to_string())
            .collect();
        stage.expect_failures();
        stage.go_to_hub(&format!("table=diffusiondb-2m&view=gallery&seed={}", seeds.join(","))).await;
        let found = stage.page().settled().await;
        stage.hub.clear_log();
        stage.hub.set_link(Link::megabits(50, 60));
        let start = Instant::now();
        stage.go_to_hub(&format!("table=diffusiondb-2m&view=gallery&seed={}", seeds.join(","))).await;
        let mut last = start;
        let mut count = 0;
        while start.elapsed() < Duration::from_secs(30) {
            let reads = stage
                .hub
                .log()
                .iter()
                .filter(|entry| {
                    entry.repo_path.as_ref().is_some_and(|path| path.ends_with(".zip"))
                        && entry.finished.is_some()
                })
                .count();
            if reads != count {
                (count, last) = (reads, Instant::now());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let zips = reads(stage);
        tell(&format!("{found} tiles of {PARTS} parts"), &zips);
        println!("    lengths: {:?}", told(stage));
        let bytes: u64 = zips.iter().map(|entry| entry.bytes_sent).sum();
        let first = zips.iter().map(|entry| entry.started).min().unwrap();
        let end = zips.iter().filter_map(|entry| entry.finished).max().unwrap();
        let floor = bytes as f64 * 8.0 / 50e6 + 4.0 * 0.06;
        let took = (end - first).as_secs_f64();
        println!(
            "from the first read to the last byte {took:.2} s; floor {floor:.2} s; ratio {:.2}; {:?}",
            took / floor,
            last - start
        );
        stage.picture("thirty-parts").await;
    });
}
