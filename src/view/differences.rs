//! How far two sets of rows are apart in a column: from the counts of its chart.

use serde::{Deserialize, Serialize};

/// The counts of a column's values, or of its bins.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// Of the rows that match, by bin.
    pub here: &'a [u32],
    /// Of the rows that they are compared with.
    pub there: &'a [u32],
    /// Rows without a value: here and there.
    pub none: (u32, u32),
    /// Rows whose values have no bin: here and there.
    pub other: (u32, u32),
}

/// Where shares differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In this bin.
    Bin(usize),
    /// Among the rows without a value.
    None,
    /// Among the rows whose values have no bin.
    Other,
}

/// What differs in a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The Jensen-Shannon distance of the two distributions, rows without a value and those whose values have no bin being
    /// a bin each: 0 where they are the same, 1 where no value is in both.
    pub distance: f64,
    /// Where the shares are furthest apart.
    pub place: Place,
    /// These shares: here and there.
    pub shares: (f64, f64),
    /// The bins that hold the medians of both.
    pub medians: Option<(usize, usize)>,
}

/// Compares two sets of rows; none where either has none.
pub fn difference(counted: Counted<'_>) -> Option<Difference> {
    let Counted { here, there, none, other } = counted;
    let pairs = here.iter().copied().zip(there.iter().copied()).chain([none, other]);
    let pairs: Vec<(f64, f64)> = pairs.map(|(here, there)| (f64::from(here), f64::from(there))).collect();
    let sums = pairs.iter().fold((0.0, 0.0), |sums: (f64, f64), pair| (sums.0 + pair.0, sums.1 + pair.1));
    if sums.0 <= 0.0 || sums.1 <= 0.0 {
        return None;
    }
    let shares: Vec<(f64, f64)> = pairs.iter().map(|(here, there)| (here / sums.0, there / sums.1)).collect();
    // A share that is nothing adds nothing.
    let part = |share: f64, middle: f64| if share > 0.0 { share * (share / middle).log2() } else { 0.0 };
    let parts = shares.iter().map(|(here, there)| {
        let middle = f64::midpoint(*here, *there);
        f64::midpoint(part(*here, middle), part(*there, middle))
    });
    let divergence: f64 = parts.sum();
    let apart = |(here, there): &(f64, f64)| (here - there).abs();
    let furthest =
        shares.iter().enumerate().max_by(|a, b| apart(a.1).total_cmp(&apart(b.1)).then(b.0.cmp(&a.0)));
    let (place, furthest) = furthest.map(|(place, shares)| (place, *shares))?;
    let bins = shares.len().saturating_sub(2);
    let place = match place.checked_sub(bins) {
        None => Place::Bin(place),
        Some(0) => Place::None,
        Some(_) => Place::Other,
    };
    let on_scale = shares.get(..bins).unwrap_or_default();
    let medians =
        median(on_scale.iter().map(|shares| shares.0)).zip(median(on_scale.iter().map(|shares| shares.1)));
    // Rounding may go below nothing.
    let distance = divergence.max(0.0).sqrt().min(1.0);
    Some(Difference { distance, place, shares: furthest, medians })
}

/// The place that holds the middle of all.
fn median(shares: impl Iterator<Item = f64> + Clone) -> Option<usize> {
    let half = shares.clone().sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let mut reaches = |share: f64| {
        sum += share;
        sum >= half - 1e-12
    };
    let mut shares = shares;
    if half > 0.0 { shares.position(&mut reaches) } else { None }
}

#[cfg(test)]
mod tests {
    use super::{Counted, Difference, Place, difference};

    fn of(here: &[u32], there: &[u32], none: (u32, u32)) -> Option<Difference> {
        difference(Counted { here, there, none, other: (0, 0) })
    }

    #[test]
    fn distances_are_those_of_scipy() {
        // scipy.spatial.distance.jensenshannon(here, there, base=2)
        let near = |a: Option<Difference>, b: f64| (a.unwrap().distance - b).abs() < 1e-12;
        assert!(near(of(&[10, 20, 30], &[30, 10, 10], (0, 0)), 0.392_213_579_664_372_2));
        assert!(near(of(&[1, 0, 0], &[0, 7, 9], (0, 0)), 1.0));
        assert!(near(of(&[5, 5], &[10, 10], (0, 0)), 0.0));
    }

    #[test]
    fn nothing_is_compared_with_nothing() {
        assert_eq!(of(&[0, 0], &[5, 7], (0, 0)), None, "no row matches");
        assert_eq!(of(&[5, 7], &[0, 0], (0, 0)), None, "all rows match");
        assert_eq!(of(&[], &[], (0, 0)), None);
    }

    #[test]
    fn what_is_furthest_apart_is_named() {
        let found = of(&[1, 8, 1], &[50, 20, 30], (0, 40)).unwrap();
        assert_eq!((found.place, found.medians), (Place::Bin(1), Some((1, 0))));
        assert!((found.shares.0 - 0.8).abs() < 1e-12 && (found.shares.1 - 20.0 / 140.0).abs() < 1e-12);
        assert_eq!(of(&[1, 1], &[49, 49], (8, 2)).unwrap().place, Place::None);
        let other = Counted { here: &[1, 1], there: &[9, 9], none: (0, 0), other: (8, 0) };
        assert_eq!(difference(other).unwrap().place, Place::Other);
        let all_other = Counted { here: &[0], there: &[0], none: (0, 0), other: (8, 3) };
        let found = difference(all_other).unwrap();
        assert_eq!((found.distance, found.medians), (0.0, None));
        assert_eq!(of(&[4], &[5], (0, 0)).unwrap().distance, 0.0, "a constant column");
    }
}
