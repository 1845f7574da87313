//! What the prompts of the result are made of, and beside it two columns against each other.

use crate::protocol::display::{share_of, thousands};
use crate::protocol::texts::search as texts;
use crate::protocol::{Phrase, Phrases};
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::search::lift;
use crate::ui::search::repeated::RepeatedPrompts;
use crate::ui::search::term::Term;
use crate::ui::store::use_store;
use crate::view::phrases::{PhraseList, Unit};
use leptos::prelude::*;

/// The choices of how many rows a phrase must be in.
const LEAST: &[u32] = &[2, 5, 20, 100, 1_000];

/// What a prompt is taken apart into, with its name on the screen.
const UNITS: [(Unit, &str); 4] = [
    (Unit::Phrase, texts::UNIT_PHRASES),
    (Unit::Word, texts::UNIT_WORDS),
    (Unit::Pair, texts::UNIT_PAIRS),
    (Unit::Name, texts::UNIT_NAMES),
];

/// The view.
#[component]
pub fn PhrasesView() -> impl IntoView {
    let store = use_store();
    let list = Memo::new(move |_| store.spec.with(|spec| spec.phrases));
    let filtered = Memo::new(move |_| {
        store.phrases.with(|phrases| {
            phrases.as_ref().is_some_and(|phrases| phrases.pinned || phrases.rows.0 < phrases.rows.1)
        })
    });
    view! {
        <div class="two">
            <section class="pane" aria-labelledby="modifiers-head" tabindex="0">
                <div class="pane-head">
                    <h2 id="modifiers-head">{texts::MODIFIERS}</h2>
                    <Units list/>
                </div>
                <div class="pane-head">
                    <Least list/>
                    <Show when=move || filtered.get()>
                        <div class="views" data-size="small" role="group" aria-label=texts::MODIFIER_ORDER>
                            {order(list, texts::BY_LIFT, false)}
                            {order(list, texts::BY_COUNT, true)}
                        </div>
                    </Show>
                </div>
                {move || match store.phrases.get().filter(|phrases| phrases.list.unit == list.get().unit) {
                    None => view! { <div class="phrases-wait" aria-busy="true"><i class="skeleton"></i><i class="skeleton"></i><i class="skeleton"></i></div> }.into_any(),
                    Some(phrases) => {
                        let by_count = list.get().by_count || !filtered.get();
                        view! {
                            <p class="pane-note">{texts::about_phrases(&phrases, by_count)}</p>
                            <Searched words=phrases.searched.clone() list/>
                            {modifiers(&phrases, by_count)}
                        }
                            .into_any()
                    }
                }}
            </section>
            <section class="pane" aria-label=texts::PHRASES_ASIDE tabindex="0">
                <LazyPart of=Lazy::Plot/>
                <RepeatedPrompts/>
            </section>
        </div>
    }
}

/// What prompts are taken apart into.
#[component]
pub fn Units(list: Memo<PhraseList>) -> impl IntoView {
    let units =
        UNITS.into_iter().map(|(unit, name)| choice(list, name, PhraseList { unit, ..list.get_untracked() }));
    view! {
        <div class="views" data-size="small" role="group" aria-label=texts::MODIFIER_UNIT>
            {units.collect_view()}
        </div>
    }
}

/// A button of a group that lists the parts in another way.
fn choice(list: Memo<PhraseList>, name: &'static str, other: PhraseList) -> impl IntoView {
    let store = use_store();
    let choose = move |_| store.set_phrases(PhraseList { unit: other.unit, ..list.get_untracked() });
    view! {
        <button
            type="button"
            class="button"
            aria-pressed=move || (list.get().unit == other.unit).to_string()
            on:click=choose
        >
            {name}
        </button>
    }
}

/// A button for the order of the parts: the most telling first, or the most frequent.
fn order(list: Memo<PhraseList>, name: &'static str, by_count: bool) -> impl IntoView {
    let store = use_store();
    let choose = move |_| store.set_phrases(PhraseList { by_count, ..list.get_untracked() });
    view! {
        <button
            type="button"
            class="button"
            aria-pressed=move || (list.get().by_count == by_count).to_string()
            on:click=choose
        >
            {name}
        </button>
    }
}

