//! Where the image of a row is: the places to look at, in order, as the catalogue's rule says.

use super::Text;
use super::pattern::{Into, Pattern};
use crate::formats::hub::{HubPath, page_url};
use crate::view::host::{Place, is_beside};
use crate::view::spec::TableRef;
use crate::view::url::{parse_table, split_hosts_address};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The longer side of a preview.
pub const THUMBNAIL_PX: u32 = 128;

/// Bytes at an archive's end that are read for its directory where the rule names no number.
const DIRECTORY_BYTES: u64 = 140 << 10;

/// The most columns that say where an image is.
pub const MAX_COLUMNS: usize = 2;

/// How the images of a table are found, in the words of `catalog.json`. [`ImageRule::images`] reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRule {
    /// The archive: `hf:owner/name/…`, an address, or a path beside the table, as a [`Pattern`].
    pub zip: Option<Text>,
    /// The member of the archive, as a pattern.
    pub member: Option<Text>,
    /// A small preview, as a pattern: an address, or a path below the catalogue's `thumbnails`.
    pub thumbnail: Option<Text>,
    /// Whether the preview of another row with the same prompt may stand in.
    pub thumbnails_by_prompt: bool,
    /// How many bytes at an archive's end are likely to hold its directory.
    pub directory_bytes: Option<u64>,
    /// The member of the archive that lists how its images were made, as a pattern.
    pub settings: Option<Text>,
    /// What to call the archives where the image is not found there.
    pub place: Option<Text>,
    /// The table that the images are from, where the same image is.
    pub original: Option<Original>,
}

/// The same image in another table of the app's own catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// The table's id.
    pub table: Text,
    /// What to call it.
    pub place: Text,
    /// Columns of that table, with patterns over the columns of this one.
    pub columns: Cow<'static, [(Text, Text)]>,
}

/// How the images of a table are found, ready for its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    home: Home,
    /// The archive, and the member of it.
    member: Option<(Pattern, Pattern)>,
    thumbnail: Option<Pattern>,
    thumbnails_by_prompt: bool,
    directory_bytes: u64,
    settings: Option<Pattern>,
    place: String,
    original: Option<Box<Origin>>,
}

/// Where the images of a table are from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    table: &'static super::Table,
    columns: Vec<(String, Pattern)>,
    images: Images,
}

/// Where a table's archives are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Home {
    /// A repository on the Hub, and its revision.
    Hub(String, String),
    /// Beside the app.
    Beside,
    /// Wherever a pattern says that is a whole address.
    Address,
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
        /// Its path below the catalogue's `thumbnails`, or a whole address.
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
        place: String,
    },
    /// The row itself.
    Cell,
    /// An address.
    Address(String),
}

/// The row of another table that an image is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// That table.
    pub table: &'static super::Table,
    /// Values of its columns that are known, by the column's name.
    pub values: Vec<(String, String)>,
}

impl ImageRule {
    /// How images are found by it, those of a table whose first file is at `table`.
    ///
    /// # Errors
    /// Which part is wrong, and how, in a sentence.
    pub fn images(&self, table: &Place) -> Result<Images, (&'static str, String)> {
        let Self { zip, member, thumbnail, thumbnails_by_prompt, directory_bytes, settings, place, original } =
            self;
        let pattern = |key: &'static str, text: &str| Pattern::parse(text).map_err(|error| (key, error));
        let mut home = Home::Beside;
        let member = match (zip, member) {
            (Some(zip), Some(member)) => {
                let path;
                (home, path) = archive_home(zip, table).map_err(|error| ("zip", error))?;
                Some((pattern("zip", &path)?, pattern("member", member)?))
            }
            (Some(_), None) => {
                return Err(("zip", "the archive is named, and not which member of it.".to_owned()));
            }
            (None, Some(_)) => {
                return Err(("member", "the member is named, and not its archive.".to_owned()));
            }
            (None, None) => None,
        };
        if let Some(text) =
            thumbnail.as_ref().filter(|text| text.contains("://") || !is_beside(&without_columns(text)))
        {
            split_hosts_address(text).map_err(|error| ("thumbnail", error))?;
        }
        let thumbnail = thumbnail.as_ref().map(|text| pattern("thumbnail", text)).transpose()?;
        let settings = settings.as_ref().map(|text| pattern("settings", text)).transpose()?;
        let original =
            original.as_ref().map(Origin::read).transpose().map_err(|error| ("original", error))?;
        let images = Images {
            home,
            member,
            thumbnail,
            thumbnails_by_prompt: *thumbnails_by_prompt,
            directory_bytes: directory_bytes.unwrap_or(DIRECTORY_BYTES),
            settings,
            place: place.clone().unwrap_or_default().into_owned(),
            original: original.map(Box::new),
        };
        match images.columns().len() {
            0 => Err(("", "no column stands in braces, so that all rows had the same image.".to_owned())),
            1..=MAX_COLUMNS => Ok(images),
            _ => Err(("", "more than two columns stand in braces.".to_owned())),
        }
    }
}

