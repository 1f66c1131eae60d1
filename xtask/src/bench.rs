//! `cargo xtask bench`: what the collector costs, measured by the crate of that name.
//!
//! Not one of the tests: its figures depend on the machine and on who else uses it.

use anyhow::Result;
use clap::Args;

use crate::place;
use crate::run::Run;

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// `ingest` or `results`, and their options: `cargo xtask bench ingest --help`; or `stats`, and
    /// the number of simulated experiments (2,000).
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds the collector and what measures it for release, and measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.arguments.first().is_some_and(|command| command == "stats") {
        let simulate = ["run", "--quiet", "--package=ttoolab-stats", "--example=simulate", "--"];
        return Run::new("cargo").args(simulate).args(options.arguments.iter().skip(1)).pass();
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
