//! What goes wrong while an image is read: at its archive's directory, and at the image itself.

use crate::page::{Picture, key};
use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{Stage, TOKEN, play, until};
use fixture::parts::write_part;
use hub::{Fault, Link, Match, Server, Source, What};
use std::ops::Range;

/// What of an archive is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Directory,
    Image,
}

/// The row that is looked at: a link to it, and where its image and the directory are in its archive.
struct Row {
    link: String,
    image: Range<u64>,
    directory: Range<u64>,
}

impl Row {
    /// One whose image may be seen. Where it is, the log of a visit tells.
    async fn find(stage: &Stage) -> Row {
        let table = Table::read(&sample_path(DIFFUSIONDB));
        let number = |row: usize, column: &str| match table.rows[row][column] {
            Value::Number(number) => number,
            _ => f64::NAN,
        };
        let safe = |row: &usize| number(*row, "image_nsfw") < 0.2 && number(*row, "prompt_nsfw") < 0.2;
        let row = (6..40).find(safe).unwrap();
        let part = number(row, "part_id");
        let link = format!("table=diffusiondb-2m&row={row}&part_id={part}");
        let archive = sample_path(DIFFUSIONDB).with_file_name(format!("images/part-{part:06}.zip"));
        let end = std::fs::metadata(archive).unwrap().len();
        let found = Row { link, image: 0..0, directory: end - 10..end };
        open(stage, &found, Vec::new()).await;
        assert_eq!(shown(stage).await.state, "here");
        let log = stage.hub.log();
        let reads = log.iter().filter(|entry| {
            let of_archive = entry.repo_path.as_deref().is_some_and(|path| path.ends_with(".zip"));
            entry.server == Server::Cdn && of_archive
        });
        let mut reads = reads.filter_map(|entry| entry.range.clone());
        let image = reads
            .find(|range| range.end < end && range.end - range.start > 100)
            .expect("a read of the image");
        Row { image, ..found }
    }

    fn requests(&self, at: At) -> Match {
        let range = match at {
            At::Directory => self.directory.clone(),
            At::Image => self.image.clone(),
        };
        Match::on(Server::Cdn, ".zip").overlapping(range)
    }
}

async fn shown(stage: &Stage) -> Picture {
    stage.page().images("group", "Fields").await.remove(0)
}

/// Opens the row with these faults.
async fn open(stage: &Stage, row: &Row, faults: Vec<Fault>) {
    stage.hub.clear_faults();
    stage.hub.expire_signatures();
    stage.browser.client.goto("about:blank").await.unwrap();
    stage.hub.clear_log();
    for fault in faults {
        stage.hub.script(fault);
    }
    stage.go_to_hub(&row.link).await;
    stage.page().settled().await;
}

/// It is shown once the trouble is over and someone asks for it again.
async fn comes_back(stage: &Stage, button: &str, what: &str) {
    stage.hub.clear_faults();
    until(&format!("the image after {what}"), async || {
        // An archive that changes back is another one once more.
        stage.page().press_if_there("button", button).await;
        (shown(stage).await.state == "here").then_some(())
    })
    .await;
}

#[test]
fn trouble_that_passes_is_not_seen() {
    play("image-passes", async |stage: &Stage| {
        stage.put_archives();
        stage.expect_failures();
        let row = Row::find(stage).await;
        for at in [At::Directory, At::Image] {
            for what in [
                What::Status(503),
                What::EmptyPartial,
                What::ShortLength { keep: 5 },
                What::ShortBody { keep: 5 },
                What::WrongContentRange,
                What::Cut { after: 0 },
                What::NoCors,
                What::ExpireSignatures,
                What::IgnoreRange,
            ] {
                open(stage, &row, vec![Fault::once(row.requests(at), what.clone())]).await;
                let picture = shown(stage).await;
                assert_eq!(picture.state, "here", "{at:?} {what:?}: {picture:?}");
                assert_eq!(stage.page().texts("alert").await, [""; 0], "{at:?} {what:?}");
                assert_eq!(stage.hub.faults_left(), 0, "{at:?} {what:?} did not strike");
            }
        }
    });
}

