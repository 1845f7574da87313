//! Texts of the page without a table, and of a repository’s page.

use crate::base::bytes::human_bytes;
use crate::protocol::display::thousands;

/// The head of the page, where the app’s host does not give one.
pub const LEAD: &str = "Look through millions of text-to-image prompts";
/// What the app is, where its host does not say.
pub const WHAT: &str = "Runs in this tab. Reads only the byte ranges a view needs, straight from the Hugging Face Hub. Nothing is uploaded.";
/// Over the tables of the catalogue.
pub const DATASETS: &str = "Datasets";
/// Beside that.
pub const HOW_TABLES_OPEN: &str = "opening one reads its index first, then columns on demand";
/// What a table of DiffusionDB has.
pub const WITH_SETTINGS: &str = "prompts and settings";
/// What a table of two images a row has.
pub const WITH_CHOICES: &str = "two images, one preferred";
/// What a table of ranked images has.
pub const WITH_RANKS: &str = "ranked and rated";
/// Over the samples that come with the app.
pub const SAMPLES: &str = "Bundled samples";
/// Below them.
pub const ABOUT_SAMPLES: &str = "Small, and without a network.";
/// Over the field for a path or an address.
pub const OPEN_ANY: &str = "Open any table";
/// In that field.
pub const PLACE_HINT: &str = "owner/dataset or https://…";
/// Below it.
pub const PLACE_HELP: &str = "A dataset of the Hub, by name or address, to choose a file of; or any address of a Parquet, CSV, JSON or Arrow file that allows range requests and cross-origin reads.";
/// Opens what was typed.
pub const OPEN: &str = "Open";
/// Where nothing was typed.
pub const PLACE_EMPTY: &str = "Type a path on the Hub or an address.";
/// Where an address has another scheme.
pub const ONLY_HTTPS: &str = "Only https addresses can be read.";
/// Where one word was typed.
pub const PLACE_SHORT: &str = "Type owner/dataset to choose a file of it, or the file’s path behind that.";

/// Where the parser of links finds a mistake in what was typed.
pub fn place_wrong(message: &str) -> String {
    format!("This {message}")
}

/// Over the place to drop files.
pub const DROP: &str = "Drop local files";
/// Below that.
pub const DROP_HELP: &str = "Parquet of any size, CSV, JSON Lines and Arrow; several files of a kind are one table. They stay on this device.";
/// What can be chosen, by the ends of names.
pub const ENDINGS: &str =
    ".parquet,.parq,.pq,.csv,.tsv,.tab,.psv,.jsonl,.ndjson,.json,.arrow,.feather,.ipc,.gz,.zst";
/// The button beside it.
pub const CHOOSE_FILES: &str = "or choose files";

/// Where more files are dropped than one table can have.
pub fn too_many_files(files: u64, most: usize) -> String {
    format!("{} files are more than {most}.", thousands(files))
}

/// Where a file is shorter than any Parquet file.
pub fn too_short(name: &str) -> String {
    format!("{name} is too short for a Parquet file.")
}

/// What several files are called as one table.
pub fn several_files(first: &str, others: usize) -> String {
    format!("{first} and {others} more")
}

/// Over what is wrong with the host’s catalogue.
pub const MISTAKES: &str = "The catalogue of this site has mistakes";
/// How many rows a host’s table has.
pub const ROWS: &str = "rows";
/// How many files it has.
pub const FILES: &str = "files";
/// Its licence.
pub const LICENCE: &str = "licence";

/// What is wrong where the catalogue’s reader can’t be had.
pub const NOT_READ: &str = "it could not be read.";
/// What is wrong where the host does not answer.
pub const NO_ANSWER: &str = "it does not answer.";
/// What to do about the first.
pub const LOAD_AGAIN: &str = "Load the page again.";
/// What to do about the second.
pub const LOAD_OR_LOOK: &str = "Load the page again, or look at it on the server.";

/// What is wrong where the host answers with an error.
pub fn host_answers(status: f64) -> String {
    format!("the host answers {status} when it is asked for it.")
}

/// What is wrong where the catalogue is too long.
pub fn too_long(most_bytes: usize) -> String {
    format!("it is longer than {most_bytes} bytes.")
}

/// What is wrong where the page’s policy forbids an origin that the catalogue names.
pub fn policy_forbids(origin: &str) -> String {
    format!("the page’s Content-Security-Policy does not let it read from {origin}.")
}

/// What to do about it; `file` is the catalogue’s name.
pub fn policy_hint(file: &str) -> String {
    format!("Put the file beside the app with cargo xtask build --catalog {file}, which adds what it names.")
}

/// The steps to a folder of a repository.
pub const FOLDERS: &str = "Folders";
/// The choice of a branch.
pub const REVISION: &str = "Revision";
/// Leads to the repository’s page.
pub const ON_HUB: &str = "On the Hub";
/// While the listing is on its way.
pub const READING_LISTING: &str = "Reading the listing";
/// Over the tables that the Hub has made of a dataset.
pub const MADE_BY_HUB: &str = "Made by the Hub";
/// Below that.
pub const ABOUT_MADE_BY_HUB: &str = "The dataset as Parquet, by configuration and split.";
/// While they are asked for.
pub const LOOKING_FOR_MADE: &str = "Looking for what the Hub made of it";
/// Over the files of a folder.
pub const FILES_TITLE: &str = "Files";
/// In a folder without tables and folders.
pub const NOTHING_HERE: &str = "There are no tables and no folders here.";
/// Where a listing is longer than what is read of it.
pub const LISTING_GOES_ON: &str = "The listing goes on; more of it is not shown.";

/// Beside a table in several files.
pub fn as_one_table(files: u64) -> String {
    format!("{} files as one table", thousands(files))
}

/// Shows the files that are not listed yet.
pub fn show_more_files(files: u64) -> String {
    format!("Show {} more files", thousands(files))
}

/// Files of other kinds; nothing where there are none.
pub fn other_files(files: u64, bytes: u64) -> Option<String> {
    match files {
        0 => None,
        1 => Some(format!("1 other file, {}", human_bytes(bytes))),
        files => Some(format!("{} other files, {}", thousands(files), human_bytes(bytes))),
    }
}

/// How many files a split has.
pub fn files(files: u64) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{} files", thousands(files)) }
}

/// A tag among the revisions.
pub fn tag(name: &str) -> String {
    format!("{name} (tag)")
}

/// The branch among them that the Hub has made.
pub fn made_by_hub(name: &str) -> String {
    format!("{name} (made by the Hub)")
}
