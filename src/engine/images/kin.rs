//! Other rows with the same prompt, whose previews serve where a row has none of its own.

use super::MAX_KIN;
use crate::engine::data::Data;
use crate::table::repeats::rows_of;
use crate::table::text::NULL;
use std::collections::BTreeMap;

/// Other rows with the prompts of these ones, a few each; nothing while the prompts are not read whole.
pub(super) fn same_prompt(rows: &[u64], data: &Data) -> BTreeMap<u64, Vec<u64>> {
    let Some(texts) = data.prompts().filter(|_| data.prompts_complete() && !rows.is_empty()) else {
        return BTreeMap::new();
    };
    let code = |row: &u64| texts.codes().get(usize::try_from(*row).ok()?).copied();
    let codes: Vec<u32> = rows.iter().map(|row| code(row).unwrap_or(NULL)).collect();
    let mut different = codes.clone();
    different.sort_unstable();
    different.dedup();
    let all = vec![0; texts.rows()];
    let found = rows_of(texts, &all, &different, MAX_KIN + 1);
    rows.iter()
        .zip(codes)
        .map(|(row, code)| {
            let same = different.binary_search(&code).ok().and_then(|at| found.get(at));
            let others = same.into_iter().flatten().map(|other| u64::from(*other));
            (*row, others.filter(|other| other != row).take(MAX_KIN).collect())
        })
        .collect()
}
