//! Where the image of a row is: the places to look at, in order.

use super::Place;
use super::pattern::{Into, Pattern, is_step};
use crate::formats::hub::{HubPath, page_url};
use crate::view::spec::TableRef;

/// Small previews of a part of DiffusionDB 2M, by the image's id: a branch of a repository on GitHub,
/// as its raw files are served.
pub const THUMBNAILS: &str = "https://raw.githubusercontent.com/poloclub/diffusiondb-thumbnails/master";

/// The longer side of a preview.
pub const THUMBNAIL_PX: u32 = 128;

/// The column of DiffusionDB that names a row's image.
pub const IMAGE_NAME: &str = "image_name";

/// How likely the image, and the prompt, are not safe for work.
pub const SCORES: [&str; 2] = ["image_nsfw", "prompt_nsfw"];

/// Score of an image that the generator itself had blurred: there is nothing to be seen.
pub const FLAGGED: f64 = 2.0;

/// The end of an archive of DiffusionDB that holds its directory: 1,000 entries of 46 bytes and a name
/// of 36 digits with `.png`, one for the JSON, and the end record.
const PNG_PART_DIRECTORY_BYTES: u64 = 1_000 * (46 + 40) + (46 + 16) + 22;

/// The same with `.webp`.
pub const WEBP_PART_DIRECTORY_BYTES: u64 = PNG_PART_DIRECTORY_BYTES + 1_000;

/// Archives of ImageRewardDB have some 1,300 to 1,600 members, with names as long as those of Large.
const SHARD_DIRECTORY_BYTES: u64 = 140 << 10;

/// How the images of a table are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    scheme: Scheme,
    home: Home,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Scheme {
    /// As the app's host says.
    Added(Box<Added>),
    /// `images/part-000001.zip`, and previews.
    DiffusionDb2m,
    /// `diffusiondb-large-part-1/part-000001.zip`.
    DiffusionDbLarge,
    /// `images/<split>/<shard>.zip`, and DiffusionDB Large, where all its images are from.
    ImageReward,
}

/// Where a table's archives are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Home {
    /// A repository on the Hub, and its revision.
    Hub(String, String),
    /// A folder beside the app.
    Beside(&'static str),
    /// Wherever a pattern says that is a whole address.
    Address,
}

/// How the images of a table are found that the app's host has added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The archive, and the member of it.
    pub member: Option<(Pattern, Pattern)>,
    /// A small preview, as a whole address.
    pub thumbnail: Option<Pattern>,
}

/// Where the archives of such a table are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddedHome {
    /// In a repository on the Hub: its name, and its revision.
    Hub(String, String),
    /// Beside the app.
    Beside,
    /// Where the pattern says.
    Address,
}

/// The most columns that say where an image is.
pub const MAX_COLUMNS: usize = 2;

impl Added {
    /// The columns that say where images are.
    pub fn columns(&self) -> Vec<&str> {
        let patterns = self.member.iter().flat_map(|(archive, name)| [archive, name]).chain(&self.thumbnail);
        let mut names: Vec<&str> = Vec::new();
        for name in patterns.flat_map(Pattern::columns) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// A ZIP archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Archive {
    /// On the Hub.
    Hub(HubPath),
    /// Beside the app, below its own address.
    Beside(String),
    /// At an address.
    Address(String),
}

impl Archive {
    /// Its path, without where it is; of an address all of it.
    pub fn path(&self) -> &str {
        match self {
            Self::Hub(path) => &path.path,
            Self::Beside(path) | Self::Address(path) => path,
        }
    }

    /// What people call it: its file's name.
    pub fn name(&self) -> &str {
        self.path().rsplit('/').next().unwrap_or_default()
    }
}

/// A place where an image may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// A preview.
    Thumbnail {
        /// Its path in the repository of previews, or a whole address.
        path: String,
        /// Whether it is of another row, which has the same prompt.
        same_prompt: bool,
    },
    /// A member of an archive.
    Member {
        /// The archive.
        archive: Archive,
        /// The member's name.
        name: String,
        /// How many bytes at the archive's end are likely to hold its directory.
        directory_bytes_hint: u64,
        /// What to call this place where it is not the first one.
        place: &'static str,
    },
    /// The row itself.
    Cell,
    /// An address.
    Address(String),
}

