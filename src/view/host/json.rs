//! JSON with the line of each value, so that what is wrong can be pointed at.
//!
//! By RFC 8259, with bounds: nothing nests deeper than [`MAX_DEPTH`]. A key that is given twice is kept
//! twice; whoever reads it says so.

use crate::base::numbers;

/// Nothing that is meant nests deeper.
const MAX_DEPTH: u32 = 16;

/// A value, and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// The line of the text, from 1.
    pub line: u32,
    /// What is there.
    pub value: Value,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` and `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text, without its quotes.
    Text(String),
    /// `[…]`
    List(Vec<Spot>),
    /// `{…}`, in its own order.
    Map(Vec<(String, Spot)>),
}

impl Value {
    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }
}

/// Reads a text that is one value.
///
/// # Errors
/// The line, and what is wrong there.
pub fn parse(text: &str) -> Result<Spot, (u32, String)> {
    let mut reader = Reader { text, at: 0, line: 1 };
    // Editors of some systems put it in front.
    reader.at = text.len() - text.trim_start_matches('\u{feff}').len();
    let value = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(other) => reader.fail(format!("“{other}” stands behind the end")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

type Read<T> = Result<T, (u32, String)>;

impl Reader<'_> {
    fn fail<T>(&self, what: impl Into<String>) -> Read<T> {
        Err((self.line, what.into()))
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        self.line += u32::from(next == '\n');
        Some(next)
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|next| matches!(next, ' ' | '\t' | '\n' | '\r')) {
            self.next();
        }
    }

    fn takes(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.next();
        }
        there
    }

    fn value(&mut self, depth: u32) -> Read<Spot> {
        self.space();
        let line = self.line;
        if depth > MAX_DEPTH {
            return self.fail("it nests too deep");
        }
        let value = match self.peek() {
            None => return self.fail("it ends where a value is missing"),
            Some('{') => self.map(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Text(self.text()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('a'..='z') => self.word()?,
            Some(other) => return self.fail(format!("a value is missing before “{other}”")),
        };
        Ok(Spot { line, value })
    }

    fn map(&mut self, depth: u32) -> Read<Value> {
        self.next();
        let mut entries = Vec::new();
        loop {
            self.space();
            if entries.is_empty() && self.takes('}') {
                return Ok(Value::Map(entries));
            }
            if self.peek() != Some('"') {
                return self
                    .fail("a key in quotes is missing; the last one of an object has no comma behind it");
            }
            let key = self.text()?;
            self.space();
            if !self.takes(':') {
                return self.fail(format!("a colon is missing behind the key “{key}”"));
            }
            let value = self.value(depth + 1)?;
            entries.push((key, value));
            self.space();
            if self.takes('}') {
                return Ok(Value::Map(entries));
            }
            if !self.takes(',') {
                return self.fail("a comma or } is missing");
            }
        }
    }

    fn list(&mut self, depth: u32) -> Read<Value> {
        self.next();
        let mut items = Vec::new();
        loop {
            self.space();
            if items.is_empty() && self.takes(']') {
                return Ok(Value::List(items));
            }
            items.push(self.value(depth + 1)?);
            self.space();
            if self.takes(']') {
                return Ok(Value::List(items));
            }
            if !self.takes(',') {
                return self.fail("a comma or ] is missing");
            }
        }
    }

    fn word(&mut self) -> Read<Value> {
        for (word, value) in
            [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
        {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        let word: String = self.rest().chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
        self.fail(format!("“{word}” is no value; texts stand in quotes"))
    }

    fn number(&mut self) -> Read<Value> {
        let rest = self.rest();
        let end =
            rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or_default().to_owned();
        let digits = text.trim_start_matches('-');
        // What the standard library reads besides is no JSON.
        let begins = digits.starts_with(|c: char| c.is_ascii_digit());
        let zeros = digits.starts_with('0') && digits.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        let ends = !text.ends_with('.') && !text.contains(".e") && !text.contains(".E");
        let sound = begins && ends && !zeros;
        match numbers::parse(&text) {
            Some(value) if sound && value.is_finite() => {
                self.at += text.len();
                Ok(Value::Number(value))
            }
            _ => self.fail(format!("“{text}” is no number")),
        }
    }

    fn text(&mut self) -> Read<String> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                None => return self.fail("a text does not end"),
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escaped()?),
                Some(c) if (c as u32) < 0x20 => {
                    return self.fail("a text does not end on its line");
                }
                Some(c) => text.push(c),
            }
        }
    }

    fn escaped(&mut self) -> Read<char> {
        Ok(match self.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('u') => {
                let first = self.unit()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    let low = if self.takes('\\') && self.takes('u') { self.unit()? } else { 0 };
                    if !(0xdc00..0xe000).contains(&low) {
                        return self.fail("half of a character is missing behind \\u");
                    }
                    0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00)
                } else {
                    first
                };
                match char::from_u32(code) {
                    Some(c) => c,
                    None => return self.fail("\\u names no character"),
                }
            }
            _ => return self.fail("a backslash stands before nothing that it can"),
        })
    }

    fn unit(&mut self) -> Read<u32> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => self.fail("\\u needs four digits"),
        }
    }
}
