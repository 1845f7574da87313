//! Listings of repositories: what there is to choose from, which files are one table, and what may
//! have been meant by a path that does not exist.

use super::Engine;
use super::answers::{notice, report};
use crate::base::error::{Error, Result};
use crate::base::ids::FetchId;
use crate::formats::hub;
use crate::formats::hub::listing::{
    Entry, MAX_LISTING_PAGES, Reference, ReferenceKind, Tree, next_page, parse_refs, parse_tree,
};
use crate::formats::hub::several::{is_parquet, is_table, together};
use crate::formats::hub::{HubFolder, HubPath};
use crate::protocol::browse::{Browse, Items, Listed, Reference as Named, Split};
use crate::protocol::texts::start as texts;
use crate::protocol::{LazyResponse, Response};
use std::collections::BTreeMap;

/// A page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// What it says.
    pub json: Vec<u8>,
    /// Its `Link` header.
    pub link: Option<String>,
}

/// What a listing was asked for, and how many of its pages of it have come.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListingRequest {
    what: ListingOf,
    pages: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListingOf {
    /// What may have been meant by a path that does not exist.
    Near,
    /// The files of the table that is being opened.
    Several,
    References,
    Folder,
    Converted,
}

/// A folder that is looked into.
#[derive(Debug)]
pub(super) struct Browsing {
    endpoint: String,
    folder: HubFolder,
    tree: Tree,
    converted: Vec<Entry>,
    listed: Listed,
}

impl Engine {
    /// Looks into a folder of a repository; what was open is dropped.
    pub(super) fn browse(&mut self, place: Browse) {
        self.reset();
        let endpoint = place.endpoint.clone().unwrap_or_else(|| hub::DEFAULT_ENDPOINT.to_owned());
        let Browse { repository, revision, folder, .. } = place.clone();
        self.list(hub::refs_url(&endpoint, &repository), ListingOf::References);
        self.list(hub::tree_url(&endpoint, &repository, &revision, &folder, false), ListingOf::Folder);
        let page = hub::repository_url(&endpoint, &repository);
        self.browsing = Some(Browsing {
            endpoint,
            folder: HubFolder { repository, revision, folder },
            tree: Tree::default(),
            converted: Vec::new(),
            listed: Listed { place, page, ..Listed::default() },
        });
    }

    /// Looks for what may have been meant by a path that does not exist.
    pub(super) fn list_near(&mut self, endpoint: &str, path: &HubPath) {
        self.list(hub::tree_url(endpoint, &path.repository, &path.revision, "", true), ListingOf::Near);
    }

    /// Looks for the files that a path with stars stands for.
    pub(super) fn list_several(&mut self, endpoint: &str, path: &HubPath) {
        let HubFolder { repository, revision, folder } = path.folder();
        let below = path.path.get(folder.len()..).unwrap_or_default().trim_start_matches('/');
        let deep = below.contains('/');
        self.list(hub::tree_url(endpoint, &repository, &revision, &folder, deep), ListingOf::Several);
    }

    fn list(&mut self, url: String, what: ListingOf) {
        self.list_page(url, ListingRequest { what, pages: 1 });
    }

    fn list_page(&mut self, url: String, request: ListingRequest) {
        let id = self.scheduler.list(url, &mut self.effects);
        self.listings.insert(id, request);
    }

    /// A page of a listing came, or could not be had.
    pub(super) fn listed(&mut self, id: FetchId, answer: Result<Listing>) {
        let Some(request) = self.listings.remove(&id) else { return };
        let endpoint = match request.what {
            ListingOf::Near | ListingOf::Several => self.opening_endpoint().map(str::to_owned),
            ListingOf::References | ListingOf::Folder | ListingOf::Converted => {
                self.browsing.as_ref().map(|browsing| browsing.endpoint.clone())
            }
        };
        let Some(endpoint) = endpoint else { return };
        let next = answer.as_ref().ok().and_then(|page| next_page(&endpoint, page.link.as_deref()?));
        let goes_on = next.is_some() && request.pages < MAX_LISTING_PAGES;
        let cut = next.is_some() && !goes_on;
        match request.what {
            ListingOf::Near => {
                let files = answer.and_then(|page| parse_tree(&page.json)).map(|tree| tree.files);
                self.meant(files.unwrap_or_default());
                return;
            }
            ListingOf::Several => {
                let files = answer.and_then(|page| parse_tree(&page.json)).map(|tree| tree.files);
                self.found_several(files, goes_on);
            }
            ListingOf::References => self.references(answer.and_then(|page| parse_refs(&page.json))),
            ListingOf::Folder => self.folder(answer.and_then(|page| parse_tree(&page.json)), goes_on, cut),
            ListingOf::Converted => {
                let files = answer.and_then(|page| parse_tree(&page.json)).map(|tree| tree.files);
                self.converted(files.unwrap_or_default(), goes_on);
            }
        }
        if let Some(url) = next.filter(|_| goes_on) {
            self.list_page(url, ListingRequest { pages: request.pages + 1, ..request });
        }
    }

