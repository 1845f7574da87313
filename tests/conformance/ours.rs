//! This reader: every page of every column, without the engine.

use crate::Table;
use vitrine::base::decimal;
use vitrine::base::error::{Error, Result};
use vitrine::formats::parquet::codec::Codec;
use vitrine::formats::parquet::decode::{Values, decode_dictionary, decode_page};
use vitrine::formats::parquet::header::{PageHeader, PageKind};
use vitrine::formats::parquet::meta::{ColumnMeta, FileMeta, Footer, Logical, read_footer};
use vitrine::formats::parquet::nested::{Limits, MAX_NESTED_ROWS, chunks, rows_as_json};

/// Everything in a file.
pub fn read(file: &[u8]) -> Table {
    let meta = match read_footer(file, file.len() as u64) {
        Ok(Footer::Meta(meta)) => meta,
        Ok(Footer::Needs(range)) => panic!("{range} of {} bytes", file.len()),
        Err(error) => return Err(told(&error)),
    };
    let mut columns = Vec::new();
    let mut leaf = 0;
    while let Some(column) = meta.columns.get(leaf) {
        let rest = &meta.columns[leaf..];
        let end = match column.flat {
            true => leaf + 1,
            false => leaf + rest.iter().take_while(|other| !other.flat && other.root == column.root).count(),
        };
        let rows = if column.flat { flat(&meta, leaf, file) } else { nested(&meta, leaf..end, file) };
        columns.push((column.root.clone(), rows.map_err(|error| told(&error))));
        leaf = end;
    }
    Ok(columns)
}

fn told(error: &Error) -> String {
    format!("{:?}: {error}", error.kind).replace(['\t', '\n'], " ").chars().take(160).collect()
}

fn flat(meta: &FileMeta, leaf: usize, file: &[u8]) -> Result<Vec<String>> {
    let column = &meta.columns[leaf];
    column.check()?;
    let mut rows = Vec::new();
    for group in &meta.groups {
        let chunk = group.chunks[leaf];
        let mut at = chunk.range.start;
        let mut dictionary: Option<Values> = None;
        let mut left = group.rows;
        while left > 0 {
            let rest = &file[at as usize..chunk.range.end as usize];
            let header = PageHeader::parse(rest)?;
            let body = rest
                .get(header.header_bytes as usize..header.page_bytes() as usize)
                .ok_or_else(|| Error::corrupt("the page is longer than its chunk"))?;
            at += header.page_bytes();
            match header.kind {
                PageKind::Dictionary { .. } => {
                    dictionary = Some(decode_dictionary(column, chunk.codec, &header, body)?);
                }
                PageKind::DataV1 { .. } | PageKind::DataV2 { .. } => {
                    left = left
                        .checked_sub(u64::from(header.values().unwrap()))
                        .ok_or_else(|| Error::corrupt("more rows than its row group"))?;
                    page(column, chunk.codec, &header, body, dictionary.as_ref(), &mut rows)?;
                }
                PageKind::Other => {}
            }
        }
    }
    Ok(rows)
}

fn page(
    column: &ColumnMeta,
    codec: Codec,
    header: &PageHeader,
    body: &[u8],
    dictionary: Option<&Values>,
    rows: &mut Vec<String>,
) -> Result<()> {
    let page = decode_page(column, codec, header, body, dictionary.map(Values::len))?;
    let mut next = 0;
    for row in 0..page.rows as usize {
        if page.valid.as_ref().is_some_and(|valid| !valid[row]) {
            rows.push("null".to_owned());
            continue;
        }
        rows.push(match (&page.values, dictionary) {
            (Values::Indexes(indexes), Some(dictionary)) => {
                text(dictionary, indexes.get(next).unwrap(), column.logical)
            }
            (values, _) => text(values, next, column.logical),
        });
        next += 1;
    }
    Ok(())
}

fn text(values: &Values, place: usize, logical: Logical) -> String {
    match values {
        Values::Bool(all) => all[place].to_string(),
        Values::Int(all) => match logical {
            Logical::Int { signed: false, bits: 64 } => (all[place] as u64).to_string(),
            Logical::Decimal { scale } => decimal::text_of(all[place], scale),
            _ => all[place].to_string(),
        },
        Values::Float32(all) => all[place].to_string(),
        Values::Float64(all) => all[place].to_string(),
        Values::Bytes(all) => {
            let bytes = all.get(place).unwrap();
            match (logical, std::str::from_utf8(bytes)) {
                (Logical::Text, Ok(text)) => format!("{text:?}"),
                (Logical::Decimal { scale }, _) => decimal::text_of_sortable(bytes, scale),
                _ => crate::reference::hex(bytes),
            }
        }
        Values::Indexes(_) => panic!("indexes without a dictionary"),
    }
}

fn nested(meta: &FileMeta, leaves: std::ops::Range<usize>, file: &[u8]) -> Result<Vec<String>> {
    for column in &meta.columns[leaves.clone()] {
        column.check()?;
    }
    let mut rows = Vec::new();
    for (number, group) in meta.groups.iter().enumerate() {
        let bytes: Vec<Vec<u8>> = chunks(meta, number, leaves.clone())
            .iter()
            .map(|range| file[range.start as usize..range.end as usize].to_vec())
            .collect();
        let read = rows_as_json(meta, number, leaves.clone(), &bytes, Limits::SCREEN)?;
        if let Some((_, error)) = read.lost.into_iter().next() {
            return Err(error);
        }
        assert_eq!(read.json.len() as u64, group.rows.min(MAX_NESTED_ROWS as u64));
        rows.extend(read.json);
    }
    Ok(rows)
}
