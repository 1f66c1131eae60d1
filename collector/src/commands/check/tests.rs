//! Bits that flip on the disk: found, or without effect; never another number.

mod filled;

use super::check;
use crate::admin::catalog::Catalog;
use crate::admin::keys::Keys;
use crate::commands::Found;
use crate::config::Folder;
use crate::ingest::fold::Fold;
use crate::ingest::replay::replayed;
use crate::results::daily::daily;
use crate::results::query::Parameters;
use crate::results::totals::totals;
use crate::store::{DATABASE, DataFolder, Documents, replay_unverified};
use filled::fill;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

/// A page of the database.
const PAGE_BYTES: usize = 4096;
/// The first byte of a page that holds rows of a table with a row id, such as `events`.
const LEAF: u8 = 0x0d;
/// Where the head of a page says how many rows stand on it, low byte.
const ROWS_AT: usize = 4;

/// What became of damaged copies.
#[derive(Debug, Default)]
struct Seen {
    damaged: usize,
    found_by_check: usize,
    refused_by_start: usize,
    /// Rows were missing of what numbers come from.
    rows_missing: usize,
    missing_refused: usize,
    /// Would have changed the numbers without a word.
    silent_unverified: usize,
}

#[test]
fn a_flipped_bit_is_found_or_changes_nothing() {
    let times = if std::env::var_os("TTOOLAB_SOAK").is_some() { 20_000 } else { 200 };
    let sound = Sound::new();
    let mut random = fastrand::Rng::with_seed(7);
    let mut seen = Seen::default();
    for _ in 0..times {
        sound.flip(random.usize(..sound.bytes.len()), random.u8(..8), &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.silent_unverified > 0, "nothing here needs the verification");
}

#[test]
fn a_page_that_forgets_rows_is_found() {
    let sound = Sound::new();
    let mut seen = Seen::default();
    for page in (0..sound.bytes.len()).step_by(PAGE_BYTES) {
        let rows = sound.bytes[page + ROWS_AT];
        if sound.bytes[page] == LEAF && rows > 0 {
            let lowest = u8::try_from(rows.trailing_zeros()).unwrap();
            sound.flip(page + ROWS_AT, lowest, &mut seen);
        }
    }
    println!("{seen:?}");
    assert_eq!(seen.found_by_check, seen.damaged);
    assert!(seen.rows_missing > 10, "{seen:?}");
    assert_eq!(seen.missing_refused, seen.rows_missing, "the rows that are left are counted");
    assert!(seen.silent_unverified > 0, "nothing here needs the verification");
}

/// A database as it was written, and what it counts.
struct Sound {
    bytes: Vec<u8>,
    numbers: Value,
    rows: Vec<i64>,
}

impl Sound {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fill(folder.path());
        assert_eq!(checked(folder.path()).ok(), Some(Found::Nothing));
        let numbers = verified(folder.path()).unwrap();
        let rows = rows(folder.path()).unwrap();
        Self { bytes: std::fs::read(folder.path().join(DATABASE)).unwrap(), numbers, rows }
    }

    /// Flips one bit of a copy. The twin counts the same copy unverified.
    fn flip(&self, at: usize, bit: u8, seen: &mut Seen) {
        let mut damaged = self.bytes.clone();
        damaged[at] ^= 1 << bit;
        let copy = TempDir::new().unwrap();
        std::fs::write(copy.path().join(DATABASE), &damaged).unwrap();
        let found = !matches!(checked(copy.path()), Ok(Found::Nothing));
        seen.damaged += 1;
        seen.found_by_check += usize::from(found);
        // A twin that cannot read on has at least said so.
        let unverified = unverified(copy.path()).is_ok_and(|numbers| numbers != self.numbers);
        seen.silent_unverified += usize::from(unverified);
        assert!(found || !unverified, "byte {at}, bit {bit}: check saw nothing");
        let is_missing = rows(copy.path()).ok().as_ref() != Some(&self.rows);
        seen.rows_missing += usize::from(is_missing);
        match verified(copy.path()) {
            Ok(numbers) => assert_eq!(numbers, self.numbers, "byte {at}, bit {bit}"),
            Err(_) => {
                seen.refused_by_start += 1;
                seen.missing_refused += usize::from(is_missing);
            }
        }
    }
}

/// How many rows stand in the tables that numbers come from. Webhooks are not among them: `check`
/// alone misses theirs.
fn rows(folder: &Path) -> rusqlite::Result<Vec<i64>> {
    let connection = Connection::open(folder.join(DATABASE))?;
    ["secrets", "projects", "experiments", "contexts", "events", "outcomes"]
        .into_iter()
        .map(|table| {
            // Of the table itself: an index would still have what the table forgot.
            let count = format!("SELECT count(*) FROM {table} NOT INDEXED");
            connection.query_row(&count, [], |row| row.get(0))
        })
        .collect()
}

fn checked(folder: &Path) -> anyhow::Result<Found> {
    check(&Folder { data: folder.to_owned() }, &mut Vec::new())
}

/// The numbers as a start counts them.
fn verified(folder: &Path) -> anyhow::Result<Value> {
    let opened = DataFolder::open(folder)?;
    count(&opened.connect()?, |catalog| Ok(replayed(&opened, catalog)?.fold))
}

/// The numbers as they were counted without that.
fn unverified(folder: &Path) -> anyhow::Result<Value> {
    let connection = Connection::open(folder.join(DATABASE))?;
    count(&connection, |catalog| {
        let mut fold = Fold::default();
        fold.configure(catalog);
        replay_unverified(&connection, |event| fold.apply(&event))?;
        Ok(fold)
    })
}

fn count(
    connection: &Connection,
    replay: impl FnOnce(&Catalog) -> anyhow::Result<Fold>,
) -> anyhow::Result<Value> {
    let documents = Documents(connection);
    let (keys, _) = Keys::load(&documents, Some("key"))?;
    let catalog = Catalog::load(&documents, &keys)?;
    let fold = replay(&catalog)?;
    let mut numbers = Vec::new();
    for project in catalog.projects() {
        for experiment in &project.experiments {
            let counted = fold.experiment(project.id, experiment.key());
            let Ok(selection) = Parameters::default().check(experiment) else { continue };
            let zone = &project.config.time_zone;
            numbers.push(json!([
                totals(experiment, counted, &selection, 0),
                daily(experiment, zone, counted, &selection),
            ]));
        }
    }
    Ok(json!(numbers))
}
