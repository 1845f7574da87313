//! Reads what a host says of a dataset: what it is, what its columns mean, and the subsets of its card. The
//! keys are those of the app's own `catalog.json`.

use super::json::{Spot, Value};
use super::read::{Fields, MAX_ID_CHARS, MAX_TEXT_CHARS, MAX_TITLE_CHARS, Reader};
use crate::view::catalog::about::About;
use crate::view::catalog::{self, ColumnFacts, NamedSubset, SubsetRows, Text, UNKNOWN_ORDER};
use crate::view::roles::{Corrections, Role};
use std::borrow::Cow;
use std::sync::Arc;

const MAX_DATASETS: usize = 100;
const MAX_COLUMNS: usize = 500;
const MAX_LABELS: usize = 1_000;
const MAX_SUBSETS: usize = 100;
const MAX_PARAGRAPHS: usize = 20;
const MAX_LINKS: usize = 20;
const MAX_LONG_CHARS: usize = 4_000;

/// What the tables of a dataset have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// What it is.
    pub about: About,
    /// What its columns mean.
    pub columns: Vec<ColumnFacts>,
    /// The subsets of its card.
    pub subsets: Vec<NamedSubset>,
}

impl Dataset {
    /// The parts that its columns play.
    pub fn roles(&self) -> Corrections {
        let roles = self.columns.iter().filter_map(|facts| Some((facts.role?, Some(facts.name.to_string()))));
        roles.collect()
    }
}

impl Reader {
    /// The datasets of the file, by their names.
    pub(super) fn datasets(&mut self, root: &mut Fields<'_>) -> Vec<Arc<Dataset>> {
        let mut datasets: Vec<Arc<Dataset>> = Vec::new();
        for mut own in self.objects(root, "datasets", MAX_DATASETS) {
            let dataset = self.dataset(&mut own);
            self.end(&own);
            let Some(dataset) = dataset else { continue };
            if datasets.iter().any(|other| other.about.dataset == dataset.about.dataset) {
                let name = &dataset.about.dataset;
                let what = format!("another dataset is called “{name}”.");
                self.tell(own.line(), &own.place, what, "Give it a name of its own.");
            } else {
                datasets.push(Arc::new(dataset));
            }
        }
        datasets
    }

    fn dataset(&mut self, own: &mut Fields<'_>) -> Option<Dataset> {
        let name = self.name(own, "Add \"name\": what people call the dataset.");
        let mut links = Vec::new();
        for mut link in self.objects(own, "links", MAX_LINKS) {
            let name = self.text(&mut link, "name", MAX_TITLE_CHARS);
            let address = self.address(&mut link, "link", false);
            self.end(&link);
            links.extend(name.map(Cow::Owned).zip(address.map(Cow::Owned)));
        }
        let about = About {
            what: self.texts(own, "about", MAX_PARAGRAPHS).into(),
            row: self.text(own, "row", MAX_TEXT_CHARS).unwrap_or_default().into(),
            licence: self.licence(own).map(|(name, link)| (name.into(), link.map(Cow::Owned))),
            links: links.into(),
            bibtex: self.lines(own, "cite").unwrap_or_default().into(),
            limits: self.texts(own, "limits", MAX_PARAGRAPHS).into(),
            privacy: self.text(own, "privacy", MAX_LONG_CHARS).unwrap_or_default().into(),
            report: self.address(own, "report", false).map(Cow::Owned),
            dataset: name.clone().unwrap_or_default().into(),
        };
        let mut columns: Vec<ColumnFacts> = Vec::new();
        for mut column in self.objects(own, "columns", MAX_COLUMNS) {
            let facts = self.column(&mut column);
            self.end(&column);
            columns.extend(facts.filter(|facts| columns.iter().all(|other| other.name != facts.name)));
        }
        let mut subsets = Vec::new();
        for mut subset in self.objects(own, "subsets", MAX_SUBSETS) {
            subsets.extend(self.subset(&mut subset));
            self.end(&subset);
        }
        name.map(|_| Dataset { about, columns, subsets })
    }

    /// A name that has to be there; `hint` says what it is.
    fn name(&mut self, own: &mut Fields<'_>, hint: &str) -> Option<String> {
        let name = self.text(own, "name", MAX_TITLE_CHARS);
        if name.is_none() && own.take("name").is_none() {
            self.tell(own.line(), &own.place, "it has no name.", hint);
        }
        name
    }

    fn column(&mut self, own: &mut Fields<'_>) -> Option<ColumnFacts> {
        let name = self.name(own, "Add \"name\": the column's name in the file.");
        let mut labels = Vec::new();
        for mut label in self.objects(own, "labels", MAX_LABELS) {
            let value = label.take("value").and_then(|spot| self.signed(spot, &label.at("value")));
            let text = self.text(&mut label, "label", MAX_TITLE_CHARS);
            self.end(&label);
            labels.extend(value.zip(text.map(Text::Owned)));
        }
        let detached = own.take("detached").and_then(|spot| {
            let mut detached = self.fields(spot, &own.at("detached"))?;
            let value = detached.take("value").and_then(|spot| self.number(spot, &detached.at("value")));
            let label = self.text(&mut detached, "label", MAX_TITLE_CHARS);
            self.end(&detached);
            value.zip(label.map(Text::Owned))
        });
        let order = self.order(own, "order").unwrap_or(UNKNOWN_ORDER);
        let facts = ColumnFacts {
            title: self
                .text(own, "title", MAX_TITLE_CHARS)
                .or_else(|| name.clone())
                .unwrap_or_default()
                .into(),
            about: self.text(own, "about", MAX_TEXT_CHARS).unwrap_or_default().into(),
            role: self.role(own),
            order,
            table_order: self.order(own, "table_order").unwrap_or(order),
            in_table: self.flag(own, "in_table"),
            categorical: self.flag(own, "categorical"),
            unit: self.text(own, "unit", MAX_TITLE_CHARS).unwrap_or_default().into(),
            nobody: self.text(own, "nobody", MAX_TITLE_CHARS).unwrap_or_default().into(),
            labels: labels.into(),
            detached,
            name: name.clone().unwrap_or_default().into(),
        };
        name.map(|_| facts)
    }

