//! The choice of an outcome: a column and which of its values count as "yes", or whether a row is in A.

use crate::protocol::display;
use crate::protocol::texts::{common, outcome as texts};
use crate::protocol::{Chart, Shape};
use crate::ui::charts::plot::{high_bound, low_bound};
use crate::ui::groups::controls::columns;
use crate::ui::store::{Store, facts, use_store};
use crate::view::outcome::{Outcome, Yes};
use crate::view::roles::Role;
use crate::view::spec::Bound;
use crate::view::url::{parse_bound, print_bound};
use leptos::prelude::*;
use std::sync::Arc;

/// From where on a chance of not being safe for work is a high one.
const HIGH_CHANCE: f64 = 0.5;

/// The outcome that the link names; what of it says nothing of one where it can't be read.
pub fn chosen(store: Store) -> Memo<Option<Result<Outcome, String>>> {
    Memo::new(move |_| {
        let words = store.spec.with(|spec| spec.outcome.clone())?;
        Some(Outcome::read(words.iter().map(String::as_str)).map_err(str::to_owned))
    })
}

/// What an outcome is called.
pub fn outcome_name(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Pinned => common::sentence(texts::PINNED),
        Outcome::Column(name, yes) => {
            let value = match yes {
                Yes::From(bound) | Yes::To(bound) => display::bound(bound),
                Yes::Is(values) => called(name, values),
                Yes::Any => String::new(),
            };
            texts::of_column(facts::title(name), How::of(yes).words(), &value)
        }
    }
}

fn called(name: &str, values: &[String]) -> String {
    values.iter().map(|value| facts::category(name, value)).collect::<Vec<_>>().join(", ")
}

/// What a column of truths calls them.
const TRUE: &str = "true";

/// What is looked at.
#[derive(Clone, PartialEq)]
enum Subject {
    Nothing,
    Pinned,
    Column(String),
}

/// Which values of a column count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    From,
    To,
    Is,
    Any,
}

impl How {
    const fn of(yes: &Yes) -> Self {
        match yes {
            Yes::From(_) => Self::From,
            Yes::To(_) => Self::To,
            Yes::Is(_) => Self::Is,
            Yes::Any => Self::Any,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::From => texts::FROM,
            Self::To => texts::TO,
            Self::Is => texts::IS,
            Self::Any => texts::ANY,
        }
    }
}

/// The choices.
#[component]
pub fn Picker() -> impl IntoView {
    let store = use_store();
    let outcome = chosen(store);
    // A column that is chosen, and whose values are not read yet.
    let draft = RwSignal::new(None::<String>);
    let yes = Memo::new(move |_| match outcome.get() {
        Some(Ok(Outcome::Column(name, yes))) if draft.with(Option::is_none) => Some((name, yes)),
        Some(_) | None => None,
    });
    let column = Memo::new(move |_| yes.with(|yes| yes.as_ref().map(|(name, _)| name.clone())));
    let chart = Memo::new(move |_| {
        let name = column.get()?;
        store.charts.with(|charts| charts.get(&name).cloned())
    });
    Effect::new(move || {
        let Some(name) = draft.get() else { return };
        let Some(chart) = store.charts.with(|charts| charts.get(&name).cloned()) else { return };
        draft.set(None);
        let yes = usual(store, &name, &chart);
        store.set_outcome(Some(Outcome::Column(name, yes).items()));
    });
    let set = Callback::new(move |yes: Yes| {
        if let Some(name) = column.get_untracked() {
            store.set_outcome(Some(Outcome::Column(name, yes).items()));
        }
    });
    let clear = move |_| {
        draft.set(None);
        store.set_outcome(None);
    };
    let is_any = move || outcome.with(Option::is_some) || draft.with(Option::is_some);
    view! {
        <div class="group-controls" role="group" aria-label=texts::CHOICES>
            <span>{texts::OUTCOME}</span>
            <Subjects outcome draft/>
            <Show when=move || chart.with(Option::is_some)>
                <Hows yes chart set/>
                <Show when=move || yes.with(|yes| !matches!(yes, Some((_, Yes::Any)) | None))>
                    <Value yes chart set/>
                </Show>
            </Show>
            <Show when=is_any>
                <button type="button" class="button" data-kind="line" data-size="small" title=texts::ABOUT_CLEAR on:click=clear>
                    {texts::CLEAR}
                </button>
            </Show>
        </div>
    }
}

