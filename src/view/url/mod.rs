//! The link: a [`Spec`] as a query string, and back.
//!
//! `table=diffusiondb-2m&cfg=7..12&sampler=k_lms,ddim&columns=prompt,cfg&row=1234567`
//!
//! One key for each filtered column, by its name in the file; the keys of [`RESERVED`] mean
//! something else, and a column so named takes a leading dot. What is measured of a text column is a column like any other
//! ([`crate::view::measures`]): `words(prompt)=10..&add=tokens(prompt)`. Defaults are left out and the order
//! is fixed, so that equal views have equal links. What cannot be understood becomes a
//! [`LinkNotice`], and the rest still counts.

mod address;
mod clause;
mod pin;
mod table;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
pub mod time;

use crate::base::sorted::Map;
use crate::formats::hub::DEFAULT_ENDPOINT;
use crate::formats::tabular::reading::Reading;
use crate::view::join::{Join, MAX_JOINS};
use crate::view::like::Like;
use crate::view::measures::{MAX_ADDED, Measured};
use crate::view::phrases::PhraseList;
use crate::view::roles::Role;
use crate::view::spec::{Clause, SortKey, Spec, Subset, TableRef, View};
use crate::view::{catalog, query};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

pub use address::split_hosts_address;
pub use clause::{parse_bound, print_bound};
pub use table::{parse_table, print_table};

/// Keys that are not columns.
pub const RESERVED: &[&str] = &[
    "table", "subset", "q", "sort", "view", "columns", "roles", "read", "row", "at", "endpoint", "phrases",
    "like", "groups", "pairs", "plot", "outcome", "embed", "add", "pin", JOIN,
];

/// The key that may be there several times: a table is joined by each.
const JOIN: &str = "join";

/// Keys that the pages around us add to our address; they are passed over in silence.
const HOST_KEYS: &[&str] = &["__theme", "__sign", "__lang"];

/// The longest query that is read: beyond it browsers and servers begin to refuse addresses.
pub const MAX_QUERY_BYTES: usize = 64 * 1024;

/// The most keys of the order of rows; a fifth one never decides anything that people see.
pub const MAX_SORT_KEYS: usize = 4;

pub use crate::view::spec::{MAX_FILTERS, MAX_LIST_VALUES};

/// The most columns of the table: wider than any screen, few enough to lay out at once.
pub const MAX_COLUMNS: usize = 200;

/// The most notices that one link gives rise to; a hostile link must not bury the page.
const MAX_NOTICES: usize = 12;

/// Something in a link that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkNotice {
    /// The key in question; empty where it is the link as a whole.
    pub key: String,
    /// What is wrong with it, in a sentence.
    pub message: String,
}

/// Reads a query string, with or without its question mark. Never fails: what cannot be
/// understood is left out and told in the notices.
pub fn parse(query: &str) -> (Spec, Vec<LinkNotice>) {
    parse_with(query, &|_| false)
}

/// The same where the app's host names subsets besides those of the catalogue: `is_added` tells its names.
pub fn parse_with(query: &str, is_added: &dyn Fn(&str) -> bool) -> (Spec, Vec<LinkNotice>) {
    read(query, is_added, false)
}

