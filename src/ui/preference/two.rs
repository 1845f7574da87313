//! Two images side by side, and which of them people prefer.

use super::{Answer, Looked};
use crate::protocol::Cell;
use crate::protocol::display::number;
use crate::protocol::images::{Spot, Want, is_address};
use crate::protocol::pairs::{PairAt, Verdict};
use crate::protocol::texts::{common, pairs as texts};
use crate::ui::gallery::tile::prompt_in;
use crate::ui::store::facts;
use crate::ui::store::{Commit, DIFFERING, Part, PickFor, RowData, Sided, Sight, Store, size_px, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::keys::key_action;
use crate::ui::widgets::picture::PictureOf;
use crate::view::keys::{PAIR, PairKey};
use crate::view::pairs::PairsView;
use crate::view::roles::Role;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// Length of an image on the screen.
const IMAGE_PX: f64 = 480.0;

/// What differs between two images, by name.
type Difference = (String, String, String);

/// A pair as it is shown: which image is on the left.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    pair: PairAt,
    /// Whether the second image is on the left: in files the better one often comes first.
    is_swapped: bool,
}

impl Shown {
    fn new(pair: PairAt) -> Self {
        // The same pair stands the same way each time.
        let items = pair.listed.iter().flat_map(|listed| listed.iter()).map(|one| u64::from(one.item) + 1);
        let all = [pair.rows.0, pair.rows.1].into_iter().chain(items);
        let mixed = all.fold(0_u64, |mixed, one| mixed.wrapping_mul(31).wrapping_add(one));
        let mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self { pair, is_swapped: mixed >> 63 == 1 }
    }

    /// The verdict, by side.
    fn verdict(&self) -> Option<Verdict> {
        let verdict = self.pair.verdict?;
        Some(match (verdict, self.is_swapped) {
            (Verdict::First, true) => Verdict::Second,
            (Verdict::Second, true) => Verdict::First,
            (verdict, _) => verdict,
        })
    }

    /// The image on a side: 0 on the left.
    fn want(&self, store: Store, side: usize, px: u32) -> Option<Want> {
        // What a row lists are names.
        if self.pair.listed.is_some() {
            return None;
        }
        let (first, second) = self.pair.rows;
        let is_first = (side == 0) != self.is_swapped;
        if first != second {
            return Some(Want::of(if is_first { first } else { second }, px));
        }
        let column = store.role(if is_first { Role::ImageA } else { Role::ImageB })?;
        let (place, is_elsewhere) = store.opened.with(|opened| {
            let pictures = &opened.as_ref()?.pictures;
            let place = pictures.iter().position(|picture| picture.name == column)?;
            Some((place, pictures.get(place)?.is_address))
        })?;
        // The name of a file elsewhere is no address, and is told as it is.
        if is_elsewhere
            && !matches!(row_of(store, first)?.cell(&column), Some(Cell::Text(text)) if is_address(text.trim()))
        {
            return None;
        }
        let column = u8::try_from(place + 1).ok()?;
        Some(Want { spot: Spot { column, item: 0 }, ..Want::of(first, px) })
    }
}

