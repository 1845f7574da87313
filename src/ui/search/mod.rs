//! Asking for prompts, and the views that list them.

pub mod draft;
pub mod field;
pub mod lift;
pub mod like;
pub mod marked;
pub mod phrases;
pub mod prompts;
pub mod repeated;
pub mod state;
pub mod suggest;
pub mod term;
