//! Texts of the frame of the page: bars, panels, sheets.

use crate::base::bytes::human_bytes;
use crate::protocol::display::{percent, thousands};

/// The app’s name.
pub const NAME: &str = "Vitrine";
/// The wordmark, which leads to the start page.
pub const HOME: &str = "Vitrine, all datasets";
/// The document’s title on the start page.
pub const PAGE_TITLE: &str = "Vitrine · text-to-image prompt datasets";
/// Said to screen readers while something loads.
pub const LOADING: &str = "Loading";
/// In place of a part of the page that could not be fetched.
pub const NOT_FETCHED: &str = "This part of the app could not be fetched. Without a network only what was opened before works; after an update of the app, load the page again.";
/// On buttons that fetch again.
pub const TRY_AGAIN: &str = "Try again";

/// The document’s title while a table is open.
pub fn page_title(table: &str) -> String {
    format!("{table} · Vitrine")
}

/// The panel about the table.
pub fn about(name: &str) -> String {
    format!("About {name}")
}

/// Over a table’s licence.
pub const LICENCE: &str = "Licence";
/// Leads to a page about a host’s table.
pub const ABOUT_TABLE: &str = "About this table";
/// That a table is not of the app’s own catalogue.
pub const ADDED_BY_SITE: &str = "This table was added by whoever runs this site.";
/// Over what a row is and what columns there are.
pub const ROWS_AND_COLUMNS: &str = "Rows and columns";
/// Over what a dataset is not good for.
pub const LIMITS: &str = "Limits and biases";
/// Over what a dataset says of people.
pub const PRIVACY: &str = "Privacy";
/// Over how to cite it.
pub const CITATION: &str = "Citation";
/// Copies that.
pub const COPY_BIBTEX: &str = "Copy BibTeX";
/// Said then.
pub const BIBTEX_COPIED: &str = "BibTeX copied";

/// How many rows there are, before what a row is.
pub fn rows_sentence(rows: u64) -> String {
    format!("{} rows. ", thousands(rows))
}

/// No row matches, and no single filter is to blame.
pub const TOGETHER: &str = "Two or more of the filters leave everything out together.";
/// Before the ways out, each with the rows that it would bring.
pub const WITHOUT_ONE: &str = "Without one of these there are:";
/// The search, as something to do without.
pub const THE_SEARCH: &str = "the search";
/// The subset, as something to do without.
pub const THE_SUBSET: &str = "the subset";

/// No row matches.
pub fn no_match(noun: &str) -> String {
    format!("No {noun} match")
}

/// Drops one filter, with the rows that match then.
pub fn without(name: &str, rows: u64) -> String {
    format!("Without {name}: {}", thousands(rows))
}

/// In place of the guide.
pub const NO_GUIDE: &str = "The guide could not be fetched. ";
/// The guide’s text, as a region.
pub const GUIDE: &str = "Guide";
/// In place of the count before the table is open.
pub const READING_INDEX: &str = "Reading the index";
/// Before the subset among what was asked.
pub const SUBSET_CHIP: &str = "subset ";
/// Clears it.
pub const CLEAR_SUBSET: &str = "Clear subset";

/// Of how many rows those are that match; `about` where some files are not opened yet.
pub fn of_rows(rows: u64, about: bool, noun: &str) -> String {
    format!("of {}{} {noun}", if about { "about " } else { "" }, thousands(rows))
}

/// How many files of a table are open, and how many rows it may have.
pub fn in_files(open: u64, all: u64, rows: u64) -> String {
    if all == 1 {
        return format!("so far, about {} in all", thousands(rows));
    }
    format!("in {} of {} files, about {} in all", thousands(open), thousands(all), thousands(rows))
}

/// How many of the prompts differ.
pub fn distinct_prompts(prompts: u64) -> String {
    format!("{} distinct prompts", thousands(prompts))
}

/// The share of the rows that a count rests on; an `exact` one rests on none.
pub fn share_so_far(share: &str, searched: bool, exact: bool) -> String {
    let (begin, end) =
        (if exact { "exact count, rows " } else { "" }, if searched { "searched" } else { "read" });
    format!("{begin}{share} {end}")
}

/// Takes a term out of the search.
pub fn remove(words: &str) -> String {
    format!("Remove {words}")
}

/// Before the repository that asks who wants it.
pub const REPOSITORY: &str = "The repository: ";
/// The field for an access token.
pub const TOKEN: &str = "Token";
/// What one looks like.
pub const TOKEN_HINT: &str = "hf_…";
/// Uses it.
pub const USE_TOKEN: &str = "Use token";

/// What happens to it.
pub fn token_kept(host: &str) -> String {
    format!("Kept until this tab is closed, and sent to {host} alone.")
}

