//! The data thread's access to the browser: fetching, caching, decoding images, encoding and writing files.

pub mod cache;
pub mod decode;
pub mod encode;
pub mod net;
pub mod save;
pub mod timing;
pub mod worker;
