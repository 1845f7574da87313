//! Texts of the view of what the file says of itself.

use crate::protocol::display::thousands;

/// The view.
pub const METADATA: &str = "Metadata";
/// While the footer is read.
pub const READING_FOOTER: &str = "Reading the footer";
/// The part about the file.
pub const FILE: &str = "File";
/// A fact about the file: its size.
pub const SIZE: &str = "size";
/// A fact about the file: how many columns.
pub const COLUMNS: &str = "columns";
/// A fact about the file: how many row groups.
pub const GROUPS_FACT: &str = "row groups";
/// A fact about the file: the size of its footer.
pub const FOOTER: &str = "footer";
/// A fact about the file: the version of the format.
pub const VERSION: &str = "format version";
/// A fact about the file: the program that wrote it.
pub const WRITTEN_BY: &str = "written by";
/// The part about the schema.
pub const SCHEMA: &str = "Schema";
/// Head of its first column.
pub const SCHEMA_FIELD: &str = "field";
/// Head of its second one.
pub const SCHEMA_TYPE: &str = "type";
/// Head of its third one: required, optional, repeated.
pub const SCHEMA_OFTEN: &str = "how often";
/// The part about key-value metadata.
pub const PAIRS: &str = "Key-value metadata";
/// In it where there are none.
pub const NO_PAIRS: &str = "There is none.";
/// The part about which column plays which part.
pub const ROLES: &str = "Columns by part";
/// Columns of bytes without any word on what they are.
pub const ABOUT_BYTES: &str = "Some columns are bytes, and the file does not say what of. Values that are UTF-8 are shown as text, others by \
     their length. A column chosen under “bytes as text” is text throughout: searched, filtered and charted. “None” shows bytes only.";

/// What that is good for.
pub const ABOUT_ROLES: &str =
    "Searches, phrases and the usual charts go by these. A correction is part of the link.";
/// The parts that are about what people prefer.
pub const PREFERENCE: &str = "What people prefer";
/// What they are for.
pub const ABOUT_PREFERENCE: &str =
    "The Compare view needs a group with a rank or a rating, or two images with the preference between them.";
/// A column that the link names for a part.
pub const CHOSEN: &str = "chosen";
/// A column that was found by its name and values.
pub const GUESSED: &str = "guessed";
/// Drops the correction.
pub const GUESS_AGAIN: &str = "Guess again";

/// The same for those who do not see which part it stands at.
pub fn guess_again(title: &str) -> String {
    format!("Guess {title} again")
}

/// Where the images are.
pub const IMAGES_KNOWN: &str = "Images are in the dataset’s ZIP files.";
/// Where the images are.
pub const IMAGES_EMBEDDED: &str = "Images are in the table itself.";
/// Where the images are.
pub const IMAGES_ELSEWHERE: &str =
    "Images are elsewhere, by their address; each is loaded when it is asked for.";
/// Where the table has no images.
pub const NO_IMAGES: &str = "No column holds images or says where they are.";
/// The part about row groups.
pub const GROUPS: &str = "Row groups";
/// Shows the row groups before those that are shown.
pub const EARLIER: &str = "earlier";
/// Shows those after.
pub const LATER: &str = "later";

/// One of them.
pub fn group(number: u32) -> String {
    format!("row group {}", thousands(number.into()))
}

/// How many there are.
pub fn groups(all: u32) -> String {
    match all {
        1 => "1 row group".to_owned(),
        all => format!("{} row groups", thousands(all.into())),
    }
}

/// The part about column chunks.
pub const CHUNKS: &str = "Column chunks";

/// Its head.
pub fn chunks_of(group: u32) -> String {
    format!("Column chunks of row group {}", thousands(group.into()))
}

/// How many times smaller a chunk is in the file.
pub fn ratio(raw_bytes: u64, bytes: u64) -> String {
    format!("{:.1} ×", raw_bytes as f64 / bytes as f64)
}

/// The part about pages.
pub const PAGES: &str = "Pages";
/// In place of it before a chunk is chosen.
pub const CHOOSE_CHUNK: &str = "Choose a column chunk to see its pages.";
/// Where no page is known.
pub const NO_PAGES: &str =
    "No page is known yet: pages are learned as rows are read, or from an offset index.";
/// How a page holds its values: by a dictionary.
pub const DICTIONARY: &str = "dictionary";
/// How a page holds its values: as they are.
pub const PLAIN: &str = "plain";

/// Its head.
pub fn pages_of(name: &str) -> String {
    format!("Pages of {name}")
}

/// How many of the known pages are listed.
pub fn pages_listed(listed: u64, all: u64) -> String {
    format!("The first {} of {} known pages.", thousands(listed), thousands(all))
}

/// How many pages are known.
pub fn pages_known(all: u64) -> String {
    format!("{} known so far.", thousands(all))
}

/// Head of a column: the row group.
pub const GROUP_HEAD: &str = "row group";
/// Head of a column: the first row.
pub const FIRST_ROW: &str = "first row";
/// Head of a column, and a fact about the file: how many rows.
pub const ROWS: &str = "rows";
/// Head of a column: bytes in the file.
pub const BYTES: &str = "bytes";
/// Head of a column: bytes when decompressed.
pub const RAW_BYTES: &str = "decompressed";
/// Head of a column: the column.
pub const COLUMN: &str = "column";
/// Head of a column: its share of the row group.
pub const SHARE: &str = "share";
/// Head of a column: how many times smaller it is in the file.
pub const PACKED: &str = "packed";
/// Head of a column: the codec.
pub const CODEC: &str = "codec";
/// Head of a column: the encodings.
pub const ENCODINGS: &str = "encodings";
/// Head of a column: how many values, or how they are held.
pub const VALUES: &str = "values";
/// Head of a column: how many are null.
pub const NULLS: &str = "nulls";
/// Head of a column: how many differ.
pub const DISTINCT: &str = "distinct";
/// Head of a column: the smallest value.
pub const SMALLEST: &str = "smallest";
/// Head of a column: the largest value.
pub const LARGEST: &str = "largest";
/// Head of a column: where in the file it begins.
pub const AT_BYTE: &str = "at byte";
/// Head of a column: which indexes there are.
pub const HAS: &str = "has";
/// Head of a column: the share of its pages that are known.
pub const PAGES_KNOWN: &str = "pages known";
/// Head of a column: the page.
pub const PAGE: &str = "page";
