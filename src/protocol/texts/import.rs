//! Texts about files that are no Parquet: how they are read, and what is odd in them.

use crate::base::error::Error;
use crate::formats::tabular::odd::{Odd, OddKind};
use crate::formats::tabular::reading::{Delimiter, Reading};
use crate::protocol::display::thousands;
use crate::protocol::texts::common::sentence;

/// Why a file is not read to its end: someone said so.
pub const STOPPED: &str = "its reading was stopped";

/// What reads the file can't be had.
pub fn no_converter(why: &str) -> String {
    format!(
        "the part of the app that reads such files could not be loaded ({why}): try again, or load the page again"
    )
}

/// What reads the file was ended by the browser.
pub const ENDED: &str =
    "the part of the app that reads such files failed on it; it may need more memory than there is";

/// In place of a program that finds the rows of a file that is no Parquet.
pub fn no_script(is_sql: bool, source: &str) -> String {
    let comment = if is_sql { "--" } else { "#" };
    format!(
        "{comment} {source} is not Parquet, and these programs read Parquet files.\n{comment} Export its rows as Parquet, and \
         open that file: then there is a program for this view.\n"
    )
}

/// A file that is being read whole.
pub fn whole(source: &str) -> String {
    format!("Reading {}", name(source))
}

/// The same, once its types are known.
pub fn again(source: &str) -> String {
    format!("Arranging {} in columns", name(source))
}

fn name(source: &str) -> &str {
    source.rsplit('/').next().unwrap_or(source)
}

/// A file is above the limit.
pub fn too_large(size: &str, limit: &str) -> String {
    format!(
        "it has {size}, and a file that is no Parquet is read whole, up to {limit}; convert it to Parquet first"
    )
}

/// Reading stopped, and the first rows are shown.
pub fn stopped(source: &str) -> String {
    format!("{} is shown in part", name(source))
}

/// Why, and what is shown.
pub fn stopped_why(error: &Error) -> String {
    format!("{}. The first rows are shown, with the types that they have.", sentence(&error.to_string()))
}

/// How a CSV file was read.
pub fn read_as(source: &str, reading: Reading) -> String {
    let between = match reading.delimiter {
        Some(Delimiter::Comma) | None => "commas between fields",
        Some(Delimiter::Semicolon) => "semicolons between fields",
        Some(Delimiter::Tab) => "tabs between fields",
        Some(Delimiter::Pipe) => "vertical bars between fields",
        Some(Delimiter::Line) => "each line is one value",
    };
    let names = if reading.header == Some(false) {
        "no line names the columns"
    } else {
        "the first line names the columns"
    };
    format!("{}: {between}, {names}", name(source))
}

/// What follows from it.
pub const READ_AS_WHY: &str = "That is a guess. A link to this table keeps what you choose instead.";

/// The first line is the other thing.
pub fn header(is: bool) -> &'static str {
    if is { "The first line is names" } else { "The first line is data" }
}

/// Other signs between fields.
pub fn delimiter(delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Comma => "Split at commas",
        Delimiter::Semicolon => "Split at semicolons",
        Delimiter::Tab => "Split at tabs",
        Delimiter::Pipe => "Split at |",
        Delimiter::Line => "Don't split lines",
    }
}

/// Something in the files is odd.
pub fn odd(source: &str) -> String {
    format!("{} is not quite regular", name(source))
}

/// What it is, in sentences.
pub fn odd_why(odds: &[Odd]) -> String {
    odds.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn one(odd: &Odd) -> String {
    let Odd { file, .. } = odd;
    let what = what(odd);
    if file.is_empty() { what } else { format!("{file}: {what}") }
}

/// Names, the first few of many.
fn listed(names: &[String]) -> String {
    const MOST: usize = 5;
    let first: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    let more = names.len().saturating_sub(MOST);
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}

fn what(odd: &Odd) -> String {
    let Odd { kind, count, line, file: _ } = odd;
    let (count, first) = (thousands(*count), format!("first in line {}", thousands(*line)));
    match kind {
        OddKind::ShortLines => {
            format!("Lines with fewer fields than the first: {count}, {first}; the rest is empty.")
        }
        OddKind::LongLines => format!(
            "Lines with more fields than the first: {count}, {first}; they have columns of their own."
        ),
        OddKind::Comments => format!("Lines of comments in front of the table were left out: {count}."),
        OddKind::NotUtf8 => {
            format!("Texts that are no UTF-8: {count}, {first}; they were read as Windows-1252.")
        }
        OddKind::NotJson(wrong) => {
            format!("Lines that are no JSON were left out: {count}, {first}, {wrong}.")
        }
        OddKind::Inside(of, others) => {
            format!(
                "The rows are those of “{of}”; the file's other values were left out: {}.",
                listed(others)
            )
        }
        OddKind::RepeatedKeys => {
            format!("Objects with a key twice: {count}, {first}; the first value counts.")
        }
        OddKind::OpenQuote => "A quote is never closed, so quotes were read like any other sign.".to_owned(),
        OddKind::Cut => format!(
            "The file ends in the middle of a row, which begins in line {} and was left out.",
            thousands(*line)
        ),
        OddKind::Column(what) => format!("Left out: {what}."),
        OddKind::File(why) => format!("The file is left out: {why}."),
        OddKind::Lacks(columns) => {
            format!("It lacks {}; its rows have no value there.", listed(columns))
        }
        OddKind::NoNames => {
            "No line of it names the columns; they are those of the other files, by their places.".to_owned()
        }
        OddKind::Wider(columns) => format!(
            "Of other types in some files than in others: {}; their types hold the values of all files.",
            listed(columns)
        ),
        OddKind::More => format!("And {count} more that are not listed."),
    }
}
