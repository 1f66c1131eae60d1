//! Simulated experiments through the real decision function, and what they come to.
//!
//! `cargo run -p ttoolab-stats --example simulate -- 2000` runs each experiment so often; without
//! a number, 2000 times. Fails when a figure is outside its bounds. The seed is fixed.
#![expect(clippy::print_stdout, reason = "a command-line tool prints")]

#[path = "run.rs"]
mod run;

use std::process::ExitCode;

const RUNS: u32 = 2000;

fn main() -> ExitCode {
    let Ok(runs) = std::env::args().nth(1).map_or(Ok(RUNS), |runs| runs.parse()) else {
        println!("how many runs?");
        return ExitCode::FAILURE;
    };
    println!("{}", run::HEADER);
    let mut sound = true;
    for scenario in run::scenarios() {
        let result = run::run(&scenario, runs);
        println!("{result}");
        for fault in result.faults(&scenario) {
            println!("  {fault}");
            sound = false;
        }
    }
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
