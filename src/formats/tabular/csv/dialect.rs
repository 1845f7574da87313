//! Guesses how a CSV file is written, from its beginning.

use super::line::{Dialect, Line, Record};
use crate::formats::tabular::guess::{Guess, Type};
use crate::formats::tabular::reading::{Delimiter, Reading};

/// Lines that are looked at.
const SAMPLE_LINES: usize = 1_000;

/// How names of plain texts end: a line is a value there, where nothing cuts all of them.
pub const TEXT_ENDING: &str = ".txt";

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// How fields are written.
    pub dialect: Dialect,
    /// Whether the first line names the columns.
    pub header: bool,
    /// Lines in front of it that are no part of the table, and their bytes.
    pub before: (u64, usize),
}

impl Style {
    /// That of a file that begins with `front`; `whole` says that nothing follows. What is corrected counts.
    pub fn guess(front: &[u8], whole: bool, reading: Reading, name: &str, quotes: bool) -> Self {
        let (named, told) = told(front).unzip();
        let (lines, len) = told.map_or_else(|| comments(front, whole, name, quotes), |len| (1, len));
        let table = front.get(len..).unwrap_or_default();
        let delimiter = reading.delimiter.or(named);
        let delimiter = delimiter.unwrap_or_else(|| delimiter_of(table, whole, name, quotes));
        let plain = Dialect::new(delimiter, quotes);
        let others = [Dialect { spaces: true, ..plain }, Dialect { backslashes: true, ..plain }];
        let known = [plain].into_iter().chain(others).find(|dialect| !is_odd(table, whole, *dialect));
        let dialect = known.unwrap_or(plain);
        let is_lines = delimiter == Delimiter::Line && name.ends_with(TEXT_ENDING);
        let header = || !is_lines && has_header(&sample(table, whole, dialect));
        let header = reading.header.unwrap_or_else(header);
        Self { dialect, header, before: (lines, len) }
    }
}

/// The delimiter that the first line says for spreadsheets, as `sep=;`, and how long that line is.
fn told(front: &[u8]) -> Option<(Delimiter, usize)> {
    let len = memchr::memchr(b'\n', front)? + 1;
    let line = front.get(..len)?.trim_ascii();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let sign = line.strip_prefix(b"sep=").or_else(|| line.strip_prefix(b"SEP="))?;
    // What was taken off with the white space is a tab.
    let sign = if sign.is_empty() { b"\t" } else { sign };
    let named = Delimiter::ALL.into_iter().find(|delimiter| *sign == [delimiter.byte()])?;
    Some((named, len))
}

