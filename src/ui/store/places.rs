//! Where the images of the open table are, and which views it has because of them.

use super::Store;
use crate::protocol::Cell;
use crate::protocol::images::{ImageColumn, Spot, Want};
use crate::ui::runtime::host;
use crate::view::catalog;
use crate::view::catalog::about::{About, about};
use crate::view::catalog::images::Images as Places;
use crate::view::host::Place;
use crate::view::roles::Role;
use crate::view::spec::{Spec, TableRef};
use crate::view::views::{Needs, View};
use leptos::prelude::*;

/// Where the images of the open table are.
#[derive(Clone, Debug, PartialEq)]
pub enum Pictures {
    /// Where the catalogue says: [`Store::places`].
    Known,
    /// In the table itself.
    Embedded,
    /// At the addresses of this column.
    Addresses(String),
}

/// How the images of a table are found.
fn places_of(table: &TableRef) -> Option<Places> {
    let TableRef::Catalogue(id) = table else { return Places::of(table) };
    let Some(added) = host::table(id) else { return Places::of(table) };
    let first = Place::parse(&added.files.first()?.place).ok()?;
    match &added.images {
        Some(rule) => rule.images(&first).ok(),
        None => Places::of(&first.table(&super::base())),
    }
}

/// Whether it is known how the images of a table are found. What reads the rules is in the modules of views that show
/// images; those of the app's host were checked when they were read.
fn are_placed(table: &TableRef) -> bool {
    let listed = |table: &TableRef| catalog::listed(table).is_some_and(|listed| listed.rule.is_some());
    let TableRef::Catalogue(id) = table else { return listed(table) };
    let Some(added) = host::table(id) else { return listed(table) };
    let first = || Some(Place::parse(&added.files.first()?.place).ok()?.table(&super::base()));
    added.images.is_some() || first().is_some_and(|table| listed(&table))
}

impl Store {
    /// Whether small previews may be asked for: with another Hub only where the app's host has named them.
    pub(super) fn asks_previews(self, spec: &Spec) -> bool {
        let own = match &spec.table {
            Some(TableRef::Catalogue(id)) => host::table(id).and_then(|table| table.images.as_ref()),
            Some(TableRef::Hub(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_)) | None => {
                None
            }
        };
        let catalogue = &host::host().catalogue;
        own.is_some_and(|rule| rule.thumbnail.is_some())
            || catalogue.thumbnails.is_some()
            || host::endpoint(spec.endpoint.as_ref()).is_none()
    }

