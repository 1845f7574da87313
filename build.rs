//! Turns the catalogue into Rust, and tells the linker what modules have to keep to be taken apart.
//!
//! The page carries no reader for the catalogue: `src/view/catalog/catalog.json` becomes statics here. What
//! may stand in it is what may stand in a host's `catalog.json`, which `docs/tables.md` describes.

use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::path::PathBuf;

const CATALOGUE: &str = "src/view/catalog/catalog.json";

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={CATALOGUE}");
    // `cargo xtask build` moves what is seldom needed into modules of its own. It follows the
    // relocations to see what only they use.
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-bin=vitrine=--emit-relocs");
        println!("cargo::rustc-link-arg-bin=worker=--emit-relocs");
    }
    let wrong = |error: &dyn std::fmt::Display| format!("{CATALOGUE}: {error}");
    let text = std::fs::read_to_string(CATALOGUE).map_err(|error| wrong(&error))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let code = catalogue(&value).map_err(|error| wrong(&error))?;
    let out = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    std::fs::write(PathBuf::from(out).join("catalogue.rs"), code).map_err(|error| error.to_string())
}

/// The statics of the whole catalogue.
fn catalogue(value: &Value) -> Result<String, String> {
    let root = Object::new(value, "", &["thumbnails", "roles", "datasets", "tables"])?;
    let mut code = String::new();
    let mut put = |name: &str, kind: &str, value: String| {
        let _ = writeln!(code, "/// From the catalogue's data.\npub static {name}: {kind} = {value};");
    };
    put("THUMBNAILS", "&str", root.text("thumbnails")?);
    put(
        "ROLE_NAMES",
        "&[RoleNames]",
        list(root.objects("roles", &["role", "names", "parts", "lists"])?, |names| {
            let lists = if names.has("lists") { names.texts("lists")? } else { "&[]".to_owned() };
            let (role, names, parts) = (names.role()?, names.texts("names")?, names.texts("parts")?);
            Ok(format!("RoleNames {{ role: {role}, names: {names}, parts: {parts}, lists: {lists} }}"))
        })?,
    );
    let datasets = root.objects("datasets", &DATASET)?;
    let mut usual: Vec<String> = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    for (number, dataset) in datasets.iter().enumerate() {
        for column in dataset.objects("columns", &COLUMN)? {
            let name = column.text("name")?;
            if !usual.contains(&name) {
                usual.push(name);
                columns.push(read_column(&column)?);
            }
        }
        let own = list(dataset.objects("columns", &COLUMN)?, |item| read_column(&item))?;
        put(&format!("COLUMNS_{number}"), "&[ColumnFacts]", own);
    }
    put("USUAL_COLUMNS", "&[ColumnFacts]", format!("&[{}]", columns.join(", ")));
    let subsets: Vec<Object<'_>> = datasets
        .iter()
        .map(|dataset| dataset.objects("subsets", &SUBSET))
        .collect::<Result<Vec<_>, String>>()?
        .into_iter()
        .flatten()
        .collect();
    put("SUBSETS", "&[NamedSubset]", list(subsets, |item| subset(&item))?);
    let mut names: Vec<String> = Vec::new();
    for dataset in &datasets {
        names.push(dataset.text("name")?);
    }
    put("ABOUT", "&[About]", list(root.objects("datasets", &DATASET)?, |item| about(&item))?);
    put("TABLES", "&[Table]", list(root.objects("tables", &TABLE)?, |item| table(&item, &names))?);
    Ok(code)
}

const DATASET: [&str; 11] =
    ["name", "about", "row", "licence", "links", "cite", "limits", "privacy", "report", "columns", "subsets"];
const COLUMN: [&str; 12] = [
    "name",
    "title",
    "about",
    "role",
    "order",
    "in_table",
    "table_order",
    "categorical",
    "unit",
    "labels",
    "detached",
    "nobody",
];
const SUBSET: [&str; 8] = ["name", "title", "tables", "images", "first", "random", "seed", "shards"];
const TABLE: [&str; 11] =
    ["id", "dataset", "part", "description", "file", "also", "bytes", "rows", "rows_are", "facts", "images"];
const IMAGES: [&str; 8] = [
    "zip",
    "member",
    "thumbnail",
    "thumbnails_by_prompt",
    "directory_bytes",
    "settings",
    "place",
    "original",
];

fn about(item: &Object<'_>) -> Result<String, String> {
    let licence = match item.object("licence", &["name", "link"])? {
        Some(licence) => format!("Some(({}, Some({})))", licence.cow("name")?, licence.cow("link")?),
        None => "None".to_owned(),
    };
    Ok(format!(
        "About {{ dataset: {}, what: {}, row: {}, licence: {licence}, links: {}, bibtex: {}, limits: {}, \
         privacy: {}, report: {} }}",
        item.cow("name")?,
        item.cows("about")?,
        item.cow("row")?,
        cow(&list(item.objects("links", &["name", "link"])?, |pair| {
            Ok(format!("({}, {})", pair.cow("name")?, pair.cow("link")?))
        })?),
        item.cow("cite")?,
        item.cows("limits")?,
        item.cow("privacy")?,
        item.maybe("report", |item| item.cow("report"))?,
    ))
}

