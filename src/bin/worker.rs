//! The data thread's program.

fn main() {
    #[cfg(target_arch = "wasm32")]
    vitrine::shell::worker::start();
}
