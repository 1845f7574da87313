//! Which of the rows that someone has chosen are in the result.

use super::Answers;
use super::report::report;
use crate::base::ids::Generation;
use crate::engine::Effect;
use crate::engine::result::Matches;
use crate::protocol::LazyResponse;
use crate::protocol::membership::{MAX_ROWS, Membership};

impl Answers {
    /// Reports which of these rows are not in the result.
    pub fn report_membership(&self, rows: &[u64], matches: &Matches, effects: &mut Vec<Effect>) {
        let membership = missing(matches.filter().mask(), self.show.generation, rows);
        report(effects, LazyResponse::Membership(membership));
    }
}

/// Of these rows those that do not match. `mask` holds 0 for each row that matches.
fn missing(mask: &[u16], generation: Generation, rows: &[u64]) -> Membership {
    let matches = |row: u64| usize::try_from(row).ok().and_then(|row| mask.get(row)) == Some(&0);
    let missing = rows.iter().copied().take(MAX_ROWS).filter(|row| !matches(*row)).collect();
    Membership { generation, missing }
}

#[cfg(test)]
mod tests {
    use super::missing;
    use crate::base::ids::Generation;

    #[test]
    fn rows_that_a_filter_leaves_out_are_missing_and_so_are_rows_that_do_not_exist() {
        let check = |mask: &[u16], rows: &[u64], expected: &[u64]| {
            assert_eq!(missing(mask, Generation(7), rows).missing, expected, "{mask:?} {rows:?}");
        };
        check(&[0, 0, 0], &[0, 2], &[]);
        check(&[0, 1, 4], &[0, 1, 2], &[1, 2]);
        check(&[0, 1], &[u64::MAX, 2, 0], &[u64::MAX, 2]);
        check(&[], &[], &[]);
    }
}