impl Origin {
    fn read(original: &Original) -> Result<Self, String> {
        let Original { table: id, place, columns } = original;
        let table = super::table(id).ok_or_else(|| format!("the app has no table “{id}”."))?;
        let mut images = table.images().ok_or_else(|| format!("“{id}” has no images of its own."))?;
        images.place.clone_from(&place.clone().into_owned());
        let columns =
            columns.iter().map(|(name, text)| Ok((name.clone().into_owned(), Pattern::parse(text)?)));
        Ok(Self { table, columns: columns.collect::<Result<_, String>>()?, images })
    }

    /// What is known of the row there, by the values of the row here.
    fn values(&self, value: &impl Fn(&str) -> Option<String>) -> Option<Vec<(String, String)>> {
        let filled =
            self.columns.iter().map(|(name, pattern)| Some((name.clone(), pattern.fill(Into::Path, value)?)));
        filled.collect()
    }
}

impl Images {
    /// How the images of a table are found; none where nothing is known of them.
    pub fn of(table: &TableRef) -> Option<Self> {
        let listed = super::listed(table)?;
        match table {
            // Another revision of it has its own archives.
            TableRef::Hub(path) => listed.rule.as_ref()?.images(&Place::Hub(path.clone())).ok(),
            TableRef::Catalogue(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_) => {
                listed.images()
            }
        }
    }

    /// The columns that say where a row's image is, at most [`MAX_COLUMNS`].
    pub fn columns(&self) -> Vec<&str> {
        let member = self.member.iter().flat_map(|(archive, name)| [archive, name]);
        let original =
            self.original.iter().flat_map(|original| original.columns.iter().map(|(_, pattern)| pattern));
        let mut names: Vec<&str> = Vec::new();
        for name in
            member.chain(&self.thumbnail).chain(&self.settings).chain(original).flat_map(Pattern::columns)
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether some of the images have small previews in a place of their own.
    pub fn has_previews(&self) -> bool {
        self.thumbnail.is_some()
    }

    /// Whether those stand in for others of their prompt.
    pub fn shares_previews(&self) -> bool {
        self.thumbnails_by_prompt && self.has_previews()
    }

    /// The places of a row's image, in the order in which to try them. `values` are those of
    /// [`columns`](Self::columns), as text. None where the values name no image.
    pub fn candidates(&self, values: [&str; MAX_COLUMNS]) -> Option<Vec<Candidate>> {
        let value = self.by_name(values);
        let mut places: Vec<Candidate> = self.preview(&value, false).into_iter().collect();
        let member = self.archive_member(&value, &self.place);
        let own = member.is_some();
        places.extend(member);
        if let Some(original) = self.original.as_ref().filter(|_| own) {
            places.extend(original.values(&value).and_then(|values| {
                let value = |name: &str| find(&values, name);
                original.images.archive_member(&value, &original.images.place)
            }));
        }
        (!places.is_empty()).then_some(places)
    }

    /// The preview of another row with the same prompt. `values` are those of that row.
    pub fn shared_preview(&self, values: [&str; MAX_COLUMNS]) -> Option<Candidate> {
        self.preview(&self.by_name(values), true)
    }

    /// The columns that the preview of a row goes by.
    pub fn preview_columns(&self) -> Vec<&str> {
        self.thumbnail.iter().flat_map(Pattern::columns).collect()
    }

    /// The page of the archive that a row's image is in, for people; none where it is on no Hub.
    pub fn page(&self, endpoint: &str, values: [&str; MAX_COLUMNS]) -> Option<String> {
        self.candidates(values)?.into_iter().find_map(|candidate| match candidate {
            Candidate::Member { archive: Archive::Hub(path), .. } => Some(page_url(endpoint, &path)),
            Candidate::Member { archive: Archive::Beside(_) | Archive::Address(_), .. }
            | Candidate::Thumbnail { .. }
            | Candidate::Cell
            | Candidate::Address(_) => None,
        })
    }

    /// Whether the archives of another table list how images were made.
    pub fn knows_settings(&self) -> bool {
        self.original.as_ref().is_some_and(|original| original.images.settings.is_some())
    }

    /// The archive of the other table that a row is from, its JSON member with the settings of its images,
    /// and how many bytes at its end are likely to hold the directory.
    pub fn settings(&self, values: [&str; MAX_COLUMNS]) -> Option<(Archive, String, u64)> {
        let original = self.original.as_ref()?;
        let values = original.values(&self.by_name(values))?;
        let value = |name: &str| find(&values, name);
        let member = original.images.settings.as_ref()?.fill(Into::Path, value)?;
        match original.images.archive_member(&value, "")? {
            Candidate::Member { archive, directory_bytes_hint, .. } => {
                Some((archive, member, directory_bytes_hint))
            }
            Candidate::Thumbnail { .. } | Candidate::Cell | Candidate::Address(_) => None,
        }
    }

    /// The row of another table that a row's image is from.
    pub fn source(&self, values: [&str; MAX_COLUMNS]) -> Option<Source> {
        let original = self.original.as_ref()?;
        Some(Source { table: original.table, values: original.values(&self.by_name(values))? })
    }

    /// The table that the images are from.
    pub fn source_table(&self) -> Option<&'static super::Table> {
        self.original.as_ref().map(|original| original.table)
    }

