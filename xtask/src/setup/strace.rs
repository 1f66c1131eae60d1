//! strace, with which the fault tests watch the collector's disk and make it fail.

use anyhow::{Context, Result};

use super::{apt, say};
use crate::place;

/// Nothing to do where there is no Linux: the fault tests are not there either.
pub(crate) fn find_or_install() -> Result<()> {
    if cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    if place::program(&["strace"]).is_none() {
        apt::install(&["strace"]).context("the fault tests need strace")?;
    }
    say("strace", "there");
    Ok(())
}
