//! Copying the prompt of a row of the table.

use crate::protocol::texts::common as texts;
use crate::protocol::{Cell, MAX_CELL_CHARS};
use crate::ui::store::{RowData, Store, prompt_of};
use crate::view::roles::Role;
use leptos::prelude::*;
use std::sync::Arc;

/// Copies prompts. One that the table shows cut, or not at all, is read with its row's details first.
#[derive(Clone, Copy)]
pub struct PromptCopy {
    store: Store,
    /// The row whose details are waited for.
    pending: RwSignal<Option<u64>>,
}

impl PromptCopy {
    pub fn new(store: Store) -> Self {
        let pending = RwSignal::new(None::<u64>);
        Effect::new(move || {
            let Some(detail) = store.detail.get() else { return };
            if pending.get_untracked() == Some(detail.row) {
                pending.set(None);
                if let Some((_, Cell::Text(prompt))) = prompt_of(&detail) {
                    store.copy(prompt, texts::PROMPT_COPIED);
                }
            }
        });
        Self { store, pending }
    }

    /// Copies the prompt of the row at a position of the result.
    pub fn row_at(self, position: u64) {
        let Self { store, pending } = self;
        let row: Option<Arc<RowData>> = store.rows.with_untracked(|rows| rows.get(position).cloned());
        let (Some(row), Some(column)) = (row, untrack(|| store.column_of(Role::Prompt))) else { return };
        if let Some(Cell::Text(text)) = row.cell(&column)
            && text.chars().count() < MAX_CELL_CHARS
        {
            store.copy(text, texts::PROMPT_COPIED);
        } else {
            pending.set(Some(row.row));
            store.select_row(Some(row.row));
        }
    }
}
