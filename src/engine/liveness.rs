//! The check that nothing waits for an event that nobody will send.

use super::Engine;
use super::import::Import;

impl Engine {
    /// What waits in vain, if anything does. Something may wait as long as a fetch is in flight, a step to go
    /// on with or a wake-up is asked for, an image is being decoded, a piece of a file is being written or
    /// encoded, or reading has stopped, which the page was told.
    pub(super) fn stalled(&self) -> Option<&'static str> {
        let goes_on = self.scheduler.in_flight() > 0
            || self.continuing
            || self.waking
            || self.images.is_decoding()
            || self.table.as_ref().is_some_and(|table| table.data.awaits_measures())
            || self.awaits_codecs()
            || self.table.as_ref().is_some_and(|table| table.data.awaits_variants())
            || self.table.as_ref().is_some_and(|table| table.data.awaits_device())
            || self.table.as_ref().is_some_and(|table| table.data.awaits_other())
            || self.jobs.waits_for_disk()
            || self.jobs.waits_for_encoder()
            || self.import.as_ref().is_some_and(Import::waits)
            || self.scheduler.is_stopped();
        if goes_on {
            return None;
        }
        if self.opening.as_ref().is_some_and(|opening| opening.wants().is_some()) {
            return Some("the table that is being opened");
        }
        if self.import.is_some() {
            return Some("a file that is read whole");
        }
        if self.opening.as_ref().is_some_and(|opening| opening.awaits_listing()) || !self.listings.is_empty()
        {
            return Some("a listing");
        }
        let table = self.table.as_ref()?;
        if table.data.columns.iter().any(|column| column.loading && !column.complete && !column.failed) {
            return Some("a column that is read whole");
        }
        if !table.matches.index_wants().is_empty() {
            return Some("a range of the index");
        }
        if self.jobs.is_busy() {
            return Some("a file that is being written");
        }
        if self.images.is_waited_for() {
            return Some("an image");
        }
        if table.answers.is_deferred() {
            return Some("a refresh");
        }
        table.demands(&self.images, &self.jobs).iter().find_map(|demand| table.data.lacks(demand))
    }
}
