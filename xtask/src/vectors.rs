//! `cargo xtask vectors`: runs files of vectors, ours or anybody's of the same shape.

use std::path::{self, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;

use crate::run::Run;

#[derive(Subcommand)]
pub(crate) enum Options {
    /// Run vectors of the rules: a file, or a folder of them.
    Rules {
        /// Where they are, for example `spec`.
        path: PathBuf,
    },
    /// Run vectors of the statistics.
    Stats {
        /// A file, for example `spec/stats.json`.
        file: PathBuf,
    },
}

/// Runs the vectors natively and prints `N passed, M failed`, and of the statistics `K skipped`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (package, path) = match options {
        Options::Rules { path } => ("--package=ttoolab-spec", path),
        Options::Stats { file } => ("--package=ttoolab-stats", file),
    };
    let path = path::absolute(path).context("that is no path")?;
    Run::new("cargo").args(["run", "--quiet", package, "--example=vectors", "--"]).arg(path).pass()
}