/// The choice of what is looked at.
#[component]
fn Subjects(
    outcome: Memo<Option<Result<Outcome, String>>>,
    draft: RwSignal<Option<String>>,
) -> impl IntoView {
    let store = use_store();
    let now = Memo::new(move |_| match (draft.get(), outcome.get()) {
        (Some(name), _) | (None, Some(Ok(Outcome::Column(name, _)))) => Subject::Column(name),
        (None, Some(Ok(Outcome::Pinned))) => Subject::Pinned,
        (None, Some(Err(_)) | None) => Subject::Nothing,
    });
    let subjects = Memo::new(move |_| {
        let prompt = store.opened.with(|opened| opened.as_ref().and_then(|opened| opened.prompt.clone()));
        let fits = columns(store, |column| column.chartable && Some(&column.name) != prompt.as_ref());
        let pinned = (store.is_pinned() || now.get() == Subject::Pinned).then_some(Subject::Pinned);
        let named = fits.into_iter().map(|column| Subject::Column(column.name));
        std::iter::once(Subject::Nothing).chain(pinned).chain(named).collect::<Vec<_>>()
    });
    let choose = move |event| {
        let place: usize = event_target_value(&event).parse().unwrap_or(0);
        draft.set(None);
        match subjects.with_untracked(|subjects| subjects.get(place).cloned()) {
            None | Some(Subject::Nothing) => store.set_outcome(None),
            Some(Subject::Pinned) => store.set_outcome(Some(Outcome::Pinned.items())),
            Some(Subject::Column(name)) => {
                store.load_column(&name);
                draft.set(Some(name));
            }
        }
    };
    let options = move || {
        let now = now.get();
        let option = |(place, subject): (usize, Subject)| {
            let selected = subject == now;
            let words = match &subject {
                Subject::Nothing => texts::NONE.to_owned(),
                Subject::Pinned => texts::PINNED.to_owned(),
                Subject::Column(name) => facts::title(name).to_owned(),
            };
            view! { <option value=place.to_string() selected=selected>{words}</option> }
        };
        subjects.get().into_iter().enumerate().map(option).collect_view()
    };
    view! { <select class="field" aria-label=texts::OUTCOME on:change=choose>{options}</select> }
}

type OfColumn = Memo<Option<(String, Yes)>>;
type OfChart = Memo<Option<Arc<Chart>>>;

/// The choice of which values count.
#[component]
fn Hows(yes: OfColumn, chart: OfChart, set: Callback<Yes>) -> impl IntoView {
    let store = use_store();
    let has_numbers = Memo::new(move |_| {
        chart.with(|chart| chart.as_ref().is_some_and(|chart| matches!(chart.shape, Shape::Bins(_))))
    });
    let now = Memo::new(move |_| yes.with(|yes| yes.as_ref().map(|(_, yes)| How::of(yes))));
    let hows = move || {
        let numbers: &[How] = if has_numbers.get() { &[How::From, How::To] } else { &[] };
        numbers.iter().copied().chain([How::Is, How::Any])
    };
    let choose = move |event| {
        let words = event_target_value(&event);
        let Some(how) = untrack(hows).find(|how| how.words() == words) else { return };
        let Some((name, before)) = yes.get_untracked() else { return };
        let usual = || chart.get_untracked().map(|chart| usual(store, &name, &chart));
        let bound = match &before {
            Yes::From(bound) | Yes::To(bound) => Some(bound.clone()),
            Yes::Is(values) => values.first().and_then(|value| parse_bound(value).ok().flatten()),
            Yes::Any => None,
        };
        let bound = || match bound.clone() {
            Some(bound) => Some(bound),
            None => match usual()? {
                Yes::From(bound) | Yes::To(bound) => Some(bound),
                Yes::Is(_) | Yes::Any => None,
            },
        };
        let next = match how {
            How::From => bound().map(Yes::From),
            How::To => bound().map(Yes::To),
            How::Is => match (&before, bound()) {
                (Yes::Is(_), _) => Some(before.clone()),
                (_, Some(bound)) => Some(Yes::Is(vec![print_bound(&bound)])),
                (_, None) => usual(),
            },
            How::Any => Some(Yes::Any),
        };
        if let Some(next) = next {
            set.run(next);
        }
    };
    let options = move || {
        let now = now.get();
        let option = |how: How| view! { <option selected=now == Some(how)>{how.words()}</option> };
        hows().map(option).collect_view()
    };
    view! { <select class="field" aria-label=texts::HOW on:change=choose>{options}</select> }
}

/// The value in question: of a list, or typed.
#[component]
fn Value(yes: OfColumn, chart: OfChart, set: Callback<Yes>) -> impl IntoView {
    let labels = Memo::new(move |_| {
        chart.with(|chart| match chart.as_ref().map(|chart| &chart.shape) {
            Some(Shape::Categories { labels, .. }) => Some(labels.clone()),
            Some(Shape::Bins(_)) | None => None,
        })
    });
    view! {
        <Show when=move || labels.with(Option::is_some) fallback=move || view! { <Typed yes set/> }>
            <Listed yes labels set/>
        </Show>
    }
}

