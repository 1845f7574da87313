//! JSON (RFC 8259) as tokens: where values begin and end, and what is wrong with what is none.

/// Lists and objects inside each other; what is deeper is kept as text.
pub const MAX_DEPTH: usize = 512;

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its end has not come.
    Cut,
    /// There is something else at this place.
    Bad {
        /// From the beginning of what was looked at.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
}

/// A value, as it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number,
    /// `NaN`, `Infinity` or `-Infinity`, which Python writes.
    Special(f64),
    /// A string.
    String,
    /// A list.
    List,
    /// An object.
    Object,
}

/// Reads JSON from a place on.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    input: &'a [u8],
    /// Where it is.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning.
    pub fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0 }
    }

    fn bad<T>(&self, expected: &'static str) -> Result<T, Fault> {
        if self.at >= self.input.len() { Err(Fault::Cut) } else { Err(Fault::Bad { at: self.at, expected }) }
    }

    /// The next byte, behind white space.
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t' | 0x1e) = self.input.get(self.at) {
            self.at += 1;
        }
        self.input.get(self.at).copied()
    }

    /// Passes a sign, if it is next.
    pub fn eat(&mut self, sign: u8) -> bool {
        let is = self.peek() == Some(sign);
        self.at += usize::from(is);
        is
    }

    /// What the next value is. Words are passed, and the opening sign of lists and objects.
    pub fn start(&mut self) -> Result<Start, Fault> {
        const WORDS: [(&[u8], Start); 6] = [
            (b"null", Start::Null),
            (b"true", Start::Bool(true)),
            (b"false", Start::Bool(false)),
            (b"NaN", Start::Special(f64::NAN)),
            (b"Infinity", Start::Special(f64::INFINITY)),
            (b"-Infinity", Start::Special(f64::NEG_INFINITY)),
        ];
        match self.peek() {
            Some(b'"') => return Ok(Start::String),
            Some(b'[') => {
                self.at += 1;
                return Ok(Start::List);
            }
            Some(b'{') => {
                self.at += 1;
                return Ok(Start::Object);
            }
            Some(b'0'..=b'9') => return Ok(Start::Number),
            Some(b'-') if self.input.get(self.at + 1).is_some_and(u8::is_ascii_digit) => {
                return Ok(Start::Number);
            }
            _ => {}
        }
        let rest = self.input.get(self.at..).unwrap_or_default();
        for (word, start) in WORDS {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(start);
            }
            if word.starts_with(rest) {
                return Err(Fault::Cut);
            }
        }
        self.bad("a value")
    }

    /// Passes a number: its text.
    pub fn number(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at;
        let digits = |cursor: &mut Self| {
            let from = cursor.at;
            while cursor.input.get(cursor.at).is_some_and(u8::is_ascii_digit) {
                cursor.at += 1;
            }
            if cursor.at == from { cursor.bad("a digit") } else { Ok(()) }
        };
        let is = |cursor: &Self, signs: &[u8]| {
            cursor.input.get(cursor.at).is_some_and(|byte| signs.contains(byte))
        };
        self.at += usize::from(is(self, b"-"));
        digits(self)?;
        if is(self, b".") {
            self.at += 1;
            digits(self)?;
        }
        if is(self, b"eE") {
            self.at += 1;
            self.at += usize::from(is(self, b"+-"));
            digits(self)?;
        }
        Ok(self.input.get(start..self.at).unwrap_or_default())
    }

    /// Passes a string: what stands between its quotes.
    pub fn string(&mut self) -> Result<&'a [u8], Fault> {
        if self.peek() != Some(b'"') {
            return self.bad("a quote");
        }
        let start = self.at + 1;
        let mut at = start;
        loop {
            let rest = self.input.get(at..).unwrap_or_default();
            let Some(len) = memchr::memchr2(b'"', b'\\', rest) else { return Err(Fault::Cut) };
            at += len;
            if self.input.get(at) == Some(&b'"') {
                self.at = at + 1;
                return Ok(self.input.get(start..at).unwrap_or_default());
            }
            match self.input.get(at + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u') => at += 2,
                Some(_) => return Err(Fault::Bad { at, expected: "an escape that JSON knows" }),
                None => return Err(Fault::Cut),
            }
        }
    }

    /// Goes on in a list or object that ends with `end`: whether there is another item. `first` says that
    /// none was passed yet.
    pub fn more(&mut self, first: bool, end: u8) -> Result<bool, Fault> {
        if self.eat(end) {
            return Ok(false);
        }
        if first || self.eat(b',') {
            return Ok(true);
        }
        self.bad(if end == b']' { "a comma or ]" } else { "a comma or }" })
    }

    /// Passes a key and its colon.
    pub fn key(&mut self) -> Result<&'a [u8], Fault> {
        let key = self.string()?;
        if self.eat(b':') { Ok(key) } else { self.bad("a colon") }
    }

    /// Passes a value: its text.
    pub fn skip(&mut self) -> Result<&'a [u8], Fault> {
        self.peek();
        let start = self.at;
        // What is open, innermost last: whether it is an object.
        let mut open: Vec<bool> = Vec::new();
        let mut first = false;
        loop {
            if let Some(is_object) = open.last().copied() {
                if !self.more(first, if is_object { b'}' } else { b']' })? {
                    open.pop();
                    first = false;
                    if open.is_empty() {
                        break;
                    }
                    continue;
                }
                if is_object {
                    self.key()?;
                }
            }
            first = false;
            match self.start()? {
                Start::List | Start::Object if open.len() >= MAX_DEPTH => return self.bad("less nesting"),
                Start::List => {
                    open.push(false);
                    first = true;
                }
                Start::Object => {
                    open.push(true);
                    first = true;
                }
                Start::String => drop(self.string()?),
                Start::Number => drop(self.number()?),
                Start::Null | Start::Bool(_) | Start::Special(_) => {}
            }
            if open.is_empty() {
                break;
            }
        }
        Ok(self.input.get(start..self.at).unwrap_or_default())
    }
}

