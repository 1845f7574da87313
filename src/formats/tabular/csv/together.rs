//! Several CSV files as one table: columns by their names, with types that hold the values of all files.

use super::dialect::Style;
use super::line::Record;
use super::{Scan, Table, column};
use crate::base::error::Result;
use crate::formats::tabular::feed::Feed;
use crate::formats::tabular::guess::{Guess, Type};
use crate::formats::tabular::odd::{Odd, OddKind, Odds};
use arrow_schema::{Field, Schema, SchemaRef};
use column::Build;
use std::sync::Arc;

/// The columns of all files.
pub struct Together {
    /// Their names and types.
    pub schema: SchemaRef,
    types: Vec<Type>,
    /// What is odd about all files.
    pub odds: Vec<Odd>,
}

/// A file, as its lines are read the second time.
pub struct Member {
    style: Style,
    first: Option<usize>,
    /// Where the values of each column are in its lines.
    places: Vec<Option<usize>>,
    odds: Odds,
}

/// A column of some files: its name, which of the columns of that name it is, and what it may be.
struct Column {
    name: String,
    repeat: usize,
    guess: Guess,
    /// The type that it has in each file where it has values.
    own: Vec<Type>,
}

impl Together {
    /// The columns of these files, and how each is read.
    ///
    /// # Errors
    /// Where the only file has no lines.
    pub fn new(scans: &[&Scan]) -> Result<(Self, Vec<Member>)> {
        let mut columns: Vec<Column> = Vec::new();
        let mut members = Vec::new();
        let named = scans.iter().find(|scan| scan.names.is_some());
        let known = named.map(|scan| scan.names()).transpose()?.unwrap_or_default();
        for scan in scans {
            let mut names = scan.names()?;
            let mut odds = scan.odds();
            if scan.names.is_none() && names.len() == known.len() {
                names.clone_from(&known);
                odds.0.push(Odd::new(OddKind::NoNames, 1, 0));
            }
            let mut taken: Vec<usize> = Vec::new();
            for (place, (name, guess)) in names.into_iter().zip(&scan.guesses).enumerate() {
                let name = if name.is_empty() { format!("column {}", place + 1) } else { name };
                let same = taken.iter().filter_map(|column| columns.get(*column));
                let repeat = same.filter(|column| column.name == name).count();
                let at = columns.iter().position(|column| column.name == name && column.repeat == repeat);
                let own = guess.has_seen_any().then(|| guess.resolve());
                let column = match at.and_then(|at| Some((at, columns.get_mut(at)?))) {
                    Some((at, column)) => {
                        column.guess = column.guess.and(guess);
                        column.own.extend(own);
                        at
                    }
                    None => {
                        let own = own.into_iter().collect();
                        columns.push(Column { name, repeat, guess: guess.clone(), own });
                        columns.len() - 1
                    }
                };
                taken.push(column);
            }
            let (style, first) = (scan.style.clone(), scan.first);
            members.push((Member { style, first, places: Vec::new(), odds }, taken));
        }
        let members = members.into_iter().map(|(mut member, taken)| {
            let place = |column| taken.iter().position(|own| *own == column);
            member.places = (0..columns.len()).map(place).collect();
            let lacks = member.places.iter().zip(&columns).filter(|(place, _)| place.is_none());
            let lacks: Vec<String> = lacks.map(|(_, column)| column.name.clone()).collect();
            if !lacks.is_empty() {
                member.odds.0.push(Odd::new(OddKind::Lacks(lacks), 1, 0));
            }
            member
        });
        let members: Vec<Member> = members.collect();
        let types: Vec<Type> = columns.iter().map(|column| column.guess.resolve()).collect();
        let wider = columns.iter().zip(&types).filter(|(column, of)| column.own.iter().any(|own| own != *of));
        let wider: Vec<String> = wider.map(|(column, _)| column.name.clone()).collect();
        let odds = (!wider.is_empty()).then(|| Odd::new(OddKind::Wider(wider), 1, 0)).into_iter().collect();
        let fields = columns
            .into_iter()
            .zip(&types)
            .map(|(Column { name, .. }, of)| Field::new(name, column::data_type(*of), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok((Self { schema, types, odds }, members))
    }
}

impl Member {
    /// Makes rows of the file's lines.
    pub fn table(&self, together: &Together) -> Table {
        Table {
            schema: together.schema.clone(),
            columns: together.types.iter().copied().map(Build::new).collect(),
            places: self.places.clone(),
            style: self.style.clone(),
            before: self.style.before.1,
            header_passed: !self.style.header,
            first: self.first,
            feed: Feed::default(),
            record: Record::default(),
            rows: 0,
            bytes: 0,
            odds: self.odds.clone(),
        }
    }
}
