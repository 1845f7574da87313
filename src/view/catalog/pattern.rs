//! How the values of a row name a file: `images/part-{part_id:06}.zip`.
//!
//! What stands in braces is a column, then, each behind a bar, what is done with its value, and behind a
//! colon the digits to which whole numbers are filled with zeros. Values can't lead out of where the
//! pattern is.

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
    Column { name: String, steps: Vec<Step>, digits: usize },
}

/// What is done with a value before it is filled in. Where it can't be done, nothing is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// `before .png`: what stands before this text, where it first stands.
    Before(String),
    /// `first 2`: so many characters from the start.
    First(usize),
    /// `folder`: what stands before the last slash.
    Folder,
    /// `file`: what stands behind the last slash.
    File,
    /// `min 1`: a whole number that is at least this.
    Min(u64),
    /// `block 10000`: of numbers from 1, which block of so many one is in, from 1.
    Block(u64),
    /// `uuid`: the 36 characters of a UUID.
    Uuid,
}

impl Step {
    fn parse(text: &str) -> Option<Self> {
        let (verb, with) = text.split_once(' ').unwrap_or((text, ""));
        Some(match verb {
            "before" if !with.is_empty() => Self::Before(with.to_owned()),
            "first" => Self::First(with.parse().ok()?),
            "folder" if with.is_empty() => Self::Folder,
            "file" if with.is_empty() => Self::File,
            "min" => Self::Min(with.parse().ok()?),
            "block" => Self::Block(with.parse().ok().filter(|size| *size > 0)?),
            "uuid" if with.is_empty() => Self::Uuid,
            _ => return None,
        })
    }

    fn apply(&self, value: &str) -> Option<String> {
        Some(match self {
            Self::Before(end) => value.split_once(end.as_str())?.0.to_owned(),
            Self::First(chars) => value.chars().take(*chars).collect(),
            Self::Folder => value.rsplit_once('/')?.0.to_owned(),
            Self::File => value.rsplit_once('/').map_or(value, |(_, file)| file).to_owned(),
            Self::Min(least) => value.parse::<u64>().ok().filter(|number| number >= least)?.to_string(),
            Self::Block(size) => (value.parse::<u64>().ok()?.checked_sub(1)? / size + 1).to_string(),
            Self::Uuid => {
                let known = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
                (value.len() == 36 && value.bytes().all(known)).then(|| value.to_owned())?
            }
        })
    }
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
            let mut parts = name.split('|');
            let name = parts.next().unwrap_or_default();
            let mut steps = Vec::new();
            for part in parts {
                steps.push(Step::parse(part).ok_or_else(|| {
                    format!("“{part}” in {{{inside}}} is none of before, first, folder, file, min, block and uuid.")
                })?);
            }
            if name.is_empty() || name.contains('{') {
                return Err(format!("{{{inside}}} names no column."));
            }
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Column { name: name.to_owned(), steps, digits });
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
                Piece::Column { name, steps, digits } => {
                    let mut value = value(name)?;
                    for step in steps {
                        value = step.apply(&value)?;
                    }
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
    fn values_are_cut_and_counted_on_their_way() {
        const ID: &str = "0c46f719-1679-4c64-bba9-f181e0eae811";
        let png = format!("{ID}.png");
        let values = [
            ("n", "10000"),
            ("m", "10001"),
            ("png", png.as_str()),
            ("p", "a/b/c.webp"),
            ("k", "005658-0040"),
        ];
        for (pattern, expected) in [
            ("{n|block 10000}-{m|block 10000}", Some("1-2")),
            (
                "{png|before .png|uuid|first 2}/{png|before .png}.webp",
                Some("0c/0c46f719-1679-4c64-bba9-f181e0eae811.webp"),
            ),
            ("{p|before .png}", None),
            ("{p|uuid}", None),
            ("{p|folder}.zip {p|file}", Some("a/b.zip c.webp")),
            ("{n|folder}", None),
            ("{k|before -|min 1:06}", Some("005658")),
            ("{n|min 10001}", None),
            ("{k|block 10}", None),
        ] {
            assert_eq!(fill(pattern, Into::Path, &values).as_deref(), expected, "{pattern}");
        }
        assert_eq!(fill("{p|folder}", Into::Path, &[("p", "../x/a.webp")]), None);
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for text in
            ["", "{", "}", "a{}b", "{a:x}", "{a:99}", "a}b{c}", "{a{b}", "{a|}", "{a|last 2}", "{a|block 0}"]
        {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
        assert_eq!(Pattern::parse("{a}-{b:2}/{a}").map(|p| p.columns().len()), Ok(2));
    }
}
