//! The images that the page has, and those that it lacks.
//!
//! Parts of the page say what they show; what is lacking of it is asked of the data thread, the most
//! important first. Pictures are kept as object URLs up to a bound and released with it.

use super::image_settings::{
    IN_TABLE_KEY, PREVIEWS_KEY, THRESHOLD_KEY, USUAL_THRESHOLD, keep, saves_data, storage,
};
use super::state::State;
use crate::base::numbers;
use crate::base::sorted::{Map, Set};
use crate::protocol::Request;
use crate::protocol::images::{
    Failure, Image, Images, MAX_WANTS, Making, MakingOutcome, Outcome, Picture, Want,
};
use crate::ui::runtime::host;
use crate::ui::runtime::worker_link::Sent;
use crate::view::catalog::THUMBNAILS;
use leptos::prelude::*;
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

/// The parts of the page that show images, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The one whose details are open.
    Detail,
    /// The view.
    View,
    /// The other images of its row.
    Beside,
    /// Others with the same prompt as the one whose details are open.
    Same,
    /// Others that are near it.
    Near,
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
    pub revealed: State<Set<u64>>,
    /// Rows whose addresses someone wants to be asked.
    pub clicked: State<Set<u64>>,
    /// How images were made, by row.
    pub makings: State<Map<u64, MakingOutcome>>,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    shots: Map<Want, (Shot, u64)>,
    clock: u64,
    wanted: Map<Part, Vec<Want>>,
    /// Rows of which it is wanted how their images were made, by who wants it.
    wanted_makings: Map<Part, Vec<u64>>,
    sent: Option<Images>,
    due: bool,
    send: Option<Box<dyn Fn(Sent)>>,
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
    pub fn clear(self, usual_hub: bool, send: impl Fn(Sent) + 'static) {
        self.inner.update_value(|inner| {
            inner.shots.clear();
            inner.wanted.clear();
            inner.wanted_makings.clear();
            inner.sent = None;
            inner.usual_hub = usual_hub;
            inner.send = Some(Box::new(send));
        });
        self.revealed.set(Set::new());
        self.clicked.set(Set::new());
        self.makings.set(Map::new());
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
            let others = inner.shots.range(Want { px: 0, ..want }, Want { px: u32::MAX, ..want });
            let mut others =
                others.filter_map(|(_, (shot, _))| matches!(shot, Shot::Here(_)).then_some(shot));
            others.next_back().cloned()
        })?
    }

    /// The shape of a row's image, width over height, if it is here.
    pub fn shape(self, row: u64) -> Option<f64> {
        self.inner.try_with_value(|inner| {
            let mut shots = inner.shots.range(Want::of(row, 0), Want::of(row, u32::MAX));
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

    /// Says whether a part of the page shows these images, whatever else it shows.
    pub fn look_also_at(self, part: Part, wants: &[Want], shown: bool) {
        let others = self.inner.try_with_value(|inner| inner.wanted.get(&part).cloned()).flatten();
        let others = others.unwrap_or_default().into_iter().filter(|other| !wants.contains(other));
        let own = wants.iter().copied().filter(|_| shown);
        self.look_at(part, others.chain(own).collect());
    }

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
                let mut once = Set::new();
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
}

impl Inner {
    fn evict(&mut self) {
        let bytes = |shot: &Shot| match shot {
            Shot::Here(shown) => shown.bytes,
            Shot::Failed(_) => 0,
        };
        let mut total: usize = self.shots.values().map(|(shot, _)| bytes(shot)).sum();
        while self.shots.len() > MAX_SHOTS || total > MAX_SHOT_BYTES {
            let mut wanted: Set<&Want> = Set::new();
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
