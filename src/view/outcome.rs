//! An outcome: what of a row counts as "yes", so that what goes along with it can be told.
//!
//! A link says it in words, `rank,to:1`, so that only what tells it reads them.

use crate::view::spec::{Bound, Clause, MAX_LIST_VALUES, Range};
use crate::view::url::{parse_bound, print_bound};

/// What of a row is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The value of a column.
    Column(String, Yes),
    /// Whether it is one of the pinned rows, A.
    Pinned,
}

/// Which values of a column count as "yes".
#[derive(Clone, Debug, PartialEq)]
pub enum Yes {
    /// This one and what is above.
    From(Bound),
    /// This one and what is below.
    To(Bound),
    /// Each of these, by what they are called.
    Is(Vec<String>),
    /// Any at all.
    Any,
}

const FROM: &str = "from";
const TO: &str = "to";
const IS: &str = "is";
const ANY: &str = "any";
const PINNED: &str = "pinned";

impl Outcome {
    /// Reads the items of a link: `pinned`, or a column and which of its values count.
    ///
    /// # Errors
    /// The first item that says nothing of it; an empty one where it is not said what counts.
    pub fn read<'a>(mut items: impl Iterator<Item = &'a str>) -> Result<Self, &'a str> {
        let column = items.next().ok_or("")?;
        let Some(first) = items.next() else {
            return if column == PINNED { Ok(Self::Pinned) } else { Err("") };
        };
        let mut yes = read_yes(first)?;
        for item in items {
            match (&mut yes, read_yes(item)?) {
                (Yes::Is(values), Yes::Is(more)) if values.len() < MAX_LIST_VALUES => {
                    let is_new = |value: &String| !values.contains(value);
                    let more: Vec<String> = more.into_iter().filter(is_new).collect();
                    values.extend(more);
                }
                (Yes::Is(_) | Yes::From(_) | Yes::To(_) | Yes::Any, _) => return Err(item),
            }
        }
        Ok(Self::Column(column.to_owned(), yes))
    }

    /// The items of a link.
    pub fn items(&self) -> Vec<String> {
        let Self::Column(column, yes) = self else { return vec![PINNED.to_owned()] };
        let yes = match yes {
            Yes::From(bound) => vec![format!("{FROM}:{}", print_bound(bound))],
            Yes::To(bound) => vec![format!("{TO}:{}", print_bound(bound))],
            Yes::Is(values) => values.iter().map(|value| format!("{IS}:{value}")).collect(),
            Yes::Any => vec![ANY.to_owned()],
        };
        std::iter::once(column.clone()).chain(yes).collect()
    }
}

fn read_yes(item: &str) -> Result<Yes, &str> {
    if item == ANY {
        return Ok(Yes::Any);
    }
    let (word, rest) = item.split_once(':').ok_or(item)?;
    let bound = || parse_bound(rest).ok().flatten().ok_or(item);
    match word {
        FROM => Ok(Yes::From(bound()?)),
        TO => Ok(Yes::To(bound()?)),
        IS => Ok(Yes::Is(vec![rest.to_owned()])),
        _ => Err(item),
    }
}

impl Yes {
    /// What rows that count as "yes" pass.
    pub fn clause(&self) -> Clause {
        match self {
            Self::From(bound) => Clause::Range(Range { low: Some(bound.clone()), high: None }),
            Self::To(bound) => Clause::Range(Range { low: None, high: Some(bound.clone()) }),
            Self::Is(values) => Clause::list(values.iter().cloned().map(Some), false),
            Self::Any => Clause::NotNull,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Outcome, Yes};
    use crate::view::spec::Bound;
    use proptest::prelude::{Just, Strategy, prop_oneof};

    #[test]
    fn what_a_link_says_of_an_outcome_is_read_and_written() {
        for text in [
            "rank|to:1",
            "a,b|from:-0.5",
            "x|from:12345678901234567890123",
            "t|from:2022-08-10T14:05",
            "label|is:keep|is:a:b|is:",
            "score|any",
            "pinned",
            "pinned|is:yes",
        ] {
            let outcome = Outcome::read(text.split('|')).unwrap();
            assert_eq!(outcome.items().join("|"), text);
        }
        assert_eq!(Outcome::read(["x", "is:a", "is:a"].into_iter()).unwrap().items(), ["x", "is:a"]);
    }

    #[test]
    fn what_says_nothing_of_an_outcome_is_named() {
        for (wrong, item) in [
            ("", ""),
            ("rank", ""),
            ("rank|1", "1"),
            ("rank|to:", "to:"),
            ("rank|to:one", "to:one"),
            ("rank|from:NaN", "from:NaN"),
            ("rank|to:1|to:2", "to:2"),
            ("a|is:b|any", "any"),
            ("a|any|is:b", "is:b"),
        ] {
            assert_eq!(Outcome::read(wrong.split('|')), Err(item), "{wrong}");
        }
    }

    fn outcomes() -> impl Strategy<Value = Outcome> {
        let number = || proptest::num::f64::NORMAL.prop_map(Bound::Number);
        let yes = prop_oneof![
            number().prop_map(Yes::From),
            number().prop_map(Yes::To),
            proptest::collection::btree_set(".{0,8}", 1..5)
                .prop_map(|all| Yes::Is(all.into_iter().collect())),
            Just(Yes::Any),
        ];
        prop_oneof![
            (".{0,8}", yes).prop_map(|(column, yes)| Outcome::Column(column, yes)),
            Just(Outcome::Pinned)
        ]
    }

    proptest::proptest! {
        #[test]
        fn any_outcome_is_read_as_it_was_written(outcome in outcomes()) {
            let items = outcome.items();
            proptest::prop_assert_eq!(Outcome::read(items.iter().map(String::as_str)), Ok(outcome));
        }
    }
}
