//! How the values of a row name a file: `images/part-{part_id:06}.zip`.
//!
//! What stands in braces is a column; behind a colon the digits to which its whole numbers are filled
//! with zeros. Values can't lead out of where the pattern is.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The most digits to fill up to.
const MAX_DIGITS: usize = 12;

/// What an address may hold as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Column { name: String, digits: usize },
}

/// What becomes of values on their way into a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    /// A path: values stay as they are.
    Path,
    /// An address: values are encoded.
    Address,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if before.contains('}') {
                return Err("a } stands without its {.".to_owned());
            }
            let (inside, after) = after.split_once('}').ok_or("a { has no }.")?;
            let (name, digits) = match inside.rsplit_once(':') {
                Some((name, digits)) => {
                    let digits = digits.parse().ok().filter(|digits| *digits <= MAX_DIGITS);
                    (
                        name,
                        digits.ok_or_else(|| {
                            format!("the digits of {{{inside}}} are no number up to {MAX_DIGITS}.")
                        })?,
                    )
                }
                None => (inside, 0),
            };
            if name.is_empty() || name.contains('{') {
                return Err(format!("{{{inside}}} names no column."));
            }
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Column { name: name.to_owned(), digits });
            rest = after;
        }
        if rest.contains('}') {
            return Err("a } stands without its {.".to_owned());
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        if pieces.is_empty() { Err("it is empty.".to_owned()) } else { Ok(Self(pieces)) }
    }

    /// The columns that it names, each once.
    pub fn columns(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Column { name, .. } if !names.contains(&name.as_str()) => names.push(name.as_str()),
                Piece::Column { .. } | Piece::Text(_) => {}
            }
        }
        names
    }

    /// The name with these values; none where one of them is missing, or would lead elsewhere.
    pub fn fill(&self, into: Into, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Column { name, digits } => {
                    let value = value(name)?;
                    let value = match digits {
                        0 => value,
                        digits => format!("{:0digits$}", value.parse::<u64>().ok()?, digits = *digits),
                    };
                    if !value.split('/').all(is_step) {
                        return None;
                    }
                    match into {
                        Into::Path => filled.push_str(&value),
                        Into::Address => filled.extend(utf8_percent_encode(&value, PLAIN)),
                    }
                }
            }
        }
        // Dots beside what was filled in may have become a step of their own.
        (!filled.split('/').any(|step| matches!(step, "." | ".."))).then_some(filled)
    }
}

/// Whether it is a step of a path, which leads nowhere else.
pub fn is_step(name: &str) -> bool {
    !name.is_empty()
        && !matches!(name, "." | "..")
        && !name.contains(['/', '\\'])
        && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::{Into, Pattern};

    fn fill(pattern: &str, into: Into, values: &[(&str, &str)]) -> Option<String> {
        let value =
            |name: &str| values.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        Pattern::parse(pattern).expect("a pattern").fill(into, value)
    }

    #[test]
    fn values_stand_in_place_of_columns() {
        let values =
            [("part_id", "7"), ("name", "a b?.png"), ("path", "x/y.png"), ("bad", "../x"), ("e", "")];
        let filled = |pattern: &str, into: Into| fill(pattern, into, &values);
        assert_eq!(
            filled("images/part-{part_id:06}.zip", Into::Path).as_deref(),
            Some("images/part-000007.zip")
        );
        assert_eq!(filled("{part_id}/{name}", Into::Path).as_deref(), Some("7/a b?.png"));
        assert_eq!(
            filled("https://h.org/{path}?{name}", Into::Address).as_deref(),
            Some("https://h.org/x/y.png?a%20b%3F%2Epng".replace("%2E", ".").as_str())
        );
        for hopeless in ["{bad}", "{e}", "{missing}", "{name:6}", "a/.{dot}"] {
            assert_eq!(
                fill(hopeless, Into::Path, &[("bad", "../x"), ("e", ""), ("name", "x"), ("dot", ".")]),
                None,
                "{hopeless}"
            );
        }
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for text in ["", "{", "}", "a{}b", "{a:x}", "{a:99}", "a}b{c}", "{a{b}"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
        assert_eq!(Pattern::parse("{a}-{b:2}/{a}").map(|p| p.columns().len()), Ok(2));
    }
}
