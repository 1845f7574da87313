//! Which images may be seen: not those of high scores, and none at an address that nobody has clicked on.

use super::images::ImageStore;
use super::{RowData, Store};
use crate::protocol::Cell;
use crate::protocol::images::{Spot, Want};
use crate::ui::store::facts;
use crate::view::roles::Role;
use leptos::prelude::*;

/// Whether an image may be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sight {
    /// As it is.
    Clear,
    /// Blurred: its higher score is above the threshold, or not known.
    Blurred(Option<f64>),
    /// Its generator had blurred it already: it is not even asked for.
    Flagged,
    /// It is at an address that nobody has clicked on: it is not asked for until then.
    Unasked,
}

impl Sight {
    /// Whether the image is asked for at all.
    pub fn is_asked_for(self) -> bool {
        match self {
            Self::Clear | Self::Blurred(_) => true,
            Self::Flagged | Self::Unasked => false,
        }
    }
}

/// How likely a row's image is not safe for work.
#[derive(Clone, Copy, Debug)]
pub struct Scores {
    image: Option<f64>,
    prompt: Option<f64>,
    /// From this score on there is nothing to be seen: the generator had blurred the image.
    flagged: f64,
}

impl ImageStore {
    /// Whether a row's image may be seen; a table without scores has none.
    pub fn sight(self, row: u64, scores: Option<Scores>) -> Sight {
        let Some(Scores { image, prompt, flagged }) = scores else { return Sight::Clear };
        let revealed = self.revealed.with(|revealed| revealed.contains(&row));
        match (image, prompt) {
            _ if revealed => Sight::Clear,
            (Some(image), _) if image >= flagged => Sight::Flagged,
            (Some(image), Some(prompt)) => {
                let score = image.max(prompt);
                if score > self.threshold.get() { Sight::Blurred(Some(score)) } else { Sight::Clear }
            }
            _ => Sight::Blurred(None),
        }
    }

    /// Asks the address of a row.
    pub fn ask_address(self, row: u64) {
        self.clicked.update(|clicked| {
            clicked.insert(row);
        });
    }

    /// Shows a row's image although it is blurred or flagged.
    pub fn reveal(self, row: u64) {
        self.revealed.update(|revealed| {
            revealed.insert(row);
        });
    }
}

impl Store {
    /// Whether the open table has scores of how safe its images are.
    pub fn has_scores(self) -> bool {
        self.role(Role::NsfwImage).or_else(|| self.role(Role::NsfwPrompt)).is_some()
    }

    /// The scores of a row of the open table, if that has any. `cell` gives the row's cells.
    pub(super) fn scores(self, cell: impl Fn(&str) -> Option<Cell>) -> Option<Scores> {
        let (image, prompt) = (self.role(Role::NsfwImage), self.role(Role::NsfwPrompt));
        let known = image.is_some() || prompt.is_some();
        let flagged = image.as_deref().and_then(facts::column).and_then(|facts| facts.detached.as_ref());
        let score = |column: Option<String>| cell(&column?)?.number();
        known.then(|| Scores {
            image: score(image),
            prompt: score(prompt),
            flagged: flagged.map_or(f64::INFINITY, |(value, _)| *value),
        })
    }

    /// Whether the image of a row of the result is to be asked for: not where there is nothing to see,
    /// and not of an address that nobody has clicked on.
    pub fn wants(self, row: &RowData) -> bool {
        self.sight(row).is_asked_for()
    }

    /// The same of a row of the file, by its place: what its scores are may not be known yet.
    pub fn wants_row(self, row: u64) -> bool {
        match self.compare.rows.with(|rows| rows.get(&row).cloned()) {
            Some(data) => self.wants(&data),
            None => !self.has_scores() && !self.waits_for_click(row, Spot::default()),
        }
    }

    /// Whether one of the images of a row of the file is to be asked for.
    pub fn wants_image(self, want: Want) -> bool {
        self.wants_row(want.row) && !self.waits_for_click(want.row, want.spot)
    }

    /// Whether one of the images of a row of the file may be seen.
    pub fn sight_of(self, want: Want) -> Sight {
        if self.waits_for_click(want.row, want.spot) { Sight::Unasked } else { self.sight_of_row(want.row) }
    }

    /// Whether the image of a row of the file may be seen; until its scores are here it is blurred.
    pub fn sight_of_row(self, row: u64) -> Sight {
        match self.compare.rows.with(|rows| rows.get(&row).cloned()) {
            Some(data) => self.sight(&data),
            None if self.waits_for_click(row, Spot::default()) => Sight::Unasked,
            None if self.has_scores() => Sight::Blurred(None),
            None => Sight::Clear,
        }
    }

    /// Whether the image of a row of the result may be seen.
    pub fn sight(self, row: &RowData) -> Sight {
        if self.waits_for_click(row.row, Spot::default()) {
            return Sight::Unasked;
        }
        self.images.sight(row.row, self.scores(|name| row.cell(name).cloned()))
    }
}
