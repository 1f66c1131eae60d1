//! Rows changed behind the collector's back, made to look as it would have written them.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// Writes the checksums of a table anew, over the columns that they cover.
pub(crate) fn seal(connection: &Connection, table: &str, columns: &str) {
    let mut statement =
        connection.prepare(&format!("SELECT digest, {columns} FROM {table}")).unwrap();
    let count = statement.column_count();
    let sealed = statement.query_map([], |row| {
        let covered = (1..count).map(|column| row.get_ref(column).unwrap());
        Ok((row.get::<_, i64>(0)?, checksum(covered)))
    });
    let sealed: Vec<_> = sealed.unwrap().collect::<Result<_, _>>().unwrap();
    for (old, new) in sealed {
        let update = format!("UPDATE {table} SET digest = ?2 WHERE digest = ?1");
        connection.execute(&update, [old, new]).unwrap();
    }
}

/// CRC-32 over the kind, the length and the bytes of each value.
fn checksum<'v>(values: impl Iterator<Item = ValueRef<'v>>) -> i64 {
    let mut bytes = Vec::new();
    for value in values {
        let (kind, value) = match value {
            ValueRef::Null => (0, Vec::new()),
            ValueRef::Integer(number) => (1, number.to_le_bytes().to_vec()),
            ValueRef::Real(number) => (2, number.to_le_bytes().to_vec()),
            ValueRef::Text(text) => (3, text.to_vec()),
            ValueRef::Blob(blob) => (4, blob.to_vec()),
        };
        bytes.push(kind);
        bytes.extend((value.len() as u64).to_le_bytes());
        bytes.extend(value);
    }
    i64::from(crc32fast::hash(&bytes))
}