    /// Values by the names of their columns.
    fn by_name<'a>(&'a self, values: [&'a str; MAX_COLUMNS]) -> impl Fn(&str) -> Option<String> + 'a {
        let columns = self.columns();
        move |name| {
            let place = columns.iter().position(|column| *column == name)?;
            values.get(place).map(|value| (*value).to_owned())
        }
    }

    fn preview(&self, value: &impl Fn(&str) -> Option<String>, same_prompt: bool) -> Option<Candidate> {
        let path = self.thumbnail.as_ref()?.fill(Into::Address, value)?;
        Some(Candidate::Thumbnail { path, same_prompt })
    }

    fn archive_member(&self, value: &impl Fn(&str) -> Option<String>, place: &str) -> Option<Candidate> {
        let (archive, name) = self.member.as_ref()?;
        let into = match self.home {
            Home::Hub(..) | Home::Beside => Into::Path,
            Home::Address => Into::Address,
        };
        let path = archive.fill(into, value)?;
        let archive = match &self.home {
            Home::Hub(repository, revision) => {
                Archive::Hub(HubPath { repository: repository.clone(), revision: revision.clone(), path })
            }
            Home::Beside => Archive::Beside(path),
            Home::Address => Archive::Address(path),
        };
        Some(Candidate::Member {
            archive,
            name: name.fill(Into::Path, value)?,
            directory_bytes_hint: self.directory_bytes,
            place: place.to_owned(),
        })
    }
}

/// A pattern with a dash in place of each column.
fn without_columns(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('{') {
        plain.push_str(before);
        plain.push('-');
        rest = inside.split_once('}').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

fn find(values: &[(String, String)], name: &str) -> Option<String> {
    values.iter().find(|(column, _)| column == name).map(|(_, value)| value.clone())
}

/// Where archives are, and the pattern of their path there. A path without a place of its own is beside
/// the table: in its repository, in the folder of its address, or beside the app.
fn archive_home(zip: &str, table: &Place) -> Result<(Home, String), String> {
    if zip.starts_with("hf:") {
        return match parse_table(zip)? {
            TableRef::Hub(HubPath { repository, revision, path }) => {
                Ok((Home::Hub(repository, revision), path))
            }
            TableRef::Catalogue(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_) => {
                Err("it names a repository or a folder, and no archive of it.".to_owned())
            }
        };
    }
    if zip.contains("://") {
        let (origin, rest) = split_hosts_address(zip)?;
        if origin.contains(['{', '}']) {
            return Err("the host of an address can't come from the rows.".to_owned());
        }
        return Ok((Home::Address, format!("{origin}{rest}")));
    }
    if !is_beside(&without_columns(zip)) {
        return Err("it leads out of its folder, or is no path.".to_owned());
    }
    Ok(match table {
        Place::Hub(HubPath { repository, revision, .. }) => {
            (Home::Hub(repository.clone(), revision.clone()), zip.to_owned())
        }
        Place::Address(url) => {
            let plain = url.split(['?', '#']).next().unwrap_or(url);
            let folder = plain.rsplit_once('/').map_or(plain, |(folder, _)| folder);
            (Home::Address, format!("{folder}/{zip}"))
        }
        Place::Beside(_) => (Home::Beside, zip.to_owned()),
    })
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
        let images = Images::of(&table)?;
        // Given are the name or path of the image, and then the part or prompt.
        let named = |column: &str| if column.starts_with("image") { values[0] } else { values[1] };
        let columns = images.columns();
        let value = |at: usize| columns.get(at).map_or("", |column| named(column));
        let places = images.candidates([value(0), value(1)])?;
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
