//! When a request that failed is made again, and when it is given up.

use super::answer::Refused;
use crate::base::error::{Error, ErrorKind};

/// How often a range is tried again after failures in a row.
pub const MAX_RETRIES: u32 = 5;

/// The same for something whole, for which there is often a fallback.
const MAX_RETRIES_WHOLE: u32 = 1;

/// How often in a row a signed address may be refused.
const MAX_RESOLVES: u32 = 3;

/// Trouble that is over sooner than this is not reported.
const QUIET_MILLIS: u32 = 3_000;

const FIRST_BACKOFF_MILLIS: u32 = 500;

/// The Hub counts requests over five minutes, and the pauses add up to that.
const FIRST_PAUSE_MILLIS: u32 = 10_000;

/// The attempts at one request so far.
#[derive(Clone, Debug)]
pub struct Attempts {
    max_retries: u32,
    failures: u32,
    resolves: u32,
    waited_millis: u32,
}

/// What to do after an attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask for a new signed address, at once.
    Resolve,
    /// Try again after a while.
    Retry {
        /// How long to wait.
        after_millis: u32,
        /// What went wrong.
        error: Error,
        /// Whether it has taken so long by now that the user should hear of it.
        report: bool,
    },
    /// The range begins after the end of the file.
    BeyondEnd {
        /// The file's size, where the server says it.
        total_bytes: Option<u64>,
    },
    /// Trying again can't help, or was tried often enough.
    GiveUp(Error),
}

impl Attempts {
    /// At a range of a file, for which there is no fallback.
    pub const fn at_range() -> Self {
        Self { max_retries: MAX_RETRIES, failures: 0, resolves: 0, waited_millis: 0 }
    }

    /// At a small file, a listing or sizes.
    pub const fn at_whole() -> Self {
        Self { max_retries: MAX_RETRIES_WHOLE, ..Self::at_range() }
    }

    /// Bytes have come: failures before them do not count any more.
    pub const fn made_progress(&mut self) {
        (self.failures, self.resolves) = (0, 0);
    }

    /// What to do after a failure. `jitter`, from 0 to 1, takes up to half of the wait away or adds as
    /// much, so that many readers do not come back at once.
    pub fn after(&mut self, refused: Refused, jitter: f64) -> Next {
        let error = match refused {
            Refused::BeyondEnd { total_bytes } => return Next::BeyondEnd { total_bytes },
            Refused::ResolveAgain => {
                self.resolves += 1;
                if self.resolves <= MAX_RESOLVES {
                    return Next::Resolve;
                }
                Error::new(ErrorKind::Unauthorized, "the address that the Hub gives is refused")
            }
            Refused::Failed(error) => error,
        };
        if !error.is_retryable() || self.failures >= self.max_retries {
            return Next::GiveUp(error);
        }
        let first_millis = if error.kind == ErrorKind::RateLimited {
            // The server says for how long in headers that a page may not see, so the pauses are long.
            FIRST_PAUSE_MILLIS
        } else {
            FIRST_BACKOFF_MILLIS
        };
        let after_millis = doubled(first_millis, self.failures, jitter);
        self.failures += 1;
        self.waited_millis = self.waited_millis.saturating_add(after_millis);
        Next::Retry { after_millis, error, report: self.waited_millis >= QUIET_MILLIS }
    }
}

/// Twice as long after each failure.
fn doubled(first_millis: u32, failures: u32, jitter: f64) -> u32 {
    let millis = f64::from(first_millis) * f64::from(1_u32 << failures.min(MAX_RETRIES));
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 };
    (millis * (0.5 + jitter)) as u32
}

#[cfg(test)]
mod tests {
    use super::{Attempts, Next};
    use crate::base::error::{Error, ErrorKind};
    use crate::formats::hub::answer::{Answer, Refused, judge_whole};

    fn failed(kind: ErrorKind) -> Refused {
        Refused::Failed(Error::new(kind, "no"))
    }

    /// The waits until it is given up.
    fn waits(mut attempts: Attempts, kind: &ErrorKind, jitter: f64) -> Vec<u32> {
        let next = || match attempts.after(failed(kind.clone()), jitter) {
            Next::Retry { after_millis, .. } => Some(after_millis),
            Next::GiveUp(_) => None,
            other => panic!("{other:?}"),
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn waits_grow_and_end() {
        let waits = |jitter| waits(Attempts::at_range(), &ErrorKind::Network, jitter);
        assert_eq!(waits(0.5), [500, 1_000, 2_000, 4_000, 8_000]);
        assert_eq!(waits(0.0).first(), Some(&250));
        assert_eq!(waits(f64::NAN), waits(0.5));
    }

    #[test]
    fn a_pause_that_a_server_asks_for_is_long_whatever_was_asked_for() {
        let pauses = waits(Attempts::at_range(), &ErrorKind::RateLimited, 0.5);
        assert!(pauses.iter().sum::<u32>() >= 300_000);
        assert_eq!(waits(Attempts::at_whole(), &ErrorKind::RateLimited, 0.5), [10_000]);
        assert_eq!(waits(Attempts::at_whole(), &ErrorKind::Server, 0.5), [500]);
    }

    /// What comes of a small file or a listing that is refused with these statuses, one after another.
    #[test]
    fn what_can_not_succeed_is_not_tried_again() {
        for (statuses, expected) in [
            (&[401][..], "gives up: Unauthorized"),
            (&[403], "gives up: Unauthorized"),
            (&[404], "gives up: FileNotFound"),
            (&[400], "gives up: Unsupported"),
            (&[503, 403], "500, gives up: Unauthorized"),
            (&[503, 503], "500, gives up: Server"),
            (&[429, 429], "10000, gives up: RateLimited"),
            (&[0, 429], "500, gives up: RateLimited"),
        ] {
            let mut attempts = Attempts::at_whole();
            let steps = statuses.iter().map(|status| {
                let refused = judge_whole(&Answer { status: *status, ..Answer::default() }, 10).unwrap_err();
                match attempts.after(refused, 0.5) {
                    Next::Retry { after_millis, .. } => after_millis.to_string(),
                    Next::GiveUp(error) => format!("gives up: {:?}", error.kind),
                    other => panic!("{other:?}"),
                }
            });
            assert_eq!(steps.collect::<Vec<_>>().join(", "), expected, "{statuses:?}");
        }
    }

    #[test]
    fn a_signed_address_is_resolved_so_often() {
        let mut attempts = Attempts::at_range();
        for _ in 0..3 {
            assert_eq!(attempts.after(Refused::ResolveAgain, 0.5), Next::Resolve);
        }
        let Next::GiveUp(error) = attempts.clone().after(Refused::ResolveAgain, 0.5) else { panic!() };
        assert_eq!(error.kind, ErrorKind::Unauthorized);
        attempts.made_progress();
        assert_eq!(attempts.after(Refused::ResolveAgain, 0.5), Next::Resolve);
    }

    #[test]
    fn short_trouble_is_not_reported() {
        let mut attempts = Attempts::at_range();
        let mut reported = || match attempts.after(failed(ErrorKind::Server), 0.5) {
            Next::Retry { report, .. } => report,
            other => panic!("{other:?}"),
        };
        assert_eq!([(); 4].map(|()| reported()), [false, false, true, true]);
    }
}
