//! Writes nested values as JSON, cut where it gets too long to read.

use super::decode::Values;
use super::meta::Logical;
use super::variant::{Style, Tree};
use crate::base::decimal;
use crate::base::moment::Moment;
use crate::base::utf8::is_text;

/// The JSON of one row as it grows. What would make it longer than its limit is left out, and an ellipsis stands
/// for it.
#[derive(Debug)]
pub struct Json {
    text: String,
    most_bytes: usize,
    full: bool,
}

impl Json {
    /// An empty one, which ends after so many bytes.
    pub fn new(most_bytes: usize) -> Self {
        Self { text: String::new(), most_bytes, full: false }
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.text
    }

    /// Adds brackets, commas and the like.
    pub fn mark(&mut self, mark: &str) {
        if self.text.len() > self.most_bytes && !self.full {
            self.text.push('…');
            self.full = true;
        }
        if !self.full {
            self.text.push_str(mark);
        }
    }

    /// Adds a string in quotes.
    pub fn string(&mut self, text: &str) {
        if self.full {
            return;
        }
        let cut = match text.char_indices().nth(self.most_bytes) {
            Some((end, _)) => text.get(..end).unwrap_or_default(),
            None => text,
        };
        self.mark(&serde_json::to_string(cut).unwrap_or_default());
    }

    /// Adds a value of the type VARIANT; it is in the lazy module.
    pub fn tree(&mut self, tree: &Tree) {
        if self.full {
            return;
        }
        let before = self.text.len();
        tree.push(&mut self.text, Style::Read);
        let most = before.saturating_add(self.most_bytes);
        if most < self.text.len() {
            let end = (0..=most).rev().find(|end| self.text.is_char_boundary(*end)).unwrap_or(before);
            self.text.truncate(end);
            self.text.push('…');
            self.full = true;
        }
    }

    /// Adds the value at `place` of `values`, which mean `logical`.
    pub fn value(&mut self, values: &Values, place: usize, logical: Logical) {
        if self.full {
            return;
        }
        match values {
            Values::Bool(all) => self.mark(if all.get(place) == Some(&true) { "true" } else { "false" }),
            Values::Int(all) => self.whole(all.get(place).copied().unwrap_or_default(), logical),
            Values::Float32(all) => {
                // The shortest text for a four-byte number, not that of its eight-byte form.
                let value = all.get(place).copied().unwrap_or_default();
                self.number(value.to_string().parse().unwrap_or(f64::NAN));
            }
            Values::Float64(all) => self.number(all.get(place).copied().unwrap_or_default()),
            Values::Bytes(all) => {
                let bytes = all.get(place).unwrap_or_default();
                match logical {
                    Logical::Text | Logical::Uuid | Logical::Interval | Logical::Period(_) => {
                        self.string(&String::from_utf8_lossy(bytes))
                    }
                    Logical::Decimal { scale } => self.mark(&decimal::text_of_sortable(bytes, scale)),
                    // Some writers do not say that it is text.
                    Logical::Binary if is_text(bytes) => self.string(&String::from_utf8_lossy(bytes)),
                    // An image inside the table: its size says more than its bytes.
                    _ => self.string(&format!("{} bytes", bytes.len())),
                }
            }
            // Dictionary indexes are resolved by the caller.
            Values::Indexes(_) => self.mark("null"),
        }
    }

    fn whole(&mut self, value: i64, logical: Logical) {
        match logical {
            Logical::Time(kind, unit) => self.string(&Moment { ticks: value, unit, kind }.iso()),
            Logical::Decimal { scale } => self.mark(&decimal::text_of(value, scale)),
            Logical::Int { signed: false, bits: 64 } => self.mark(&(value as u64).to_string()),
            _ => self.mark(&value.to_string()),
        }
    }

    /// JSON has no NaN and no infinity.
    fn number(&mut self, value: f64) {
        if value.is_finite() {
            self.mark(&value.to_string());
        } else {
            self.string(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn a_long_row_is_cut_once() {
        let mut json = Json::new(4_000);
        for _ in 0..1_000 {
            json.string("castle");
            json.mark(", ");
        }
        let text = json.finish();
        assert!(text.len() < 4_020);
        assert!(text.ends_with('…') && !text.ends_with("……"));
    }
}
