//! Parses the Hub's listings. The shapes of its JSON stay in this file.

use crate::base::error::{Error, ErrorKind, Result};
use crate::base::sorted::{by, by_key};
use serde::Deserialize;

/// The largest listing that is read: the Hub's pages of a thousand entries are far below.
pub const MAX_LISTING_BYTES: usize = 8 * 1024 * 1024;

/// The most pages of one listing that are read.
pub const MAX_LISTING_PAGES: usize = 20;

/// A file in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path inside the repository.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// The hash that stands for its content: of the large file where it is one, else git's own.
    pub oid: Option<String>,
}

/// What lies in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Paths of the folders in it.
    pub folders: Vec<String>,
    /// The files.
    pub files: Vec<Entry>,
}

/// A branch, a tag, or what the Hub made of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name that people use.
    pub name: String,
    /// What a revision in an address has to say.
    pub revision: String,
    /// What kind it is of.
    pub kind: ReferenceKind,
}

/// What a [`Reference`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// Moves on with every commit.
    Branch,
    /// Stays where it is.
    Tag,
    /// A branch that the Hub itself fills.
    Converted,
}

#[derive(Deserialize)]
struct WireEntry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
    oid: Option<String>,
    lfs: Option<WireLfs>,
}

#[derive(Deserialize)]
struct WireLfs {
    oid: Option<String>,
    size: Option<u64>,
}

#[derive(Deserialize)]
struct WireRefs {
    #[serde(default)]
    branches: Vec<WireRef>,
    #[serde(default)]
    tags: Vec<WireRef>,
    #[serde(default)]
    converts: Vec<WireRef>,
}

#[derive(Deserialize)]
struct WireRef {
    name: String,
    #[serde(rename = "ref")]
    reference: String,
}

/// One page of [`super::tree_url`].
///
/// # Errors
/// [`ErrorKind::Unsupported`] where the answer is not such a listing.
pub fn parse_tree(json: &[u8]) -> Result<Tree> {
    let entries: Vec<WireEntry> = parse(json, "the listing of the repository")?;
    let mut tree = Tree::default();
    for WireEntry { kind, path, size, oid, lfs } in entries {
        match kind.as_str() {
            "file" => {
                let (lfs_oid, lfs_size) = lfs.map_or((None, None), |lfs| (lfs.oid, lfs.size));
                let size_bytes = lfs_size.unwrap_or(size);
                tree.files.push(Entry { path, size_bytes, oid: lfs_oid.or(oid) });
            }
            "directory" => tree.folders.push(path),
            _ => {}
        }
    }
    Ok(tree)
}

/// The branches and tags that [`super::refs_url`] lists, branches first.
///
/// # Errors
/// [`ErrorKind::Unsupported`] where the answer is not such a list.
pub fn parse_refs(json: &[u8]) -> Result<Vec<Reference>> {
    let WireRefs { branches, tags, converts } = parse(json, "the list of branches")?;
    let of = |kind, refs: Vec<WireRef>| {
        refs.into_iter().map(move |WireRef { name, reference }| {
            let short = ["refs/heads/", "refs/tags/"].iter().find_map(|start| reference.strip_prefix(start));
            Reference { revision: short.unwrap_or(&reference).to_owned(), name, kind }
        })
    };
    let mut all: Vec<Reference> = of(ReferenceKind::Branch, branches).collect();
    // The default branch comes first.
    all = by_key(all, |reference| reference.name != "main");
    all.extend(of(ReferenceKind::Tag, tags));
    all.extend(of(ReferenceKind::Converted, converts));
    Ok(all)
}

/// The address of a listing's next page, from its `Link` header (RFC 8288). It stays on the
/// endpoint, whatever host the header names: a mirror passes the Hub's own header on.
pub fn next_page(endpoint: &str, link_header: &str) -> Option<String> {
    link_header.split(',').find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let next = parameters.split(';').any(|parameter| {
            parameter.trim().strip_prefix("rel=").is_some_and(|rel| rel.trim_matches('"') == "next")
        });
        let path = match target.split_once("://") {
            Some((_, rest)) => rest.get(rest.find('/')?..)?,
            None => target,
        };
        (next && path.starts_with('/')).then(|| format!("{endpoint}{path}"))
    })
}

