//! The images of one prompt, each with its rank and its ratings.

use crate::protocol::display;
use crate::protocol::images::{MakingOutcome, Settings, Want};
use crate::protocol::texts::{common, compare as texts};
use crate::ui::compare::{BEST, IMAGE_PX, RATINGS};
use crate::ui::store::{RowData, Store, size_px, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::picture::PictureOf;
use crate::view::roles::Role;
use leptos::prelude::*;

/// One image with its rank and its ratings.
#[component]
pub fn Ranked(row: u64, rows: Memo<Vec<u64>>, pair: RwSignal<Vec<u64>>) -> impl IntoView {
    let store = use_store();
    let data = Memo::new(move |_| store.compare.rows.with(|rows| rows.get(&row).cloned()));
    let want = Want::of(row, size_px(IMAGE_PX));
    let rank = move || data.with(|data| data.as_ref().and_then(|data| number_of(store, data, Role::Rank)));
    let words = move || {
        let rank = rank()?;
        let is_tied = |row: &&u64| rank_of(store, **row) == Some(rank);
        rows.with(|rows| Some(rank_words(rank, rows.len(), rows.iter().filter(is_tied).count())))
    };
    let picked = move || pair.with(|pair| pair.contains(&row));
    let pick = move |_| {
        pair.update(|pair| {
            if pair.contains(&row) {
                pair.retain(|other| *other != row);
            } else {
                pair.push(row);
                if pair.len() > 2 {
                    pair.remove(0);
                }
            }
        });
    };
    let made = move || {
        store.images.makings.with(|makings| match makings.get(&row) {
            Some(MakingOutcome::Known(settings)) => Some(made_with(settings)),
            Some(MakingOutcome::Failed(_)) | None => None,
        })
    };
    let name = move || match rank() {
        Some(rank) => texts::image_of_rank(&display::number(rank)),
        None => texts::AN_IMAGE.to_owned(),
    };
    view! {
        <li data-row=row.to_string()>
            <div class="ranked-image">
                <PictureOf want=Signal::derive(move || Some(want)) sight=Signal::derive(move || store.sight_of_row(row)) name=Signal::derive(name)/>
                <button type="button" class="detail-open" aria-label=move || texts::details_of(&name()) on:click=move |_| store.select_row(Some(row))></button>
            </div>
            <p class="rank">
                <b>{move || rank().map(display::number)}</b>
                <span>{words}</span>
                <button type="button" class="button" data-size="small" aria-pressed=move || picked().to_string() on:click=pick>
                    {icon(Icon::Compare)} <span class="hidden">{texts::COMPARE_IMAGE}</span>
                </button>
            </p>
            {RATINGS
                .map(|(role, title)| {
                    let value = move || data.with(|data| data.as_ref().and_then(|data| number_of(store, data, role)));
                    view! { <Rating role title value=Signal::derive(value)/> }
                })
                .into_iter()
                .collect_view()}
            {move || made().map(|made| view! { <p class="made">{made}</p> })}
        </li>
    }
}

/// One rating, where the image has it.
#[component]
fn Rating(role: Role, title: &'static str, value: Signal<Option<f64>>) -> impl IntoView {
    let store = use_store();
    let pip = move |pip: usize| {
        view! { <i data-on=move || value.get().is_some_and(|value| pip as f64 <= value).then_some("")></i> }
    };
    view! {
        <Show when=move || value.get().is_some()>
            <p class="rating" data-column=store.role(role)>
                <span>{title}</span>
                <span class="pips" aria-hidden="true">{(1..=BEST).map(pip).collect_view()}</span>
                <b>{move || value.get().map(display::number)}</b>
            </p>
        </Show>
    }
}

/// The rank of a row, if it is read.
pub fn rank_of(store: Store, row: u64) -> Option<f64> {
    store.compare.rows.with(|rows| rows.get(&row).and_then(|data| number_of(store, data, Role::Rank)))
}

/// What a rank means among so many images, of which so many have it.
fn rank_words(rank: f64, images: usize, ties: usize) -> String {
    let place = (rank <= 1.0).then(|| texts::best_of(images));
    let tie = (ties > 1).then(|| texts::shared_by(ties));
    place.into_iter().chain(tie).collect::<Vec<_>>().join(common::SEPARATOR)
}

/// How an image was made, on one line.
fn made_with(settings: &Settings) -> String {
    let Settings { seed, cfg, steps, sampler, source: _ } = settings;
    let parts = [
        cfg.map(|cfg| texts::cfg(&display::number(cfg))),
        steps.map(|steps| texts::steps(&display::number(steps))),
        sampler.clone(),
        seed.map(|seed| texts::seed(&display::number(seed))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(common::SEPARATOR)
}

/// A number of a row, if it is read and there.
pub fn number_of(store: Store, row: &RowData, role: Role) -> Option<f64> {
    row.cell(&store.role(role)?)?.number()
}
