//! Small parts that any view may use.

pub mod focus;
pub mod icon;
pub mod image_settings;
pub mod keys;
pub mod links;
pub mod observe_size;
pub mod picture;
pub mod place;
pub mod popover;
pub mod scroller;
pub mod sheet;
pub mod tooltip;
pub mod undo_buttons;
pub mod words;
