//! What goes wrong while an image is read: at its archive's directory, and at the image itself.

use crate::page::Picture;
use crate::sample::{DIFFUSIONDB, Table, Value, sample_path};
use crate::stage::{Stage, play, until};
use hub::{Fault, Match, Server, What};
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
            stage.page().alert("asked for a pause").await;
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
