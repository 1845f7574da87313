//! What is known of the open table's columns, for everything that names a column or writes a value.
//!
//! One table is open at a time, and what shows it is made anew when another one opens.

use crate::base::moment::Quantity;
use crate::protocol::{Cell, Column, Opened, display};
use crate::ui::runtime::host;
use crate::view::catalog::{self, ColumnFacts, NamedSubset};
use crate::view::facts::{Described, Facts};
use crate::view::spec::{Clause, Subset, TableRef};
use std::cell::RefCell;

thread_local! {
    static OPEN: RefCell<Facts> = RefCell::default();
}

/// Another table is open, or more of its files are.
pub(super) fn take(opened: &Opened) {
    let names = opened.columns.iter().map(|column| column.name.as_str());
    let is_size = |column: &Column| column.name == catalog::SIZE && !column.derived_from.is_empty();
    let has_size = opened.columns.iter().any(is_size);
    let added = match &opened.table {
        TableRef::Catalogue(id) => host::table(id).and_then(|table| table.dataset.as_ref()),
        TableRef::Hub(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_) => None,
    };
    let described = added.map_or_else(Described::default, |dataset| Described {
        columns: &dataset.columns,
        subsets: &dataset.subsets,
    });
    let facts = Facts::of(names, has_size, &opened.labels, described).with_index(&opened.index);
    let timed = opened.columns.iter().filter(|column| column.kind.quantity() != Quantity::Number);
    OPEN.set(
        facts.with_quantities(timed.map(|column| (column.name.clone(), column.kind.quantity())).collect()),
    );
}

/// What the catalogue knows of a column.
pub fn column(name: &str) -> Option<&'static ColumnFacts> {
    OPEN.with_borrow(|facts| facts.column(name))
}

/// What people call a column.
pub fn title(name: &str) -> &str {
    OPEN.with_borrow(|facts| facts.title(name))
}

/// Place of a column in the rail: lower comes first.
pub fn order(name: &str) -> u16 {
    OPEN.with_borrow(|facts| facts.order(name))
}

/// What a coded value is called, if it has a name.
pub fn label(name: &str, value: f64) -> Option<String> {
    OPEN.with_borrow(|facts| facts.label(name, value).map(str::to_owned))
}

/// Whether a column's values have names.
pub fn has_labels(name: &str) -> bool {
    OPEN.with_borrow(|facts| facts.has_labels(name))
}

/// A category of a column as people read it.
pub fn category(column: &str, label: &str) -> String {
    OPEN.with_borrow(|facts| display::label(facts, column, label))
}

/// What a filter asks of its column.
pub fn clause(column: &str, clause: &Clause) -> String {
    OPEN.with_borrow(|facts| display::clause(facts, column, clause))
}

/// A value of the table in short; none where there is nothing to read yet.
pub fn cell(column: &str, value: &Cell, year: Option<i64>) -> Option<String> {
    OPEN.with_borrow(|facts| display::cell(facts, column, value, year))
}

/// A value in full.
pub fn cell_full(column: &str, value: &Cell) -> Option<String> {
    OPEN.with_borrow(|facts| display::cell_full(facts, column, value))
}

/// The subset of this name: the catalogue's, or the host's.
pub fn named_subset(name: &str) -> Option<&'static NamedSubset> {
    catalog::subset(name).or_else(|| host::host().catalogue.subset(name))
}

/// A subset, for people.
pub fn subset(subset: &Subset) -> String {
    display::subset(subset, |name| named_subset(name).map_or("", |named| &named.title))
}
