//! Errors in words: the one place where they become notices.

use crate::base::bytes::human_bytes;
use crate::base::error::{Error, ErrorKind};
use crate::engine::result::LeftOut;
use crate::formats::hub;
use crate::formats::hub::HubPath;
use crate::protocol::{Action, Gate, Level, Notice};
use crate::view::spec::{MAX_FILTERS, TableRef};

/// The subject of notices about the open table as a whole.
pub const TABLE: &str = "table";

/// The subject of notices about the connection.
pub const CONNECTION: &str = "connection";

/// The subject of notices about images.
pub const IMAGES: &str = "images";

/// The subject of notices about what is shown without having been checked.
pub const UNCHECKED: &str = "unchecked";

/// The table can't be opened. `source` names it; `near` are tables that may have been meant.
pub fn cannot_open(source: &str, error: &Error, near: &[TableRef]) -> Notice {
    let title = match error.kind {
        ErrorKind::Network => format!("{source} can't be reached"),
        ErrorKind::RateLimited => "The Hub asked for a pause".to_owned(),
        ErrorKind::Server => format!("The server of {source} does not answer as it should"),
        ErrorKind::Unauthorized => format!("{source} is not open to everyone"),
        ErrorKind::NotFound | ErrorKind::FileNotFound => format!("{source} does not exist"),
        ErrorKind::RangeIgnored => format!("{source} can't be read in parts"),
        ErrorKind::Changed => format!("{source} changed while it was being opened"),
        ErrorKind::NotParquet => format!("{source} is not a Parquet file"),
        ErrorKind::Truncated => format!("{source} is cut short"),
        ErrorKind::Corrupt => format!("{source} is damaged"),
        ErrorKind::Unsupported => format!("{source} can't be read here"),
        ErrorKind::Encrypted => format!("{source} is encrypted"),
        ErrorKind::Limit => format!("{source} is too large"),
        ErrorKind::BadLink => format!("There is no table {source}"),
        ErrorKind::Internal => "Something went wrong in this program".to_owned(),
    };
    let advice = match error.kind {
        ErrorKind::Network => {
            "Check the connection, and that the server allows other sites to read from it (CORS)."
        }
        ErrorKind::RateLimited | ErrorKind::Server => "Try again in a while.",
        ErrorKind::Unauthorized => "Its page on the Hub says what it asks for; a token of yours may open it.",
        ErrorKind::NotFound | ErrorKind::FileNotFound => "Check the path.",
        ErrorKind::RangeIgnored => "The server must answer range requests; another copy of the file may do.",
        ErrorKind::Changed => "Open it again to see the new version.",
        ErrorKind::NotParquet => "Vitrine opens Parquet tables. Choose another file.",
        ErrorKind::Truncated | ErrorKind::Corrupt => "Ask for a new copy of the file, or choose another one.",
        ErrorKind::Unsupported | ErrorKind::Encrypted | ErrorKind::Limit => "Choose another file.",
        ErrorKind::BadLink => "Check the link, or choose a table.",
        ErrorKind::Internal => "Open the table again.",
    };
    let mut actions = Vec::new();
    if let Some(table) = near.first() {
        actions.push(Action::OpenTable(table.clone()));
    } else if error.is_retryable() || matches!(error.kind, ErrorKind::Changed | ErrorKind::Internal) {
        actions.push(Action::Reload);
    }
    actions.push(Action::ChooseAnother);
    Notice {
        subject: TABLE.to_owned(),
        level: Level::Fatal,
        title,
        text: format!("{}. {advice}", sentence(&error.to_string())),
        actions,
        retry_in_millis: None,
    }
}

/// Images are in a repository that asks who wants them; the table is read on.
pub fn images_closed(error: &Error, archive: &(String, HubPath)) -> Notice {
    let notice = Notice {
        subject: IMAGES.to_owned(),
        level: Level::Warning,
        title: format!("The images in {} are not open to everyone", archive.1.repository),
        text: format!("{}. The table works as ever.", sentence(&error.to_string())),
        actions: Vec::new(),
        retry_in_millis: None,
    };
    with_sign_in(notice, error, Some(archive))
}

/// The same notice, with a way in: the file is in a repository that asks who wants it.
pub fn with_sign_in(mut notice: Notice, error: &Error, on_hub: Option<&(String, HubPath)>) -> Notice {
    if let (ErrorKind::Unauthorized, Some((endpoint, path))) = (&error.kind, on_hub) {
        let gate = Gate {
            endpoint: endpoint.clone(),
            repository: path.repository.clone(),
            page: hub::repository_url(endpoint, &path.repository),
        };
        notice.actions.insert(0, Action::SignIn(gate));
    }
    notice
}