/// Comments in front of a table of several columns: lines that begin with `#` and have other fields than those behind
/// them; how many, and how long. One with as many fields names the columns.
fn comments(front: &[u8], whole: bool, name: &str, quotes: bool) -> (u64, usize) {
    let (mut lines, mut len, mut last) = (0, 0, 0);
    loop {
        let rest = front.get(len..).unwrap_or_default();
        if !rest.starts_with(b"#") {
            break;
        }
        let Some(end) = memchr::memchr(b'\n', rest) else { return (0, 0) };
        last = end + 1;
        (lines, len) = (lines + 1, len + last);
    }
    if lines == 0 {
        return (0, 0);
    }
    let table = front.get(len..).unwrap_or_default();
    let dialect = Dialect::new(delimiter_of(table, whole, name, quotes), quotes);
    let fields = |text: &[u8]| sample(text, whole, dialect).first().map_or(0, Vec::len);
    let (own, of_last) = (fields(table), fields(front.get(len - last..len).unwrap_or_default()));
    match own {
        ..2 => (0, 0),
        own if own == of_last => (lines - 1, len - last),
        _ => (lines, len),
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

/// Whether quotes stand in the first lines where the dialect has none.
fn is_odd(front: &[u8], whole: bool, dialect: Dialect) -> bool {
    let mut record = Record::default();
    let mut rest = front;
    for _ in 0..SAMPLE_LINES {
        match record.read(rest, whole, dialect) {
            Line::Whole(0) | Line::Cut => break,
            Line::Unclosed => return true,
            Line::Whole(_) if record.is_odd() => return true,
            Line::Whole(len) => rest = rest.get(len..).unwrap_or_default(),
        }
    }
    false
}

/// The delimiter by which most lines have equally many fields, and more than one.
fn delimiter_of(front: &[u8], whole: bool, name: &str, quotes: bool) -> Delimiter {
    let is_plain = name.ends_with(TEXT_ENDING);
    if is_plain && sample(front, whole, Dialect::new(Delimiter::Line, quotes)).len() < 2 {
        // One line says nothing of others.
        return Delimiter::Line;
    }
    let usual =
        if name.contains(".tsv") || name.contains(".tab") { Delimiter::Tab } else { Delimiter::Comma };
    let score = |delimiter: Delimiter| {
        let mut counts: Vec<usize> =
            sample(front, whole, Dialect::new(delimiter, quotes)).iter().map(Vec::len).collect();
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
    let found = found.filter(|delimiter| score(*delimiter).0 > 0);
    if found.is_some_and(|delimiter| score(delimiter).0 > 1) {
        return found.unwrap_or(usual);
    }
    // A title may stand above a table. Without one, lines that are never cut in the same way are texts.
    let lines = |delimiter: Delimiter| {
        let lines = sample(front, whole, Dialect::new(delimiter, quotes));
        lines.iter().map(Vec::len).collect::<Vec<_>>()
    };
    let below = |delimiter: &Delimiter| {
        let counts = lines(*delimiter);
        let (first, rest) = counts.split_first()?;
        let second = *rest.first()?;
        let same = rest.iter().filter(|fields| **fields == second).count();
        (*first == 1 && second > 1 && rest.len() > 1 && same * 10 >= rest.len() * 9).then_some(*delimiter)
    };
    if let Some(titled) = Delimiter::ALL.iter().find_map(below) {
        return titled;
    }
    let own = lines(Delimiter::Line).len();
    let is_one = |delimiter: Delimiter| lines(delimiter).first() == Some(&1);
    let is_text = own > 1 && (Delimiter::ALL.into_iter().all(is_one) || is_plain);
    if is_text { Delimiter::Line } else { found.unwrap_or(usual) }
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
    // Addresses are no names.
    let is_name = |name: &[u8]| {
        name.len() <= 200 && !name.contains(&b'\n') && memchr::memmem::find(name, b"://").is_none()
    };
    fits == 0 && distinct && names.iter().all(|name| is_name(name)) && !names.is_empty()
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
    fn comments_are_no_part_of_the_table() {
        let before =
            |text: &str| Style::guess(text.as_bytes(), true, Reading::default(), "table.csv", true).before;
        assert_eq!(before("# made by x\n# a, b, c\na,b\n1,2\n"), (2, 22));
        // Names, and tags, begin with such a sign as well.
        assert_eq!(before("#id,name\n1,x\n"), (0, 0));
        assert_eq!(before("# made by x\n#id,name\n1,x\n"), (1, 12));
        assert_eq!(before("#castle\n#house\n"), (0, 0));
        assert_eq!(before("\"sep=\t\"\na\tb\n"), (1, 8));
    }

    #[test]
    fn a_style_is_guessed() {
        check("a,b\n1,2\n", Delimiter::Comma, true);
        check("prompt;cfg\na castle, red;7\nb;8\n", Delimiter::Semicolon, true);
        check("prompt\tseed\na, b, c\t1\nd\t2\n", Delimiter::Tab, true);
        check("1,2\n3,4\n", Delimiter::Comma, false);
        check("castle,7,50\nx,1,2\n", Delimiter::Comma, false);
        check("prompt\na castle\nred, blue and green\n", Delimiter::Line, true);
        check("prompt\nred, blue\na, b, c\nx\n", Delimiter::Line, true);
        check("All prompts\n\na,b\n1,2\n3,4\n", Delimiter::Comma, true);
        check("a|b|c\n\"x|y\"|2|3\n", Delimiter::Pipe, true);
        check("x,x\ny,z\n", Delimiter::Comma, false);
        check("cat,https://a/b.png\ndog,https://a/c.png\n", Delimiter::Comma, false);
        check(",a,b\n0,x,1\n", Delimiter::Comma, true);
        check("a\n", Delimiter::Comma, true);
        check("# made by x, y and z\n#\na;b\n1;2\n", Delimiter::Semicolon, true);
        check("sep=;\r\na;b\r\n1;2,5\r\n", Delimiter::Semicolon, true);
        check("sep=|\n1,5|2\n", Delimiter::Pipe, false);
        check("", Delimiter::Comma, true);
    }
}
