//! What people prefer, out of the open table: pairs of images, scores held against them, and files for training.
//!
//! In a browser all of it is in the lazy module of [`extras`](super::extras), which alone may name it.

mod answer;
mod file;
mod lines;
mod lists;
mod missing;

pub use answer::answer;
pub use file::begin;
pub use missing::look_for_missing;

use super::data::{Data, DataColumn};
use super::images::Readable;
use super::result::Matches;
use crate::protocol::Kind as Holds;
use crate::protocol::pairs::{Kind, Want};
use crate::table::filter;
use crate::table::numbered::numbered;
use crate::table::pairs::{Groups, Image};
use crate::table::verdict::{self, Scale};
use crate::view::pairs::MAX_JUDGES;
use crate::view::roles::Role;
use crate::view::sides::{first_is_preferred, sides};

/// The columns that say what people prefer.
struct Sources<'a> {
    kind: Kind,
    /// What images of one prompt have in common.
    group: Option<&'a DataColumn>,
    /// The rank, or the verdict on two images.
    verdict: Option<&'a DataColumn>,
    rating: Option<&'a DataColumn>,
    /// The images, where a row lists several; the verdict and the rating are lists then as well.
    list: Option<&'a DataColumn>,
    category: Option<&'a DataColumn>,
    /// The second one's label, where both have one.
    second_label: Option<&'a DataColumn>,
    /// Whether names say that the first of two images is the better one.
    first_is_preferred: bool,
}

impl<'a> Sources<'a> {
    /// Those of the open table.
    fn of(data: &'a Data) -> Self {
        let column = |role| data.column_of(role);
        let (a, b) = (column(Role::ImageA), column(Role::ImageB));
        let (rank, rating, group) = (column(Role::Rank), column(Role::Rating), column(Role::Group));
        let category = column(Role::Category);
        let is_grouped = group.is_some() && (rank.is_some() || rating.is_some());
        if let (Some(a), Some(b)) = (a, b)
            && (column(Role::Preference).is_some() || !is_grouped)
        {
            let verdict = column(Role::Preference);
            let second_label = verdict.and_then(|column| second(data, &column.info.name));
            return Self {
                kind: Kind::Two,
                group,
                verdict,
                rating: None,
                list: None,
                category,
                second_label,
                first_is_preferred: first_is_preferred(&a.info.name, &b.info.name),
            };
        }
        let listed = |column: Option<&'a DataColumn>| column.filter(|column| lists::is_list(column));
        let list = listed(column(Role::ImagePath));
        let (group, rank, rating) = match (list, listed(rank), listed(rating)) {
            (None, ..) | (_, None, None) => (group, rank, rating),
            (Some(_), rank, rating) => (None, rank, rating),
        };
        let kind = if rank.is_some() { Kind::Ranked } else { Kind::Rated };
        let verdict = rank.or(rating);
        let list = list.filter(|_| verdict.is_some_and(lists::is_list));
        Self { kind, group, verdict, rating, list, category, second_label: None, first_is_preferred: false }
    }

    /// Those that decide which pairs there are.
    fn deciding(&self) -> impl Iterator<Item = &'a DataColumn> + use<'a> {
        let group = self.group.filter(|_| self.kind != Kind::Two);
        [group, self.verdict, self.rating, self.list, self.second_label].into_iter().flatten()
    }

    /// The images of each prompt, as far as they are read.
    fn groups(&self, matches: &Matches, images: &Readable) -> Option<Groups> {
        let numbers = numbered(self.group?.values.as_ref()?);
        let mask = matches.filter().mask();
        let place = |row: u32| {
            let number = number(self.verdict?, row)?;
            Some(if self.kind == Kind::Rated { -number } else { number })
        };
        Some(Groups::new(
            &numbers,
            |row| mask.get(row) == Some(&0),
            |row| Image {
                row,
                item: 0,
                place: place(row),
                rating: self.rating.and_then(|column| number(column, row)),
                is_here: false,
                file: images.known(0, row),
            },
        ))
    }

