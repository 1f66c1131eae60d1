//! Debian packages, for the machines that have apt.

use anyhow::{Result, bail};

use super::say;
use crate::place;
use crate::run::Run;

/// Whether every one of the packages is installed.
pub(crate) fn has(packages: &[&str]) -> bool {
    let status = Run::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}\n"]);
    let Some(answer) = status.args(packages).ask() else {
        return false;
    };
    answer.lines().filter(|line| *line == "installed").count() == packages.len()
}

/// Installs the packages; the error says what to do by hand.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    if place::program(&["apt-get"]).is_none() {
        bail!("there is no apt-get here that could install {}", packages.join(" "));
    }
    say("apt", &format!("installing {}", packages.join(" ")));
    let known = apt_get("install").args(packages).pass();
    if known.is_ok() {
        return Ok(());
    }
    // Not a second try of the same: a fresh machine knows no packages before its first update.
    apt_get("update").pass()?;
    apt_get("install").args(packages).pass()
}

fn apt_get(action: &str) -> Run {
    let words = ["apt-get", action, "--yes", "--quiet", "--no-install-recommends"];
    let root = Run::new("id").arg("-u").ask().as_deref() == Some("0");
    let run = if root { Run::new("env") } else { Run::new("sudo").args(["-n", "env"]) };
    run.arg("DEBIAN_FRONTEND=noninteractive")
        .args(words)
        .hint("install the packages by hand, as root, if this user may not")
}
