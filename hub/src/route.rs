//! What the paths of the Hub mean, and how they are spelt.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a path on the Hub asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// A file: a redirect to where its bytes are.
    Resolve {
        revision: String,
        path: String,
    },
    /// The bytes of a file that is kept in git.
    Cached {
        revision: String,
        path: String,
    },
    /// `/api/datasets/<repo>`, with or without a revision.
    Info {
        revision: String,
    },
    Tree {
        revision: String,
        path: String,
    },
    /// What is known of the files that a form names.
    PathsInfo {
        revision: String,
    },
    Refs,
    Parquet,
    /// The n-th converted file of a split, as the parquet listing spells it.
    ParquetFile {
        config: String,
        split: String,
        file: String,
    },
}

/// Splits a path into its repository and the rest; `None` for a path the Hub has no meaning for.
pub(crate) fn route(path: &str) -> Option<(String, Route)> {
    let mut parts = path.strip_prefix('/')?.split('/').map(decode);
    let mut next = || parts.next().filter(|part| !part.is_empty());
    let head = next()?;
    let api = match head.as_str() {
        "datasets" => false,
        "api" => true,
        _ => return None,
    };
    let cached = api && {
        let kind = next()?;
        let cached = kind == "resolve-cache";
        if cached && next()? != "datasets" || !cached && kind != "datasets" {
            return None;
        }
        cached
    };
    let repo = format!("{}/{}", next()?, next()?);
    let verb = if cached { Some("cached".to_owned()) } else { next() };
    let Some(verb) = verb else {
        return api.then(|| (repo, Route::Info { revision: "main".to_owned() }));
    };
    let route = match (api, verb.as_str()) {
        (false, "resolve") => Route::Resolve { revision: next()?, path: rest(parts) },
        (true, "cached") if cached => Route::Cached { revision: next()?, path: rest(parts) },
        (true, "revision") => Route::Info { revision: next()? },
        (true, "tree") => Route::Tree { revision: next()?, path: rest(parts) },
        (true, "paths-info") => Route::PathsInfo { revision: next()? },
        (true, "refs") => Route::Refs,
        (true, "parquet") => match next() {
            None => Route::Parquet,
            Some(config) => Route::ParquetFile { config, split: next()?, file: next()? },
        },
        _ => return None,
    };
    Some((repo, route))
}

fn rest(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("/")
}

pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What stays as it is in one segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'=');
/// The same for several segments.
const SEGMENTS: &AsciiSet = &SEGMENT.remove(b'/');

pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

pub(crate) fn encode_path(text: &str) -> String {
    utf8_percent_encode(text, SEGMENTS).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mean_what_the_hub_takes_them_for() {
        let check = |path: &str, expected: Option<Route>| {
            let found = route(path).map(|(repo, route)| {
                assert_eq!(repo, "a/b");
                route
            });
            assert_eq!(found, expected, "{path}");
        };
        let text = str::to_owned;
        let main = || text("main");
        check(
            "/datasets/a/b/resolve/refs%2Fconvert%2Fparquet/x/y%20z.parquet",
            Some(Route::Resolve { revision: text("refs/convert/parquet"), path: text("x/y z.parquet") }),
        );
        check("/api/datasets/a/b", Some(Route::Info { revision: main() }));
        check("/api/datasets/a/b/tree/main", Some(Route::Tree { revision: main(), path: text("") }));
        check("/api/datasets/a/b/tree/main/x/y", Some(Route::Tree { revision: main(), path: text("x/y") }));
        check("/api/datasets/a/b/paths-info/main", Some(Route::PathsInfo { revision: main() }));
        check("/api/datasets/a/b/parquet", Some(Route::Parquet));
        check(
            "/api/resolve-cache/datasets/a/b/c/d",
            Some(Route::Cached { revision: text("c"), path: text("d") }),
        );
        for path in [
            "/",
            "",
            "/datasets",
            "/datasets/a/b",
            "/datasets/a/b/blob/main/c",
            "/api/models/a/b",
            "/api/datasets/a/b/cached/c/d",
        ] {
            check(path, None);
        }
    }
}
