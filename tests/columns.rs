//! No code names a column or a file of a dataset: the catalogue's data does, and code asks by role.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// Names that are everyday words as well: of roles in links, of attributes, of the app's own fields.
const ALSO_WORDS: [&str; 10] =
    ["prompt", "cfg", "step", "sampler", "size", "seed", "rank", "width", "height", "timestamp"];

/// What training scripts call their fields is theirs, also where a dataset has a column of the same name.
const NAMES_OF_OTHERS: &str = "src/engine/preference/lines.rs";

#[test]
fn columns_and_files_of_datasets_are_named_by_the_catalogue_alone() {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| names.push(name.to_owned());
    for table in vitrine::view::catalog::TABLES {
        let columns = table.columns.iter().map(|column| &*column.name);
        columns.filter(|name| !ALSO_WORDS.contains(name)).for_each(&mut add);
        if let Some(file) = table.hub_path() {
            add(&file.path);
            add(&file.repository);
        }
    }
    assert!(names.len() > 20);
    let mut found = Vec::new();
    for path in sources(Path::new("src")).into_iter().filter(|path| path != Path::new(NAMES_OF_OTHERS)) {
        let text = fs::read_to_string(&path).unwrap();
        // Tests stand last.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in
            code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            // The class of an element is no column.
            let is_named = |name: &String| {
                let mut places =
                    line.match_indices(&format!("\"{name}\"")).map(|(at, _)| at).collect::<Vec<_>>();
                places.retain(|at| !line[..*at].ends_with("class="));
                !places.is_empty()
            };
            if names.iter().any(is_named) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "ask for the column by its role, or let catalog.json say it:\n{}",
        found.join("\n")
    );
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            paths.push(path);
        }
    }
    paths
}
