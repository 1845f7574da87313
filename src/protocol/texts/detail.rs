//! Texts of the details of a row.

use crate::base::bytes::human_bytes;
use crate::protocol::display::thousands;
use crate::view::join::SOURCE as JOINED;
use crate::view::labels::SOURCE;

/// The drawer.
pub const DETAILS: &str = "Details";
/// Shows the row before.
pub const PREVIOUS_ROW: &str = "Previous row";
/// Shows the next one.
pub const NEXT_ROW: &str = "Next row";
/// Closes the drawer.
pub const CLOSE: &str = "Close details";
/// What is in it.
pub const FIELDS: &str = "Fields";
/// The fields without the prompt.
pub const ALL_FIELDS: &str = "All fields";
/// Shows what they mean.
pub const EXPLAIN: &str = "What the fields mean";
/// How the image was made.
pub const HOW_MADE: &str = "How it was made";
/// The same where it could not be read.
pub const HOW_MADE_FIELD: &str = "how it was made";
/// Where that was read.
pub fn made_source(table: &str) -> String {
    format!("read from {table}")
}
/// In place of the size of an image file that is text.
pub const TEXT_FILE: &str = "text in place of an image";

/// An image file in the table: where it is from, and how large it is.
pub fn image_file(size: Option<&str>, path: Option<&str>) -> String {
    match (path, size) {
        (Some(path), Some(size)) => format!("{path}, {size}"),
        (Some(path), None) => format!("{path}, without the file itself"),
        (None, Some(size)) => format!("image, {size}, without a path"),
        (None, None) => "neither a file nor a path".to_owned(),
    }
}

/// Several.
pub fn image_files(files: usize) -> String {
    format!("{files} {}", if files == 1 { "image" } else { "images" })
}

/// In place of a value that was not read.
pub const NOT_LOADED: &str = "not loaded";
/// In place of a value that could not be read.
pub const NOT_READ: &str = "could not be read";
/// Filters by the accounts that are gone.
pub const MORE_OF_DELETED: &str = "More of deleted accounts";
/// Filters by the account.
pub const MORE_BY_USER: &str = "More by this user";

/// After the position of the row in the result.
pub fn of(count: u64) -> String {
    format!(" of {}", thousands(count))
}

/// A row that is not in the result.
pub fn row_of_file(row: u64) -> String {
    format!("row {} of the file", thousands(row + 1))
}

/// Rows that are near the open one.
pub const SIMILAR_ROWS: &str = "Similar rows";
/// How far they are.
pub const DISTANCE: &str = "Distance";

/// What a field is in the file, or what it is computed from; `code` is the number that stands for its value.
pub fn in_file(column: &str, type_name: &str, derived_from: &[String], code: Option<f64>) -> String {
    let code = code.map(|code| format!(", here {code}")).unwrap_or_default();
    if derived_from == [SOURCE] {
        super::labels::IN_NO_FILE.to_owned()
    } else if let [first, key, source] = derived_from
        && first == JOINED
    {
        super::join::joined(key, source)
    } else if derived_from.is_empty() {
        format!("In the file: {column}, {type_name}{code}.")
    } else {
        format!("Computed from {}{code}.", derived_from.join(" and "))
    }
}

/// What a filter reads.
pub fn reads(bytes: u64) -> String {
    format!("reads {}", human_bytes(bytes))
}

/// The prompt.
pub const PROMPT: &str = "Prompt";
/// Its parts.
pub const MODIFIERS: &str = "Modifiers";
/// What can be done with them.
pub const ABOUT_MODIFIERS: &str = "Click to search for a part, Alt-click to exclude it";
/// Copies it.
pub const COPY_PROMPT: &str = "Copy prompt";
/// Copies how the image was made.
pub const COPY_PARAMETERS: &str = "Copy parameters";
/// Said then.
pub const PARAMETERS_COPIED: &str = "Parameters copied";
/// Copies a link to the row.
pub const PERMALINK: &str = "Permalink";
/// Said then.
pub const PERMALINK_COPIED: &str = "Permalink copied";
/// Leads to the row on the Hub.
pub const OPEN_ON_HUB: &str = "Open on Hub";
/// Shows the image at full size.
pub const SHOW_FULL_SIZE: &str = "Show the image at full size";
/// The image at full size.
pub const FULL_SIZE: &str = "Image at full size";
/// Closes it.
pub const CLOSE_IMAGE: &str = "Close the image";
/// Downloads the image.
pub const DOWNLOAD: &str = "Download";
/// Leads to the image elsewhere.
pub const OPEN_ADDRESS: &str = "Open its address";
/// Leads to the form for the removal of images.
pub const REPORT: &str = "Report";
/// What that is.
pub const ABOUT_REPORT: &str = "The dataset’s own form, to ask for the removal of an image";
/// Over what the image file says in words.
pub const FILE_TEXT: &str = "Text in the image file";

/// What the image is, and what it took to get it.
pub fn about_image(
    width_px: u32,
    height_px: u32,
    format: &str,
    bytes: u64,
    has_address: bool,
    requests: u32,
) -> String {
    let requests = match (has_address, requests) {
        (true, _) => " · its own address".to_owned(),
        (false, 0) => String::new(),
        (false, 1) => " · 1 range request".to_owned(),
        (false, requests) => format!(" · {requests} range requests"),
    };
    format!("{width_px} × {height_px} px · {format} · {}{requests}", human_bytes(bytes))
}

/// Over the other images of the prompt.
pub const SAME_PROMPT: &str = "Same prompt";
/// Filters by it.
pub const SHOW_ALL: &str = "show all";
/// The other images.
pub const SAME_IMAGES: &str = "Images of the same prompt";
/// While the prompts of all rows are read.
pub const LOOKING_IN_ALL: &str = "looking in all…";

/// Reads the prompts of all rows.
pub fn look_in_all(bytes: u64) -> String {
    format!("look in all ({})", human_bytes(bytes))
}

/// How many rows have the prompt.
pub fn same_rows(count: u64) -> String {
    format!("{} {}", thousands(count), if count == 1 { "row" } else { "rows" })
}

/// How many of the rows that are read have it.
pub fn same_among(count: u64, read: u64) -> String {
    format!("{} among {} read", thousands(count), thousands(read))
}

/// An image by its seed.
pub fn seed(seed: &str) -> String {
    format!("seed {seed}")
}
