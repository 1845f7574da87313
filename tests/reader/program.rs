//! The program `vitrine-index`, run as people run it, and what it leaves in a folder.

use std::path::{Path, PathBuf};
use std::process::Command;

/// An empty folder of a test.
pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vitrine-index-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Whether it came to its end, and what it said.
pub fn index(out: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vitrine-index"))
        .arg("--out")
        .arg(out)
        .args(arguments)
        .output()
        .unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), told)
}

/// Adds all files of a folder, by their paths below `root`.
pub fn collect(root: &Path, folder: &Path, files: &mut impl Extend<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.extend([(name, std::fs::read(&path).unwrap())]);
        }
    }
}
