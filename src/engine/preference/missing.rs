//! Missing images: where a table's images are, for those who look for them.

use super::Sources;
use crate::engine::Effect;
use crate::engine::data::Data;
use crate::engine::images::{Images, Looked, Readable};
use crate::engine::result::Matches;
use crate::protocol::images::Spot;
use crate::protocol::pairs::Kind;
use crate::table::pairs::Known;
use crate::view::catalog::images::Images as Places;
use crate::view::pairs::Options;
use crate::view::roles::Role;

/// Looks for missing images of the rows that match, or of all where the groups that filters cut are taken whole.
/// `anew` goes through all of them again.
pub fn look_for_missing(
    images: &mut Images,
    data: &Data,
    matches: &Matches,
    (options, anew): (&Options, bool),
    effects: &mut Vec<Effect>,
) -> Looked {
    let sources = Sources::of(data);
    let mask = matches.filter().mask();
    let is_wanted = |row: usize| options.whole || mask.get(row) == Some(&0);
    images.look_for_missing((&spots(data, &sources), anew), &is_wanted, data, effects)
}

/// How many images of the rows that match are looked at, and how many there are.
pub fn looked_at(data: &Data, matches: &Matches, images: &Readable, options: &Options) -> (u64, u64) {
    let mask = matches.filter().mask().iter().enumerate();
    let rows = mask.filter(|(_, mask)| options.whole || **mask == 0).map(|(row, _)| row);
    let sides = spots(data, &Sources::of(data)).len() as u64;
    (images.looked_of(rows.clone()), rows.count() as u64 * sides)
}

/// What is known of the two images of a row.
pub fn known_of(images: &Readable, row: u32) -> [Known; 2] {
    [0, 1].map(|side| images.known(side, row))
}

/// The columns that say where images are; those that hold images are not read whole for it.
pub fn columns(data: &Data, sources: &Sources<'_>) -> Vec<String> {
    if sources.list.is_some() {
        return Vec::new();
    }
    let places = Places::of(&data.identity.table);
    let mut names: Vec<String> =
        places.iter().flat_map(Places::columns).map(str::to_owned).collect::<Vec<_>>();
    if places.is_none() || sources.kind == Kind::Two {
        let spots = spots(data, sources);
        names.extend(spots.into_iter().filter_map(|spot| data.addresses_at(spot)).map(str::to_owned));
        if data.image_column().is_none() {
            let named = [Role::ImagePath, Role::ImageName].into_iter();
            names.extend(named.filter_map(|role| data.roles.column(role)).map(str::to_owned));
        }
    }
    names
}

/// Where the images of a row are.
fn spots(data: &Data, sources: &Sources<'_>) -> Vec<Spot> {
    // What a row lists are names, and blank ones are found where they are read.
    if sources.list.is_some() {
        return Vec::new();
    }
    if sources.kind != Kind::Two {
        return vec![Spot::default()];
    }
    let pictures = data.picture_columns();
    let spot = |role: Role| {
        let column = data.roles.column(role)?;
        let place = pictures.iter().position(|picture| picture.name == column)?;
        Some(Spot { column: u8::try_from(place + 1).ok()?, item: 0 })
    };
    [Role::ImageA, Role::ImageB].into_iter().filter_map(spot).collect()
}
