//! The pages of one column chunk.

use crate::base::bytes::human_bytes;
use crate::protocol::describe::{Described, Page};
use crate::protocol::display::thousands;
use crate::protocol::texts::{common, metadata as texts};
use crate::ui::panels::metadata::grid;
use crate::ui::store::facts;
use leptos::prelude::*;

/// The part about them, as far as they are known.
pub fn pages(known: &Described, column: RwSignal<Option<String>>) -> impl IntoView + use<> {
    let Some(name) = known.asked.column.clone() else {
        return view! { <p class="metadata-note">{texts::CHOOSE_CHUNK}</p> }.into_any();
    };
    let (told, all) = (known.pages.len() as u64, u64::from(known.pages_known));
    let said = match (told, all) {
        (_, 0) => texts::NO_PAGES.to_owned(),
        (told, all) if told < all => texts::pages_listed(told, all),
        (_, all) => texts::pages_known(all),
    };
    let column_name = name.clone();
    let shown = |cell: &crate::protocol::Cell| facts::cell_full(&column_name, cell).unwrap_or_default();
    let rows = known.pages.iter().enumerate().map(|(number, page)| {
        let Page { start, bytes, first_row, rows, dictionary, nulls, range } = page.clone();
        let (low, high) = range.map_or_else(Default::default, |(low, high)| (shown(&low), shown(&high)));
        let values = match dictionary {
            Some(true) => texts::DICTIONARY,
            Some(false) => texts::PLAIN,
            None => "",
        };
        view! {
            <tr>
                <th scope="row" data-number="">{thousands(number as u64)}</th>
                <td data-number="">{thousands(first_row)}</td>
                <td data-number="">{thousands(rows)}</td>
                <td data-number="">{human_bytes(bytes)}</td>
                <td data-number="">{thousands(start)}</td>
                <td>{values}</td>
                <td data-number="">{nulls.map(|nulls| thousands(nulls.into()))}</td>
                <td>{low}</td>
                <td>{high}</td>
            </tr>
        }
    });
    let heads = [
        (texts::PAGE, true),
        (texts::FIRST_ROW, true),
        (texts::ROWS, true),
        (texts::BYTES, true),
        (texts::AT_BYTE, true),
        (texts::VALUES, false),
        (texts::NULLS, true),
        (texts::SMALLEST, false),
        (texts::LARGEST, false),
    ];
    view! {
        <section aria-label=texts::PAGES>
            <h2>{texts::pages_of(&name)}</h2>
            <p class="metadata-note">
                {said}
                <button type="button" class="button" data-size="small" on:click=move |_| column.set(None)>{common::CLOSE}</button>
            </p>
            {grid(&heads, rows.collect_view().into_any())}
        </section>
    }
    .into_any()
}