fn read_column(item: &Object<'_>) -> Result<String, String> {
    let labels = list(item.objects("labels", &["value", "label"])?, |label| {
        Ok(format!("({}, {})", label.whole("value")?, label.cow("label")?))
    })?;
    let detached = match item.object("detached", &["value", "label"])? {
        Some(own) => format!("Some(({}_f64, {}))", own.number("value")?, own.cow("label")?),
        None => "None".to_owned(),
    };
    let role = if item.has("role") { format!("Some({})", item.role()?) } else { "None".to_owned() };
    let order = if item.has("order") { item.whole("order")? } else { "UNKNOWN_ORDER".to_owned() };
    let table_order = if item.has("table_order") { item.whole("table_order")? } else { order.clone() };
    Ok(format!(
        "ColumnFacts {{ name: {}, title: {}, about: {}, role: {role}, order: {order}, in_table: {}, \
         table_order: {table_order}, categorical: {}, unit: {}, labels: {}, detached: {detached}, nobody: {} }}",
        item.cow("name")?,
        if item.has("title") { item.cow("title")? } else { item.cow("name")? },
        item.cow_or_empty("about")?,
        item.flag("in_table")?,
        item.flag("categorical")?,
        item.cow_or_empty("unit")?,
        cow(&labels),
        item.cow_or_empty("nobody")?,
    ))
}

fn subset(item: &Object<'_>) -> Result<String, String> {
    let rows = if item.has("first") {
        format!("SubsetRows::First({})", item.whole("first")?)
    } else if item.has("random") {
        format!("SubsetRows::Random {{ rows: {}, seed: {} }}", item.whole("random")?, item.whole("seed")?)
    } else {
        format!("SubsetRows::Shards({})", item.whole("shards")?)
    };
    Ok(format!(
        "NamedSubset {{ name: {}, tables: {}, title: {}, rows: {rows}, images: {} }}",
        item.cow("name")?,
        item.cows("tables")?,
        item.cow("title")?,
        item.maybe("images", |item| item.cow("images"))?,
    ))
}

fn table(item: &Object<'_>, datasets: &[String]) -> Result<String, String> {
    let dataset = item.text("dataset")?;
    let number = datasets.iter().position(|name| *name == dataset);
    let number = number.ok_or_else(|| format!("{}: there is no dataset {dataset}", item.place))?;
    let mut also = Vec::new();
    for text in item.list("also")? {
        also.push(place(text.as_str().unwrap_or_default(), &item.place)?);
    }
    Ok(format!(
        "Table {{ id: {}, dataset: {dataset}, part: {}, summary: {}, place: {}, also: &[{}], rows: {}, \
         file_bytes_hint: {}, facts: {}, row_noun: {}, columns: COLUMNS_{number}, rule: {} }}",
        item.text("id")?,
        item.text("part")?,
        item.text("description")?,
        place(item.raw("file")?, &item.place)?,
        also.join(", "),
        item.whole("rows")?,
        item.maybe("bytes", |item| item.whole("bytes"))?,
        pairs(item, "facts", "value")?,
        item.text("rows_are")?,
        item.maybe("images", images)?,
    ))
}

/// A file on the Hub's `main`, or beside the app.
fn place(text: &str, at: &str) -> Result<String, String> {
    let Some(path) = text.strip_prefix("hf:") else { return Ok(format!("Place::Beside({text:?})")) };
    let slash = path.match_indices('/').nth(1).map(|(slash, _)| slash);
    let slash = slash.ok_or_else(|| format!("{at}: {text} names no file"))?;
    let (repository, path) =
        (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default());
    Ok(format!("Place::Hub {{ repository: {repository:?}, revision: \"main\", path: {path:?} }}"))
}

fn images(item: &Object<'_>) -> Result<String, String> {
    let own = item.object("images", &IMAGES)?.ok_or("there are no images")?;
    let text = |key: &'static str| own.maybe(key, |own| own.cow(key));
    let original = match own.object("original", &["table", "place", "columns"])? {
        Some(original) => {
            let columns = list(original.objects("columns", &["name", "value"])?, |column| {
                Ok(format!("({}, {})", column.cow("name")?, column.cow("value")?))
            })?;
            let (table, place) = (original.cow("table")?, original.cow("place")?);
            format!("Some(Original {{ table: {table}, place: {place}, columns: {} }})", cow(&columns))
        }
        None => "None".to_owned(),
    };
    Ok(format!(
        "ImageRule {{ zip: {}, member: {}, thumbnail: {}, thumbnails_by_prompt: {}, directory_bytes: {}, settings: {}, \
         place: {}, original: {original} }}",
        text("zip")?,
        text("member")?,
        text("thumbnail")?,
        own.flag("thumbnails_by_prompt")?,
        own.maybe("directory_bytes", |own| own.whole("directory_bytes"))?,
        text("settings")?,
        text("place")?,
    ))
}

