//! `cargo xtask`: build, serve, test and measure Vitrine.
fn main() {}