impl Images {
    /// How the images of a table are found; none where nothing is known of them.
    pub fn of(table: &TableRef) -> Option<Self> {
        match table {
            TableRef::Catalogue(id) => match super::table(id)?.place {
                Place::Hub { repository, revision, path } => hub(repository, revision, path),
                Place::Beside("sample/diffusiondb-sample.parquet") => {
                    Some(Self { scheme: Scheme::DiffusionDb2m, home: Home::Beside("sample/") })
                }
                Place::Beside("sample/imagereward-test-sample.parquet") => {
                    Some(Self { scheme: Scheme::ImageReward, home: Home::Beside("sample/") })
                }
                Place::Beside(_) => None,
            },
            TableRef::Hub(HubPath { repository, revision, path }) => hub(repository, revision, path),
            TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_) => None,
        }
    }

    /// How the images of a table are found that the app's host has added.
    pub fn added(added: Added, home: AddedHome) -> Self {
        let home = match home {
            AddedHome::Hub(repository, revision) => Home::Hub(repository, revision),
            AddedHome::Beside => Home::Beside(""),
            AddedHome::Address => Home::Address,
        };
        Self { scheme: Scheme::Added(Box::new(added)), home }
    }

    /// The columns that say where a row's image is, at most [`MAX_COLUMNS`].
    pub fn columns(&self) -> Vec<&str> {
        match &self.scheme {
            Scheme::Added(added) => added.columns(),
            Scheme::DiffusionDb2m | Scheme::DiffusionDbLarge => vec![IMAGE_NAME, "part_id"],
            Scheme::ImageReward => vec!["image_path", "prompt_id"],
        }
    }

    /// Whether some of the images have small previews in a place of their own.
    pub fn has_previews(&self) -> bool {
        match &self.scheme {
            Scheme::Added(added) => added.thumbnail.is_some(),
            Scheme::DiffusionDb2m => matches!(self.home, Home::Hub(..)),
            Scheme::DiffusionDbLarge | Scheme::ImageReward => false,
        }
    }

    /// Whether those are found by the names of the images alone, and stand in for others of their prompt.
    pub fn shares_previews(&self) -> bool {
        self.scheme == Scheme::DiffusionDb2m && self.has_previews()
    }

    /// Whether the images are ranked and rated by prompt.
    pub fn is_ranked(&self) -> bool {
        self.scheme == Scheme::ImageReward
    }

    /// The places of a row's image, in the order in which to try them. `values` are those of
    /// [`columns`](Self::columns), as text. None where the values name no image.
    pub fn candidates(&self, values: [&str; 2]) -> Option<Vec<Candidate>> {
        let [name, key] = values;
        match &self.scheme {
            Scheme::Added(added) => self.added_places(added, values),
            Scheme::DiffusionDb2m => {
                let (part, name) = (key.parse().ok()?, step(name)?);
                let mut places = Vec::new();
                if matches!(self.home, Home::Hub(..)) {
                    places.extend(thumbnail(name, false));
                }
                places.push(member(
                    self.archive(format!("images/part-{part:06}.zip", part = as_part(part)?)),
                    name,
                    PNG_PART_DIRECTORY_BYTES,
                    "",
                ));
                Some(places)
            }
            Scheme::DiffusionDbLarge => {
                let path = large(as_part(key.parse().ok()?)?);
                Some(vec![member(self.archive(path), step(name)?, WEBP_PART_DIRECTORY_BYTES, "")])
            }
            Scheme::ImageReward => {
                // `images/<split>/<shard>/<uuid>.webp` is the member `<uuid>.webp` of a shard.
                let (shard, name) = name.rsplit_once('/')?;
                if !shard.split('/').all(|part| step(part).is_some()) {
                    return None;
                }
                let name = step(name)?;
                let mut places = vec![Candidate::Member {
                    archive: self.archive(format!("{shard}.zip")),
                    name: name.to_owned(),
                    directory_bytes_hint: SHARD_DIRECTORY_BYTES,
                    place: "ImageRewardDB",
                }];
                places.extend(self.original(name, key));
                Some(places)
            }
        }
    }

    /// The page of the archive that a row's image is in, for people; none where it is on no Hub.
    pub fn page(&self, endpoint: &str, values: [&str; 2]) -> Option<String> {
        self.candidates(values)?.into_iter().find_map(|candidate| match candidate {
            Candidate::Member { archive: Archive::Hub(path), .. } => Some(page_url(endpoint, &path)),
            Candidate::Member { archive: Archive::Beside(_) | Archive::Address(_), .. }
            | Candidate::Thumbnail { .. }
            | Candidate::Cell
            | Candidate::Address(_) => None,
        })
    }

    /// Whether another archive tells how images were made.
    pub fn knows_settings(&self) -> bool {
        self.is_ranked() && matches!(self.home, Home::Hub(..))
    }

    /// The archive of DiffusionDB Large that a row of ImageRewardDB is from, and its JSON member
    /// with the hyperparameters. `prompt_id` is that of the row.
    pub fn hyperparameters(&self, prompt_id: &str) -> Option<(Archive, String)> {
        let part = self.is_ranked().then(|| part_of(prompt_id)).flatten()?;
        let Home::Hub(..) = self.home else { return None };
        let Some(Candidate::Member { archive, .. }) = self.original("x", prompt_id) else { return None };
        Some((archive, format!("part-{part:06}.json")))
    }

    /// The places of an image as the app's host says.
    fn added_places(&self, added: &Added, values: [&str; 2]) -> Option<Vec<Candidate>> {
        let columns = added.columns();
        let value = |name: &str| {
            let place = columns.iter().position(|column| *column == name)?;
            values.get(place).map(|value| (*value).to_owned())
        };
        let thumbnail = added.thumbnail.as_ref().and_then(|pattern| pattern.fill(Into::Address, value));
        let mut places: Vec<Candidate> =
            thumbnail.map(|path| Candidate::Thumbnail { path, same_prompt: false }).into_iter().collect();
        if let Some((archive, name)) = &added.member {
            let into = match self.home {
                Home::Hub(..) | Home::Beside(_) => Into::Path,
                Home::Address => Into::Address,
            };
            if let (Some(path), Some(name)) = (archive.fill(into, value), name.fill(Into::Path, value)) {
                places.push(member(self.archive(path), &name, SHARD_DIRECTORY_BYTES, ""));
            }
        }
        (!places.is_empty()).then_some(places)
    }

    /// The same image in DiffusionDB Large.
    fn original(&self, name: &str, prompt_id: &str) -> Option<Candidate> {
        // The sample is whole without the network.
        let Home::Hub(_, _) = &self.home else { return None };
        let archive = Archive::Hub(HubPath {
            repository: super::DIFFUSIONDB.to_owned(),
            revision: "main".to_owned(),
            path: large(part_of(prompt_id)?),
        });
        Some(member(archive, name, WEBP_PART_DIRECTORY_BYTES, "DiffusionDB Large"))
    }

    fn archive(&self, path: String) -> Archive {
        match &self.home {
            Home::Hub(repository, revision) => {
                Archive::Hub(HubPath { repository: repository.clone(), revision: revision.clone(), path })
            }
            Home::Beside(folder) => Archive::Beside(format!("{folder}{path}")),
            Home::Address => Archive::Address(path),
        }
    }
}

