//! Events: how many, how soon, against the twins, without the disk, and on a full database.

mod report;

use crate::figures::{Times, short};
use crate::filled::Filled;
use crate::load::{Load, now_ms};
use crate::server::Server;
use crate::shop::Visitor;
use crate::twin::Twin;
use crate::{Place, disk, process, visitors};
use anyhow::{Context, Result, ensure};
use report::{Closed, Findings, Open};
use std::cell::Cell;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A disk that is none.
const MEMORY: &str = "/dev/shm";
/// The batch of the open loop: about what a page sends.
const OPEN_BATCH: u32 = 10;
/// The part of the measured capacity at which the open loop runs.
const OPEN_PART: f64 = 0.5;
/// The part of a measurement that goes before it, unmeasured.
const WARM_UP: f64 = 0.15;

#[derive(clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    /// How often everything is measured; the figures are medians.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Events per request in the closed loop; the open loop has ten.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100")]
    batches: Vec<u32>,
    /// Connections in the closed loop.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Also measure a collector that holds that many events.
    #[arg(long, default_value_t = 0)]
    rows: u64,
    /// Requests per second in the open loop [default: half of what the first round could take].
    #[arg(long)]
    rate: Option<f64>,
}

/// What is measured, in this order in every round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Disk,
    Filled,
    Memory,
    Twin(Twin),
}

impl Subject {
    fn name(self, rows: u64) -> String {
        match self {
            Self::Disk => "collector".to_owned(),
            Self::Filled => format!("collector, {} rows", short(rows as f64)),
            Self::Memory => format!("collector in {MEMORY}"),
            Self::Twin(Twin::Parse) => "axum, parse and check".to_owned(),
            Self::Twin(Twin::Read) => "axum, read".to_owned(),
        }
    }
}

/// Measures in rounds and prints the medians.
pub(crate) fn run(options: &Options) -> Result<()> {
    let Options { batches, rate, .. } = options;
    ensure!(rate.is_some() || batches.contains(&OPEN_BATCH), "without batches of ten, say --rate");
    std::fs::create_dir_all(&options.place.folder)?;
    let mut subjects = vec![Subject::Disk];
    let mut filled = None;
    let mut rows = 0;
    if options.rows > 0 {
        let folder = Filled::of(&options.place, options.rows, 10)?;
        rows = folder.rows;
        filled = Some(Server::collector(&options.place, &folder.folder)?);
        subjects.push(Subject::Filled);
    }
    subjects.extend([Subject::Memory, Subject::Twin(Twin::Parse), Subject::Twin(Twin::Read)]);
    let bench = Bench {
        options,
        runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        filled,
    };
    let mut findings = Findings::default();
    for round in 1..=options.rounds {
        println!("round {round} of {}", options.rounds);
        bench.round(&subjects, &mut findings)?;
    }
    report::print(&findings, batches, &subjects, rows);
    Ok(())
}

struct Bench<'a> {
    options: &'a Options,
    runtime: Runtime,
    filled: Option<Server>,
}

/// A server for one measurement, with the folder that it has for itself.
enum Running<'a> {
    Own { server: Server, _folder: Option<TempDir> },
    Filled(&'a Server),
}

impl Running<'_> {
    fn server(&self) -> &Server {
        match self {
            Self::Own { server, .. } => server,
            Self::Filled(server) => server,
        }
    }
}

impl Bench<'_> {
    fn round(&self, subjects: &[Subject], findings: &mut Findings) -> Result<()> {
        let mut visitors = Vec::new();
        for &batch in &self.options.batches {
            for &subject in subjects {
                let running = self.start(subject)?;
                self.invite(subject, running.server(), batch, &mut visitors)?;
                let closed = self.closed(running.server(), &visitors, batch)?;
                findings.closed.push((subject, batch, closed));
            }
        }
        if findings.rate == 0.0 {
            let capacity = findings.capacity() / f64::from(OPEN_BATCH);
            findings.rate = self.options.rate.unwrap_or(capacity * OPEN_PART).max(1.0);
        }
        for &subject in subjects {
            if subject == Subject::Twin(Twin::Read) {
                continue;
            }
            let running = self.start(subject)?;
            self.invite(subject, running.server(), OPEN_BATCH, &mut visitors)?;
            let acks = self.open(running.server(), &visitors, findings.rate)?;
            findings.open.push((subject, acks));
        }
        let mut syncs = disk::syncs(&self.options.place.folder, self.time())?;
        findings.syncs.push(Times::of(&mut syncs));
        Ok(())
    }

    fn time(&self) -> Duration {
        Duration::from_secs_f64(self.options.seconds)
    }

    fn start(&self, subject: Subject) -> Result<Running<'_>> {
        let place = &self.options.place;
        let collector = |parent: PathBuf| {
            let folder = TempDir::with_prefix_in("ttoolab-bench-", parent)?;
            let server = Server::collector(place, folder.path())?;
            anyhow::Ok(Running::Own { server, _folder: Some(folder) })
        };
        match subject {
            Subject::Disk => collector(place.folder.clone()),
            Subject::Memory => collector(PathBuf::from(MEMORY)),
            Subject::Twin(twin) => {
                Ok(Running::Own { server: Server::twin(place, twin)?, _folder: None })
            }
            Subject::Filled => {
                self.filled.as_ref().map(Running::Filled).context("no folder is filled")
            }
        }
    }

    /// Visitors of this collector. Twins hear those of the collector before them: tokens are only
    /// bytes to them.
    fn invite(
        &self,
        subject: Subject,
        server: &Server,
        batch: u32,
        visitors: &mut Vec<Visitor>,
    ) -> Result<()> {
        if !matches!(subject, Subject::Twin(_)) {
            let arrived = visitors::arrive(server.address, crowd(batch), now_ms());
            *visitors = self.runtime.block_on(arrived)?;
        }
        Ok(())
    }

    fn closed(&self, server: &Server, visitors: &[Visitor], batch: u32) -> Result<Closed> {
        let sent = Cell::new(0);
        let load = Load { address: server.address, visitors, batch, sent: &sent };
        let connections = self.options.connections;
        self.runtime.block_on(load.closed(connections, self.time().mul_f64(WARM_UP)))?;
        let (server_began, load_began) = (server.cpu()?, process::cpu(std::process::id())?);
        let outcome = self.runtime.block_on(load.closed(connections, self.time()))?;
        let server_took = server.cpu()?.saturating_sub(server_began).as_secs_f64();
        let load_took = process::cpu(std::process::id())?.saturating_sub(load_began).as_secs_f64();
        let (events, wall) = (outcome.events as f64, outcome.wall.as_secs_f64());
        Ok(Closed {
            per_cpu: events / server_took,
            per_wall: events / wall,
            refused: outcome.refused,
            load: load_took / wall,
        })
    }

    fn open(&self, server: &Server, visitors: &[Visitor], rate: f64) -> Result<Open> {
        let sent = Cell::new(0);
        let load = Load { address: server.address, visitors, batch: OPEN_BATCH, sent: &sent };
        self.runtime.block_on(load.open(rate, self.time().mul_f64(WARM_UP)))?;
        let mut outcome = self.runtime.block_on(load.open(rate, self.time()))?;
        Ok(Open {
            acks: Times::of(&mut outcome.latencies),
            late: Times::of(&mut outcome.late),
            refused: outcome.refused,
        })
    }
}

/// How many visitors send such batches. Each sends about ten requests of one event, or one or two
/// of ten, and not so many of a hundred that it looks like a bot.
const fn crowd(batch: u32) -> usize {
    match batch {
        2..50 => 8_192,
        _ => 2_048,
    }
}
