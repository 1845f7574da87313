//! Telling the data thread what is on the screen, at most once a frame.

use super::{Store, mark};
use crate::base::sorted;
use crate::protocol::{Column, Listing, MAX_WINDOW, Request, Show};
use crate::ui::store::facts::order;
use crate::view::spec::{RowQuery, Spec, View};
use crate::view::views::Lists;
use leptos::prelude::*;

/// Windows begin and end at multiples of this, so that scrolling by a row asks for nothing new.
const WINDOW_STEP: u64 = 32;

/// The window that holds these positions: its first one, and how many there are.
pub(super) fn window_of(first: u64, end: u64) -> (u64, u32) {
    let from = first.saturating_sub(WINDOW_STEP / 2) / WINDOW_STEP * WINDOW_STEP;
    let to = end.saturating_add(WINDOW_STEP / 2).div_ceil(WINDOW_STEP) * WINDOW_STEP;
    (from, u32::try_from(to.saturating_sub(from)).unwrap_or(MAX_WINDOW).min(MAX_WINDOW))
}

impl Store {
    /// Says which positions of the result are on the screen.
    pub fn look_at(self, first: u64, end: u64) {
        let window = window_of(first, end);
        let moved = self.inner.try_update_value(|inner| {
            let moved = inner.window != window;
            inner.window = window;
            moved
        });
        if moved == Some(true) {
            self.show_soon();
        }
    }

    /// Whether what is shown is of older filters than those that are chosen.
    pub fn is_stale(self) -> bool {
        let newest = self.count.with(|count| count.as_ref().map(|count| count.generation));
        newest != Some(self.generation.get())
    }

    /// What is wanted of the rows on the screen is another thing now.
    pub fn show_again(self) {
        self.show_soon();
    }

    /// Sends what is on the screen with the next frame; the latest state wins.
    pub(super) fn show_soon(self) {
        let already = self.inner.try_update_value(|inner| std::mem::replace(&mut inner.show_is_due, true));
        if already == Some(false) {
            request_animation_frame(move || {
                self.inner.update_value(|inner| inner.show_is_due = false);
                self.show_now();
            });
        }
    }

    pub(super) fn show_now(self) {
        let Some(opened) = self.opened.get_untracked() else { return };
        let generation = self.generation.get_untracked();
        let (first, count) = self.inner.with_value(|inner| inner.window);
        let wanted = self.wanted.get_untracked();
        let charts: Vec<&Column> = opened
            .columns
            .iter()
            .filter(|column| column.chartable && wanted.contains(&column.name))
            .collect();
        let charts = sorted::by_key(charts, |column| order(&column.name));
        let rows = self.spec.with_untracked(Spec::rows);
        let show = Show {
            generation,
            rows: RowQuery {
                query: rows.query.filter(|_| self.may_search()),
                sort: if self.may_sort() { rows.sort } else { Vec::new() },
                ..rows
            },
            pin: self
                .spec
                .with_untracked(|spec| spec.pin.clone())
                .filter(|pin| pin.query.is_none() || self.may_search()),
            charts: charts.into_iter().map(|column| column.name.clone()).collect(),
            added: self.spec.with_untracked(|spec| spec.added.clone()),
            joins: self.joins_wanted(),
            columns: untrack(|| self.columns()),
            extras: self.extras(),
            images_first: self.spec.with_untracked(|spec| spec.view != View::Table),
            first,
            count,
            list: match self.spec.with_untracked(Spec::lists) {
                Lists::Prompts if self.may_search() => Listing::Prompts,
                Lists::Phrases if self.may_search() => {
                    Listing::Phrases(self.spec.with_untracked(|spec| spec.phrases))
                }
                Lists::Rows
                | Lists::Groups
                | Lists::Prompts
                | Lists::Phrases
                | Lists::GroupBy
                | Lists::Plot
                | Lists::Columns
                | Lists::Nothing => Listing::Rows,
            },
        };
        let is_new = self.inner.with_value(|inner| inner.sent.as_ref() != Some(&show));
        if is_new {
            self.send(&Request::Show(show.clone()));
            self.inner.update_value(|inner| inner.sent = Some(show));
        }
    }

    /// Sets a mark of the page's timeline after the next paint, once for each table.
    pub(super) fn mark_painted(self, name: &'static str) {
        let is_first = self.inner.try_update_value(|inner| inner.marked.insert(name));
        if is_first == Some(true) {
            request_animation_frame(move || set_timeout(move || mark(name), std::time::Duration::ZERO));
        }
    }
}
