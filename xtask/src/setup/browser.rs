//! A browser for the tests, and the driver that wasm-bindgen's tests talk to.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{apt, say};
use crate::place;

const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

pub(crate) fn find_or_install() -> Result<()> {
    if chromium().is_err() || chromedriver().is_err() {
        apt::install(&PACKAGES).context("the tests need Chromium and its driver")?;
    }
    say("browser", &format!("{} with {}", chromium()?.display(), chromedriver()?.display()));
    Ok(())
}

/// The browser: `CHROMIUM` if set, else the first found on `PATH`.
pub(crate) fn chromium() -> Result<PathBuf> {
    given("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])
}

/// Its driver: `CHROMEDRIVER` if set, else the one on `PATH`.
pub(crate) fn chromedriver() -> Result<PathBuf> {
    given("CHROMEDRIVER", &["chromedriver"])
}

fn given(variable: &str, names: &[&str]) -> Result<PathBuf> {
    env::var_os(variable).map(PathBuf::from).or_else(|| place::program(names)).with_context(|| {
        format!("no {} on PATH: install Chromium and its driver, or set {variable}", names[0])
    })
}
