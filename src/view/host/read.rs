//! Reads `catalog.json`: what is understood counts, everything else is told.

use super::dataset::Dataset;
use super::json::{self, Spot, Value};
use super::{Catalogue, File, Place, Problem, Table};
use crate::formats::hub::listing::near_matches;
use crate::formats::hub::several::MAX_FILES;
use crate::view::catalog;
use crate::view::catalog::images::{ImageRule, MAX_COLUMNS, Original};
use crate::view::roles::{Corrections, Role};
use crate::view::url::split_hosts_address;
use std::borrow::Cow;
use std::sync::Arc;

/// More than this is not read.
pub const MAX_BYTES: usize = 1 << 20;

const MAX_TABLES: usize = 200;

/// Problems that are told; a file with more is of another kind.
const MAX_PROBLEMS: usize = 50;

pub(super) const MAX_TITLE_CHARS: usize = 80;
pub(super) const MAX_TEXT_CHARS: usize = 600;
const MAX_PLACE_CHARS: usize = 2_000;
pub(super) const MAX_ID_CHARS: usize = 64;

/// What the start page tells of a table.
const MAX_FACTS: usize = 6;

/// Reads the file. Problems come in the order of the file.
pub fn read(text: &str) -> (Catalogue, Vec<Problem>) {
    let mut reader = Reader::default();
    if text.len() > MAX_BYTES {
        reader.tell(0, "", format!("it is longer than {MAX_BYTES} bytes."), "Name fewer tables.");
        return (Catalogue::default(), reader.problems);
    }
    let root = match json::parse(text) {
        Ok(root) => root,
        Err((line, what)) => {
            reader.tell(
                line,
                "",
                format!("it is no JSON: {what}."),
                "Mend this line; nothing of the file counts until then.",
            );
            return (Catalogue::default(), reader.problems);
        }
    };
    let catalogue = reader.catalogue(&root);
    reader.problems.truncate(MAX_PROBLEMS);
    (catalogue, reader.problems)
}

#[derive(Default)]
pub(super) struct Reader {
    problems: Vec<Problem>,
    origins: Vec<String>,
}

/// The keys of an object, taken one by one.
pub(super) struct Fields<'a> {
    pub(super) place: String,
    line: u32,
    entries: &'a [(String, Spot)],
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The line where it begins.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<&'a Spot> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        // As everywhere, the last one counts.
        self.entries.iter().rev().find(|(own, _)| own == key).map(|(_, spot)| spot)
    }

    pub(super) fn at(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }
}

impl Reader {
    pub(super) fn tell(&mut self, line: u32, place: &str, what: impl Into<String>, hint: impl Into<String>) {
        let (place, what, hint) = (place.to_owned(), what.into(), hint.into());
        self.problems.push(Problem { line, place, what, hint });
    }

