//! Files of labels: what is written, and what one that is read would change.

use super::beside::{News, Task, Values};
use super::data::{Data, FileState, LabelReading};
use crate::base::sorted;
use crate::formats::parquet::meta::Logical;
use crate::formats::tabular::reading::Reading;
use crate::protocol::labels::{Done, File, Form, Found};
use crate::protocol::texts::labels as texts;
use crate::protocol::{self, Open};
use crate::table::filter::call;
use crate::table::labels::file::{self, Entry, LabelFile, MAX_LINES, Trouble};
use crate::table::labels::{Marks, NONE, Step};
use crate::view::facts::Meaning;
use crate::view::labels::{clean_name, clean_note};
use crate::view::spec::TableRef;

/// Goes on with a file that waits for the keys of all rows; what came of it.
pub fn advance(data: &mut Data) -> Option<File> {
    let keys = match data.all_keys() {
        Ok(Some(keys)) => keys,
        Ok(None) if !data.keys_failed() => return None,
        Ok(None) | Err(()) => {
            data.own.saving = None;
            data.own.file = None;
            return Some(File::NoKeys);
        }
    };
    if let Some(form) = data.own.saving.take() {
        return Some(File::Written(written(data, &keys, form), form));
    }
    let (file, _) = data.own.file.take()?;
    let (found, kept) = found(data, file, &keys);
    data.own.file = Some((kept, FileState::Found));
    Some(File::Found(found))
}

fn written(data: &Data, keys: &[Option<String>], form: Form) -> String {
    let labels = &data.own.labels;
    let line = |(row, key): (u32, &Option<String>)| {
        let (label, note) = (labels.label_of(row), labels.note_of(row));
        let key = key.clone().filter(|_| label.is_some() || note.is_some())?;
        Some((key, label.map(|label| label.name.as_str()), note))
    };
    let (table, lines) = (data.kept_as(), (0..).zip(keys).filter_map(line));
    match form {
        Form::Csv => file::write(&table, lines),
        Form::JsonLines => file::write_lines(&table, lines),
    }
}

/// Opens a file of the user's disk beside the table, of whatever kind.
pub fn open(data: &mut Data, name: &str) -> File {
    forget(data);
    let open = Open {
        table: TableRef::Local(name.to_owned()),
        endpoint: None,
        base: String::new(),
        roles: Vec::new(),
        reading: Reading::default(),
        added: None,
    };
    let number = data.open_beside(open);
    data.own.reading = Some(LabelReading { number, rows: 0, columns: [const { None }; 4] });
    File::Opening
}

/// A file that is being read is of no use any more.
fn forget(data: &mut Data) {
    if let Some(reading) = data.own.reading.take() {
        data.ask_beside(reading.number, Task::Drop);
    }
}

/// Something is told of a file that is read beside the table; what came of it.
pub fn take_news(data: &mut Data, news: News) -> Option<File> {
    let outcome = match news {
        News::Failed(why) => Some(File::Failed(why)),
        News::Opened { rows, columns, .. } => opened(data, rows, &columns),
        News::Read { column, values } => read_column(data, &column, values),
    };
    if outcome.is_some() {
        forget(data);
    }
    outcome
}

fn opened(data: &mut Data, rows: u64, columns: &[(protocol::Column, Option<Logical>)]) -> Option<File> {
    let named = |name: &str| {
        let mut names = columns.iter().map(|(column, _)| column.name.as_str());
        names.find(|column| column.eq_ignore_ascii_case(name))
    };
    let Some(found) = file::places(named, data.key_name().as_deref()) else { return Some(File::Unclear) };
    if rows > MAX_LINES as u64 {
        return Some(File::TooLong);
    }
    let reading = data.own.reading.as_mut()?;
    reading.rows = rows;
    reading.columns = found.map(|name| name.map(|name| (name.to_owned(), None)));
    let number = reading.number;
    data.ask_beside(number, Task::Read(found.into_iter().flatten().map(str::to_owned).collect()));
    None
}

fn read_column(data: &mut Data, column: &str, values: Option<Values>) -> Option<File> {
    let Some(values) = values else { return Some(File::Failed(texts::column_not_read(column))) };
    let reading = data.own.reading.as_mut()?;
    let mut waits = reading.columns.iter_mut().flatten().filter(|(_, values)| values.is_none());
    if let Some((_, place)) = waits.find(|(name, _)| name == column) {
        *place = Some(values.take());
    }
    if reading.columns.iter().flatten().any(|(_, values)| values.is_none()) {
        return None;
    }
    let LabelReading { rows, columns, .. } = data.own.reading.as_ref()?;
    let of = |place: usize, row: usize| {
        let (_, values) = columns.get(place)?.as_ref()?;
        call(&Meaning::default(), values.as_ref()?.get(row)?)
    };
    let line = |row| Some(Entry { key: of(0, row)?, label: of(1, row), note: of(2, row) });
    let rows = 0..usize::try_from(*rows).unwrap_or_default();
    let file = LabelFile {
        table: rows.clone().find_map(|row| of(3, row)),
        entries: rows.filter_map(line).collect(),
    };
    data.own.file = Some((file, FileState::Waits));
    Some(File::Reading)
}

