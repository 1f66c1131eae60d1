//! A data folder with millions of events.
//!
//! The first [`TEMPLATE`] are sent through a collector, as visitors send them. The others are copies
//! of these rows, made in SQL while no collector runs, because sending them all takes an hour: other
//! ids, visitors and orders, and later times, so that all of them are new to the fold and come in
//! the order of their ids, as they would have come. What is not honest about it: payloads and
//! sequences of events repeat.

use crate::load::together;
use crate::seal;
use crate::server::Server;
use crate::shop::{self, Part};
use crate::wire::Connection;
use crate::{Place, load, visitors};
use anyhow::{Context, Result, ensure};
use rusqlite::{Connection as Database, params};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Rows that are sent.
const TEMPLATE: u64 = 100_000;
/// The template lies within one of these spans, in milliseconds. The first four bytes of a
/// time-ordered id count them, so a copy is moved in time by putting four others in their place,
/// also where texts refer to ids.
const SPAN_MS: i64 = 1 << 16;
/// When the template happened, and over how long the copies are spread: within the age at which a
/// page's clock is still believed.
const BEGAN_MS_AGO: i64 = 25 * DAY_MS;
const SPREAD_MS: i64 = 20 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Time between two events of a visitor, at most, and how much of a span all of them may take.
const STEP_MS: i64 = 1_500;
const VISIT_MS: i64 = 50_000;
/// The column of the checksum, which covers all others in their order.
const DIGEST: &str = "digest";
/// How the template is sent.
const BATCH: u32 = 10;
const CONNECTIONS: usize = 32;

/// A filled folder.
pub(crate) struct Filled {
    pub(crate) folder: PathBuf,
    pub(crate) rows: u64,
}

impl Filled {
    /// The folder of that many rows, of visitors with that many each; made if it is not there, or
    /// has grown by more than a fifth.
    pub(crate) fn of(place: &Place, rows: u64, each: u32) -> Result<Self> {
        let folder = place.folder.join(format!("filled-{rows}-{each}"));
        let database = folder.join("ttoolab.db");
        let done = folder.join("complete");
        if done.exists() {
            let found = count(&Database::open(&database)?)?;
            if (rows..=rows + rows / 5).contains(&found) {
                return Ok(Self { folder, rows: found });
            }
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        println!("filling {} with {rows} rows, once", folder.display());
        let began = Instant::now();
        let copies = rows.div_ceil(TEMPLATE).max(1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let span = (load::now_ms() - BEGAN_MS_AGO) / SPAN_MS;
        let server = Server::collector(place, &folder)?;
        let visitors = (rows / copies / u64::from(each)).try_into()?;
        runtime.block_on(send(&server, visitors, each, span * SPAN_MS))?;
        drop(server);
        let rows = copy(&database, copies, span).context("the rows cannot be copied")?;
        std::fs::write(done, "")?;
        println!("{rows} rows in {:.0} s", began.elapsed().as_secs_f64());
        Ok(Self { folder, rows })
    }
}

async fn send(server: &Server, count: usize, each: u32, span_ms: i64) -> Result<()> {
    let mut visitors = visitors::arrive(server.address, count, span_ms).await?;
    let step_ms = STEP_MS.min(VISIT_MS / i64::from(each));
    let mut random = fastrand::Rng::new();
    let mut parts = Vec::new();
    for (number, visitor) in visitors.iter_mut().enumerate() {
        let began_ms = span_ms + random.i64(0..SPAN_MS - step_ms * i64::from(each));
        for exposure in 0..2 {
            let at_ms = began_ms + step_ms * exposure;
            visitor.exposures[usize::try_from(exposure)?] = shop::id(&mut random, at_ms);
        }
        for first in (0..each).step_by(BATCH as usize) {
            let events = BATCH.min(each - first);
            parts.push((number, Part { first, events, began_ms, step_ms }));
        }
    }
    let (visitors, parts, next) = (&visitors, &parts, &Cell::new(0));
    together((0..CONNECTIONS).map(async |_| {
        let mut connection = Connection::open(server.address).await?;
        let mut random = fastrand::Rng::new();
        let mut request = Vec::new();
        while let Some(&(visitor, part)) = parts.get(next.replace(next.get() + 1)) {
            shop::request(&mut request, &visitors[visitor], part, &mut random);
            let answer = connection.ask(&request).await?;
            let text = String::from_utf8_lossy(answer.body);
            ensure!(answer.status == 200 && text.ends_with(r#""rejected":[]}"#), "{text}");
        }
        Ok(())
    }))
    .await?;
    Ok(())
}

/// Makes the copies; gives the number of all rows. By the names of columns, so that a new one is
/// copied as it is.
fn copy(database: &Path, copies: u64, span: i64) -> Result<u64> {
    let database = Database::open(database)?;
    // Nothing is lost if the power is: the folder is then made again.
    database.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         PRAGMA cache_size = -200000;",
    )?;
    seal::register(&database)?;
    let template = i64::try_from(count(&database)?)?;
    let prefix = |span: i64| format!("{span:08x}");
    let step = (SPREAD_MS / SPAN_MS / i64::try_from(copies)?).max(1);
    for copy in 1..i64::try_from(copies)? {
        let moved = copy * step;
        for table in ["contexts", "events"] {
            database.prepare_cached(&copying(&database, table)?)?.execute(params![
                template,
                copy * template,
                prefix(span),
                prefix(span + moved),
                prefix(copy),
                moved * SPAN_MS
            ])?;
        }
    }
    seal::count_all(&database)?;
    let rows = count(&database)?;
    database.execute_batch("PRAGMA journal_mode = WAL;")?;
    Ok(rows)
}

/// The statement that copies the template's rows of a table. There are no more contexts than events,
/// so both may be moved by the number of events.
fn copying(database: &Database, table: &str) -> Result<String> {
    let names: Vec<String> = database
        .prepare_cached("SELECT name FROM pragma_table_info(?1)")?
        .query_map([table], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let covered = names.iter().filter(|name| *name != DIGEST).map(|name| copied(name));
    let sealed = format!("seal({})", covered.collect::<Vec<_>>().join(", "));
    let value = |name: &String| if name == DIGEST { sealed.clone() } else { copied(name) };
    Ok(format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE id <= ?1 AND ?6 > 0",
        names.join(", "),
        names.iter().map(value).collect::<Vec<_>>().join(", ")
    ))
}

fn count(database: &Database) -> Result<u64> {
    let rows: i64 = database.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}

/// A column of a copy: ?1 is the number of events of the template, ?2 how far ids of rows are moved,
/// ?3 the time of the template in ids, ?4 the copy's, ?5 the copy's number, ?6 the time between them.
fn copied(column: &str) -> String {
    match column {
        "id" | "context_id" => format!("{column} + ?2"),
        "event_id" => format!("CAST(unhex(?4) || substr({column}, 5) AS BLOB)"),
        "visitor" | "order_hash" => format!("CAST(substr({column}, 1, 12) || unhex(?5) AS BLOB)"),
        "at_ms" | "created_ms" => format!("{column} + ?6"),
        "assignments" | "verdict" => format!("replace({column}, ?3 || '-', ?4 || '-')"),
        column => column.to_owned(),
    }
}
