//! The rows of the result that are at hand, by their position.

use crate::base::ids::Generation;
use crate::base::sorted::Map;
use crate::protocol::{Cell, Row, Rows};
use std::sync::Arc;

/// The most rows that are kept.
const MAX_ROWS: usize = 2_400;

/// A row and the names of its cells.
#[derive(Debug, PartialEq)]
pub struct RowData {
    /// The row's place in the file, from 0.
    pub row: u64,
    columns: Arc<Vec<String>>,
    cells: Vec<Cell>,
    /// What of the prompt matches the query: from and to in bytes.
    pub marks: Vec<(u32, u32)>,
    /// The number of its label's colour; 0 where it has none.
    pub colour: u8,
}

impl RowData {
    /// A row, and the names of its cells.
    pub(super) fn new(row: Row, columns: Arc<Vec<String>>) -> Self {
        let Row { row, cells, marks, colour } = row;
        Self { row, columns, cells, marks, colour }
    }

    /// The cell of a column, if it was asked for.
    pub fn cell(&self, column: &str) -> Option<&Cell> {
        let at = self.columns.iter().position(|name| name == column)?;
        self.cells.get(at)
    }

    /// What styles know its label by.
    pub fn label_mark(&self) -> Option<&'static str> {
        const MARKS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        MARKS.get(usize::from(self.colour).checked_sub(1)?).copied()
    }

    /// Whether any cell of these columns is still to come.
    pub fn is_pending(&self, columns: &[String]) -> bool {
        columns.iter().any(|name| self.cell(name) == Some(&Cell::Pending))
    }
}

/// Rows of one state of the filters.
#[derive(Debug, Default)]
pub struct RowCache {
    generation: Generation,
    rows: Map<u64, Arc<RowData>>,
    /// Letters of the longest number of each column that was at hand.
    longest: Map<String, usize>,
}

impl RowCache {
    /// The row at a position of the result.
    pub fn get(&self, position: u64) -> Option<&Arc<RowData>> {
        self.rows.get(&position)
    }

    /// Letters of the longest number of a column that was at hand: lanes never get narrower again.
    pub fn longest_number(&self, column: &str) -> usize {
        self.longest.get(column).copied().unwrap_or_default()
    }

    /// Every row at hand.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<RowData>> {
        self.rows.values()
    }

    /// The position of a row of the file, if it is at hand.
    pub fn position_of(&self, row: u64) -> Option<u64> {
        self.rows.iter().find(|(_, data)| data.row == row).map(|(position, _)| *position)
    }

    /// Forgets what lies behind the end of the result. Whether anything did.
    pub fn end_at(&mut self, matching: u64) -> bool {
        let before = self.rows.len();
        self.rows.retain(|position, _| *position < matching);
        self.rows.len() < before
    }

    /// Takes rows in, unless they belong to older filters than those at hand.
    pub fn take(&mut self, rows: Rows) {
        let Rows { generation, first, columns, rows } = rows;
        if generation < self.generation {
            return;
        }
        // While a filter's column or a search is under way, rows move without a change of the filters.
        let moved = (first..)
            .zip(&rows)
            .any(|(position, row)| self.rows.get(&position).is_some_and(|known| known.row != row.row));
        if generation > self.generation || moved {
            self.generation = generation;
            self.rows.clear();
        }
        for (column, cell) in rows.iter().flat_map(|row| columns.iter().zip(&row.cells)) {
            let letters = cell.number_letters();
            if letters > self.longest_number(column) {
                self.longest.insert(column.clone(), letters);
            }
        }
        let columns = Arc::new(columns);
        for (position, row) in (first..).zip(rows) {
            let data = RowData::new(row, Arc::clone(&columns));
            self.rows.insert(position, Arc::new(data));
        }
        while self.rows.len() > MAX_ROWS {
            // What is farthest from the newest window goes first.
            let ends = self.rows.keys().next().copied().zip(self.rows.keys().next_back().copied());
            let Some((low, high)) = ends else { break };
            let farthest = if first.abs_diff(low) > first.abs_diff(high) { low } else { high };
            self.rows.remove(&farthest);
        }
    }
}
