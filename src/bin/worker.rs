//! The data thread.
fn main() {}