    pub(super) fn fields<'a>(&mut self, spot: &'a Spot, place: &str) -> Option<Fields<'a>> {
        match &spot.value {
            Value::Map(entries) => {
                Some(Fields { place: place.to_owned(), line: spot.line, entries, known: Vec::new() })
            }
            other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_)) => {
                self.tell(spot.line, place, format!("it is {}.", other.kind()), "Make it an object: { … }.");
                None
            }
        }
    }

    /// Names the keys that nobody took, and those that are given twice.
    pub(super) fn end(&mut self, fields: &Fields<'_>) {
        let Fields { place, line: _, entries, known } = fields;
        for (number, (key, spot)) in entries.iter().enumerate() {
            if !known.contains(&key.as_str()) {
                let near = near_matches(key, known.iter().copied());
                let hint = match near.first() {
                    Some(near) => format!("Did you mean “{near}”?"),
                    None => format!("It may hold {}.", known.join(", ")),
                };
                self.tell(spot.line, place, format!("the key “{}” is not known.", shown(key)), hint);
            } else if entries.iter().take(number).any(|(other, _)| other == key) {
                self.tell(
                    spot.line,
                    place,
                    format!("the key “{key}” is given twice."),
                    "Only the last one counts.",
                );
            }
        }
    }

    /// A text within a limit, without control characters.
    pub(super) fn text(&mut self, fields: &mut Fields<'_>, key: &'static str, most: usize) -> Option<String> {
        let spot = fields.take(key)?;
        self.plain(spot, &fields.at(key), most)
    }

    /// A value that is such a text.
    pub(super) fn plain(&mut self, spot: &Spot, place: &str, most: usize) -> Option<String> {
        let Value::Text(text) = &spot.value else {
            let what = format!("it is {}.", spot.value.kind());
            self.tell(spot.line, place, what, "Make it a text in quotes.");
            return None;
        };
        let text = text.trim();
        if text.is_empty() {
            self.tell(spot.line, place, "it is empty.", "Write something, or leave the key out.");
        } else if text.chars().count() > most {
            self.tell(spot.line, place, format!("it has more than {most} characters."), "Shorten it.");
        } else if text.chars().any(|c| c.is_control() || is_hidden(c)) {
            let hint = "Write it in one line of plain text.";
            self.tell(spot.line, place, "it holds characters that can't be seen.", hint);
        } else {
            return Some(text.to_owned());
        }
        None
    }

    /// An http or https address; its origin is taken note of.
    pub(super) fn address(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        read: bool,
    ) -> Option<String> {
        let line = fields.take(key)?.line;
        let text = self.text(fields, key, MAX_PLACE_CHARS)?;
        match split_hosts_address(&text) {
            Ok((origin, _)) if !text.contains(char::is_whitespace) => {
                if read {
                    self.origin(origin);
                }
                Some(text)
            }
            Ok(_) => {
                self.tell(line, &fields.at(key), "an address holds no spaces.", "Write %20 for one.");
                None
            }
            Err(error) => {
                self.tell(line, &fields.at(key), error, "Write an address that begins with https://.");
                None
            }
        }
    }

    fn origin(&mut self, origin: String) {
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
    }

    fn catalogue(&mut self, root: &Spot) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let Some(mut fields) = self.fields(root, "") else { return catalogue };
        // For people who read the file.
        fields.take("comment");
        catalogue.title = self.text(&mut fields, "title", MAX_TITLE_CHARS);
        catalogue.description = self.text(&mut fields, "description", MAX_TEXT_CHARS);
        if let Some(line) = fields.take("endpoint").map(|spot| spot.line)
            && let Some(address) = self.address(&mut fields, "endpoint", true)
            && let Ok((origin, rest)) = split_hosts_address(&address)
        {
            if rest.trim_matches('/').is_empty() {
                catalogue.endpoint = Some(origin);
            } else {
                self.tell(
                    line,
                    "endpoint",
                    "it has more than a scheme, a host and a port.",
                    format!("Write {origin}."),
                );
            }
        }
        let thumbnails = self.address(&mut fields, "thumbnails", true);
        catalogue.thumbnails = thumbnails.map(|address| address.trim_end_matches('/').to_owned());
        let datasets = self.datasets(&mut fields);
        for (number, item) in
            self.list(&mut fields, "tables", MAX_TABLES).into_iter().flatten().take(MAX_TABLES).enumerate()
        {
            let place = format!("tables[{number}]");
            let Some(table) = self.table(item, &place, &datasets) else { continue };
            if catalogue.table(&table.id).is_some() {
                let what = format!("another table has the id “{}”.", table.id);
                self.tell(item.line, &place, what, "Give it an id of its own.");
            } else {
                catalogue.tables.push(table);
            }
        }
        self.end(&fields);
        catalogue.origins = std::mem::take(&mut self.origins);
        catalogue
    }

    fn table(&mut self, spot: &Spot, place: &str, datasets: &[Arc<Dataset>]) -> Option<Table> {
        let mut fields = self.fields(spot, place)?;
        let id = self.id(&mut fields, spot);
        let dataset = self.dataset_of(&mut fields, datasets);
        let part = self.text(&mut fields, "part", MAX_TITLE_CHARS);
        let of_dataset = || Some(format!("{} {}", dataset.as_ref()?.about.dataset, part?));
        let title = self.text(&mut fields, "title", MAX_TITLE_CHARS).or_else(of_dataset);
        if title.is_none() && fields.take("title").is_none() {
            self.tell(spot.line, place, "it has no title.", "Add \"title\": what people call the table.");
        }
        let description = self.text(&mut fields, "description", MAX_TEXT_CHARS).unwrap_or_default();
        let files = self.files(&mut fields, spot);
        let rows = fields.take("rows").and_then(|rows| self.whole(rows, &fields.at("rows")));
        let mut roles = dataset.as_ref().map(|dataset| dataset.roles()).unwrap_or_default();
        roles.extend(self.roles(&mut fields));
        let row_noun = self.text(&mut fields, "rows_are", MAX_TITLE_CHARS);
        let mut facts = Vec::new();
        for mut fact in self.objects(&mut fields, "facts", MAX_FACTS) {
            let name = self.text(&mut fact, "name", MAX_TITLE_CHARS);
            let value = self.text(&mut fact, "value", MAX_TITLE_CHARS);
            self.end(&fact);
            facts.extend(name.zip(value));
        }
        let home = files.as_ref().and_then(|files| Place::parse(&files.first()?.place).ok());
        let images = self.images(&mut fields, home.as_ref());
        let licence = self.licence(&mut fields);
        let link = self.address(&mut fields, "link", false);
        self.end(&fields);
        let (id, title, files) = (id?, title?, files?);
        Some(Table {
            id,
            title,
            description,
            files,
            rows,
            row_noun,
            facts,
            dataset,
            roles,
            images,
            licence,
            link,
        })
    }

    /// The dataset that a table names.
    fn dataset_of(&mut self, fields: &mut Fields<'_>, datasets: &[Arc<Dataset>]) -> Option<Arc<Dataset>> {
        let line = fields.take("dataset")?.line;
        let name = self.text(fields, "dataset", MAX_TITLE_CHARS)?;
        let dataset = datasets.iter().find(|dataset| dataset.about.dataset == name);
        if dataset.is_none() {
            let what = format!("there is no dataset “{}”.", shown(&name));
            self.tell(line, &fields.at("dataset"), what, "Describe it in the list \"datasets\".");
        }
        dataset.cloned()
    }

    fn id(&mut self, fields: &mut Fields<'_>, table: &Spot) -> Option<String> {
        const HINT: &str = "Use small letters, digits, dashes and dots.";
        let Some(line) = fields.take("id").map(|spot| spot.line) else {
            self.tell(
                table.line,
                &fields.place,
                "it has no id.",
                "Add \"id\": its name in links, as “our-prompts”.",
            );
            return None;
        };
        let id = self.text(fields, "id", MAX_ID_CHARS)?;
        let known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_');
        if !id.bytes().all(known) || !id.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            self.tell(line, &fields.at("id"), format!("“{}” can't be an id.", shown(&id)), HINT);
            return None;
        }
        if catalog::table(&id).is_some() {
            self.tell(
                line,
                &fields.at("id"),
                format!("the app has a table “{id}” of its own."),
                "Choose another id.",
            );
            return None;
        }
        Some(id)
    }

    fn files(&mut self, fields: &mut Fields<'_>, table: &Spot) -> Option<Vec<File>> {
        const HINT: &str = "Write hf:owner/name/path.parquet, an https address, or a path beside the app.";
        let (one, several) = (fields.take("file").is_some(), fields.take("files"));
        let Some(list) = several else {
            if !one {
                self.tell(table.line, &fields.place, "it names no file.", format!("Add \"file\". {HINT}"));
                return None;
            }
            let line = fields.take("file").map_or(table.line, |spot| spot.line);
            let place = self.text(fields, "file", MAX_PLACE_CHARS)?;
            let bytes = fields.take("bytes").and_then(|bytes| self.whole(bytes, &fields.at("bytes")));
            return self.place(&place, line, &fields.at("file"), true).then(|| vec![File { place, bytes }]);
        };
        let at = fields.at("files");
        if one {
            self.tell(
                list.line,
                &at,
                "“file” and “files” are both given.",
                "Keep one of them; “files” counts.",
            );
        }
        let Value::List(items) = &list.value else {
            self.tell(list.line, &at, format!("it is {}.", list.value.kind()), "Make it a list: [ … ].");
            return None;
        };
        if items.is_empty() || items.len() > MAX_FILES {
            self.tell(
                list.line,
                &at,
                format!("it has {} files.", items.len()),
                format!("A table is made of one to {MAX_FILES} files."),
            );
            return None;
        }
        let mut files = Vec::with_capacity(items.len());
        let mut sound = true;
        for (number, item) in items.iter().enumerate() {
            let at = format!("{at}[{number}]");
            let Some(mut own) = self.fields(item, &at) else {
                sound = false;
                continue;
            };
            let line = own.take("file").map_or(item.line, |spot| spot.line);
            let place = self.text(&mut own, "file", MAX_PLACE_CHARS);
            if own.take("file").is_none() {
                self.tell(item.line, &at, "it names no file.", HINT);
            }
            let bytes = own.take("bytes").and_then(|bytes| self.whole(bytes, &own.at("bytes")));
            self.end(&own);
            if items.len() > 1 && own.take("bytes").is_none() {
                self.tell(
                    item.line,
                    &at,
                    "it has no “bytes”.",
                    "Add its size: of several files each is found by it.",
                );
            }
            let place = place.filter(|place| self.place(place, line, &own.at("file"), false));
            match (place, bytes) {
                (Some(place), bytes) if bytes.is_some() || items.len() == 1 => {
                    files.push(File { place, bytes })
                }
                (Some(_) | None, _) => sound = false,
            }
        }
        sound.then_some(files)
    }

    /// Whether a file is somewhere; its origin is taken note of.
    fn place(&mut self, text: &str, line: u32, at: &str, several: bool) -> bool {
        const HINT: &str = "Write hf:owner/name/path.parquet, an https address, or a path beside the app.";
        match Place::parse(text) {
            Ok(Place::Hub(path)) if path.is_several() && !several => {
                self.tell(
                    line,
                    at,
                    "a star stands for several files.",
                    "Name them by “file” alone, or one by one.",
                );
                false
            }
            Ok(Place::Address(url)) => {
                if let Ok((origin, _)) = split_hosts_address(&url) {
                    self.origin(origin);
                }
                true
            }
            Ok(Place::Hub(_) | Place::Beside(_)) => true,
            Err(error) => {
                self.tell(line, at, error, HINT);
                false
            }
        }
    }

    pub(super) fn whole(&mut self, spot: &Spot, place: &str) -> Option<u64> {
        match spot.value {
            Value::Number(value)
                if value >= 0.0 && value.fract() == 0.0 && value <= 9_007_199_254_740_991.0 =>
            {
                Some(value as u64)
            }
            _ => {
                self.tell(spot.line, place, "it is no whole number.", "Write digits alone.");
                None
            }
        }
    }

    fn roles(&mut self, fields: &mut Fields<'_>) -> Corrections {
        let mut roles = Corrections::new();
        let Some(spot) = fields.take("roles") else { return roles };
        let place = fields.at("roles");
        let Some(own) = self.fields(spot, &place) else { return roles };
        for (name, value) in own.entries {
            let Some(role) = Role::of(name) else {
                self.no_role(value.line, &place, name);
                continue;
            };
            match &value.value {
                Value::Text(column) => {
                    roles.insert(role, Some(column.clone()));
                }
                Value::Null => {
                    roles.insert(role, None);
                }
                other @ (Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_)) => {
                    self.tell(
                        value.line,
                        &format!("{place}.{name}"),
                        format!("it is {}.", other.kind()),
                        "Name a column, or write null for none.",
                    );
                }
            }
        }
        roles
    }

    pub(super) fn no_role(&mut self, line: u32, place: &str, name: &str) {
        let names: Vec<&str> = Role::ALL.iter().map(|(_, name, _)| *name).collect();
        let what = format!("“{}” is no role.", shown(name));
        self.tell(line, place, what, format!("The roles are {}.", names.join(", ")));
    }

    fn images(&mut self, fields: &mut Fields<'_>, home: Option<&Place>) -> Option<ImageRule> {
        let spot = fields.take("images")?;
        let place = fields.at("images");
        let mut own = self.fields(spot, &place)?;
        let mut pattern = |key| self.text(&mut own, key, MAX_PLACE_CHARS).map(Cow::Owned);
        let (zip, member, thumbnail) = (pattern("zip"), pattern("member"), pattern("thumbnail"));
        let settings = pattern("settings");
        let rule = ImageRule {
            zip,
            member,
            thumbnail,
            settings,
            thumbnails_by_prompt: self.flag(&mut own, "thumbnails_by_prompt"),
            directory_bytes: own
                .take("directory_bytes")
                .and_then(|bytes| self.whole(bytes, &own.at("directory_bytes"))),
            place: self.text(&mut own, "place", MAX_TITLE_CHARS).map(Cow::Owned),
            original: self.original(&mut own),
        };
        self.end(&own);
        match rule.images(home?) {
            Ok(_) => {
                for address in rule.zip.iter().chain(&rule.thumbnail) {
                    if let Ok((origin, _)) = split_hosts_address(address) {
                        self.origin(origin);
                    }
                }
                Some(rule)
            }
            Err((key, what)) => {
                let place = if key.is_empty() { place } else { own.at(key) };
                let hint = "As in \"zip\": \"images/part-{part_id:06}.zip\", \"member\": \"{image_name}\".";
                self.tell(spot.line, &place, what, hint);
                None
            }
        }
    }

    fn original(&mut self, fields: &mut Fields<'_>) -> Option<Original> {
        let spot = fields.take("original")?;
        let mut own = self.fields(spot, &fields.at("original"))?;
        let table = self.text(&mut own, "table", MAX_ID_CHARS);
        let place = self.text(&mut own, "place", MAX_TITLE_CHARS);
        let mut columns = Vec::new();
        for mut column in self.objects(&mut own, "columns", MAX_COLUMNS) {
            let name = self.text(&mut column, "name", MAX_TITLE_CHARS);
            let value = self.text(&mut column, "value", MAX_PLACE_CHARS);
            self.end(&column);
            columns.extend(name.map(Cow::Owned).zip(value.map(Cow::Owned)));
        }
        self.end(&own);
        let place = place.or_else(|| table.clone())?;
        Some(Original { table: table?.into(), place: place.into(), columns: columns.into() })
    }

    /// The objects of a list, at most so many.
    pub(super) fn objects<'a>(
        &mut self,
        fields: &mut Fields<'a>,
        key: &'static str,
        most: usize,
    ) -> Vec<Fields<'a>> {
        let items = self.list(fields, key, most).into_iter().flatten().take(most).enumerate();
        let place = fields.at(key);
        items.filter_map(|(number, item)| self.fields(item, &format!("{place}[{number}]"))).collect()
    }

    /// The values of a list; that there are more than `most` is told.
    pub(super) fn list<'a>(
        &mut self,
        fields: &mut Fields<'a>,
        key: &'static str,
        most: usize,
    ) -> Option<&'a [Spot]> {
        let spot = fields.take(key)?;
        let place = fields.at(key);
        let Value::List(items) = &spot.value else {
            self.tell(spot.line, &place, format!("it is {}.", spot.value.kind()), "Make it a list: [ … ].");
            return None;
        };
        if items.len() > most {
            let what = format!("it has more than {most} entries.");
            self.tell(spot.line, &place, what, "The others are left out.");
        }
        Some(items)
    }

    pub(super) fn flag(&mut self, fields: &mut Fields<'_>, key: &'static str) -> bool {
        let Some(spot) = fields.take(key) else { return false };
        if let Value::Bool(value) = spot.value {
            return value;
        }
        self.tell(
            spot.line,
            &fields.at(key),
            format!("it is {}.", spot.value.kind()),
            "Write true or false.",
        );
        false
    }

    pub(super) fn licence(&mut self, fields: &mut Fields<'_>) -> Option<(String, Option<String>)> {
        let spot = fields.take("licence")?;
        if matches!(spot.value, Value::Text(_)) {
            return Some((self.text(fields, "licence", MAX_TITLE_CHARS)?, None));
        }
        let place = fields.at("licence");
        let mut own = self.fields(spot, &place)?;
        let (name, link) =
            (self.text(&mut own, "name", MAX_TITLE_CHARS), self.address(&mut own, "link", false));
        if own.take("name").is_none() {
            self.tell(spot.line, &place, "it has no name.", "Add \"name\", as “CC BY 4.0”.");
        }
        self.end(&own);
        Some((name?, link))
    }
}

/// Characters that turn the direction of what stands around them, or take no room.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().filter(|c| !c.is_control() && !is_hidden(*c)).take(MOST).collect();
    if text.chars().count() > MOST {
        short.push('…');
    }
    short
}
