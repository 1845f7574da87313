//! The gallery over many images: its place in the link, and what stays behind while it is scrolled.

use crate::exports;
use crate::page::key;
use crate::sample;
use crate::stage::{Stage, play_with_images, play_with_images_for, until};
use fixture::canvas::Canvas;
use fixture::parts::write_part;
use fixture::table::Table;
use fixture::zips::{Method, ZipWriter};
use hub::{Server, Source};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

const ROWS: u64 = PARTS * 1_000;

/// Archives, of a thousand images each.
const PARTS: u64 = 3;

/// Counts object URLs that are alive, and the most there ever were, from the first line of the page on.
const COUNTER: &str = r#"(() => {
    const alive = new Set();
    globalThis.objectUrls = { alive, most: 0, made: 0 };
    const create = URL.createObjectURL.bind(URL), revoke = URL.revokeObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
        const url = create(blob);
        alive.add(url);
        objectUrls.made += 1;
        objectUrls.most = Math.max(objectUrls.most, alive.size);
        return url;
    };
    URL.revokeObjectURL = (url) => { alive.delete(url); revoke(url); };
    localStorage.setItem("vitrine.blur", "1");
})()"#;

/// Thousands of rows in some archives, with small images.
async fn put_parts(stage: &Stage) {
    let table = Table::new(ROWS, 1);
    let mut bytes = Vec::new();
    fixture::write::diffusiondb(&table, &"hub".parse().unwrap(), &mut bytes).unwrap();
    stage.hub.mount("poloclub/diffusiondb", "metadata.parquet", Source::bytes(bytes)).unwrap();
    for part in 1..=PARTS {
        let zip = write_part(&table, part, |_| 6_000..24_000, 0, Vec::new()).unwrap();
        let name = format!("images/part-{part:06}.zip");
        stage.hub.mount("poloclub/diffusiondb", &name, Source::bytes(zip)).unwrap();
    }
    stage.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": COUNTER })).await;
}

async fn number(stage: &Stage, script: &str) -> u64 {
    let answer = stage.browser.client.execute(script, Vec::new()).await.unwrap();
    answer.as_f64().map(|number| number as u64).unwrap_or_default()
}

/// Memory that the page's script holds after it was tidied up.
async fn heap_bytes(stage: &Stage) -> u64 {
    stage.browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let usage = stage.browser.devtools("Runtime.getHeapUsage", json!({})).await;
    usage["usedSize"].as_f64().unwrap_or_default() as u64
}

/// Reads of members of archives, by archive.
fn members(stage: &Stage) -> BTreeMap<String, u64> {
    let mut reads = BTreeMap::new();
    for entry in stage.hub.log() {
        let path = entry.repo_path.filter(|path| entry.server == Server::Cdn && path.ends_with(".zip"));
        if let Some(path) = path {
            *reads.entry(path).or_insert(0) += 1;
        }
    }
    reads
}

/// Scrolls a screen at a time up to a tile, and looks at each screen until its images are here. It runs in the
/// page, from one call: scripts that a test sends are kept for a while, and would look as if the page grew.
const WALK: &str = r#"const GAP = 60;
globalThis.walkTo = async (tile) => {
    const rest = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
    const grid = document.querySelector("[role=grid]");
    const last = () => Math.max(...[...document.querySelectorAll(".tile")].map((tile) => Number(tile.id.slice(5))));
    // A busy page draws the tiles of a place later than it scrolls there.
    const atEnd = () => grid.scrollTop + grid.clientHeight + 2 >= grid.scrollHeight;
    const waits = () => {
        const box = grid.getBoundingClientRect();
        const seen = [...grid.querySelectorAll("[data-state]")]
            .map((well) => [well, well.getBoundingClientRect()])
            .filter(([, own]) => own.width > 0 && own.bottom > box.top && own.top < box.bottom);
        const drawn = seen.length > 0
            && Math.min(...seen.map(([, own]) => own.top)) < box.top + GAP
            && (atEnd() || Math.max(...seen.map(([, own]) => own.bottom)) > box.bottom - GAP);
        return !drawn || seen.some(([well]) => {
            const image = well.querySelector("img");
            return well.dataset.state === "pending" || (image && !image.complete);
        });
    };
    // Tiles are numbered from 0.
    while (last() + 1 < tile && !atEnd()) {
        grid.scrollTop += grid.clientHeight;
        await rest(60);
        for (let tries = 0; waits() && tries < 500; tries += 1) await rest(20);
    }
    return last();
}"#;

/// What is there after the page was tidied up.
#[derive(Clone, Copy, Debug)]
struct Left {
    tile: u64,
    urls: u64,
    heap_bytes: u64,
    nodes: u64,
    listeners: u64,
    renderer_bytes: u64,
}

