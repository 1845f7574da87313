//! How often counts that only grow with a column are told while it is being read.
//!
//! A page of data comes every few milliseconds, and a look at every row and chart takes as long at
//! fourteen million rows. So what has grown waits until it is worth a look: the clock is the shell's,
//! and where nobody tells it, everything is told at once.

/// The shortest time between two looks.
pub const LEAST_MILLIS: f64 = 150.0;

/// The longest one.
pub const MOST_MILLIS: f64 = 1_000.0;

/// A look takes at most the share of one to this of the time.
const REST: f64 = 3.0;

/// When the next look is due.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    now: Option<f64>,
    /// When the last look began, until it is known when it ended.
    began: Option<f64>,
    due: f64,
}

impl Pace {
    /// Says what time it is, in milliseconds from any beginning.
    pub fn tell(&mut self, now_millis: f64) {
        let now = self.now.map_or(now_millis, |before| before.max(now_millis));
        self.now = Some(now);
        if let Some(began) = self.began.take() {
            self.due = now + ((now - began) * REST).clamp(LEAST_MILLIS, MOST_MILLIS);
        }
    }

    /// A look begins.
    pub fn look(&mut self) {
        self.began = self.now;
    }

    /// Whether the next look is due.
    pub fn is_due(&self) -> bool {
        self.now.is_none_or(|now| self.began.is_none() && now >= self.due)
    }

    /// How long it is until then.
    pub fn left_millis(&self) -> u32 {
        let left = self.now.map_or(0.0, |now| self.due - now);
        left.clamp(1.0, MOST_MILLIS).ceil() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST_MILLIS, Pace};

    #[test]
    fn looks_are_apart_by_what_they_take() {
        let mut pace = Pace::default();
        pace.look();
        assert!(pace.is_due(), "without a clock nothing waits");
        pace.tell(1_000.0);
        assert!(pace.is_due());
        pace.look();
        assert!(!pace.is_due());
        pace.tell(1_002.0);
        assert!(!pace.is_due());
        assert_eq!(f64::from(pace.left_millis()), LEAST_MILLIS);
        pace.tell(1_152.0);
        assert!(pace.is_due());
        // A long look is followed by a longer rest, within limits; a clock never goes back.
        pace.look();
        pace.tell(1_252.0);
        assert_eq!(pace.left_millis(), 300);
        pace.tell(900.0);
        assert_eq!(pace.left_millis(), 300);
        pace.tell(1_600.0);
        pace.look();
        pace.tell(9_000.0);
        assert_eq!(pace.left_millis(), 1_000);
    }
}
