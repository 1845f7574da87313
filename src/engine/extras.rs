//! What the data thread seldom needs: regular expressions, files of rows and images, scripts, drawings, what a file says
//! of itself, groups, outcomes, pairs of what people prefer, and prompts by rank.
//! In a browser it is in a lazy module, which the shell fetches when a request needs it, before the engine sees that
//! request.

use super::Effect;
use super::answers::description;
use super::beside::News;
use super::data::Data;
use super::images::{Images, Looked, Readable};
use super::jobs::{Job, begin_images, begin_rows, groups_file};
use super::label_file;
use super::outcome;
use super::output::figure::draw;
use super::output::script::{Ask, script};
use super::preference;
use super::result::Matches;
use super::result::like;
use crate::base::ids::Generation;
use crate::base::later::later;
use crate::protocol::describe::Describe;
use crate::protocol::export::{self, Stage};
use crate::protocol::figure::{self, Figure};
use crate::protocol::labels::{self, What};
use crate::protocol::outcome::{State, Want as Asked};
use crate::protocol::pairs::{Pairs, Want};
use crate::protocol::script::Dialect;
use crate::protocol::{LazyRequest, Request, TableRequest};
use crate::table::group_by::{self, group_by};
use crate::table::labels::Step;
use crate::table::phrases::PhraseIndex;
use crate::table::regexes::{self, Compile};
use crate::view::pairs::Options;
use crate::view::query::{self, Query};
use crate::view::spec::RowQuery;

/// What begins a file: the job, or how it ends at once.
type Begin<T> = fn(T, &mut Data) -> Result<Box<dyn Job>, Stage>;

/// What looks for missing images, as these options need it, through all rows anew or not.
type LookForMissing = fn(&mut Images, &Data, &Matches, (&Options, bool), &mut Vec<Effect>) -> Looked;

/// The code.
#[derive(Debug)]
pub struct Extras {
    /// Makes a regular expression ready to run.
    compile: Compile,
    /// Writes a view as a program.
    pub(super) script: fn(Dialect, &Ask<'_>) -> String,
    /// Draws a chart.
    pub(super) draw: fn(figure::Want) -> Figure,
    /// What has to be read to answer what is asked of pairs.
    pub(super) pair_columns: fn(&Data, &Want) -> Vec<String>,
    /// The pairs of the rows that match.
    pub(super) pairs: fn(&Data, &Matches, &Readable, &Want, Generation) -> Pairs,
    /// Looks for missing images of the rows that match.
    pub(super) look_for_missing: LookForMissing,
    /// Tells what the table's files say of themselves.
    pub(super) describe: fn(&Data, Describe, &mut Vec<Effect>),
    /// Begins a file of rows.
    pub(super) begin_rows: Begin<export::Start>,
    /// Begins an archive of images.
    pub(super) begin_images: fn(export::Images) -> Box<dyn Job>,
    /// What goes along with an outcome.
    pub(super) outcome: fn(&Data, &Matches, &Asked, &PhraseIndex) -> State,
    /// Begins a file of pairs.
    pub(super) begin_pairs: Begin<export::Pairs>,
    /// Begins a file of groups of rows, whose items these are.
    pub(super) begin_groups: fn(u32, export::Format, Vec<String>) -> Box<dyn Job>,
    /// Reads a CSV file of labels.
    pub(super) read_labels: fn(&mut Data, &str) -> labels::File,
    /// Opens a file of labels of another kind.
    pub(super) open_labels: fn(&mut Data, &str) -> labels::File,
    /// Goes on with that, by what is told of it.
    pub(super) label_news: fn(&mut Data, News) -> Option<labels::File>,
    /// Goes on with a file of labels.
    pub(super) label_file: fn(&mut Data) -> Option<labels::File>,
    /// A step that takes over what was read of a file of labels.
    pub(super) apply_labels: fn(&mut Data) -> Result<Step, labels::Done>,
    /// Goes on with ranking prompts.
    pub(super) rank: like::Rank,
    /// Makes groups of rows.
    pub(super) group_by: fn(&group_by::Ask<'_>) -> Option<group_by::Table>,
}

later!(
    static EXTRAS: &'static Extras = all;
);

/// All of it: only the entry of the lazy module may name it.
pub fn all() -> &'static Extras {
    &Extras {
        compile: regexes::read,
        script,
        draw,
        group_by,
        pair_columns: preference::columns,
        pairs: preference::answer,
        look_for_missing: preference::look_for_missing,
        describe: description,
        begin_rows,
        begin_images,
        outcome: outcome::answer,
        begin_pairs: preference::begin,
        begin_groups: groups_file::begin,
        read_labels: label_file::read,
        open_labels: label_file::open,
        label_news: label_file::take_news,
        label_file: label_file::advance,
        rank: like::rank,
        apply_labels: label_file::applying,
    }
}

/// The code has been fetched.
pub fn provide(extras: &'static Extras) {
    regexes::provide(extras.compile);
    EXTRAS.provide(extras);
}

/// Whether a request needs code that is not here.
pub fn are_missing_for(request: &Request) -> bool {
    EXTRAS.get().is_none() && are_needed_for(request)
}

/// The code, where it is here.
pub(super) fn extras() -> Option<&'static Extras> {
    EXTRAS.get()
}

