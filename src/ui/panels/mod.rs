//! Bars, menus and sheets around the view.

pub mod about;
pub mod brand;
pub mod empty;
pub mod explore;
pub mod export;
pub mod help;
pub mod labels;
pub mod metadata;
pub mod notices;
pub mod result;
pub mod script;
pub mod settings;
pub mod shortcuts;
pub mod sign_in;
pub mod status_bar;
pub mod subset;
pub mod top_bar;
pub mod views;
