//! What runs the page: tasks in slices, modules that come later, the data thread, the host’s catalogue.

pub mod host;
pub mod later;
pub mod names;
pub mod slices;
pub mod theme;
pub mod turn;
pub mod worker_link;
