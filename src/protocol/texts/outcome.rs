//! Texts of what goes along with an outcome.

use super::common::rows;
use crate::base::bytes::human_bytes;
use crate::protocol::display::{percent, share_of, thousands};
use crate::protocol::outcome::{Counted, Found, Line, Trouble};

/// The choice of what the outcome is.
pub const OUTCOME: &str = "What goes with";
/// The choices as a group.
pub const CHOICES: &str = "Outcome";
/// No outcome.
pub const NONE: &str = "choose an outcome";
/// The rows of A.
pub const PINNED: &str = "being in A";
/// Which values count as "yes".
pub const HOW: &str = "Which values count as yes";
/// This one and above.
pub const FROM: &str = "at least";
/// This one and below.
pub const TO: &str = "at most";
/// This one.
pub const IS: &str = "is";
/// Any.
pub const ANY: &str = "has a value";
/// The value in question.
pub const VALUE: &str = "Value";
/// Back to what differs.
pub const CLEAR: &str = "Clear outcome";
/// What that does.
pub const ABOUT_CLEAR: &str = "Rank columns by how far the matching rows are from the others again";
/// While the column is read.
pub const READING: &str = "Reading the column…";
/// Over values and bins.
pub const VALUES: &str = "Values of columns";
/// Their list.
pub const VALUES_LIST: &str = "Values that go along, the surest first";
/// Over parts of prompts.
pub const PHRASES: &str = "Parts of prompts";
/// Their list.
pub const PHRASES_LIST: &str = "Parts of prompts that go along, the surest first";
/// Over what may go along by chance.
pub const UNSURE: &str = "Not sure";
/// What that is.
pub const ABOUT_UNSURE: &str = "The nearest of the others. Where so many are looked at, chance alone brings about differences like these.";
/// The list of such values.
pub const UNSURE_VALUES: &str = "Values that may go along by chance";
/// The list of such parts.
pub const UNSURE_PHRASES: &str = "Parts of prompts that may go along by chance";
/// In place of how many times as often, where no other row counts as "yes".
pub const ONLY_HERE: &str = "only here";
/// What a bar stands for.
pub const ABOUT_RATIO: &str = "How many times as often these rows count as yes as all others, with the range that holds 95 % of such estimates";
/// Numbers that are none.
pub const NOT_A_NUMBER: &str = "not a number";

/// What counts as "yes".
pub fn of_column(title: &str, how: &str, value: &str) -> String {
    if value.is_empty() { format!("{title} {how}") } else { format!("{title} {how} {value}") }
}

/// How many rows count as "yes", and what is left out.
pub fn counted(outcome: &str, counted: &Counted) -> String {
    let Counted { rows: (yes, known), left_out: (none, odd), unmarked, read, .. } = counted;
    let mut said =
        vec![format!("{outcome}: {} of {}, {}.", thousands(*yes), rows(*known), share_of(*yes, *known))];
    let are = |count: u64| if count == 1 { "is" } else { "are" };
    if *none > 0 {
        said.push(format!("{} without a value {} left out.", rows(*none), are(*none)));
    }
    if *odd > 0 {
        said.push(format!("{} with a value that is not a number {} left out.", rows(*odd), are(*odd)));
    }
    if *unmarked > 0 {
        let counts = if *unmarked == 1 { "counts" } else { "count" };
        said.push(format!("{} without a label {counts} as no.", rows(*unmarked)));
    }
    if read.0 < read.1 {
        said.push(format!("So far, of {} of the rows.", percent(read.0, read.1)));
    }
    said.join(" ")
}

/// Why nothing can go along, if nothing can.
pub fn nothing(counted: &Counted) -> Option<&'static str> {
    let (yes, known) = counted.rows;
    match (yes, known - yes.min(known)) {
        (0, 0) if counted.left_out == (0, 0) => Some("No row matches, so that nothing can go along with it."),
        (0, 0) => Some("No matching row has a value that could count, so that nothing can go along with it."),
        (0, _) => Some("No row counts as yes, so that nothing can go along with it."),
        (_, 0) => Some("Every row counts as yes, so that there is nothing to hold them against."),
        (1, _) => Some("A single row counts as yes: nothing can be told of one row."),
        (_, 1) => Some("All rows but one count as yes: nothing can be told against one row."),
        _ => None,
    }
}

/// What was looked at, and how much of it goes along.
pub fn found(found: &Found, what: &str) -> String {
    let Found { looked_at, sure, lines } = found;
    match (looked_at, sure) {
        (0, _) => format!("There are no {what} to look at."),
        (looked_at, 0) => format!("Of {} {what} none surely goes along.", thousands(*looked_at)),
        (looked_at, sure) => {
            let goes = if *sure == 1 { "goes" } else { "go" };
            let listed = lines.iter().filter(|line| line.sure).count() as u64;
            let most = if listed < *sure {
                format!(" The {} surest are listed.", thousands(listed))
            } else {
                String::new()
            };
            format!("Of {} {what} {} surely {goes} along.{most}", thousands(*looked_at), thousands(*sure))
        }
    }
}

