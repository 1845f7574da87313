//! A network that fails: what recovers by itself, and what is offered where it doesn't.

use crate::page::key;
use crate::sample::{DIFFUSIONDB, sample_path};
use crate::stage::{Stage, play, until};
use hub::{Fault, Link, Match, Server, Source, What};
use std::time::Duration;

const TABLE: &str = "table=diffusiondb-2m";
const FILE: &str = "metadata.parquet";

fn data() -> Match {
    Match::on(Server::Cdn, FILE)
}

/// Opens the table although this happens.
async fn opens_in_spite_of(stage: &Stage, faults: Vec<Fault>) {
    stage.expect_failures();
    for fault in faults {
        stage.hub.script(fault);
    }
    stage.go_to_hub(TABLE).await;
    assert_eq!(stage.page().settled().await, 5_000);
    stage.page().rows().await;
    assert_eq!(stage.hub.faults_left(), 0, "the fault did not strike");
    // What is over leaves no notice behind.
    assert_eq!(stage.page().texts("alert").await, [""; 0]);
}

#[test]
fn a_cut_in_the_middle_of_the_data_recovers() {
    play("cut", async |stage| {
        opens_in_spite_of(stage, vec![Fault::once(data().after(1), What::Cut { after: 1_000 })]).await;
    });
}

#[test]
fn answers_that_are_short_or_beside_the_point_recover() {
    play("short", async |stage| {
        opens_in_spite_of(
            stage,
            vec![
                Fault::once(data(), What::EmptyPartial),
                Fault::once(data().after(1), What::ShortLength { keep: 10 }),
            ],
        )
        .await;
    });
}

#[test]
fn a_server_that_fails_for_a_while_recovers() {
    play("server", async |stage| {
        opens_in_spite_of(stage, vec![Fault::times(2, data(), What::Status(503))]).await;
    });
}

#[test]
fn a_signed_address_that_expires_is_asked_for_again() {
    play("expired", async |stage| {
        opens_in_spite_of(stage, vec![Fault::once(data().after(1), What::ExpireSignatures)]).await;
    });
}

#[test]
fn a_network_that_stays_down_is_told_and_retried_on_request() {
    play("down", async |stage| {
        stage.expect_failures();
        stage.hub.script(Fault::always(data().after(1), What::Cut { after: 0 }));
        stage.go_to_hub(TABLE).await;
        stage.page().find("button", "Retry now").await;
        stage.picture("failed-network").await;
        stage.hub.clear_faults();
        stage.page().retry_now().await;
        assert_eq!(stage.page().settled().await, 5_000);
    });
}

#[test]
fn a_pause_that_the_hub_asks_for_is_told() {
    play("pause", async |stage| {
        stage.expect_failures();
        stage.hub.script(Fault::always(Match::on(Server::Hub, FILE), What::Status(429)));
        stage.go_to_hub(TABLE).await;
        stage.page().alert("is rate-limiting requests").await;
        stage.hub.clear_faults();
        stage.page().retry_now().await;
        assert_eq!(stage.page().settled().await, 5_000);
    });
}

#[test]
fn a_file_that_changes_is_never_mixed() {
    play("changed", async |stage| {
        let page = stage.page();
        stage.go_to_hub(TABLE).await;
        page.settled().await;
        let before = page.rows().await;
        // Another version of the same file, as long and laid out alike: nothing but its tag tells that
        // what is read of it does not belong to what was read before.
        let mut bytes = std::fs::read(sample_path(DIFFUSIONDB)).unwrap();
        let writer = b"parquet-cpp-arrow";
        let at = bytes.windows(writer.len()).rposition(|part| part == writer).unwrap();
        bytes[at] = b'P';
        stage.hub.mount("poloclub/diffusiondb", FILE, Source::bytes(bytes)).unwrap();
        stage.hub.expire_signatures();
        stage.expect_failures();
        // The names of images have not been read yet: a row's details ask for them.
        let named = async || page.texts("group").await.iter().any(|text| text.contains(".png"));
        let grid = page.find("grid", "Rows").await;
        grid.send_keys(&format!("{}{}", key::DOWN, key::ENTER)).await.unwrap();
        let alert = page.alert("changed").await;
        assert!(alert.contains("versions do not mix"), "{alert}");
        // What was read is still there, and nothing of the other version.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!named().await, "a value of the other version");
        let after = page.rows().await;
        // The notice takes the room of a row.
        assert!(after.len() > 5);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.cells, after.cells);
        }
        page.drag("step", 0.05, 0.6).await;
        until("a filter of what was read", async || {
            page.settled().await.checked_sub(1).filter(|left| *left < 4_999)
        })
        .await;
        // On request the new version is opened, from its beginning.
        page.click("button", "Load again").await;
        until("no notice", async || page.texts("alert").await.is_empty().then_some(())).await;
        until("the name of the image", async || named().await.then_some(())).await;
    });
}

#[test]
fn a_server_that_ignores_ranges_does_not_get_to_send_everything() {
    play("ignored", async |stage| {
        // On a link without limits all of it may be in some buffer before a browser says that nobody listens.
        stage.hub.set_link(Link::megabits(200, 0));
        stage.expect_failures();
        let bytes = vec![0; 40 * 1024 * 1024];
        let table = stage.put("large.parquet", bytes);
        stage.hub.script(Fault::always(Match::on(Server::Cdn, "large.parquet"), What::IgnoreRange));
        stage.go_to_hub(&format!("table={table}")).await;
        stage.page().alert("can't be read in parts").await;
        let sent: u64 = stage.hub.log().iter().map(|entry| entry.bytes_sent).sum();
        assert!(sent < 8 * 1024 * 1024, "{sent} bytes were sent");
    });
}
