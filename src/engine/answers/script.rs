//! The open table's part in scripts: where its files are, and what its columns are.

use super::notice;
use super::report::report;
use crate::engine::Effect;
use crate::engine::data::Data;
use crate::engine::extras::extras;
use crate::engine::output::script::{Ask, File};
use crate::protocol::script::{Dialect, Script, Want};
use crate::protocol::texts::import::no_script;
use crate::protocol::{LazyResponse, Response};
use crate::view::group_by::GroupBy;
use crate::view::roles::Role;
use crate::view::spec::HubPath;

/// Reports a view of the table as a program.
pub fn report_script(want: Want, data: &Data, effects: &mut Vec<Effect>) {
    let Some(extras) = extras() else {
        report(effects, Response::Notice(notice::no_extras()));
        return;
    };
    let Want { dialect, rows, columns: wanted, groups } = want;
    let group_by = groups.and_then(|items| GroupBy::read(items.iter().map(String::as_str)).ok());
    let columns: Vec<_> = data.columns.iter().map(|column| column.info.clone()).collect();
    let prompt = data.prompt_column().map(|column| column.info.name.as_str());
    let ask = Ask {
        files: files(data),
        columns: &columns,
        facts: &data.facts,
        row_count: data.meta.rows,
        prompt,
        path: data.roles.column(Role::ImagePath),
        rows: &rows,
        wanted: &wanted,
        groups: group_by.as_ref(),
    };
    let text = match data.identity.origin {
        // The programs read Parquet where it is.
        Some(_) => no_script(dialect == Dialect::DuckDbSql, &data.identity.source),
        None => (extras.script)(dialect, &ask),
    };
    report(effects, LazyResponse::Script(Script { dialect, text }));
}

/// Where the table's files are, those that are not open yet as well.
fn files(data: &Data) -> Vec<File> {
    let on_hub = &data.identity.on_hub;
    let one = |name: &str| match on_hub {
        Some((endpoint, path)) => {
            File::Hub { endpoint: endpoint.clone(), path: HubPath { path: name.to_owned(), ..path.clone() } }
        }
        None if name.contains("://") => File::Address(name.to_owned()),
        None => File::Local(name.to_owned()),
    };
    if data.files.counts().0 > 1 {
        return data.files.names().map(one).collect();
    }
    match on_hub {
        Some((_, path)) if !path.is_several() => vec![one(&path.path)],
        Some(_) => data.files.names().map(one).collect(),
        None => vec![one(&data.identity.source)],
    }
}
