//! The images that the page has, those that it lacks, and which of them may be seen.
//!
//! Parts of the page say what they show; what is lacking of it is asked of the data thread, the most
//! important first. Pictures are kept as object URLs up to a bound and released with it.

use super::RowData;
use super::state::State;
use crate::base::numbers;
use crate::protocol::images::{
    Failure, Image, ImageColumn, Images, MAX_WANTS, Making, MakingOutcome, Outcome, Picture, Want,
};
use crate::protocol::{Cell, Request};
use crate::ui::runtime::host;
use crate::view::catalog;
use crate::view::catalog::THUMBNAILS;
use crate::view::catalog::images::Images as Places;
use crate::view::host::Place;
use crate::view::roles::Role;
use crate::view::spec::{Spec, TableRef};
use crate::view::views::{Needs, View};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// The most pictures that are kept.
const MAX_SHOTS: usize = 400;

/// The most bytes of image files that are kept.
const MAX_SHOT_BYTES: usize = 64 << 20;

/// The sizes that images are asked for in, so that one serves tiles of about the same size.
const SIZES_PX: [u32; 9] = [64, 96, 128, 192, 256, 384, 512, 768, 1_024];

/// What scrolls by faster than this is not asked for.
const REST: Duration = Duration::from_millis(90);

/// Scores above this are blurred, unless someone has chosen otherwise.
const USUAL_THRESHOLD: f64 = 0.2;

const THRESHOLD_KEY: &str = "vitrine.blur";
const PREVIEWS_KEY: &str = "vitrine.previews";
const IN_TABLE_KEY: &str = "vitrine.table-images";

/// What became of an image.
#[derive(Clone, Debug, PartialEq)]
pub enum Shot {
    /// It is here.
    Here(Arc<Shown>),
    /// It can't be had.
    Failed(Failure),
}

/// A picture that is here.
#[derive(Debug, PartialEq)]
pub struct Shown {
    /// Its object URL.
    pub url: String,
    /// What is known of it; its bytes are with the browser.
    pub facts: Picture,
    /// Whether it was made smaller for a tile.
    pub smaller: bool,
    bytes: usize,
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = web_sys::Url::revoke_object_url(&self.url);
    }
}

/// Whether an image may be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sight {
    /// As it is.
    Clear,
    /// Blurred: its higher score is above the threshold, or not known.
    Blurred(Option<f64>),
    /// Its generator had blurred it already: it is not even asked for.
    Flagged,
    /// It is at an address that nobody has clicked on: it is not asked for until then.
    Unasked,
}

impl Sight {
    /// Whether the image is asked for at all.
    pub fn is_asked_for(self) -> bool {
        match self {
            Self::Clear | Self::Blurred(_) => true,
            Self::Flagged | Self::Unasked => false,
        }
    }
}

/// Where the images of the open table are.
#[derive(Clone, Debug, PartialEq)]
pub enum Pictures {
    /// Where the catalogue says.
    Known(Places),
    /// In the table itself.
    Embedded,
    /// At the addresses of this column.
    Addresses(String),
}

/// The parts of the page that show images, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The one whose details are open.
    Detail,
    /// The view.
    View,
    /// Others with the same prompt as the one whose details are open.
    Same,
    /// The list beside the view.
    List,
    /// What may be looked at next.
    Ahead,
    /// The one after that of the details.
    Next,
}