/// What a string means: escapes are resolved. Half of a pair of UTF-16 that stands alone means nothing, and stays
/// as it is written.
pub fn unescaped(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        let escape = rest.get(at + 1..).unwrap_or_default();
        let (sign, after) = escape.split_first().map_or((b'\\', escape), |(sign, after)| (*sign, after));
        rest = after;
        let plain = match sign {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                rest = unicode(after, out);
                continue;
            }
            other => other,
        };
        out.push(plain);
    }
    out.extend_from_slice(rest);
}

/// The character of an escape behind `\u`; what follows it.
fn unicode<'a>(text: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let unit = |text: &[u8]| {
        let digits = std::str::from_utf8(text.get(..4)?).ok()?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let first = unit(text);
    let second = text.get(4..).and_then(|rest| unit(rest.strip_prefix(b"\\u")?));
    let units = [first, second];
    let (character, len) = match (first, second) {
        (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => {
            (char::decode_utf16(units.into_iter().flatten()).next().and_then(Result::ok), 10)
        }
        (Some(unit), _) => (char::from_u32(u32::from(unit)), 4),
        (None, _) => (None, 0),
    };
    match character {
        Some(character) => {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            text.get(len..).unwrap_or_default()
        }
        None => {
            out.extend_from_slice(b"\\u");
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Fault, unescaped};

    #[test]
    fn values_end_where_they_end() {
        let skip = |text: &str| {
            Cursor::new(text.as_bytes()).skip().map(|value| String::from_utf8_lossy(value).into_owned())
        };
        for value in [
            r#"{"a": [1, -2.5e3, {"b\"": null}], "c": []}"#,
            "[]",
            "true",
            "-1.5",
            r#""x\u00e4""#,
            "[NaN, -Infinity]",
        ] {
            assert_eq!(skip(&format!(" {value} , 1")).as_deref(), Ok(value));
            for end in 0..value.len() {
                if value.starts_with(['{', '[', '"']) {
                    assert_eq!(skip(&value[..end]), Err(Fault::Cut), "{}", &value[..end]);
                }
            }
        }
        for (text, place) in
            [("{a: 1}", 1), ("[1 2]", 3), (r#""\x""#, 1), ("{\"a\" 1}", 5), ("nul ", 0), ("[1,]", 3)]
        {
            assert!(
                matches!(skip(text), Err(Fault::Bad { at, .. }) if at == place),
                "{text} {:?}",
                skip(text)
            );
        }
        assert!(skip(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn escapes_mean_characters() {
        let check = |text: &str, expected: &str| {
            let mut out = Vec::new();
            unescaped(text.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        };
        check(r#"a\n\"\u00e4\ud83e\udd8a/\/"#, "a\n\"ä🦊//");
        check(r"\ud83e!\u12", "\\ud83e!\\u12");
    }

    proptest::proptest! {
        #[test]
        fn any_json_of_another_writer_is_passed(value in proptest::collection::vec(("\\PC{0,5}", proptest::num::f64::NORMAL), 0..5)) {
            let json = serde_json::json!({ "a": value }).to_string();
            let mut cursor = Cursor::new(json.as_bytes());
            proptest::prop_assert_eq!(cursor.skip(), Ok(json.as_bytes()));
        }

        #[test]
        fn nothing_panics(text in "[\\[\\]{}\",:\\\\u0-9a-e. ]{0,40}") {
            let _ = Cursor::new(text.as_bytes()).skip();
            unescaped(text.as_bytes(), &mut Vec::new());
        }
    }
}
