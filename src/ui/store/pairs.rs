//! Pairs of what people prefer: which are asked for, what is shown of them, and how somebody here judged.

use super::image_settings::storage;
use super::state::{Answer, Local, State};
use super::{Commit, Store};
use crate::protocol::pairs::{Pairs, Want};
use crate::protocol::{Kind, LazyRequest};
use crate::view::pairs::{Mode, PairsView};
use crate::view::roles::Role;
use crate::view::sides::{Sides, sides};
use crate::view::spec::Spec;
use crate::view::url;
use leptos::prelude::*;
use std::sync::Arc;

/// Pairs that are asked for at a time: the one on the screen, and a few that may be next.
const PAIRS_AHEAD: u32 = 4;

/// The pairs. Copies are the same.
#[derive(Clone, Copy, Default)]
pub struct PairsStore {
    /// The newest answer.
    pub answer: Answer<Pairs>,
    /// In how many of how many pairs somebody here chose as people did.
    pub agreed: State<(u64, u64)>,
    sent: Local<Option<Want>>,
}

impl PairsStore {
    pub(super) fn clear(self) {
        self.answer.set(None);
        self.sent.set_value(None);
    }

    pub(super) fn receive(self, pairs: Pairs) {
        self.answer.set(Some(Arc::new(pairs)));
    }
}

/// Two columns of which each is about one of the images of a row.
pub struct Sided {
    /// What both are about.
    pub title: String,
    /// The column of the first image.
    pub first: String,
    /// That of the second one.
    pub second: String,
}

impl Store {
    /// What is looked at, as the link says.
    ///
    /// # Errors
    /// What of the link says nothing of pairs.
    pub fn pairs_view(self) -> Result<PairsView, String> {
        self.spec.with(|spec| {
            let words = spec.pairs.iter().flatten().map(String::as_str);
            PairsView::read(words).map_err(str::to_owned)
        })
    }

    /// Looks at something else of the pairs.
    pub fn look_at_pairs(self, view: &PairsView, commit: Commit) {
        let items = view.items();
        let pairs = (!items.is_empty()).then_some(items);
        self.apply(Spec { pairs, ..self.spec.get_untracked() }, commit);
    }

    /// The columns of scores that are held against pairs: the chosen ones, or what is called a score or a rating.
    pub fn judges(self, view: &PairsView) -> Vec<String> {
        if !view.judges.is_empty() {
            return view.judges.clone();
        }
        let usual = [Role::Score, Role::Rating, Role::Alignment, Role::Fidelity];
        usual.into_iter().filter_map(|role| self.role(role)).collect()
    }

    /// Asks for what is looked at, unless the same was asked before.
    pub fn ask_pairs(self, view: &PairsView) {
        let want = Want {
            options: view.options,
            judges: if view.mode == Mode::Judges { self.judges(view) } else { Vec::new() },
            agreement: view.mode == Mode::Judges && view.agreement,
            first: view.at,
            count: if view.mode == Mode::Pairs { PAIRS_AHEAD } else { 0 },
        };
        if self.pairs.sent.with_value(|sent| sent.as_ref() != Some(&want)) {
            self.pairs.sent.set_value(Some(want.clone()));
            self.send_lazy(&LazyRequest::Pairs(Some(want)));
        }
    }

    /// Nobody looks at the pairs any more.
    pub fn drop_pairs(self) {
        self.pairs.sent.set_value(None);
        self.send_lazy(&LazyRequest::Pairs(None));
    }

    /// Whether a row of the open table lists several images with a rank or a rating of each.
    pub fn has_lists(self) -> bool {
        let is_list = |role: Role| {
            let column = self.role(role);
            self.opened.with(|opened| {
                let mut columns = opened.iter().flat_map(|opened| &opened.columns);
                columns.any(|own| own.kind == Kind::Nested && Some(&own.name) == column.as_ref())
            })
        };
        is_list(Role::ImagePath) && (is_list(Role::Rank) || is_list(Role::Rating))
    }

    /// Whether a row of the open table has pairs of its own.
    pub fn has_pairs_in_rows(self) -> bool {
        self.has_two_images() || self.has_lists()
    }

    /// Columns about each of two images of a row, as their names tell: `model_0` and `model_1`.
    pub fn sided_columns(self) -> Vec<Sided> {
        self.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            let plain = |kind: Kind| match kind {
                Kind::Text | Kind::Integer | Kind::Float | Kind::Bool => true,
                Kind::Time | Kind::Clock | Kind::Duration => true,
                Kind::Binary | Kind::Nested => false,
            };
            let has = |name: &str| columns.iter().any(|column| column.name == name);
            columns
                .iter()
                .filter(|column| plain(column.kind))
                .filter_map(|column| {
                    let Sides { title, second } = sides(&column.name, has)?;
                    Some(Sided { title, first: column.name.clone(), second })
                })
                .collect()
        })
    }

    /// Where the count of this table is kept on this device.
    fn agreed_key(self) -> Option<String> {
        let table = self.spec.with_untracked(|spec| spec.table.as_ref().map(url::print_table))?;
        Some(format!("vitrine.judged:{table}"))
    }

    /// Reads how somebody here judged this table's pairs before.
    pub fn recall_agreed(self) {
        let kept = || storage()?.get_item(&self.agreed_key()?).ok().flatten();
        let numbers = |text: String| {
            let (agreed, judged) = text.split_once(' ')?;
            Some((agreed.parse().ok()?, judged.parse().ok()?))
        };
        self.pairs.agreed.set(kept().and_then(numbers).unwrap_or_default());
    }

    /// Counts a judgement and keeps the count on this device; none forgets it.
    pub fn count_agreed(self, agrees: Option<bool>) {
        let (agreed, judged) = self.pairs.agreed.get_untracked();
        let now = agrees.map_or((0, 0), |agrees| (agreed + u64::from(agrees), judged + 1));
        self.pairs.agreed.set(now);
        if let (Some(storage), Some(key)) = (storage(), self.agreed_key()) {
            let _ = match agrees {
                Some(_) => storage.set_item(&key, &format!("{} {}", now.0, now.1)),
                None => storage.remove_item(&key),
            };
        }
    }
}