/// The images of the page. Copies are the same images.
#[derive(Clone, Copy)]
pub struct ImageStore {
    /// Counts up with every image that comes or goes.
    pub news: State<u64>,
    /// Scores above this are blurred.
    pub threshold: State<f64>,
    /// Whether small previews are read where there are some.
    pub previews: State<bool>,
    /// Whether rows of the table have their images.
    pub in_table: State<bool>,
    /// Whether the browser asks to save data, until someone wants images all the same.
    pub saving: State<bool>,
    /// Rows that someone wants to see although they are blurred or flagged.
    pub revealed: State<BTreeSet<u64>>,
    /// Rows whose addresses someone wants to be asked.
    pub clicked: State<BTreeSet<u64>>,
    /// How images were made, by row.
    pub makings: State<BTreeMap<u64, MakingOutcome>>,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    shots: BTreeMap<Want, (Shot, u64)>,
    clock: u64,
    wanted: BTreeMap<Part, Vec<Want>>,
    /// Rows of which it is wanted how their images were made, by who wants it.
    wanted_makings: BTreeMap<Part, Vec<u64>>,
    sent: Option<Images>,
    due: bool,
    send: Option<Box<dyn Fn(Request)>>,
    /// Another place of previews, as someone has set it.
    previews_at: Option<String>,
    /// Whether the Hub is the usual one: with another one nothing else is asked.
    usual_hub: bool,
}

impl Default for ImageStore {
    /// No images; settings as they were chosen before.
    fn default() -> Self {
        let kept = |key: &str| storage().and_then(|storage| storage.get_item(key).ok().flatten());
        let threshold = kept(THRESHOLD_KEY).and_then(|text| numbers::parse(&text));
        let threshold = threshold.filter(|value| (0.0..=1.0).contains(value)).unwrap_or(USUAL_THRESHOLD);
        let previews = kept(PREVIEWS_KEY);
        let saving = saves_data();
        let store = Self {
            news: State::default(),
            threshold: State::new(threshold),
            previews: State::new(previews.as_deref() != Some("off")),
            in_table: State::new(kept(IN_TABLE_KEY).as_deref() != Some("off")),
            saving: State::new(saving),
            revealed: State::default(),
            clicked: State::default(),
            makings: State::default(),
            inner: StoredValue::new_local(Inner {
                previews_at: previews.filter(|address| address.starts_with("http")),
                ..Inner::default()
            }),
        };
        keep(store.threshold, THRESHOLD_KEY, |value| Some(value.to_string()));
        keep(store.in_table, IN_TABLE_KEY, |on| (!on).then(|| "off".to_owned()));
        let at = store.inner.with_value(|inner| inner.previews_at.clone());
        keep(store.previews, PREVIEWS_KEY, move |on| if *on { at.clone() } else { Some("off".to_owned()) });
        Effect::new(move || {
            store.previews.track();
            store.ask_soon();
        });
        store
    }
}

impl ImageStore {
    /// Another table: nothing of the one before is kept but what was revealed of no table.
    pub fn clear(self, usual_hub: bool, send: impl Fn(Request) + 'static) {
        self.inner.update_value(|inner| {
            inner.shots.clear();
            inner.wanted.clear();
            inner.wanted_makings.clear();
            inner.sent = None;
            inner.usual_hub = usual_hub;
            inner.send = Some(Box::new(send));
        });
        self.revealed.set(BTreeSet::new());
        self.clicked.set(BTreeSet::new());
        self.makings.set(BTreeMap::new());
        self.news.update(|news| *news += 1);
    }

    // ------------------------------------------------------------ what is here

    /// The picture of a row for a tile of this length, or why there is none; nothing while it is on
    /// its way. A picture of another size stands in until then.
    pub fn shot(self, want: Want) -> Option<Shot> {
        self.news.track();
        self.inner.try_with_value(|inner| {
            if let Some((shot, _)) = inner.shots.get(&want) {
                return Some(shot.clone());
            }
            let others =
                inner.shots.range(Want { row: want.row, px: 0 }..=Want { row: want.row, px: u32::MAX });
            let mut others =
                others.filter_map(|(_, (shot, _))| matches!(shot, Shot::Here(_)).then_some(shot));
            others.next_back().cloned()
        })?
    }

    /// The shape of a row's image, width over height, if it is here.
    pub fn shape(self, row: u64) -> Option<f64> {
        self.inner.try_with_value(|inner| {
            let mut shots = inner.shots.range(Want { row, px: 0 }..=Want { row, px: u32::MAX });
            shots.find_map(|(_, (shot, _))| match shot {
                Shot::Here(shown) => {
                    Some(f64::from(shown.facts.width_px) / f64::from(shown.facts.height_px.max(1)))
                }
                Shot::Failed(_) => None,
            })
        })?
    }