/// The pair that is looked at.
#[component]
pub fn TwoImages(answer: Answer, two: Memo<bool>, looked_at: Looked) -> impl IntoView {
    let store = use_store();
    let blind = RwSignal::new(false);
    let chosen = RwSignal::new(None::<Verdict>);
    let at = Memo::new(move |_| looked_at.with(|view| view.at));
    let go_to =
        move |at: u64| store.look_at_pairs(&PairsView { at, ..looked_at.get_untracked() }, Commit::Replace);
    let total = Memo::new(move |_| {
        answer.with(|answer| {
            let count = &answer.as_ref()?.count;
            // Rows without a verdict are looked at as well.
            let without = if two.get() { count.without } else { 0 };
            Some(count.ordered + count.tied + without)
        })
    });
    // While the next answer is on its way, the pairs of the one before serve.
    let pair_at = move |at: u64| {
        answer.with(|answer| {
            let answer = answer.as_ref()?;
            let place = usize::try_from(at.checked_sub(answer.first)?).ok()?;
            answer.pairs.get(place).cloned().map(Shown::new)
        })
    };
    let shown = Memo::new(move |_| pair_at(at.get()));
    let next = Memo::new(move |_| pair_at(at.get() + 1));
    // The answer of another choice of pairs may be told late.
    Effect::new(move || {
        if let Some(total) = total.get().filter(|total| *total > 0 && at.get() >= *total) {
            go_to(total - 1);
        }
    });
    Effect::new(move || {
        at.track();
        chosen.set(None);
    });
    look_at(store, shown, next);
    let verdict = move || shown.with(|shown| shown.as_ref()?.verdict());
    let is_told = Memo::new(move |_| !blind.get() || chosen.get().is_some());
    let go = move |by: i64| {
        let to = at.get_untracked().saturating_add_signed(by);
        if total.get_untracked().is_some_and(|total| to < total) && to != at.get_untracked() {
            go_to(to);
        }
    };
    let choose = move |own: Verdict| {
        if chosen.get_untracked().is_some() || !blind.get_untracked() {
            return;
        }
        if let Some(verdict) = untrack(verdict) {
            store.count_agreed(Some(verdict == own));
            chosen.set(Some(own));
        }
    };
    let keys = move |event: KeyboardEvent| {
        let Some(action) = key_action(PAIR, &event) else { return };
        match action {
            PairKey::Previous => go(-1),
            PairKey::Next => go(1),
            PairKey::Left => choose(Verdict::First),
            PairKey::Right => choose(Verdict::Second),
            PairKey::Neither => choose(Verdict::Tie),
        }
        event.prevent_default();
    };
    let place = move || total.get().filter(|total| *total > 0).map(|total| texts::place(at.get(), total));
    let side = move |side: usize| {
        let want = Memo::new(move |_| shown.get()?.want(store, side, size_px(IMAGE_PX)));
        let sight = Signal::derive(move || want.get().map_or(Sight::Clear, |want| store.sight_of(want)));
        let own = if side == 0 { Verdict::First } else { Verdict::Second };
        let is_better = move || is_told.get() && verdict() == Some(own);
        let name = if side == 0 { texts::FIRST } else { texts::SECOND };
        view! {
            <figure data-better=move || is_better().then_some("")>
                <div class="pref-image">
                    <PictureOf want=want sight=sight name=name/>
                    <Show when=move || shown.with(Option::is_some) && want.with(Option::is_none)>
                        {name_of(store, shown, side)}
                    </Show>
                </div>
                <figcaption>{move || is_better().then_some(texts::PREFERRED)}</figcaption>
            </figure>
        }
    };
    view! {
        <div class="pref-two" tabindex="0" role="group" aria-label=texts::ONE_PAIR on:keydown=keys>
            <div class="pref-bar">
                <button type="button" class="button" data-kind="icon" aria-label=texts::PREVIOUS disabled=move || at.get() == 0 on:click=move |_| go(-1)>
                    {icon(Icon::Previous)}
                </button>
                <button type="button" class="button" data-kind="icon" aria-label=texts::NEXT disabled=move || total.get().is_none_or(|total| at.get() + 1 >= total) on:click=move |_| go(1)>
                    {icon(Icon::Next)}
                </button>
                <span>{place}</span>
                <label class="choice">
                    <input type="checkbox" prop:checked=move || blind.get() on:change=move |_| blind.update(|blind| *blind = !*blind)/>
                    <span>{texts::BLIND}</span>
                </label>
            </div>
            <Show when=move || total.get() == Some(0)>
                <p class="pref-note">{texts::NONE_HERE}</p>
            </Show>
            <Show when=move || total.get() != Some(0)>
                <p class="pref-prompt">{move || prompt(store, shown.get())}</p>
                <div class="pref-images">{side(0)} {side(1)}</div>
                <p class="pref-verdict" role="status">
                    {move || match (shown.get(), is_told.get()) {
                        (None, _) | (_, false) => String::new(),
                        (Some(_), true) => verdict().map_or(texts::NO_VERDICT, texts::verdict).to_owned(),
                    }}
                </p>
                <Show when=move || blind.get()>
                    <div class="pref-bar">
                        {[(Verdict::First, texts::CHOOSE_FIRST), (Verdict::Tie, texts::CHOOSE_TIE), (Verdict::Second, texts::CHOOSE_SECOND)]
                            .map(|(own, title)| {
                                view! {
                                    <button
                                        type="button"
                                        class="button"
                                        data-kind="line"
                                        data-size="small"
                                        aria-pressed=move || (chosen.get() == Some(own)).to_string()
                                        disabled=move || chosen.get().is_some_and(|chosen| chosen != own)
                                        on:click=move |_| choose(own)
                                    >
                                        {title}
                                    </button>
                                }
                            })
                            .collect_view()}
                    </div>
                    <p class="pref-note">
                        {move || { let (agreed, judged) = store.pairs.agreed.get(); texts::agreement(agreed, judged) }}
                        " "
                        <button type="button" class="button" data-kind="link" data-size="small" on:click=move |_| store.count_agreed(None)>
                            {texts::FORGET}
                        </button>
                    </p>
                </Show>
                <Show when=move || is_told.get()>
                    {move || differences(store, shown.get())}
                </Show>
                <p class="pref-note">{texts::KEYS}</p>
            </Show>
        </div>
    }
}

