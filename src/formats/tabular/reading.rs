//! How a text file is to be read, where that is not as guessed: what people correct, and what links keep.

use serde::{Deserialize, Serialize};

/// The largest file that is read whole. The data thread's memory ends at 4 GB.
pub const MAX_FILE_BYTES: u64 = 2 << 30;

/// Corrections of what is guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What stands between the fields of a CSV file.
    pub delimiter: Option<Delimiter>,
    /// Whether its first line names the columns.
    pub header: Option<bool>,
}

/// What stands between the fields of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// `|`
    Pipe,
    /// Nothing: each line is a value.
    Line,
}

impl Delimiter {
    /// All there are, the most usual first.
    pub const ALL: [Self; 5] = [Self::Comma, Self::Tab, Self::Semicolon, Self::Pipe, Self::Line];

    /// The byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
            Self::Line => b'\n',
        }
    }

    /// What a link calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::Pipe => "pipe",
            Self::Line => "line",
        }
    }
}

/// Words for the first line of a file.
const HEADER: &str = "header";
const NO_HEADER: &str = "no-header";

impl Reading {
    /// Whether nothing is corrected.
    pub fn is_guessed(self) -> bool {
        self == Self::default()
    }

    /// Reads what [`print`](Self::print) writes: `semicolon,no-header`.
    ///
    /// # Errors
    /// The word that means nothing.
    pub fn parse(text: &str) -> Result<Self, &str> {
        let mut reading = Self::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            match word {
                HEADER => reading.header = Some(true),
                NO_HEADER => reading.header = Some(false),
                _ => {
                    let named = Delimiter::ALL.into_iter().find(|delimiter| delimiter.name() == word);
                    reading.delimiter = Some(named.ok_or(word)?);
                }
            }
        }
        Ok(reading)
    }

    /// As a link keeps it; empty where nothing is corrected.
    pub fn print(self) -> String {
        let Self { delimiter, header } = self;
        let header = header.map(|header| if header { HEADER } else { NO_HEADER });
        let words: Vec<&str> = delimiter.map(Delimiter::name).into_iter().chain(header).collect();
        words.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::{Delimiter, Reading};

    #[test]
    fn what_is_written_is_read_again() {
        for delimiter in Delimiter::ALL.into_iter().map(Some).chain([None]) {
            for header in [None, Some(true), Some(false)] {
                let reading = Reading { delimiter, header };
                assert_eq!(Reading::parse(&reading.print()), Ok(reading));
            }
        }
        assert_eq!(Reading::parse("comma,colon"), Err("colon"));
    }
}
