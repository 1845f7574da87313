//! The one place where errors become notices.

use crate::base::error::{Error, ErrorKind};
use crate::engine::data::Damage;
use crate::engine::result::LeftOut;
use crate::formats::hub;
use crate::formats::hub::HubPath;
use crate::formats::tabular::reading::{Delimiter, Reading};
use crate::formats::tabular::task::Report;
use crate::protocol::texts::import;
use crate::protocol::texts::labels;
use crate::protocol::texts::notices as texts;
use crate::protocol::{Action, Gate, Level, Notice};
use crate::view::spec::{MAX_FILTERS, TableRef};

/// The subject of notices about the open table as a whole.
pub const TABLE: &str = "table";

/// The subject of notices about the connection.
pub const CONNECTION: &str = "connection";

/// The subject of notices about what a table is made of, and about how that was read.
pub const IMPORT: &str = "import";
pub const READING: &str = "reading";

/// The subject of notices about images.
pub const IMAGES: &str = "images";

/// The subject of notices about what is shown without having been checked.
pub const UNCHECKED: &str = "unchecked";

/// The subject of notices about what measures texts.
pub const MEASURES: &str = "measures";

/// What measures texts can't be had; the rest works.
pub fn no_measures(error: &Error) -> Notice {
    Notice {
        subject: MEASURES.to_owned(),
        level: Level::Warning,
        title: texts::NO_MEASURES.to_owned(),
        text: texts::no_measures_why(error),
        actions: vec![Action::Retry],
        retry_in_millis: None,
    }
}

/// The table can't be opened. `source` names it; `near` are tables that may have been meant.
pub fn cannot_open(source: &str, error: &Error, near: &[TableRef]) -> Notice {
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
        title: texts::cannot_open(source, &error.kind),
        text: texts::cannot_open_why(error),
        actions,
        retry_in_millis: None,
    }
}

