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
}

/// Runs the vectors natively and prints `N passed, M failed`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let Options::Rules { path } = options;
    let path = path::absolute(path).context("that is no path")?;
    Run::new("cargo")
        .args(["run", "--quiet", "--package=ttoolab-spec", "--example=vectors", "--"])
        .arg(path)
        .pass()
}
