//! Texts of the rows that are pinned, as A, and of how they stand to those that match, B.

use crate::protocol::Count;
use crate::protocol::display::{percent, thousands};
use crate::protocol::pin::Pinned;

/// Pins the rows that match.
pub const PIN: &str = "Pin as A";
/// What that does.
pub const ABOUT_PIN: &str = "Keep these rows as A; whatever matches from then on is compared with them, as B";
/// What the line is.
pub const PINNED: &str = "A against B";
/// Makes A the view, and the view A.
pub const SWAP: &str = "Swap";
/// What that does.
pub const ABOUT_SWAP: &str = "Show the rows of A, and pin those that match now";
/// Compares with all rows again.
pub const UNPIN: &str = "Unpin";
/// What that does.
pub const ABOUT_UNPIN: &str = "Compare with all rows again";
/// Where nothing was asked when the rows were pinned.
pub const EVERY_ROW: &str = "every row";
/// Before what was.
pub const A_IS: &str = "A:";
/// While nothing is counted.
pub const COUNTING: &str = "is being counted";
/// Where its search has to be agreed to.
pub const WAITS_FOR_SEARCH: &str = "waits for its search: see above what that reads";

/// A subset among what was asked.
pub fn subset(title: &str) -> String {
    format!("subset {title}")
}

/// How many rows both have, and how many are in both.
pub fn counted(pinned: Pinned<'_>) -> String {
    let rows =
        |count: u64| if count == 1 { "1 row".to_owned() } else { format!("{} rows", thousands(count)) };
    let Count { matching, both, .. } = pinned.count;
    match (pinned.rows, *matching) {
        (0, b) => format!("A has no rows to compare with. B has {}.", rows(b)),
        (a, 0) => format!("A has {}. B has none to compare.", rows(a)),
        (a, _) if pinned.is_same() => format!("A and B are the same {}.", rows(a)),
        (a, b) => {
            let both = match *both {
                0 => "none are in both".to_owned(),
                1 => "1 is in both".to_owned(),
                both => format!("{} are in both", thousands(both)),
            };
            let alone = if a == 1 { " A single row has no shares but all and nothing." } else { "" };
            format!("A has {}, B has {}; {both}.{alone}", rows(a), rows(b))
        }
    }
}

/// On how many rows that rests.
pub fn so_far(pinned: Pinned<'_>) -> Option<String> {
    let share = || percent(pinned.rows_read(), pinned.count.rows);
    (!pinned.is_settled()).then(|| format!("So far, of {} of the rows.", share()))
}

/// What A goes without, and why.
pub fn left_out(pinned: Pinned<'_>) -> Option<String> {
    let (columns, no_query) = pinned.left_out();
    let columns = (!columns.is_empty()).then(|| {
        let names = columns.join(", ");
        format!("A goes without its filter on {names}: this table has no such column to filter by.")
    });
    let query = no_query.then_some("A goes without its search: prompts of this table can’t be searched so.");
    let all: Vec<&str> = columns.as_deref().into_iter().chain(query).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{counted, left_out, so_far};
    use crate::protocol::pin::Pinned;
    use crate::protocol::{ClauseRef, Count};

    fn count(pinned: u64, matching: u64, both: u64) -> Count {
        let (rows, rows_read, pinned_read) = (9_000, 9_000, 9_000);
        Count { pinned: Some(pinned), matching, both, rows, rows_read, pinned_read, ..Count::default() }
    }

    #[test]
    fn what_both_are_is_said_in_words() {
        let said = |rows, matching, both| counted(Pinned::of(&count(rows, matching, both)).unwrap());
        assert_eq!(said(1_204, 5_000, 17), "A has 1,204 rows, B has 5,000 rows; 17 are in both.");
        assert_eq!(said(2, 1, 0), "A has 2 rows, B has 1 row; none are in both.");
        assert_eq!(said(0, 5, 0), "A has no rows to compare with. B has 5 rows.");
        assert_eq!(said(0, 0, 0), "A has no rows to compare with. B has 0 rows.");
        assert_eq!(said(5, 0, 0), "A has 5 rows. B has none to compare.");
        assert_eq!(said(5, 5, 5), "A and B are the same 5 rows.");
        let one = "A has 1 row, B has 7 rows; 1 is in both. A single row has no shares but all and nothing.";
        assert_eq!(said(1, 7, 1), one);
    }

    #[test]
    fn what_is_not_known_or_not_done_is_said() {
        let whole = count(1, 1, 1);
        let pinned = Pinned::of(&whole).unwrap();
        assert_eq!((so_far(pinned), left_out(pinned)), (None, None));
        let part = Count { pinned_read: 4_500, ..count(1, 1, 1) };
        assert_eq!(so_far(Pinned::of(&part).unwrap()).as_deref(), Some("So far, of 50 % of the rows."));
        let columns = ["a", "b"].map(|name| ClauseRef::Column(name.to_owned()));
        let pinned_without = columns.into_iter().chain([ClauseRef::Query]).collect();
        let less = Count { pinned_without, ..count(1, 1, 1) };
        assert_eq!(
            left_out(Pinned::of(&less).unwrap()).as_deref(),
            Some(
                "A goes without its filter on a, b: this table has no such column to filter by. A goes without its search: prompts of this table can’t be searched so."
            )
        );
    }
}
