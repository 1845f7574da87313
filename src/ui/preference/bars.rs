//! Numbers by name, as bars.

use crate::protocol::display::thousands;
use leptos::prelude::*;

/// A small chart; its numbers are its text.
pub fn bars(title: &'static str, rows: Vec<(String, u64)>) -> AnyView {
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1) as f64;
    let row = |(name, count): (String, u64)| {
        let share = format!("{:.4}", count as f64 / most);
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="pref-track" aria-hidden="true"><i style=("--w", share)></i></td>
                <td>{thousands(count)}</td>
            </tr>
        }
    };
    view! {
        <table class="pref-bars">
            <caption>{title}</caption>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