    /// Takes in what came of a wanted image.
    pub fn receive(self, image: Image) {
        let Image { want, outcome } = image;
        let known = self.inner.with_value(|inner| matches!(inner.shots.get(&want), Some((Shot::Here(_), _))));
        if known {
            return;
        }
        let shot = match outcome {
            Outcome::Picture(mut picture) => {
                let bytes = std::mem::take(&mut picture.bytes);
                match object_url(&bytes, &picture.mime) {
                    Some(url) => Shot::Here(Arc::new(Shown {
                        url,
                        facts: picture,
                        smaller: want.px != 0,
                        bytes: bytes.len(),
                    })),
                    None => return,
                }
            }
            Outcome::Failed(failure) => Shot::Failed(failure),
        };
        self.inner.update_value(|inner| {
            inner.clock += 1;
            super::mark("vitrine:image");
            inner.shots.insert(want, (shot, inner.clock));
            inner.evict();
        });
        self.news.update(|news| *news += 1);
        let opened =
            |inner: &Inner| inner.wanted.get(&Part::Detail).is_some_and(|wants| wants.contains(&want));
        if self.inner.with_value(opened) {
            self.ask_soon();
        }
    }

    /// Takes in how an image was made.
    pub fn receive_making(self, making: Making) {
        /// Rows of which it is kept.
        const MOST: usize = 2_000;
        let Making { row, outcome } = making;
        self.makings.update(|makings| {
            if makings.len() >= MOST {
                makings.clear();
            }
            makings.insert(row, outcome);
        });
    }

    /// Says of which rows a part of the page shows how their images were made.
    pub fn look_at_makings(self, part: Part, rows: Vec<u64>) {
        self.inner.update_value(|inner| drop(inner.wanted_makings.insert(part, rows)));
        self.ask_soon();
    }

    /// Tries again to get the image of a row.
    pub fn retry(self, row: u64) {
        self.inner.update_value(|inner| {
            inner.shots.retain(|want, (shot, _)| want.row != row || matches!(shot, Shot::Here(_)));
            inner.sent = None;
            if let Some(send) = &inner.send {
                send(Request::RetryImage { row });
            }
        });
        self.makings.update(|makings| makings.retain(|_, made| matches!(made, MakingOutcome::Known(_))));
        self.news.update(|news| *news += 1);
        self.ask_soon();
    }

    /// What failed is asked for again.
    pub fn retry_all(self) {
        self.inner.update_value(|inner| {
            inner.shots.retain(|_, (shot, _)| matches!(shot, Shot::Here(_)));
            inner.sent = None;
        });
        self.news.update(|news| *news += 1);
        self.ask_soon();
    }

    // ------------------------------------------------------------ what is lacking

    /// Says what a part of the page shows. What it showed before is no longer wanted.
    pub fn look_at(self, part: Part, wants: Vec<Want>) {
        let changed = self.inner.try_update_value(|inner| {
            inner.clock += 1;
            let clock = inner.clock;
            for want in &wants {
                if let Some((_, used)) = inner.shots.get_mut(want) {
                    *used = clock;
                }
            }
            let changed = inner.wanted.get(&part) != Some(&wants);
            inner.wanted.insert(part, wants);
            changed
        });
        if changed == Some(true) {
            self.ask_soon();
        }
    }

    fn ask_soon(self) {
        let already = self.inner.try_update_value(|inner| std::mem::replace(&mut inner.due, true));
        if already == Some(false) {
            set_timeout(move || self.ask(), REST);
        }
    }

