//! How far judgements of the same pairs of images agree with each other.

use crate::table::pairs::{Accuracy, Sums};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How far judgements agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Pairs of images that were judged more than once.
    pub pairs: u64,
    /// Judgements of these.
    pub judgements: u64,
    /// Who judged them, where the table says that.
    pub annotators: Option<u64>,
    /// Judgements that somebody gave of a pair once more, which do not count.
    pub again: u64,
    /// Of all two judgements of the same pair, how many are the same; pairs of images are taken to be independent.
    pub same: Accuracy,
    /// Krippendorff's alpha of the three verdicts: 1 where all agree, 0 where they agree as chance would have it;
    /// none where there is but one verdict.
    pub alpha: Option<f64>,
}

/// Verdicts on two images: for one of them, for the other one, for neither.
pub const VERDICTS: usize = 3;

/// One judgement: the names of the two images, which of them is preferred (0, 1, or 2 for neither), and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Judgement<'a> {
    /// The names of the images.
    pub images: [&'a [u8]; 2],
    /// 0 for the first, 1 for the second, 2 for neither.
    pub verdict: usize,
    /// Who says so, by a number of their own.
    pub annotator: Option<u32>,
}

/// How far these judgements agree.
pub fn agreement<'a>(judgements: impl Iterator<Item = Judgement<'a>>) -> Agreement {
    let mut names: HashMap<&[u8], u32> = HashMap::new();
    let mut pairs: BTreeMap<(u32, u32), [u64; VERDICTS]> = BTreeMap::new();
    let mut given: HashSet<(u32, u32, u32)> = HashSet::new();
    let mut told = Agreement::default();
    for Judgement { images, verdict, annotator } in judgements {
        let [first, second] = images.map(|name| {
            let next = names.len() as u32;
            *names.entry(name).or_insert(next)
        });
        if first == second {
            continue;
        }
        let pair = (first.min(second), first.max(second));
        if annotator.is_some_and(|annotator| !given.insert((pair.0, pair.1, annotator))) {
            told.again += 1;
            continue;
        }
        // The same image is the first one of a pair wherever it stands in a row.
        let verdict = if verdict < 2 && first > second { 1 - verdict } else { verdict };
        if let Some(count) = pairs.entry(pair).or_default().get_mut(verdict) {
            *count += 1;
        }
    }
    let mut sums = Sums::default();
    let mut verdicts = [0_f64; VERDICTS];
    let mut agreeing = 0.0;
    let of_two = |count: u64| count * count.saturating_sub(1) / 2;
    for counts in pairs.values() {
        let all: u64 = counts.iter().sum();
        if all < 2 {
            continue;
        }
        let same: u64 = counts.iter().map(|count| of_two(*count)).sum();
        sums.add(Sums::of(of_two(all), same));
        told.pairs += 1;
        told.judgements += all;
        agreeing += 2.0 * same as f64 / (all - 1) as f64;
        for (sum, count) in verdicts.iter_mut().zip(counts) {
            *sum += *count as f64;
        }
    }
    told.same = sums.accuracy();
    let all = told.judgements as f64;
    let by_chance: f64 = verdicts.iter().map(|count| count * (count - 1.0)).sum();
    let expected = 1.0 - by_chance / (all * (all - 1.0));
    told.alpha = (all > 1.0 && expected > 0.0).then(|| 1.0 - (1.0 - agreeing / all) / expected);
    if !given.is_empty() {
        let several =
            |first, second| pairs.get(&(first, second)).is_some_and(|counts| counts.iter().sum::<u64>() > 1);
        let own = given.iter().filter(|(first, second, _)| several(*first, *second));
        told.annotators = Some(own.map(|(.., annotator)| *annotator).collect::<HashSet<u32>>().len() as u64);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::{Judgement, agreement};

    fn judged(rows: &[(&'static str, &'static str, usize, u32)]) -> super::Agreement {
        agreement(rows.iter().map(|(first, second, verdict, annotator)| Judgement {
            images: [first.as_bytes(), second.as_bytes()],
            verdict: *verdict,
            annotator: Some(*annotator),
        }))
    }

    #[test]
    fn judgements_of_a_pair_agree_whichever_image_stands_first() {
        let told = judged(&[
            ("a", "b", 0, 1),
            ("b", "a", 1, 2),
            ("a", "b", 1, 3),
            // Once more by the same, a pair that is judged once, and an image beside itself.
            ("b", "a", 1, 2),
            ("a", "c", 2, 1),
            ("c", "c", 0, 1),
            ("d", "e", 2, 1),
            ("e", "d", 2, 4),
        ]);
        assert_eq!((told.pairs, told.judgements, told.again, told.annotators), (2, 5, 1, Some(4)));
        // One of three, and one of one.
        assert_eq!((told.same.pairs, told.same.right, told.same.share), (4, 2, 0.5));
        // By hand: agreement within pairs (1 + 2) of 5, by chance (2 + 0 + 2) of 20.
        let expected = 1.0 - (1.0 - 3.0 / 5.0) / (1.0 - 4.0 / 20.0);
        assert!((told.alpha.unwrap() - expected).abs() < 1e-12, "{told:?}");
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        let none = judged(&[]);
        assert_eq!((none.pairs, none.alpha, none.annotators), (0, None, None));
        let one_verdict = judged(&[("a", "b", 0, 1), ("a", "b", 0, 2)]);
        assert_eq!((one_verdict.alpha, one_verdict.same.share), (None, 1.0));
    }
}
