//! How surely a part goes along with the matching rows: the likelihood ratio of two shares, and how far the
//! ratio of the shares can be trusted.

/// The chance of one mistake among all parts that are looked at.
const MISTAKES: f64 = 0.05;

/// Standard deviations on either side that hold 95 of 100 estimates.
const Z: f64 = 1.959_964;

/// Rows that have a part, and rows at all: `here` of `rows_here`, and `all` of `rows_all`, of which those here are
/// a part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// Matching rows that have it.
    pub here: u64,
    /// Matching rows.
    pub rows_here: u64,
    /// Rows that have it.
    pub all: u64,
    /// Rows.
    pub rows_all: u64,
}

impl Shares {
    /// The same of the other way to put it: of the rows that have it, how many are here.
    pub fn transposed(self) -> Self {
        let Self { here, rows_here, all, rows_all } = self;
        Self { here, rows_here: all, all: rows_here, rows_all }
    }

    /// The share here over the share in all; none where one of them is of no rows.
    pub fn lift(self) -> Option<f64> {
        let Self { here, rows_here, all, rows_all } = self;
        (rows_here > 0 && all > 0).then(|| here as f64 * rows_all as f64 / (rows_here as f64 * all as f64))
    }

    /// Between which lifts the true one lies, 95 times of 100: Wilson's interval of the share here, over the share
    /// in all.
    pub fn interval(self) -> Option<(f64, f64)> {
        let per_share = self.rows_all as f64 / self.all as f64;
        self.lift()?;
        let (low, high) = wilson(self.here as f64, self.rows_here as f64);
        Some((low * per_share, high * per_share))
    }

    /// [`Self::lift`] and [`Self::interval`].
    pub fn against_all(self) -> Option<(f64, (f64, f64))> {
        self.lift().zip(self.interval())
    }

    /// The share here over the share in the other rows, infinite where none of those has it; and between which ratios
    /// the true one lies, 95 times of 100: the interval MOVER-R of both shares' intervals of Wilson, which holds where a
    /// share is nothing or all. By A. Donner and G. Zou, "Closed-form confidence intervals for functions of the normal
    /// mean and standard deviation", 2012. None where either are no rows.
    pub fn against_rest(self) -> Option<(f64, (f64, f64))> {
        let there = self.all.checked_sub(self.here)? as f64;
        let rows_there = self.rows_all.checked_sub(self.rows_here)? as f64;
        let (here, rows_here) = (self.here as f64, self.rows_here as f64);
        if rows_here <= 0.0 || rows_there <= 0.0 || self.all == 0 {
            return None;
        }
        let ratio = if there > 0.0 { here * rows_there / (rows_here * there) } else { f64::INFINITY };
        let (p, q) = (here / rows_here, there / rows_there);
        let ((p_low, p_high), (q_low, q_high)) = (wilson(here, rows_here), wilson(there, rows_there));
        let both = p * q;
        let spread = |p_end: f64, q_end: f64| {
            (both * both - p_end * (2.0 * p - p_end) * q_end * (2.0 * q - q_end)).max(0.0).sqrt()
        };
        // Written so that neither a share of nothing nor one of half its interval's end divides by nothing.
        let low = if here > 0.0 { p_low * (2.0 * p - p_low) / (both + spread(p_low, q_high)) } else { 0.0 };
        let high = if there > 0.0 {
            (both + spread(p_high, q_low)) / (q_low * (2.0 * q - q_low))
        } else {
            f64::INFINITY
        };
        Some((ratio, (low.max(0.0), high)))
    }

    /// The log-likelihood ratio G² of "the shares here and in the other rows differ" against "they are the same",
    /// which is distributed as χ² with one degree of freedom where they are; 0 where there are no other rows. By
    /// T. Dunning, "Accurate methods for the statistics of surprise and coincidence", 1993.
    pub fn ratio(self) -> f64 {
        let Self { here, rows_here, all, rows_all } = self;
        let (Some(elsewhere), Some(rows_elsewhere)) =
            (all.checked_sub(here), rows_all.checked_sub(rows_here))
        else {
            return 0.0;
        };
        let (Some(without_here), Some(without_elsewhere)) =
            (rows_here.checked_sub(here), rows_elsewhere.checked_sub(elsewhere))
        else {
            return 0.0;
        };
        let without = (without_here + without_elsewhere) as f64;
        let term = |seen: u64, row: u64, column: f64| {
            let expected = row as f64 * column / rows_all as f64;
            if seen == 0 || expected <= 0.0 { 0.0 } else { seen as f64 * (seen as f64 / expected).ln() }
        };
        let sum = term(here, rows_here, all as f64)
            + term(elsewhere, rows_elsewhere, all as f64)
            + term(without_here, rows_here, without)
            + term(without_elsewhere, rows_elsewhere, without);
        (2.0 * sum).max(0.0)
    }
}