/// The same; what is pinned says which rows are meant, and nothing else.
fn read(query: &str, is_added: &dyn Fn(&str) -> bool, is_pin: bool) -> (Spec, Vec<LinkNotice>) {
    let mut notices = Notices::default();
    let mut spec = Spec::default();
    let pairs = last_of_each_key(query.strip_prefix('?').unwrap_or(query), &mut notices);
    let mut left_out = 0_usize;
    for (key, value) in pairs {
        let column = match key.strip_prefix('.') {
            Some(name) => name,
            None if HOST_KEYS.contains(&key.as_str()) => continue,
            None if is_pin && RESERVED.contains(&key.as_str()) && key != "subset" && key != "q" => {
                notices.add(&key, "says nothing of which rows are meant.".to_owned());
                continue;
            }
            None if RESERVED.contains(&key.as_str()) => {
                if let Err(message) = read_reserved(&mut spec, &key, &value.unwrap_or_default(), is_added) {
                    notices.add(&key, message);
                }
                continue;
            }
            None => key.as_str(),
        };
        match value.ok_or_else(|| "has no value.".to_owned()).and_then(|value| clause::parse(&value)) {
            Ok(_) if spec.filters.len() >= MAX_FILTERS => left_out += 1,
            Ok(clause) => {
                spec.filters.insert(column.to_owned(), clause);
            }
            Err(message) => notices.add(column, message),
        }
    }
    if left_out > 0 {
        notices.add(
            "",
            format!(
                "{left_out} filters were left out: at most {MAX_FILTERS} columns can be filtered at once."
            ),
        );
    }
    add_what_is_named(&mut spec);
    (spec, notices.finish())
}

/// Writes the query string of a view, without a question mark; empty for the start page.
/// A local file can't be part of a link and is left out.
pub fn print(spec: &Spec) -> String {
    // Destructured, so that a new field does not compile until it is part of the link.
    let Spec {
        table,
        endpoint,
        roles,
        reading,
        subset,
        query: asked,
        filters,
        pin,
        sort,
        view,
        columns,
        row,
        at,
        added,
        joins,
        phrases,
        like,
        groups,
        pairs,
        plot,
        outcome,
        embed,
    } = spec;
    let mut query = String::new();
    match table {
        None | Some(TableRef::Local(_)) => {}
        Some(
            table @ (TableRef::Catalogue(_) | TableRef::Hub(_) | TableRef::Folder(_) | TableRef::Url(_)),
        ) => {
            push(&mut query, "table", &print_table(table));
        }
    }
    if let Some(endpoint) = endpoint.as_deref().filter(|endpoint| *endpoint != DEFAULT_ENDPOINT) {
        push(&mut query, "endpoint", endpoint);
    }
    if !roles.is_empty() {
        let items: Vec<String> = roles
            .iter()
            .map(|(role, column)| format!("{}:{}", role.name(), column.as_deref().unwrap_or_default()))
            .collect();
        push(&mut query, "roles", &clause::print_items(&items));
    }
    if !reading.is_guessed() {
        push(&mut query, "read", &reading.print());
    }
    push_rows(&mut query, subset.as_ref(), asked.as_deref(), filters);
    if let Some(pin) = pin {
        push(&mut query, "pin", &pin::print(pin));
    }
    if !sort.is_empty() {
        let keys: Vec<String> = sort.iter().map(print_sort_key).collect();
        push(&mut query, "sort", &clause::print_items(&keys));
    }
    if *view != View::default() {
        push(&mut query, "view", view.name());
    }
    if let Some(columns) = columns {
        push(&mut query, "columns", &clause::print_items(columns));
    }
    if !added.is_empty() {
        push(&mut query, "add", &clause::print_items(added));
    }
    if let Some(row) = row {
        push(&mut query, "row", &row.to_string());
    }
    if let Some(at) = at {
        push(&mut query, "at", &at.to_string());
    }
    if *phrases != PhraseList::default() {
        push(&mut query, "phrases", &clause::print_items(&phrases.items()));
    }
    if let Some(like) = like {
        push(&mut query, "like", &like.print());
    }
    for words in joins.iter().filter(|words| !Join::is_local(words)) {
        push(&mut query, JOIN, &clause::print_items(words));
    }
    for (key, words) in [("groups", groups), ("pairs", pairs), ("plot", plot), ("outcome", outcome)] {
        if let Some(words) = words {
            push(&mut query, key, &clause::print_items(words));
        }
    }
    if *embed {
        push(&mut query, "embed", "1");
    }
    guard_end(&mut query);
    query
}

/// Writes which rows are asked for.
fn push_rows(
    query: &mut String,
    subset: Option<&Subset>,
    asked: Option<&str>,
    filters: &Map<String, Clause>,
) {
    if let Some(subset) = subset {
        push(query, "subset", &print_subset(subset));
    }
    if let Some(asked) = asked {
        push(query, "q", asked);
    }
    for (name, clause) in filters {
        push(query, &column_key(name), &clause::print(clause));
    }
}

