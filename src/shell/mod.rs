//! The data thread's access to the browser: fetching, caching, decoding images, turning tables of
//! one format into another, and writing files.

pub mod beside;
pub mod cache;
pub mod codecs;
pub mod converter;
pub mod decode;
pub mod encode;
pub mod import;
pub mod measures;
pub mod net;
pub mod save;
pub mod timing;
pub mod worker;
