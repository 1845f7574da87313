//! The little of Markdown that this app's own documents are written in, as plain values.
//!
//! Nothing of it is ever markup for a browser: the page makes nodes of the values. What is not known
//! here stays text.

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading and its level, 1 for the document's own.
    Heading(u8, Vec<Inline>),
    /// Sentences.
    Paragraph(Vec<Inline>),
    /// Text as it is.
    Code(String),
    /// Points.
    List(Vec<Vec<Inline>>),
    /// A table, its head first.
    Table(Vec<Vec<Vec<Inline>>>),
}

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// As it is.
    Text(String),
    /// What is written to a machine.
    Code(String),
    /// Of weight.
    Strong(String),
    /// A name.
    Name(String),
    /// Words that lead elsewhere, and where.
    Link(String, String),
}

/// Reads a document. Pictures are left out.
pub fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let mut code = String::new();
            for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                code.push_str(line);
                code.push('\n');
            }
            blocks.push(Block::Code(code));
        } else if let Some((level, words)) = heading(line) {
            blocks.push(Block::Heading(level, inlines(words)));
        } else if line.starts_with('|') {
            let mut rows = vec![cells(line)];
            while let Some(line) = lines.next_if(|line| line.starts_with('|')) {
                // The line below the head only says how columns are aligned.
                if !line.trim_matches(['|', '-', ':', ' ']).is_empty() {
                    rows.push(cells(line));
                }
            }
            blocks.push(Block::Table(rows));
        } else if let Some(first) = line.strip_prefix("- ") {
            let mut points = vec![first.to_owned()];
            while let Some(line) = lines.next_if(|line| line.starts_with("- ") || line.starts_with("  ")) {
                match (line.strip_prefix("- "), points.last_mut()) {
                    (Some(next), _) => points.push(next.to_owned()),
                    (None, Some(point)) => {
                        point.push(' ');
                        point.push_str(line.trim());
                    }
                    (None, None) => {}
                }
            }
            blocks.push(Block::List(points.iter().map(|point| inlines(point)).collect()));
        } else if !line.trim().is_empty() && !line.starts_with("![") {
            let mut words = line.trim().to_owned();
            let ends = |line: &str| {
                line.trim().is_empty() || line.starts_with(['|', '#', '`']) && heading_or_code(line)
            };
            while let Some(line) = lines.next_if(|line| !ends(line) && !line.starts_with("- ")) {
                words.push(' ');
                words.push_str(line.trim());
            }
            blocks.push(Block::Paragraph(inlines(&words)));
        }
    }
    blocks
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let words = line.trim_start_matches('#');
    let level = u8::try_from(line.len() - words.len()).ok().filter(|level| (1..=6).contains(level))?;
    Some((level, words.strip_prefix(' ')?.trim()))
}

fn heading_or_code(line: &str) -> bool {
    line.starts_with('|') || line.starts_with("```") || heading(line).is_some()
}

/// The cells of a line of a table; a bar with a backslash in front is one of a cell's letters.
fn cells(line: &str) -> Vec<Vec<Inline>> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&'|') => {
                letters.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('|');
                }
            }
            '|' => cells.push(String::new()),
            letter => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(letter);
                }
            }
        }
    }
    if cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| inlines(cell.trim())).collect()
}

fn inlines(text: &str) -> Vec<Inline> {
    let mut all = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let found = match letter {
            '`' => between(rest, "`", "`").map(|(code, rest)| (Inline::Code(code.to_owned()), rest)),
            '*' if rest.starts_with("**") => {
                between(rest, "**", "**").map(|(words, rest)| (Inline::Strong(words.to_owned()), rest))
            }
            '*' => between(rest, "*", "*")
                .filter(|(name, _)| !name.starts_with(' ') && !name.ends_with(' '))
                .map(|(name, rest)| (Inline::Name(name.to_owned()), rest)),
            '[' => between(rest, "[", "](").and_then(|(words, rest)| {
                let (to, rest) = rest.split_once(')')?;
                Some((Inline::Link(words.to_owned(), to.to_owned()), rest))
            }),
            _ => None,
        };
        match found {
            Some((inline, after)) => {
                if !plain.is_empty() {
                    all.push(Inline::Text(std::mem::take(&mut plain)));
                }
                all.push(inline);
                rest = after;
            }
            None => {
                plain.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    if !plain.is_empty() {
        all.push(Inline::Text(plain));
    }
    all
}

/// What stands between two marks, unless it is nothing, and what comes after.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(open)?.split_once(close).filter(|(within, _)| !within.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Block, Inline, read};

    fn text(inlines: &[Inline]) -> String {
        inlines
            .iter()
            .map(|inline| match inline {
                Inline::Text(text) | Inline::Code(text) | Inline::Strong(text) | Inline::Name(text) => {
                    text.as_str()
                }
                Inline::Link(words, _) => words,
            })
            .collect()
    }

    #[test]
    fn the_guide_is_read_whole() {
        for document in [include_str!("../../docs/guide.md"), include_str!("../../docs/links.md")] {
            let blocks = read(document);
            let headings: Vec<String> = blocks
                .iter()
                .filter_map(|block| match block {
                    Block::Heading(_, words) => Some(text(words)),
                    _ => None,
                })
                .collect();
            let mut code = false;
            let expected = document.lines().filter(|line| {
                code ^= line.starts_with("```");
                !code && line.starts_with('#')
            });
            let expected: Vec<&str> = expected.map(|line| line.trim_start_matches('#').trim()).collect();
            assert_eq!(headings, expected);
            for block in &blocks {
                match block {
                    Block::Table(rows) => {
                        assert!(
                            rows.len() > 1 && rows.iter().all(|row| row.len() == rows[0].len()),
                            "{rows:?}"
                        );
                    }
                    Block::Paragraph(words) => {
                        let left = words.iter().any(|inline| matches!(inline, Inline::Text(text) if text.contains("](") || text.contains('`')));
                        assert!(!left, "{words:?}");
                    }
                    Block::Heading(..) | Block::Code(_) | Block::List(_) => {}
                }
            }
        }
    }

    #[test]
    fn what_is_not_known_stays_text() {
        let blocks = read(
            "a `b` **c** *d* [e](f.md) <b>g</b> 2 * 3 * 4\n| `x \\| y` | <i> |\n|---|---|\n- one\n  more\n- two",
        );
        assert_eq!(
            blocks,
            [
                Block::Paragraph(vec![
                    Inline::Text("a ".to_owned()),
                    Inline::Code("b".to_owned()),
                    Inline::Text(" ".to_owned()),
                    Inline::Strong("c".to_owned()),
                    Inline::Text(" ".to_owned()),
                    Inline::Name("d".to_owned()),
                    Inline::Text(" ".to_owned()),
                    Inline::Link("e".to_owned(), "f.md".to_owned()),
                    Inline::Text(" <b>g</b> 2 * 3 * 4".to_owned()),
                ]),
                Block::Table(vec![vec![
                    vec![Inline::Code("x | y".to_owned())],
                    vec![Inline::Text("<i>".to_owned())]
                ]]),
                Block::List(vec![
                    vec![Inline::Text("one more".to_owned())],
                    vec![Inline::Text("two".to_owned())]
                ]),
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[#|`*\\[\\]()\\\\!\\- a\n]{0,200}") {
            let _ = read(&text);
        }
    }
}
