//! What choosing a value does to the clause of its column.

use crate::base::numbers;
use crate::view::spec::{Bound, Clause, List, ListValue, Range};

/// Whether a clause asks for rows of this value.
pub fn holds(clause: Option<&Clause>, value: &ListValue) -> bool {
    match clause {
        Some(Clause::List(list)) => list.values.contains(value) != list.negated,
        Some(Clause::Null) => *value == ListValue::Null,
        Some(Clause::NotNull) => *value != ListValue::Null,
        Some(Clause::Range(range)) => is_in(range, value),
        None => false,
    }
}

fn is_in(range: &Range, value: &ListValue) -> bool {
    let ListValue::Text(text) = value else { return false };
    let Some(value) = numbers::parse(text) else { return false };
    let number = |end: &Option<Bound>| match end {
        None => Some(None),
        Some(number @ (Bound::Number(_) | Bound::Exact(_))) => Some(Some(number.start())),
        Some(Bound::Time(_)) => None,
    };
    match (number(&range.low), number(&range.high)) {
        (Some(low), Some(high)) => {
            low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high)
        }
        (None, _) | (_, None) => false,
    }
}

/// The clause after a value was chosen, or left out again. Choosing nothing, or all that a list
/// had left out, leaves no clause.
pub fn toggled(clause: Option<Clause>, value: &ListValue) -> Option<Clause> {
    let mut list = match clause {
        Some(Clause::List(list)) => list,
        Some(Clause::Null) => List { values: vec![ListValue::Null], negated: false },
        Some(Clause::NotNull) => List { values: vec![ListValue::Null], negated: true },
        Some(Clause::Range(_)) | None => List::default(),
    };
    if list.values.contains(value) {
        list.values.retain(|other| other != value);
    } else {
        list.values.push(value.clone());
    }
    clause_of(list)
}

/// Rows of this value and no others.
pub fn only(value: &ListValue) -> Option<Clause> {
    clause_of(List { values: vec![value.clone()], negated: false })
}

/// Rows of this value are left out as well; a clause that asks for other values gives way, unless
/// it names the value, which then goes.
pub fn without(clause: Option<Clause>, value: &ListValue) -> Option<Clause> {
    let mut list = match clause {
        Some(Clause::List(list)) if list.negated => list,
        Some(Clause::NotNull) => List { values: vec![ListValue::Null], negated: true },
        Some(Clause::List(mut list)) if list.values.len() > 1 && list.values.contains(value) => {
            list.values.retain(|other| other != value);
            return clause_of(list);
        }
        Some(Clause::List(_) | Clause::Null | Clause::Range(_)) | None => {
            List { values: Vec::new(), negated: true }
        }
    };
    if !list.values.contains(value) {
        list.values.push(value.clone());
    }
    clause_of(list)
}

/// Lists of nothing but null have clauses of their own.
fn clause_of(list: List) -> Option<Clause> {
    match list.values.as_slice() {
        [] => None,
        [ListValue::Null] => Some(if list.negated { Clause::NotNull } else { Clause::Null }),
        _ => Some(Clause::List(list)),
    }
}

/// Values as someone types them, separated by commas: numbers where the column has numbers. A minus
/// sign of words, `not`, in front asks for all but these; nothing typed is no clause.
///
/// # Errors
/// What is expected instead.
pub fn typed(text: &str) -> Result<Option<Clause>, &'static str> {
    let text = text.trim();
    let (negated, rest) = match text.strip_prefix("not ").or_else(|| text.strip_prefix('!')) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut list = List { values: Vec::new(), negated };
    for item in rest.split([',', ';', ' ']).map(str::trim).filter(|item| !item.is_empty()) {
        let value = match item {
            "none" | "null" => ListValue::Null,
            number => {
                let number = number.replace('−', "-");
                if numbers::parse(&number).is_none() {
                    return Err("Numbers, separated by commas");
                }
                ListValue::Text(number)
            }
        };
        if !list.values.contains(&value) {
            list.values.push(value);
        }
    }
    if list.values.len() > crate::view::spec::MAX_LIST_VALUES {
        return Err("At most 1,000 values are listed");
    }
    Ok(clause_of(list))
}

