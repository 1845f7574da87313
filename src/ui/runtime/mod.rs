//! What runs the page: tasks in slices, lazy modules, the data thread, the host’s catalogue.

pub mod host;
pub mod lazy;
pub mod marks;
pub mod names;
pub mod shell;
pub mod slices;
pub mod theme;
pub mod turn;
pub mod worker_link;
