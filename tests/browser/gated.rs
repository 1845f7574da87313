//! A repository that is not open to everyone: a token opens it, and goes nowhere else.

use crate::driver::Engine;
use crate::stage::{Stage, TOKEN, play, until};
use hub::Server;

const TABLE: &str = "table=diffusiondb-2m";
const REPOSITORY: &str = "poloclub/diffusiondb";

async fn give(stage: &Stage, token: &str) {
    let field = stage.page().find("password", "Token").await;
    field.send_keys(token).await.unwrap();
    stage.page().click("button", "Use token").await;
}

/// Everything of the page that could be read over a shoulder, shared or reported.
async fn shown(stage: &Stage) -> String {
    const ALL: &str = "return [document.documentElement.outerHTML, location.href, \
        JSON.stringify(localStorage), document.cookie, JSON.stringify(history.state), \
        JSON.stringify(performance.getEntries())].join('\\n')";
    stage.browser.client.execute(ALL, vec![]).await.unwrap().as_str().unwrap().to_owned()
}

#[test]
fn a_token_opens_it_and_is_shown_to_the_hub_alone() {
    play("gated", async |stage| {
        stage.expect_failures();
        stage.hub.gate(REPOSITORY, true);
        stage.go_to_hub(TABLE).await;
        let page = stage.page();
        let told = page.alert("gated").await;
        assert!(
            told.contains(&format!("sent to {} alone", stage.hub.endpoint().split("://").nth(1).unwrap()))
        );
        let link = page.find("link", REPOSITORY).await;
        let address = link.attr("href").await.unwrap().unwrap();
        assert_eq!(address, format!("{}/datasets/{REPOSITORY}", stage.hub.endpoint()));
        assert!(link.attr("rel").await.unwrap().unwrap().contains("noopener"));
        stage.picture("gated").await;

        // One that nobody holds is refused, and the field is offered again.
        give(stage, "hf_ofNobody").await;
        page.alert("who asks").await;
        stage.hub.clear_log();
        give(stage, TOKEN).await;
        stage.browser.needs_more_than_webkit("a redirect that is followed where a token goes along");
        if stage.browser.engine() == Engine::Firefox {
            page.alert("Firefox and Safari do not follow the Hub to its store").await;
            return;
        }
        assert_eq!(page.settled().await, 5_000);
        assert_eq!(page.texts("alert").await, [""; 0]);

        // Asked again of the Hub, and of the CDN as ever.
        stage.hub.expire_signatures();
        let grid = page.find("grid", "Rows").await;
        grid.send_keys(crate::page::key::END).await.unwrap();
        until("the last row", async || Some(page.rows().await.last()?.place).filter(|last| *last == 5_000))
            .await;
        check_log(stage);
        assert!(!shown(stage).await.contains(TOKEN), "the token is on the page, in a link or kept for good");
        stage.read_console().await;
        assert!(!stage.console_says(TOKEN));

        // The session knows it after a reload.
        stage.hub.clear_log();
        stage.browser.client.refresh().await.unwrap();
        assert_eq!(page.settled().await, 5_000);
        check_log(stage);
    });
}

fn check_log(stage: &Stage) {
    let log = stage.hub.log();
    assert!(log.iter().any(|entry| entry.server == Server::Hub && entry.authorization));
    for entry in &log {
        match entry.server {
            Server::Hub => assert!(entry.authorization || entry.method == "OPTIONS", "{entry:?}"),
            Server::Cdn | Server::App => {
                assert!(!entry.authorization, "{entry:?}");
                assert_ne!(entry.method, "OPTIONS", "the CDN is not asked for permission");
            }
        }
    }
}

#[test]
fn a_token_for_one_hub_is_not_shown_to_another() {
    play("gated-elsewhere", async |stage| {
        stage.browser.needs_chromium("a redirect that is followed where a token goes along");
        stage.expect_failures();
        stage.hub.gate(REPOSITORY, true);
        stage.go_to_hub(TABLE).await;
        stage.page().alert("gated").await;
        give(stage, TOKEN).await;
        assert_eq!(stage.page().settled().await, 5_000);
        stage.hub.clear_log();
        // The same server under another name is another endpoint.
        let other = stage.hub.endpoint().replace("127.0.0.1", "localhost");
        stage.go(&format!("{TABLE}&endpoint={other}")).await;
        stage.page().alert("gated").await;
        assert!(stage.hub.log().iter().all(|entry| !entry.authorization));
    });
}
