//! What the prompts of the result are made of, and how cfg and steps go together in them.

use crate::protocol::display::{percent, thousands};
use crate::protocol::texts::search as texts;
use crate::protocol::{Phrase, Phrases};
use crate::ui::charts::heat::HeatMap;
use crate::ui::search::repeated::RepeatedPrompts;
use crate::ui::search::term::Term;
use crate::ui::store::use_store;
use leptos::prelude::*;

/// Lift at the end of the scale: what lies beyond is as long as this.
const MAX_LIFT: f64 = 100.0;

/// The choices of how many rows a phrase must be in.
const LEAST: &[u32] = &[2, 5, 20, 100, 1_000];

/// The view.
#[component]
pub fn PhrasesView() -> impl IntoView {
    let store = use_store();
    let by_count = RwSignal::new(false);
    let filtered = Memo::new(move |_| {
        store.phrases.with(|phrases| phrases.as_ref().is_some_and(|phrases| phrases.rows.0 < phrases.rows.1))
    });
    view! {
        <div class="two">
            <section class="pane" aria-labelledby="modifiers-head" tabindex="0">
                <div class="pane-head">
                    <h2 id="modifiers-head">{texts::MODIFIERS}</h2>
                    <Show when=move || filtered.get()>
                        <OrderButtons by_count/>
                    </Show>
                    <Least/>
                </div>
                {move || match store.phrases.get() {
                    None => view! { <div class="phrases-wait" aria-busy="true"><i class="skeleton"></i><i class="skeleton"></i><i class="skeleton"></i></div> }.into_any(),
                    Some(phrases) => {
                        let by_count = by_count.get() || !filtered.get();
                        view! {
                            <p class="pane-note">{texts::about_phrases(phrases.complete, by_count, phrases.rows.0, phrases.rows.1)}</p>
                            {modifiers(&phrases, by_count)}
                        }
                            .into_any()
                    }
                }}
            </section>
            <section class="pane" aria-label=texts::PHRASES_ASIDE tabindex="0">
                <HeatMap/>
                <RepeatedPrompts/>
            </section>
        </div>
    }
}

/// The order of the parts: by lift, or by count.
#[component]
fn OrderButtons(by_count: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="views" data-size="small" role="group" aria-label=texts::MODIFIER_ORDER>
            <button
                type="button"
                class="button"
                aria-pressed=move || (!by_count.get()).to_string()
                on:click=move |_| by_count.set(false)
            >
                {texts::BY_LIFT}
            </button>
            <button
                type="button"
                class="button"
                aria-pressed=move || by_count.get().to_string()
                on:click=move |_| by_count.set(true)
            >
                {texts::BY_COUNT}
            </button>
        </div>
    }
}

/// How many rows a part must be in.
#[component]
fn Least() -> impl IntoView {
    let store = use_store();
    view! {
        <label class="least">
            {texts::IN_AT_LEAST}
            <select
                on:change=move |event| {
                    if let Ok(least) = event_target_value(&event).parse() {
                        store.set_least(least);
                    }
                }
            >
                {LEAST
                    .iter()
                    .map(|least| {
                        view! {
                            <option value=least.to_string() selected=move || store.least.get() == *least>
                                {thousands(u64::from(*least))}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}

fn modifiers(phrases: &Phrases, by_count: bool) -> impl IntoView + use<> {
    let rows = phrases.rows.0;
    let most = phrases.common.first().map_or(1, |phrase| phrase.here.max(1));
    let table = move |caption: &'static str, list: &[Phrase]| {
        let lines = list.iter().map(|phrase| line(phrase, rows, by_count.then_some(most))).collect_view();
        view! {
            <table class="lift">
                <caption class="hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{texts::HEAD_PHRASE}</th>
                        <th scope="col">{if by_count { texts::HEAD_ROWS } else { texts::HEAD_LIFT }}</th>
                        <th scope="col" data-number="">{texts::HEAD_ROWS}</th>
                        <th scope="col" data-number="">{texts::HEAD_SHARE}</th>
                        <th scope="col" data-number="">{texts::HEAD_ALL}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        }
    };
    let rare = (!by_count && !phrases.rare.is_empty()).then(|| {
        view! {
            <h3 class="pane-sub">{texts::LESS_COMMON}</h3>
            {table(texts::LESS_COMMON_TABLE, &phrases.rare)}
        }
    });
    view! {
        {if by_count {
            table(texts::BY_ROWS_TABLE, &phrases.common)
        } else {
            table(texts::BY_LIFT_TABLE, &phrases.telling)
        }}
        {rare}
    }
}

fn line(phrase: &Phrase, rows: u64, most: Option<u32>) -> impl IntoView + use<> {
    let Phrase { text, here, all, lift } = phrase.clone();
    let (share, less) = match most {
        Some(most) => (f64::from(here) / f64::from(most), false),
        None => (lift.max(1.0 / MAX_LIFT).ln().abs() / MAX_LIFT.ln(), lift < 1.0),
    };
    let words = match most {
        Some(_) => String::new(),
        None if lift >= 10.0 => format!("{lift:.0}×"),
        None => format!("{lift:.2}×"),
    };
    view! {
        <tr>
            <td><Term text class="phrase"/></td>
            <td>
                <div class="lift-bar" data-less=less.then_some("")>
                    <i style=("--w", format!("{:.3}", share.min(1.0)))></i>
                    <b>{words}</b>
                </div>
            </td>
            <td data-number="">{thousands(u64::from(here))}</td>
            <td data-number="">{percent(u64::from(here), rows.max(1))}</td>
            <td data-number="">{thousands(u64::from(all))}</td>
        </tr>
    }
}
