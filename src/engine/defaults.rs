//! What a table shows before anyone has chosen: which charts, and which columns.

use crate::base::sorted;
use crate::protocol::{Column, Kind};
use crate::view::catalog::CHARTED_AT_OPEN;
use crate::view::facts::Facts;
use crate::view::roles::{Role, Roles};

/// A table of more files than this is not charted unasked: each file costs two requests.
const MOST_FILES: u32 = 200;

/// Charts of an unknown table that are read with it.
const UNKNOWN_CHARTS: usize = 4;

/// A column of an unknown table is only charted unasked where reading it costs no more.
const UNKNOWN_CHART_BYTES: u64 = 12_000_000;

/// An unknown table whose charts take no more in all is charted whole: nobody should have to ask for a few
/// hundred bytes.
const MOST_BYTES_UNASKED: u64 = 1_000_000;

/// More charts than this nobody looks through: the others load when they are asked for.
const MOST_CHARTS_UNASKED: usize = 64;

/// The same as [`MOST_BYTES_UNASKED`] where the file is on the device, or was read whole to make the table: no byte of
/// it is transferred.
const MOST_BYTES_AT_HAND: u64 = 32_000_000;

/// The columns of an unknown table that are shown unasked.
const FIRST_FEW: usize = 8;

/// The charts that are read with a table of so many files, in the order of the rail. `is_at_hand` says that no byte
/// of it has to be transferred.
pub fn charts_at_open(
    columns: &[Column],
    facts: &Facts,
    roles: &Roles,
    files: u32,
    is_at_hand: bool,
) -> Vec<String> {
    if files > MOST_FILES {
        return Vec::new();
    }
    let chartable = || columns.iter().filter(|column| column.chartable && !facts.is_index(&column.name));
    let small: Vec<&Column> = chartable().filter(|column| column.bytes <= UNKNOWN_CHART_BYTES).collect();
    let all_bytes = small.iter().map(|column| column.bytes).fold(0, u64::saturating_add);
    let is_free = is_at_hand && all_bytes <= MOST_BYTES_AT_HAND;
    if facts.is_known() && !is_free {
        let known = chartable().filter(|column| facts.order(&column.name) < CHARTED_AT_OPEN);
        let known: Vec<String> = known.map(|column| column.name.clone()).collect();
        if !known.is_empty() {
            return sorted::by_key(known, |name| facts.order(name));
        }
    }
    let is_little = is_free || all_bytes <= MOST_BYTES_UNASKED;
    let most = if is_little { MOST_CHARTS_UNASKED } else { UNKNOWN_CHARTS };
    // What is known to be a setting comes before what is merely small.
    let is_setting = |column: &Column| {
        [Role::Cfg, Role::Step, Role::Sampler].iter().any(|role| roles.column(*role) == Some(&column.name))
    };
    let small = sorted::by_key(small, |column| (!is_setting(column), column.bytes));
    let charts: Vec<String> = small.into_iter().take(most).map(|column| column.name.clone()).collect();
    sorted::by_key(charts, |name| facts.order(name))
}

/// The columns that a table has unless others are chosen: those that the catalogue names, or the
/// first few.
pub fn usual_columns(columns: &[Column], facts: &Facts, roles: &Roles) -> Vec<String> {
    let known = facts
        .columns()
        .filter(|facts| facts.in_table && columns.iter().any(|column| column.name == facts.name))
        .collect::<Vec<_>>();
    if !known.is_empty() {
        let known = sorted::by_key(known, |facts| facts.table_order);
        return known.into_iter().map(|facts| facts.name.to_string()).collect();
    }
    // An image that is in the file itself is shown as the row's picture, not as its bytes.
    let is_picture = |column: &Column| {
        roles.role(&column.name) == Some(Role::Image) && matches!(column.kind, Kind::Binary | Kind::Nested)
    };
    // So is what says which row is which: it is no data, unless there is nothing else.
    let only_index = columns.iter().all(|column| facts.is_index(&column.name));
    let is_data = |column: &Column| !is_picture(column) && (only_index || !facts.is_index(&column.name));
    let plain = columns.iter().filter(|column| column.derived_from.is_empty() && is_data(column));
    // Prompt and settings come first, the others as the file has them; the address of an image takes more room
    // than it tells.
    let plain = sorted::by_key(plain.collect::<Vec<_>>(), |column| match roles.role(&column.name) {
        Some(Role::Image) => usize::MAX,
        Some(role) if role.is_usual() => Role::ALL.iter().position(|(other, ..)| *other == role).unwrap_or(0),
        Some(_) | None => Role::ALL.len(),
    });
    plain.into_iter().take(FIRST_FEW).map(|column| column.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::{charts_at_open, usual_columns};
    use crate::protocol::{Column, Kind};
    use crate::view::facts::Facts;
    use crate::view::roles::Roles;

    fn columns(columns: &[(&str, Kind, u64)]) -> Vec<Column> {
        let column = |(name, kind, bytes): &(&str, Kind, u64)| Column {
            name: (*name).to_owned(),
            kind: *kind,
            type_name: String::new(),
            bytes: *bytes,
            chartable: matches!(kind, Kind::Integer | Kind::Float),
            derived_from: Vec::new(),
        };
        columns.iter().map(column).collect()
    }

    fn roles(pairs: &[(&str, &str)]) -> Roles {
        Roles::told(pairs.iter().map(|(role, column)| ((*role).to_owned(), (*column).to_owned())))
    }

    #[test]
    fn one_name_that_sounds_like_ours_does_not_hide_the_others() {
        let nine = columns(&[
            ("filename", Kind::Text, 100),
            ("size", Kind::Integer, 90),
            ("width", Kind::Integer, 90),
            ("seed", Kind::Integer, 90),
            ("image", Kind::Nested, 900),
            ("note", Kind::Text, 100),
        ]);
        let roles = roles(&[("seed", "seed"), ("image", "image")]);
        assert_eq!(
            usual_columns(&nine, &Facts::default(), &roles),
            ["seed", "filename", "size", "width", "note"]
        );
    }

    #[test]
    fn a_small_table_is_charted_whole() {
        let names = ["a", "b", "c", "d", "e", "f"];
        let of = |bytes| columns(&names.map(|name| (name, Kind::Integer, bytes)));
        let charts = |bytes, files, is_at_hand| {
            charts_at_open(&of(bytes), &Facts::default(), &Roles::default(), files, is_at_hand).len()
        };
        assert_eq!(charts(1_000, 1, false), 6);
        assert_eq!(charts(1_000_000, 1, false), 4);
        assert_eq!(charts(1_000_000, 1, true), 6);
        assert_eq!(charts(10_000_000, 1, true), 4);
        assert_eq!(charts(100_000_000, 1, false), 0);
        assert_eq!(charts(1_000, 300, false), 0);
        let names: Vec<String> = (0..3_000).map(|column| format!("k{column}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), Kind::Integer, 10)).collect();
        let charts = charts_at_open(&columns(&many), &Facts::default(), &Roles::default(), 1, true);
        assert_eq!(charts.len(), 64);
    }
}
