//! Pairs of what people prefer: what is shown of them, and which are taken.
//!
//! A link is told in words, `figures,rank:2,whole:1`, so that only what shows pairs reads them.

use serde::{Deserialize, Serialize};

/// The most columns of scores that are held against the pairs at a time.
pub const MAX_JUDGES: usize = 8;

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairsView {
    /// What is shown.
    pub mode: Mode,
    /// Which pairs are taken.
    pub options: Options,
    /// The pair that is looked at, by its place.
    pub at: u64,
    /// Columns of scores, where they are not the usual ones.
    pub judges: Vec<String>,
    /// Whether judgements of the same two images are held against each other.
    pub agreement: bool,
}

/// What is shown of pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The images of each prompt.
    #[default]
    Prompts,
    /// Two images at a time.
    Pairs,
    /// Counts and charts.
    Figures,
    /// Scores held against people.
    Judges,
    /// Files for training.
    Training,
}

/// Which pairs are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The least difference of two ranks.
    pub least_rank: f64,
    /// The least difference of two ratings, in favour of the better one; 0 to ask nothing of ratings.
    pub least_rating: f64,
    /// The most ordered pairs of a prompt, those with the widest difference first; 0 for all.
    pub most: u32,
    /// Whether a group that the filters cut is taken whole.
    pub whole: bool,
    /// Whether pairs with an image that is known to be missing, or to be none, are left out.
    pub readable: bool,
}

const MODES: [(Mode, &str); 5] = [
    (Mode::Prompts, "prompts"),
    (Mode::Pairs, "pairs"),
    (Mode::Figures, "figures"),
    (Mode::Judges, "judges"),
    (Mode::Training, "training"),
];

impl PairsView {
    /// Reads the items of a link.
    ///
    /// # Errors
    /// The first item that says nothing of pairs.
    pub fn read<'a>(items: impl Iterator<Item = &'a str>) -> Result<Self, &'a str> {
        let mut view = Self::default();
        for item in items {
            if let Some((mode, _)) = MODES.iter().find(|(_, name)| *name == item) {
                view.mode = *mode;
                continue;
            }
            let (word, rest) = item.split_once(':').ok_or(item)?;
            let least = || {
                let number = rest.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
                number.ok_or(item)
            };
            match word {
                "at" => view.at = rest.parse().map_err(|_| item)?,
                "rank" => view.options.least_rank = least()?,
                "rating" => view.options.least_rating = least()?,
                "most" => view.options.most = rest.parse().map_err(|_| item)?,
                "agreement" => view.agreement = rest == "1",
                "whole" => view.options.whole = rest == "1",
                "readable" => view.options.readable = rest == "1",
                "judge" if view.judges.len() < MAX_JUDGES => view.judges.push(rest.to_owned()),
                _ => return Err(item),
            }
        }
        Ok(view)
    }

    /// The items of a link; none where nothing was chosen.
    pub fn items(&self) -> Vec<String> {
        let Self { mode, options, at, judges, agreement } = self;
        let Options { least_rank, least_rating, most, whole, readable } = options;
        let mut items = Vec::new();
        if *mode != Mode::default() {
            items.extend(MODES.iter().find(|(own, _)| own == mode).map(|(_, name)| (*name).to_owned()));
        }
        if *least_rank > 0.0 {
            items.push(format!("rank:{least_rank}"));
        }
        if *least_rating > 0.0 {
            items.push(format!("rating:{least_rating}"));
        }
        if *most > 0 {
            items.push(format!("most:{most}"));
        }
        if *whole {
            items.push("whole:1".to_owned());
        }
        if *readable {
            items.push("readable:1".to_owned());
        }
        if *agreement {
            items.push("agreement:1".to_owned());
        }
        items.extend(judges.iter().map(|column| format!("judge:{column}")));
        if *at > 0 {
            items.push(format!("at:{at}"));
        }
        items
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, PairsView};

    #[test]
    fn what_a_link_says_of_pairs_is_read_and_written() {
        let text =
            "judges|rank:2|rating:1.5|most:3|whole:1|readable:1|agreement:1|judge:reward|judge:a:b|at:12";
        let view = PairsView::read(text.split('|')).unwrap();
        assert_eq!(view.items().join("|"), text);
        assert_eq!((view.mode, view.at, view.options.most), (Mode::Judges, 12, 3));
        assert!(PairsView::default().items().is_empty());
        for wrong in ["x", "at:-1", "rank:no", "rating:inf", "most:1.5", "best:1"] {
            assert_eq!(PairsView::read([wrong].into_iter()), Err(wrong));
        }
    }
}