/// Wilson's interval of a share, which holds the true one 95 times of 100; nothing and all are its ends where none or
/// all of the rows have it.
fn wilson(some: f64, n: f64) -> (f64, f64) {
    let p = some / n;
    let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / (1.0 + Z * Z / n);
    let low = if some > 0.0 { (middle - half).max(0.0) } else { 0.0 };
    let high = if some < n { (middle + half).min(1.0) } else { 1.0 };
    (low, high)
}

/// The ratio from which a finding among so many is more than chance: with this bound, 95 of 100 lists of parts that
/// tell nothing stay empty (Bonferroni's correction).
pub fn bound(looked_at: usize) -> f64 {
    let wanted = MISTAKES / looked_at.max(1) as f64;
    // The tail of χ² with one degree of freedom is below this, so that the bound is on the safe side.
    let tail = |ratio: f64| (2.0 / (std::f64::consts::PI * ratio)).sqrt() * (-ratio / 2.0).exp();
    let (mut low, mut high) = (0.1, 200.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if tail(middle) > wanted { low = middle } else { high = middle }
    }
    high
}

/// The fewest rows that a part has to be in, for a result of so many rows: few of few, more of many.
pub fn least(rows: u64) -> u32 {
    ((rows as f64).sqrt() / 10.0).ceil().clamp(2.0, 1_000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::{Shares, bound, least};

    fn near(a: f64, b: f64, share: f64) -> bool {
        (a - b).abs() <= share * b.abs().max(1e-9)
    }

    /// By `scipy.stats.chi2_contingency([[here, rest], [elsewhere, rest]], correction=False,
    /// lambda_="log-likelihood")`.
    #[test]
    fn ratios_are_those_of_others() {
        for (here, rows_here, all, rows_all, expected) in EXPECTED {
            let ratio = Shares { here, rows_here, all, rows_all }.ratio();
            assert!(
                near(ratio, expected, 1e-9),
                "{here} of {rows_here}, {all} of {rows_all}: {ratio}, not {expected}"
            );
        }
        // Nothing to compare with.
        for shares in [(5, 10, 5, 10), (0, 0, 5, 10), (0, 10, 0, 20), (3, 3, 3, 3)] {
            let (here, rows_here, all, rows_all) = shares;
            assert_eq!(Shares { here, rows_here, all, rows_all }.ratio(), 0.0, "{shares:?}");
        }
    }

    const EXPECTED: [(u64, u64, u64, u64, f64); 4] = [
        (50, 100, 60, 1_000, 205.420_940_417_951_67),
        (3, 1_000, 31, 10_000, 0.003_630_203_873_207_782_4),
        (0, 500, 40, 5_000, 8.464_598_250_318_977),
        (12_000, 300_000, 20_000, 2_000_000, 21_534.283_217_432_24),
    ];

    #[test]
    fn the_bound_grows_with_what_is_looked_at() {
        // By scipy.stats.chi2.isf(0.05 / n, 1), on the safe side of it.
        for (looked_at, exact) in [(1, 3.841), (1_000, 16.448), (100_000, 25.264)] {
            let bound = bound(looked_at);
            assert!(bound >= exact && bound < exact * 1.25, "{looked_at}: {bound}");
        }
        assert_eq!((least(0), least(900), least(300_000), least(u64::MAX)), (2, 3, 55, 1_000));
    }

    #[test]
    fn a_lift_lies_within_its_interval() {
        let shares = Shares { here: 30, rows_here: 100, all: 60, rows_all: 1_000 };
        let (low, high) = shares.interval().unwrap();
        let lift = shares.lift().unwrap();
        assert_eq!(lift, 5.0);
        // By statsmodels' proportion_confint(30, 100, method="wilson"), over 0.06.
        assert!(near(low, 0.218_948 / 0.06, 1e-4) && near(high, 0.395_85 / 0.06, 1e-4), "{low} {high}");
        assert_eq!(Shares { here: 0, rows_here: 0, all: 1, rows_all: 1 }.interval(), None);
    }

    #[test]
    fn a_ratio_lies_within_its_interval_also_where_a_share_is_nothing_or_all() {
        let of = |here, rows_here, all, rows_all| Shares { here, rows_here, all, rows_all }.against_rest();
        for rows_here in 1..12 {
            for rows_there in 1..12 {
                for here in 0..=rows_here {
                    for there in u64::from(here == 0)..=rows_there {
                        let (ratio, (low, high)) =
                            of(here, rows_here, here + there, rows_here + rows_there).unwrap();
                        assert!(low.is_finite() && low >= 0.0 && !high.is_nan());
                        assert!(
                            low <= ratio * (1.0 + 1e-12) && ratio <= high * (1.0 + 1e-12),
                            "{low} {ratio} {high}"
                        );
                        assert!((low == 0.0) == (here == 0) && high.is_infinite() == (there == 0));
                    }
                }
            }
        }
        // Three of three rows say little.
        let (ratio, (low, high)) = of(3, 3, 791, 5_000).unwrap();
        assert!(near(ratio, 6.34, 1e-3) && low < 3.0 && high > 6.3, "{low} {high}");
        assert_eq!((of(0, 0, 5, 10), of(5, 10, 5, 10), of(0, 5, 0, 10)), (None, None, None));
    }
}
