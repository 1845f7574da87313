//! Compare: the images of one prompt by rank, with what people thought of them.

pub mod list;
pub mod pair;

use crate::protocol::Cell;
use crate::protocol::compare::Group;
use crate::protocol::display;
use crate::protocol::figure::{self, Drawn};
use crate::protocol::images::{MakingOutcome, Settings, Want};
use crate::protocol::texts::{common, compare as texts};
use crate::ui::charts::save::SaveChart;
use crate::ui::compare::list::PromptList;
use crate::ui::compare::pair::Pair;
use crate::ui::gallery::tile::prompt_in;
use crate::ui::store::{Part, PickFor, RowData, Sight, Store, size_px, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::picture::PictureOf;
use crate::view::roles::Role;
use crate::view::url;
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
    Effect::new(move || {
        let px = size_px(IMAGE_PX);
        let wants = rows.get().into_iter().map(|row| Want { row, px }).collect();
        store.images.look_at(Part::View, if store.images.saving.get() { Vec::new() } else { wants });
    });
    // How they were made, where an archive tells.
    let tells = Memo::new(move |_| store.places().is_some_and(|places| places.knows_settings()));
    Effect::new(move || {
        let wanted = tells.get() && !store.images.saving.get();
        store.images.look_at_makings(Part::View, if wanted { rows.get() } else { Vec::new() });
    });
    on_cleanup(move || {
        store.images.look_at(Part::View, Vec::new());
        store.images.look_at_makings(Part::View, Vec::new());
    });
    let untold = Memo::new(move |_| {
        let rows = rows.get();
        store.images.makings.with(|makings| {
            rows.iter().find_map(|row| match makings.get(row) {
                Some(MakingOutcome::Failed(failure)) => Some((*row, failure.message.clone())),
                Some(MakingOutcome::Known(_)) | None => None,
            })
        })
    });
    let head = Memo::new(move |_| {
        let first = rows.get().first().copied()?;
        store.compare.rows.with(|rows| rows.get(&first).cloned())
    });
    let count = move || groups.with(|groups| groups.as_ref().map_or(0, |groups| groups.len()));
    let rated =
        move || store.compare.groups.with(|groups| groups.as_ref().is_some_and(|groups| groups.rated));
    let prompt =
        move || head.with(|head| head.as_ref().and_then(|row| prompt_in(store, row)).unwrap_or_default());
    let facts = move || {
        let images = rows.with(Vec::len);
        let text = |role: Role| {
            head.with(|head| match head.as_ref().and_then(|row| row.cell(&store.role(role)?).cloned()) {
                Some(Cell::Text(text)) => Some(text),
                _ => None,
            })
        };
        let pairs = images * images.saturating_sub(1) / 2;
        let parts =
            [text(Role::Group), text(Role::Category), Some(texts::images(images)), Some(texts::pairs(pairs))];
        parts.into_iter().flatten().collect::<Vec<_>>().join(common::SEPARATOR)
    };
    let elsewhere = Memo::new(move |_| store.in_source(head.get()?.as_ref()));
    let go = move |by: isize| {
        if let Some(to) = chosen.get_untracked().checked_add_signed(by).filter(|to| *to < count()) {
            chosen.set(to);
        }
    };
    view! {
        <div class="compare">
            <PromptList groups order chosen shown=rows/>
            <section class="compare-main" aria-label=texts::IMAGES>
                <header class="compare-head">
                    <h2>{prompt}</h2>
                    <button type="button" class="button" data-kind="icon" aria-label=texts::PREVIOUS disabled=move || chosen.get() == 0 on:click=move |_| go(-1)>
                        {icon(Icon::Previous)}
                    </button>
                    <button type="button" class="button" data-kind="icon" aria-label=texts::NEXT disabled=move || { chosen.get() + 1 >= count() } on:click=move |_| go(1)>
                        {icon(Icon::Next)}
                    </button>
                    <p>
                        <span>{facts}</span>
                        {move || elsewhere.get().map(|spec| view! { <FindElsewhere spec/> })}
                    </p>
                    {move || {
                        untold
                            .get()
                            .map(|(row, message)| {
                                view! {
                                    <p class="compare-note">
                                        {icon(Icon::Alert)}
                                        {texts::not_told(&message)}
                                        <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.images.retry(row)>
                                            {common::RETRY}
                                        </button>
                                    </p>
                                }
                            })
                    }}
                    <Show when=move || groups.with(Option::is_some) && !rated()>
                        <p class="compare-note">
                            {icon(Icon::Info)} {texts::NO_RATINGS}
                        </p>
                    </Show>
                </header>
                <Show when=move || pair.with(|pair| pair.len() == 2)>
                    <Pair rows=pair/>
                </Show>
                <ol class="ranked" aria-label=texts::BY_RANK>
                    <For each=move || rows.get() key=|row| *row let:row>
                        <Ranked row rows pair/>
                    </For>
                    <Show when=move || { rated() && rows.with(|rows| rows.len() > 1) }>
                        <li class="ratings"><RatingChart rows/></li>
                    </Show>
                </ol>
            </section>
        </div>
    }
}

