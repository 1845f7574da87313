//! Compare: the images of one prompt by rank, with what people thought of them.

mod filters;
mod head;
mod link;
mod list;
mod pair;
mod ranked;
mod ratings;

use crate::protocol::compare::Group;
use crate::protocol::images::Want;
use crate::protocol::texts::compare as texts;
use crate::ui::compare::head::PromptHead;
use crate::ui::compare::link::in_link;
use crate::ui::compare::list::PromptList;
use crate::ui::compare::pair::Pair;
use crate::ui::compare::ranked::Ranked;
use crate::ui::compare::ratings::RatingChart;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::{Part, PickFor, Store, size_px, use_store};
use crate::view::pairs::Mode;
use crate::view::roles::Role;
use leptos::prelude::*;
use std::sync::Arc;

/// The ratings: what plays them, and what they are called here.
const RATINGS: [(Role, &str); 3] =
    [(Role::Rating, texts::OVERALL), (Role::Alignment, texts::ALIGNMENT), (Role::Fidelity, texts::FIDELITY)];

/// The highest rating.
const BEST: usize = 7;

/// Length of an image on the screen.
const IMAGE_PX: f64 = 260.0;

/// How the prompts are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they stand in the file.
    File,
    /// Those where ranks and ratings disagree most.
    Disagreement,
    /// Those with most images.
    Images,
}

/// The view.
#[component]
pub fn Compare() -> impl IntoView {
    let store = use_store();
    let order = RwSignal::new(Order::File);
    let chosen = RwSignal::new(0_usize);
    let pair = RwSignal::new(Vec::<u64>::new());
    // Of a table whose rows have pairs of their own there is nothing but these.
    let two = Memo::new(move |_| store.has_pairs_in_rows());
    let by_prompt =
        Memo::new(move |_| !two.get() && store.pairs_view().unwrap_or_default().mode == Mode::Prompts);
    store.want_groups(true);
    on_cleanup(move || {
        store.want_groups(false);
        store.pick(PickFor::Compare, Vec::new());
    });
    let groups = Memo::new(move |_| {
        let groups = store.compare.groups.get()?;
        let mut list: Vec<Group> = groups.groups.clone();
        match order.get() {
            Order::File => {}
            Order::Disagreement => list.sort_by(|a, b| b.disagreement.total_cmp(&a.disagreement)),
            Order::Images => list.sort_by_key(|group| std::cmp::Reverse(group.rows.0.len())),
        }
        Some(Arc::new(list))
    });
    in_link(groups, order, chosen);
    let rows = Memo::new(move |_| {
        let group = groups.get().and_then(|groups| groups.get(chosen.get()).cloned());
        group.map_or_else(Vec::new, |group| group.rows.0.into_iter().map(u64::from).collect::<Vec<_>>())
    });
    Effect::new(move || {
        rows.track();
        pair.set(Vec::new());
    });
    let rated = Memo::new(move |_| {
        store.compare.groups.with(|groups| groups.as_ref().is_some_and(|groups| groups.rated))
    });
    ask_for_images(store, rows, by_prompt);
    view! {
        <div class="compare" data-two=move || two.get().then_some("")>
            <Show when=move || !two.get()>
                <PromptList groups order chosen shown=rows rated/>
            </Show>
            <section class="compare-main" aria-label=texts::IMAGES>
                <LazyPart of=Lazy::Pairs/>
                <Show when=move || by_prompt.get()>
                    <PromptHead groups chosen rows rated/>
                    <Show when=move || pair.with(|pair| pair.len() == 2)>
                        <Pair rows=pair/>
                    </Show>
                    <ol class="ranked" aria-label=texts::BY_RANK>
                        <For each=move || rows.get() key=|row| *row let:row>
                            <Ranked row rows pair/>
                        </For>
                        <Show when=move || { rated.get() && rows.with(|rows| rows.len() > 1) }>
                            <li class="ratings"><RatingChart rows/></li>
                        </Show>
                    </ol>
                </Show>
            </section>
        </div>
    }
}

/// The images, and how they were made where an archive tells.
fn ask_for_images(store: Store, rows: Memo<Vec<u64>>, by_prompt: Memo<bool>) {
    Effect::new(move || {
        // What is shown otherwise asks for its own.
        if !by_prompt.get() {
            return;
        }
        let px = size_px(IMAGE_PX);
        let wants = rows.get().into_iter().filter(|row| store.wants_row(*row));
        let wants = wants.map(|row| Want::of(row, px)).collect();
        store.images.look_at(Part::View, if store.images.saving.get() { Vec::new() } else { wants });
    });
    let tells = Memo::new(move |_| store.places().is_some_and(|places| places.knows_settings()));
    Effect::new(move || {
        let wanted = tells.get() && by_prompt.get() && !store.images.saving.get();
        store.images.look_at_makings(Part::View, if wanted { rows.get() } else { Vec::new() });
    });
    on_cleanup(move || {
        store.images.look_at(Part::View, Vec::new());
        store.images.look_at_makings(Part::View, Vec::new());
    });
}
