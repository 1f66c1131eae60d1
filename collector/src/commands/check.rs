//! `check`: is everything stored as it was written?

use super::{Findings, Found};
use crate::config::Folder;
use crate::store::{Damage, faults, open_to_read, scan};
use rusqlite::Connection;
use std::io::Write;

/// The most faults that SQLite is asked for: its own default.
const MAX_SQLITE_FAULTS: usize = 100;

/// Verifies a data folder and prints what is wrong.
///
/// # Errors
/// When there is no database that could be verified.
pub fn check(folder: &Folder, to: &mut dyn Write) -> anyhow::Result<Found> {
    verify(&open_to_read(&folder.data)?, to)
}

/// Verifies a database: the structure, the checksum of every row, and that every event can be
/// counted.
pub(super) fn verify(connection: &Connection, to: &mut dyn Write) -> anyhow::Result<Found> {
    let mut findings = Findings::new(to);
    match faults(connection, MAX_SQLITE_FAULTS) {
        Ok(faults) => faults.into_iter().try_for_each(|fault| findings.add(fault))?,
        Err(error) => findings.add(format_args!("the database cannot be read: {error}"))?,
    }
    let (mut events, mut broken) = (0_u64, 0_u64);
    let mut printed = Ok(());
    let ended = scan(connection, |row| {
        events += 1;
        if let Err(damage) = row {
            broken += 1;
            if printed.is_ok() {
                printed = findings.add(sentence(&damage));
            }
        }
        Ok(())
    });
    printed?;
    if let Err(damage) = ended {
        findings.add(sentence(&damage))?;
    }
    let found = Found::of(findings.printed);
    findings.end(format_args!("{events} events, {broken} broken"))?;
    Ok(found)
}

fn sentence(damage: &Damage) -> String {
    match damage {
        Damage::Event(event, why) => format!("event {event}: {why}"),
        Damage::Order(_) | Damage::Number { .. } => damage.to_string(),
        Damage::Database(why) => format!("the events cannot be read on: {why}"),
    }
}

#[cfg(test)]
mod tests;
