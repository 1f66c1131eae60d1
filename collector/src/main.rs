//! The collector as a program; see the library for how it works.

use clap::Parser;
use std::process::ExitCode;
use ttoolab_collector::config::{Cli, Command};

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let ran = match command {
        Command::Serve(settings) => ttoolab_collector::serve(settings),
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ttoolab_collector::telemetry::complain(&error);
            ExitCode::FAILURE
        }
    }
}
