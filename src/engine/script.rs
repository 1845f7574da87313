//! The open table's part in scripts: where its files are, and what its columns are.

use super::Effect;
use super::table::Table;
use crate::engine::output::script::{Ask, File, script};
use crate::protocol::Seldom;
use crate::protocol::script::{Script, Want};
use crate::view::spec::HubPath;

impl Table {
    /// Tells the page a view of this table as a program.
    pub(super) fn tell_script(&self, want: Want, effects: &mut Vec<Effect>) {
        let Want { dialect, show } = want;
        let columns: Vec<_> = self.columns.iter().map(|state| state.info.clone()).collect();
        let prompt =
            self.prompt.and_then(|place| self.columns.get(place)).map(|state| state.info.name.as_str());
        let ask =
            Ask { files: self.script_files(), columns: &columns, rows: self.meta.rows, prompt, show: &show };
        let text = script(dialect, &ask);
        effects.push(Effect::Respond(Seldom::Script(Script { dialect, text }).into()));
    }

    /// Where the table's files are, those that are not open yet as well.
    fn script_files(&self) -> Vec<File> {
        let one = |name: &str| match &self.on_hub {
            Some((endpoint, path)) => File::Hub {
                endpoint: endpoint.clone(),
                path: HubPath { path: name.to_owned(), ..path.clone() },
            },
            None if name.contains("://") => File::Address(name.to_owned()),
            None => File::Local(name.to_owned()),
        };
        if self.files.counts().0 > 1 {
            return self.files.names().map(one).collect();
        }
        match &self.on_hub {
            Some((_, path)) if !path.is_several() => vec![one(&path.path)],
            Some(_) => self.files.names().map(one).collect(),
            None => vec![one(self.source())],
        }
    }
}
