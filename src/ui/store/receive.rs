//! What the data thread says, taken into the state.

use super::facts;
use super::{Store, mark};
use crate::base::sorted::Map;
use crate::protocol::{Cell, Chart, Count, Detail, LoadState, Opened, Response, Rows};
use crate::ui::runtime::worker_link::Unread;
use crate::view::roles::Role;
use leptos::prelude::*;
use std::sync::Arc;

impl Store {
    pub(super) fn receive(self, response: Response<Unread>) {
        // The data thread answers in order: what comes before the footer is of the table before.
        let early = self.opened.with_untracked(Option::is_none);
        let of_a_table = match &response {
            Response::Chart(_)
            | Response::Count(_)
            | Response::Rows(_)
            | Response::Cube(_)
            | Response::Image(_)
            | Response::Query(_)
            | Response::Labelled(_)
            | Response::Grown(_) => true,
            Response::Opened(_)
            | Response::Progress(_)
            | Response::Traffic(_)
            | Response::Notice(_)
            | Response::Settled { .. }
            | Response::Lazy(_) => false,
        };
        if early && of_a_table {
            return;
        }
        match response {
            Response::Opened(opened) => self.receive_opened(opened),
            Response::Grown(opened) => {
                facts::take(&opened);
                let columns = opened.columns.len();
                let before = self
                    .opened
                    .with_untracked(|before| before.as_ref().map_or(0, |before| before.columns.len()));
                if let Some(own) = &opened.own {
                    self.want(own);
                }
                self.opened.set(Some(Arc::new(opened)));
                if columns != before {
                    self.show_soon();
                }
            }
            Response::Chart(chart) => self.receive_chart(chart),
            Response::Count(count) => self.receive_count(count),
            Response::Rows(rows) => self.receive_rows(rows),
            Response::Query(state) => self.query.set(state),
            Response::Labelled(step) => self.receive_labelled(step),
            Response::Cube(cube) => self.receive_cube(cube),
            Response::Image(image) => self.images.receive(image),
            Response::Progress(progress) => {
                let stays = progress.state != LoadState::Failed;
                if !stays {
                    self.wanted.update(|wanted| {
                        wanted.remove(&progress.column);
                    });
                }
                self.progress.update(|all| {
                    all.insert(progress.column.clone(), progress);
                });
            }
            Response::Traffic(traffic) => {
                let indexed = traffic.indexed != self.traffic.with_untracked(|before| before.indexed);
                self.traffic.set(traffic);
                // A search that would have read much, and was asked about, may go on.
                if indexed && self.spec.with_untracked(|spec| spec.query.is_some()) {
                    self.show_soon();
                }
            }
            Response::Notice(notice) => self.say(notice),
            Response::Settled { subject } => self.settle(&subject),
            Response::Lazy(unread) => self.receive_unread(early, unread),
        }
    }

    fn receive_opened(self, opened: Opened) {
        if self.inner.with_value(|inner| inner.table.as_ref() != Some(&opened.table)) {
            return;
        }
        mark("vitrine:open");
        // What was said before this was of the file as a whole, or of another table.
        self.progress.set(Map::new());
        if self.opened.with_untracked(Option::is_some) {
            self.forget_first_rows();
        }
        self.wanted.update(|wanted| wanted.extend(opened.charts.iter().cloned()));
        facts::take(&opened);
        self.opened.set(Some(Arc::new(opened)));
        self.show_now();
        self.follow_row(self.spec.with_untracked(|spec| spec.row));
    }

    /// While columns are being read the same rows come several times: a frame draws them once.
    fn receive_rows(self, rows: Rows) {
        let first = self.inner.try_update_value(|inner| {
            inner.rows_come.push(rows);
            inner.rows_come.len() == 1
        });
        if first == Some(true) {
            request_animation_frame(move || {
                let come = self.inner.try_update_value(|inner| std::mem::take(&mut inner.rows_come));
                let come = come.unwrap_or_default();
                if !come.is_empty() {
                    self.rows.update(|cache| come.into_iter().for_each(|rows| cache.take(rows)));
                    self.mark_first_rows();
                    self.select_what_waited();
                    self.choose_what_waited();
                }
            });
        }
    }

    fn receive_chart(self, chart: Chart) {
        let newest =
            self.charts.with_untracked(|charts| charts.get(&chart.column).map(|chart| chart.generation));
        if newest.is_some_and(|newest| chart.generation < newest) {
            return;
        }
        self.charts.update(|charts| {
            charts.insert(chart.column.clone(), Arc::new(chart));
        });
        let settings = [Role::Cfg, Role::Step].map(|role| untrack(|| self.role(role)));
        let complete = self.charts.with_untracked(|charts| {
            let chart = |name: &Option<String>| charts.get(name.as_ref()?).filter(|chart| chart.complete);
            settings.iter().all(|name| chart(name).is_some())
        });
        if complete {
            self.mark_painted("vitrine:histograms");
        }
    }

    fn receive_count(self, count: Count) {
        let newest = self.count.with_untracked(|newest| newest.as_ref().map(|newest| newest.generation));
        if newest.is_none_or(|newest| newest <= count.generation) {
            let matching = count.matching;
            let complete = count.rows_read >= count.rows;
            self.count.set(Some(count));
            if complete && self.spec.with_untracked(|spec| spec.query.is_some()) {
                self.mark_painted("vitrine:search");
            }
            if self.dragging.with_untracked(Option::is_some) {
                self.ask_for_cube();
            }
            self.rows.maybe_update(|rows| rows.end_at(matching));
            let last = matching.saturating_sub(1);
            if self.active.get_untracked() > last {
                self.active.set(last);
            }
        }
    }

    fn mark_first_rows(self) {
        let (first, end) = self.inner.with_value(|inner| (inner.window.0, inner.window.0 + 8));
        let columns = untrack(|| self.columns());
        let ready = self.rows.with_untracked(|rows| {
            rows.get(first).is_some()
                && (first..end).filter_map(|at| rows.get(at)).all(|row| !row.is_pending(&columns))
        });
        if ready {
            self.mark_painted("vitrine:first-rows");
        }
    }

    fn select_what_waited(self) {
        let Some(position) = self.inner.with_value(|inner| inner.select_at) else { return };
        let row = self.rows.with_untracked(|rows| rows.get(position).map(|row| row.row));
        if let Some(row) = row {
            self.inner.update_value(|inner| inner.select_at = None);
            self.select_row(Some(row));
        }
    }
}

/// The prompt of a row, and its column.
pub fn prompt_of(detail: &Detail) -> Option<(&str, &Cell)> {
    let field = detail.fields.iter().find(|(column, _)| Some(column) == detail.prompt.as_ref());
    field.map(|(column, cell)| (column.as_str(), cell))
}
