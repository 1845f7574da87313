//! Text that comes in pieces and is read row by row, with the lines that people count.

use super::odd::Odds;
use crate::base::error::Result;

/// What has come and is not read yet.
#[derive(Debug, Default)]
pub struct Feed {
    pending: Vec<u8>,
    /// Line ends before it, and characters between the last one and it.
    lines: u64,
    column: u64,
    /// Below so many bytes nothing is tried: a row that did not end is not read again with each piece.
    wait: usize,
}

/// Where in a file something is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    lines: u64,
    column: u64,
    before: &'a [u8],
}

impl Place<'_> {
    /// The line, from 1.
    pub fn line(self) -> u64 {
        self.lines + line_ends(self.before) + 1
    }

    /// The column behind what follows from here, from 1.
    pub fn column(self, following: &[u8]) -> u64 {
        let column = behind(self.column, self.before);
        behind(column, following) + 1
    }
}

/// How many characters stand behind the last line end of a text, in front of which so many do.
fn behind(column: u64, text: &[u8]) -> u64 {
    let characters = |text: &[u8]| text.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64;
    match memchr::memrchr(b'\n', text) {
        Some(end) => characters(text.get(end + 1..).unwrap_or_default()),
        None => column + characters(text),
    }
}

/// How many line ends there are.
pub fn line_ends(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

impl Feed {
    /// Adds a piece, and has rows taken off the front of what is here. `take` says how many bytes a row takes;
    /// none where its end has not come.
    ///
    /// # Errors
    /// That of `take`.
    pub fn push(
        &mut self,
        bytes: &[u8],
        last: bool,
        odds: &mut Odds,
        mut take: impl FnMut(&[u8], Place<'_>, &mut Odds) -> Result<Option<usize>>,
    ) -> Result<()> {
        self.pending.extend_from_slice(bytes);
        if !last && self.pending.len() < self.wait {
            return Ok(());
        }
        let mut at = 0;
        while let Some((before, rest)) =
            self.pending.split_at_checked(at).filter(|(_, rest)| !rest.is_empty())
        {
            match take(rest, Place { lines: self.lines, column: self.column, before }, odds)? {
                Some(len) => at += len.max(1),
                None => break,
            }
        }
        let at = at.min(self.pending.len());
        let read = self.pending.get(..at).unwrap_or_default();
        self.lines += line_ends(read);
        self.column = behind(self.column, read);
        self.pending.drain(..at);
        self.wait = if at == 0 { 2 * self.pending.len() } else { 0 };
        Ok(())
    }
}
