//! `cargo xtask build`: the app as a folder of static files.

use crate::args::Args;
use crate::run::{cargo, root, shown};
use crate::{Result, guide, page, shrink, split, tools, wasm};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How the app is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// What ships.
    Release,
    /// The same optimisation without the minute of linking.
    Fast,
}

/// What a first visit may cost, compressed: the page with its styles and code, and the worker. What comes
/// later, with what needs it, is not in it.
const PAGE_BUDGET_BYTES: usize = 350_000;
const WORKER_BUDGET_BYTES: usize = 850_000;

/// `cargo xtask build [--profile release|fast] [--out DIR] [--catalog FILE]`
pub(crate) fn command(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let profile = match args.value("--profile")?.as_deref() {
        None | Some("release") => Profile::Release,
        Some("fast") => Profile::Fast,
        Some(other) => return Err(format!("there is no profile {other:?}, only release and fast")),
    };
    let out = args.value("--out")?.map_or_else(|| root().join("dist"), PathBuf::from);
    let catalogue = args.value("--catalog")?.map(PathBuf::from);
    args.finish()?;
    if let Some(file) = &catalogue {
        // Mistakes are reported before anyone waits for a build.
        catalogue_into(file, None)?;
    }
    build(profile, &out)?;
    if let Some(file) = &catalogue {
        catalogue_into(file, Some(&out))?;
    }
    report(&out, profile)
}

/// Holds a host's catalogue against what may stand in it, and puts it beside the app that is in `out`.
fn catalogue_into(file: &Path, out: Option<&Path>) -> Result<()> {
    let mut command = cargo(&["run", "--quiet", "--package", "vitrine", "--bin", "vitrine-catalog", "--"]);
    let absolute =
        |path: &Path| std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()));
    command.arg(absolute(file)?);
    if let Some(out) = out {
        command.arg("--into").arg(absolute(out)?);
    }
    shown(command)
}

/// Builds the app into `out`, which is emptied before.
pub(crate) fn build(profile: Profile, out: &Path) -> Result<()> {
    shown(trunk(profile, out)?)?;
    finish(profile, out)?;
    if profile == Profile::Release { lighten(out) } else { Ok(()) }
}

/// Takes out of the modules what only a debugger reads.
fn lighten(out: &Path) -> Result<()> {
    for path in files(out)?.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
    {
        let told = |error: String| format!("{}: {error}", path.display());
        let module = fs::read(&path).map_err(|error| told(error.to_string()))?;
        let lighter = wasm::without_names(&module).map_err(told)?;
        fs::write(&path, lighter).map_err(|error| told(error.to_string()))?;
    }
    Ok(())
}

/// The bundler's command. It fetches nothing: its tools are on the PATH it is given.
pub(crate) fn trunk(profile: Profile, out: &Path) -> Result<Command> {
    tools::wasm_target()?;
    tools::wasm_bindgen()?;
    let mut command = Command::new(tools::trunk()?);
    // Which cargo profile each module is built with stands in index.html.
    if profile == Profile::Release {
        command.args(["build", "--release"]);
        // Cargo adds these to the ones of its configuration.
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", tools::without_folders());
    } else {
        command.arg("build");
    }
    command
        .args(["--offline", "--skip-version-check", "--no-sri=true"])
        .args(["--public-url", "./", "--dist"])
        .arg(std::path::absolute(out).map_err(|error| format!("{}: {error}", out.display()))?)
        .current_dir(root())
        .env("PATH", tools::path()?)
        // Trunk reads this variable as an option of its own and fails over its usual value.
        .env_remove("NO_COLOR");
    Ok(command)
}