/// Images are in a repository that asks who wants them; the table is read on.
pub fn images_closed(error: &Error, archive: &(String, HubPath)) -> Notice {
    let notice = Notice {
        subject: IMAGES.to_owned(),
        level: Level::Warning,
        title: texts::images_closed(&archive.1.repository),
        text: texts::images_closed_why(error),
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

/// What a table is made of can't be read to its end; its first rows are shown.
pub fn import_stopped(source: &str, error: &Error) -> Notice {
    Notice {
        subject: IMPORT.to_owned(),
        level: Level::Error,
        title: import::stopped(source),
        text: import::stopped_why(error),
        actions: vec![Action::Reload],
        retry_in_millis: None,
    }
}

/// How a file was read that is no Parquet, where that is a guess, and what was odd in it.
pub fn imported(source: &str, found: &Report) -> Vec<Notice> {
    let Report { rows: _, reading, odds } = found;
    let said = |subject: &str, level, title, text, actions| Notice {
        subject: subject.to_owned(),
        level,
        title,
        text,
        actions,
        retry_in_millis: None,
    };
    let odd = (!odds.is_empty())
        .then(|| said(IMPORT, Level::Warning, import::odd(source), import::odd_why(odds), Vec::new()));
    let read = reading.map(|reading| {
        let header = reading.header.unwrap_or(true);
        let at = Delimiter::ALL.iter().position(|delimiter| Some(*delimiter) == reading.delimiter);
        let next = Delimiter::ALL.iter().cycle().nth(at.unwrap_or(0) + 1).copied();
        let actions = vec![
            Action::ReadAs(Reading { header: Some(!header), ..reading }),
            Action::ReadAs(Reading { delimiter: next, header: None }),
        ];
        said(READING, Level::Info, import::read_as(source, reading), import::READ_AS_WHY.to_owned(), actions)
    });
    odd.into_iter().chain(read).collect()
}

/// A column can't be read; the others can.
pub fn column_failed(column: &str, error: &Error) -> Notice {
    Notice {
        subject: format!("column {column}"),
        level: Level::Error,
        title: texts::column_failed(column, &error.kind),
        text: texts::column_failed_why(error),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// Rows of a column can't be read; its other rows can.
pub fn column_damaged(column: &str, damages: &[Damage]) -> Notice {
    let mut rows: Vec<(u64, u64, &Error)> =
        damages.iter().map(|damage| (damage.rows.start, damage.rows.end, &damage.error)).collect();
    rows.sort_by_key(|(start, ..)| *start);
    Notice {
        subject: format!("column {column}"),
        level: Level::Warning,
        title: texts::column_damaged(column, rows.iter().map(|(start, end, _)| end - start).sum()),
        text: texts::column_damaged_why(&rows),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// Reading stopped: the tries are used up, or trying again can't help.
pub fn reading_stopped(source: &str, error: &Error, read_bytes: u64) -> Notice {
    let (level, title, actions) = match error.kind {
        ErrorKind::Changed => (Level::Warning, texts::CHANGED.to_owned(), vec![Action::Reload]),
        ErrorKind::RateLimited => (Level::Warning, texts::RATE_LIMITED.to_owned(), vec![Action::Retry]),
        ErrorKind::Unauthorized | ErrorKind::NotFound | ErrorKind::FileNotFound | ErrorKind::RangeIgnored => {
            (Level::Error, texts::closed(source), vec![Action::Retry, Action::Reload])
        }
        ErrorKind::Network
        | ErrorKind::Server
        | ErrorKind::Absent
        | ErrorKind::NotParquet
        | ErrorKind::Truncated
        | ErrorKind::Corrupt
        | ErrorKind::Unsupported
        | ErrorKind::Encrypted
        | ErrorKind::Limit
        | ErrorKind::BadLink
        | ErrorKind::Internal => (Level::Error, texts::stopped(source), vec![Action::Retry]),
    };
    Notice {
        subject: CONNECTION.to_owned(),
        level,
        title,
        text: texts::stopped_why(error, read_bytes),
        actions,
        retry_in_millis: None,
    }
}

/// A read failed and will be tried again by itself.
pub fn waiting(source: &str, error: &Error, read_bytes: u64, retry_in_millis: u32) -> Notice {
    let title = match error.kind {
        ErrorKind::RateLimited => texts::RATE_LIMITED.to_owned(),
        ErrorKind::Network => texts::no_connection(source),
        ErrorKind::Server
        | ErrorKind::Unauthorized
        | ErrorKind::FileNotFound
        | ErrorKind::NotFound
        | ErrorKind::Absent
        | ErrorKind::RangeIgnored
        | ErrorKind::Changed
        | ErrorKind::NotParquet
        | ErrorKind::Truncated
        | ErrorKind::Corrupt
        | ErrorKind::Unsupported
        | ErrorKind::Encrypted
        | ErrorKind::Limit
        | ErrorKind::BadLink
        | ErrorKind::Internal => texts::bad_answer(source),
    };
    Notice {
        subject: CONNECTION.to_owned(),
        level: Level::Warning,
        title,
        text: texts::waiting_why(error, read_bytes),
        actions: vec![Action::Retry],
        retry_in_millis: Some(retry_in_millis),
    }
}

/// A file of several can't be part of the table.
pub fn file_left_out(file: &str, error: &Error) -> Notice {
    Notice {
        subject: format!("file {file}"),
        level: Level::Warning,
        title: texts::file_left_out(file),
        text: texts::file_left_out_why(error),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// What is kept on this device is shown, because the server can't be asked.
pub fn unchecked(source: &str, error: &Error) -> Notice {
    Notice {
        subject: UNCHECKED.to_owned(),
        level: Level::Info,
        title: texts::UNCHECKED.to_owned(),
        text: texts::unchecked_why(source, error),
        actions: vec![Action::Reload],
        retry_in_millis: None,
    }
}

/// The index of the prompts is not used any more.
pub fn index_left(error: &Error) -> Notice {
    Notice {
        subject: "index".to_owned(),
        level: Level::Info,
        title: texts::INDEX_LEFT.to_owned(),
        text: texts::index_left_why(error),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// Nothing is kept on this device.
pub fn not_kept(error: &Error) -> Notice {
    Notice {
        subject: "kept".to_owned(),
        level: Level::Info,
        title: texts::NOT_KEPT.to_owned(),
        text: texts::not_kept_why(error),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// The code that writes scripts and draws charts could not be fetched.
pub fn no_extras() -> Notice {
    Notice {
        subject: "code".to_owned(),
        level: Level::Warning,
        title: texts::NO_EXTRAS.to_owned(),
        text: texts::NO_EXTRAS_WHY.to_owned(),
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

/// Clauses that can't be applied, by column, and why: one notice for all, so that other ones are seen.
pub fn clauses_left_out(clauses: &[(String, LeftOut)]) -> Option<Notice> {
    const NAMED: usize = 4;
    let (title, text) = match clauses {
        [] => return None,
        [(column, why)] => (texts::filter_left_out(column), why_left_out(*why)),
        [(_, why), ..] => {
            let names: Vec<&str> = clauses.iter().take(NAMED).map(|(column, _)| column.as_str()).collect();
            let more = clauses.len().saturating_sub(NAMED);
            let same = clauses.iter().all(|(_, other)| other == why);
            let why = if same { why_left_out(*why) } else { texts::FILTERS_DIFFER.to_owned() };
            (texts::filters_left_out(clauses.len()), texts::filters_left_out_why(&names, more, &why))
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

/// Labels of an older version of the file whose rows are not in this one.
pub fn labels_lost(rows: u64) -> Notice {
    label_notice(labels::lost_title(rows), labels::LOST.to_owned())
}

/// Labels can't be kept on this device.
pub fn labels_not_kept() -> Notice {
    label_notice(labels::NOT_KEPT_TITLE.to_owned(), labels::NOT_KEPT.to_owned())
}

fn label_notice(title: String, text: String) -> Notice {
    Notice {
        subject: "labels".to_owned(),
        level: Level::Warning,
        title,
        text,
        actions: Vec::new(),
        retry_in_millis: None,
    }
}

fn why_left_out(why: LeftOut) -> String {
    match why {
        LeftOut::NotFilterable => texts::NOT_FILTERABLE.to_owned(),
        LeftOut::NoColumn => texts::NO_COLUMN.to_owned(),
        LeftOut::TooMany => texts::too_many_filters(MAX_FILTERS),
    }
}
