//! How images were made that are from another table: the rows do not say so, but the archive that an
//! image is from holds a JSON file with the settings of all its images.

use super::{Effect, Images, Target, failure};
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::sorted::{Map, Set};
use crate::engine::answers::report;
use crate::engine::data::Data;
use crate::protocol::LazyResponse;
use crate::protocol::images::Spot;
use crate::protocol::images::{Making, MakingOutcome, Settings};
use crate::view::catalog::Text;
use crate::view::catalog::images::{Archive, Candidate, Images as Places};
use crate::view::roles::Role;
use std::collections::VecDeque;

/// Parts whose settings are kept; each has a thousand images.
const MAX_PARTS: usize = 24;

/// What is wanted and known of how images were made.
#[derive(Debug, Default)]
pub struct SettingsLookup {
    wanted: Vec<u64>,
    answered: Set<u64>,
    parts: Map<Archive, Map<String, Settings>>,
    /// The parts in the order in which they were read.
    order: VecDeque<Archive>,
}

impl SettingsLookup {
    /// Rows of which it is wanted how their images were made.
    pub fn want(&mut self, rows: Vec<u64>) {
        self.wanted = rows;
        self.answered.clear();
    }

    /// Whether a row has no answer yet.
    pub fn is_waited_for(&self) -> bool {
        self.wanted.iter().any(|row| !self.answered.contains(row))
    }

    /// What failed may be asked again.
    pub fn forget_answers(&mut self) {
        self.answered.clear();
    }

    fn keep(&mut self, archive: Archive, settings: Map<String, Settings>) {
        self.order.push_back(archive.clone());
        self.parts.insert(archive, settings);
        while self.order.len() > MAX_PARTS {
            if let Some(oldest) = self.order.pop_front() {
                self.parts.remove(&oldest);
            }
        }
    }
}

/// Where the settings of an image are.
struct Listed {
    archive: Archive,
    /// The JSON file with the settings of the archive's images.
    member: String,
    directory_bytes: u64,
    /// The image's key in it.
    image: String,
}

/// Where the work on one row stands.
enum SettingsWork {
    Waits,
    Needs(Target),
    Answered(MakingOutcome),
}

impl Images {
    /// Answers what can be, and says what is to be read.
    pub(super) fn look_up_settings(
        &mut self,
        data: &Data,
        needed: &mut Vec<Target>,
        effects: &mut Vec<Effect>,
    ) {
        for row in self.settings.wanted.clone() {
            if self.settings.answered.contains(&row) {
                continue;
            }
            let work = self.settings_of(row, data, effects);
            match work.unwrap_or_else(|error| SettingsWork::Answered(MakingOutcome::Failed(failure(&error))))
            {
                SettingsWork::Waits => {}
                SettingsWork::Needs(target) if needed.contains(&target) => {}
                SettingsWork::Needs(target) => needed.push(target),
                SettingsWork::Answered(outcome) => {
                    self.settings.answered.insert(row);
                    report(effects, LazyResponse::Making(Making { row, outcome }));
                }
            }
        }
    }

    /// Forgets that the settings of a row could not be had.
    pub(super) fn retry_settings(&mut self, row: u64, data: &Data) {
        self.settings.answered.remove(&row);
        if let Ok(Some(Listed { archive, member, .. })) = self.settings_place(row, data) {
            if self.archives.get(&archive).is_some_and(|archive| archive.directory().is_err()) {
                self.forget_archive(&archive);
            }
            self.cache.forget_failure(&Target::Member(archive, member));
        }
    }

    /// Where the settings of a row's image are; none while the row is not read.
    fn settings_place(&self, row: u64, data: &Data) -> Result<Option<Listed>> {
        let unknown = || Error::new(ErrorKind::NotFound, "it is not known how this image was made");
        let places = self.places.as_ref().ok_or_else(unknown)?;
        let Some(values) = super::values_of(places, row, data)? else { return Ok(None) };
        let values = values.each_ref().map(String::as_str);
        let (archive, member, directory_bytes) = places.settings(values).ok_or_else(unknown)?;
        let Some(candidates) = self.candidates(row, Spot::default(), data)? else { return Ok(None) };
        let name = candidates.into_iter().find_map(|candidate| match candidate {
            Candidate::Member { name, .. } => Some(name),
            Candidate::Thumbnail { .. } | Candidate::Cell | Candidate::Address(_) => None,
        });
        Ok(Some(Listed { archive, member, directory_bytes, image: name.ok_or_else(unknown)? }))
    }