/// A list of `(name, …)`.
fn pairs(item: &Object<'_>, key: &'static str, other: &'static str) -> Result<String, String> {
    list(item.objects(key, &["name", other])?, |pair| {
        Ok(format!("({}, {})", pair.text("name")?, pair.text(other)?))
    })
}

fn cow(code: &str) -> String {
    format!("Cow::Borrowed({code})")
}

fn list<'a>(
    items: Vec<Object<'a>>,
    write: impl Fn(Object<'a>) -> Result<String, String>,
) -> Result<String, String> {
    let items: Vec<String> = items.into_iter().map(write).collect::<Result<_, _>>()?;
    Ok(format!("&[{}]", items.join(", ")))
}

/// An object of the file, and where it stands there.
struct Object<'a> {
    place: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    fn new(value: &'a Value, place: &str, known: &[&str]) -> Result<Self, String> {
        let fields = value.as_object().ok_or_else(|| format!("{place} is no object"))?;
        match fields.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(format!("{place}: the key {key:?} is not known")),
            None => Ok(Self { place: place.to_owned(), fields }),
        }
    }

    fn wrong(&self, key: &str, what: &str) -> String {
        format!("{}.{key} is no {what}", self.place)
    }

    fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    fn raw(&self, key: &str) -> Result<&'a str, String> {
        self.fields.get(key).and_then(Value::as_str).ok_or_else(|| self.wrong(key, "text"))
    }

    fn text(&self, key: &str) -> Result<String, String> {
        self.raw(key).map(|text| format!("{text:?}"))
    }

    fn cow(&self, key: &str) -> Result<String, String> {
        self.text(key).map(|text| cow(&text))
    }

    fn cow_or_empty(&self, key: &str) -> Result<String, String> {
        if self.has(key) { self.cow(key) } else { Ok(cow("\"\"")) }
    }

    fn cows(&self, key: &str) -> Result<String, String> {
        let texts = self.list(key)?.iter().map(|text| text.as_str().map(|text| cow(&format!("{text:?}"))));
        let texts: Option<Vec<String>> = texts.collect();
        let texts = texts.ok_or_else(|| self.wrong(key, "list of texts"))?;
        Ok(cow(&format!("&[{}]", texts.join(", "))))
    }

    fn whole(&self, key: &str) -> Result<String, String> {
        let number = self.fields.get(key).and_then(Value::as_u64);
        number.map(|number| number.to_string()).ok_or_else(|| self.wrong(key, "whole number"))
    }

    fn number(&self, key: &str) -> Result<f64, String> {
        self.fields.get(key).and_then(Value::as_f64).ok_or_else(|| self.wrong(key, "number"))
    }

    fn flag(&self, key: &str) -> Result<bool, String> {
        match self.fields.get(key) {
            Some(value) => value.as_bool().ok_or_else(|| self.wrong(key, "true or false")),
            None => Ok(false),
        }
    }

    /// `nsfw-image` is `Role::NsfwImage`.
    fn role(&self) -> Result<String, String> {
        let words = self.raw("role")?.split('-').map(|word| {
            let (first, rest) = word.split_at_checked(1).unwrap_or(("", ""));
            format!("{}{rest}", first.to_ascii_uppercase())
        });
        Ok(format!("Role::{}", words.collect::<String>()))
    }

    fn list(&self, key: &str) -> Result<&'a [Value], String> {
        match self.fields.get(key) {
            Some(value) => value.as_array().map(Vec::as_slice).ok_or_else(|| self.wrong(key, "list")),
            None => Ok(&[]),
        }
    }

    fn texts(&self, key: &str) -> Result<String, String> {
        let texts = self.list(key)?.iter().map(|text| text.as_str().map(|text| format!("{text:?}")));
        let texts: Option<Vec<String>> = texts.collect();
        texts.map(|texts| format!("&[{}]", texts.join(", "))).ok_or_else(|| self.wrong(key, "list of texts"))
    }

    fn object(&self, key: &str, known: &[&str]) -> Result<Option<Object<'a>>, String> {
        let place = format!("{}.{key}", self.place);
        self.fields.get(key).map(|value| Object::new(value, &place, known)).transpose()
    }

    fn objects(&self, key: &str, known: &[&str]) -> Result<Vec<Object<'a>>, String> {
        let items = self.list(key)?.iter().enumerate();
        items.map(|(at, item)| Object::new(item, &format!("{}.{key}[{at}]", self.place), known)).collect()
    }

    fn maybe(
        &self,
        key: &str,
        write: impl FnOnce(&Self) -> Result<String, String>,
    ) -> Result<String, String> {
        if self.has(key) { write(self).map(|value| format!("Some({value})")) } else { Ok("None".to_owned()) }
    }
}
