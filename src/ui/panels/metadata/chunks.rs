//! The column chunks of one row group.

use crate::base::bytes::human_bytes;
use crate::protocol::describe::{Chunk, Described};
use crate::protocol::display::{percent, thousands};
use crate::protocol::texts::metadata as texts;
use crate::ui::panels::metadata::{grid, row_head};
use crate::ui::store::facts;
use leptos::prelude::*;

/// The part about them; one may be chosen.
pub fn chunks(known: &Described, column: RwSignal<Option<String>>) -> impl IntoView + use<> {
    let chosen = known.asked.column.clone();
    let rows_of_group = known
        .asked
        .group
        .checked_sub(known.first_group)
        .and_then(|place| known.groups.get(place as usize))
        .map_or(0, |group| group.rows);
    let all: u64 = known.chunks.iter().map(|chunk| chunk.bytes).sum();
    let rows = known.chunks.iter().cloned().map(|chunk| {
        let Chunk {
            column: name,
            codec,
            encodings,
            start,
            bytes,
            raw_bytes,
            values,
            nulls,
            distinct,
            range,
            has,
            mapped_rows,
        } = chunk;
        let chosen = chosen.as_ref() == Some(&name);
        let shown = |cell: &crate::protocol::Cell| facts::cell_full(&name, cell).unwrap_or_default();
        let (low, high) = range.map_or_else(Default::default, |(low, high)| (shown(&low), shown(&high)));
        let mapped = if rows_of_group > 0 { percent(mapped_rows, rows_of_group) } else { String::new() };
        let share = percent(bytes, all.max(1));
        let ratio = if bytes > 0 { texts::ratio(raw_bytes, bytes) } else { String::new() };
        let number = |value: Option<u64>| value.map(thousands).unwrap_or_default();
        let choose = {
            let name = name.clone();
            move || column.set(Some(name.clone()))
        };
        view! {
            <tr data-column=name.clone() data-chosen=chosen.then_some("")>
                {row_head(name.clone(), chosen, choose)}
                <td data-number="">{human_bytes(bytes)}</td>
                <td data-number="">{share}</td>
                <td data-number="">{ratio}</td>
                <td>{codec}</td>
                <td>{encodings}</td>
                <td data-number="">{thousands(values)}</td>
                <td data-number="">{number(nulls)}</td>
                <td data-number="">{number(distinct)}</td>
                <td class="metadata-value">{low}</td>
                <td class="metadata-value">{high}</td>
                <td data-number="">{thousands(start)}</td>
                <td>{has}</td>
                <td data-number="">{mapped}</td>
            </tr>
        }
    });
    let heads = [
        (texts::COLUMN, false),
        (texts::BYTES, true),
        (texts::SHARE, true),
        (texts::PACKED, true),
        (texts::CODEC, false),
        (texts::ENCODINGS, false),
        (texts::VALUES, true),
        (texts::NULLS, true),
        (texts::DISTINCT, true),
        (texts::SMALLEST, false),
        (texts::LARGEST, false),
        (texts::AT_BYTE, true),
        (texts::HAS, false),
        (texts::PAGES_KNOWN, true),
    ];
    view! {
        <section aria-label=texts::CHUNKS>
            <h2>{texts::chunks_of(known.asked.group)}</h2>
            {grid(&heads, rows.collect_view().into_any())}
        </section>
    }
}
