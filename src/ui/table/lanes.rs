//! How the table's columns lie side by side.

use crate::protocol::Kind;
use crate::ui::store::Store;
use crate::view::catalog;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// In a narrower case the seed has no room, unless the columns were chosen.
const SEED_FROM_PX: f64 = 760.0;

/// From this width on names need not be cut.
const ROOMY_PX: f64 = 960.0;

/// How a column is laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The column's name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Whether values end flush, as numbers do.
    pub number: bool,
    /// Whether it is the text that rows are about.
    pub prose: bool,
    /// Its width before anyone changes it.
    pub width_px: f64,
}

/// The columns as they are laid out.
pub fn lanes(store: Store, width_px: f64) -> Vec<Lane> {
    let chosen = store.spec.with(|spec| spec.columns.is_some());
    let kind_of = |name: &str| {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            columns.iter().find(|column| column.name == name).map(|column| column.kind)
        })
    };
    let mut prose_taken = false;
    let roomy = width_px >= ROOMY_PX;
    let shown = store
        .columns()
        .into_iter()
        .filter(|name| chosen || name != "seed" || !(1.0..SEED_FROM_PX).contains(&width_px));
    shown
        .map(|name| {
            let kind = kind_of(&name).unwrap_or(Kind::Text);
            let facts = catalog::column(&name);
            let named = facts.is_some_and(|facts| !facts.labels.is_empty());
            let number = matches!(kind, Kind::Integer | Kind::Float | Kind::Time) && !named;
            let text = matches!(kind, Kind::Text | Kind::Nested) && name != catalog::SIZE;
            let prose = text && !prose_taken && facts.is_none_or(|facts| facts.name == "prompt");
            prose_taken |= prose;
            let width_px = match (name.as_str(), kind) {
                _ if prose => 220.0,
                ("step" | "rank", _) => 60.0,
                ("cfg", _) => 74.0,
                ("size", _) => 88.0,
                ("sampler", _) => {
                    if roomy {
                        144.0
                    } else {
                        104.0
                    }
                }
                (_, Kind::Time) => 104.0,
                ("seed", _) => 96.0,
                (_, Kind::Bool | Kind::Integer | Kind::Float) => 104.0,
                (_, Kind::Text | Kind::Nested | Kind::Binary) => 160.0,
            };
            let title = facts.map_or_else(|| name.clone(), |facts| facts.title.to_owned());
            Lane { title, name, number, prose, width_px }
        })
        .collect()
}

/// The lanes as a grid's columns. `widths` are those that someone has set.
pub fn template(lanes: &[Lane], widths: &BTreeMap<String, f64>) -> String {
    let any_prose = lanes.iter().any(|lane| lane.prose);
    let lanes = lanes.iter().map(|lane| match widths.get(&lane.name) {
        Some(width) => format!("{width}px"),
        None if lane.prose || !any_prose => format!("minmax({}px, 1fr)", lane.width_px),
        None => format!("{}px", lane.width_px),
    });
    lanes.collect::<Vec<_>>().join(" ")
}