/// How many rows a part must be in.
#[component]
fn Least(list: Memo<PhraseList>) -> impl IntoView {
    let store = use_store();
    let automatic = move || {
        store.phrases.with(|phrases| match phrases {
            Some(phrases) if phrases.list.least.is_none() => texts::least_of_size(phrases.least),
            Some(_) | None => texts::LEAST_BY_SIZE.to_owned(),
        })
    };
    let choose = move |event| {
        let least = event_target_value(&event).parse().ok();
        store.set_phrases(PhraseList { least, ..list.get_untracked() });
    };
    view! {
        <label class="least">
            {texts::IN_AT_LEAST}
            <select on:change=choose>
                <option value="" selected=move || list.get().least.is_none()>{automatic}</option>
                {LEAST
                    .iter()
                    .map(|least| {
                        view! {
                            <option value=least.to_string() selected=move || list.get().least == Some(*least)>
                                {thousands(u64::from(*least))}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}

/// The parts that are left out because they hold what was searched for, and a way to list them.
#[component]
fn Searched(words: Vec<String>, list: Memo<PhraseList>) -> impl IntoView {
    let store = use_store();
    let with_searched = list.get_untracked().with_searched;
    let toggle =
        move |_| store.set_phrases(PhraseList { with_searched: !with_searched, ..list.get_untracked() });
    let is_searching = store.spec.with_untracked(|spec| spec.query.is_some());
    (is_searching && (with_searched || !words.is_empty())).then(|| {
        view! {
            <p class="pane-note searched">
                {if with_searched { texts::SEARCHED_LISTED.to_owned() } else { texts::searched_left_out(&words) }}
                " "
                <button type="button" class="link" on:click=toggle>
                    {if with_searched { texts::LEAVE_THEM_OUT } else { texts::LIST_THEM }}
                </button>
            </p>
        }
    })
}

fn modifiers(phrases: &Phrases, by_count: bool) -> impl IntoView + use<> {
    let (rows, pinned) = (phrases.rows.0, phrases.pinned);
    let most = phrases.common.first().map_or(1, |phrase| phrase.here.max(1));
    let table = move |caption: &'static str, list: &[Phrase]| {
        let largest = lift::largest(list.iter().map(|phrase| phrase.lift));
        let scale = if by_count { Scale::Rows(most) } else { Scale::Lift(largest) };
        let lines = list.iter().map(|phrase| line(phrase, rows, scale)).collect_view();
        view! {
            <table class="lift">
                <caption class="hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{texts::HEAD_PHRASE}</th>
                        <th scope="col">{if by_count { texts::HEAD_ROWS } else { texts::HEAD_LIFT }}</th>
                        <th scope="col" data-number="">{if pinned { texts::HEAD_IN_B } else { texts::HEAD_ROWS }}</th>
                        <th scope="col" data-number="">{texts::HEAD_SHARE}</th>
                        <th scope="col" data-number="">{if pinned { texts::HEAD_PINNED } else { texts::HEAD_ALL }}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        }
    };
    let rare = (!by_count && !phrases.rare.is_empty()).then(|| {
        view! {
            <h3 class="pane-sub">{if pinned { texts::LESS_COMMON_IN_B } else { texts::LESS_COMMON }}</h3>
            {table(texts::LESS_COMMON_TABLE, &phrases.rare)}
        }
    });
    let listed = if by_count { &phrases.common } else { &phrases.telling };
    let nothing = listed.is_empty().then(|| {
        let words = if by_count {
            texts::NO_PARTS.to_owned()
        } else {
            texts::nothing_stands_out(phrases.looked_at, pinned)
        };
        view! { <p class="pane-note">{words}</p> }
    });
    let caption = if by_count { texts::BY_ROWS_TABLE } else { texts::BY_LIFT_TABLE };
    view! {
        {(!listed.is_empty()).then(|| table(caption, listed))}
        {nothing}
        {rare}
    }
}

/// What the longest bar of a list stands for.
#[derive(Clone, Copy)]
enum Scale {
    /// So many rows.
    Rows(u32),
    /// This many times as frequent, or as rare; on a log scale.
    Lift(f64),
}

fn line(phrase: &Phrase, rows: u64, scale: Scale) -> impl IntoView + use<> {
    let Phrase { text, here, all, lift, interval } = phrase.clone();
    let bar = match scale {
        Scale::Rows(most) => lift::bar(f64::from(here) / f64::from(most), false, String::new(), None, ""),
        Scale::Lift(largest) => lift::lift_bar(lift, interval, largest, texts::ONLY_IN_B, ""),
    };
    view! {
        <tr>
            <td><Term text class="phrase"/></td>
            <td>{bar}</td>
            <td data-number="">{thousands(u64::from(here))}</td>
            <td data-number="">{share_of(u64::from(here), rows)}</td>
            <td data-number="">{thousands(u64::from(all))}</td>
        </tr>
    }
}