/// Paths that someone may have meant who asked for `wanted`, the likeliest first; at most three.
pub fn near_matches<'a>(wanted: &str, paths: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    const MOST: usize = 3;
    let wanted_name = name_of(wanted).to_lowercase();
    // A third of the letters may be wrong, which lets plurals, suffixes and slips through.
    let tolerance = (wanted_name.chars().count() / 3).max(2);
    let mut near: Vec<(usize, &str)> = paths
        .into_iter()
        .filter_map(|path| {
            let name = name_of(path).to_lowercase();
            let stem_in_common =
                name.starts_with(stem_of(&wanted_name)) && extension(&name) == extension(&wanted_name);
            match distance(&wanted_name, &name, tolerance) {
                Some(distance) => Some((distance, path)),
                None => stem_in_common.then_some((tolerance + 1, path)),
            }
        })
        .collect();
    near = by(near, Ord::cmp);
    near.dedup();
    near.into_iter().take(MOST).map(|(_, path)| path).collect()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn stem_of(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// How many letters have to be changed, added or taken away, if it is at most `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().collect();
    if a.chars().count().abs_diff(b.len()) > most {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = i + 1;
        next.push(left);
        for ((above_left, above), to) in row.iter().zip(row.iter().skip(1)).zip(&b) {
            left = (above_left + usize::from(from != *to)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().filter(|distance| *distance <= most)
}

fn parse<'a, T: Deserialize<'a>>(json: &'a [u8], what: &str) -> Result<T> {
    if json.len() > MAX_LISTING_BYTES {
        let message = format!("{what} is larger than {MAX_LISTING_BYTES} bytes");
        return Err(Error::new(ErrorKind::Limit, message));
    }
    serde_json::from_slice(json)
        .map_err(|error| Error::new(ErrorKind::Unsupported, format!("{what} can't be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_with_size_and_hash() {
        let json = br#"[
            {"type":"directory","oid":"aa","size":0,"path":"images"},
            {"type":"file","oid":"bb","size":134,"path":"metadata.parquet",
             "lfs":{"oid":"cc","size":194548652,"pointerSize":134},"lastCommit":{"id":"dd"}},
            {"type":"file","oid":"ee","size":7,"path":"README.md"}
        ]"#;
        let entry = |path: &str, size_bytes, oid: &str| Entry {
            path: path.to_owned(),
            size_bytes,
            oid: Some(oid.to_owned()),
        };
        let tree = parse_tree(json).expect("a listing");
        assert_eq!(tree.files, [entry("metadata.parquet", 194_548_652, "cc"), entry("README.md", 7, "ee")]);
        assert_eq!(tree.folders, ["images"]);
        assert_eq!(parse_tree(b"<html>").unwrap_err().kind, ErrorKind::Unsupported);
        assert_eq!(parse_tree(&vec![b' '; MAX_LISTING_BYTES + 1]).unwrap_err().kind, ErrorKind::Limit);
    }

    #[test]
    fn branches_and_tags_are_read() {
        let refs = parse_refs(
            br#"{"tags":[{"name":"v1","ref":"refs/tags/v1"}],
                "branches":[{"name":"dev/a","ref":"refs/heads/dev/a"},{"name":"main","ref":"refs/heads/main"}],
                "converts":[{"name":"parquet","ref":"refs/convert/parquet","targetCommit":"aa"}]}"#,
        );
        let flat: Vec<_> = refs
            .expect("a list")
            .into_iter()
            .map(|reference| format!("{:?} {}: {}", reference.kind, reference.name, reference.revision))
            .collect();
        assert_eq!(
            flat,
            [
                "Branch main: main",
                "Branch dev/a: dev/a",
                "Tag v1: v1",
                "Converted parquet: refs/convert/parquet"
            ]
        );
    }

    #[test]
    fn the_next_page_stays_on_the_endpoint() {
        for (header, next) in [
            (r#"<https://huggingface.co/api/x?cursor=a>; rel="next""#, Some("http://m/api/x?cursor=a")),
            (r#"</api/x?cursor=b>; rel=next"#, Some("http://m/api/x?cursor=b")),
            (r#"<https://h/p>; rel="prev", <https://h/q>; title="t"; rel="next""#, Some("http://m/q")),
            (r#"<https://h/p>; rel="last""#, None),
            ("nonsense", None),
            ("<@evil>; rel=next", None),
        ] {
            assert_eq!(next_page("http://m", header).as_deref(), next, "{header}");
        }
    }

    #[test]
    fn slips_find_what_was_meant() {
        let paths = ["README.md", "metadata.parquet", "metadata-large.parquet", "images/part-000001.zip"];
        let near = |wanted| near_matches(wanted, paths);
        assert_eq!(near("metdata.parquet"), ["metadata.parquet"]);
        assert_eq!(near("Metadata.parquet"), ["metadata.parquet", "metadata-large.parquet"]);
        assert_eq!(near("data/metadata.parquet"), ["metadata.parquet", "metadata-large.parquet"]);
        assert_eq!(near("part-000002.zip"), ["images/part-000001.zip"]);
        assert!(near("something/else.csv").is_empty());
        assert!(near("").is_empty());
    }
}
