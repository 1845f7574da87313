//! Splits modules: what is seldom needed becomes lazy modules, which are fetched when they are first needed.
//!
//! Trunk binds a program as one module. Here the module that the linker made is cut where its program
//! says, and what is left of it is bound again, in place of trunk's. The script that fetches lazy modules becomes
//! a part of the program's own.

use crate::run::{self, target};
use crate::{Result, build::Profile, page, shrink, tools};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_split_cli_support::{Options, transform};

/// What the names of lazy modules begin with.
pub(crate) const LATER: &str = "later-";

/// A program that is split: its script, which is not written yet, and its module, which is.
pub(crate) struct Program {
    /// The text of the script, an ES module. It has a function `__wbg_init`, which nothing calls yet.
    pub(crate) script: String,
    /// The file of the module that it begins with.
    pub(crate) code: String,
    /// The files of the lazy modules, by what their entries are called.
    pub(crate) lazy: BTreeMap<String, Vec<String>>,
}

/// Splits the program `bin`, which was built with the profile of this folder, and puts its modules into `out`.
pub(crate) fn split(bin: &str, folder: &str, out: &Path) -> Result<Program> {
    let path = target().join("wasm32-unknown-unknown").join(folder).join(format!("{bin}.wasm"));
    let told = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let whole = fs::read(&path).map_err(|error| told(&path, &error))?;
    let whole = shrink::without_unused(&whole)?;
    let work = target().join("split").join(folder).join(bin);
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|error| told(&work, &error))?;

    let main_path = work.join(format!("{bin}.wasm"));
    let (link_path, main_script) = ("./link.js".to_owned(), format!("./{bin}.js"));
    let mut options = Options::new(&whole);
    options.output_dir = &work;
    options.main_out_path = &main_path;
    options.link_name = &link_path;
    options.main_module = &main_script;
    let cut = transform(options).map_err(|error| told(&path, &format!("{error:#}")))?;

    let bound = work.join("bound");
    let mut bind = Command::new(tools::wasm_bindgen()?);
    bind.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", bin])
        .arg("--out-dir")
        .arg(&bound)
        .arg(&main_path);
    run::shown(bind)?;
    let (code, glue) = (bound.join(format!("{bin}_bg.wasm")), bound.join(format!("{bin}.js")));
    let long = fs::read(&code).map_err(|error| told(&code, &error))?;
    let text = fs::read_to_string(&glue).map_err(|error| told(&glue, &error))?;
    let (short, text) = shrink::imports(&long, &text)?;

    // Their names change with what is in them, like those of everything else that is fetched.
    let link = work.join("link.js");
    let mut link = fs::read_to_string(&link).map_err(|error| told(&link, &error))?;
    // The program itself reports a module that could not be fetched.
    link = link.replace("            console.error(e);\n", "");
    let mut names = BTreeMap::new();
    for module in cut.split_modules {
        let code = fs::read(&module).map_err(|error| told(&module, &error))?;
        let stem = module.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let hashed = page::hashed(&format!("{LATER}{stem}.wasm"), &code);
        let named = format!("\"./{stem}.wasm\"");
        if !link.contains(&named) {
            return Err(format!("the script that fetches modules does not name {stem}.wasm"));
        }
        link = link.replace(&named, &format!("\"./{hashed}\""));
        let path = out.join(&hashed);
        fs::write(&path, code).map_err(|error| told(&path, &error))?;
        names.insert(stem.to_owned(), hashed);
    }
    let files = |stems: &Vec<String>| stems.iter().filter_map(|stem| names.get(stem).cloned()).collect();
    let lazy = cut.prefetch_map.iter().map(|(entry, stems)| (entry.clone(), files(stems))).collect();

    let name = page::hashed(&format!("{bin}.wasm"), &short);
    let path = out.join(&name);
    fs::write(&path, short).map_err(|error| told(&path, &error))?;
    let script = shrink::script(&joined(&text, &link, &link_path)?);
    Ok(Program { script, code: name, lazy })
}

/// The folder of cargo's profile that the page is built with, and that of the data thread.
pub(crate) const fn folders(profile: Profile) -> [&'static str; 2] {
    match profile {
        Profile::Release => ["page", "release"],
        Profile::Fast => ["fast", "fast"],
    }
}

/// A program's script with the one that fetches its lazy modules, which it would import from `link_path`, in it:
/// one file less to wait for.
fn joined(script: &str, link: &str, link_path: &str) -> Result<String> {
    let mut text = String::with_capacity(script.len() + link.len());
    let mut imported = Vec::new();
    for line in script.lines() {
        let import = line.strip_prefix("import * as ").and_then(|rest| rest.split_once(" from "));
        match import {
            Some((name, path)) if path.contains(link_path) => imported.push(name.to_owned()),
            _ => text.extend([line, "\n"]),
        }
    }
    let (mut exported, mut own_import) = (Vec::new(), 0);
    for line in link.lines() {
        if line.starts_with("import {") {
            own_import += 1;
            continue;
        }
        let line = match line.strip_prefix("export const ") {
            Some(rest) => {
                exported.push(rest.split(' ').next().unwrap_or_default().to_owned());
                format!("const {rest}")
            }
            None => line.to_owned(),
        };
        text.extend([line.as_str(), "\n"]);
    }
    if imported.is_empty() || exported.is_empty() || own_import != 1 {
        return Err("the script that fetches modules is not as it was".to_owned());
    }
    for name in imported {
        text.push_str(&format!("const {name} = {{ {} }};\n", exported.join(", ")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn what_fetches_modules_becomes_a_part_of_the_script() {
        let script = "import * as import1 from \"./link.js\"\nimport * as import2 from \"./link.js\"\n\
                      use(import1, import2);\nexport { initSync, __wbg_init as default };\n";
        let link = "import { initSync } from \"./a.js\";\nexport const load_a = wrap();\n";
        assert_eq!(
            joined(script, link, "./link.js").unwrap(),
            "use(import1, import2);\nexport { initSync, __wbg_init as default };\nconst load_a = wrap();\n\
             const import1 = { load_a };\nconst import2 = { load_a };\n"
        );
        assert!(joined("", link, "./link.js").is_err());
    }
}
