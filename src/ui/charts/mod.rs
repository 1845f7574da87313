//! The distributions: one chart a column, and the filters on them.

pub mod axis;
pub mod bars;
pub mod colours;
pub mod exact;
pub mod head;
pub mod histogram;
pub mod plot;
pub mod rail;
pub mod rail_sheet;
pub mod range_fields;
pub mod safe;
pub mod save;
pub mod text_clause;
