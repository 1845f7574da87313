//! What leaves: rows as files, charts as drawings, views as programs.

pub mod export;
pub mod figure;
pub mod script;
