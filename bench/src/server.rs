//! A server in a process of its own, so that its CPU and memory can be told from the load's.

use crate::twin::Twin;
use crate::{Place, process, shop};
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The admin key of every collector here.
pub(crate) const ADMIN_KEY: &str = "a-key-for-measuring";
/// Where servers run when they are pinned; the load takes the next one.
const SERVER_CORE: &str = "0";

/// A running server; ends with the value, as by a power cut.
pub(crate) struct Server {
    process: Child,
    /// Held open: a program may stop when nobody reads what it says.
    _says: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
    /// From the start of the process until it listens.
    pub(crate) started_in: Duration,
}

impl Server {
    /// The collector over a data folder, which gets the project of this measurement.
    pub(crate) fn collector(place: &Place, data: &Path) -> Result<Self> {
        std::fs::create_dir_all(data).with_context(|| data.display().to_string())?;
        let import = data.join("import.json");
        std::fs::write(&import, shop::import().to_string())?;
        let mut command = program(place, &place.collector);
        command.args(["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off", "--data"]);
        command.arg(data).arg("--import").arg(import);
        command.env("TTOOLAB_ADMIN_KEY", ADMIN_KEY).env("RUST_LOG", "warn");
        Self::start(command)
    }

    pub(crate) fn twin(place: &Place, twin: Twin) -> Result<Self> {
        let mut command = program(place, &std::env::current_exe()?);
        command.args(["twin", twin.name()]);
        Self::start(command)
    }

    fn start(mut command: Command) -> Result<Self> {
        let began = Instant::now();
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut says = BufReader::new(process.stdout.take().context("no standard output")?);
        let mut line = String::new();
        says.read_line(&mut line)?;
        let started_in = began.elapsed();
        let address = line.trim().trim_end_matches('/').rsplit_once("//");
        let address = address.context("the server ended without a word")?.1.parse()?;
        Ok(Self { process, _says: says, address, started_in })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn cpu(&self) -> Result<Duration> {
        process::cpu(self.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `taskset` and not the system call: it becomes the program, so the process stays the same.
fn program(place: &Place, path: &Path) -> Command {
    if !place.pin {
        return Command::new(path);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", SERVER_CORE]).arg(path);
    command
}
