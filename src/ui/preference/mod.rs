//! What people prefer, two images at a time: how many pairs there are, the pairs one by one, scores held against them,
//! and files for training. A part of the Compare view, in a lazy module of its own.

mod bars;
mod figures;
mod judges;
mod options;
mod training;
mod two;

use crate::protocol::display::percent_floor;
use crate::protocol::pairs::Pairs;
use crate::protocol::texts::{common, pairs as texts};
use crate::ui::preference::figures::Figures;
use crate::ui::preference::judges::Judges;
use crate::ui::preference::options::OptionsRow;
use crate::ui::preference::training::Training;
use crate::ui::preference::two::TwoImages;
use crate::ui::store::{Commit, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::pairs::{Mode, PairsView};
use leptos::prelude::*;
use std::sync::Arc;

/// What can be shown.
const MODES: [(Mode, &str); 5] = [
    (Mode::Prompts, texts::BY_PROMPT),
    (Mode::Pairs, texts::TWO_BY_TWO),
    (Mode::Figures, texts::FIGURES),
    (Mode::Judges, texts::JUDGES),
    (Mode::Training, texts::TRAINING),
];

/// The part: how many pairs there are, and what is chosen of them. Of tables with an image a row the images of each
/// prompt are below it.
#[component]
pub fn PairsPart() -> impl IntoView {
    let store = use_store();
    let two = Memo::new(move |_| store.has_two_images());
    let in_rows = Memo::new(move |_| store.has_pairs_in_rows());
    store.recall_agreed();
    let read = Memo::new(move |_| store.pairs_view());
    let looked_at: Looked = Memo::new(move |_| {
        let mut view = read.get().unwrap_or_default();
        // The pairs of such a table are what there is to be seen of it.
        if view.mode == Mode::Prompts && in_rows.get() {
            view.mode = Mode::Pairs;
        }
        view
    });
    let mode = Memo::new(move |_| looked_at.with(|view| view.mode));
    Effect::new(move || looked_at.with(|view| store.ask_pairs(view)));
    on_cleanup(move || store.drop_pairs());
    let answer = Memo::new(move |_| store.pairs.answer.get());
    let button = move |(own, title): (Mode, &'static str)| {
        view! {
            <button
                type="button"
                class="button"
                data-size="small"
                aria-pressed=move || (mode.get() == own).to_string()
                on:click=move |_| {
                    store.look_at_pairs(&PairsView { mode: own, ..looked_at.get_untracked() }, Commit::Step);
                }
            >
                {title}
            </button>
        }
    };
    let buttons = move || {
        MODES.into_iter().filter(move |(mode, _)| *mode != Mode::Prompts || !in_rows.get()).map(button)
    };
    view! {
        <section class="pref" aria-label=texts::PAIRS>
            <div class="pref-head">
                <p role="status">{move || summary(answer.get())}</p>
                <div class="pref-modes" role="group" aria-label=texts::SHOW>{move || buttons().collect_view()}</div>
            </div>
            {move || read.get().err().map(|item| view! { <p class="pref-note" role="alert">{texts::unclear(&item)}</p> })}
            <Show when=move || mode.get() != Mode::Prompts>
                <OptionsRow two in_rows answer looked_at/>
                <Remarks answer looked_at/>
            </Show>
            {move || match mode.get() {
                Mode::Prompts => ().into_any(),
                Mode::Pairs => view! { <TwoImages answer two looked_at/> }.into_any(),
                Mode::Figures => view! { <Figures answer/> }.into_any(),
                Mode::Judges => view! { <Judges answer in_rows looked_at/> }.into_any(),
                Mode::Training => view! { <Training answer two looked_at/> }.into_any(),
            }}
        </section>
    }
}

/// The answer, as parts of this view read it.
type Answer = Memo<Option<Arc<Pairs>>>;

/// What is looked at.
type Looked = Memo<PairsView>;

fn summary(answer: Option<Arc<Pairs>>) -> AnyView {
    let Some(pairs) = answer else { return view! { <b>{texts::COUNTING}</b> }.into_any() };
    let (read, all) = pairs.rows;
    let so_far = (read < all).then(|| texts::so_far(percent_floor(read, all)));
    let looked_at = pairs.looked_at.filter(|(looked, all)| looked < all);
    let looked_at = looked_at.map(|(looked, all)| texts::looked_at(looked, all));
    let from = std::iter::once(texts::summary_from(&pairs.count, pairs.kind)).chain(so_far).chain(looked_at);
    view! {
        <b>{texts::summary(&pairs.count)}</b>
        " "
        <span>{from.collect::<Vec<_>>().join(common::SEPARATOR)}</span>
    }
    .into_any()
}

/// What is to be known before anyone trains on them.
#[component]
fn Remarks(answer: Answer, looked_at: Looked) -> impl IntoView {
    let remarks = move || {
        let pairs = answer.get()?;
        let remarks = texts::remarks(&pairs.count, pairs.kind, looked_at.with(|view| view.options.whole));
        let line = |remark| view! { <li>{icon(Icon::Info)} {remark}</li> };
        (!remarks.is_empty())
            .then(|| view! { <ul class="pref-remarks">{remarks.into_iter().map(line).collect_view()}</ul> })
    };
    view! { {remarks} }
}
