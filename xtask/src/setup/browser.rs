//! Browsers for the tests, and the driver that wasm-bindgen's tests talk to.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{apt, say};
use crate::place;

const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];
const SECOND_ENGINE: [&str; 1] = ["firefox-esr"];

pub(crate) fn find_or_install() -> Result<()> {
    if chromium().is_err() || chromedriver().is_err() {
        apt::install(&PACKAGES).context("the tests need Chromium and its driver")?;
    }
    if firefox().is_err() {
        apt::install(&SECOND_ENGINE).context("the tests need Firefox as a second engine")?;
    }
    say("browser", &format!("{} with {}", chromium()?.display(), chromedriver()?.display()));
    say("browser", &firefox()?.display().to_string());
    Ok(())
}

/// The browser: `CHROMIUM` if set, else the first found on `PATH`.
pub(crate) fn chromium() -> Result<PathBuf> {
    given("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])
}

/// The second engine: `FIREFOX` if set, else the first found on `PATH`.
pub(crate) fn firefox() -> Result<PathBuf> {
    given("FIREFOX", &["firefox-esr", "firefox"])
}

/// Chromium's driver: `CHROMEDRIVER` if set, else the one on `PATH`.
pub(crate) fn chromedriver() -> Result<PathBuf> {
    given("CHROMEDRIVER", &["chromedriver"])
}

fn given(variable: &str, names: &[&str]) -> Result<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .or_else(|| place::program(names))
        .with_context(|| format!("no {} on PATH: install it, or set {variable}", names[0]))
}
