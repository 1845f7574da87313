//! Width over height of the images, as far as it is known.

use crate::ui::store::{RowData, Store};
use crate::view::roles::Role;
use leptos::prelude::*;

/// Another usual shape has to differ so much before everything is laid out anew.
const NEW_SHAPE: f64 = 0.15;
/// With fewer rows than this at hand their mean says little.
const FEW_ROWS: f64 = 8.0;

/// Width over height of a row's image: as its columns say, else as the image itself does.
pub fn shape_of(store: Store, row: &RowData) -> f64 {
    let side = |role: Role| row.cell(&store.role(role)?)?.number();
    match (side(Role::Width), side(Role::Height)) {
        (Some(width), Some(height)) if width > 0.0 && height > 0.0 => width / height,
        _ => store.images.shape(row.row).unwrap_or(1.0),
    }
}

/// The mean shape of the rows at hand, while it is about what it was.
pub fn usual_shape(store: Store, before: Option<f64>) -> f64 {
    let before = before.unwrap_or(1.0);
    let (sum, rows) = store.rows.with(|rows| {
        rows.iter().fold((0.0, 0.0), |(sum, count), row| (sum + shape_of(store, row), count + 1.0))
    });
    let mean = if rows > FEW_ROWS { sum / rows } else { before };
    if (mean / before).ln().abs() > NEW_SHAPE { mean } else { before }
}
