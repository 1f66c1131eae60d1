//! `cargo xtask bench`: what the collector costs, measured by the crate of that name, and what the
//! SDK costs a page, measured by `tests/bench/sdk.ts`.
//!
//! Not one of the tests: its figures depend on the machine and on who else uses it.

use anyhow::Result;
use clap::Args;

use crate::bundle;
use crate::place;
use crate::run::Run;
use crate::setup::{self, Scope, browser};

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// `ingest`, `results` or `sdk`, and their options: `cargo xtask bench ingest --help`; or `stats`,
    /// and the number of simulated experiments (2,000).
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds what is measured for release, and measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.arguments.first().is_some_and(|command| command == "stats") {
        let simulate = ["run", "--quiet", "--package=ttoolab-stats", "--example=simulate", "--"];
        return Run::new("cargo").args(simulate).args(options.arguments.iter().skip(1)).pass();
    }
    if options.arguments.first().is_some_and(|command| command == "sdk") {
        return sdk(&options.arguments[1..]);
    }
    // In one build, so that both link the same dependencies.
    let packages = ["--package=ttoolab-collector", "--package=ttoolab-bench"];
    Run::new("cargo").args(["build", "--release"]).args(packages).pass()?;
    let release = place::target().join("release");
    let mut bench = Run::new(release.join("ttoolab-bench"));
    bench = bench.args(options.arguments.iter().take(1));
    if options.arguments.first().is_some_and(|command| !command.starts_with('-')) {
        bench = bench
            .arg("--collector")
            .arg(release.join("ttoolab-collector"))
            .arg("--folder")
            .arg(place::target().join("bench"));
    }
    bench.args(options.arguments.iter().skip(1)).pass()
}

/// Builds the SDK for release, and measures it in a browser beside others.
fn sdk(options: &[String]) -> Result<()> {
    let toolchain = setup::run(Scope::Build)?;
    browser::find_or_install()?;
    bundle::bring_up_to_date(toolchain)?;
    Run::new("npm")
        .env("CHROMIUM", browser::chromium()?)
        .args(["run", "bench", "--silent", "-w", "tests", "--"])
        .args(options)
        .pass()
}
