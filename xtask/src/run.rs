//! Running other programs.

use crate::Result;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    // As cargo says when it runs this program: with a build folder that several checkouts share,
    // the program may have been built in another one.
    let here = std::env::var_os("CARGO_MANIFEST_DIR");
    let here = here.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().unwrap_or(&here).to_owned()
}

/// The folder where cargo builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// A cargo command in the workspace, by the toolchain that runs this one.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Runs a command whose output is shown as it comes.
pub(crate) fn shown(mut command: Command) -> Result<()> {
    let program = command.get_program().display().to_string();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} ended with {status}")),
        Err(error) => Err(format!("{program} can't be run: {error}")),
    }
}

/// The generator of tables, as a program of its own: it needs the whole of arrow, which nothing
/// else here does.
pub(crate) fn fixture(args: &[String]) -> Result<()> {
    let mut command = cargo(&["run", "--quiet", "--package", "fixture", "--"]);
    command.args(args);
    shown(command)
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Whether it ended in time and with success.
    pub(crate) ok: bool,
    /// Both its outputs, in the order in which they came.
    pub(crate) output: String,
}

/// How long a command may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// In all.
    pub(crate) total: Duration,
    /// Without a word: a suite on a slow machine goes on for as long as its tests end one after another.
    pub(crate) silence: Duration,
}

/// Runs a command and captures its output. Past a limit it is killed, with everything that it
/// started.
pub(crate) fn captured(mut command: Command, limit: Limit) -> Outcome {
    let program = command.get_program().display().to_string();
    own_group(&mut command);
    let start = Instant::now();
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => return Outcome { ok: false, output: format!("{program} can't be run: {error}\n") },
    };
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        forward(stdout, sender.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        forward(stderr, sender);
    }
    let mut output = Vec::new();
    let mut ended = None;
    let mut last_word = start;
    loop {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(piece) => {
                output.extend_from_slice(&piece);
                last_word = Instant::now();
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            // Something that outlives the command may hold its output open: it is not waited for.
            Err(mpsc::RecvTimeoutError::Timeout) if ended.is_some() => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        ended = ended.or_else(|| child.try_wait().ok().flatten());
        let too_long = if start.elapsed() > limit.total {
            Some(format!("did not end within {} s", limit.total.as_secs()))
        } else if last_word.elapsed() > limit.silence {
            Some(format!("said nothing for {} s", limit.silence.as_secs()))
        } else {
            None
        };
        if let Some(why) = too_long.filter(|_| ended.is_none()) {
            end_group(&mut child);
            let said = String::from_utf8_lossy(&output);
            return Outcome { ok: false, output: format!("{said}\n{program} {why}\n") };
        }
    }
    let ok = ended.or_else(|| child.wait().ok()).is_some_and(|status| status.success());
    end_group(&mut child);
    Outcome { ok, output: String::from_utf8_lossy(&output).into_owned() }
}

fn forward(mut pipe: impl Read + Send + 'static, sender: mpsc::Sender<Vec<u8>>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(read @ 1..) = pipe.read(&mut buffer) {
            let piece = buffer.get(..read).unwrap_or_default().to_vec();
            if sender.send(piece).is_err() {
                break;
            }
        }
    });
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

/// Ends what is left of the command: a browser that a failed test left behind, for one.
fn end_group(child: &mut Child) {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, unix))]
mod tests {
    use super::{Limit, Outcome, captured};
    use std::process::Command;
    use std::time::{Duration, Instant};

    fn shell(script: &str, silence: Duration) -> Outcome {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        captured(command, Limit { total: Duration::from_secs(60), silence })
    }

    #[test]
    fn output_is_captured_and_failure_reported() {
        let outcome = shell("echo one; echo two >&2; exit 3", Duration::from_secs(20));
        assert!(!outcome.ok);
        assert!(outcome.output.contains("one\n") && outcome.output.contains("two\n"), "{outcome:?}");
        assert!(shell("true", Duration::from_secs(20)).ok);
    }

    #[test]
    fn a_hang_ends_with_all_its_children() {
        let start = Instant::now();
        let outcome = shell("echo begun; sleep 60 & sleep 60; wait", Duration::from_millis(300));
        assert!(!outcome.ok);
        assert!(outcome.output.contains("begun") && outcome.output.contains("said nothing"), "{outcome:?}");
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn what_goes_on_saying_something_goes_on() {
        let outcome = shell("for i in 1 2 3 4 5 6; do echo $i; sleep 0.2; done", Duration::from_millis(900));
        assert!(outcome.ok && outcome.output.contains('6'), "{outcome:?}");
    }

    #[test]
    fn what_is_left_in_the_background_is_not_waited_for() {
        let start = Instant::now();
        assert!(shell("sleep 60 & echo done", Duration::from_secs(30)).ok);
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
