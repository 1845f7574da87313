//! Regular expressions for other engines: what this one takes for granted is spelled out.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look, Repetition};

/// An engine's way to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// RE2, of DuckDB.
    Re2,
    /// The `regex` crate, of Polars.
    Rust,
    /// Python's `re`.
    Python,
}

/// Enclosed letters, which are letters that are no letters by category.
const ENCLOSED: [(u32, u32); 4] =
    [(0x24b6, 0x24e9), (0x1f130, 0x1f149), (0x1f150, 0x1f169), (0x1f170, 0x1f189)];

/// Classes that are longer than this are not spelled out.
const MAX_RANGES: usize = 400;

impl Style {
    /// That no letter or digit stands before, and after.
    pub const fn bounds(self) -> [&'static str; 2] {
        match self {
            Self::Re2 => [
                r"(?:\A|[^\p{L}\p{N}\x{24B6}-\x{24E9}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189}])",
                r"(?:\z|[^\p{L}\p{N}\x{24B6}-\x{24E9}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189}])",
            ],
            Self::Rust => [r"(?:\A|[^\p{Alphabetic}\p{N}])", r"(?:\z|[^\p{Alphabetic}\p{N}])"],
            // Letters of Python's own, without the underscore.
            Self::Python => [
                "(?<![^\\W_]|[\u{24b6}-\u{24e9}\u{1f130}-\u{1f149}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}])",
                "(?![^\\W_]|[\u{24b6}-\u{24e9}\u{1f130}-\u{1f149}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}])",
            ],
        }
    }

    fn code(self, c: char) -> String {
        let code = u32::from(c);
        match self {
            Self::Re2 | Self::Rust => format!("\\x{{{code:x}}}"),
            Self::Python if code <= 0xff => format!("\\x{code:02x}"),
            Self::Python if code <= 0xffff => format!("\\u{code:04x}"),
            Self::Python => format!("\\U{code:08x}"),
        }
    }
}

/// Whether an expression switches case on or off itself.
pub fn talks_of_case(text: &str) -> bool {
    text.match_indices("(?").any(|(at, _)| {
        let flags = text.get(at + 2..).unwrap_or_default();
        let end = flags.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(flags.len());
        flags.get(..end).unwrap_or_default().contains('i')
    })
}

/// Reads an expression.
///
/// # Errors
/// Why it can't be read.
pub fn parse(text: &str, cased: bool) -> Result<Hir, String> {
    let mut builder = ParserBuilder::new();
    builder.utf8(false).case_insensitive(cased);
    builder.build().parse(text).map_err(|error| error.to_string())
}

/// A text that is looked for as it is.
pub fn escape(text: &str, style: Style) -> String {
    text.chars().map(|c| escaped(c, style)).collect()
}

fn escaped(c: char, style: Style) -> String {
    match c {
        '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => {
            format!("\\{c}")
        }
        c if c.is_alphanumeric() || (c.is_ascii() && !c.is_ascii_control()) => c.to_string(),
        c => style.code(c),
    }
}

/// Writes an expression.
///
/// # Errors
/// What of it this style can't say.
pub fn print(hir: &Hir, style: Style) -> Result<String, String> {
    let bytes = || "the regular expression is about bytes rather than letters".to_owned();
    Ok(match hir.kind() {
        HirKind::Empty => "(?:)".to_owned(),
        HirKind::Literal(literal) => escape(std::str::from_utf8(&literal.0).map_err(|_| bytes())?, style),
        HirKind::Class(Class::Unicode(class)) => print_class(class, style)?,
        HirKind::Class(Class::Bytes(class)) => {
            print_class(&class.to_unicode_class().ok_or_else(bytes)?, style)?
        }
        HirKind::Look(look) => print_look(*look, style)?.to_owned(),
        HirKind::Repetition(Repetition { min, max, sub, .. }) => {
            let count = match (min, max) {
                (0, None) => "*".to_owned(),
                (1, None) => "+".to_owned(),
                (0, Some(1)) => "?".to_owned(),
                (min, None) => format!("{{{min},}}"),
                (min, Some(max)) if min == max => format!("{{{min}}}"),
                (min, Some(max)) => format!("{{{min},{max}}}"),
            };
            if style == Style::Re2 && (*min).max(max.unwrap_or(0)) > 1_000 {
                return Err("DuckDB counts to 1,000 in a regular expression".to_owned());
            }
            format!("(?:{}){count}", print(sub, style)?)
        }
        HirKind::Capture(capture) => format!("(?:{})", print(&capture.sub, style)?),
        HirKind::Concat(parts) => {
            parts.iter().map(|part| print(part, style)).collect::<Result<Vec<_>, _>>()?.concat()
        }
        HirKind::Alternation(parts) => {
            let parts = parts.iter().map(|part| print(part, style)).collect::<Result<Vec<_>, _>>()?;
            format!("(?:{})", parts.join("|"))
        }
    })
}

