//! A chart of two columns: which ones, and how it is drawn.
//!
//! A link says it in words, `cfg,step,log`, so that only what shows the chart reads them.

use crate::view::chart::Growth;

/// A chart of two columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// The columns: the first one goes across, the second one up, where the chart lets both go either way.
    pub columns: (String, String),
    /// How counts become colours, or numbers places on their scale; none is what fits the chart.
    pub growth: Option<Growth>,
    /// What the shares of a table are of.
    pub shares: Shares,
    /// Whether shares over time are lines instead of a stack.
    pub lines: bool,
}

/// What the shares of a table are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shares {
    /// All rows of the table.
    #[default]
    All,
    /// Those of the same line.
    Lines,
    /// Those of the same column.
    Columns,
}

const GROWTHS: [(Growth, &str); 3] =
    [(Growth::Root, "root"), (Growth::Log, "log"), (Growth::Linear, "linear")];
const SHARES: [(Shares, &str); 2] = [(Shares::Lines, "lines"), (Shares::Columns, "columns")];
const OVER_TIME: &str = "over-time";

impl Plot {
    /// These columns, drawn as is usual.
    pub fn of(across: &str, up: &str) -> Self {
        let columns = (across.to_owned(), up.to_owned());
        Self { columns, growth: None, shares: Shares::All, lines: false }
    }

    /// Reads the items of a link: two columns, and how they are drawn.
    ///
    /// # Errors
    /// The first item that says nothing of it; an empty one where a column is missing.
    pub fn read<'a>(mut items: impl Iterator<Item = &'a str>) -> Result<Self, &'a str> {
        let (Some(across), Some(up)) = (items.next(), items.next()) else { return Err("") };
        let mut plot = Self::of(across, up);
        for item in items {
            let growth = GROWTHS.iter().find(|(_, name)| *name == item);
            let shares = SHARES.iter().find(|(_, name)| *name == item);
            match (growth, shares, item) {
                (Some((growth, _)), _, _) => plot.growth = Some(*growth),
                (None, Some((shares, _)), _) => plot.shares = *shares,
                (None, None, OVER_TIME) => plot.lines = true,
                (None, None, other) => return Err(other),
            }
        }
        Ok(plot)
    }

    /// The items of a link.
    pub fn items(&self) -> Vec<String> {
        let Self { columns: (across, up), growth, shares, lines } = self;
        let growth = GROWTHS.iter().find(|(own, _)| Some(*own) == *growth).map(|(_, name)| *name);
        let shares = SHARES.iter().find(|(own, _)| own == shares).map(|(_, name)| *name);
        let lines = lines.then_some(OVER_TIME);
        let words = [growth, shares, lines].into_iter().flatten().map(str::to_owned);
        [across.clone(), up.clone()].into_iter().chain(words).collect()
    }
}

/// How dark a cell is: a step of a ramp of `steps`, from one row to `most`; 0 where there are no rows.
pub fn shade(rows: u64, most: u64, growth: Growth, steps: u8) -> u8 {
    if rows == 0 || most == 0 {
        return 0;
    }
    let share = growth.of(rows as f64) / growth.of(most as f64);
    ((share * f64::from(steps)).ceil() as u8).clamp(1, steps)
}

/// The fewest rows of each step of the ramp that any count is in, by step.
pub fn shades(most: u64, growth: Growth, steps: u8) -> Vec<(u8, u64)> {
    let mut from = Vec::new();
    let mut low = 1;
    while low <= most {
        let step = shade(low, most, growth, steps);
        from.push((step, low));
        // The first count beyond the step: the scale never goes down.
        let (mut inside, mut beyond) = (low, most.saturating_add(1));
        while beyond - inside > 1 {
            let middle = inside + (beyond - inside) / 2;
            if shade(middle, most, growth, steps) <= step { inside = middle } else { beyond = middle }
        }
        low = beyond;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::{Plot, Shares, shade, shades};
    use crate::view::chart::Growth;

    #[test]
    fn what_a_link_says_of_a_chart_is_read_and_written() {
        for text in ["cfg|step", "log|log|log", "cfg|step|linear", "a|b|root|lines", "a|b|columns|over-time"]
        {
            let plot = Plot::read(text.split('|')).unwrap();
            assert_eq!(plot.items().join("|"), text);
        }
        for (wrong, item) in [("cfg", ""), ("", ""), ("a|b|c", "c"), ("a|b|log|2", "2")] {
            assert_eq!(Plot::read(wrong.split('|')), Err(item), "{wrong}");
        }
        assert_eq!(Plot::read("a|b|lines".split('|')).unwrap().shares, Shares::Lines);
    }

    #[test]
    fn every_count_has_the_step_that_the_legend_says() {
        for growth in [Growth::Linear, Growth::Root, Growth::Log] {
            for most in [0, 1, 2, 7, 50, 1_000, 14_000_000] {
                let from = shades(most, growth, 7);
                assert!(from.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
                assert_eq!(from.last().map(|(step, _)| *step), (most > 0).then_some(7));
                for rows in [0, 1, 2, 3, 10, 999, most / 3, most] {
                    let rows = rows.min(most);
                    let said = from.iter().take_while(|(_, low)| *low <= rows).last();
                    assert_eq!(
                        said.map_or(0, |(step, _)| *step),
                        shade(rows, most, growth, 7),
                        "{rows} of {most}"
                    );
                }
            }
        }
    }
}
