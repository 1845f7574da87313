//! What is typed into the search field, against texts.

use vitrine::table::search::{Matcher, Search};
use vitrine::table::text::Texts;
use vitrine::view::query::{Problem, parse, with, without};

/// A query up to the first zero, then texts that end with one.
pub fn query(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0);
    let typed = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let texts: Vec<&[u8]> = parts.take(40).collect();
    let inside = |problem: &Problem| {
        assert!(problem.place.start <= problem.place.end && problem.place.end <= typed.len(), "{problem:?}");
        assert!(typed.is_char_boundary(problem.place.start) && typed.is_char_boundary(problem.place.end));
        assert_ne!(problem.message, "");
    };
    let query = match parse(&typed) {
        Ok(query) => query,
        Err(problem) => return inside(&problem),
    };
    for term in query.terms() {
        assert!(typed.get(term.place.clone()).is_some_and(|term| !term.is_empty()), "{term:?}");
    }
    let matcher = match Matcher::new(&query) {
        Ok(matcher) => matcher,
        Err(problem) => return inside(&problem),
    };
    // A column of the texts gives what each text gives alone.
    let mut column = Texts::with_capacity(texts.len());
    for text in &texts {
        let code = column.intern(text).unwrap();
        column.push(code);
    }
    column.finish();
    let mut search = Search::new(matcher);
    while !search.advance(&column) {}
    let mut mask = vec![1_u16; texts.len()];
    assert_eq!(search.mark(&column, 0, 1, &mut mask), texts.len());
    for (row, text) in texts.iter().enumerate() {
        assert_eq!(mask[row] == 0, search.matcher().matches(text), "{typed:?} in {text:?}");
        if let Ok(text) = std::str::from_utf8(text) {
            for (start, end) in search.matcher().marks(text) {
                assert!(text.get(start as usize..end as usize).is_some_and(|mark| !mark.is_empty()));
            }
        }
    }
    // A click on a phrase asks for it, or excludes it, and a second one takes that back.
    if let Some(text) = texts.first().and_then(|text| std::str::from_utf8(text).ok()) {
        for excluded in [false, true] {
            let asked = with(&typed, text, excluded);
            if let Ok(asked) = parse(&asked) {
                assert!(asked.terms().count() <= query.terms().count() + 1);
            }
            let _ = without(&asked, text);
        }
    }
}
