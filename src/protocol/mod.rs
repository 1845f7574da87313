//! What crosses between the page and the worker: closed enums, plain data, bulk as typed arrays.
//!
//! Everything here is serialised with serde-wasm-bindgen. Numbers are exact up to 2^53. A [`Request`]
//! goes to the engine and a [`ShellRequest`] to the thread that it runs in. [`Response`]s come back,
//! several to a request and some to none: the worker reports whenever it knows more. What depends on the
//! filters carries the [`Generation`](crate::base::ids::Generation) of the filters that it belongs to.

pub mod browse;
mod chart;
pub mod compare;
pub mod describe;
pub mod differences;
pub mod display;
pub mod export;
pub mod figure;
pub mod group_by;
pub mod images;
pub mod join;
pub mod labels;
pub mod like;
pub mod membership;
mod opened;
pub mod outcome;
pub mod pairs;
pub mod pin;
pub mod plot;
mod progress;
mod prompts;
mod request;
mod response;
mod rows;
pub mod script;
pub mod suggest;
pub mod texts;

pub use crate::base::moment::Moment;
pub use crate::table::crossfilter::{Bins, Shape};
pub use chart::{Chart, ClauseRef, Count, Counts, Cube, CubeSide, QueryState};
pub use opened::{Column, Kind, NESTED, NESTED_TEXT, Opened, VARIANT};
pub use progress::{Action, Gate, Level, LoadState, Notice, Progress, Traffic};
pub use prompts::{MAX_PROMPT_ROWS, Phrase, Phrases, Prompt, Prompts, Repeated};
pub use request::{
    Added, LazyRequest, Listing, MAX_WINDOW, Open, Request, Secret, ShellRequest, Show, TableRequest,
};
pub use response::{LazyResponse, Response};
pub use rows::{Cell, Detail, MAX_CELL_CHARS, MAX_SAME_ROWS, Row, Rows, Same};