    fn references(&mut self, references: Result<Vec<Reference>>) {
        let Some(browsing) = &mut self.browsing else { return };
        // A server that keeps silent about branches may still list folders.
        let references = references.unwrap_or_default();
        let HubFolder { repository, folder, .. } = &browsing.folder;
        let made = references.iter().find(|reference| reference.kind == ReferenceKind::Converted);
        let url = made
            .filter(|_| folder.is_empty() && browsing.folder.revision == "main")
            .map(|made| hub::tree_url(&browsing.endpoint, repository, &made.revision, "", true));
        let named = |reference: Reference| {
            let name = match reference.kind {
                ReferenceKind::Branch => reference.name,
                ReferenceKind::Tag => texts::tag(&reference.name),
                ReferenceKind::Converted => texts::made_by_hub(&reference.name),
            };
            Named { name, revision: reference.revision }
        };
        browsing.listed.references = Some(references.into_iter().map(named).collect());
        browsing.listed.converting = url.is_some();
        let listed = browsing.listed.clone();
        if let Some(url) = url {
            self.list(url, ListingOf::Converted);
        }
        report(&mut self.effects, LazyResponse::Listed(Box::new(listed)));
    }

    fn folder(&mut self, page: Result<Tree>, goes_on: bool, cut: bool) {
        let Some(browsing) = &mut self.browsing else { return };
        match page {
            Ok(page) => {
                browsing.tree.folders.extend(page.folders);
                browsing.tree.files.extend(page.files);
                let items = items(&browsing.tree, goes_on || cut);
                browsing.listed.items = Some(items);
                let listed = browsing.listed.clone();
                report(&mut self.effects, LazyResponse::Listed(Box::new(listed)));
            }
            Err(error) => {
                let HubFolder { repository, revision, folder } = browsing.folder.clone();
                let slash = if folder.is_empty() { "" } else { "/" };
                let source = format!("{repository}{slash}{folder}");
                let on_hub = (browsing.endpoint.clone(), HubPath { repository, revision, path: folder });
                self.browsing = None;
                self.drop_listings();
                let notice = notice::cannot_open(&source, &error, &[]);
                report(
                    &mut self.effects,
                    Response::Notice(notice::with_sign_in(notice, &error, Some(&on_hub))),
                );
            }
        }
    }

    fn converted(&mut self, files: Vec<Entry>, goes_on: bool) {
        let Some(browsing) = &mut self.browsing else { return };
        browsing.converted.extend(files);
        browsing.listed.converted = splits(&browsing.converted);
        browsing.listed.converting = goes_on;
        let listed = browsing.listed.clone();
        report(&mut self.effects, LazyResponse::Listed(Box::new(listed)));
    }

    /// The end of a way that began with an error.
    pub(super) fn drop_listings(&mut self) {
        self.listings.clear();
        self.scheduler.drop_listings();
        self.browsing = None;
    }
}

fn items(tree: &Tree, more: bool) -> Items {
    let (tables, others): (Vec<&Entry>, Vec<&Entry>) =
        tree.files.iter().partition(|entry| is_table(&entry.path));
    let sum =
        |entries: &[&Entry]| entries.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.size_bytes));
    Items {
        folders: tree.folders.clone(),
        files: tables.iter().map(|entry| (entry.path.clone(), entry.size_bytes)).collect(),
        together: together(&tree.files)
            .into_iter()
            .map(|found| (found.pattern, found.files as u32, found.bytes))
            .collect(),
        others: (others.len() as u32, sum(&others)),
        more,
    }
}

/// The files of `refs/convert/parquet` by configuration and split: its first two folders.
fn splits(files: &[Entry]) -> Vec<Split> {
    let mut found: BTreeMap<(&str, &str), (u32, u64, &str)> = BTreeMap::new();
    for entry in files.iter().filter(|entry| is_parquet(&entry.path)) {
        let mut steps = entry.path.splitn(3, '/');
        if let (Some(config), Some(split), Some(_)) = (steps.next(), steps.next(), steps.next()) {
            let held = found.entry((config, split)).or_insert((0, 0, &entry.path));
            held.0 += 1;
            held.1 = held.1.saturating_add(entry.size_bytes);
        }
    }
    found
        .into_iter()
        .map(|((config, split), (files, bytes, first))| Split {
            config: config.to_owned(),
            split: split.to_owned(),
            files,
            bytes,
            path: if files > 1 { format!("{config}/{split}/*.parquet") } else { first.to_owned() },
        })
        .collect()
}

/// What is said of a listing that can't be had where a table is being opened.
pub(super) fn listing_failed(error: Error) -> Error {
    error.context("the listing of its folder")
}
