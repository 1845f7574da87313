//! Columns of scores held against what people prefer.

use super::{Answer, Looked};
use crate::protocol::display::{number, thousands};
use crate::protocol::pairs::Judge;
use crate::protocol::texts::pairs as texts;
use crate::protocol::{Column, Kind, NESTED};
use crate::table::pairs::Accuracy;
use crate::ui::store::{Commit, Store, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::pairs::{MAX_JUDGES, PairsView};
use crate::view::roles::Role;
use leptos::prelude::*;

/// Parts that are no scores, although they are numbers.
const OTHERS: [Role; 9] = [
    Role::Group,
    Role::Rank,
    Role::Seed,
    Role::Width,
    Role::Height,
    Role::Amount,
    Role::Preference,
    Role::Step,
    Role::Cfg,
];

/// The judges: which there are, and how often each agrees.
#[component]
pub fn Judges(answer: Answer, in_rows: Memo<bool>, looked_at: Looked) -> impl IntoView {
    let store = use_store();
    let known = Memo::new(move |_| scores(store));
    let chosen = Memo::new(move |_| looked_at.with(|view| store.judges(view)));
    let choose = Callback::new(move |judges: Vec<String>| {
        store.look_at_pairs(&PairsView { judges, ..looked_at.get_untracked() }, Commit::Step);
    });
    let add = move |column: String| {
        let mut columns = chosen.get_untracked();
        if !column.is_empty() && !columns.contains(&column) && columns.len() < MAX_JUDGES {
            columns.push(column);
            choose.run(columns);
        }
    };
    let drop = Callback::new(move |column: String| {
        let mut columns = chosen.get_untracked();
        columns.retain(|other| *other != column);
        choose.run(columns);
    });
    let rest = move || {
        let chosen = chosen.get();
        known.get().into_iter().filter(|name| !chosen.contains(name)).collect::<Vec<_>>()
    };
    let judges = move || answer.get().map(|pairs| pairs.judges.clone()).unwrap_or_default();
    view! {
        <Show when=move || in_rows.get()>
            <Annotators answer looked_at/>
        </Show>
        <p class="pref-note">{texts::JUDGES_NOTE}</p>
        <Show when=move || known.with(Vec::is_empty)>
            <p class="pref-note">{texts::NO_SCORES}</p>
        </Show>
        <Show when=move || !rest().is_empty()>
            <select
                class="field"
                aria-label=texts::ADD_JUDGE
                prop:value=""
                on:change:target=move |event| add(event.target().value())
            >
                <option value="">{texts::ADD_JUDGE}</option>
                {move || rest().into_iter().map(|name| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view()}
            </select>
        </Show>
        <Show when=move || !judges().is_empty()>
            <div class="pref-wide" tabindex="0">
                <table class="pref-judges">
                    <thead>
                        <tr>
                            <th scope="col">{texts::SCORE}</th>
                            <th scope="col" colspan="2">{texts::ACCURACY}</th>
                            <th scope="col">{texts::INTERVAL}</th>
                            <th scope="col">{texts::ON_PAIRS}</th>
                            <td></td>
                        </tr>
                    </thead>
                    {move || judges().iter().map(|judge| lines(drop, judge)).collect_view()}
                </table>
            </div>
        </Show>
    }
}

/// How far people agree with each other on the same two images. It takes the columns that name them, so that it is
/// asked for.
#[component]
fn Annotators(answer: Answer, looked_at: Looked) -> impl IntoView {
    let store = use_store();
    let is_asked = Memo::new(move |_| looked_at.with(|view| view.agreement));
    let ask = move |_| {
        store.look_at_pairs(&PairsView { agreement: true, ..looked_at.get_untracked() }, Commit::Step);
    };
    let told = Memo::new(move |_| answer.with(|answer| answer.as_ref()?.agreement));
    view! {
        <Show when=move || !is_asked.get()>
            <button type="button" class="button" data-kind="line" data-size="small" on:click=ask>
                {texts::ASK_AGREEMENT}
            </button>
        </Show>
        <Show when=move || is_asked.get()>
            <p class="pref-note" role="status">
                {move || told.get().map_or_else(|| texts::COUNTING.to_owned(), |told| texts::agreement_of(&told))}
            </p>
        </Show>
    }
}

/// One judge: over all pairs, by category, by difference.
fn lines(drop: Callback<String>, judge: &Judge) -> AnyView {
    let Judge { column, all, by_difference, by_category } = judge;
    let drop = {
        let column = column.clone();
        move |_| drop.run(column.clone())
    };
    let by_category = by_category.iter().map(|(name, accuracy)| line(name.clone(), accuracy, None));
    let difference = |(by, accuracy): &(f64, Accuracy)| {
        line(format!("{} {}", texts::DIFFERENCE, number(*by)), accuracy, None)
    };
    let label = texts::drop_judge(column);
    let button = view! {
        <button type="button" class="button" data-kind="icon" data-size="small" aria-label=label on:click=drop>
            {icon(Icon::Close)}
        </button>
    };
    view! {
        <tbody>
            {line(column.clone(), all, Some(button.into_any()))}
            {by_category.collect_view()}
            {by_difference.iter().map(difference).collect_view()}
        </tbody>
    }
    .into_any()
}

fn line(name: String, accuracy: &Accuracy, button: Option<AnyView>) -> AnyView {
    let share = |share: f64| format!("{share:.4}");
    let (low, high) = accuracy.interval;
    let head = button.is_some();
    // Of no pairs there is no share.
    let cells = if accuracy.pairs == 0 {
        view! { <td colspan="3">{texts::NO_SCORED_PAIR}</td> }.into_any()
    } else {
        view! {
            <td class="pref-track" aria-hidden="true">
                <i style=("--w", share(accuracy.share))></i>
                <b style=("--low", share(low)) style=("--high", share(high))></b>
            </td>
            <td>{texts::percent(accuracy.share)}</td>
            <td>{texts::interval(accuracy)}</td>
        }
        .into_any()
    };
    view! {
        <tr data-head=head.then_some("")>
            <th scope="row">{name}</th>
            {cells}
            <td>{thousands(accuracy.pairs)}</td>
            <td>{button}</td>
        </tr>
    }
    .into_any()
}

/// Columns of numbers that could be scores; of two images a row the first one's, of listed ones lists.
fn scores(store: Store) -> Vec<String> {
    let (two, lists) = (store.has_two_images(), store.has_lists());
    let sided = store.sided_columns();
    store.opened.with(|opened| {
        let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
        let others: Vec<String> = OTHERS.into_iter().filter_map(|role| store.role(role)).collect();
        let is_score = |column: &&Column| {
            let holds = if lists {
                column.kind == Kind::Nested && column.type_name == NESTED
            } else {
                matches!(column.kind, Kind::Integer | Kind::Float)
            };
            holds
                && (column.derived_from.is_empty() || column.is_joined())
                && !others.contains(&column.name)
                && (!two || sided.iter().any(|sided| sided.first == column.name))
        };
        columns.iter().filter(is_score).map(|column| column.name.clone()).collect()
    })
}