    /// What the open table's dataset is, if the catalogue or the app's host tells.
    pub fn about(self) -> Option<&'static About> {
        self.spec.with(|spec| {
            let table = spec.table.as_ref()?;
            if let Some(listed) = catalog::listed(table) {
                return about(listed.dataset);
            }
            let TableRef::Catalogue(id) = table else { return None };
            host::table(id)?.dataset.as_ref().map(|dataset| &dataset.about)
        })
    }

    /// How the open table's images are found; none where nothing is known of them.
    pub fn places(self) -> Option<Places> {
        self.spec.with(|spec| places_of(spec.table.as_ref()?))
    }

    /// Where the open table's images are; none where it has none.
    pub fn pictures(self) -> Option<Pictures> {
        if self.spec.with(|spec| spec.table.as_ref().is_some_and(are_placed)) {
            return Some(Pictures::Known);
        }
        self.opened.with(|opened| match opened.as_ref()?.images.clone()? {
            ImageColumn::Embedded { .. } => Some(Pictures::Embedded),
            ImageColumn::Addresses { column } => Some(Pictures::Addresses(column)),
        })
    }

    /// Whether the open table can be shown in a view.
    pub fn has_view(self, view: View) -> bool {
        match view.facts().needs {
            Needs::Nothing => true,
            Needs::Images => self.pictures().is_some(),
            // Images that the rows name can be judged by what else is known of them.
            Needs::RankedImages => {
                let is_named = |role: Role| self.role(role).is_some();
                self.is_ranked()
                    && (is_named(Role::ImageA) || is_named(Role::ImagePath) || self.pictures().is_some())
            }
            Needs::Prompts => {
                self.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.prompt.is_some()))
            }
        }
    }

    /// The view of the link, or the table where there are no images for it.
    pub fn view_or_table(self) -> View {
        let view = self.spec.with(|spec| spec.view);
        match view.facts().needs {
            Needs::Nothing | Needs::Prompts => view,
            Needs::Images | Needs::RankedImages => {
                if self.has_view(view) {
                    view
                } else {
                    View::Table
                }
            }
        }
    }

    /// The column of addresses that one of a row's images is in; none where the file itself is in the table.
    fn addresses_at(self, spot: Spot) -> Option<String> {
        let Some(place) = spot.column.checked_sub(1) else {
            return match self.pictures()? {
                Pictures::Addresses(column) => Some(column),
                Pictures::Known | Pictures::Embedded => None,
            };
        };
        self.opened.with(|opened| {
            let picture = opened.as_ref()?.pictures.get(usize::from(place))?;
            picture.is_address.then(|| picture.name.clone())
        })
    }

    /// Whether an image is at an address, and nobody has clicked on its row.
    pub fn waits_for_click(self, row: u64, spot: Spot) -> bool {
        !self.images.clicked.with(|clicked| clicked.contains(&row)) && self.addresses_at(spot).is_some()
    }

    /// The address of an image, where it is at hand.
    pub fn address_of(self, Want { row, spot, .. }: Want) -> Option<String> {
        let column = self.addresses_at(spot)?;
        let text = |cell: Option<&Cell>| match cell {
            Some(Cell::Text(address)) => Some(address.clone()),
            _ => None,
        };
        let shown = self.detail.with(|detail| {
            let detail = detail.as_ref().filter(|detail| detail.row == row)?;
            text(detail.fields.iter().find(|(name, _)| *name == column).map(|(_, cell)| cell))
        });
        let listed = || self.rows.with(|rows| text(rows.iter().find(|data| data.row == row)?.cell(&column)));
        let picked = || self.compare.rows.with(|rows| text(rows.get(&row)?.cell(&column)));
        shown.or_else(listed).or_else(picked)
    }

    /// Whether the open table says which images people prefer.
    pub fn is_ranked(self) -> bool {
        // The catalogue knows before the table is open.
        let listed = self.spec.with(|spec| spec.table.as_ref().and_then(catalog::listed));
        let has = |role: Role| {
            listed.is_some_and(|table| table.column_of(role).is_some()) || self.role(role).is_some()
        };
        (has(Role::Group) && (has(Role::Rank) || has(Role::Rating))) || self.has_two_images()
    }

    /// Whether a row of the open table is about two images, one of which is preferred.
    pub fn has_two_images(self) -> bool {
        let has = |role: Role| self.role(role).is_some();
        has(Role::ImageA)
            && has(Role::ImageB)
            && (has(Role::Preference) || !(has(Role::Group) && (has(Role::Rank) || has(Role::Rating))))
    }

    /// The column of the open table that plays a part.
    pub fn role(self, role: Role) -> Option<String> {
        self.opened.with(|opened| {
            let (_, column) = opened.as_ref()?.roles.iter().find(|(name, _)| name == role.name())?;
            Some(column.clone())
        })
    }

    /// Columns that no one sees as such: what has to be known of a row before its image is shown.
    pub(super) fn extras(self) -> Vec<String> {
        /// Scores, and the shape of the image.
        const ROLES: [Role; 4] = [Role::NsfwImage, Role::NsfwPrompt, Role::Width, Role::Height];
        let pictures = untrack(|| self.pictures());
        let shows_images = pictures.is_some()
            && (self.images.in_table.get_untracked()
                || self.spec.with_untracked(|spec| spec.view != View::Table));
        let addresses = match pictures {
            Some(Pictures::Addresses(column)) => Some(column),
            Some(Pictures::Known | Pictures::Embedded) | None => None,
        };
        let known = ROLES.into_iter().filter_map(|role| untrack(|| self.role(role)));
        known.chain(addresses).filter(|_| shows_images).collect()
    }
}
