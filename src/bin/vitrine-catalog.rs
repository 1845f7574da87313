//! `vitrine-catalog`: puts a host's `catalog.json` beside a built app, once it is sound.
//!
//! `cargo xtask build --catalog FILE` runs it; it can be run again on the folder, without a build.

#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::print_stdout, reason = "a program that tells what it does")]
mod catalogue {
    use std::fs;
    use std::path::{Path, PathBuf};
    use vitrine::view::host;
    use vitrine::view::host::{EMPTY, FILE, Place, Problem};

    const HELP: &str = "\
vitrine-catalog FILE [--into DIR]
vitrine-catalog --none --into DIR

  Reads a host's catalogue and tells what is wrong with it. With --into it is put beside the app that was
  built into DIR, and the page is allowed to read from what it names; with --none the empty one that the app comes with takes its place.
  docs/tables.md says what may stand in it.";

    /// Does what the arguments say.
    pub fn main() -> Result<(), String> {
        let (mut file, mut into, mut none) = (None, None, false);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--into" => into = Some(PathBuf::from(arguments.next().ok_or("--into needs a folder")?)),
                "--none" => none = true,
                "--help" | "-h" => {
                    println!("{HELP}");
                    return Ok(());
                }
                name if !name.starts_with("--") && file.is_none() => file = Some(PathBuf::from(name)),
                other => return Err(format!("{other} is not known\n{HELP}")),
            }
        }
        match (file, into, none) {
            (None, Some(into), true) => take_away(&into),
            (Some(file), into, false) => put(&file, into.as_deref()),
            (None | Some(_), None | Some(_), _) => Err(HELP.to_owned()),
        }
    }

    fn put(file: &Path, into: Option<&Path>) -> Result<(), String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let (catalogue, problems) = host::read(&text);
        if !problems.is_empty() {
            let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
            return Err(format!(
                "{}\n{} has {} mistakes; nothing was changed",
                told.join("\n"),
                file.display(),
                problems.len()
            ));
        }
        println!("{}: {} tables", file.display(), catalogue.tables.len());
        for origin in &catalogue.origins {
            println!("reads from {origin}");
        }
        let Some(into) = into else { return Ok(()) };
        for table in &catalogue.tables {
            for place in &table.files {
                if let Ok(Place::Beside(path)) = Place::parse(&place.place)
                    && !into.join(&path).is_file()
                {
                    println!("NOTE: “{}” needs {path}, which is not beside the app yet", table.id);
                }
            }
        }
        rewrite(into, Some(&catalogue.origins))?;
        fs::write(into.join(FILE), text).map_err(|error| format!("{FILE}: {error}"))?;
        println!("{} is in place", into.join(FILE).display());
        Ok(())
    }

    fn take_away(into: &Path) -> Result<(), String> {
        rewrite(into, None)?;
        fs::write(into.join(FILE), EMPTY).map_err(|error| format!("{FILE}: {error}"))
    }

    fn rewrite(into: &Path, origins: Option<&[String]>) -> Result<(), String> {
        let path = into.join("index.html");
        let told = |error: std::io::Error| format!("{}: {error}", path.display());
        let html = fs::read_to_string(&path).map_err(told)?;
        let html =
            host::policy::page(&html, origins).map_err(|error| format!("{}: {error}", path.display()))?;
        fs::write(&path, html).map_err(told)
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    match catalogue::main() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// It runs on a machine only.
#[cfg(target_arch = "wasm32")]
fn main() {}
