//! The `.br` and `.gz` beside each file that the collector serves.
//!
//! Done at build time because the best brotli takes a second, which no request should wait
//! for, and in Rust because a command-line brotli is one more thing to install.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

/// Named in the stamp: other settings make other files.
pub(crate) const SETTINGS: &str = "brotli 11, gzip 9";

/// Types are for editors, and what is compressed already is no source.
const SERVED: [&str; 2] = ["js", "wasm"];

/// Compresses every served file of a folder.
pub(crate) fn folder(folder: &Path) -> Result<()> {
    for path in served_files(folder)? {
        let raw = fs::read(&path).with_context(|| format!("{} is unreadable", path.display()))?;
        fs::write(beside(&path, "br"), brotli(&raw)?)?;
        fs::write(beside(&path, "gz"), gzip(&raw)?)?;
    }
    Ok(())
}

/// The served files of a folder, by name.
pub(crate) fn served_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("{} is not there: was it built?", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if SERVED.iter().any(|served| path.extension().is_some_and(|found| found == *served)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// `ttoolab.js` → `ttoolab.js.br`.
pub(crate) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn brotli(raw: &[u8]) -> Result<Vec<u8>> {
    let params =
        BrotliEncoderParams { quality: 11, size_hint: raw.len(), ..BrotliEncoderParams::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &raw[..], &mut packed, &params).context("brotli failed")?;
    Ok(packed)
}

fn gzip(raw: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(raw)?;
    encoder.finish().context("gzip failed")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_forms_unpack_to_what_went_in() {
        let raw = "window.ttoolab = window.ttoolab || [];\n".repeat(50).into_bytes();

        let mut from_brotli = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(&raw).unwrap()[..], &mut from_brotli).unwrap();
        assert_eq!(from_brotli, raw);

        let mut from_gzip = Vec::new();
        let packed = gzip(&raw).unwrap();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut from_gzip).unwrap();
        assert_eq!(from_gzip, raw);
    }

    #[test]
    fn the_compressed_file_lies_beside_under_the_whole_name() {
        assert_eq!(beside(Path::new("dist/a.js"), "br"), Path::new("dist/a.js.br"));
    }
}
