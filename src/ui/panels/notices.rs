//! What went wrong, inside the case and below the result line: at most two, newest first.

use crate::formats::tabular::reading::Reading;
use crate::protocol::texts::import;
use crate::protocol::texts::notices as texts;
use crate::protocol::{Action, Level};
use crate::ui::panels::sign_in::SignIn;
use crate::ui::store::{Item, ItemAction, use_store};
use crate::ui::widgets::focus;
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::url::print_table;
use leptos::prelude::*;
use std::time::Duration;

/// Notices that are shown at a time.
const SHOWN: usize = 2;

/// How often a countdown is painted.
const TICK: Duration = Duration::from_millis(250);

/// The newest notices.
#[component]
pub fn Notices() -> impl IntoView {
    let store = use_store();
    let shown = move || {
        store.notices.with(|notices| {
            notices.iter().filter(|item| item.level != Level::Fatal).take(SHOWN).cloned().collect::<Vec<_>>()
        })
    };
    view! {
        <div class="notices">
            <For each=shown key=|item| item.id let:item>
                <Notice item/>
            </For>
        </div>
    }
}

#[component]
fn Notice(item: Item) -> impl IntoView {
    let store = use_store();
    let Item { id, level, title, text, actions, retry_at, .. } = item;
    let (name, sign) = match level {
        Level::Info => ("info", Icon::Info),
        Level::Warning => ("warning", Icon::Alert),
        Level::Error | Level::Fatal => ("error", Icon::Alert),
    };
    let left = retry_at.map(|(at, wait)| (countdown(at), wait));
    let sign = match left {
        Some((left, wait)) => view! {
            <i class="ring" style=("--v", move || format!("{:.0}", left.get() / wait.max(1.0) * 100.0)) aria-hidden="true"></i>
        }
        .into_any(),
        None => icon(sign).into_any(),
    };
    let next_try = left.map(|(left, _)| {
        move || {
            let seconds = (left.get() / 1_000.0).ceil();
            // A screen reader hears of the wait with the notice, not of each second.
            view! { <span class="notice-next" aria-hidden="true">{texts::next_try(seconds)}</span> }
        }
    });
    let may_go = matches!(level, Level::Info | Level::Warning) && retry_at.is_none();
    view! {
        <div class="notice" role="alert" data-level=name>
            {sign}
            <div class="notice-words">
                <h2>{title} {next_try.is_some().then_some(".")} {next_try}</h2>
                <p>{text}</p>
                <SignIn actions=actions.clone()/>
            </div>
            <div class="notice-actions">
                <Actions actions main=false/>
                {may_go
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="close"
                                aria-label=texts::DISMISS
                                on:click=move |_| {
                                    store.dismiss(id);
                                    focus::to_view();
                                }
                            >
                                {icon(Icon::Close)}
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}

/// What can be done about it.
#[component]
pub fn Actions(
    /// The offers.
    actions: Vec<ItemAction>,
    /// Whether the first one is the way to go.
    main: bool,
) -> impl IntoView {
    let store = use_store();
    actions
        .into_iter()
        .filter(|action| !matches!(action, ItemAction::Of(Action::SignIn(_))))
        .take(2)
        .enumerate()
        .map(|(at, action)| {
            let words = match &action {
                ItemAction::Of(Action::Retry) => texts::RETRY_NOW.to_owned(),
                ItemAction::Of(Action::Reload) => texts::LOAD_AGAIN.to_owned(),
                ItemAction::Of(Action::ChooseAnother) => texts::CHOOSE_ANOTHER.to_owned(),
                ItemAction::Of(Action::OpenTable(table)) => {
                    let name = print_table(table);
                    texts::open(name.rsplit('/').next().unwrap_or(&name))
                }
                ItemAction::Restart => texts::RESTART.to_owned(),
                ItemAction::Of(Action::ReadAs(Reading { delimiter: Some(delimiter), header: None })) => {
                    import::delimiter(*delimiter).to_owned()
                }
                ItemAction::Of(Action::ReadAs(reading)) => {
                    import::header(reading.header.unwrap_or(true)).to_owned()
                }
                // A field of its own, see `SignIn`.
                ItemAction::Of(Action::SignIn(_)) => String::new(),
            };
            let kind = match (at, main) {
                (0, true) => "main",
                (_, true) | (0, false) => "line",
                (_, false) => "plain",
            };
            view! {
                <button
                    type="button"
                    class="button"
                    data-kind=kind
                    data-size=(!main).then_some("small")
                    on:click=move |_| store.act(&action)
                >
                    {words}
                </button>
            }
        })
        .collect_view()
}

/// Milliseconds that are left until a moment.
fn countdown(until: f64) -> ReadSignal<f64> {
    let (left, set_left) = signal((until - js_sys::Date::now()).max(0.0));
    let timer = set_interval_with_handle(move || set_left.set((until - js_sys::Date::now()).max(0.0)), TICK);
    if let Ok(timer) = timer {
        on_cleanup(move || timer.clear());
    }
    left
}