    fn ask(self) {
        let previews = self.previews.try_get_untracked().unwrap_or(false);
        self.inner.try_update_value(|inner| {
            inner.due = false;
            let mut wants: Vec<Want> = Vec::new();
            // The image that someone has opened does not share the line with what is small or beside it.
            let mut opened = inner.wanted.get(&Part::Detail).into_iter().flatten();
            let opening = opened.any(|want| !inner.shots.contains_key(want));
            let now = inner.wanted.iter().filter(|(part, _)| !opening || **part <= Part::View);
            for want in now.flat_map(|(_, wants)| wants) {
                if !inner.shots.contains_key(want) && !wants.contains(want) && wants.len() < MAX_WANTS {
                    wants.push(*want);
                }
            }
            let at = || host::host().catalogue.thumbnails.clone().unwrap_or_else(|| THUMBNAILS.to_owned());
            let usual = inner.usual_hub.then(at);
            let thumbnails = inner.previews_at.clone().or(usual).filter(|_| previews);
            let makings = self.makings.try_with_untracked(|makings| {
                let lacking =
                    inner.wanted_makings.values().flatten().filter(|row| !makings.contains_key(row));
                let mut once = BTreeSet::new();
                once.extend(lacking.copied());
                once
            });
            let settings = makings.into_iter().flatten().take(MAX_WANTS).collect();
            let images = Images { wants, thumbnails, settings };
            let is_new = match &inner.sent {
                Some(sent) => *sent != images,
                None => !images.wants.is_empty() || !images.settings.is_empty(),
            };
            if let Some(send) = inner.send.as_ref().filter(|_| is_new) {
                send(Request::Images(images.clone()));
                inner.sent = Some(images);
            }
        });
    }

    // ------------------------------------------------------------ settings

    /// Blurs images with scores above this.
    pub fn set_threshold(self, threshold: f64) {
        self.threshold.set(threshold.clamp(0.0, 1.0));
    }

    /// Reads small previews, or no more.
    pub fn toggle_previews(self) {
        self.previews.update(|previews| *previews = !*previews);
    }

    /// Shows images in the table, or no more.
    pub fn toggle_in_table(self) {
        self.in_table.update(|shown| *shown = !*shown);
    }

    /// Loads images although the browser asks to save data.
    pub fn load_despite_saving(self) {
        self.saving.set(false);
    }

    // ------------------------------------------------------------ what may be seen

    /// Whether a row's image may be seen; a table without scores has none.
    pub fn sight(self, row: u64, scores: Option<Scores>) -> Sight {
        let Some(Scores { image, prompt, flagged }) = scores else { return Sight::Clear };
        let revealed = self.revealed.with(|revealed| revealed.contains(&row));
        match (image, prompt) {
            _ if revealed => Sight::Clear,
            (Some(image), _) if image >= flagged => Sight::Flagged,
            (Some(image), Some(prompt)) => {
                let score = image.max(prompt);
                if score > self.threshold.get() { Sight::Blurred(Some(score)) } else { Sight::Clear }
            }
            _ => Sight::Blurred(None),
        }
    }

    /// Asks the address of a row.
    pub fn ask_address(self, row: u64) {
        self.clicked.update(|clicked| {
            clicked.insert(row);
        });
    }

    /// Shows a row's image although it is blurred or flagged.
    pub fn reveal(self, row: u64) {
        self.revealed.update(|revealed| {
            revealed.insert(row);
        });
    }
}

/// How likely a row's image is not safe for work.
#[derive(Clone, Copy, Debug)]
pub struct Scores {
    image: Option<f64>,
    prompt: Option<f64>,
    /// From this score on there is nothing to be seen: the generator had blurred the image.
    flagged: f64,
}

impl Inner {
    fn evict(&mut self) {
        let bytes = |shot: &Shot| match shot {
            Shot::Here(shown) => shown.bytes,
            Shot::Failed(_) => 0,
        };
        let mut total: usize = self.shots.values().map(|(shot, _)| bytes(shot)).sum();
        while self.shots.len() > MAX_SHOTS || total > MAX_SHOT_BYTES {
            let mut wanted: BTreeSet<&Want> = BTreeSet::new();
            wanted.extend(self.wanted.values().flatten());
            let oldest = self
                .shots
                .iter()
                .filter(|(want, _)| !wanted.contains(want))
                .min_by_key(|(_, (_, used))| *used)
                .map(|(want, _)| *want);
            let Some(oldest) = oldest else { break };
            if let Some((shot, _)) = self.shots.remove(&oldest) {
                total -= bytes(&shot).min(total);
            }
        }
    }
}

