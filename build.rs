//! Tells the linker what the page's module has to keep to be taken apart.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // `cargo xtask build` moves views that are seldom opened into modules of their own. It follows
    // the relocations to see what only they use.
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-bin=vitrine=--emit-relocs");
    }
}
