//! Counting what passed and failed, from what test programs print.

/// Passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// One check that passed or failed as a whole.
    pub(crate) fn one(ok: bool) -> Self {
        Self { passed: u64::from(ok), failed: u64::from(!ok) }
    }

    /// Adds up the summaries in the output of test programs. Of a program that ended before its summary,
    /// the tests that it had told of count, and the end as a failure.
    pub(crate) fn of_tests(output: &str, ok: bool) -> Self {
        let (mut tally, mut open) = (Self::default(), Self::default());
        for line in output.lines() {
            if let Some((_, summary)) = line.split_once("test result: ") {
                tally.passed += before(summary, " passed");
                tally.failed += before(summary, " failed");
                open = Self::default();
            } else if let Some((_, end)) =
                line.strip_prefix("test ").and_then(|line| line.split_once(" ... "))
            {
                open.passed += u64::from(end.starts_with("ok"));
                open.failed += u64::from(end.starts_with("FAILED"));
            }
        }
        if !ok && open.passed + open.failed > 0 {
            tally += open;
            tally.failed += 1;
        }
        if !ok && tally.failed == 0 {
            tally.failed = 1;
        }
        tally
    }
}

/// The tests that failed, with the first line of what they said, and those that had not ended when their program did,
/// by what was printed.
pub(crate) fn troubled(output: &str) -> Vec<String> {
    /// Longer lines are cut.
    const MAX_CHARS: usize = 400;
    let (mut failed, mut running) = (Vec::new(), Vec::<String>::new());
    let mut lines = output.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("thread '") && line.contains(" panicked at ") {
            let said: String = lines.next().unwrap_or_default().chars().take(MAX_CHARS).collect();
            let name = line.split('\'').nth(1).unwrap_or_default();
            if failed.iter().any(|test| test == name) {
                failed.push(format!("{name}: {said}"));
            }
            continue;
        }
        let Some(rest) = line.strip_prefix("test ") else { continue };
        if let Some((name, _)) = rest.split_once(" has been running for over ") {
            running.push(name.to_owned());
        } else if let Some((name, end)) = rest.split_once(" ... ") {
            running.retain(|other| other != name);
            if end.starts_with("FAILED") {
                failed.push(name.to_owned());
            }
        }
    }
    failed.extend(running.into_iter().map(|name| format!("{name} (it did not end)")));
    failed
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The number before a word.
fn before(summary: &str, word: &str) -> u64 {
    let digits = summary.split_once(word).and_then(|(head, _)| head.rsplit(' ').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Tally, troubled};

    #[test]
    fn what_failed_and_what_did_not_end_is_named() {
        let output = "test a ... ok\ntest b has been running for over 60 seconds\ntest c ... FAILED\n\
                      test d has been running for over 60 seconds\ntest b ... ok\ntest result: FAILED. 1 passed";
        assert_eq!(troubled(output), ["c", "d (it did not end)"]);
        let said = "test c ... FAILED\nthread 'c' (7) panicked at src/c.rs:1:2:\nit is 3\nthread 'e' panicked at x:\nno";
        assert_eq!(troubled(said), ["c", "c: it is 3"]);
        assert!(troubled("test a ... ok\ntest result: ok. 1 passed; 0 failed").is_empty());
    }

    #[test]
    fn summaries_are_added_up() {
        let output = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\
                      test result: FAILED. 10 passed; 2 failed; 0 ignored\n";
        assert_eq!(Tally::of_tests(output, false), Tally { passed: 13, failed: 2 });
        assert_eq!(Tally::of_tests("error: it does not build", false), Tally { passed: 0, failed: 1 });
        assert_eq!(
            Tally::of_tests("test result: ok. 3 passed; 0 failed", false),
            Tally { passed: 3, failed: 1 }
        );
        assert_eq!(Tally::of_tests("no tests to run!", true), Tally::default());
        let cut = "test result: ok. 3 passed; 0 failed\ntest a ... ok\ntest b ... FAILED\ntest c ... ignored";
        assert_eq!(Tally::of_tests(cut, false), Tally { passed: 4, failed: 2 });
    }
}