async fn left(stage: &Stage, tile: u64) -> Left {
    for _ in 0..2 {
        stage.browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    }
    let counters = stage.browser.devtools("Memory.getDOMCounters", json!({})).await;
    Left {
        tile,
        urls: number(stage, "return objectUrls.alive.size").await,
        heap_bytes: heap_bytes(stage).await,
        nodes: counters["nodes"].as_u64().unwrap_or_default(),
        listeners: counters["jsEventListeners"].as_u64().unwrap_or_default(),
        renderer_bytes: stage.browser.renderer_bytes("VmRSS:"),
    }
}

#[test]
fn scrolling_through_thousands_of_tiles_leaves_nothing_behind() {
    // Every image is looked at, and a busy machine takes a second for each screen.
    play_with_images_for("thousands", Duration::from_secs(900), async |stage: &Stage| {
        put_parts(stage).await;
        stage.browser.before_each_page(WALK).await;
        stage.expect_failures();
        stage.go_to_hub("table=diffusiondb-2m&view=gallery").await;
        assert_eq!(stage.page().settled().await, ROWS);
        stage.page().images("grid", "Images").await;
        let mut figures = Vec::new();
        for tile in (100..=ROWS).step_by(100) {
            const CALL: &str = "const done = arguments[1]; walkTo(arguments[0]).then(done);";
            let reached = stage.browser.client.execute_async(CALL, vec![json!(tile)]).await.unwrap();
            if tile % 500 != 0 {
                continue;
            }
            let now = left(stage, reached.as_u64().unwrap_or_default()).await;
            println!("{now:?}, {} MiB", now.renderer_bytes >> 20);
            figures.push(now);
        }
        let made = number(stage, "return objectUrls.made").await;
        let most = number(stage, "return objectUrls.most").await;
        println!("object URLs made {made}, at most {most} alive");
        // Every image was here once, and no more than the bound are at a time.
        assert!(made >= ROWS * 9 / 10, "{made}");
        assert!(most <= 440, "{most} object URLs were alive");
        // From the first half on nothing grows. How many tiles are drawn depends on the place (14 more or fewer, with
        // some thirty nodes each): the most of the first half counts. What is still under way is let go of a moment
        // later; what is left behind stays.
        let half = &figures[..figures.len() / 2];
        let most_of = |of: fn(&Left) -> u64| half.iter().map(of).max().unwrap_or_default();
        let first = Left {
            urls: most_of(|left| left.urls),
            heap_bytes: most_of(|left| left.heap_bytes),
            nodes: most_of(|left| left.nodes),
            listeners: most_of(|left| left.listeners),
            ..figures[0]
        };
        let last = until("nothing is left behind", async || {
            let last = left(stage, figures.last()?.tile).await;
            println!("{last:?}");
            let stays = last.heap_bytes < first.heap_bytes + (150 << 10)
                && last.nodes < first.nodes + 300
                && last.listeners < first.listeners + 60
                && last.urls <= first.urls + 20;
            stays.then_some(last)
        })
        .await;
        assert!(last.tile >= ROWS - 1, "{last:?}");
        // Each was asked for once: so many members as images, and a directory an archive. A busy machine may
        // have aborted a few that were then asked for again.
        let reads = members(stage);
        println!("{reads:?}");
        assert_eq!(reads.len() as u64, PARTS, "{reads:?}");
        assert!(reads.values().sum::<u64>() <= ROWS * 51 / 50 + PARTS * 2, "{reads:?}");
        // Another table lets go of all of them.
        stage.page().click("button", "Table").await;
        until("few object URLs", async || {
            (number(stage, "return objectUrls.alive.size").await <= 440).then_some(())
        })
        .await;
    });
}

#[test]
fn what_is_scrolled_past_is_not_asked_for() {
    play_with_images("scrolled-past", async |stage: &Stage| {
        put_parts(stage).await;
        stage.expect_failures();
        stage.go_to_hub("table=diffusiondb-2m&view=gallery").await;
        assert_eq!(stage.page().settled().await, ROWS);
        stage.page().images("grid", "Images").await;
        stage.hub.clear_log();
        // From the first to the last part in a second, without a rest.
        let script = "const grid = document.querySelector('[role=grid]'); let at = 0;
            const step = () => { at += 1; grid.scrollTop = grid.scrollHeight * at / 40; if (at < 40) requestAnimationFrame(step); };
            step();";
        stage.browser.client.execute(script, Vec::new()).await.unwrap();
        until("the end", async || {
            let gap = number(stage, "const g = document.querySelector('[role=grid]'); return g.scrollHeight - g.scrollTop - g.clientHeight").await;
            (gap < 40).then_some(())
        })
        .await;
        let pictures = until("images", async || {
            let pictures = stage.page().images("grid", "Images").await;
            (pictures.len() >= 6).then_some(pictures)
        })
        .await;
        assert!(pictures.iter().all(|picture| picture.state == "here"), "{pictures:?}");
        assert!(stage.hub.settle(Duration::from_secs(10)));
        let reads = members(stage);
        let asked: u64 = reads.values().sum();
        println!("scrolled past {} tiles with {asked} reads: {reads:?}", ROWS - 100);
        // What is on the screen, a screen around it, and what a moment's rest on the way let begin.
        assert!(asked < 160, "{reads:?}");
        assert!(reads.get("images/part-000002.zip").copied().unwrap_or(0) < 20, "{reads:?}");
    });
}