/// The size to ask for where an image is this long on the screen, in the page's pixels.
pub fn size_px(css_px: f64) -> u32 {
    let ratio = window().device_pixel_ratio().clamp(1.0, 3.0);
    let wanted = css_px * ratio;
    SIZES_PX.into_iter().find(|size| f64::from(*size) >= wanted * 0.94).unwrap_or(1_024)
}

fn object_url(bytes: &[u8], mime: &str) -> Option<String> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(mime);
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}

pub(super) fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps a setting on this device; none is its usual value.
pub(super) fn keep<T: Clone + Send + Sync + 'static>(
    setting: State<T>,
    key: &'static str,
    print: impl Fn(&T) -> Option<String> + 'static,
) {
    Effect::new(move |before: Option<()>| {
        let value = setting.with(&print);
        if before.is_some()
            && let Some(storage) = storage()
        {
            let _ = match value {
                Some(value) => storage.set_item(key, &value),
                None => storage.remove_item(key),
            };
        }
    });
}

/// Whether the browser asks pages to save data.
fn saves_data() -> bool {
    let navigator = window().navigator();
    let get = |object: &wasm_bindgen::JsValue, key: &str| {
        js_sys::Reflect::get(object, &key.into()).unwrap_or(wasm_bindgen::JsValue::UNDEFINED)
    };
    get(&get(&navigator, "connection"), "saveData").is_truthy()
}

/// How the images of a table are found.
fn places_of(table: &TableRef) -> Option<Places> {
    let TableRef::Catalogue(id) = table else { return Places::of(table) };
    let Some(added) = host::table(id) else { return Places::of(table) };
    let first = Place::parse(&added.files.first()?.place).ok()?;
    match &added.images {
        Some(rule) => rule.images(&first).ok(),
        None => Places::of(&first.table(&super::base())),
    }
}

impl super::Store {
    /// Whether small previews may be asked for: with another Hub only where the app's host has named them.
    pub(super) fn asks_previews(self, spec: &Spec) -> bool {
        let own = match &spec.table {
            Some(TableRef::Catalogue(id)) => host::table(id).and_then(|table| table.images.as_ref()),
            Some(TableRef::Hub(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_)) | None => {
                None
            }
        };
        let catalogue = &host::host().catalogue;
        own.is_some_and(|rule| rule.thumbnail.is_some())
            || catalogue.thumbnails.is_some()
            || host::endpoint(spec.endpoint.as_ref()).is_none()
    }

    /// How the open table's images are found; none where nothing is known of them.
    pub fn places(self) -> Option<Places> {
        self.spec.with(|spec| places_of(spec.table.as_ref()?))
    }

    /// Where the open table's images are; none where it has none.
    pub fn pictures(self) -> Option<Pictures> {
        if let Some(places) = self.places() {
            return Some(Pictures::Known(places));
        }
        self.opened.with(|opened| match opened.as_ref()?.images.clone()? {
            ImageColumn::Embedded { .. } => Some(Pictures::Embedded),
            ImageColumn::Addresses { column } => Some(Pictures::Addresses(column)),
        })
    }