/// Reads a CSV file.
pub fn read(data: &mut Data, text: &str) -> File {
    forget(data);
    match file::read(text, data.key_name().as_deref()) {
        Ok(file) => {
            data.own.file = Some((file, FileState::Waits));
            File::Reading
        }
        Err(Trouble::NoHeader | Trouble::OpenQuote) => File::Unclear,
        Err(Trouble::TooLong) => File::TooLong,
    }
}

/// What the lines of a file come to, and the lines that count, each with the number of its row in place of its key.
fn found(data: &Data, file: LabelFile, keys: &[Option<String>]) -> (Found, LabelFile) {
    let LabelFile { table, entries } = file;
    let lines = sorted::by(entries, |a, b| a.key.cmp(&b.key));
    // Of each line the first row that has its key, and how many have it.
    let mut rows: Vec<(u32, u32)> = vec![(0, 0); lines.len()];
    for (row, key) in (0..).zip(keys) {
        let Some(key) = key else { continue };
        let first = lines.partition_point(|line| line.key < *key);
        if lines.get(first).is_some_and(|line| line.key == *key)
            && let Some((found, count)) = rows.get_mut(first)
        {
            *found = if *count == 0 { row } else { *found };
            *count += 1;
        }
    }
    let mut found = Found { other_table: table.filter(|of| *of != data.kept_as()), ..Found::default() };
    let mut kept: Vec<Entry> = Vec::new();
    let mut new_labels: Vec<String> = Vec::new();
    let labels = &data.own.labels;
    let mut place = 0;
    while let Some(line) = lines.get(place) {
        let same = lines.iter().skip(place).take_while(|other| other.key == line.key).count();
        match rows.get(place) {
            None | Some((_, 0)) => found.unmatched += same as u64,
            Some((row, 1)) if same == 1 => {
                found.matched += 1;
                let (label, note) = of_line(data, line, *row);
                if let Some(name) = label.as_ref().filter(|name| labels.named(name).is_none())
                    && !new_labels.contains(name)
                {
                    new_labels.push(name.clone());
                }
                let now = (labels.label_of(*row).map(|label| label.name.as_str()), labels.note_of(*row));
                found.changes += u64::from((label.as_deref(), note.as_deref()) != now);
                kept.push(Entry { key: row.to_string(), label, note });
            }
            Some(_) => found.duplicate += same as u64,
        }
        place += same;
    }
    found.new_labels = new_labels.len() as u64;
    (found, LabelFile { table: None, entries: kept })
}

/// The label and the note that a row has behind a line; what the line leaves empty stays.
fn of_line(data: &Data, line: &Entry, row: u32) -> (Option<String>, Option<String>) {
    let labels = &data.own.labels;
    let label = line.label.as_deref().and_then(clean_name);
    let note = line.note.as_deref().and_then(clean_note);
    (
        label.or_else(|| labels.label_of(row).map(|label| label.name.clone())),
        note.or_else(|| labels.note_of(row).map(str::to_owned)),
    )
}

/// A step that takes over what was read.
///
/// # Errors
/// Where there would be too many labels.
pub fn applying(data: &mut Data) -> Result<Step, Done> {
    let Some((file, FileState::Found)) = data.own.file.take() else { return Ok(Step::default()) };
    // Labels are added to a copy, so that all of it is one step.
    let mut own = data.own.draft();
    for name in file.entries.iter().filter_map(|entry| entry.label.as_deref()) {
        if own.labels.named(name).is_none() {
            let (mut step, _) = own.adding(name)?;
            own.labels.swap(&mut step);
        }
    }
    let mut step = data.own.labels.naming(own.labels.names().to_vec());
    let mut marks = Vec::new();
    for Entry { key, label, note } in file.entries {
        let Ok(row) = key.parse::<u32>() else { continue };
        let id = label.and_then(|name| own.labels.named(&name)).map_or(NONE, |label| label.id);
        if own.labels.mark(row) != id {
            marks.push((row, id));
        }
        if own.labels.note_of(row) != note.as_deref() {
            step.notes.push((row, note));
        }
    }
    if !marks.is_empty() {
        step.marks = Marks::Some(marks);
    }
    Ok(step)
}
