//! The data in memory: columns, filters, searches, orders, counts.

pub mod agreement;
pub mod boxes;
pub mod column;
pub mod crossfilter;
pub mod filter;
pub mod group_by;
pub mod indexed;
pub mod join;
pub mod labels;
pub mod measure;
pub mod numbered;
pub mod order;
pub mod pairs;
pub mod phrases;
pub mod regexes;
pub mod repeats;
pub mod search;
pub mod select;
pub mod subset;
pub mod text;
pub mod verdict;