/// The connection while a request is tried again later.
pub const WAITING: &str = "waiting for the server";
/// The connection without requests.
pub const IDLE: &str = "idle";
/// The connection with some.
pub const READING: &str = "reading";
/// In place of progress before a table is open.
pub const NOTHING_LOADED: &str = "nothing loaded";
/// Stops reading a column.
pub const STOP: &str = "stop";

/// What the table has cost so far.
pub fn fetched(bytes: u64, file_bytes: u64, requests: u32, kept_bytes: u64) -> String {
    let kept = match kept_bytes {
        0 => String::new(),
        kept => format!(", {} kept here", human_bytes(kept)),
    };
    // A file of another format is read as it is first, and then what was made of it.
    let of_file =
        if bytes > file_bytes { String::new() } else { format!(" of {} file", human_bytes(file_bytes)) };
    format!("fetched {}{of_file} in {requests} {}{kept}", human_bytes(bytes), requests_noun(requests))
}

/// That searches are answered by an index, and what it has cost so far.
pub fn searched_by_index(bytes: u64) -> String {
    format!("searched by the index, {} of it", human_bytes(bytes))
}

/// What images have cost so far.
pub fn images_fetched(bytes: u64, requests: u32) -> String {
    format!("images {} in {requests} {}", human_bytes(bytes), requests_noun(requests))
}

fn requests_noun(requests: u32) -> &'static str {
    if requests == 1 { "request" } else { "requests" }
}

/// The memory that the data thread has taken.
pub fn memory(bytes: u64) -> String {
    format!("{} of memory in use", human_bytes(bytes))
}

/// The column that is being read.
pub fn column(title: &str) -> String {
    format!("{title} column")
}

/// How far it has come; the rate in bytes a second.
pub fn read_so_far(bytes: u64, total: u64, rate: f64) -> String {
    let rate = if rate >= 1.0 { format!(" · {}/s", human_bytes(rate as u64)) } else { String::new() };
    format!("{} · {} of {}{rate}", percent(bytes, total), human_bytes(bytes), human_bytes(total))
}

/// The whole table, as a choice among subsets.
pub const ALL_ROWS: &str = "all rows";
/// The menu of subsets while none is chosen.
pub const SUBSET: &str = "Subset";
/// Over the subsets that the dataset names.
pub const CARD_SUBSETS: &str = "Subsets of the dataset’s card";
/// What the random ones of them are.
pub const RANDOM_SUBSETS: &str = "Random ones are drawn here, the same rows each time; which rows the card’s own script drew is not published.";
/// What those by archives are.
pub const SHARD_SUBSETS: &str = "Prompts and images as the card counts them; here they are those of the first 4, 8, 16 or all 32 archives, and the line above the rows says how many there are.";
/// Over the fields for any other subset.
pub const ANY_SUBSET: &str = "Any other";
/// Before the first of them.
pub const ROWS_FIELD: &str = "rows";
/// Before the second.
pub const SEED_FIELD: &str = "seed";
/// The first field by itself.
pub const SUBSET_ROWS: &str = "Rows of the subset";
/// The second field by itself.
pub const SUBSET_SEED: &str = "Seed of the subset";
/// Takes the first rows.
pub const FIRST_ROWS: &str = "First rows";
/// Takes rows by chance.
pub const RANDOM_ROWS: &str = "Random rows";

/// The menu of subsets.
pub fn subset(name: &str) -> String {
    format!("Subset: {name}")
}

/// A subset by what the dataset’s card calls it, with its images.
pub fn subset_images(name: &str, images: &str) -> String {
    format!("{name} · {images} images")
}

/// Copies a link to what is shown.
pub const SHARE: &str = "Share";
/// The same for those who do not see the button.
pub const SHARE_LABEL: &str = "Share: copy a link to this view";
/// The choice of a view.
pub const VIEW: &str = "View";
/// The buttons that take a step back and again.
pub const STEPS: &str = "Steps";
/// Takes a step back.
pub const UNDO: &str = "Undo";
/// Takes it again.
pub const REDO: &str = "Redo";
/// The keys that undo.
pub const UNDO_KEYS: &str = "Ctrl+Z";
/// The keys that redo.
pub const REDO_KEYS: &str = "Ctrl+Shift+Z";

/// The menu of tables.
pub fn dataset(name: &str, part: &str) -> String {
    format!("Dataset: {name} {part}").trim_end().to_owned()
}

/// What the file of a table without a description is.
pub fn file_about(columns: usize, row_groups: u32, bytes: u64, created_by: Option<&str>) -> String {
    let groups = if row_groups == 1 { "row group" } else { "row groups" };
    let by = created_by.map(|by| format!(", written by {by}")).unwrap_or_default();
    format!("{columns} columns, {} {groups}, {}{by}", thousands(row_groups.into()), human_bytes(bytes))
}