/// The prompt that is looked at is in the link: by its number among those that match, as they stand in the
/// file. A row in the link whose details are open counts more.
fn in_link(groups: Memo<Option<Arc<Vec<Group>>>>, order: RwSignal<Order>, chosen: RwSignal<usize>) {
    let store = use_store();
    let same = |a: &Group, b: &Group| a.rows.0.first() == b.rows.0.first();
    // Of the prompt with this place in the list, its number.
    let number = move |place: usize| {
        let group = groups.with_untracked(|groups| groups.as_ref()?.get(place).cloned())?;
        let all = store.compare.groups.get_untracked()?;
        all.groups.iter().position(|other| same(other, &group)).map(|number| number as u64)
    };
    // Of the prompt with this number, its place in the list.
    let place = move |number: u64| {
        let all = store.compare.groups.get_untracked()?;
        let group = all.groups.get(usize::try_from(number).ok()?)?;
        groups.with_untracked(|groups| groups.as_ref()?.iter().position(|other| same(other, group)))
    };
    let at = Memo::new(move |_| store.spec.with(|spec| spec.at.unwrap_or(0)));
    Effect::new(move |before: Option<Order>| {
        let (row, order) = (store.spec.with_untracked(|spec| spec.row), order.get());
        let of_row = groups.get().zip(row).and_then(|(groups, row)| {
            groups.iter().position(|group| group.rows.0.iter().any(|other| u64::from(*other) == row))
        });
        // In another order the list begins anew.
        let of_link = || {
            let at = at.get_untracked();
            place(at).filter(|_| at > 0 && before.is_none_or(|before| before == order))
        };
        chosen.set(of_row.or_else(of_link).unwrap_or(0));
        order
    });
    Effect::new(move || {
        if let Some(number) = number(chosen.get()).filter(|number| *number != at.get_untracked()) {
            store.set_at(number);
        }
    });
    // A step back, or another link.
    Effect::new(move || {
        let at = at.get();
        if let Some(place) = place(at).filter(|_| number(chosen.get_untracked()) != Some(at)) {
            chosen.set(place);
        }
    });
}

/// One image with its rank and its ratings.
#[component]
fn Ranked(row: u64, rows: Memo<Vec<u64>>, pair: RwSignal<Vec<u64>>) -> impl IntoView {
    let store = use_store();
    let data = Memo::new(move |_| store.compare.rows.with(|rows| rows.get(&row).cloned()));
    let want = Want { row, px: size_px(IMAGE_PX) };
    let rank = move || data.with(|data| data.as_ref().and_then(|data| number_of(store, data, Role::Rank)));
    let words = move || {
        let of = rows.with(Vec::len);
        let rank = rank()?;
        let ties = store.compare.rows.with(|all| {
            rows.with(|rows| {
                rows.iter()
                    .filter(|other| {
                        all.get(other).and_then(|data| number_of(store, data, Role::Rank)) == Some(rank)
                    })
                    .count()
            })
        });
        let place = if rank <= 1.0 { texts::best_of(of) } else { String::new() };
        let tie = if ties > 1 { texts::shared_by(ties) } else { String::new() };
        Some(
            [place, tie]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(common::SEPARATOR),
        )
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
                <PictureOf want=Signal::derive(move || Some(want)) sight=Signal::derive(|| Sight::Clear) name=Signal::derive(name)/>
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
                    view! {
                        <Show when=move || value().is_some()>
                            <p class="rating" data-column=store.role(role)>
                                <span>{title}</span>
                                <span class="pips" aria-hidden="true">
                                    {(1..=BEST)
                                        .map(|pip| {
                                            view! { <i data-on=move || value().is_some_and(|value| pip as f64 <= value).then_some("")></i> }
                                        })
                                        .collect_view()}
                                </span>
                                <b>{move || value().map(display::number)}</b>
                            </p>
                        </Show>
                    }
                })
                .into_iter()
                .collect_view()}
            {move || made().map(|made| view! { <p class="made">{made}</p> })}
        </li>
    }
}

