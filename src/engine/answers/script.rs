//! The open table's part in scripts: where its files are, and what its columns are.

use super::report::report;
use crate::engine::Effect;
use crate::engine::data::Data;
use crate::engine::output::script::{Ask, File, script};
use crate::protocol::LazyResponse;
use crate::protocol::script::{Script, Want};
use crate::view::roles::Role;
use crate::view::spec::HubPath;

/// Reports a view of the table as a program.
pub fn report_script(want: Want, data: &Data, effects: &mut Vec<Effect>) {
    let Want { dialect, rows, columns: wanted } = want;
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
    };
    let text = script(dialect, &ask);
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
