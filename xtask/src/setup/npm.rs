//! The packages of package-lock.json, exactly those.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Result, bail};

use super::say;
use crate::place;
use crate::run::Run;

/// The oldest Node with everything that the bundler, Playwright and our scripts use.
const NODE: u32 = 20;

pub(crate) fn install() -> Result<()> {
    let Some(answer) = Run::new("node").arg("--version").ask() else {
        bail!("Node {NODE} or newer is needed and `node` is not on PATH: see https://nodejs.org");
    };
    if major(&answer).is_none_or(|major| major < NODE) {
        bail!("Node {NODE} or newer is needed and this is {answer}: see https://nodejs.org");
    }
    // npm writes this file last, so it is the mark of a finished installation.
    let installed = changed(&place::in_repo("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(&place::in_repo("package-lock.json")) {
        say("npm packages", &format!("are there (Node {answer})"));
        return Ok(());
    }
    say("npm packages", "installing what package-lock.json names");
    Run::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .hint("it needs the npm registry, and a package-lock.json that fits package.json")
        .pass()
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|data| data.modified()).ok()
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
