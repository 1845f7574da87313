//! What goes along with an outcome: values of columns and parts of prompts, the surest first. A press filters.

mod lines;
pub mod picker;

use crate::protocol::outcome::{Counted, MAX_OF_COLUMN, State, Want};
use crate::protocol::texts::{outcome as texts, search};
use crate::ui::groups::differences::ReadMore;
use crate::ui::groups::outcome::lines::Lists;
use crate::ui::groups::outcome::picker::{chosen, outcome_name};
use crate::ui::search::phrases::Units;
use crate::ui::store::{Store, facts, use_store};
use crate::view::outcome::Outcome;
use leptos::prelude::*;

/// Prompts are read without being asked about up to so many bytes.
const ASK_ABOVE_BYTES: u64 = 4_000_000;

/// The view.
#[component]
pub fn OutcomeView() -> impl IntoView {
    let store = use_store();
    let words = Memo::new(move |_| store.spec.with(|spec| spec.outcome.clone()));
    let outcome = chosen(store);
    let agreed = RwSignal::new(false);
    let prompt_bytes = Memo::new(move |_| store.prompt_bytes_left());
    let reads_prompts =
        Memo::new(move |_| prompt_bytes.get().is_some_and(|left| left <= ASK_ABOVE_BYTES || agreed.get()));
    let list = Memo::new(move |_| store.spec.with(|spec| spec.phrases));
    Effect::new(move || {
        if store.opened.with(Option::is_none) {
            return;
        }
        let phrases = reads_prompts.get().then(|| list.get());
        store.ask_outcome(words.get().map(|words| Want { words, phrases }));
    });
    on_cleanup(move || store.ask_outcome(None));
    // What was counted of another outcome says nothing of this one.
    let counted = Memo::new(move |_| {
        let words = words.get()?;
        store.outcome.with(|answer| {
            match answer.as_ref().filter(|answer| answer.words == words)?.state.clone() {
                State::Counted(counted) => Some(*counted),
                State::Reading | State::Failed(_) => None,
            }
        })
    });
    let status = move || status(store, words, outcome, counted);
    view! {
        <div class="pane-head">
            <p class="pane-note" role="status">{status}</p>
            <ReadMore/>
        </div>
        <Show when=move || counted.with(|counted| counted.as_ref().is_some_and(|counted| texts::nothing(counted).is_none()))>
            <section aria-label=texts::VALUES>
                <h2 class="outcome-title">{texts::VALUES}</h2>
                <p class="pane-note">{move || counted.with(|counted| counted.as_ref().map(about_values))}</p>
                <Lists labels=(texts::VALUES_LIST, texts::UNSURE_VALUES) lines=Signal::derive(move || counted.get().map(|counted| counted.values.lines).unwrap_or_default())/>
            </section>
            <Show when=move || prompt_bytes.with(Option::is_some)>
                <section aria-label=texts::PHRASES>
                    <div class="pane-head outcome-head">
                        <h2 class="outcome-title">{texts::PHRASES}</h2>
                        <Show when=move || reads_prompts.get()>
                            <Units list/>
                        </Show>
                    </div>
                    <Show when=move || reads_prompts.get() fallback=move || ask(prompt_bytes, agreed)>
                        <p class="pane-note">{move || counted.with(|counted| counted.as_ref().map(about_phrases))}</p>
                        <Lists labels=(texts::PHRASES_LIST, texts::UNSURE_PHRASES) lines=Signal::derive(move || counted.get().and_then(|counted| counted.phrases).unwrap_or_default().lines)/>
                    </Show>
                </section>
            </Show>
        </Show>
    }
}

/// The button that reads the prompts.
fn ask(bytes: Memo<Option<u64>>, agreed: RwSignal<bool>) -> impl IntoView {
    view! {
        <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| agreed.set(true)>
            {move || texts::read_prompts(bytes.get().unwrap_or_default())}
        </button>
    }
}

/// What is counted, or why nothing is.
fn status(
    store: Store,
    words: Memo<Option<Vec<String>>>,
    outcome: Memo<Option<Result<Outcome, String>>>,
    counted: Memo<Option<Counted>>,
) -> String {
    let outcome = match outcome.get() {
        None => return String::new(),
        Some(Err(item)) => return texts::unclear(&item),
        Some(Ok(outcome)) => outcome,
    };
    // Nobody knows what people call a column before its table is open.
    store.opened.track();
    let Some(counted) = counted.get() else {
        let trouble = store.outcome.with(|answer| {
            let answer = answer.as_ref().filter(|answer| Some(&answer.words) == words.get().as_ref());
            match &answer?.state {
                State::Failed(trouble) => Some(texts::trouble(trouble, |name| facts::title(name).to_owned())),
                State::Reading | State::Counted(_) => None,
            }
        });
        return trouble.unwrap_or_else(|| texts::READING.to_owned());
    };
    let mut said = texts::counted(&outcome_name(&outcome), &counted);
    if let Some(nothing) = texts::nothing(&counted) {
        said = format!("{said} {nothing}");
    }
    if outcome == Outcome::Pinned && !counted.deciding.is_empty() {
        let titles: Vec<String> = counted.deciding.iter().map(|name| facts::title(name).to_owned()).collect();
        said = format!("{said} {}", texts::deciding(&titles));
    }
    said
}

fn about_values(counted: &Counted) -> String {
    let found = texts::found(&counted.values, texts::VALUES_LOOKED_AT);
    let listed = counted.values.lines.iter().filter(|line| line.sure).count() as u64;
    let most = (listed < counted.values.sure).then(|| texts::most_of_column(MAX_OF_COLUMN));
    let said = [Some(found), most, texts::left_out(counted.constant, counted.waiting)];
    said.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn about_phrases(counted: &Counted) -> String {
    let so_far = (!counted.phrases_complete).then(|| texts::PHRASES_SO_FAR.to_owned());
    let found = counted.phrases.as_ref().map(|found| texts::found(found, texts::PHRASES_LOOKED_AT));
    let searched = (!counted.searched.is_empty()).then(|| search::searched_left_out(&counted.searched));
    [so_far, found, searched].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
