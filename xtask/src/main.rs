//! `cargo xtask <command>`: the project's one list of commands.
//!
//! What a person or a CI machine does with this repository is a command here, so that no
//! README holds a recipe that can rot. This file is the table of contents: one command, one
//! file of the same name. The others are what the commands share:
//!
//! | module | one concept |
//! |---|---|
//! | [`place`] | where things lie: the repository, `target`, the tools folder |
//! | [`run`] | starting another program, and what is said when it fails |
//! | [`stamp`] | skipping a step whose inputs have not changed |
//! | [`bundle`] | everything the browser downloads: wasm, scripts, demo shop |
//! | [`compress`] | the `.br` and `.gz` beside each file |
//! | [`readme`] | the snippet in the README, made from the stub |
//! | [`size`] | the table of what visitors download |
//!
//! It is the first thing compiled after a clone, so its dependencies are few and small.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]

mod bench;
mod build;
mod bundle;
mod collector;
mod compress;
mod demo;
mod place;
mod readme;
mod run;
mod schema;
mod setup;
mod size;
mod soak;
mod stamp;
mod test;
mod vectors;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's one list of commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fetch what is missing: wasm tools and toolchain, npm packages, a browser for tests.
    Setup,
    /// Build the browser's half only: sdk-wasm to js/pkg, optimised for size.
    Wasm,
    /// Build everything for release and print what a visitor downloads.
    Build,
    /// Run the demo shop and the dashboard, with simulated visitors if asked for.
    Demo(demo::Options),
    /// Run every check that CI runs, in the same order.
    Test(test::Options),
    /// Run files of vectors, ours or anybody's of the same shape.
    #[command(subcommand)]
    Vectors(vectors::Options),
    /// Run the randomised, the fault and the browser tests for much longer than CI does.
    Soak,
    /// Measure the collector, `bench ingest` and `bench results`, or the SDK, `bench sdk`; for minutes.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Setup => setup::run(setup::Scope::Everything).map(drop),
        Command::Wasm => setup::run(setup::Scope::Build).and_then(wasm::bring_up_to_date),
        Command::Build => build::run(),
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Vectors(options) => vectors::run(&options),
        Command::Soak => soak::run(),
        Command::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because {cause}");
            }
            ExitCode::FAILURE
        }
    }
}