#[test]
fn trouble_that_stays_is_told_in_its_place_and_costs_nothing_else() {
    play("image-stays", async |stage: &Stage| {
        stage.put_archives();
        stage.expect_failures();
        let row = Row::find(stage).await;
        for at in [At::Directory, At::Image] {
            for (what, says) in
                [(What::Gone, "No answer"), (What::Status(404), "is not there"), (What::ChangeEtag, "")]
            {
                // At the first answer there is no version to compare with.
                if at == At::Directory && what == What::ChangeEtag {
                    continue;
                }
                open(stage, &row, vec![Fault::always(row.requests(at), what.clone())]).await;
                let picture = shown(stage).await;
                assert_eq!(picture.state, "failed", "{at:?} {what:?}: {picture:?}");
                assert!(
                    picture.says.contains(says) && picture.says.len() > 10,
                    "{at:?} {what:?}: {picture:?}"
                );
                // The table is as ever.
                assert!(!stage.page().rows().await.is_empty());
                comes_back(stage, "Retry", &format!("{at:?} {what:?}")).await;
            }
            open(stage, &row, vec![Fault::always(row.requests(at), What::Status(429))]).await;
            stage.page().alert("is rate-limiting requests").await;
            comes_back(stage, "Retry now", &format!("{at:?} 429")).await;
        }
    });
}

#[test]
fn an_image_that_is_damaged_is_not_shown() {
    play("image-damaged", async |stage: &Stage| {
        stage.put_archives();
        let row = Row::find(stage).await;
        let offset = (row.image.start + row.image.end) / 2;
        open(stage, &row, vec![Fault::always(row.requests(At::Image), What::Corrupt { offset })]).await;
        let picture = shown(stage).await;
        assert_eq!(picture.state, "failed", "{picture:?}");
        stage.picture("image-damaged").await;
    });
}

const REPOSITORY: &str = "poloclub/diffusiondb";
const ARCHIVE: &str = "images/part-000001.zip";

/// A table of one part, whose archive has images of this length and so many members more. Gives the row
/// that is looked at, and the archive's length.
async fn put_one_part(stage: &Stage, image_bytes: usize, others: u64) -> (Row, u64) {
    let table = fixture::table::Table::new(1_000, 1);
    let mut bytes = Vec::new();
    fixture::write::diffusiondb(&table, &"hub".parse().unwrap(), &mut bytes).unwrap();
    stage.hub.mount(REPOSITORY, "metadata.parquet", Source::bytes(bytes)).unwrap();
    let zip = write_part(&table, 1, |_| image_bytes..image_bytes + 1, others, Vec::new()).unwrap();
    let end = zip.len() as u64;
    stage.hub.mount(REPOSITORY, ARCHIVE, Source::bytes(zip)).unwrap();
    let row = Row { link: "table=diffusiondb-2m&row=500".to_owned(), image: 0..0, directory: end - 10..end };
    // Where its image is, a first visit tells.
    open(stage, &row, Vec::new()).await;
    assert_eq!(shown(stage).await.state, "here");
    let log = stage.hub.log();
    let mut reads = log.iter().filter(|entry| {
        entry.server == Server::Cdn && entry.repo_path.as_deref().is_some_and(|path| path.ends_with(".zip"))
    });
    let image = reads
        .find_map(|entry| {
            entry.range.clone().filter(|range| range.end < end && range.end - range.start > 100)
        })
        .expect("a read of the image");
    (Row { image, ..row }, end)
}

/// What the CDN sent of archives, and the most at once.
fn sent(stage: &Stage) -> (u64, u64) {
    let log = stage.hub.log();
    let of_archives = log.iter().filter(|entry| {
        entry.server == Server::Cdn && entry.repo_path.as_deref().is_some_and(|path| path.ends_with(".zip"))
    });
    of_archives.map(|entry| entry.bytes_sent).fold((0, 0), |(all, most), sent| (all + sent, most.max(sent)))
}

/// Its image is looked at whatever its scores are.
async fn without_blur(stage: &Stage) {
    stage.browser.setting("vitrine.blur", "1").await;
}