fn read_reserved(
    spec: &mut Spec,
    key: &str,
    value: &str,
    is_added: &dyn Fn(&str) -> bool,
) -> Result<(), String> {
    match key {
        "table" => spec.table = Some(parse_table(value)?),
        "endpoint" => {
            let origin = address::parse_origin(value)?;
            spec.endpoint = (origin != DEFAULT_ENDPOINT).then_some(origin);
        }
        "view" => {
            spec.view = View::named(value)
                .ok_or_else(|| format!("“{}” is not a view of this version.", shown(value)))?;
        }
        "subset" => spec.subset = Some(parse_subset(value, is_added)?),
        "q" => {
            let text = value.trim();
            query::parse(text).map_err(|problem| problem.message)?;
            spec.query = (!text.is_empty()).then(|| text.to_owned());
        }
        "pin" => spec.pin = Some(pin::parse(value, is_added)?),
        "sort" => {
            let mut keys: Vec<SortKey> = Vec::new();
            for item in clause::parse_items(value)? {
                let (descending, name) = match item.strip_prefix('-') {
                    Some(name) => (true, name),
                    None => (false, item.as_str()),
                };
                let column = name.strip_prefix('.').unwrap_or(name).to_owned();
                if !keys.iter().any(|key| key.column == column) {
                    keys.push(SortKey { column, descending });
                }
            }
            let count = keys.len();
            keys.truncate(MAX_SORT_KEYS);
            spec.sort = keys;
            if count > MAX_SORT_KEYS {
                return Err(format!("only the first {MAX_SORT_KEYS} of {count} keys count."));
            }
        }
        "columns" => {
            let mut names = clause::parse_items(value)?;
            let count = names.len();
            names.truncate(MAX_COLUMNS);
            spec.columns = Some(names);
            if count > MAX_COLUMNS {
                return Err(format!("only the first {MAX_COLUMNS} of {count} columns are shown."));
            }
        }
        "add" => {
            let (names, others): (Vec<String>, Vec<String>) =
                clause::parse_items(value)?.into_iter().partition(|name| Measured::read(name).is_some());
            let count = names.len();
            for name in names.into_iter().take(MAX_ADDED) {
                if !spec.added.contains(&name) {
                    spec.added.push(name);
                }
            }
            if let Some(other) = others.first() {
                return Err(format!("“{}” is not a column that can be added.", shown(other)));
            }
            if count > MAX_ADDED {
                return Err(format!("only the first {MAX_ADDED} of {count} columns are added."));
            }
        }
        "roles" => {
            for item in clause::parse_items(value)? {
                let (role, column) = item.split_once(':').unwrap_or((&item, ""));
                let known = Role::of(role)
                    .ok_or_else(|| format!("“{}” is not a part that a column can play.", shown(role)))?;
                spec.roles.insert(known, (!column.is_empty()).then(|| column.to_owned()));
            }
        }
        "read" => {
            spec.reading = Reading::parse(value)
                .map_err(|word| format!("“{}” is no way to read a file.", shown(word)))?;
        }
        "row" => {
            let row = value.parse().map_err(|_| format!("“{}” is not the number of a row.", shown(value)))?;
            spec.row = Some(row);
        }
        "at" => {
            let at: u64 =
                value.parse().map_err(|_| format!("“{}” is not a place in the result.", shown(value)))?;
            spec.at = (at > 0).then_some(at);
        }
        "phrases" => {
            let items = clause::parse_items(value)?;
            spec.phrases = PhraseList::read(items.iter().map(String::as_str))
                .map_err(|item| format!("“{}” says nothing of how phrases are listed.", shown(item)))?;
        }
        "like" => {
            let like = Like::read(value);
            spec.like = Some(like.ok_or_else(|| format!("“{}” is not the number of a row.", shown(value)))?);
        }
        JOIN => {
            let mut items = clause::parse_items(value)?;
            items.truncate(MAX_COLUMNS);
            if Join::is_local(&items) {
                return Err("is a file of another device.".to_owned());
            }
            if items.is_empty() || spec.joins.contains(&items) {
                return Ok(());
            }
            if spec.joins.len() >= MAX_JOINS {
                return Err(format!("only the first {MAX_JOINS} files are joined."));
            }
            spec.joins.push(items);
        }
        "groups" | "pairs" | "plot" | "outcome" => {
            let mut items = clause::parse_items(value)?;
            items.truncate(MAX_COLUMNS);
            let words = match key {
                "groups" => &mut spec.groups,
                "pairs" => &mut spec.pairs,
                "plot" => &mut spec.plot,
                _ => &mut spec.outcome,
            };
            *words = (!items.is_empty()).then_some(items);
        }
        "embed" => {
            spec.embed = match value {
                "1" | "true" => true,
                "0" | "false" => false,
                _ => return Err(format!("“{}” is neither 1 nor 0.", shown(value))),
            };
        }
        // Every key of `RESERVED` stands above.
        _ => {}
    }
    Ok(())
}

