//! The Hub's listings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod client;

use client::{get, pattern};
use hub::{Config, Hub, Source};
use serde_json::{Value, json};

fn start() -> Hub {
    let hub = Hub::start(Config { page_items: 2, ..Config::default() }).unwrap();
    for path in ["metadata.parquet", "images/part-000001.zip", "images/part-000002.zip", "images/more/x.zip"]
    {
        hub.mount("owner/name", path, Source::bytes(pattern(path.len()))).unwrap();
    }
    hub.mount("owner/name", "README.md", Source::bytes("# hi").in_git()).unwrap();
    hub
}

/// All pages of a listing: how many, and their items.
fn pages(first: String) -> (usize, Vec<Value>) {
    let (mut next, mut items, mut count) = (Some(first), Vec::new(), 0);
    while let Some(url) = next {
        let page = get(&url);
        assert_eq!(page.status, 200);
        items.extend(page.json().as_array().unwrap().clone());
        count += 1;
        next = page
            .header("link")
            .map(|link| link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned());
    }
    (count, items)
}

fn paths(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["path"].as_str().unwrap()).collect()
}

#[test]
fn trees_come_in_pages() {
    let hub = start();
    let tree = format!("{}/api/datasets/owner/name/tree/main", hub.endpoint());
    let (count, items) = pages(format!("{tree}?recursive=true&expand=true"));
    assert_eq!(count, 4);
    assert_eq!(
        paths(&items),
        [
            "README.md",
            "images",
            "images/more",
            "images/more/x.zip",
            "images/part-000001.zip",
            "images/part-000002.zip",
            "metadata.parquet"
        ]
    );
    assert_eq!(
        (&items[0]["type"], &items[0]["lfs"], &items[0]["size"]),
        (&json!("file"), &Value::Null, &json!(4))
    );
    assert_eq!(items[1]["type"], "directory");
    assert_eq!(items[6]["lfs"]["size"], 16);
    assert_eq!(items[6]["lfs"]["oid"].as_str().unwrap().len(), 64);
    assert!(items[6]["lastCommit"]["id"].is_string());
    let resolved = get(&format!("{}/datasets/owner/name/resolve/main/metadata.parquet", hub.endpoint()));
    assert_eq!(
        resolved.header("x-linked-etag").unwrap().trim_matches('"'),
        items[6]["lfs"]["oid"].as_str().unwrap()
    );
    assert_eq!(paths(&pages(tree.clone()).1), ["README.md", "images", "metadata.parquet"]);
    assert_eq!(
        paths(&pages(format!("{tree}/images")).1),
        ["images/more", "images/part-000001.zip", "images/part-000002.zip"]
    );
    assert_eq!(get(&format!("{tree}?limit=1")).json().as_array().unwrap().len(), 1);
    assert_eq!(get(&format!("{tree}/imag")).status, 404);
}

#[test]
fn revisions_and_refs() {
    let hub = start();
    let api = format!("{}/api/datasets/owner/name", hub.endpoint());
    hub.set_commit("owner/name", "fb620fbe49fa4420e0734bd9c0df11f51176b61f");
    hub.branch("owner/name", "dev");
    let info = get(&format!("{api}/revision/main")).json();
    assert_eq!(info["sha"], "fb620fbe49fa4420e0734bd9c0df11f51176b61f");
    assert_eq!((&info["id"], info["siblings"].as_array().unwrap().len()), (&json!("owner/name"), 5));
    assert_eq!(get(&api).json()["sha"], info["sha"]);
    assert_eq!(get(&format!("{api}/revision/none")).header("x-error-code"), Some("RevisionNotFound"));
    let refs = get(&format!("{api}/refs")).json();
    let branches = refs["branches"].as_array().unwrap();
    assert_eq!(branches[0], json!({ "name": "main", "ref": "refs/heads/main", "targetCommit": info["sha"] }));
    assert_eq!((branches[1]["name"].as_str(), &refs["converts"]), (Some("dev"), &json!([])));
}

#[test]
fn converted_files_have_a_listing_and_a_branch() {
    let hub = start();
    let api = format!("{}/api/datasets/owner/name", hub.endpoint());
    assert_eq!(get(&format!("{api}/parquet")).json(), json!({}));
    for (split, file) in [("train", "0000.parquet"), ("train", "0001.parquet"), ("test", "0000.parquet")] {
        hub.mount_converted("owner/name", "default", split, file, Source::bytes(pattern(9))).unwrap();
    }
    let listing = get(&format!("{api}/parquet")).json();
    let at = |rest: &str| format!("{api}/parquet/default/{rest}.parquet");
    assert_eq!(
        listing,
        json!({ "default": { "train": [at("train/0"), at("train/1")], "test": [at("test/0")] } })
    );
    let redirect = get(&at("train/1"));
    assert_eq!(
        (redirect.status, redirect.location().as_str()),
        (302, "/datasets/owner/name/resolve/refs%2Fconvert%2Fparquet/default/train/0001.parquet")
    );
    let resolved = get(&format!("{}{}", hub.endpoint(), redirect.location()));
    assert_eq!(get(&resolved.location()).body, pattern(9));
    assert_eq!(get(&at("train/2")).status, 404);
    assert_eq!(get(&format!("{api}/refs")).json()["converts"][0]["name"], "parquet");
    let tree = get(&format!("{api}/tree/refs%2Fconvert%2Fparquet")).json();
    assert_eq!(paths(tree.as_array().unwrap()), ["default"]);
}
