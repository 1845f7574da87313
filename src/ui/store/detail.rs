//! What can be done with the row whose details are open.

use super::images::{Shot, Shown};
use super::receive::prompt_of;
use super::sight::Sight;
use super::{RowData, Store};
use crate::base::numbers;
use crate::formats::hub::{DEFAULT_ENDPOINT, page_url};
use crate::protocol::display::parameters::parameters;
use crate::protocol::images::{MakingOutcome, Settings, Spot, Want};
use crate::protocol::{Cell, Detail};
use crate::ui::runtime::host;
use crate::ui::store::facts;
use crate::view::query;
use crate::view::roles::Role;
use crate::view::spec::{Bound, Clause, List, ListValue, Range, Spec, TableRef, View};
use leptos::prelude::*;
use std::sync::Arc;

impl Store {
    /// The image of the row whose details are open, once it is here as it is.
    pub fn picture_of_detail(self) -> Option<Arc<Shown>> {
        let row = self.spec.with(|spec| spec.row)?;
        match self.images.shot(Want::of(row, 0))? {
            Shot::Here(shown) if !shown.facts.preview && !shown.smaller => Some(shown),
            Shot::Here(_) | Shot::Failed(_) => None,
        }
    }

    /// Whether that image may be seen.
    pub fn sight_of_detail(self) -> Sight {
        let Some(row) = self.spec.with(|spec| spec.row) else { return Sight::Blurred(None) };
        if self.waits_for_click(row, Spot::default()) {
            return Sight::Unasked;
        }
        self.detail.with(|detail| {
            let detail = detail.as_ref().filter(|detail| detail.row == row);
            self.images.sight(row, self.scores(|name| cell_of(detail?, name)))
        })
    }

    /// The settings of the image as other programs read them; none where they are not known.
    pub fn parameters(self) -> Option<String> {
        self.detail.with(|detail| {
            let detail = detail.as_ref()?;
            let Some((_, Cell::Text(prompt))) = prompt_of(detail) else { return None };
            let made = self.images.makings.with(|makings| match makings.get(&detail.row) {
                Some(MakingOutcome::Known(settings)) => Some(settings.clone()),
                Some(MakingOutcome::Failed(_)) | None => None,
            });
            parameters(prompt, |role| {
                let own = self.role(role).and_then(|column| match cell_of(detail, &column)? {
                    Cell::Number(value) if role == Role::Sampler => {
                        facts::label(&column, value).map(|label| Cell::Text(label.to_owned()))
                    }
                    cell => Some(cell),
                });
                own.or_else(|| made_cell(made.as_ref()?, role))
            })
        })
    }

    /// The page on the Hub of what holds the image, or else of the table.
    pub fn page_of_detail(self) -> Option<String> {
        let (table, endpoint) = self.spec.with(|spec| (spec.table.clone(), spec.endpoint.clone()));
        let endpoint = host::endpoint(endpoint.as_ref()).unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        let Some(places) = self.places() else {
            return match table? {
                TableRef::Hub(path) => Some(page_url(&endpoint, &path)),
                TableRef::Catalogue(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_) => None,
            };
        };
        self.detail.with(|detail| {
            let detail = detail.as_ref()?;
            let text = |name: &str| match cell_of(detail, name) {
                Some(Cell::Text(text)) => Some(text),
                Some(Cell::Number(value)) => Some(crate::protocol::display::number(value)),
                Some(Cell::Digits(digits)) => Some(digits),
                _ => None,
            };
            let mut values = [String::new(), String::new()];
            for (value, name) in values.iter_mut().zip(places.columns()) {
                *value = text(name)?;
            }
            places.page(&endpoint, values.each_ref().map(String::as_str))
        })
    }

    /// Shows the rows of one prompt, in the gallery where there is one.
    pub fn show_same(self, prompt: &str) {
        let Some(column) = self.opened.with_untracked(|opened| opened.as_ref()?.prompt.clone()) else {
            return;
        };
        let mut spec = self.spec.get_untracked();
        let values = vec![ListValue::Text(prompt.to_owned())];
        spec.filters.insert(column, Clause::List(List { values, negated: false }));
        let has_images = untrack(|| self.pictures().is_some());
        spec.view = if has_images { View::Gallery } else { View::Table };
        self.apply(spec, super::Commit::Step);
    }

    /// Goes to another view, of another table maybe.
    pub fn visit(self, spec: Spec) {
        self.apply(spec, super::Commit::Step);
    }

    /// The view of the table that a row's image is from which shows the images of its prompt: of all in
    /// the same archive those with these words.
    pub fn in_source(self, row: &RowData) -> Option<Spec> {
        /// Enough to tell prompts apart, and no more than a link holds well.
        const MOST_CHARS: usize = 160;
        let Some(Cell::Text(prompt)) = row.cell(&self.role(Role::Prompt)?) else { return None };
        let places = self.places()?;
        let mut values = [String::new(), String::new()];
        for (value, name) in values.iter_mut().zip(places.columns()) {
            let Some(Cell::Text(text)) = row.cell(name) else { return None };
            value.clone_from(text);
        }
        let source = places.source(values.each_ref().map(String::as_str))?;
        let part = source.table.column_of(Role::Part)?.name.to_string();
        let (_, value) = source.values.iter().find(|(name, _)| *name == part)?;
        let end = Some(Bound::Number(numbers::parse(value)?));
        let mut words = String::new();
        for word in prompt.replace('"', " ").split_whitespace() {
            if words.chars().count() + word.chars().count() > MOST_CHARS {
                break;
            }
            words.push_str(if words.is_empty() { "" } else { " " });
            words.push_str(word);
        }
        Some(Spec {
            table: Some(TableRef::Catalogue(source.table.id.to_owned())),
            endpoint: self.spec.with(|spec| spec.endpoint.clone()),
            query: (!words.is_empty()).then(|| query::with("", &words, false)),
            filters: [(part, Clause::Range(Range { low: end.clone(), high: end }))].into(),
            view: View::Gallery,
            ..Spec::default()
        })
    }

    /// Says which row of the result is the first one in sight, once the scrolling rests.
    pub fn set_at(self, position: u64) {
        let mut spec = self.spec.get_untracked();
        spec.at = (position > 0).then_some(position);
        self.apply(spec, super::Commit::Replace);
    }
}

fn cell_of(detail: &Detail, name: &str) -> Option<Cell> {
    detail.fields.iter().find(|(column, _)| column == name).map(|(_, cell)| cell.clone())
}

/// What another archive tells.
fn made_cell(settings: &Settings, role: Role) -> Option<Cell> {
    let Settings { seed, cfg, steps, sampler, source: _ } = settings;
    match role {
        Role::Seed => seed.map(Cell::Number),
        Role::Cfg => cfg.map(Cell::Number),
        Role::Step => steps.map(Cell::Number),
        Role::Sampler => sampler.clone().map(Cell::Text),
        _ => None,
    }
}
