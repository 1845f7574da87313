//! The row groups of the file.

use crate::base::bytes::human_bytes;
use crate::protocol::describe::{Described, MAX_GROUPS};
use crate::protocol::display::thousands;
use crate::protocol::texts::metadata as texts;
use crate::ui::panels::metadata::{grid, row_head};
use leptos::prelude::*;

/// The part about them; one is chosen.
pub fn groups(known: &Described, group: RwSignal<u32>) -> impl IntoView + use<> {
    let Described { groups, first_group, groups_in_all, asked, .. } = known;
    let (first, all, chosen) = (*first_group, *groups_in_all, asked.group);
    let rows = (first..).zip(groups.iter()).map(|(number, row)| {
        let chosen = number == chosen;
        view! {
            <tr data-chosen=chosen.then_some("")>
                {row_head(texts::group(number), chosen, move || group.set(number))}
                <td data-number="">{thousands(row.first_row)}</td>
                <td data-number="">{thousands(row.rows)}</td>
                <td data-number="">{human_bytes(row.bytes)}</td>
                <td data-number="">{human_bytes(row.raw_bytes)}</td>
            </tr>
        }
    });
    let step = MAX_GROUPS as u32;
    let turn = move |to: u32, words: &'static str, can: bool| {
        can.then(|| {
            view! { <button type="button" class="button" data-size="small" data-kind="line" on:click=move |_| group.set(to)>{words}</button> }
        })
    };
    let said = texts::groups(all);
    view! {
        <section aria-label=texts::GROUPS>
            <h2>{texts::GROUPS}</h2>
            <p class="metadata-note">
                {said} {turn(first.saturating_sub(step), texts::EARLIER, first > 0)}
                {turn(first + step, texts::LATER, first + step < all)}
            </p>
            {grid(
                &[
                    (texts::GROUP_HEAD, false),
                    (texts::FIRST_ROW, true),
                    (texts::ROWS, true),
                    (texts::BYTES, true),
                    (texts::RAW_BYTES, true),
                ],
                rows.collect_view().into_any(),
            )}
        </section>
    }
}
