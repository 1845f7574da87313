//! Clauses of the address bar as the data thread reads them.

use crate::protocol::{self, Filter, FilterClause, Show};
use crate::view::catalog::SubsetRows;
use crate::view::spec::{Bound, Clause, ListValue, Range, SortKey, Spec, Subset};
use std::collections::BTreeMap;

/// What a link asks of the data thread; what is on the screen besides is not part of it.
pub fn asked(spec: &Spec) -> Show {
    Show {
        filters: filters(&spec.filters),
        query: spec.query.clone().unwrap_or_default(),
        subset: spec.subset.as_ref().and_then(Subset::rows).map(|rows| match rows {
            SubsetRows::First(rows) => protocol::Subset::First { rows },
            SubsetRows::Random { rows, seed } => protocol::Subset::Random { rows, seed },
            SubsetRows::Shards(last) => protocol::Subset::Shards { last },
        }),
        sort: spec
            .sort
            .iter()
            .map(|SortKey { column, descending }| protocol::SortKey {
                column: column.clone(),
                descending: *descending,
            })
            .collect(),
        ..Show::default()
    }
}

/// Every filter, in the order of the link.
fn filters(clauses: &BTreeMap<String, Clause>) -> Vec<Filter> {
    clauses.iter().map(|(column, clause)| Filter { column: column.clone(), clause: filter(clause) }).collect()
}

fn filter(clause: &Clause) -> FilterClause {
    match clause {
        Clause::Range(Range { low, high }) => {
            let is_time = matches!(low, Some(Bound::Time(_))) || matches!(high, Some(Bound::Time(_)));
            if is_time {
                FilterClause::Times { start_millis: low.map(start), end_millis: high.map(end) }
            } else {
                FilterClause::Numbers { low: low.map(start), high: high.map(end) }
            }
        }
        Clause::List(list) => FilterClause::List {
            values: list
                .values
                .iter()
                .map(|value| match value {
                    ListValue::Null => None,
                    ListValue::Text(text) => Some(text.clone()),
                })
                .collect(),
            negated: list.negated,
        },
        Clause::Null => FilterClause::Null,
        Clause::NotNull => FilterClause::NotNull,
    }
}

/// Where a range begins that has this lower end.
pub fn start(low: Bound) -> f64 {
    match low {
        Bound::Number(value) => value,
        Bound::Time(time) => time.start_millis as f64,
    }
}

/// Where a range ends that has this upper end; for a time the first millisecond after.
pub fn end(high: Bound) -> f64 {
    match high {
        Bound::Number(value) => value,
        Bound::Time(time) => time.end_millis() as f64,
    }
}
