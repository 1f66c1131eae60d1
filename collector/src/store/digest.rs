//! A checksum for every row, for SQLite has none: a bit that flips on the disk inside a text goes
//! through `PRAGMA integrity_check` and would be counted.
//!
//! Not SQLite's own `cksumvfs`: it is an extension that the bundled library leaves out, it must be
//! loaded by whoever opens the file, and it says which page is broken but not which event. CRC-32,
//! not a longer hash: it is certain to notice any single flip and any burst up to 32 bits, and
//! misses one in 2^32 of everything else. It is no protection against people, who can write a new
//! one.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};

/// A row that is not as it was written.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the row does not match its checksum")]
pub(super) struct Mismatch;

/// The digest of a row's columns, in the order of the table and without the digest itself. Public
/// for what writes rows beside the collector, as its benchmarks and tests do: it starts on no other.
///
/// # Errors
/// The first column that cannot be read.
pub fn digest<'v>(
    columns: impl IntoIterator<Item = rusqlite::Result<ValueRef<'v>>>,
) -> rusqlite::Result<u32> {
    let mut hasher = crc32fast::Hasher::new();
    for column in columns {
        // The kind and the length come first: without them, a text could end a byte earlier and
        // the next begin with it.
        let (kind, bytes): (u8, &[u8]) = match column? {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(number) => (1, &number.to_le_bytes()),
            ValueRef::Real(number) => (2, &number.to_le_bytes()),
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(blob) => (4, blob),
        };
        hasher.update(&[kind]);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    Ok(hasher.finalize())
}

/// The digest of columns as they will be written.
pub(super) fn digest_of(columns: &[&dyn ToSql]) -> rusqlite::Result<u32> {
    let written: Vec<_> = columns.iter().map(ToSql::to_sql).collect::<Result<_, _>>()?;
    // Not a `match`: which other kinds there are depends on the features of the library that other
    // crates of the workspace ask for. No table of ours holds any.
    digest(written.iter().map(|value| {
        if let ToSqlOutput::Borrowed(value) = value {
            Ok(*value)
        } else if let ToSqlOutput::Owned(value) = value {
            Ok(ValueRef::from(value))
        } else {
            Err(rusqlite::Error::ToSqlConversionFailure("not a plain value".into()))
        }
    }))
}