    /// Whether the open table can be shown in a view.
    pub fn has_view(self, view: View) -> bool {
        match view.facts().needs {
            Needs::Nothing => true,
            Needs::Images => self.pictures().is_some(),
            Needs::RankedImages => self.pictures().is_some() && self.is_ranked(),
            Needs::Prompts => {
                self.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.prompt.is_some()))
            }
        }
    }

    /// The view of the link, or the table where there are no images for it.
    pub fn view_or_table(self) -> View {
        let view = self.spec.with(|spec| spec.view);
        match view.facts().needs {
            Needs::Nothing | Needs::Prompts => view,
            Needs::Images | Needs::RankedImages => {
                if self.has_view(view) {
                    view
                } else {
                    View::Table
                }
            }
        }
    }

    /// Whether the image of a row is at an address that nobody has clicked on.
    pub fn waits_for_click(self, row: u64) -> bool {
        matches!(self.pictures(), Some(Pictures::Addresses(_)))
            && !self.images.clicked.with(|clicked| clicked.contains(&row))
    }

    /// The address of a row's image, where it is at hand.
    pub fn address_of(self, row: u64) -> Option<String> {
        let Some(Pictures::Addresses(column)) = self.pictures() else { return None };
        let text = |cell: Option<&Cell>| match cell {
            Some(Cell::Text(address)) => Some(address.clone()),
            _ => None,
        };
        let shown = self.detail.with(|detail| {
            let detail = detail.as_ref().filter(|detail| detail.row == row)?;
            text(detail.fields.iter().find(|(name, _)| *name == column).map(|(_, cell)| cell))
        });
        shown.or_else(|| self.rows.with(|rows| text(rows.iter().find(|data| data.row == row)?.cell(&column))))
    }

    /// Whether the open table's images are ranked by prompt.
    pub fn is_ranked(self) -> bool {
        // The catalogue knows before the table is open.
        let listed = self.spec.with(|spec| spec.table.as_ref().and_then(catalog::listed));
        [Role::Group, Role::Rank].into_iter().all(|role| {
            listed.is_some_and(|table| table.column_of(role).is_some()) || self.role(role).is_some()
        })
    }

    /// The column of the open table that plays a part.
    pub fn role(self, role: Role) -> Option<String> {
        self.opened.with(|opened| {
            let (_, column) = opened.as_ref()?.roles.iter().find(|(name, _)| name == role.name())?;
            Some(column.clone())
        })
    }

    /// Whether the open table has scores of how safe its images are.
    pub fn has_scores(self) -> bool {
        self.role(Role::NsfwImage).or_else(|| self.role(Role::NsfwPrompt)).is_some()
    }

    /// The scores of a row of the open table, if that has any. `cell` gives the row's cells.
    pub(super) fn scores(self, cell: impl Fn(&str) -> Option<Cell>) -> Option<Scores> {
        let (image, prompt) = (self.role(Role::NsfwImage), self.role(Role::NsfwPrompt));
        let known = image.is_some() || prompt.is_some();
        let flagged = image.as_deref().and_then(catalog::column).and_then(|facts| facts.detached);
        let score = |column: Option<String>| match cell(&column?) {
            Some(Cell::Number(value)) => Some(value),
            _ => None,
        };
        known.then(|| Scores {
            image: score(image),
            prompt: score(prompt),
            flagged: flagged.map_or(f64::INFINITY, |(value, _)| value),
        })
    }

    /// Columns that no one sees as such: what has to be known of a row before its image is shown.
    pub(super) fn extras(self) -> Vec<String> {
        /// Scores, and the shape of the image.
        const ROLES: [Role; 4] = [Role::NsfwImage, Role::NsfwPrompt, Role::Width, Role::Height];
        let pictures = untrack(|| self.pictures());
        let shows_images = pictures.is_some()
            && (self.images.in_table.get_untracked()
                || self.spec.with_untracked(|spec| spec.view != View::Table));
        let addresses = match pictures {
            Some(Pictures::Addresses(column)) => Some(column),
            Some(Pictures::Known(_) | Pictures::Embedded) | None => None,
        };
        let known = ROLES.into_iter().filter_map(|role| untrack(|| self.role(role)));
        known.chain(addresses).filter(|_| shows_images).collect()
    }

    /// Whether the image of a row of the result is to be asked for: not where there is nothing to see,
    /// and not of an address that nobody has clicked on.
    pub fn wants(self, row: &RowData) -> bool {
        self.sight(row).is_asked_for()
    }

    /// Whether the image of a row of the result may be seen.
    pub fn sight(self, row: &RowData) -> Sight {
        if self.waits_for_click(row.row) {
            return Sight::Unasked;
        }
        self.images.sight(row.row, self.scores(|name| row.cell(name).cloned()))
    }
}
