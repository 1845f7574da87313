//! Codecs that few files use: what decompresses them is fetched when a file that uses one is opened.

use super::{Effect, Engine};
use crate::base::error::{Error, Result};
use crate::formats::parquet::meta::FileMeta;

/// What decompresses them, as far as it was asked for.
#[derive(Debug, Default)]
pub enum Codecs {
    /// No file has needed it.
    #[default]
    Unneeded,
    /// It is needed, and to be fetched.
    Needed,
    /// It is on its way.
    Asked,
    /// It could not be had: the file that needs it can't be read.
    Failed(Error),
}

impl Codecs {
    /// Whether a file can be read by now. Where it can't, what is missing is asked for.
    ///
    /// # Errors
    /// Where that could not be had; the next file asks again.
    pub fn can_read(&mut self, meta: &FileMeta) -> Result<bool> {
        if !meta.lacks_codecs() {
            return Ok(true);
        }
        match std::mem::replace(self, Self::Needed) {
            Self::Unneeded | Self::Needed => Ok(false),
            Self::Asked => {
                *self = Self::Asked;
                Ok(false)
            }
            Self::Failed(error) => {
                *self = Self::Unneeded;
                Err(error)
            }
        }
    }

    /// Whether it has to be fetched now.
    pub fn take_need(&mut self) -> bool {
        let is_needed = matches!(self, Self::Needed);
        if is_needed {
            *self = Self::Asked;
        }
        is_needed
    }

    /// Whether it is on its way.
    pub fn is_asked(&self) -> bool {
        matches!(self, Self::Asked)
    }

    /// It has come, or can't be had.
    pub fn take(&mut self, outcome: &Result<()>) {
        if self.is_asked() {
            *self = outcome.as_ref().err().map_or(Self::Unneeded, |error| Self::Failed(error.clone()));
        }
    }
}

impl Engine {
    /// What decompresses rare codecs has come, or can't be had.
    pub(super) fn take_codecs(&mut self, outcome: &Result<()>) {
        self.codecs.take(outcome);
        if let Some(table) = &mut self.table {
            table.data.files.codecs.take(outcome);
        }
    }

    /// Asks for it, where a file needs it.
    pub(super) fn fetch_codecs(&mut self) {
        let of_table = self.table.as_mut().is_some_and(|table| table.data.files.codecs.take_need());
        if self.codecs.take_need() | of_table {
            self.effects.push(Effect::FetchCodecs);
        }
    }

    /// Whether it is on its way.
    pub(super) fn awaits_codecs(&self) -> bool {
        self.codecs.is_asked() || self.table.as_ref().is_some_and(|table| table.data.files.codecs.is_asked())
    }
}