/// Finishes what trunk wrote: a page fit for a strict policy, fewer files (each costs a visitor a round
/// trip), names that change with content, so that no page ever runs with a data thread of another build,
/// and the service worker.
pub(crate) fn finish(profile: Profile, out: &Path) -> Result<()> {
    let page::Page { html, bound } = page::seal(&page::with_shell(&read(out, "index.html")?)?)?;
    let [page_folder, worker_folder] = split::folders(profile);
    let main = split::split("vitrine", page_folder, out)?;
    let thread = split::split("worker", worker_folder, out)?;
    let page::Styled { html, styles, first, later } = page::styles(&html, |name| read(out, name))?;
    let export_path = out.join("export_bg.wasm");
    let export = fs::read(&export_path).map_err(|error| format!("{}: {error}", export_path.display()))?;
    let export_code = page::hashed(&format!("{}export.wasm", split::LATER), &export);
    let export_script = read(out, "export.js")?;
    // A script of another name where only the code has changed: it would not be asked for anew.
    let both = [export_script.as_bytes(), export_code.as_bytes()].concat();
    let export_name = page::hashed(&format!("{}export.js", split::LATER), &both);
    let script = page::starter(&main.script, &main.code);
    let script_name = page::hashed("vitrine.js", script.as_bytes());
    let loader = page::loader(&thread.script, &thread.code, &export_name, &export_code);
    let loader_name = page::hashed("worker.js", loader.as_bytes());
    let early = shrink::script(&read(out, "early.js")?);
    let start = main.lazy.get("start").ok_or("the page without a table has no module")?;
    let names = page::Names {
        script: &script_name,
        code: &main.code,
        worker: &loader_name,
        worker_code: &thread.code,
        early: &early,
        style: &later.0,
        start,
    };
    let html = page::with_names(&html, names)?;
    let guide = guide::json()?;
    let guide_name = page::hashed(guide::FILE, guide.as_bytes());
    let html = page::with_document(&html, guide::FILE, &guide_name)?;
    fs::rename(&export_path, out.join(&export_code)).map_err(|error| format!("{export_code}: {error}"))?;
    let written = [
        ("index.html", html.clone()),
        (script_name.as_str(), script),
        (first.0.as_str(), first.1),
        (later.0.as_str(), later.1),
        (loader_name.as_str(), loader),
        (export_name.as_str(), export_script),
        (guide_name.as_str(), guide),
    ];
    for (name, text) in written {
        let path = out.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    // What trunk has bound is bound anew.
    let bound = [format!("{bound}.js"), format!("{bound}_bg.wasm")];
    for name in styles.iter().chain(&bound).map(String::as_str).chain([
        "worker.js",
        "worker_bg.wasm",
        "export.js",
        "early.js",
    ]) {
        let path = out.join(name);
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let names: Vec<String> = files(out)?
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        // Both are asked for anew at each visit.
        .filter(|name| !matches!(name.as_str(), "index.html" | "catalog.json"))
        .collect();
    let offline = page::offline(&html, &names, &script_name);
    fs::write(out.join("sw.js"), offline).map_err(|error| format!("sw.js: {error}"))
}

fn read(out: &Path, name: &str) -> Result<String> {
    let path = out.join(name);
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Prints what a first visit costs.
fn report(out: &Path, profile: Profile) -> Result<()> {
    println!("{:<52} {:>10} {:>10}", out.display(), "bytes", "brotli");
    let (mut page, mut worker, mut later) = (0, 0, 0);
    for path in files(out)? {
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let packed = compressed(&bytes)?;
        let name = path.strip_prefix(out).unwrap_or(&path).display().to_string();
        println!("{name:<52} {:>10} {packed:>10}", bytes.len());
        if name.starts_with("worker") {
            worker += packed;
        } else if name.starts_with(split::LATER) || name.starts_with("guide-") {
            later += packed;
        } else {
            page += packed;
        }
    }
    println!("{:<52} {:>10} {later:>10}", "later", "");
    let mut over = false;
    for (what, packed, budget) in [("page", page, PAGE_BUDGET_BYTES), ("worker", worker, WORKER_BUDGET_BYTES)]
    {
        let verdict = if packed <= budget { "within" } else { "OVER" };
        over |= packed > budget;
        println!("{what:<52} {:>10} {packed:>10}  {verdict} its {budget}", "");
    }
    // Only the release build has a budget.
    if over && profile == Profile::Release { Err("a first visit costs too much".to_owned()) } else { Ok(()) }
}

/// The files that the first visit fetches: those at the top. Data is in folders.
fn files(out: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &params).map_err(|error| format!("brotli: {error}"))
}
