//! What a link holds and what is known before anything is read: the view, the catalogue, geometry.

pub mod brush;
pub mod catalog;
pub mod chart;
pub mod choice;
pub mod chosen;
pub mod drag;
pub mod facts;
pub mod host;
pub mod justify;
pub mod keys;
pub mod lanes;
pub mod query;
pub mod roles;
pub mod scroll;
pub mod spec;
pub mod tiles;
pub mod url;
pub mod viewport;
pub mod views;
