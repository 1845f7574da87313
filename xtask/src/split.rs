//! Splits the page's module: views that are seldom opened become lazy modules, which the page fetches
//! when they are first opened.
//!
//! Trunk binds the page as one module. Here the module that the linker made is cut where the page's
//! binary says, and what is left of it is bound again, in place of trunk's.

use crate::run::{self, target};
use crate::{Result, build::Profile, page, shrink, tools};
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_split_cli_support::{Options, transform};

/// What the names of lazy modules begin with.
pub(crate) const LATER: &str = "later-";

/// What a page asks for besides its own module.
pub(crate) struct Parts {
    /// The script that fetches modules.
    pub(crate) script: String,
    /// The modules of the page without a table.
    pub(crate) start: Vec<String>,
}

/// Splits the page in `out`, whose script is called `name` without its ending.
pub(crate) fn split(profile: Profile, out: &Path, name: &str) -> Result<Parts> {
    let folder = match profile {
        Profile::Release => "page",
        Profile::Fast => "fast",
    };
    let path = target().join("wasm32-unknown-unknown").join(folder).join("vitrine.wasm");
    let told = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let whole = fs::read(&path).map_err(|error| told(&path, &error))?;
    let work = target().join("split").join(folder);
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|error| told(&work, &error))?;

    let link = page::hashed(&format!("{LATER}modules.js"), &whole);
    let (link_path, main_path) = (format!("./{link}"), work.join(format!("{name}.wasm")));
    let main_script = format!("./{name}.js");
    let mut options = Options::new(&whole);
    options.output_dir = &work;
    options.main_out_path = &main_path;
    options.link_name = &link_path;
    options.main_module = &main_script;
    let cut = transform(options).map_err(|error| told(&path, &format!("{error:#}")))?;

    let mut bind = Command::new(tools::wasm_bindgen()?);
    bind.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", name])
        .arg("--out-dir")
        .arg(out)
        .arg(&main_path);
    run::shown(bind)?;
    let (code, glue) = (out.join(format!("{name}_bg.wasm")), out.join(format!("{name}.js")));
    let long = fs::read(&code).map_err(|error| told(&code, &error))?;
    let text = fs::read_to_string(&glue).map_err(|error| told(&glue, &error))?;
    let (short, text) = shrink::imports(&long, &text)?;
    fs::write(&code, short).map_err(|error| told(&code, &error))?;
    fs::write(&glue, shrink::script(&text)).map_err(|error| told(&glue, &error))?;

    // Their names change with what is in them, like those of everything else that is fetched.
    let script = work.join(&link);
    let mut script = fs::read_to_string(&script).map_err(|error| told(&script, &error))?;
    // The page itself reports a module that could not be fetched.
    script = script.replace("            console.error(e);\n", "");
    let at_start = cut.prefetch_map.get("start").cloned().unwrap_or_default();
    let mut start = Vec::new();
    for module in cut.split_modules {
        let code = fs::read(&module).map_err(|error| told(&module, &error))?;
        let stem = module.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let hashed = page::hashed(&format!("{LATER}{stem}.wasm"), &code);
        let named = format!("\"./{stem}.wasm\"");
        if !script.contains(&named) {
            return Err(format!("the script that fetches modules does not name {stem}.wasm"));
        }
        script = script.replace(&named, &format!("\"./{hashed}\""));
        let path = out.join(&hashed);
        fs::write(&path, code).map_err(|error| told(&path, &error))?;
        if at_start.iter().any(|name| name == stem) {
            start.push(hashed);
        }
    }
    if start.is_empty() {
        return Err("the page without a table has no module".to_owned());
    }
    let path = out.join(&link);
    fs::write(&path, script).map_err(|error| told(&path, &error))?;
    Ok(Parts { script: link, start })
}
