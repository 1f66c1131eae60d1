//! What the disk takes to make a page durable, without a database: no acknowledgement can be
//! faster.

use anyhow::Result;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// A page of the database.
const PAGE: [u8; 4096] = [0x5a; 4096];

/// Appends pages to a file of its own for as long as `time`, and gives how long each took to be on
/// disk.
pub(crate) fn syncs(folder: &Path, time: Duration) -> Result<Vec<Duration>> {
    let path = folder.join("sync");
    let mut file = File::create(&path)?;
    let began = Instant::now();
    let mut took = Vec::new();
    while began.elapsed() < time {
        let began = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        took.push(began.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok(took)
}