/// The way to the same prompt in the table that its images are from.
#[component]
fn FindElsewhere(spec: crate::view::spec::Spec) -> impl IntoView {
    let store = use_store();
    let link = format!("?{}", url::print(&spec));
    let visit = move |event: leptos::ev::MouseEvent| {
        // With a modifier the browser does what it does with links.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            store.visit(spec.clone());
        }
    };
    view! { <a class="link" href=link on:click=visit>{texts::FIND_ELSEWHERE}</a> }
}

/// How an image was made, on one line.
pub fn made_with(settings: &Settings) -> String {
    let Settings { seed, cfg, steps, sampler, source: _ } = settings;
    let parts = [
        cfg.map(|cfg| texts::cfg(&display::number(cfg))),
        steps.map(|steps| texts::steps(&display::number(steps))),
        sampler.clone(),
        seed.map(|seed| texts::seed(&display::number(seed))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(common::SEPARATOR)
}

/// The three ratings from the best rank to the last one.
#[component]
fn RatingChart(rows: Memo<Vec<u64>>) -> impl IntoView {
    let store = use_store();
    let lines = move || {
        let rows = rows.get();
        let last = rows.len().saturating_sub(1).max(1) as f64;
        store.compare.rows.with(|all| {
            RATINGS.map(|(role, _)| {
                let points = rows.iter().enumerate().filter_map(|(at, row)| {
                    let value = number_of(store, all.get(row)?, role)?;
                    let (x, y) = (at as f64 / last * 100.0, (BEST as f64 - value) / (BEST - 1) as f64 * 60.0);
                    Some(format!("{x:.2},{y:.2}"))
                });
                points.collect::<Vec<_>>().join(" ")
            })
        })
    };
    let ranks = move || {
        rows.with(|rows| {
            store.compare.rows.with(|all| {
                let rank = |row| all.get(row).and_then(|data| number_of(store, data, Role::Rank));
                rows.iter().map(|row| rank(row).map(display::number).unwrap_or_default()).collect::<Vec<_>>()
            })
        })
    };
    let drawn = move |()| {
        let rows = rows.get_untracked();
        let lines = untrack(|| {
            store.compare.rows.with(|all| {
                let values = |role| rows.iter().map(|row| number_of(store, all.get(row)?, role)).collect();
                RATINGS.map(|(role, title)| (title.to_owned(), values(role))).to_vec()
            })
        });
        let (across, places) = (texts::RANKS_AXIS.to_owned(), untrack(ranks));
        Some(Drawn::Lines(figure::Lines { across, places, lines, scale: (1.0, BEST as f64) }))
    };
    let line = move |which: usize| move || lines().get(which).cloned().unwrap_or_default();
    view! {
        <div class="ratings-head">
            <h3>{texts::RATINGS_BY_RANK}</h3>
            <SaveChart title=texts::RATINGS_CHART.to_owned() name="ratings".to_owned() chart=Callback::new(drawn)/>
        </div>
        <div class="ratings-plot">
        <ol class="ratings-up" aria-hidden="true"><li>"7"</li><li>"4"</li><li>"1"</li></ol>
        <svg viewBox="-2 -3 104 66" preserveAspectRatio="none" role="img" aria-label=texts::RATINGS_LABEL>
            {(0..BEST).map(|at| view! { <path class="rating-grid" d=format!("M0 {}H100", at * 10)/> }).collect_view()}
            {(0..RATINGS.len()).map(|which| view! { <polyline class="rating-line" data-of=RATINGS.get(which).map(|(_, title)| *title) points=line(which)/> }).collect_view()}
        </svg>
        <ol class="ratings-across" aria-hidden="true">
            {move || ranks().into_iter().map(|rank| view! { <li>{rank}</li> }).collect_view()}
        </ol>
        </div>
        <ul class="rating-key" aria-hidden="true">
            {RATINGS.map(|(_, title)| view! { <li data-of=title>{title}</li> }).into_iter().collect_view()}
        </ul>
    }
}

/// A number of a row, if it is read and there.
pub fn number_of(store: Store, row: &RowData, role: Role) -> Option<f64> {
    match row.cell(&store.role(role)?)? {
        Cell::Number(value) => Some(*value),
        _ => None,
    }
}
