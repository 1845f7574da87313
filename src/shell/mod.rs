//! The data thread’s way to the browser: reading, keeping, decoding images, writing files.

pub mod cache;
pub mod decode;
pub mod net;
pub mod save;