#[test]
fn the_place_in_the_gallery_is_in_the_link() {
    play_with_images("gallery-place", async |stage: &Stage| {
        put_parts(stage).await;
        stage.expect_failures();
        stage.go_to_hub("table=diffusiondb-2m&view=gallery").await;
        assert_eq!(stage.page().settled().await, ROWS);
        assert_eq!(stage.page().spec().await.at, None);
        let script = "document.querySelector('[role=grid]').scrollTop = 9000";
        stage.browser.client.execute(script, Vec::new()).await.unwrap();
        let at = until("a place", async || stage.page().spec().await.at).await;
        assert!(at > 100, "{at}");
        let steps = number(stage, "return history.length").await;
        // The link leads there again.
        let query = stage.page().query().await;
        stage.go(query.trim_start_matches('?')).await;
        assert_eq!(stage.page().settled().await, ROWS);
        let first = "const grid = document.querySelector('[role=grid]').getBoundingClientRect();
            const tiles = [...document.querySelectorAll('.tile')].filter((tile) => tile.getBoundingClientRect().bottom > grid.top + tile.getBoundingClientRect().height / 2);
            return Math.min(...tiles.map((tile) => Number(tile.id.slice(5))))";
        until("the same place", async || (number(stage, first).await == at).then_some(())).await;
        assert_eq!(stage.page().spec().await.at, Some(at));
        assert!(
            number(stage, "return history.length").await <= steps + 1,
            "scrolling is no step of the history"
        );
        // Another result begins at its top.
        stage.page().find("grid", "Images").await.send_keys(key::HOME).await.unwrap();
        until("the top", async || stage.page().spec().await.at.is_none().then_some(())).await;
    });
}

/// Goes to another view of the open table, as the back button would.
async fn go_within(stage: &Stage, query: &str) {
    let script =
        "history.pushState(null, '', `?${arguments[0]}`); dispatchEvent(new PopStateEvent('popstate'))";
    let query = format!("{query}&endpoint={}", stage.hub.endpoint());
    stage.browser.client.execute(script, vec![json!(query)]).await.unwrap();
}

async fn says(stage: &Stage, expected: &str) {
    let mut last = Vec::new();
    until(expected, async || {
        last = stage.page().texts("status").await;
        // Behind the count stand what can be done with what is chosen, but nothing more of the count.
        let says = |text: &String| text.strip_prefix(expected).is_some_and(|rest| !rest.starts_with(','));
        last.iter().any(says).then_some(())
    })
    .await;
}

