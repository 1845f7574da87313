//! The commands that the workflow and the documents tell people to run: that there are such commands with such
//! options, and, as far as one machine can, that they do what is said.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout
)]

use hub::{Config, Hub, Source};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const WORKFLOW: &str = ".github/workflows/pages.yml";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The scripts of a workflow's steps, in order.
fn steps(workflow: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut block: Option<usize> = None;
    for line in workflow.lines() {
        let depth = line.len() - line.trim_start().len();
        if let Some(outer) = block {
            if line.trim().is_empty() || depth > outer {
                let step = steps.last_mut().unwrap();
                step.push_str(line.trim());
                step.push('\n');
                continue;
            }
            block = None;
        }
        if let Some(rest) = line.trim_start().trim_start_matches("- ").strip_prefix("run:") {
            let rest = rest.trim();
            if rest == "|" {
                block = Some(depth);
                steps.push(String::new());
            } else {
                steps.push(format!("{rest}\n"));
            }
        }
    }
    steps
}

/// The shell scripts of a document.
fn scripts(document: &str) -> Vec<String> {
    let fenced = document.split("```sh\n").skip(1);
    fenced.filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())).collect()
}

/// Commands, each in one line, without what is only said of them.
fn commands(script: &str) -> Vec<String> {
    let mut joined = script.replace("\\\n", " ");
    if let Some((before, rest)) = joined.clone().split_once("<<'") {
        // What is written into a file is no command.
        let word = rest.split('\'').next().unwrap_or_default();
        let after = rest.split_once(&format!("\n{word}\n")).map_or("", |(_, after)| after);
        joined = format!("{before}\n{after}");
    }
    let lines = joined.lines().map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Every script that someone is told to run, with where it stands.
fn told() -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> =
        steps(&read(WORKFLOW)).into_iter().map(|step| (WORKFLOW.to_owned(), step)).collect();
    let mut documents = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for entry in std::fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            documents.push(format!("docs/{name}"));
        }
    }
    for document in documents {
        told.extend(scripts(&read(&document)).into_iter().map(|script| (document.clone(), script)));
    }
    told
}

fn run(binary: &str, arguments: &[&str]) -> Output {
    Command::new(binary).args(arguments).output().unwrap()
}

fn binary(name: &str) -> Option<&'static str> {
    match name {
        "vitrine-index" => Some(env!("CARGO_BIN_EXE_vitrine-index")),
        "vitrine-catalog" => Some(env!("CARGO_BIN_EXE_vitrine-catalog")),
        _ => None,
    }
}