#[component]
fn Listed(yes: OfColumn, labels: Memo<Option<Vec<String>>>, set: Callback<Yes>) -> impl IntoView {
    let values = Memo::new(move |_| match yes.get() {
        Some((name, Yes::Is(values))) => Some((name, values)),
        Some((_, Yes::From(_) | Yes::To(_) | Yes::Any)) | None => None,
    });
    let choose = move |event| {
        let place = event_target_value(&event).parse::<usize>().ok();
        let label =
            place.and_then(|place| labels.with_untracked(|labels| labels.as_ref()?.get(place).cloned()));
        if let Some(label) = label {
            set.run(Yes::Is(vec![label]));
        }
    };
    let options = move || {
        let (name, chosen) = values.get().unwrap_or_default();
        let labels = labels.get().unwrap_or_default();
        let is_listed = matches!(chosen.as_slice(), [one] if labels.contains(one));
        // Values of a link that are several, or that no row has.
        let other =
            (!is_listed).then(|| view! { <option value="" selected=true>{called(&name, &chosen)}</option> });
        let option = |(place, label): (usize, String)| {
            let selected = is_listed && chosen.contains(&label);
            view! { <option value=place.to_string() selected=selected>{facts::category(&name, &label)}</option> }
        };
        let listed = labels.into_iter().enumerate().map(option).collect_view();
        view! { {other} {listed} }
    };
    view! { <select class="field" aria-label=texts::VALUE on:change=choose>{options}</select> }
}

#[component]
fn Typed(yes: OfColumn, set: Callback<Yes>) -> impl IntoView {
    let text = Memo::new(move |_| match yes.get() {
        Some((_, Yes::From(bound) | Yes::To(bound))) => print_bound(&bound),
        Some((_, Yes::Is(values))) => values.join(", "),
        Some((_, Yes::Any)) | None => String::new(),
    });
    let is_wrong = RwSignal::new(false);
    Effect::new(move || {
        text.track();
        is_wrong.set(false);
    });
    let choose = move |event| {
        let typed: String = event_target_value(&event).trim().to_owned();
        let bound = parse_bound(&typed).ok().flatten();
        let next = match (yes.get_untracked().map(|(_, yes)| yes), bound) {
            (Some(Yes::From(_)), Some(bound)) => Some(Yes::From(bound)),
            (Some(Yes::To(_)), Some(bound)) => Some(Yes::To(bound)),
            (Some(Yes::Is(_)), Some(_)) => Some(Yes::Is(vec![typed])),
            (Some(Yes::From(_) | Yes::To(_) | Yes::Is(_)), None) | (Some(Yes::Any) | None, _) => None,
        };
        is_wrong.set(next.is_none());
        if let Some(next) = next {
            set.run(next);
        }
    };
    view! {
        <input
            class="field outcome-value"
            aria-label=texts::VALUE
            aria-invalid=move || is_wrong.get().to_string()
            prop:value=move || text.get()
            on:change=choose
        />
    }
}

/// What counts unless something else is chosen: the best rank, a high chance of not being safe for work, the
/// commonest value, the upper quarter of numbers.
fn usual(store: Store, name: &str, chart: &Chart) -> Yes {
    let plays = |role: Role| untrack(|| store.column_of(role)).as_deref() == Some(name);
    let bins = match &chart.shape {
        Shape::Bins(bins) => bins,
        Shape::Categories { labels, .. } => {
            let yes = labels.iter().find(|label| *label == TRUE).or(labels.first());
            return Yes::Is(yes.cloned().into_iter().collect());
        }
    };
    if plays(Role::Rank) {
        let (first, _) = bins.on_scale();
        let best = bins.to.get(first).copied().unwrap_or(1.0);
        return Yes::To(high_bound(bins, best));
    }
    if plays(Role::NsfwImage) || plays(Role::NsfwPrompt) {
        return Yes::From(Bound::Number(HIGH_CHANCE));
    }
    let all: u64 = chart.all.0.iter().map(|rows| u64::from(*rows)).sum();
    let mut above = 0;
    let quarter = (0..chart.all.0.len()).rev().find(|bin| {
        above += chart.all.0.get(*bin).copied().map_or(0, u64::from);
        above * 4 >= all
    });
    let from = quarter.and_then(|bin| bins.from.get(bin)).copied().filter(|from| from.is_finite());
    Yes::From(low_bound(bins, from.unwrap_or(0.0)))
}