#[test]
fn chosen_images_stay_the_same_rows_whatever_the_result_becomes() {
    play_with_images("gallery-chosen", async |stage: &Stage| {
        exports::before_the_page(stage, exports::NO_PICKER).await;
        stage.put_archives();
        // Not every part of the sample has its archive.
        stage.expect_failures();
        let folder = exports::downloads(stage, "chosen").await;
        let page = stage.page();
        const GALLERY: &str = "table=diffusiondb-2m&view=gallery";
        stage.go_to_hub(GALLERY).await;
        page.settled().await;
        page.images("grid", "Images").await;
        // The first three rows of the file.
        page.find("grid", "Images").await.send_keys(" \u{E014} \u{E014} ").await.unwrap();
        says(stage, "3 chosen").await;
        go_within(stage, &format!("{GALLERY}&subset=first:2")).await;
        says(stage, "3 chosen, 1 not shown").await;
        // Another order makes them no other rows, and so does another view.
        go_within(stage, &format!("{GALLERY}&sort=-cfg")).await;
        says(stage, "3 chosen").await;
        page.click("button", "Table").await;
        page.rows().await;
        page.click("button", "Gallery").await;
        says(stage, "3 chosen").await;
        go_within(stage, &format!("{GALLERY}&subset=first:1&sort=-cfg")).await;
        says(stage, "3 chosen, 2 not shown").await;
        stage.picture("chosen-not-shown").await;
        page.click("button", "Save images").await;
        let done = until("the archive", async || {
            page.texts("status").await.into_iter().find(|text| text.starts_with("Done: "))
        })
        .await;
        assert!(done.contains(" of 3 "), "{done}");
        let archive = exports::members(&exports::file(&folder, "diffusiondb-2m-images.zip").await);
        let missing = archive.get("missing.txt").map(|text| String::from_utf8_lossy(text).into_owned());
        let missing = missing.unwrap_or_default();
        let table = sample::Table::read(&sample::sample_path(sample::DIFFUSIONDB));
        let mut images = 0;
        for (at, row) in table.rows.iter().take(3).enumerate() {
            let sample::Value::Text(name) = &row["image_name"] else { panic!("a row without a name") };
            images += usize::from(archive.contains_key(name));
            assert!(
                archive.contains_key(name) || missing.contains(&format!("row {}\t", at + 1)),
                "{name}: {:?}",
                archive.keys()
            );
        }
        assert_eq!(archive.keys().filter(|name| name.ends_with(".png")).count(), images);
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// An archive whose members are of every kind that must not be shown, by the place of their rows.
fn hostile_part(table: &Table) -> Vec<u8> {
    let image = fixture::images::png(&Canvas::new(64, 48), "a", 1).unwrap();
    let webp = fixture::images::webp(&Canvas::new(64, 48)).unwrap();
    let svg: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>window.hacked = 1</script></svg>";
    let zeros = vec![0; 3_000_000];
    let mut zip = ZipWriter::new(Vec::new(), false);
    let name = |row: u64| {
        let mut name = Vec::new();
        fixture::columns::push_image_name(table, row, &mut name);
        String::from_utf8(name).unwrap()
    };
    zip.add("../../../etc/passwd", b"no", Method::Stored).unwrap();
    for (row, member) in [
        (1, b"".as_slice()),
        (2, &image[..100]),
        (3, &webp[..30]),
        (4, svg),
        (5, b"<!doctype html><script>window.hacked = 1</script>"),
        (6, b"not an image at all"),
        (7, &image),
        (8, &image),
        (9, &zeros),
        (10, &image),
        (11, &image),
    ] {
        zip.add(&name(row), member, Method::Deflate).unwrap();
    }
    let mut file = zip.finish().unwrap();
    // What the directory says of some of them is not so.
    for (row, at, bytes) in [
        // Encrypted.
        (7, 8, 1_u16.to_le_bytes().to_vec()),
        // Packed in a way that nobody knows.
        (8, 10, 93_u16.to_le_bytes().to_vec()),
        // A few kilobytes that would grow to megabytes, said to be a hundred bytes.
        (9, 24, 100_u32.to_le_bytes().to_vec()),
        // Ten gigabytes, as far as 32 bits go.
        (10, 24, 0xf000_0000_u32.to_le_bytes().to_vec()),
    ] {
        let name = name(row).into_bytes();
        let found = file.windows(name.len()).rposition(|window| window == name).unwrap() - 46;
        file[found + at..found + at + bytes.len()].copy_from_slice(&bytes);
    }
    file
}

#[test]
fn archives_that_lie_cost_their_own_tiles_and_nothing_else() {
    play_with_images("hostile-archive", async |stage: &Stage| {
        let table = Table::new(1_000, 1);
        let mut bytes = Vec::new();
        fixture::write::diffusiondb(&table, &"hub".parse().unwrap(), &mut bytes).unwrap();
        stage.hub.mount("poloclub/diffusiondb", "metadata.parquet", Source::bytes(bytes)).unwrap();
        let zip = hostile_part(&table);
        stage.hub.mount("poloclub/diffusiondb", "images/part-000001.zip", Source::bytes(zip)).unwrap();
        stage.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": COUNTER })).await;
        stage.expect_failures();
        stage.go_to_hub("table=diffusiondb-2m&view=gallery").await;
        assert_eq!(stage.page().settled().await, 1_000);
        let pictures = stage.page().images("grid", "Images").await;
        for (row, part) in [
            "this image is not in the archive",
            "the file is empty",
            "the PNG is cut short",
            "the WebP is cut short",
            "an SVG document, which is not shown",
            "a web page and no image",
            "not an image of a known kind",
            "the member is encrypted",
            "packed by method 93",
            "longer than the directory says",
            "larger than is read here",
        ]
        .into_iter()
        .enumerate()
        {
            // What its generator had flagged is not even asked for.
            if pictures[row].state != "flagged" {
                assert_eq!(pictures[row].state, "failed", "{row}: {pictures:?}");
                assert!(
                    pictures[row].says.contains(part),
                    "{row}: {part:?} is not in {:?}",
                    pictures[row].says
                );
            }
        }
        assert_eq!(pictures[11].state, "here", "{pictures:?}");
        let hacked = stage.browser.client.execute("return window.hacked ?? null", Vec::new()).await.unwrap();
        assert!(hacked.is_null());
        stage.picture("hostile-archive").await;
    });
}
