//! Files for training.

use super::{Answer, Looked};
use crate::protocol::export::{PairsForm, Split};
use crate::protocol::texts::pairs as texts;
use crate::ui::panels::export::running::Begin;
use crate::ui::store::{Taken, use_store};
use leptos::prelude::*;

/// What can be written.
const FORMS: [PairsForm; 7] = [
    PairsForm::JsonLines,
    PairsForm::Csv,
    PairsForm::Parquet,
    PairsForm::Ranking,
    PairsForm::Trl,
    PairsForm::TrlUnpaired,
    PairsForm::Dpo,
];

/// Which prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    All,
    First,
    Rest,
}

/// The choice of a file.
#[component]
pub fn Training(answer: Answer, two: Memo<bool>, looked_at: Looked) -> impl IntoView {
    let store = use_store();
    let form = RwSignal::new(PairsForm::JsonLines);
    let part = RwSignal::new(Part::All);
    let percent = RwSignal::new("90".to_owned());
    let seed = RwSignal::new("0".to_owned());
    let split = move || {
        let percent = percent.get().trim().parse::<u8>().ok().filter(|percent| (1..100).contains(percent));
        let seed = seed.get().trim().parse::<u32>().ok();
        match part.get() {
            Part::All => Some(None),
            Part::First | Part::Rest => {
                Some(Some(Split { seed: seed?, percent: percent?, rest: part.get() == Part::Rest }))
            }
        }
    };
    let about = move || place(form.get()).and_then(|place| texts::FORMS_ABOUT.get(place)).copied();
    let ties = move || {
        let tied = answer.get()?.count.tied;
        (tied > 0 && form.get() != PairsForm::Ranking).then(|| texts::ties_left_out(tied))
    };
    let images = move || {
        let images = answer.get()?.count.images;
        (form.get() == PairsForm::Dpo).then(|| texts::images_read(images))
    };
    let disabled = Signal::derive(move || answer.with(Option::is_none) || split().is_none());
    let begin = Callback::new(move |()| {
        if let Some(split) = untrack(split) {
            store.export_pairs(form.get_untracked(), looked_at.with_untracked(|view| view.options), split);
        }
    });
    let option = move |(place, own): (usize, PairsForm)| {
        let name = texts::FORMS.get(place).copied().unwrap_or_default();
        view! { <option value=place.to_string() selected=move || form.get() == own>{name}</option> }
    };
    // Of two images a row there are no rankings, and their images are in the rows themselves.
    let lists = Memo::new(move |_| store.has_lists());
    // What a row lists are names, which no file can have inside.
    let offered = move || {
        let forms = FORMS.into_iter().enumerate();
        forms.filter(move |(_, form)| match form {
            PairsForm::Ranking => !two.get(),
            PairsForm::Dpo => !two.get() && !lists.get(),
            PairsForm::JsonLines
            | PairsForm::Csv
            | PairsForm::Parquet
            | PairsForm::Trl
            | PairsForm::TrlUnpaired => true,
        })
    };
    let parts =
        [(Part::All, texts::SPLIT_NONE), (Part::First, texts::SPLIT_FIRST), (Part::Rest, texts::SPLIT_REST)];
    let radio = move |(own, name): (Part, &'static str)| {
        view! {
            <label class="choice">
                <input type="radio" name="pairs-split" prop:checked=move || part.get() == own on:change=move |_| part.set(own)/>
                <span>{name}</span>
            </label>
        }
    };
    let field = move |label: &'static str, text: RwSignal<String>, most: u64| {
        let is_wrong = move || text.get().trim().parse::<u64>().map_or(true, |number| number > most);
        view! {
            <label class="pref-choice">
                <input
                    type="text"
                    class="field"
                    inputmode="numeric"
                    aria-invalid=move || is_wrong().then_some("true")
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <div class="pref-training">
            <label class="pref-choice">
                <span>{texts::FORM}</span>
                <select
                    class="field"
                    on:change:target=move |event| {
                        let place = event.target().value().parse::<usize>().ok();
                        form.set(place.and_then(|place| FORMS.get(place)).copied().unwrap_or_default());
                    }
                >
                    {move || offered().map(option).collect_view()}
                </select>
            </label>
            <p class="pref-note">{about}</p>
            <fieldset class="choices">
                <legend>{texts::SPLIT}</legend>
                {parts.map(radio).collect_view()}
            </fieldset>
            <Show when=move || part.get() != Part::All>
                <div class="pref-options">
                    {field(texts::SPLIT_PERCENT, percent, 99)}
                    {field(texts::SPLIT_SEED, seed, u64::from(u32::MAX))}
                </div>
            </Show>
            <p class="pref-note">{ties}</p>
            <p class="pref-note">{images}</p>
            <Begin of=Taken::Pairs words=texts::WRITE disabled begin/>
        </div>
    }
}

fn place(form: PairsForm) -> Option<usize> {
    FORMS.iter().position(|other| *other == form)
}
