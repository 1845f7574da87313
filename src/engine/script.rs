//! The open table's part in scripts: where its file is, and what its columns are.

use super::Effect;
use super::table::Table;
use crate::protocol::Response;
use crate::protocol::script::{Script, Want};
use crate::script::{Ask, File, script};

impl Table {
    /// Tells the page a view of this table as a program.
    pub(super) fn tell_script(&self, want: Want, effects: &mut Vec<Effect>) {
        let Want { dialect, show } = want;
        let file = match &self.on_hub {
            Some((endpoint, path)) => File::Hub { endpoint: endpoint.clone(), path: path.clone() },
            None if self.source().contains("://") => File::Address(self.source().to_owned()),
            None => File::Local(self.source().to_owned()),
        };
        let columns: Vec<_> = self.columns.iter().map(|state| state.info.clone()).collect();
        let prompt =
            self.prompt.and_then(|place| self.columns.get(place)).map(|state| state.info.name.as_str());
        let ask = Ask { file, columns: &columns, rows: self.meta.rows, prompt, show: &show };
        let text = script(dialect, &ask);
        effects.push(Effect::Respond(Response::Script(Script { dialect, text })));
    }
}
