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
    let mut blocks = Blocks::new();
    for column in columns {
        // The kind and the length come first: without them, a text could end a byte earlier and
        // the next begin with it.
        match column? {
            ValueRef::Null => blocks.column(0, &[]),
            ValueRef::Integer(number) => blocks.column(1, &number.to_le_bytes()),
            ValueRef::Real(number) => blocks.column(2, &number.to_le_bytes()),
            ValueRef::Text(text) => blocks.column(3, text),
            ValueRef::Blob(blob) => blocks.column(4, blob),
        }
    }
    Ok(blocks.finish())
}

/// How much is hashed at once: most rows as a whole.
const BLOCK_BYTES: usize = 512;

/// Gathers what is to be hashed. The processor's way to a CRC takes 128 bytes at a time; of smaller
/// pieces each byte costs as much as eight.
struct Blocks {
    hasher: crc32fast::Hasher,
    block: [u8; BLOCK_BYTES],
    filled: usize,
}

impl Blocks {
    fn new() -> Self {
        Self { hasher: crc32fast::Hasher::new(), block: [0; BLOCK_BYTES], filled: 0 }
    }

    fn column(&mut self, kind: u8, bytes: &[u8]) {
        let [a, b, c, d, e, f, g, h] = (bytes.len() as u64).to_le_bytes();
        self.put(&[kind, a, b, c, d, e, f, g, h]);
        self.put(bytes);
    }

    // Inlined, because most of what is put has a length that the compiler knows.
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if self.block.len() - self.filled < bytes.len() {
            self.hasher.update(&self.block[..self.filled]);
            self.filled = 0;
        }
        match self.block.get_mut(self.filled..self.filled + bytes.len()) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.filled += bytes.len();
            }
            None => self.hasher.update(bytes),
        }
    }

    fn finish(mut self) -> u32 {
        self.hasher.update(&self.block[..self.filled]);
        self.hasher.finalize()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_do_not_change_the_digest() {
        let long = vec![7; 2 * BLOCK_BYTES];
        for length in [0, 1, BLOCK_BYTES - 10, BLOCK_BYTES - 9, BLOCK_BYTES, long.len()] {
            let mut hasher = crc32fast::Hasher::new();
            let columns = [&long[..3], &long[..length], &long[..5]];
            for column in columns {
                hasher.update(&[4]);
                hasher.update(&(column.len() as u64).to_le_bytes());
                hasher.update(column);
            }
            let blobs = columns.map(|column| Ok(ValueRef::Blob(column)));
            assert_eq!(digest(blobs).unwrap(), hasher.finalize(), "{length}");
        }
    }
}