    fn settings_of(&mut self, row: u64, data: &Data, effects: &mut Vec<Effect>) -> Result<SettingsWork> {
        let Some(listed) = self.settings_place(row, data)? else { return Ok(SettingsWork::Waits) };
        let Listed { archive, member, directory_bytes, image } = listed;
        let target = Target::Member(archive.clone(), member.clone());
        if !self.settings.parts.contains_key(&archive) {
            if let Some(error) = self.cache.failure(&target) {
                return Err(error.clone());
            }
            let Some(file) = self.cache.file(&target) else {
                let first = self.look_up(&archive, &member, directory_bytes, effects)?;
                return Ok(SettingsWork::Needs(first.unwrap_or(target)));
            };
            let source = self.places.as_ref().and_then(Places::source_table);
            let samplers = source
                .and_then(|table| table.column_of(Role::Sampler))
                .map_or(&[][..], |facts| &facts.labels);
            match parse(&file, &format!("{} / {member}", archive.name()), samplers) {
                Ok(settings) => self.settings.keep(archive.clone(), settings),
                Err(error) => {
                    let error = error.context(archive.name().to_owned());
                    self.cache.fail(target, error.clone());
                    return Err(error);
                }
            }
        }
        let found = self.settings.parts.get(&archive).and_then(|part| part.get(&image));
        let missing = || {
            let error = Error::new(ErrorKind::NotFound, "its list of settings does not name this image");
            error.context(archive.name().to_owned())
        };
        found
            .cloned()
            .map(|settings| SettingsWork::Answered(MakingOutcome::Known(settings)))
            .ok_or_else(missing)
    }
}

/// Reads the JSON file of a part: an object of images by name, whose settings have short names.
fn parse(json: &[u8], source: &str, samplers: &[(i64, Text)]) -> Result<Map<String, Settings>> {
    let value: serde_json::Value = serde_json::from_slice(json)
        .map_err(|_| Error::new(ErrorKind::Unsupported, "its list of settings can't be read"))?;
    let images = value.as_object().ok_or_else(|| Error::corrupt("its list of settings is no list"))?;
    let settings = images.iter().map(|(name, image)| {
        let number = |key: &str| match image.get(key)? {
            serde_json::Value::Number(number) => number.as_f64(),
            serde_json::Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let sampler = match image.get("sa") {
            Some(serde_json::Value::String(name)) => Some(name.chars().take(64).collect()),
            Some(serde_json::Value::Number(code)) => {
                let found = samplers.iter().find(|(known, _)| code.as_i64() == Some(*known));
                found.map(|(_, label)| label.to_string())
            }
            Some(_) | None => None,
        };
        let settings = Settings {
            seed: number("se"),
            cfg: number("c"),
            steps: number("st"),
            sampler,
            source: source.to_owned(),
        };
        (name.clone(), settings)
    });
    Ok(settings.collect())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn settings_are_read_by_their_short_names() {
        let json = br#"{"a.webp": {"p": "a castle", "se": 4207249219, "c": 7.5, "st": 50, "sa": "k_lms"},
            "b.webp": {"se": "12", "sa": 2}, "c.webp": 7}"#;
        let settings = parse(json, "x.json", &[(2, "plms".into())]).unwrap_or_default();
        let a = settings.get("a.webp").cloned().unwrap_or_default();
        assert_eq!((a.seed, a.cfg, a.steps), (Some(4_207_249_219.0), Some(7.5), Some(50.0)));
        assert_eq!((a.sampler.as_deref(), a.source.as_str()), (Some("k_lms"), "x.json"));
        let b = settings.get("b.webp").cloned().unwrap_or_default();
        assert_eq!((b.seed, b.cfg, b.sampler.as_deref()), (Some(12.0), None, Some("plms")));
        assert_eq!(settings.len(), 3);
        assert!(parse(b"[1, 2]", "x", &[]).is_err() && parse(b"{", "x", &[]).is_err());
    }
}
