//! `cargo xtask build`: everything for release.

use anyhow::Result;

use crate::bundle;
use crate::place;
use crate::readme;
use crate::run::Run;
use crate::setup::{self, Scope};
use crate::size;

/// Builds what the browser downloads, then the collector, which carries it inside.
pub(crate) fn run() -> Result<()> {
    let toolchain = setup::run(Scope::Build)?;
    bundle::bring_up_to_date(toolchain)?;
    readme::bring_up_to_date()?;
    Run::new("cargo").args(["build", "--release", "--package=ttoolab-collector"]).pass()?;
    size::print(&place::in_repo(bundle::SDK))?;
    println!(
        "\nthe collector: {}",
        place::shown(&place::target().join("release/ttoolab-collector"))
    );
    Ok(())
}
