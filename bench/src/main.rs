//! What the collector costs, beside servers that do less of the same work. Run it by
//! `cargo xtask bench`, which builds both for release.
//!
//! A figure alone says more about the machine, and about who else uses it, than about us. So
//! everything here is measured in turns within one run, as ratios to a server that stops halfway
//! ([`twin`]), as medians over rounds, per second of CPU of the server's process. Figures by the
//! clock stand beside them; where server and load share two cores they are lower bounds.
//!
//! | module | one concept |
//! |---|---|
//! | [`ingest`] | events: how many, how soon, against the twins and on a full database |
//! | [`results`] | results: how soon; and memory and start by stored events |
//! | [`shop`] | the project, and the batches of its visitors on the wire |
//! | [`visitors`] | visitors with signed tokens |
//! | [`load`] | closed loop for capacity, open loop for latency |
//! | [`wire`] | HTTP/1.1 on a socket, as little of it as possible |
//! | [`server`] | a server in a process of its own |
//! | [`twin`] | servers that read the body, or read and check it |
//! | [`filled`] | a data folder with millions of events |
//! | [`disk`] | what the disk takes for itself |
//! | [`process`] | CPU and memory, from `/proc` |
//! | [`figures`] | medians, percentiles, and how they are written |
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]

mod disk;
mod figures;
mod filled;
mod ingest;
mod load;
mod process;
mod results;
mod seal;
mod server;
mod shop;
mod twin;
mod visitors;
mod wire;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures the collector.
#[derive(Parser)]
#[command(name = "cargo xtask bench", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Events per second of CPU and of the clock, and how soon they are acknowledged.
    Ingest(ingest::Options),
    /// Time of results, memory and start by the number of stored events.
    Results(results::Options),
    /// A server to compare with; the others start it.
    #[command(hide = true)]
    Twin {
        /// Which.
        twin: twin::Twin,
    },
}

/// What `xtask` says to every command.
#[derive(clap::Args)]
struct Place {
    /// The collector's program.
    #[arg(long, hide = true)]
    collector: PathBuf,
    /// Where databases are made, on the disk to be measured; filled ones stay from run to run.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Let the servers run on the first core and the load on the second: steadier when nobody else
    /// uses the machine, worse when others do.
    #[arg(long)]
    pin: bool,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Ingest(options) => ingest::run(&options),
        Command::Results(options) => results::run(&options),
        Command::Twin { twin } => twin::serve(twin),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nbench: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because {cause}");
            }
            ExitCode::FAILURE
        }
    }
}
