//! Which columns the table shows, and how each is laid out.

use crate::protocol::Kind;
use crate::ui::store::Store;
use crate::ui::store::facts;
use crate::view::catalog;
use crate::view::lanes::Lane;
use crate::view::roles::Role;
use leptos::prelude::*;

/// In a narrower table the seed has no room, unless the columns were chosen.
const SEED_FROM_PX: f64 = 760.0;

/// From this width on names need not be cut.
const ROOMY_PX: f64 = 960.0;

/// The lanes of a table that is `table_px` wide, 0 while that is not known.
pub fn lanes(store: Store, table_px: f64) -> Vec<Lane> {
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
    let names: Vec<String> = store.columns().into_iter().filter(has_room).collect();
    let is_prose = |name: &String| {
        let text = matches!(kind_of(name), Kind::Text | Kind::Nested) && name != catalog::SIZE;
        text && facts::column(name).is_none()
    };
    // Without the prompt, the first text that nothing else is known of takes its place.
    let prompt = roles.column(Role::Prompt).filter(|prompt| names.iter().any(|name| name == prompt));
    let prose = prompt.map(str::to_owned).or_else(|| names.iter().find(|name| is_prose(name)).cloned());
    let lane = |name: String| {
        let kind = kind_of(&name);
        let facts = facts::column(&name);
        let has_labels = facts::has_labels(&name);
        Lane {
            title: facts.map_or_else(|| name.clone(), |facts| facts.title.to_owned()),
            number: matches!(kind, Kind::Integer | Kind::Float | Kind::Time) && !has_labels,
            prose: prose.as_ref() == Some(&name),
            width_px: match prose.as_ref() {
                Some(prose) if *prose == name => 220.0,
                Some(_) | None => width_px(&name, kind, roles.role(&name), table_px >= ROOMY_PX),
            },
            name,
        }
    };
    names.into_iter().map(lane).collect()
}

/// The width of a column that is not the prompt, before anyone changes it.
fn width_px(name: &str, kind: Kind, role: Option<Role>, roomy: bool) -> f64 {
    match (role, kind) {
        (Some(Role::Step | Role::Rank), _) => 60.0,
        (Some(Role::Cfg), _) => 74.0,
        _ if name == catalog::SIZE => 88.0,
        (Some(Role::Sampler), _) if roomy => 144.0,
        (Some(Role::Sampler), _) => 104.0,
        (_, Kind::Time) => 104.0,
        (Some(Role::Seed), _) => 96.0,
        (_, Kind::Bool | Kind::Integer | Kind::Float) => 104.0,
        (_, Kind::Text | Kind::Nested | Kind::Binary) => 160.0,
    }
}
