//! Runs a file of vectors of the statistics, ours or anybody's of the same shape.
//!
//! `cargo xtask vectors stats <file>` is the way to call it.
#![expect(clippy::print_stdout, reason = "a command-line tool prints")]

// By its path, as the test takes it, so that its modules are found beside it by both.
#[path = "run.rs"]
mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        println!("which file of vectors?");
        return ExitCode::FAILURE;
    };
    let read = std::fs::read_to_string(path).map_err(|error| error.to_string());
    match read.and_then(|text| run::run_text(&text)) {
        Ok(report) => {
            print!("{report}");
            if report.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
