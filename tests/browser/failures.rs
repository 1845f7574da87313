//! A network that fails: what recovers by itself, and what is offered where it doesn't.

use crate::sample::{DIFFUSIONDB, sample_path};
use crate::stage::{Stage, play};
use hub::{Fault, Match, Server, Source, What};
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
        stage.page().click("button", "Retry now").await;
        assert_eq!(stage.page().settled().await, 5_000);
    });
}

#[test]
fn a_pause_that_the_hub_asks_for_is_told() {
    play("pause", async |stage| {
        stage.expect_failures();
        stage.hub.script(Fault::always(Match::on(Server::Hub, FILE), What::Status(429)));
        stage.go_to_hub(TABLE).await;
        stage.page().alert("asked for a pause").await;
        stage.hub.clear_faults();
        stage.page().click("button", "Retry now").await;
        assert_eq!(stage.page().settled().await, 5_000);
    });
}

#[test]
fn a_file_that_changes_is_never_mixed() {
    play("changed", async |stage| {
        stage.go_to_hub(TABLE).await;
        stage.page().settled().await;
        stage.page().rows().await;
        // Another version of the same file, on the next request.
        let mut bytes = std::fs::read(sample_path(DIFFUSIONDB)).unwrap();
        bytes.splice(4..4, [0; 100]);
        stage.hub.mount("poloclub/diffusiondb", FILE, Source::bytes(bytes)).unwrap();
        stage.hub.expire_signatures();
        stage.expect_failures();
        let grid = stage.page().find("grid", "Rows").await;
        grid.send_keys(crate::page::key::END).await.unwrap();
        // Everything may have been read before; then there is nothing to notice.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let alerts = stage.page().texts("alert").await;
        assert!(alerts.iter().all(|alert| alert.contains("changed")), "{alerts:?}");
    });
}

#[test]
fn a_repository_that_is_not_open_is_told() {
    play("gated", async |stage| {
        stage.expect_failures();
        stage.hub.gate("poloclub/diffusiondb", true);
        stage.go_to_hub(TABLE).await;
        stage.page().alert("gated").await;
    });
}

#[test]
fn a_server_that_ignores_ranges_does_not_get_to_send_everything() {
    play("ignored", async |stage| {
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
