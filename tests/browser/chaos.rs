//! Faults at random: whatever happens, the end is the right answer or a notice that is shown; once the
//! trouble is over, the right answer. Never a wrong one, never a hang, never a dead thread.
//!
//! A few scripts run with the other tests; `cargo xtask chaos` runs two hundred.

use crate::driver::Engine;
use crate::matrix::{FILE, REPOSITORY, ROWS, TABLE, prompt, step};
use crate::page::{End, key};
use crate::stage::{Stage, play_for};
use hub::{Fault, Match, Server, Source, What};
use std::time::{Duration, Instant};

/// A script may take so long to come to an end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Numbers that follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % end
    }

    fn what(&mut self) -> What {
        match self.below(15) {
            0 => What::Status(503),
            1 => What::Status(500),
            2 => What::EmptyPartial,
            3 => What::ShortBody { keep: self.below(2_000) },
            4 => What::ShortLength { keep: self.below(2_000) },
            5 => What::WrongContentRange,
            6 => What::IgnoreRange,
            7 => What::Cut { after: self.below(100_000) },
            8 => What::Gone,
            9 => What::NoCors,
            10 => What::ExpireSignatures,
            11 => What::Stall { after: self.below(1_000), pause: Duration::from_millis(self.below(600)) },
            12 => What::ChangeEtag,
            13 => What::Html,
            _ => What::Status([401, 403, 404, 410, 416, 429][self.below(6) as usize]),
        }
    }

    fn fault(&mut self) -> Fault {
        let server = if self.below(4) == 0 { Server::Hub } else { Server::Cdn };
        let when = Match::on(server, FILE).after(self.below(6) as u32);
        let what = self.what();
        match self.below(8) {
            0 => Fault::always(when, what),
            times => Fault::times(1 + times as u32 % 3, when, what),
        }
    }
}

/// What the page shows, or how it is wrong.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Nothing wrong, and not all there yet.
    OnItsWay,
    /// A notice, and nothing wrong.
    Told,
    /// All there.
    Right,
}

async fn look(stage: &Stage, script: u64) -> State {
    let page = stage.page();
    let outline = page.outline().await;
    assert!(!outline.contains("data thread stopped"), "script {script}: the thread died: {outline}");
    // As far as rows are there, they are the right ones.
    let rows = page.rows_so_far().await;
    let mut all = !rows.is_empty();
    for row in &rows {
        let number = u32::try_from(row.place - 1).unwrap();
        for (column, expected) in [("prompt", prompt(number)), ("step", step(number).to_string())] {
            match row.cells.get(column).and_then(Option::as_ref) {
                Some(shown) => assert_eq!(*shown, expected, "script {script}, row {number}, {column}"),
                None => all = false,
            }
        }
    }
    if let Some(count) = page.settled_now().await {
        assert_eq!(count, u64::from(ROWS), "script {script}");
    } else {
        all = false;
    }
    let at_the_end = rows.iter().any(|row| row.place == u64::from(ROWS));
    if all && at_the_end && page.has_slider("seed", End::Low).await {
        return State::Right;
    }
    if page.texts("alert").await.is_empty() { State::OnItsWay } else { State::Told }
}

/// Opens the table, reads a column whole and jumps to the end, as far as each is possible.
async fn act(stage: &Stage, acted: &mut (bool, bool)) {
    let page = stage.page();
    if !acted.0 && page.press_if_there("button", "Load seed,").await {
        acted.0 = true;
    }
    // WebKit's driver loses a key now and then.
    let again = !acted.1 || stage.browser.engine() == Engine::Webkit;
    if again && page.type_if_there("grid", "Rows", key::END).await {
        acted.1 = true;
    }
}

async fn one(stage: &Stage, script: u64, told: &mut u32) {
    let mut dice = Dice(script.wrapping_mul(0x2545_f491_4f6c_dd1d));
    stage.hub.clear_faults();
    stage.hub.expire_signatures();
    let faults: Vec<Fault> = (0..1 + dice.below(4)).map(|_| dice.fault()).collect();
    for fault in &faults {
        stage.hub.script(fault.clone());
    }
    stage.browser.client.goto("about:blank").await.unwrap();
    stage.go_to_hub(&format!("table=hf:{REPOSITORY}/{FILE}&columns=prompt,step")).await;
    let mut acted = (false, false);
    let start = Instant::now();
    loop {
        act(stage, &mut acted).await;
        match look(stage, script).await {
            State::Right => break,
            // A notice may be of something that is tried again: it is given a moment to pass.
            State::Told if start.elapsed() > Duration::from_secs(4) => {
                *told += 1;
                break;
            }
            State::Told | State::OnItsWay => {}
        }
        assert!(start.elapsed() < PATIENCE, "script {script} came to no end: {faults:?}");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    // The trouble is over: whatever was told, what it offers leads to the right answer.
    stage.hub.clear_faults();
    let start = Instant::now();
    while look(stage, script).await != State::Right {
        stage.page().press_if_there("button", "Retry now").await;
        if stage.page().press_if_there("button", "Load again").await {
            acted = (false, false);
        }
        // Where nothing is offered but another file, the link still leads here.
        if start.elapsed() > Duration::from_secs(8) && stage.page().rows_so_far().await.is_empty() {
            stage.go_to_hub(&format!("table=hf:{REPOSITORY}/{FILE}&columns=prompt,step")).await;
            acted = (false, false);
            tokio::time::sleep(Duration::from_secs(4)).await;
        }
        act(stage, &mut acted).await;
        assert!(start.elapsed() < PATIENCE, "script {script} did not recover: {faults:?}");
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
}

fn scripts(name: &'static str, scripts: std::ops::Range<u64>, limit: Duration) {
    play_for(name, limit, async |stage| {
        stage.hub.mount(REPOSITORY, FILE, Source::bytes(TABLE.clone())).unwrap();
        stage.expect_failures();
        let mut told = 0;
        let count = scripts.end - scripts.start;
        for script in scripts {
            one(stage, script, &mut told).await;
            // Each script stands alone: an error in the console is told with its number.
            stage.read_console().await;
            stage.check_console_of(&format!("script {script}"));
        }
        println!("chaos: {count} scripts, {told} ended with a notice, {} without", count - u64::from(told));
    });
}

#[test]
fn a_few_random_scripts_end_right_or_with_a_notice() {
    scripts("chaos-few", 0..8, Duration::from_secs(8 * 90));
}

#[test]
#[ignore = "takes a quarter of an hour; run by cargo xtask chaos"]
fn two_hundred_random_scripts_end_right_or_with_a_notice() {
    let from = std::env::var("VITRINE_CHAOS_FROM").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let count = std::env::var("VITRINE_CHAOS_COUNT").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    scripts("chaos", from..from + count, Duration::from_secs(4 * 3_600));
}