fn print_look(look: Look, style: Style) -> Result<&'static str, String> {
    let python = |text| {
        if style == Style::Python {
            Ok(text)
        } else {
            Err(format!("DuckDB has no {look:?} in regular expressions"))
        }
    };
    match look {
        Look::Start => Ok(r"\A"),
        Look::End if style == Style::Python => Ok(r"\Z"),
        Look::End => Ok(r"\z"),
        Look::StartLF => Ok(r"(?m:^)"),
        Look::EndLF => Ok(r"(?m:$)"),
        Look::WordAscii | Look::WordUnicode => Ok(r"\b"),
        Look::WordAsciiNegate | Look::WordUnicodeNegate => Ok(r"\B"),
        Look::WordStartAscii | Look::WordStartUnicode => python(r"(?<!\w)(?=\w)"),
        Look::WordEndAscii | Look::WordEndUnicode => python(r"(?<=\w)(?!\w)"),
        Look::WordStartHalfAscii | Look::WordStartHalfUnicode => python(r"(?<!\w)"),
        Look::WordEndHalfAscii | Look::WordEndHalfUnicode => python(r"(?!\w)"),
        Look::StartCRLF | Look::EndCRLF => Err("lines that end by CR LF are not known everywhere".to_owned()),
    }
}

fn print_class(class: &ClassUnicode, style: Style) -> Result<String, String> {
    if let Some(name) = named(class, style) {
        return Ok(name);
    }
    let mut negated = class.clone();
    negated.negate();
    let (class, sign) =
        if negated.ranges().len() < class.ranges().len() { (&negated, "^") } else { (class, "") };
    if class.ranges().is_empty() {
        // Nothing, or everything.
        return Ok(match (sign, style) {
            ("^", Style::Python) => "[\\s\\S]".to_owned(),
            (_, Style::Python) => "[^\\s\\S]".to_owned(),
            ("^", _) => "[\\x00-\\x{10ffff}]".to_owned(),
            _ => "[^\\x00-\\x{10ffff}]".to_owned(),
        });
    }
    if class.ranges().len() > MAX_RANGES {
        return Err("the regular expression names a class of very many letters".to_owned());
    }
    let end = |c: char| if c.is_ascii_alphanumeric() { c.to_string() } else { style.code(c) };
    let ranges = class.ranges().iter().map(|range| {
        if range.start() == range.end() {
            end(range.start())
        } else {
            format!("{}-{}", end(range.start()), end(range.end()))
        }
    });
    Ok(format!("[{sign}{}]", ranges.collect::<String>()))
}

/// A class by a name that the engine has, or that stands for it.
fn named(class: &ClassUnicode, style: Style) -> Option<String> {
    let is = |text: &str| match parse(text, false).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(own)) => Some(own == *class),
        _ => None,
    };
    let enclosed =
        || ENCLOSED.iter().map(|(from, to)| format!("\\x{{{from:x}}}-\\x{{{to:x}}}")).collect::<String>();
    for (text, re2, python) in [
        (
            r"\w",
            format!(r"[\p{{L}}\p{{M}}\p{{Nd}}\p{{Nl}}\p{{Pc}}\x{{200c}}\x{{200d}}{}]", enclosed()),
            r"\w",
        ),
        (
            r"\W",
            format!(r"[^\p{{L}}\p{{M}}\p{{Nd}}\p{{Nl}}\p{{Pc}}\x{{200c}}\x{{200d}}{}]", enclosed()),
            r"\W",
        ),
        (r"\d", r"\p{Nd}".to_owned(), r"\d"),
        (r"\D", r"\P{Nd}".to_owned(), r"\D"),
    ] {
        if is(text) == Some(true) {
            return Some(if style == Style::Re2 { re2 } else { python.to_owned() });
        }
    }
    None
}