    /// How the numbers of the verdicts are meant.
    fn scale(&self) -> Scale {
        let Some(column) = self.verdict.filter(|column| column.info.kind != Holds::Text) else {
            return Scale::default();
        };
        Scale::of((0..column.rows_read() as u32).filter_map(|row| number(column, row)))
    }

    /// The first one's share of a row with two images. Where no column says which one is preferred, their names may.
    fn share(&self, scale: Scale, row: u32) -> Option<f64> {
        let Some(column) = self.verdict else { return self.first_is_preferred.then_some(1.0) };
        match column.info.kind {
            Holds::Text => verdict::named(&text(column, row)?),
            Holds::Bool
            | Holds::Integer
            | Holds::Float
            | Holds::Time
            | Holds::Clock
            | Holds::Duration
            | Holds::Binary
            | Holds::Nested => scale.share(number(column, row)?),
        }
    }

    /// Whether the two labels of a row do not add up to 1.
    fn is_odd(&self, row: u32) -> bool {
        let labels = [self.verdict, self.second_label].map(|column| number(column?, row));
        matches!(labels, [Some(first), Some(second)] if (first + second - 1.0).abs() > 1e-6)
    }
}

/// What is read whole to answer this.
pub fn columns(data: &Data, want: &Want) -> Vec<String> {
    let sources = Sources::of(data);
    let mut names: Vec<String> = sources.deciding().map(|column| column.info.name.clone()).collect();
    let judges = want.judges.iter().take(MAX_JUDGES);
    names.extend(judges.clone().cloned());
    if sources.kind == Kind::Two {
        names.extend(judges.filter_map(|name| Some(second(data, name)?.info.name.clone())));
    }
    if want.agreement && sources.kind != Kind::Two {
        names.extend(data.column_of(Role::Annotator).map(|column| column.info.name.clone()));
    } else if want.agreement {
        names.extend([Role::ImageA, Role::ImageB].into_iter().filter_map(|role| side_name(data, role)));
        names.extend(data.column_of(Role::Annotator).map(|column| column.info.name.clone()));
    }
    if !want.judges.is_empty() {
        names.extend(sources.category.map(|column| column.info.name.clone()));
    }
    if want.options.readable {
        names.extend(missing::columns(data, &sources));
    }
    names.retain(|name| data.column(name).is_some());
    names.sort_unstable();
    names.dedup();
    names
}

/// The column that says what one of the two images of a row is called. Files in the row itself have no name but that
/// of a column beside them.
fn side_name(data: &Data, role: Role) -> Option<String> {
    let column = data.column_of(role)?;
    let place = if role == Role::ImageA { "0" } else { "1" };
    match column.info.kind {
        Holds::Text => Some(column.info.name.clone()),
        Holds::Binary
        | Holds::Nested
        | Holds::Bool
        | Holds::Integer
        | Holds::Float
        | Holds::Time
        | Holds::Clock
        | Holds::Duration => {
            data.column(&format!("image_{place}_uid")).map(|column| column.info.name.clone())
        }
    }
}

/// The column about the second of two images, where this one is about the first: `label_1`.
fn second<'a>(data: &'a Data, name: &str) -> Option<&'a DataColumn> {
    data.column(&sides(name, |other| data.column(other).is_some())?.second)
}

/// The number of an image, where it has one: that of its row, or its own in the row's list.
fn number_of(column: &DataColumn, image: &Image) -> Option<f64> {
    if lists::is_list(column) {
        let numbers = lists::numbers_of(column, image.row);
        return numbers.get(image.item as usize).copied().flatten();
    }
    number(column, image.row)
}

/// A row's number, where it has one.
fn number(column: &DataColumn, row: u32) -> Option<f64> {
    column.value(u64::from(row)).and_then(filter::number).filter(|number| !number.is_nan())
}

/// A row's value as people call it, where it has one.
fn text(column: &DataColumn, row: u32) -> Option<String> {
    let value = column.value(u64::from(row))?;
    let values = column.values.as_ref()?;
    filter::call(values.known(), value)
}