/// Asks for what is shown of the pair, and for the images of the next one behind it.
fn look_at(store: Store, shown: Memo<Option<Shown>>, next: Memo<Option<Shown>>) {
    let px = size_px(IMAGE_PX);
    let wants = move |pair: Option<Shown>| {
        let of = |pair: &Shown| {
            [0, 1].map(|side| pair.want(store, side, px).filter(|want| store.wants_image(*want)))
        };
        pair.iter().flat_map(of).flatten().collect::<Vec<_>>()
    };
    Effect::new(move || {
        let is_saving = store.images.saving.get();
        let (now, next) = (shown.get(), next.get());
        let rows = [&now, &next].into_iter().flatten().flat_map(|pair| [pair.pair.rows.0, pair.pair.rows.1]);
        let mut rows: Vec<u64> = rows.collect();
        rows.dedup();
        store.pick(PickFor::Pair, rows);
        store.images.look_at(Part::View, if is_saving { Vec::new() } else { wants(now) });
        store.images.look_at(Part::Ahead, if is_saving { Vec::new() } else { wants(next) });
    });
    on_cleanup(move || {
        store.pick(PickFor::Pair, Vec::new());
        store.images.look_at(Part::View, Vec::new());
        store.images.look_at(Part::Ahead, Vec::new());
    });
}

fn row_of(store: Store, row: u64) -> Option<Arc<RowData>> {
    store.compare.rows.with(|rows| rows.get(&row).cloned())
}

fn prompt(store: Store, shown: Option<Shown>) -> Option<String> {
    prompt_in(store, row_of(store, shown?.pair.rows.0)?.as_ref())
}

/// What an image is called that is neither in the file nor at an address.
fn name_of(store: Store, shown: Memo<Option<Shown>>, side: usize) -> impl IntoView {
    move || {
        let shown = shown.get()?;
        let is_first = (side == 0) != shown.is_swapped;
        if let Some([first, second]) = shown.pair.listed.as_deref() {
            let name = if is_first { &first.name } else { &second.name };
            return Some(view! { <span>{name.clone()}</span> });
        }
        let column = store.role(if is_first { Role::ImageA } else { Role::ImageB })?;
        let row = row_of(store, shown.pair.rows.0)?;
        let Some(Cell::Text(address)) = row.cell(&column).cloned() else { return None };
        (!is_address(address.trim())).then(|| view! { <span>{address}</span> })
    }
}

/// What the table knows of the two, where it differs.
fn differences(store: Store, shown: Option<Shown>) -> Option<AnyView> {
    let shown = shown?;
    let (first, second) = shown.pair.rows;
    let (first, second) = (row_of(store, first)?, row_of(store, second)?);
    let mut found = if let Some([first, second]) = shown.pair.listed.as_deref() {
        let role = if store.role(Role::Rank).is_some() { Role::Rank } else { Role::Rating };
        let (a, b) = (number(first.number), number(second.number));
        (a != b).then(|| (role.title().to_owned(), a, b)).into_iter().collect()
    } else if shown.pair.rows.0 == shown.pair.rows.1 {
        sided(store, &first)
    } else {
        known(store, &first, &second)
    };
    if shown.is_swapped {
        found = found.into_iter().map(|(name, first, second)| (name, second, first)).collect();
    }
    let row = |(name, left, right): Difference| {
        view! { <tr><td>{left}</td><th scope="row">{name}</th><td>{right}</td></tr> }
    };
    Some(if found.is_empty() {
        view! { <p class="pref-note">{texts::NOTHING_DIFFERS}</p> }.into_any()
    } else {
        view! {
            <table class="pref-differs">
                <caption class="hidden">{texts::DIFFERS}</caption>
                <tbody>{found.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    })
}

/// Columns about each of the two images of a row.
fn sided(store: Store, row: &RowData) -> Vec<Difference> {
    let columns = store.sided_columns().into_iter();
    let differs = columns.filter_map(|Sided { title, first, second }| {
        let (a, b) = (words(&first, row.cell(&first)?)?, words(&second, row.cell(&second)?)?);
        (a != b).then_some((title, a, b))
    });
    differs.collect()
}

/// Columns that say how images were made and what people thought of them.
fn known(store: Store, first: &RowData, second: &RowData) -> Vec<Difference> {
    let differs = DIFFERING.into_iter().filter_map(|role| {
        let column = store.role(role)?;
        let (a, b) = (words(&column, first.cell(&column)?)?, words(&column, second.cell(&column)?)?);
        (a != b).then(|| (role.title().to_owned(), a, b))
    });
    differs.collect()
}

fn words(column: &str, cell: &Cell) -> Option<String> {
    match cell {
        Cell::Pending | Cell::Failed => None,
        Cell::Null => Some(common::NONE.to_owned()),
        cell => facts::cell_full(column, cell),
    }
}
