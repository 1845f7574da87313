//! Small parts that any view may use.

pub mod focus;
pub mod icon;
pub mod picture;
pub mod popover;
pub mod sheet;
pub mod undo_buttons;