fn hub(repository: &str, revision: &str, path: &str) -> Option<Images> {
    let scheme = match (repository, path) {
        (super::DIFFUSIONDB, "metadata.parquet") => Scheme::DiffusionDb2m,
        (super::DIFFUSIONDB, "metadata-large.parquet") => Scheme::DiffusionDbLarge,
        (
            super::IMAGEREWARD | "THUDM/ImageRewardDB",
            "metadata-train.parquet" | "metadata-validation.parquet" | "metadata-test.parquet",
        ) => Scheme::ImageReward,
        _ => return None,
    };
    Some(Images { scheme, home: Home::Hub(repository.to_owned(), revision.to_owned()) })
}

fn member(archive: Archive, name: &str, directory_bytes_hint: u64, place: &'static str) -> Candidate {
    Candidate::Member { archive, name: name.to_owned(), directory_bytes_hint, place }
}

/// The preview of an image of DiffusionDB 2M. Previews lie in folders by the first two digits of their id.
pub fn thumbnail(name: &str, same_prompt: bool) -> Option<Candidate> {
    let id = name.strip_suffix(".png")?;
    let is_id = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let folder = id.get(..2).filter(|_| is_id)?;
    Some(Candidate::Thumbnail { path: format!("{folder}/{id}.webp"), same_prompt })
}