/// Values of a list as they are typed.
pub fn written(clause: Option<&Clause>) -> String {
    let name = |value: &ListValue| match value {
        ListValue::Null => "none".to_owned(),
        ListValue::Text(text) => text.clone(),
    };
    match clause {
        Some(Clause::List(list)) => {
            let names: Vec<String> = list.values.iter().map(name).collect();
            format!("{}{}", if list.negated { "not " } else { "" }, names.join(", "))
        }
        Some(Clause::Null) => "none".to_owned(),
        Some(Clause::NotNull) => "not none".to_owned(),
        Some(Clause::Range(_)) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{holds, only, toggled, typed, without, written};
    use crate::view::spec::{Bound, Clause, List, ListValue, Range};
    use proptest::prelude::*;

    fn text(text: &str) -> ListValue {
        ListValue::Text(text.to_owned())
    }

    #[test]
    fn choosing_every_value_away_leaves_no_clause() {
        let one = toggled(None, &text("a"));
        assert!(holds(one.as_ref(), &text("a")) && !holds(one.as_ref(), &text("b")));
        assert_eq!(toggled(one, &text("a")), None);
        assert_eq!(toggled(Some(Clause::NotNull), &ListValue::Null), None);
        assert_eq!(only(&ListValue::Null), Some(Clause::Null));
    }

    #[test]
    fn leaving_out_adds_to_what_is_left_out() {
        let one = without(None, &text("a"));
        let two = without(one.clone(), &ListValue::Null);
        assert_eq!(written(two.as_ref()), "not a, none");
        assert_eq!(without(one.clone(), &text("a")), one);
        // Of a choice it takes the value away.
        let choice = toggled(toggled(None, &text("a")), &text("b"));
        assert_eq!(without(choice, &text("a")), only(&text("b")));
        assert_eq!(without(only(&text("a")), &text("a")), one);
        assert_eq!(without(Some(Clause::Null), &ListValue::Null), Some(Clause::NotNull));
    }

    #[test]
    fn a_range_holds_the_numbers_in_it() {
        let range = |low: f64, high: f64| {
            Clause::Range(Range { low: Some(Bound::Number(low)), high: Some(Bound::Number(high)) })
        };
        assert!(holds(Some(&range(2.0, 2.0)), &text("2")));
        assert!(!holds(Some(&range(0.0, 1.0)), &text("2")));
        assert!(!holds(Some(&range(0.0, 1.0)), &text("two")));
        assert!(!holds(Some(&range(0.0, 1.0)), &ListValue::Null));
    }

    #[test]
    fn what_is_typed_becomes_a_list() {
        let list = |values: &[&str], negated| {
            let values = values.iter().map(|value| text(value)).collect();
            Ok(Some(Clause::List(List { values, negated })))
        };
        assert_eq!(typed("7, 12 ,7"), list(&["7", "12"], false));
        assert_eq!(typed("not −3"), list(&["-3"], true));
        assert_eq!(typed("!none"), Ok(Some(Clause::NotNull)));
        assert_eq!(typed("  "), Ok(None));
        assert!(typed("seven").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            values in proptest::collection::vec(proptest::option::weighted(0.9, any::<i32>()), 1..6), negated: bool)
        {
            let values: Vec<ListValue> =
                values.iter().map(|value| value.map_or(ListValue::Null, |value| text(&value.to_string()))).collect();
            let clause = values.iter().fold(None, |clause, value| {
                if negated { without(clause, value) } else if holds(clause.as_ref(), value) { clause } else { toggled(clause, value) }
            });
            prop_assert_eq!(typed(&written(clause.as_ref())), Ok(clause));
        }

        #[test]
        fn nothing_typed_panics(text in ".{0,30}") {
            let _ = typed(&text);
        }

        #[test]
        fn a_choice_holds_what_was_chosen(steps in proptest::collection::vec((0u8..3, 0u8..3), 0..12)) {
            let mut clause = None;
            for (what, value) in steps {
                let value = if value == 0 { ListValue::Null } else { text(&value.to_string()) };
                let before = holds(clause.as_ref(), &value);
                let asked = clause.is_some();
                clause = match what {
                    0 => toggled(clause, &value),
                    1 => only(&value),
                    _ => without(clause, &value),
                };
                match what {
                    0 if clause.is_some() && asked => prop_assert_ne!(holds(clause.as_ref(), &value), before),
                    0 => {}
                    1 => prop_assert!(holds(clause.as_ref(), &value)),
                    _ => prop_assert!(!holds(clause.as_ref(), &value)),
                }
            }
        }
    }
}
