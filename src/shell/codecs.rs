//! Fetches what decompresses codecs that few files use.

use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::parquet::codec::{NOT_HERE, RareCodecs};
use std::future::Future;
use std::pin::Pin;

/// The code on its way; none where it could not be fetched.
pub type Loading = Pin<Box<dyn Future<Output = Option<RareCodecs>>>>;

/// Begins to fetch it.
pub type Load = fn() -> Loading;

/// Fetches it.
///
/// # Errors
/// Where it can't be had.
pub async fn fetch(load: Load) -> Result<()> {
    load().await.ok_or_else(|| Error::new(ErrorKind::Internal, NOT_HERE))?.provide();
    Ok(())
}
