//! What the scripts for Python share: the query as a function, and the app's own chance.

use super::pattern::Style;
use super::plan::number;
use super::quote::{comment, python, python_pattern};
use super::terms::Group;

/// The rows of a random subset.
pub const RANDOM_ROWS: &str = "\
def random_rows(rows, wanted, seed):
    \"\"\"The rows that the app chooses for this seed: Floyd's way, by numbers of SplitMix64.\"\"\"
    if wanted >= rows:
        return set(range(rows))
    mask, state, chosen = (1 << 64) - 1, seed, set()
    for place in range(rows - wanted, rows):
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        pick = ((mixed ^ (mixed >> 31)) * (place + 1)) >> 64
        chosen.add(place if pick in chosen else pick)
    return chosen

";

const FOLD: &str = "\
def fold(text):
    \"\"\"Lower case without accents.\"\"\"
    if text.isascii():
        return text.lower()
    apart = (c for c in unicodedata.normalize(\"NFD\", text) if not unicodedata.category(c).startswith(\"M\"))
    return \"\".join(c.lower() for c in apart)

";

/// A function `matches` of a prompt or `None`, with what it needs; and what it can't say, as comments. It
/// needs `re` and `unicodedata`.
pub fn matches(groups: &[Group]) -> String {
    let mut notes = String::new();
    let mut patterns = String::new();
    let mut body = String::new();
    let mut count = 0;
    let cased = groups.iter().flatten().any(|term| term.what.sees_case());
    for group in groups {
        let mut any = Vec::new();
        let mut failed = None;
        for term in group {
            let not = if term.excluded { "not " } else { "" };
            if let Some(piece) = term.what.plain() {
                any.push(format!("{} {}in text", python(piece), if term.excluded { "not " } else { "" }));
                continue;
            }
            match term.what.pattern(Style::Python) {
                Ok(Some(pattern)) => {
                    count += 1;
                    patterns
                        .push_str(&format!("PATTERN_{count} = re.compile({})\n", python_pattern(&pattern)));
                    let text = if term.what.sees_case() { "cased" } else { "text" };
                    any.push(format!("{not}PATTERN_{count}.search({text})"));
                }
                Ok(None) => any.push(if term.excluded { "True" } else { "False" }.to_owned()),
                Err(why) => failed = Some(why),
            }
        }
        match failed {
            Some(why) => {
                notes.push_str(&format!("# NOTE: a part of the search is left out: {}.\n", comment(&why)))
            }
            None => body.push_str(&format!("    if not ({}):\n        return False\n", any.join(" or "))),
        }
    }
    let cased = if cased { "    cased = original if original.isascii() else text\n" } else { "" };
    format!(
        "{FOLD}\n{notes}{patterns}\n\ndef matches(prompt):\n    original = prompt or \"\"\n    text = fold(original)\n{cased}{body}    return True\n\n"
    )
}

/// A number of Python.
pub fn literal(value: f64) -> String {
    if value.is_infinite() {
        format!("float(\"{}inf\")", if value < 0.0 { "-" } else { "" })
    } else {
        number(value)
    }
}

/// A list of Python, a line each.
pub fn list(items: impl IntoIterator<Item = String>) -> String {
    let lines: String = items.into_iter().map(|item| format!("    {item},\n")).collect();
    format!("[\n{lines}]")
}
