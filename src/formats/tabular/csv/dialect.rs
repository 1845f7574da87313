//! Guesses how a CSV file is written, from its beginning.

use super::line::{Dialect, Line, Record};
use crate::formats::tabular::guess::{Guess, Type};
use crate::formats::tabular::reading::{Delimiter, Reading};

/// Lines that are looked at.
const SAMPLE_LINES: usize = 1_000;

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// How fields are written.
    pub dialect: Dialect,
    /// Whether the first line names the columns.
    pub header: bool,
}

impl Style {
    /// That of a file that begins with `front`; `whole` says that nothing follows. What is corrected counts.
    pub fn guess(front: &[u8], whole: bool, reading: Reading, name: &str, quotes: bool) -> Self {
        let delimiter = reading.delimiter.unwrap_or_else(|| delimiter(front, whole, name, quotes));
        let dialect = Dialect { delimiter, quotes };
        let header = reading.header.unwrap_or_else(|| has_header(&sample(front, whole, dialect)));
        Self { dialect, header }
    }
}

/// The fields of the first lines.
fn sample(front: &[u8], whole: bool, dialect: Dialect) -> Vec<Vec<Option<Vec<u8>>>> {
    let mut lines = Vec::new();
    let mut record = Record::default();
    let mut rest = front;
    while lines.len() < SAMPLE_LINES && !rest.is_empty() {
        let Line::Whole(len) = record.read(rest, whole, dialect) else { break };
        if !record.is_blank() {
            lines.push(
                (0..record.fields()).map(|place| record.field(rest, place).map(<[u8]>::to_vec)).collect(),
            );
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    lines
}

/// The delimiter by which most lines have equally many fields, and more than one.
fn delimiter(front: &[u8], whole: bool, name: &str, quotes: bool) -> Delimiter {
    let usual =
        if name.contains(".tsv") || name.contains(".tab") { Delimiter::Tab } else { Delimiter::Comma };
    let score = |delimiter: Delimiter| {
        let mut counts: Vec<usize> =
            sample(front, whole, Dialect { delimiter, quotes }).iter().map(Vec::len).collect();
        let lines = counts.len().max(1);
        let first = counts.first().copied().unwrap_or(0);
        counts.sort_unstable();
        let most = counts.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).unwrap_or_default();
        let fields = most.first().copied().unwrap_or(0);
        // A file of text with commas has them in some lines; a table has them in all, the first included.
        let even = most.len() * 10 >= lines * 9 && first.abs_diff(fields) <= 1;
        let known = usize::from(delimiter == usual);
        if fields < 2 { (0, 0, known) } else { (1 + usize::from(even), fields * usize::from(even), known) }
    };
    // Of equals the last one counts.
    let found = Delimiter::ALL.into_iter().rev().max_by_key(|delimiter| score(*delimiter));
    found.filter(|delimiter| score(*delimiter).0 > 0).unwrap_or(usual)
}

/// Whether the first line names the columns: it does unless it has a field that is like those below it and no
/// text, or one that is no name.
fn has_header(lines: &[Vec<Option<Vec<u8>>>]) -> bool {
    let Some((first, rest)) = lines.split_first() else { return true };
    let typed = |values: &mut dyn Iterator<Item = &Option<Vec<u8>>>| {
        let mut guess = Guess::default();
        values.flatten().for_each(|value| guess.see(value));
        guess.resolve()
    };
    let mut fits = 0;
    for (place, name) in first.iter().enumerate() {
        let below = typed(&mut rest.iter().filter_map(|line| line.get(place)));
        let own = typed(&mut std::iter::once(name));
        if below != Type::Text && own == Type::Text && name.is_some() {
            // Nothing says more than a name over numbers.
            return true;
        }
        fits += usize::from(own != Type::Text);
    }
    let names: Vec<&Vec<u8>> = first.iter().flatten().collect();
    let distinct =
        names.iter().enumerate().all(|(place, name)| names.iter().skip(place + 1).all(|other| other != name));
    let short = names.iter().all(|name| name.len() <= 200 && !name.contains(&b'\n'));
    fits == 0 && distinct && short && !names.is_empty()
}

#[cfg(test)]
mod tests {
    use super::Style;
    use crate::formats::tabular::reading::{Delimiter, Reading};

    fn check(text: &str, delimiter: Delimiter, header: bool) {
        let style = Style::guess(text.as_bytes(), true, Reading::default(), "table.csv", true);
        assert_eq!((style.dialect.delimiter, style.header), (delimiter, header), "{text}");
    }

    #[test]
    fn a_style_is_guessed() {
        check("a,b\n1,2\n", Delimiter::Comma, true);
        check("prompt;cfg\na castle, red;7\nb;8\n", Delimiter::Semicolon, true);
        check("prompt\tseed\na, b, c\t1\nd\t2\n", Delimiter::Tab, true);
        check("1,2\n3,4\n", Delimiter::Comma, false);
        check("castle,7,50\nx,1,2\n", Delimiter::Comma, false);
        check("prompt\na castle\nred, blue and green\n", Delimiter::Comma, true);
        check("a|b|c\n\"x|y\"|2|3\n", Delimiter::Pipe, true);
        check("x,x\ny,z\n", Delimiter::Comma, false);
        check(",a,b\n0,x,1\n", Delimiter::Comma, true);
        check("a\n", Delimiter::Comma, true);
        check("", Delimiter::Comma, true);
    }
}
