//! Which columns the table shows, and how each is laid out.

use crate::protocol::Kind;
use crate::protocol::images::ImageColumn;
use crate::ui::store::Store;
use crate::ui::store::facts;
use crate::view::catalog;
use crate::view::lanes::{Lane, LanePictures};
use crate::view::roles::Role;
use leptos::prelude::*;

/// In a narrower table the seed has no room, unless the columns were chosen.
const SEED_FROM_PX: f64 = 760.0;

/// From this width on names need not be cut.
const ROOMY_PX: f64 = 960.0;

/// The lanes of a table that is `table_px` wide, 0 while that is not known. In `cards` images have no cells: the
/// one that a row is about stands beside it.
pub fn lanes(store: Store, table_px: f64, cards: bool) -> Vec<Lane> {
    let chosen = store.spec.with(|spec| spec.columns.is_some());
    let roles = store.roles();
    let kind_of = |name: &str| {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            columns.iter().find(|column| column.name == name).map_or(Kind::Text, |column| column.kind)
        })
    };
    let has_room = |name: &String| {
        chosen || roles.column(Role::Seed) != Some(name) || !(1.0..SEED_FROM_PX).contains(&table_px)
    };
    let has_prompt = roles.column(Role::Prompt).is_some();
    // A card has no room for what its edge shows.
    let is_own = |name: &String| {
        !chosen && store.opened.with(|opened| opened.as_ref().is_some_and(|it| it.own.as_ref() == Some(name)))
    };
    let is_seen =
        |name: &String| !(cards && (is_own(name) || has_prompt && pictures_of(store, name).is_some()));
    let names: Vec<String> = store.columns().into_iter().filter(has_room).filter(is_seen).collect();
    let text_bytes = |name: &&String| {
        let is_known = facts::column(name).is_some() || *name == catalog::SIZE;
        store.opened.with(|opened| {
            let opened = opened.as_ref().filter(|_| !is_known)?;
            let has_images = opened.pictures.iter().any(|column| column.name == **name && !column.is_address);
            let column = opened.columns.iter().find(|column| column.name == **name)?;
            (column.has_text() && !has_images).then_some(column.bytes)
        })
    };
    // Without the prompt, the longest text that nothing else is known of takes its place.
    let prompt = roles.column(Role::Prompt).filter(|prompt| names.iter().any(|name| name == prompt));
    let longest = || names.iter().rev().filter(|name| text_bytes(name).is_some()).max_by_key(text_bytes);
    let prose = prompt.map(str::to_owned).or_else(|| longest().cloned());
    let lane = |name: String| {
        let kind = kind_of(&name);
        let pictures = pictures_of(store, &name).filter(|_| !cards);
        let facts = facts::column(&name);
        let has_labels = facts::has_labels(&name);
        Lane {
            title: facts.map_or_else(|| name.clone(), |facts| facts.title.to_string()),
            number: matches!(kind, Kind::Integer | Kind::Float | Kind::Time | Kind::Clock | Kind::Duration)
                && !has_labels,
            prose: prose.as_ref() == Some(&name),
            pictures,
            width_px: match prose.as_ref() {
                _ if let Some(pictures) = pictures => LIST_PX * f64::from(pictures.most) + ROOM_PX,
                Some(prose) if *prose == name => 220.0,
                Some(_) | None => {
                    let letters = store.rows.with(|rows| rows.longest_number(&name));
                    width_px(&name, kind, roles.role(&name), table_px >= ROOMY_PX, facts.is_some())
                        .max(LETTER_PX * letters as f64 + LETTERS_EDGES_PX)
                }
            },
            name,
        }
    };
    names.into_iter().map(lane).collect()
}

/// A number's letter, and what stands around all of them.
const LETTER_PX: f64 = 7.0;
const LETTERS_EDGES_PX: f64 = 20.0;

/// An image in a row, with the gap beside it; and what stands around all of them.
const LIST_PX: f64 = 44.0;
const ROOM_PX: f64 = 28.0;

/// The images in a column's cells, where rows have their images.
fn pictures_of(store: Store, name: &str) -> Option<LanePictures> {
    /// Images of a list that have room.
    const MOST: u8 = 4;
    if !store.images.in_table.get() {
        return None;
    }
    store.opened.with(|opened| {
        let opened = opened.as_ref()?;
        let place = opened.pictures.iter().position(|column| column.name == name && !column.is_address)?;
        let is_own = matches!(&opened.images, Some(ImageColumn::Embedded { column }) if column == name);
        let column = if is_own { 0 } else { u8::try_from(place + 1).ok()? };
        let most = if opened.pictures.get(place)?.is_list { MOST } else { 1 };
        Some(LanePictures { column, most })
    })
}

/// The width of a column that is not the prompt, before anyone changes it.
fn width_px(name: &str, kind: Kind, role: Option<Role>, roomy: bool, known: bool) -> f64 {
    match (role, kind) {
        (Some(Role::Step | Role::Rank), _) => 60.0,
        (Some(Role::Cfg), _) => 74.0,
        _ if name == catalog::SIZE => 88.0,
        (Some(Role::Sampler), _) if roomy => 144.0,
        (Some(Role::Sampler), _) => 104.0,
        // Of a table that nobody knows, years and seconds may be what matters.
        (_, Kind::Time) if roomy && !known => 152.0,
        (_, Kind::Time) => 104.0,
        (Some(Role::Seed), _) => 96.0,
        (_, Kind::Bool | Kind::Integer | Kind::Float | Kind::Clock) => 104.0,
        (_, Kind::Duration) => 144.0,
        (_, Kind::Text | Kind::Nested | Kind::Binary) => 160.0,
    }
}