#[test]
fn the_grammar_of_links_names_every_role() {
    let links = read("docs/links.md");
    for (_, name, _) in vitrine::view::roles::Role::ALL {
        assert!(links.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn there_are_such_commands_with_such_options() {
    let help = read("xtask/src/help.rs");
    let main = read("xtask/src/main.rs");
    let profiles = read("Cargo.toml");
    let (mut tasks, mut programs) = (0, 0);
    for (place, script) in told() {
        for command in commands(&script) {
            let words: Vec<&str> = command.split_whitespace().collect();
            let options = |from: usize| {
                words[from..].iter().copied().filter(|word| word.starts_with("--") && word.len() > 2)
            };
            match words.as_slice() {
                ["cargo", "xtask", task, ..] => {
                    tasks += 1;
                    assert!(main.contains(&format!("\"{task}\"")), "{place}: no task {task}: {command}");
                    for option in options(3) {
                        assert!(help.contains(option), "{place}: {option} is not in the help: {command}");
                    }
                }
                ["cargo", "run", rest @ ..] => {
                    programs += 1;
                    let named = |key: &str| rest.iter().position(|word| *word == key).map(|at| rest[at + 1]);
                    let name = named("--bin").unwrap_or_else(|| panic!("{place}: {command}"));
                    let path = binary(name).unwrap_or_else(|| panic!("{place}: no program {name}"));
                    if let Some(profile) = named("--profile") {
                        assert!(profiles.contains(&format!("[profile.{profile}]")), "{place}: {command}");
                    }
                    let told = run(path, &["--help"]);
                    let told = String::from_utf8(told.stdout).unwrap();
                    let from = words.iter().position(|word| *word == "--").unwrap();
                    for option in options(from) {
                        assert!(told.contains(option), "{place}: {name} does not know {option}: {command}");
                    }
                }
                _ => {}
            }
        }
    }
    assert!(tasks >= 5 && programs >= 4, "{tasks} tasks and {programs} programs were found");
}

/// A folder of its own, with an app in it that stands for the built one.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Site {
        let folder = std::env::temp_dir().join(format!("vitrine-published-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        for below in ["dist/sample/images", "dist/maps"] {
            std::fs::create_dir_all(folder.join(below)).unwrap();
        }
        for (file, text) in [
            ("index.html", "<head></head>"),
            ("vitrine-0123456789abcdef_bg.wasm", "\0asm"),
            ("style-0123456789abcdef.css", "a{}"),
            ("start-0123456789abcdef.js", "1"),
            ("favicon.svg", "<svg/>"),
            ("sample/diffusiondb-sample.parquet", "PAR1PAR1"),
            ("maps/list.txt", ""),
        ] {
            std::fs::write(folder.join("dist").join(file), text.repeat(50)).unwrap();
        }
        Site(folder)
    }

    fn shell(&self, script: &str) {
        let output = Command::new("sh").args(["-ec", script]).current_dir(&self.0).output().unwrap();
        assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    }

    fn has(&self, path: &str) -> bool {
        self.0.join(path).is_file()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_workflow_publishes_page_maps() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("left out: there is no curl");
        return;
    }
    let steps = steps(&read(WORKFLOW));
    let step = steps.iter().find(|step| step.contains("--catalogue")).expect("a step that makes page maps");
    let site = Site::new("maps");
    let hub = Hub::start(Config::default()).unwrap();
    let sample = |name: &str| Source::file(root().join("public/sample").join(name));
    for path in ["metadata.parquet", "metadata-large.parquet"] {
        hub.mount("poloclub/diffusiondb", path, sample("diffusiondb-sample.parquet")).unwrap();
    }
    for split in ["train", "validation", "test"] {
        let path = format!("metadata-{split}.parquet");
        hub.mount("zai-org/ImageRewardDB", &path, sample("imagereward-test-sample.parquet")).unwrap();
    }
    // The same lines, with the program that is built already, and a Hub of this machine.
    let program = format!("{} --endpoint {}", env!("CARGO_BIN_EXE_vitrine-index"), hub.endpoint());
    let script = step.replace("cargo run --profile fast --bin vitrine-index --", &program);
    assert_ne!(&script, step);
    site.shell(&script);
    let list = std::fs::read_to_string(site.0.join("dist/maps/list.txt")).unwrap();
    assert_eq!(list.lines().count(), 5, "{list}");
    let maps = std::fs::read_dir(site.0.join("dist/maps")).unwrap().count();
    assert_eq!(maps, 6, "the list, and a map a table");
    // What was done before is not done again.
    let before = hub.log().len();
    site.shell(&script);
    assert!(hub.log().len() - before <= 15, "{} requests", hub.log().len() - before);
}

#[test]
fn hosts_find_what_was_compressed_for_them() {
    let hosting = scripts(&read("docs/hosting.md"));
    let lines: BTreeSet<String> = hosting.iter().flat_map(|script| commands(script)).collect();
    // Stores give what is compressed in place of what is not.
    let store = lines.iter().find(|line| line.starts_with("find dist") && line.contains("mv {}.gz {}"));
    let site = Site::new("store");
    site.shell(store.expect("how to compress for a store"));
    let packed = std::fs::read(site.0.join("dist/index.html")).unwrap();
    assert!(packed.starts_with(&[0x1f, 0x8b]));
    assert!(
        std::fs::read(site.0.join("dist/sample/diffusiondb-sample.parquet")).unwrap().starts_with(b"PAR1")
    );
    // nginx takes one or the other.
    let nginx: Vec<&String> = lines.iter().filter(|line| line.contains("/srv/www/vitrine")).collect();
    let site = Site::new("nginx");
    let www = site.0.join("www");
    for line in ["mkdir", "find"]
        .iter()
        .filter_map(|verb| nginx.iter().find(|line| line.contains(&format!("sudo {verb}"))))
    {
        site.shell(&line.replace("sudo ", "").replace("/srv/www", &www.display().to_string()));
    }
    assert!(site.has("www/vitrine/index.html") && site.has("www/vitrine/index.html.gz"));
    assert!(site.has("www/vitrine/vitrine-0123456789abcdef_bg.wasm.gz"));
    assert!(!site.has("www/vitrine/sample/diffusiondb-sample.parquet.gz"));
    // To look at it, at a path of its own.
    let look = lines.iter().find(|line| line.starts_with("mkdir -p /tmp/site")).expect("how to try it");
    let site = Site::new("look");
    site.shell(&look.replace("/tmp/site", &site.0.join("site").display().to_string()));
    assert!(site.has("site/some/path/index.html"));
}
