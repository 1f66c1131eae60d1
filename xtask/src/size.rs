//! What a visitor downloads, as a table.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::compress::{beside, served_files};

/// Prints raw, gzip and brotli bytes of each served file, and their sums.
pub(crate) fn print(folder: &Path) -> Result<()> {
    let mut total = [0; 3];
    println!("\n{:<32}{:>12}{:>12}{:>12}", "bytes", "raw", "gzip", "brotli");
    for path in served_files(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let sizes = [bytes(&path)?, bytes(&beside(&path, "gz"))?, bytes(&beside(&path, "br"))?];
        println!("{}", row(&name, sizes));
        for (sum, size) in total.iter_mut().zip(sizes) {
            *sum += size;
        }
    }
    println!("{}", row("total", total));
    Ok(())
}

fn bytes(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path).with_context(|| format!("{} is missing", path.display()))?.len())
}

fn row(name: &str, [raw, gzip, brotli]: [u64; 3]) -> String {
    format!("{name:<32}{raw:>12}{gzip:>12}{brotli:>12}")
}