    fn role(&mut self, own: &mut Fields<'_>) -> Option<Role> {
        let line = own.take("role")?.line;
        let name = self.text(own, "role", MAX_TITLE_CHARS)?;
        let role = Role::of(&name);
        if role.is_none() {
            self.no_role(line, &own.at("role"), &name);
        }
        role
    }

    fn subset(&mut self, own: &mut Fields<'_>) -> Option<NamedSubset> {
        let line = own.line();
        let name = self.text(own, "name", MAX_ID_CHARS);
        let title = self.text(own, "title", MAX_TITLE_CHARS);
        let images = self.text(own, "images", MAX_TITLE_CHARS).map(Text::Owned);
        let tables = self.texts(own, "tables", MAX_SUBSETS);
        let mut whole = |key| own.take(key).and_then(|spot| self.whole(spot, &own.at(key)));
        let (first, random, seed, shards) = (whole("first"), whole("random"), whole("seed"), whole("shards"));
        let rows = match (first, random, shards.and_then(|last| u32::try_from(last).ok())) {
            (Some(rows), None, None) => Some(SubsetRows::First(rows)),
            (None, Some(rows), None) => Some(SubsetRows::Random { rows, seed: seed.unwrap_or(0) }),
            (None, None, Some(last)) => Some(SubsetRows::Shards(last)),
            (None | Some(_), None | Some(_), None | Some(_)) => {
                let hint =
                    "Give one of \"first\", \"random\" (with \"seed\") and \"shards\": a number of each.";
                self.tell(line, &own.place, "it does not say which rows it has.", hint);
                None
            }
        };
        let is_name = |name: &String| crate::view::url::is_subset_name(name);
        match name {
            None => {
                self.tell(line, &own.place, "it has no name.", "Add \"name\": what links call it.");
                None
            }
            Some(name) if !is_name(&name) || catalog::subset(&name).is_some() => {
                let hint = "Use letters, digits, dashes, dots, and no name of a subset of the app.";
                self.tell(line, &own.at("name"), format!("“{name}” can't be its name."), hint);
                None
            }
            Some(name) => Some(NamedSubset {
                title: title.map_or_else(|| name.clone().into(), Text::Owned),
                name: name.into(),
                tables: tables.into(),
                rows: rows?,
                images,
            }),
        }
    }

    /// A list of texts.
    fn texts(&mut self, own: &mut Fields<'_>, key: &'static str, most: usize) -> Vec<Text> {
        let Some(items) = self.list(own, key, most) else { return Vec::new() };
        let place = own.at(key);
        let items = items.iter().take(most).enumerate();
        items
            .filter_map(|(number, item)| self.plain(item, &format!("{place}[{number}]"), MAX_LONG_CHARS))
            .map(Text::Owned)
            .collect()
    }

    /// A text of several lines.
    fn lines(&mut self, own: &mut Fields<'_>, key: &'static str) -> Option<String> {
        let spot = own.take(key)?;
        let Value::Text(text) = &spot.value else {
            return self.plain(spot, &own.at(key), MAX_LONG_CHARS);
        };
        // Line by line, so that what is told of other texts is told of these.
        let mut lines = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let indent = line.len() - line.trim_start().len();
            let line = Spot { line: spot.line, value: Value::Text(line.replace('\t', " ")) };
            let plain = self.plain(&line, &own.at(key), MAX_LONG_CHARS)?;
            lines.push(format!("{}{plain}", " ".repeat(indent)));
        }
        Some(lines.join("\n"))
    }

    fn order(&mut self, own: &mut Fields<'_>, key: &'static str) -> Option<u16> {
        let spot = own.take(key)?;
        let place = own.at(key);
        let value = self.whole(spot, &place)?;
        let order = u16::try_from(value).ok();
        if order.is_none() {
            self.tell(spot.line, &place, "it is too large.", format!("Write at most {}.", u16::MAX));
        }
        order
    }

    fn number(&mut self, spot: &Spot, place: &str) -> Option<f64> {
        if let Value::Number(value) = spot.value {
            return Some(value);
        }
        self.tell(spot.line, place, format!("it is {}.", spot.value.kind()), "Write a number.");
        None
    }

    fn signed(&mut self, spot: &Spot, place: &str) -> Option<i64> {
        let value = self.number(spot, place)?;
        if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_991.0 {
            return Some(value as i64);
        }
        self.tell(spot.line, place, "it is no whole number.", "Write digits alone.");
        None
    }
}
