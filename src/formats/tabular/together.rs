//! What the files that came are together: the columns of all of them, and how the rows of each are made.

use super::arrow::{Messages, UNREAD};
use super::odd::{Odd, OddKind, Odds};
use super::part::{Part, Stage};
use super::reading::Reading;
use super::rows::{self, Rows};
use super::source::Source;
use super::{csv, json, wider};
use crate::base::error::{Error, ErrorKind, Result};
use arrow_schema::{FieldRef, Fields, Schema, SchemaRef};
use std::sync::Arc;

/// The columns of some files.
pub struct Plan {
    schema: SchemaRef,
    of: Of,
    /// What is made of each file; none where it is left out.
    members: Vec<Option<Member>>,
    odds: Vec<Odd>,
}

/// What the files are.
enum Of {
    Csv(csv::Together),
    Json(json::Type),
    Arrow,
}

enum Member {
    Csv(csv::Member),
    /// What is odd, and how its rows stand.
    Json(Odds, json::State),
    Arrow(Odds),
}

/// What a file holds, in words.
fn kind(stage: &Stage) -> Option<&'static str> {
    match stage {
        Stage::Csv(_) => Some("fields between commas or the like"),
        Stage::Json(_) => Some("JSON"),
        Stage::Columns(_) => Some("Arrow"),
        Stage::Front(_) | Stage::Arrow(_) | Stage::Parquet => None,
    }
}

impl Plan {
    /// What these files are together. One that does not fit the first is left out.
    ///
    /// # Errors
    /// Where there is none with rows.
    pub fn new(parts: &[Part]) -> Result<Self> {
        let mut odds = Vec::new();
        let mut refused = None;
        let mut members: Vec<Option<Member>> = parts.iter().map(|_| None).collect();
        let mut fits: Vec<(usize, &Part)> = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let first = fits.first().and_then(|(_, first)| kind(&first.stage));
            let checked = match (kind(&part.stage), first) {
                (Some(own), Some(first)) if own != first => {
                    let message = format!("it holds {own}, and the first file {first}");
                    Err(Error::new(ErrorKind::Unsupported, message))
                }
                (Some(_), _) => is_usable(&part.stage),
                // What has come tells nothing yet.
                (None, _) => continue,
            };
            match checked {
                Ok(()) => fits.push((number, part)),
                Err(error) => {
                    odds.push(left_out(part, &error));
                    refused.get_or_insert(error);
                }
            }
        }
        let Some((_, first)) = fits.first() else {
            let none = || Error::new(ErrorKind::Internal, "not all of the file has come");
            return Err(refused.unwrap_or_else(none));
        };
        let (schema, of) = match &first.stage {
            Stage::Csv(_) => {
                let scans = fits.iter().filter_map(|(number, part)| match &part.stage {
                    Stage::Csv(scan) => Some((*number, scan.as_ref())),
                    _ => None,
                });
                let (numbers, scans): (Vec<usize>, Vec<&csv::Scan>) = scans.unzip();
                let (together, own) = csv::Together::new(&scans)?;
                odds.extend(together.odds.clone());
                for (number, member) in numbers.into_iter().zip(own) {
                    put(&mut members, number, Member::Csv(member));
                }
                (together.schema.clone(), Of::Csv(together))
            }
            Stage::Json(_) => {
                let mut shape = json::Shape::default();
                for (_, part) in &fits {
                    if let Stage::Json(scan) = &part.stage {
                        shape.and(scan.shape()?.clone(), 0);
                    }
                }
                let of = shape.resolve();
                let mut wider = Vec::new();
                for (number, part) in &fits {
                    if let Stage::Json(scan) = &part.stage {
                        let mut odds = scan.odds().clone();
                        let (lacks, differs) = scan.shape()?.differences(&of);
                        wider.extend(differs);
                        if !lacks.is_empty() {
                            odds.0.push(Odd::new(OddKind::Lacks(lacks), 1, 0));
                        }
                        put(&mut members, *number, Member::Json(odds, scan.begin()));
                    }
                }
                odds.extend(widened(wider));
                (json::schema(&of), Of::Json(of))
            }
            _ => {
                let columns = fits.iter().filter_map(|(number, part)| match &part.stage {
                    Stage::Columns(messages) => Some((*number, *part, messages.schema()?)),
                    _ => None,
                });
                let columns: Vec<(usize, &Part, SchemaRef)> = columns.collect();
                let mut all: Option<Schema> = None;
                let mut taken = Vec::new();
                for (number, part, own) in columns {
                    let (own, unread) = readable(&own);
                    let both = match &all {
                        Some(all) => wider::both(all, &own),
                        None => Ok(own.clone()),
                    };
                    match both {
                        Ok(both) => {
                            all = Some(both);
                            taken.push((number, own, unread));
                        }
                        Err(column) => {
                            let message =
                                format!("its column {column} has another type than in the files before it");
                            odds.push(left_out(part, &Error::new(ErrorKind::Unsupported, message)));
                        }
                    }
                }
                let schema = Arc::new(all.unwrap_or_else(Schema::empty));
                let mut wider = Vec::new();
                for (number, own, unread) in taken {
                    let mut found = Odds(unread);
                    let lacks =
                        schema.fields().iter().filter(|field| own.field_with_name(field.name()).is_err());
                    let lacks: Vec<String> = lacks.map(|field| field.name().clone()).collect();
                    let differs = own.fields().iter().filter(|field| {
                        let all = schema.field_with_name(field.name());
                        all.is_ok_and(|all| all.data_type() != field.data_type())
                    });
                    wider.extend(differs.map(|field| field.name().clone()));
                    if !lacks.is_empty() {
                        found.0.push(Odd::new(OddKind::Lacks(lacks), 1, 0));
                    }
                    put(&mut members, number, Member::Arrow(found));
                }
                odds.extend(widened(wider));
                let mut left = Odds::default();
                rows::note_left_out(&schema, &mut left);
                odds.append(&mut left.0);
                (schema, Of::Arrow)
            }
        };
        Ok(Self { schema, of, members, odds })
    }

    /// How the first CSV file is read.
    pub fn reading(&self, parts: &[Part]) -> Option<Reading> {
        parts.iter().find_map(|part| match &part.stage {
            Stage::Csv(scan) => Some(scan.reading()),
            _ => None,
        })
    }

    /// What is odd about all files, and which are left out.
    pub fn odds(&self) -> Vec<Odd> {
        self.odds.clone()
    }
}

