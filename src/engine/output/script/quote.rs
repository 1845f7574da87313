//! Texts as literals of other languages. What can't be seen, or turns the direction of writing, is
//! written as an escape: a script does what it seems to do.

/// A string of Python.
pub fn python(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => out.push_str(&escaped(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Lines between three quotes of Python.
pub fn python_block(text: &str) -> String {
    let mut inner = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' => inner.push_str("\\\\"),
            c if is_hidden(c) => inner.push_str(&escaped(c)),
            c => inner.push(c),
        }
    }
    format!("\"\"\"\n{}\n\"\"\"", inner.replace("\"\"\"", "\\\"\\\"\\\""))
}

/// A string of Python that is full of backslashes.
pub fn python_pattern(text: &str) -> String {
    let plain = !text.contains(|c: char| c == '"' || c.is_control() || is_hidden(c)) && !text.ends_with('\\');
    if plain { format!("r\"{text}\"") } else { python(text) }
}

/// A string of DuckDB. It has no escapes for what can't be seen, which is put in by its number.
pub fn sql(text: &str) -> String {
    let seen = |c: char| !is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().all(seen) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c: char| !seen(c)).unwrap_or(rest.len());
        if end > 0 {
            parts.push(format!("'{}'", rest.get(..end).unwrap_or_default().replace('\'', "''")));
            rest = rest.get(end..).unwrap_or_default();
        } else {
            parts.push(format!("chr({})", u32::from(c)));
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    format!("({})", parts.join(" || "))
}

/// A name of DuckDB.
pub fn sql_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The name of a column of Spark, which takes dots apart, as a string of Python.
pub fn spark_name(name: &str) -> String {
    python(&format!("`{}`", name.replace('`', "``")))
}

/// A text within a comment: on one line, and short.
pub fn comment(text: &str) -> String {
    text.chars()
        .take(400)
        .map(|c| if is_hidden(c) || matches!(c, '\n' | '\r' | '\t') { ' ' } else { c })
        .collect()
}

fn escaped(c: char) -> String {
    let code = u32::from(c);
    if code <= 0xffff { format!("\\u{code:04x}") } else { format!("\\U{code:08x}") }
}

/// Whether a character shows nothing, or something else than it is.
fn is_hidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
