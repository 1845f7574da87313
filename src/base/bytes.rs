//! Byte ranges, and how amounts of bytes are written for people.

use std::fmt;

/// A half-open range of bytes of one file: `start` is in it, `end` is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ByteRange {
    /// First byte of the range.
    pub start: u64,
    /// First byte after the range.
    pub end: u64,
}

impl ByteRange {
    /// The range from `start` up to, not including, `end`; empty when `end` lies before `start`.
    pub const fn new(start: u64, end: u64) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// Number of bytes.
    pub const fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// Whether every byte of `other` is in this range.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The bytes that both ranges hold, if any.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let start = self.start.max(other.start);
        let end = self.end.min(other.end);
        (start < end).then_some(Self { start, end })
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// An amount of bytes as people read it: decimal units, one decimal below ten, `8.2 MB`, `73 MB`.
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "KB")];
    for (scale, unit) in UNITS {
        let value = bytes as f64 / scale;
        if value >= 0.9995 {
            return if value < 99.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") };
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::{ByteRange, human_bytes};

    #[test]
    fn ranges_meet_where_they_overlap() {
        let a = ByteRange::new(10, 20);
        assert_eq!(a.len(), 10);
        assert_eq!(a.intersection(ByteRange::new(15, 30)), Some(ByteRange::new(15, 20)));
        assert_eq!(a.intersection(ByteRange::new(20, 30)), None);
        assert!(a.contains(ByteRange::new(10, 20)));
        assert!(!a.contains(ByteRange::new(9, 12)));
        assert!(ByteRange::new(5, 3).is_empty());
    }

    #[test]
    fn amounts_read_like_the_interface_writes_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KB"),
            (8_240_000, "8.2 MB"),
            (73_300_000, "73.3 MB"),
            (186_000_000, "186 MB"),
            (1_600_000_000_000, "1.6 TB"),
        ] {
            assert_eq!(human_bytes(bytes), text);
        }
    }
}