/// A column that is measured need not be added where it is filtered, sorted or shown.
fn add_what_is_named(spec: &mut Spec) {
    let sorted = spec.sort.iter().map(|key| &key.column);
    let named: Vec<String> = spec
        .filters
        .keys()
        .chain(spec.pin.iter().flat_map(|pin| pin.filters.keys()))
        .chain(sorted)
        .chain(spec.columns.iter().flatten())
        .chain(spec.plot.iter().flatten())
        .chain(spec.outcome.iter().flatten())
        .filter(|name| Measured::read(name).is_some())
        .cloned()
        .collect();
    for name in named {
        if spec.added.len() < MAX_ADDED && !spec.added.contains(&name) {
            spec.added.push(name);
        }
    }
}

fn parse_subset(text: &str, is_added: &dyn Fn(&str) -> bool) -> Result<Subset, String> {
    let wrong = || {
        format!("“{}” is no subset: first:1000, random:1000@7, or a name of the dataset's card.", shown(text))
    };
    if let Some(rows) = text.strip_prefix("first:") {
        return rows.parse().map(Subset::First).map_err(|_| wrong());
    }
    if let Some(rest) = text.strip_prefix("random:") {
        let (rows, seed) = rest.split_once('@').unwrap_or((rest, "0"));
        return match (rows.parse(), seed.parse()) {
            (Ok(rows), Ok(seed)) => Ok(Subset::Random { rows, seed }),
            _ => Err(wrong()),
        };
    }
    let is_named = catalog::subset(text).is_some() || is_added(text);
    if is_named { Ok(Subset::Named(text.to_owned())) } else { Err(wrong()) }
}

/// Whether a subset can be called so.
pub fn is_subset_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Writes a subset so that it is read again as the same.
pub fn print_subset(subset: &Subset) -> String {
    match subset {
        Subset::First(rows) => format!("first:{rows}"),
        Subset::Random { rows, seed } => format!("random:{rows}@{seed}"),
        Subset::Named(name) => name.clone(),
    }
}

/// A dot keeps a name that begins with a sign from being read as a direction.
fn print_sort_key(key: &SortKey) -> String {
    let SortKey { column, descending } = key;
    let sign = if *descending { "-" } else { "" };
    let dot = if column.is_empty() || column.starts_with(['-', '.']) { "." } else { "" };
    format!("{sign}{dot}{column}")
}

