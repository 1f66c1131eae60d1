//! Schemathesis: asks the API everything that its OpenAPI document allows, and more.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{apt, say};
use crate::place;
use crate::run::Run;

const VERSION: &str = "4.32.5";

/// The program, in a Python environment of its own beside the other tools.
pub(crate) fn program() -> Result<PathBuf> {
    Ok(folder()?.join("bin/schemathesis"))
}

fn folder() -> Result<PathBuf> {
    Ok(place::tools()?.join(format!("schemathesis-{VERSION}")))
}

/// Installs it unless it is there.
pub(crate) fn install() -> Result<()> {
    // Written last: an environment without it is a half-made one.
    let complete = folder()?.join("complete");
    if complete.is_file() {
        say("schemathesis", &format!("{VERSION} is there"));
        return Ok(());
    }
    say("schemathesis", &format!("{VERSION} is installed once"));
    if Run::new("python3").args(["-c", "import venv, ensurepip"]).ask().is_none() {
        apt::install(&["python3-venv"]).context("schemathesis needs Python")?;
    }
    Run::new("python3").args(["-m", "venv", "--clear"]).arg(folder()?).pass()?;
    Run::new(folder()?.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check"])
        .arg(format!("schemathesis=={VERSION}"))
        .hint("it needs pypi.org; after that the tools folder is enough")
        .pass()?;
    fs::write(&complete, VERSION).context("the tools folder cannot be written to")
}
