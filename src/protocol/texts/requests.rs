//! Texts about requests and files: what was wrong with an answer, or what the browser refuses.

use crate::base::bytes::human_bytes;

/// There was no answer, or none that the page may read; a browser does not tell them apart.
pub const NO_ANSWER: &str = "there was no answer that this page may read";
/// The same where a token goes along.
pub const NO_ANSWER_WITH_TOKEN: &str = "there was no answer that this page may read; where a token goes along, Firefox and Safari do not follow the Hub to its store; Chrome and Edge do";
/// The answer did not begin in time.
pub const NO_ANSWER_IN_TIME: &str = "there was no answer in time";
/// The answer has no body.
pub const NO_BODY: &str = "no body";
/// The browser does not give the body.
pub const BODY_UNREADABLE: &str = "the body can't be read";
/// The body was cut off.
pub const CONNECTION_CUT: &str = "the connection was cut";
/// The body did not go on in time.
pub const CONNECTION_SILENT: &str = "the connection went silent";
/// The body is shorter than it was said to be.
pub const ENDS_EARLY: &str = "the answer ends early";
/// The body is of a later part than was asked for.
pub const BEGINS_LATE: &str = "the answer begins too late";
/// The whole file came where a part was asked for.
pub const NO_RANGES: &str = "its host does not answer ranges";
/// The browser makes no headers.
pub const NO_HEADERS: &str = "no headers";
/// The browser does not take the range.
pub const RANGE_REFUSED: &str = "the range header is refused";
/// The browser answers with something else.
pub const NO_RESPONSE: &str = "no response";
/// What is cached is of another file.
pub const ANOTHER_FILE: &str = "it is another file";
/// Nothing is cached, and nothing else may be asked.
pub const NOT_CACHED: &str = "it is not kept on this device";
/// The file has fewer bytes than before.
pub const SHORTER: &str = "the file is shorter than it was";
/// A file of this device is gone.
pub const GONE: &str = "the file can't be read any more; it was moved, changed or removed";
/// Where the browser fails without a message.
pub const NO_REASON: &str = "the browser does not say why";

/// The file that was chosen for an export can’t be opened.
pub fn chosen_unwritable(why: &str) -> String {
    format!("The chosen file can't be written: {why}.")
}

/// Writing failed on the way.
pub fn unwritable(why: &str) -> String {
    format!("The file can't be written: {why}.")
}

/// An export in memory is as large as it may be.
pub fn memory_full(most_bytes: u64) -> String {
    format!("this browser keeps it in memory, where {} are the most", human_bytes(most_bytes))
}