/// Splits a query into decoded keys and values, in order. Of a key that is there more than once
/// the last one counts, but
/// where several can be meant.
fn last_of_each_key(query: &str, notices: &mut Notices) -> Vec<(String, Option<String>)> {
    let mut pairs: Vec<Option<(String, Option<String>)>> = Vec::new();
    let mut places: Map<String, usize> = Map::new();
    for pair in within_limit(query, notices).split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = match pair.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (pair, None),
        };
        let Ok(key) = decode(key) else {
            notices.add("", "a key is not UTF-8 text.".to_owned());
            continue;
        };
        if key.is_empty() {
            notices.add("", "a value stands without a key.".to_owned());
            continue;
        }
        let Ok(value) = value.map(decode).transpose() else {
            notices.add(&key, "is not UTF-8 text.".to_owned());
            continue;
        };
        if key != JOIN
            && let Some(earlier) = places.insert(key.clone(), pairs.len())
            && let Some(slot) = pairs.get_mut(earlier)
        {
            *slot = None;
            notices.add(&key, "is there more than once; the last one counts.".to_owned());
        }
        pairs.push(Some((key, value)));
    }
    pairs.into_iter().flatten().collect()
}

/// As many whole pairs as the limit allows.
fn within_limit<'a>(query: &'a str, notices: &mut Notices) -> &'a str {
    if query.len() <= MAX_QUERY_BYTES {
        return query;
    }
    notices.add("", format!("the link is longer than {} KB; its end was left out.", MAX_QUERY_BYTES / 1024));
    // A character has four bytes at most, so one of four neighbouring places is between two.
    let head = (0..4).find_map(|back| query.get(..MAX_QUERY_BYTES - back)).unwrap_or_default();
    head.rsplit_once('&').map_or("", |(whole, _)| whole)
}

fn decode(text: &str) -> Result<String, ()> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().map(Cow::into_owned).map_err(|_| ())
}

/// What breaks a query, and nothing more, so that links stay readable. Non-ASCII is always
/// encoded; a space becomes a plus sign afterwards.
const BREAKS_A_VALUE: &AsciiSet = &CONTROLS.add(b'&').add(b'#').add(b'%').add(b'+').add(b'<').add(b'>');
/// A question mark at the very beginning would be taken for the query's own.
const BREAKS_A_KEY: &AsciiSet = &BREAKS_A_VALUE.add(b'=').add(b'?');

fn push(query: &mut String, key: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(&utf8_percent_encode(key, BREAKS_A_KEY).to_string().replace(' ', "+"));
    query.push('=');
    query.push_str(&utf8_percent_encode(value, BREAKS_A_VALUE).to_string().replace(' ', "+"));
}

fn column_key(name: &str) -> Cow<'_, str> {
    let taken = RESERVED.contains(&name) || HOST_KEYS.contains(&name);
    if taken || name.is_empty() || name.starts_with('.') {
        Cow::Owned(format!(".{name}"))
    } else {
        Cow::Borrowed(name)
    }
}

/// Programs that turn addresses in a text into links leave punctuation at the end out, and
/// `cfg=7..` would become `cfg=7`: so the last character is encoded if it is one of those.
fn guard_end(query: &mut String) {
    const LEFT_OUT: &[char] = &['.', ',', '!', '?', ':', ';', '"', '\'', ')', ']', '*', '_', '~', '+'];
    if query.ends_with(LEFT_OUT)
        && let Some(last) = query.pop()
    {
        let meant = if last == '+' { b' ' } else { last as u8 };
        query.push_str(&format!("%{meant:02X}"));
    }
}

/// A piece of the link, short enough to be quoted in a sentence.
fn shown(text: &str) -> Cow<'_, str> {
    const MAX_CHARS: usize = 60;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

#[derive(Default)]
struct Notices {
    kept: Vec<LinkNotice>,
    more: usize,
}

impl Notices {
    fn add(&mut self, key: &str, message: String) {
        let notice = LinkNotice { key: shown(key).into_owned(), message };
        if self.kept.contains(&notice) {
            return;
        }
        if self.kept.len() < MAX_NOTICES {
            self.kept.push(notice);
        } else {
            self.more += 1;
        }
    }

    fn finish(mut self) -> Vec<LinkNotice> {
        if self.more > 0 {
            let message = format!("{} more parts of the link were not understood.", self.more);
            self.kept.push(LinkNotice { key: String::new(), message });
        }
        self.kept
    }
}
