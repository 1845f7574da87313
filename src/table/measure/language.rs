//! The language that a text is written in.

use crate::table::measure::Amount;

/// Below so many letters, texts in an alphabet that many languages share tell little.
const LEAST_LETTERS: usize = 24;

/// What is said where nothing is sure.
const UNKNOWN: &str = "unknown";

/// The name of the language.
pub fn language(text: &str) -> Amount {
    Amount::Name(sure(text).map_or(UNKNOWN, |(name, _)| name))
}

/// How sure that is, from 0 to 1; nothing for a text that is too short.
pub fn certainty(text: &str) -> Amount {
    detected(text).map_or(Amount::Nothing, |(_, certainty)| Amount::Share(certainty))
}

/// The language, where there is hardly another one that it can be.
fn sure(text: &str) -> Option<(&'static str, f64)> {
    const LEAST: f64 = 0.9;
    detected(text).filter(|(_, certainty)| *certainty >= LEAST)
}

fn detected(text: &str) -> Option<(&'static str, f64)> {
    use whatlang::Script;
    let info = whatlang::detect(text)?;
    let is_shared = matches!(
        info.script(),
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari | Script::Hebrew
    );
    let letters = text.chars().filter(|char| char.is_alphabetic()).count();
    (!is_shared || letters >= LEAST_LETTERS).then(|| (info.lang().eng_name(), info.confidence()))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Amount, certainty, language};

    #[test]
    fn short_texts_say_nothing() {
        for (text, expected) in [
            ("a castle", "unknown"),
            ("", "unknown"),
            ("1920 x 1080, 8 k", "unknown"),
            ("a painting of the old man who walks through the woods with his dog in the rain", "English"),
            ("ein Gemälde von einem alten Mann, der mit seinem Hund durch den Wald geht", "German"),
            ("夜の城の絵、とても綺麗な光", "Japanese"),
        ] {
            assert_eq!(language(text), Amount::Name(expected), "{text}");
        }
        assert_eq!(certainty("a castle"), Amount::Nothing);
        assert!(matches!(certainty("夜の城の絵、とても綺麗な光"), Amount::Share(share) if share > 0.9));
    }
}