/// Values and bins, in those sentences.
pub const VALUES_LOOKED_AT: &str = "values and bins of other columns";
/// Parts of prompts, in those sentences.
pub const PHRASES_LOOKED_AT: &str = "parts of prompts";

/// Which of the values of one column are listed.
pub fn most_of_column(most: usize) -> String {
    format!("Of one column at most {most}.")
}

/// Columns that are not looked at.
pub fn left_out(constant: u32, waiting: u32) -> Option<String> {
    let columns = |count: u32| if count == 1 { "1 column".to_owned() } else { format!("{count} columns") };
    let constant = (constant > 0).then(|| {
        let verb = if constant == 1 { "has" } else { "have" };
        format!("{} {verb} one value only.", columns(constant))
    });
    let waiting = (waiting > 0).then(|| {
        let verb = if waiting == 1 { "is" } else { "are" };
        format!("{} {verb} still being read.", columns(waiting))
    });
    let said: Vec<String> = [constant, waiting].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// Columns that A is made by.
pub fn deciding(titles: &[String]) -> String {
    format!("Left out, since A is chosen by them: {}.", titles.join(", "))
}

/// The shares of a line, and the rows behind it.
pub fn shares(line: &Line) -> String {
    let ((yes, all), (yes_elsewhere, elsewhere)) = (line.here, line.elsewhere);
    format!(
        "{} of {}, {} elsewhere",
        share_of(yes.into(), all.into()),
        rows(all.into()),
        share_of(yes_elsewhere, elsewhere)
    )
}

/// While prompts are read.
pub const PHRASES_SO_FAR: &str = "So far, while the prompts are being read.";

/// Reads the prompts.
pub fn read_prompts(bytes: u64) -> String {
    format!("Look at the prompts too, reads {}", human_bytes(bytes))
}

/// What is wrong with the link.
pub fn unclear(item: &str) -> String {
    if item.is_empty() {
        "The link names an outcome and not which values count.".to_owned()
    } else {
        format!("“{item}” in the link says nothing of an outcome.")
    }
}

/// Why nothing is told.
pub fn trouble(trouble: &Trouble, title: impl Fn(&str) -> String) -> String {
    match trouble {
        Trouble::Unclear(item) => unclear(item),
        Trouble::NoColumn(name) => {
            format!("The table has no column {} that could be an outcome.", title(name))
        }
        Trouble::Unreadable(name) => format!("{} can’t be read.", title(name)),
        Trouble::NotPinned => "No rows are pinned, so that none can be in A.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, found, left_out, nothing};
    use crate::protocol::outcome::{Counted, Found};

    fn of(rows: (u64, u64), left_out: (u64, u64)) -> Counted {
        Counted { rows, left_out, read: (9_000, 9_000), ..Counted::default() }
    }

    #[test]
    fn rows_are_counted_in_words() {
        let said = |rows, left_out| counted("rank at most 1", &of(rows, left_out));
        assert_eq!(said((250, 1_000), (0, 0)), "rank at most 1: 250 of 1,000 rows, 25 %.");
        assert_eq!(
            said((1, 1), (12, 1)),
            "rank at most 1: 1 of 1 row, 100 %. 12 rows without a value are left out. 1 row with a value that is not a number is left out."
        );
        let part = Counted { read: (4_500, 9_000), unmarked: 2, ..of((0, 0), (0, 0)) };
        assert_eq!(
            counted("label is keep", &part),
            "label is keep: 0 of 0 rows, 0 %. 2 rows without a label count as no. So far, of 50 % of the rows."
        );
    }

    #[test]
    fn why_nothing_goes_along_is_said() {
        for (rows, begins) in [
            ((0, 0), "No row matches"),
            ((0, 9), "No row counts"),
            ((9, 9), "Every row"),
            ((1, 9), "A single row"),
            ((8, 9), "All rows but one"),
            ((1, 1), "Every row"),
        ] {
            assert!(nothing(&of(rows, (0, 0))).unwrap().starts_with(begins), "{rows:?}");
        }
        assert!(nothing(&of((0, 0), (3, 0))).unwrap().starts_with("No matching row has a value"));
        assert_eq!(nothing(&of((2, 4), (0, 0))), None);
        let none = Found { looked_at: 1_204, ..Found::default() };
        assert_eq!(found(&none, "parts"), "Of 1,204 parts none surely goes along.");
        assert!(found(&Found::default(), "parts").starts_with("There are no parts"));
        assert_eq!(
            found(&Found { sure: 1, lines: Vec::new(), ..none }, "parts"),
            "Of 1,204 parts 1 surely goes along. The 0 surest are listed."
        );
        assert_eq!(left_out(1, 2).unwrap(), "1 column has one value only. 2 columns are still being read.");
        assert_eq!(left_out(0, 0), None);
    }
}