#[test]
fn a_large_archive_that_would_come_whole_is_refused() {
    play("image-large", async |stage: &Stage| {
        // Requests are counted.
        stage.browser.needs_more_than_webkit("a range that outlives a redirect");
        // On a link without limits all of it may be in some buffer before a browser says that nobody listens.
        stage.hub.set_link(Link::megabits(200, 0));
        stage.expect_failures();
        without_blur(stage).await;
        let (row, end) = put_one_part(stage, 42_000, 0).await;
        assert!(end > 36 << 20, "{end} bytes");
        for at in [At::Directory, At::Image] {
            open(stage, &row, vec![Fault::always(row.requests(at), What::IgnoreRange)]).await;
            let picture = shown(stage).await;
            assert_eq!(picture.state, "failed", "{at:?}: {picture:?}");
            assert!(picture.says.contains("whole file"), "{at:?}: {picture:?}");
            let (_, most) = sent(stage);
            assert!(most < end / 2, "{at:?}: {most} bytes were sent at once");
            assert!(!stage.page().rows().await.is_empty(), "{at:?}: the table is as ever");
            comes_back(stage, "Retry", &format!("{at:?} 200")).await;
            let (all, _) = sent(stage);
            assert!(all < end, "{at:?}: {all} bytes in all");
        }
    });
}

#[test]
fn an_archive_that_changes_while_its_directory_is_read_is_not_mixed() {
    play("image-changes", async |stage: &Stage| {
        // Requests are counted.
        stage.browser.needs_more_than_webkit("a range that outlives a redirect");
        stage.expect_failures();
        without_blur(stage).await;
        // A directory too long to come with the end: it takes two reads.
        let (row, _) = put_one_part(stage, 2_000, 3_000).await;
        let changes = Fault::always(Match::on(Server::Cdn, ".zip").after(1), What::ChangeEtag);
        open(stage, &row, vec![changes]).await;
        let picture = shown(stage).await;
        assert_eq!(picture.state, "failed", "{picture:?}");
        assert!(picture.says.contains("was replaced"), "{picture:?}");
        assert_eq!(stage.page().rows().await.len().min(1), 1);
        comes_back(stage, "Retry", "a change").await;
        // Another archive, shorter than the Hub said a moment ago: what it says is believed, once.
        let (row, end) = put_one_part(stage, 1_000, 3_000).await;
        open(stage, &row, Vec::new()).await;
        assert_eq!(shown(stage).await.state, "here");
        assert!(sent(stage).0 < end, "{:?}", sent(stage));
    });
}

#[test]
fn a_repository_that_is_closed_while_images_are_read_asks_for_a_token() {
    play("image-closed", async |stage: &Stage| {
        stage.browser.needs_chromium("a redirect that is followed where a token goes along");
        stage.put_archives();
        stage.expect_failures();
        let row = Row::find(stage).await;
        for at in [At::Directory, At::Image] {
            stage.hub.gate(REPOSITORY, false);
            let part = row.link.rsplit('&').next().unwrap();
            let page = stage.page();
            match at {
                // The table is there, and nothing of the archive.
                At::Directory => {
                    stage.browser.client.goto("about:blank").await.unwrap();
                    stage.go_to_hub(&format!("table=diffusiondb-2m&{part}")).await;
                }
                At::Image => {
                    open(stage, &row, Vec::new()).await;
                    assert_eq!(shown(stage).await.state, "here");
                }
            }
            page.settled().await;
            page.rows().await;
            stage.hub.gate(REPOSITORY, true);
            stage.hub.expire_signatures();
            let grid = page.find("grid", "Rows").await;
            match at {
                At::Directory => grid.send_keys(key::ENTER).await.unwrap(),
                // Farther than what was read ahead.
                At::Image => {
                    page.click("button", "Close details").await;
                    grid.send_keys(&format!("{}{}{}", key::HOME, key::DOWN.repeat(4), key::ENTER))
                        .await
                        .unwrap();
                }
            }
            let told = page.alert("gated").await;
            assert!(told.contains(REPOSITORY), "{at:?}: {told}");
            stage.picture("image-closed").await;
            stage.hub.clear_log();
            page.find("password", "Token").await.send_keys(TOKEN).await.unwrap();
            page.click("button", "Use token").await;
            until("the image", async || (shown(stage).await.state == "here").then_some(())).await;
            let log = stage.hub.log();
            assert!(log.iter().any(|entry| entry.server == Server::Hub && entry.authorization), "{at:?}");
            let strangers = log.iter().filter(|entry| entry.server != Server::Hub && entry.authorization);
            assert_eq!(strangers.count(), 0, "{at:?}: the store was shown the token");
            // The next round begins without it.
            stage.browser.client.execute("sessionStorage.clear()", Vec::new()).await.unwrap();
            stage.hub.expire_signatures();
        }
    });
}
