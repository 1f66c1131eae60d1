//! `backup`: a consistent copy, also while events come in.

use super::{Found, check};
use crate::config::Backup;
use crate::store::{copy_into, open_file};
use anyhow::{Context, bail};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Copies the database, verifies the copy, and gives it its name only then: a backup that exists
/// is complete, on disk and sound. What was acknowledged before it began is in it.
///
/// # Errors
/// When the file exists, or the copy cannot be made or is damaged; then there is no file.
pub fn backup(settings: &Backup, to: &mut dyn Write) -> anyhow::Result<Found> {
    let file = &settings.to;
    let named = || format!("the backup {}", file.display());
    if file.try_exists().with_context(named)? {
        bail!("{} exists already; backups are not overwritten", file.display());
    }
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Beside its place, so that naming it is one step. It holds secrets: nobody else may read it.
    let copy = tempfile::Builder::new()
        .prefix(".ttoolab-backup-")
        .tempfile_in(folder)
        .with_context(named)?;
    copy_into(&settings.folder.data, copy.path())?;
    let mut said = Vec::new();
    let found = check::verify(&open_file(copy.path())?, &mut said)?;
    to.write_all(&said)?;
    if found == Found::Faults {
        bail!("the database is damaged, and so would be the backup; it was not kept");
    }
    copy.as_file().sync_all().with_context(named)?;
    copy.persist_noclobber(file).with_context(named)?;
    // The name, too, must survive a power cut.
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(named)?;
    writeln!(to, "{}", file.display())?;
    Ok(Found::Nothing)
}
