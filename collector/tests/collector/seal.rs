//! Rows changed behind the collector's back, made to look as it would have written them.

use rusqlite::Connection;
use ttoolab_collector::row_digest;

/// Writes the checksums of a table anew, over the columns that they cover.
pub(crate) fn seal(connection: &Connection, table: &str, columns: &str) {
    let mut statement =
        connection.prepare(&format!("SELECT digest, {columns} FROM {table}")).unwrap();
    let count = statement.column_count();
    let sealed = statement.query_map([], |row| {
        let digest = row_digest((1..count).map(|column| row.get_ref(column)))?;
        Ok((row.get::<_, i64>(0)?, i64::from(digest)))
    });
    let sealed: Vec<_> = sealed.unwrap().collect::<Result<_, _>>().unwrap();
    for (old, new) in sealed {
        let update = format!("UPDATE {table} SET digest = ?2 WHERE digest = ?1");
        connection.execute(&update, [old, new]).unwrap();
    }
}
