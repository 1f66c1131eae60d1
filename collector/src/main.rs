//! The collector as a program; see the library for how it works.

use mimalloc::MiMalloc;
use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;
use ttoolab_collector::commands::{self, Found};
use ttoolab_collector::config::{self, Cli, Command};
use ttoolab_collector::telemetry::complain;

/// Events are made on the threads of requests and freed on the writer's, which costs the allocator of
/// glibc a lock and a search each: a seventh of all that an event takes.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match run() {
        Ok(Found::Nothing) => ExitCode::SUCCESS,
        Ok(Found::Faults) => ExitCode::FAILURE,
        Err(error) if commands::is_closed_output(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<Found> {
    let (Cli { command, .. }, effective) = config::read(&std::env::args_os().collect::<Vec<_>>())?;
    let mut out = BufWriter::new(stdout());
    let found = match command {
        Command::Serve(settings) => {
            return ttoolab_collector::serve(settings).map(|()| Found::Nothing);
        }
        Command::CheckConfig(settings) => commands::check_config(&settings, &effective, &mut out),
        Command::Check(folder) => commands::check(&folder, &mut out),
        Command::Rebuild(folder) => commands::rebuild(&folder, &mut out),
        Command::Backup(settings) => commands::backup(&settings, &mut out),
        Command::Export(settings) => commands::export(&settings, &mut out),
        Command::Erase(settings) => commands::erase(&settings, &mut out),
        Command::RotateTokenKey(folder) => commands::rotate(&folder, &mut out),
    };
    // Also what was found before an error is worth reading.
    let flushed = out.flush();
    let found = found?;
    flushed?;
    Ok(found)
}