fn large(part: u32) -> String {
    let half = if part <= 10_000 { 1 } else { 2 };
    format!("diffusiondb-large-part-{half}/part-{part:06}.zip")
}

/// The part of DiffusionDB Large that a prompt of ImageRewardDB is from: the first half of its id,
/// `005658-0040`.
pub fn part_of(prompt_id: &str) -> Option<u32> {
    as_part(prompt_id.split_once('-')?.0.parse().ok()?)
}

fn as_part(part: u32) -> Option<u32> {
    (1..=999_999).contains(&part).then_some(part)
}

/// A step of a path, which leads nowhere else.
fn step(name: &str) -> Option<&str> {
    is_step(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Images};
    use crate::view::spec::{HubPath, TableRef};

    fn places(table: &str, values: [&str; 2]) -> Option<Vec<String>> {
        let table = match table.split_once(' ') {
            Some((repository, path)) => TableRef::Hub(HubPath {
                repository: repository.to_owned(),
                revision: "r".to_owned(),
                path: path.to_owned(),
            }),
            None => TableRef::Catalogue(table.to_owned()),
        };
        let places = Images::of(&table)?.candidates(values)?;
        let written = places.into_iter().map(|place| match place {
            Candidate::Thumbnail { path, .. } => path,
            Candidate::Member { archive, name, .. } => format!("{} {name}", archive.path()),
            Candidate::Cell | Candidate::Address(_) => String::new(),
        });
        Some(written.collect())
    }

    const PNG: &str = "0c46f719-1679-4c64-bba9-f181e0eae811.png";

    fn check(table: &str, values: [&str; 2], expected: &[&str]) {
        let found = places(table, values).unwrap_or_default();
        assert_eq!(found, expected, "{table} {values:?}");
    }

    #[test]
    fn rows_name_their_images() {
        let thumbnail = "0c/0c46f719-1679-4c64-bba9-f181e0eae811.webp";
        let member = format!("images/part-000096.zip {PNG}");
        check("diffusiondb-2m", [PNG, "96"], &[thumbnail, &member]);
        check("poloclub/diffusiondb metadata.parquet", [PNG, "96"], &[thumbnail, &member]);
        check("diffusiondb-sample", [PNG, "96"], &[&format!("sample/{member}")]);
        check("diffusiondb-large", ["a.webp", "10000"], &["diffusiondb-large-part-1/part-010000.zip a.webp"]);
        check("diffusiondb-large", ["a.webp", "10001"], &["diffusiondb-large-part-2/part-010001.zip a.webp"]);
        check(
            "imagereward-test",
            ["images/test/test_1/a.webp", "005658-0040"],
            &["images/test/test_1.zip a.webp", "diffusiondb-large-part-1/part-005658.zip a.webp"],
        );
        check(
            "imagereward-test-sample",
            ["images/test/test_1/a.webp", "005658-0040"],
            &["sample/images/test/test_1.zip a.webp"],
        );
        check("imagereward-test", ["images/test/test_1/a.webp", "x"], &["images/test/test_1.zip a.webp"]);
    }

    #[test]
    fn names_that_lead_elsewhere_name_nothing() {
        check("diffusiondb-2m", ["../../x.png", "1"], &[]);
        check("diffusiondb-2m", ["..", "1"], &[]);
        check("diffusiondb-2m", ["a.png", "0"], &[]);
        check("diffusiondb-2m", ["a.png", "-1"], &[]);
        check("imagereward-test", ["images/../../x/a.webp", "005658-0040"], &[]);
        check("imagereward-test", ["a.webp", "005658-0040"], &[]);
        assert!(Images::of(&TableRef::Url("https://example.org/a.parquet".to_owned())).is_none());
    }
}