fn put(members: &mut [Option<Member>], number: usize, member: Member) {
    if let Some(place) = members.get_mut(number) {
        *place = Some(member);
    }
}

fn left_out(part: &Part, error: &Error) -> Odd {
    Odd { file: part.name.clone(), ..Odd::new(OddKind::File(error.to_string()), 1, 0) }
}

/// The columns of a file of Arrow that can be read, and those that can't.
fn readable(schema: &Schema) -> (Schema, Vec<Odd>) {
    let why = |field: &FieldRef| field.metadata().get(UNREAD).cloned();
    let (unread, read): (Vec<&FieldRef>, Vec<&FieldRef>) =
        schema.fields().iter().partition(|field| why(field).is_some());
    let odd = |field: &FieldRef| {
        let what = format!("{}: {}", field.name(), why(field).unwrap_or_default());
        Odd::new(OddKind::Column(what), 1, 0)
    };
    let read: Fields = read.into_iter().cloned().collect();
    (Schema::new_with_metadata(read, schema.metadata().clone()), unread.into_iter().map(odd).collect())
}

/// Columns whose types differ from file to file.
fn widened(mut columns: Vec<String>) -> Option<Odd> {
    columns.sort_unstable();
    columns.dedup();
    (!columns.is_empty()).then(|| Odd::new(OddKind::Wider(columns), 1, 0))
}

/// Whether there are rows in a file, as far as that is known.
fn is_usable(stage: &Stage) -> Result<()> {
    match stage {
        Stage::Csv(scan) => scan.check(),
        Stage::Json(scan) => scan.shape().map(drop),
        Stage::Columns(messages) if messages.schema().is_none() => {
            Err(Error::new(ErrorKind::Internal, "not all of the file has come"))
        }
        Stage::Front(_) | Stage::Arrow(_) | Stage::Columns(_) | Stage::Parquet => Ok(()),
    }
}

/// The second time through: one file after the other.
pub struct Writing {
    plan: Plan,
    number: usize,
    table: Option<(Source, Table)>,
    /// What is written.
    pub rows: Rows,
}

enum Table {
    Csv(Box<csv::Table>),
    Json(Box<json::Table>),
    Arrow(Box<Messages>, Odds),
}

impl Writing {
    /// Nothing is written.
    ///
    /// # Errors
    /// Where none of the columns can be.
    pub fn new(plan: Plan) -> Result<Self> {
        let rows = Rows::new(&plan.schema)?;
        Ok(Self { plan, number: 0, table: None, rows })
    }

    /// The file that is read, by its number; none once all are.
    pub fn part(&self) -> Option<usize> {
        (self.number < self.plan.members.len()).then_some(self.number)
    }

    /// Whether it was begun.
    pub fn has_begun(&self) -> bool {
        self.table.is_some()
    }

    /// Begins with a file; whether it is part of the table.
    pub fn begin(&mut self, number: usize) -> bool {
        let Plan { schema, of, members, .. } = &self.plan;
        let table = match (members.get(number).and_then(Option::as_ref), of) {
            (Some(Member::Csv(member)), Of::Csv(together)) => Table::Csv(Box::new(member.table(together))),
            (Some(Member::Json(odds, begin)), Of::Json(of)) => {
                Table::Json(Box::new(json::Table::new(schema.clone(), of, odds.clone(), begin.clone())))
            }
            (Some(Member::Arrow(odds)), Of::Arrow) => Table::Arrow(Box::default(), odds.clone()),
            _ => {
                self.table = None;
                return false;
            }
        };
        self.table = Some((Source::new(), table));
        true
    }

    /// The next bytes of the file; none say that it ends.
    ///
    /// # Errors
    /// Where rows can't be written.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Result<()> {
        let Self { plan, table: Some((source, table)), rows, .. } = self else { return Ok(()) };
        let text = source.push(bytes, last)?;
        match table {
            Table::Csv(table) => table.push(&text, last, rows),
            Table::Json(table) => table.push(&text, last, rows),
            Table::Arrow(messages, _) => {
                for batch in messages.push(&text, last)? {
                    rows.write(&wider::conform(&batch, &plan.schema)?)?;
                }
                Ok(())
            }
        }
    }

    /// Writes the rows that are whole.
    ///
    /// # Errors
    /// Where they can't be written.
    pub fn flush(&mut self) -> Result<()> {
        match &mut self.table {
            Some((_, Table::Csv(table))) => table.flush(&mut self.rows),
            Some((_, Table::Json(table))) => table.flush(&mut self.rows),
            Some((_, Table::Arrow(..))) | None => Ok(()),
        }
    }

    /// The file is over; what was odd in it.
    pub fn end(&mut self) -> Odds {
        self.number += 1;
        match self.table.take() {
            Some((_, Table::Csv(table))) => table.odds,
            Some((_, Table::Json(table))) => table.odds,
            Some((_, Table::Arrow(messages, mut odds))) => {
                odds.0.extend(messages.losses());
                odds
            }
            None => Odds::default(),
        }
    }
}
