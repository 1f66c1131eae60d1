//! A collector whose clock the test sets while it runs, by libfaketime.

use crate::running::{Running, importing, program};
use rusqlite::Connection;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use ttoolab_core::clock::format_time;

/// Where Debian has it, in a folder for each architecture.
const FOLDERS: &str = "/usr/lib";
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The library, where it is installed; `cargo xtask setup` does that.
pub(super) fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir(FOLDERS).ok()?.flatten();
    folders.map(|folder| folder.path().join(LIBRARY)).find(|library| library.is_file())
}

/// A collector that lives at whatever time it is told.
pub(super) struct Elsewhen {
    pub(super) collector: Running,
    library: PathBuf,
}

impl Elsewhen {
    pub(super) fn start(library: PathBuf, import: &Value, now_ms: i64) -> Self {
        let folder = TempDir::new().unwrap();
        set(folder.path(), now_ms);
        let mut command = importing(folder.path(), import);
        let command = faked(&mut command, folder.path(), &library);
        Self { collector: Running::start_as(folder, command), library }
    }

    /// Ends it, changes what it stored, and starts it again.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&Connection)) {
        self.collector.terminate();
        let mut database = self.database();
        // One, and not one for each of hundreds of cases.
        let transaction = database.transaction().unwrap();
        edit(&transaction);
        transaction.commit().unwrap();
        drop(database);
        let folder = self.collector.folder.path().to_owned();
        let mut command = program(&folder);
        self.collector.start_again_as(faked(&mut command, &folder, &self.library));
    }

    pub(super) fn database(&self) -> Connection {
        Connection::open(self.collector.folder.path().join("data/ttoolab.db")).unwrap()
    }

    /// Sets its clock, which stands still until it is set again.
    pub(super) fn set(&self, now_ms: i64) {
        set(self.collector.folder.path(), now_ms);
    }
}

fn set(folder: &Path, now_ms: i64) {
    // It reads fractions as a double: half a millisecond more keeps them from falling short.
    let time = format_time(now_ms).replace('T', " ").replace('Z', "5");
    let (new, file) = (folder.join("now.new"), folder.join("now"));
    std::fs::write(&new, time).unwrap();
    // At once, because it is read at any time.
    std::fs::rename(new, file).unwrap();
}

fn faked<'c>(command: &'c mut Command, folder: &Path, library: &Path) -> &'c mut Command {
    command
        .args(["--rate-limit", "off"])
        .env("LD_PRELOAD", library)
        .env("TZ", "UTC")
        .env("FAKETIME_TIMESTAMP_FILE", folder.join("now"))
        .env("FAKETIME_NO_CACHE", "1")
        // Timers go on.
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
}
