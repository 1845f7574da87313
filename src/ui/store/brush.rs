//! Dragging on a chart: one step of the history, and frames that ask nobody.
//!
//! When a handle is touched, the data thread is asked for a cube. Until it comes the answers of
//! the data thread fill the other charts; from then on each frame takes one row of the cube from
//! another.

use super::{Commit, Store, mark};
use crate::base::ids::Generation;
use crate::base::sorted::Map;
use crate::protocol::{Cube, CubeSide, TableRequest};
use crate::view::brush::{Chosen, cube_slice};
use crate::view::spec::{Clause, Spec};
use leptos::prelude::*;
use std::sync::Arc;

/// What a frame of a drag has computed.
#[derive(Debug, PartialEq)]
pub struct Live {
    /// The filters that it belongs to.
    pub generation: Generation,
    /// The dragged column.
    pub column: String,
    /// Rows that match.
    pub matching: u64,
    sides: Map<String, Vec<u32>>,
}

impl Live {
    /// Counts of another column's bins; the last one is of nulls.
    pub fn side(&self, column: &str) -> Option<&[u32]> {
        self.sides.get(column).map(Vec::as_slice)
    }
}

impl Store {
    /// A handle of the column's chart is touched: prepare for a drag.
    pub fn touch(self, column: &str) {
        let generation = self.generation.get_untracked();
        let is_new = self.inner.try_update_value(|inner| {
            let is_new = inner.touched.as_ref().is_none_or(|(touched, _)| touched != column);
            if is_new {
                inner.touched = Some((column.to_owned(), generation));
                inner.cube = None;
            }
            is_new
        });
        if is_new == Some(true) {
            // The data thread must know the filters that the cube is counted under.
            self.show_now();
            self.ask_for_cube();
        }
    }

    /// A drag begins.
    pub fn begin_drag(self, column: &str) {
        let spec = self.spec.get_untracked();
        self.inner.update_value(|inner| inner.before_drag = Some(spec));
        self.dragging.set(Some(column.to_owned()));
        self.touch(column);
    }

    /// A frame of a drag. `chosen` is none where the clause is not of the chart's bins.
    pub fn drag(self, column: &str, clause: Option<Clause>, chosen: Option<Chosen>) {
        self.set_clause(column, clause, Commit::Later);
        self.look_into_cube(chosen);
        mark("vitrine:brush");
    }

    /// A drag ends: what it changed is one step of the history. A drag that is `undone` changes
    /// nothing.
    pub fn end_drag(self, undone: bool) {
        let before = self.inner.try_update_value(|inner| inner.before_drag.take()).flatten();
        self.dragging.set(None);
        let Some(before) = before else { return };
        if undone {
            self.live.set(None);
            self.apply(before, Commit::Later);
        } else if self.spec.with_untracked(|now| *now != before) {
            self.write_history(Commit::Step);
            self.remember_step(&before);
        }
    }

    /// A change by key or by a bar, with a cube if there is one.
    pub fn choose(self, column: &str, clause: Option<Clause>, chosen: Option<Chosen>) {
        self.touch(column);
        self.set_clause(column, clause, Commit::Step);
        self.look_into_cube(chosen);
    }

    /// Asks for the cube of what is touched. A data thread that is busy drops the question when
    /// newer filters overtake it, so it is put again while a drag waits.
    pub(super) fn ask_for_cube(self) {
        let asked = self.inner.with_value(|inner| {
            let (column, _) = inner.touched.clone().filter(|_| inner.cube.is_none())?;
            Some((column, inner.sent.as_ref()?.generation))
        });
        if let Some((column, generation)) = asked {
            self.send(&TableRequest::Touch { column, generation }.into());
        }
    }

    pub(super) fn receive_cube(self, cube: Cube) {
        self.inner.update_value(|inner| {
            let asked = inner.touched.as_ref();
            if asked.is_some_and(|(column, since)| *column == cube.column && cube.generation >= *since) {
                inner.cube = Some(Arc::new(cube));
            }
        });
    }

    /// A cube leaves out the clause of its own column, so it outlives changes of that one only.
    pub(super) fn forget_cube_unless_dragged(self, before: &Spec, next: &Spec) {
        self.inner.update_value(|inner| {
            let Some((touched, _)) = inner.touched.clone() else { return };
            let others = |spec: &Spec| {
                let mut filters = spec.filters.clone();
                filters.remove(&touched);
                filters
            };
            if others(before) != others(next) || before.pin != next.pin {
                inner.touched = None;
                inner.cube = None;
            }
        });
    }

    fn look_into_cube(self, chosen: Option<Chosen>) {
        let generation = self.generation.get_untracked();
        let cube = self.inner.with_value(|inner| inner.cube.clone());
        // Without a choice the rows without a value count too, and they are in no bin.
        let live = cube.zip(chosen).map(|(cube, chosen)| {
            let total = cube_slice(&cube.total.0, 1, chosen).first().copied().unwrap_or_default();
            let mut sides = Map::new();
            sides.extend(cube.others.iter().map(|CubeSide { column, bins, before }| {
                (column.clone(), cube_slice(&before.0, *bins as usize, chosen))
            }));
            Arc::new(Live { generation, column: cube.column.clone(), matching: u64::from(total), sides })
        });
        self.live.set(live);
    }
}
