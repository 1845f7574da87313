//! What the link is like, as the requests of this visit show it.

use crate::formats::parquet::plan::Link;

/// Bytes are counted over at least so long before they say how fast the link is.
const LEAST_MILLIS: f64 = 100.0;

/// And at least so many of them.
const LEAST_BYTES: u64 = 128 << 10;

/// After so long without a byte the link was idle, which says nothing of its speed.
const IDLE_MILLIS: f64 = 30.0;

/// What a request costs a browser by itself, however near the host: a millisecond from the link, and the rest for
/// handing it over and back between threads.
const LEAST_LATENCY_MILLIS: f64 = 8.0;

/// What a round trip brings is kept within these bounds, whatever was measured.
const BOUNDS_BYTES: (u64, u64) = (96 << 10, 4 << 20);

/// A new measurement of the speed counts as one to so many where it is lower; a higher one counts at once, since
/// much can slow a link for a moment.
const INERTIA: f64 = 4.0;

/// And nothing makes it faster, but for what came while this thread was busy and is handed over all at once: the speed
/// grows by no more than this from one measurement to the next.
const MOST_GROWTH: f64 = 2.0;

/// What a link is taken to bring before it was measured: 50 Mbit/s.
const USUAL_BYTES_PER_MILLI: f64 = 6_250.0;

/// Measures latency and bandwidth.
#[derive(Debug, Default)]
pub struct LinkMeter {
    now: Option<f64>,
    /// The shortest time from a request to its answer.
    latency_millis: Option<f64>,
    bytes_per_milli: Option<f64>,
    /// Since when how many bytes came without a pause, and when the last ones did.
    run: Option<(f64, u64, f64)>,
}

impl LinkMeter {
    /// Says what time it is, in milliseconds from any beginning.
    pub fn tell(&mut self, now_millis: f64) {
        self.now = Some(now_millis);
    }

    /// What time it is; none where nobody tells.
    pub fn now(&self) -> Option<f64> {
        self.now
    }

    /// The answer to a request of this time begins.
    pub fn began(&mut self, asked_millis: Option<f64>) {
        if let (Some(now), Some(asked)) = (self.now, asked_millis) {
            let took = (now - asked).max(LEAST_LATENCY_MILLIS);
            self.latency_millis = Some(self.latency_millis.map_or(took, |least| least.min(took)));
        }
    }

    /// Bytes of answers came.
    pub fn bytes(&mut self, bytes: u64) {
        let Some(now) = self.now else { return };
        let Some((since, sum, last)) = self.run.filter(|(.., last)| now - last <= IDLE_MILLIS) else {
            // These came while nobody looked.
            self.run = Some((now, 0, now));
            return;
        };
        let (sum, took) = (sum + bytes, now - since);
        if took < LEAST_MILLIS || sum < LEAST_BYTES {
            self.run = Some((since, sum, last.max(now)));
            return;
        }
        let speed = sum as f64 / took;
        self.bytes_per_milli = Some(match self.bytes_per_milli {
            Some(known) if known > speed => known + (speed - known) / INERTIA,
            known => speed.min(MOST_GROWTH * known.unwrap_or(USUAL_BYTES_PER_MILLI)),
        });
        self.run = Some((now, 0, now));
    }

    /// What plans rest on: what was measured, and the usual where nothing was.
    pub fn link(&self) -> Link {
        let (Some(latency), Some(speed)) = (self.latency_millis, self.bytes_per_milli) else {
            return Link::default();
        };
        let (least, most) = BOUNDS_BYTES;
        Link { round_trip_bytes: ((latency * speed) as u64).clamp(least, most) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Link, LinkMeter};

    /// Thirty answers one after another, each after `latency` and with pieces of 16 KiB.
    fn measured(latency: f64, bytes_per_milli: f64) -> u64 {
        let (mut meter, mut now) = (LinkMeter::default(), 0.0);
        for _ in 0..30 {
            meter.tell(now);
            let asked = meter.now();
            now += latency;
            meter.tell(now);
            meter.began(asked);
            for _ in 0..40 {
                now += 16_384.0 / bytes_per_milli;
                meter.tell(now);
                meter.bytes(16_384);
            }
        }
        meter.link().round_trip_bytes
    }

    #[test]
    fn what_comes_at_once_after_a_pause_of_this_thread_is_no_speed() {
        let (mut meter, mut now) = (LinkMeter::default(), 0.0);
        meter.tell(now);
        meter.began(Some(-60.0));
        // While it computed, 1.6 MB came, and are handed over within a tenth of a second.
        for _ in 0..100 {
            now += 1.1;
            meter.tell(now);
            meter.bytes(16_384);
        }
        assert!(meter.link().round_trip_bytes <= 750_000, "{:?}", meter.link());
    }

    #[test]
    fn latency_and_bandwidth_make_a_round_trip() {
        assert_eq!(LinkMeter::default().link(), Link::default());
        let near = |measured: u64, expected: u64| measured.abs_diff(expected) < expected / 10;
        assert!(near(measured(60.0, 6_250.0), 375_000));
        assert!(near(measured(200.0, 2_000.0), 400_000));
        assert_eq!(measured(1.0, 6_250.0), 96 << 10, "at least that");
        assert!(near(measured(1.0, 25_000.0), 200_000), "requests cost the browser as well");
        assert_eq!(measured(2_000.0, 6_250.0), 4 << 20, "at most that");
    }
}