fn are_needed_for(request: &Request) -> bool {
    match request {
        Request::Show(show) => has_regex(&show.rows) || show.pin.as_ref().is_some_and(has_regex),
        Request::Table(TableRequest::Labels(ask)) => {
            matches!(ask.what, What::Save | What::Read | What::ReadFile | What::Apply)
        }
        Request::Lazy(
            LazyRequest::Script(_)
            | LazyRequest::Figure(_)
            | LazyRequest::Pairs(Some(_))
            | LazyRequest::Describe(_)
            | LazyRequest::GroupBy(Some(_))
            | LazyRequest::Like(Some(_))
            | LazyRequest::Outcome(Some(_))
            | LazyRequest::Export(_)
            | LazyRequest::ExportPairs(_)
            | LazyRequest::TakeImages(_),
        ) => true,
        Request::Table(
            TableRequest::Load { .. }
            | TableRequest::Stop { .. }
            | TableRequest::Touch { .. }
            | TableRequest::Membership { .. },
        )
        | Request::Lazy(
            LazyRequest::Groups { .. }
            | LazyRequest::Pairs(None)
            | LazyRequest::Pick(_)
            | LazyRequest::GroupBy(None)
            | LazyRequest::Like(None)
            | LazyRequest::Outcome(None)
            | LazyRequest::Suggest { .. }
            | LazyRequest::Plot(_)
            | LazyRequest::PauseExport { .. }
            | LazyRequest::CancelExport,
        )
        | Request::Open(_)
        | Request::Browse(_)
        | Request::Retry
        | Request::Detail { .. }
        | Request::Images(_)
        | Request::RetryImage { .. } => false,
    }
}

fn has_regex(rows: &RowQuery) -> bool {
    rows.query.as_deref().is_some_and(|text| query::parse(text).as_ref().is_ok_and(Query::has_regex))
}

#[cfg(test)]
mod tests {
    use super::are_needed_for;
    use crate::protocol::pairs;
    use crate::protocol::script::{Dialect, Want};
    use crate::protocol::{LazyRequest, Request, Show};
    use crate::view::spec::RowQuery;

    #[test]
    fn a_word_needs_no_more_than_is_here_and_an_expression_does() {
        let show = |query: &str| {
            let rows = RowQuery { query: Some(query.to_owned()), ..RowQuery::default() };
            Request::Show(Show { rows, ..Show::default() })
        };
        assert!(!are_needed_for(&Request::Show(Show::default())));
        assert!(!are_needed_for(&show("castle \"a /b/\"")));
        assert!(are_needed_for(&show("castle /b+/")));
        let rows = RowQuery::default();
        let want = Want { dialect: Dialect::DuckDb, rows, columns: Vec::new(), groups: None };
        assert!(are_needed_for(&LazyRequest::Script(want).into()));
        assert!(!are_needed_for(&LazyRequest::Groups { wanted: true }.into()));
        assert!(are_needed_for(&LazyRequest::Pairs(Some(pairs::Want::default())).into()));
        assert!(!are_needed_for(&LazyRequest::Pairs(None).into()));
    }
}
