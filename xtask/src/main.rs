//! `cargo xtask`: build, serve, test and measure Vitrine.
//!
//! One file a command; [`tools`] finds and installs what they need, [`run`] runs it with a time
//! limit, [`page`] makes trunk's page fit for a strict Content-Security-Policy.
#![allow(clippy::print_stdout, reason = "a command line speaks through its standard output")]

mod args;
mod bench;
mod build;
mod guide;
mod help;
mod lighthouse;
mod long;
mod page;
mod peers;
mod run;
mod serve;
mod shrink;
mod split;
mod tables;
mod tally;
mod test;
mod tools;
mod wasm;

use std::process::ExitCode;

/// Errors are printed and end the command.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_else(|| "help".to_owned());
    let rest: Vec<String> = args.collect();
    let outcome = match command.as_str() {
        "build" => build::command(rest),
        "serve" => serve::command(rest),
        "test" => return test::command(rest),
        "bench" => bench::command(rest),
        "chaos" => long::chaos(rest),
        "soak" => long::soak(rest),
        "fixture" => run::fixture(&rest),
        "sample" => run::fixture(&sample(rest.clone())).and_then(|()| sample_indexes(&rest)),
        "help" | "-h" | "--help" => {
            help::command();
            Ok(())
        }
        other => Err(format!("there is no command {other:?}; `cargo xtask help` lists them")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The indexes of the bundled sample, which are published beside it.
fn sample_indexes(rest: &[String]) -> Result<()> {
    const TABLES: &[&str] = &["diffusiondb-sample", "imagereward-test-sample"];
    if rest.iter().any(|arg| arg == "--out") {
        return Ok(());
    }
    let public = run::root().join("public");
    let mut index = run::cargo(&["run", "--quiet", "--package", "vitrine", "--bin", "vitrine-index", "--"]);
    index.args(["--text", "prompt", "--tag", "-", "--out"]).arg(public.join("maps"));
    index.args(
        TABLES.iter().map(|id| format!("{}={id}", public.join(format!("sample/{id}.parquet")).display())),
    );
    run::shown(index)
}

/// The bundled sample is written to where the app looks for it, unless `--out` says otherwise.
fn sample(rest: Vec<String>) -> Vec<String> {
    let mut args = vec!["sample".to_owned()];
    if !rest.iter().any(|arg| arg == "--out") {
        args.extend(["--out".to_owned(), run::root().join("public/sample").display().to_string()]);
    }
    args.extend(rest);
    args
}