/// A column can't be read; the others can.
pub fn column_failed(column: &str, error: &Error) -> Notice {
    let title = match error.kind {
        ErrorKind::Limit => format!("{column} is too much to show"),
        ErrorKind::Encrypted => format!("{column} is encrypted"),
        ErrorKind::Unsupported => format!("{column} can't be read here"),
        _ => format!("{column} is damaged"),
    };
    Notice {
        subject: format!("column {column}"),
        level: Level::Error,
        title,
        text: format!("{}. The other columns keep working.", sentence(&error.to_string())),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// Reading stopped: the tries are used up, or trying again can't help.
pub fn reading_stopped(source: &str, error: &Error, read_bytes: u64) -> Notice {
    let read = human_bytes(read_bytes);
    let (level, title, actions) = match error.kind {
        ErrorKind::Changed => (
            Level::Warning,
            "This file changed on the server while it was open".to_owned(),
            vec![Action::Reload],
        ),
        ErrorKind::RateLimited => {
            (Level::Warning, "The Hub asked for a pause".to_owned(), vec![Action::Retry])
        }
        ErrorKind::Unauthorized | ErrorKind::NotFound | ErrorKind::FileNotFound | ErrorKind::RangeIgnored => {
            (Level::Error, format!("{source} can't be read any more"), vec![Action::Retry, Action::Reload])
        }
        _ => (Level::Error, format!("Reading {source} stopped"), vec![Action::Retry]),
    };
    let rest = if error.kind == ErrorKind::Changed {
        "What is shown is the version that was opened; nothing more is read, so that versions do not mix."
    } else {
        "Everything read so far keeps working, also what was kept of earlier visits."
    };
    Notice {
        subject: CONNECTION.to_owned(),
        level,
        title,
        text: format!("{}, after {read}. {rest}", sentence(&error.to_string())),
        actions,
        retry_in_millis: None,
    }
}

/// A read failed and will be tried again by itself.
pub fn waiting(source: &str, error: &Error, read_bytes: u64, retry_in_millis: u32) -> Notice {
    let title = match error.kind {
        ErrorKind::RateLimited => "The Hub asked for a pause".to_owned(),
        ErrorKind::Network => format!("No connection to {source}"),
        _ => format!("{source} answers badly"),
    };
    Notice {
        subject: CONNECTION.to_owned(),
        level: Level::Warning,
        title,
        text: format!(
            "{}. It is tried again by itself; the {} read so far stay usable.",
            sentence(&error.to_string()),
            human_bytes(read_bytes)
        ),
        actions: vec![Action::Retry],
        retry_in_millis: Some(retry_in_millis),
    }
}

/// A file of several can't be part of the table.
pub fn file_left_out(file: &str, error: &Error) -> Notice {
    Notice {
        subject: format!("file {file}"),
        level: Level::Warning,
        title: format!("{file} is left out"),
        text: format!("{}. The rows of the other files keep working.", sentence(&error.to_string())),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// What is kept on this device is shown, because the server can't be asked.
pub fn unchecked(source: &str, error: &Error) -> Notice {
    Notice {
        subject: UNCHECKED.to_owned(),
        level: Level::Info,
        title: "Shown from what is kept on this device".to_owned(),
        text: format!(
            "{source} could not be asked whether it has changed: {error}. What has not been read before is missing."
        ),
        actions: vec![Action::Reload],
        retry_in_millis: None,
    }
}

/// Nothing is kept on this device.
pub fn not_kept(error: &Error) -> Notice {
    Notice {
        subject: "kept".to_owned(),
        level: Level::Info,
        title: "What is read is not kept for the next visit".to_owned(),
        text: format!("{}. Everything else works as ever.", sentence(&error.to_string())),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// Clauses that can't be applied, by column, and why: one notice for all, so that other ones are seen.
pub fn clauses_left_out(clauses: &[(String, LeftOut)]) -> Option<Notice> {
    const NAMED: usize = 4;
    let (title, text) = match clauses {
        [] => return None,
        [(column, why)] => (format!("The filter on {column} is left out"), why_left_out(*why)),
        [(_, why), ..] => {
            let names: Vec<&str> = clauses.iter().take(NAMED).map(|(column, _)| column.as_str()).collect();
            let more = clauses.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let same = clauses.iter().all(|(_, other)| other == why);
            let why =
                if same { why_left_out(*why) } else { "They can't be applied to this table.".to_owned() };
            (format!("{} filters are left out", clauses.len()), format!("{}{more}: {why}", names.join(", ")))
        }
    };
    Some(Notice {
        subject: "filters".to_owned(),
        level: Level::Info,
        title,
        text,
        actions: Vec::new(),
        retry_in_millis: None,
    })
}

fn why_left_out(why: LeftOut) -> String {
    match why {
        LeftOut::NotFilterable => "This column can't be filtered.".to_owned(),
        LeftOut::NoColumn => "The table has no such column.".to_owned(),
        LeftOut::TooMany => format!("At most {MAX_FILTERS} columns can be filtered at once."),
    }
}

/// With a capital letter at the front.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // A column's name is written as it is.
        Some(first) if !text.contains(':') => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
