//! Generated tables that measurements read. They are written once, into the folder that `VITRINE_FIXTURES` names.

use crate::Result;
use crate::run::{fixture, root, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A table that the generator writes.
pub(crate) struct Generated {
    file: &'static str,
    table: &'static str,
    rows: &'static str,
    layout: &'static str,
}

/// Two million rows, laid out as the Hub holds DiffusionDB 2M.
pub(crate) const TWO_MILLION: Generated =
    Generated { file: "diffusiondb-2m.parquet", table: "diffusiondb", rows: "2000000", layout: "hub" };

/// The others. Files in `layouts` hold the rows of [`TWO_MILLION`], and reports call them by their names.
const OTHERS: &[Generated] = &[
    Generated { file: "diffusiondb-large.parquet", table: "diffusiondb", rows: "14000000", layout: "hub" },
    Generated { file: "pickapic-v1.parquet", table: "pickapic", rows: "583747", layout: "hub" },
    Generated {
        file: "layouts/pyarrow 26.parquet",
        table: "diffusiondb",
        rows: "2000000",
        layout: "large-groups+short-pages",
    },
    Generated {
        file: "layouts/pyarrow 26, one row group.parquet",
        table: "diffusiondb",
        rows: "2000000",
        layout: "short-pages",
    },
    Generated {
        file: "layouts/row groups of 65,536 rows.parquet",
        table: "diffusiondb",
        rows: "2000000",
        layout: "row-groups",
    },
];

/// Layouts that only their own writers make: what `benches/layouts.py` calls them.
const WRITERS: &[&str] = &["pyarrow", "duckdb", "polars"];

/// Where the tables are.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("VITRINE_FIXTURES").map_or_else(|| target().join("fixtures"), Into::into)
}

/// Writes a table if it isn't there, and says where it is.
pub(crate) fn write(table: &Generated) -> Result<PathBuf> {
    let Generated { file, table, rows, layout } = table;
    let path = folder().join(file);
    if !path.exists() {
        let parent = path.parent().unwrap_or(&path);
        fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
        println!("writing {}", path.display());
        // A file that was not written to its end must not be taken for the table.
        let half = path.with_extension("half");
        let out = half.display().to_string();
        let args = ["--table", table, "--rows", rows, "--seed", "1", "--layout", layout, "--out", &out];
        fixture(&args.map(str::to_owned))?;
        fs::rename(&half, &path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(path)
}

/// Writes every table that isn't there, and says which layouts could not be had, and why.
pub(crate) fn write_all() -> Result<Vec<String>> {
    let source = write(&TWO_MILLION)?;
    for table in OTHERS {
        write(table)?;
    }
    let python = std::env::var_os("VITRINE_PYTHON").unwrap_or_else(|| "python3".into());
    let script = root().join("benches/layouts.py");
    let left_out = WRITERS.iter().filter_map(|writer| {
        let mut command = Command::new(&python);
        command.arg(&script).arg(writer).arg(&source).arg(folder().join("layouts"));
        by_its_writer(command, &script).err().map(|why| format!("{writer}: {why}"))
    });
    Ok(left_out.collect())
}

fn by_its_writer(mut command: Command, script: &Path) -> Result<()> {
    let program = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("{program} can't be run: {error}"))?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().next_back().unwrap_or("it says nothing");
    Err(format!("{} ended with {}: {last}", script.file_name().unwrap_or_default().display(), output.status))
}
