//! libfaketime: with it, a test sets the clock of a running collector.

use anyhow::{Context, Result};

use super::{apt, say};
use crate::place;

const PACKAGES: [&str; 1] = ["libfaketime"];

/// Installs it unless it is there. Where there is no apt, the tests that need it say that they did
/// not run.
pub(crate) fn find_or_install() -> Result<()> {
    if apt::has(&PACKAGES) {
        say("libfaketime", "is there");
    } else if place::program(&["apt-get"]).is_some() {
        apt::install(&PACKAGES).context("the tests of counting need libfaketime")?;
    } else {
        say("libfaketime", "is not there: counting is not tested at times of the past");
    }
    Ok(())
}
