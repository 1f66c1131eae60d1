//! Results: how soon; and what a stored event costs in memory and at the start.

use crate::figures::{Times, ms, short};
use crate::filled::Filled;
use crate::server::{ADMIN_KEY, Server};
use crate::shop::{EXPERIMENTS, PROJECT};
use crate::wire::Connection;
use crate::{Place, process};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

/// What is asked of an experiment.
const QUESTIONS: [&str; 3] = ["results", "daily", "health"];

/// How long one question is asked, however often that is: some may take seconds.
const MAX_ASKING: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    /// The numbers of stored events; two of them give a slope.
    #[arg(long, value_delimiter = ',', default_value = "1000000,10000000")]
    events: Vec<u64>,
    /// How many events each visitor has, two of them exposures: with two mixes it can be told what
    /// a visitor takes in memory and what a conversion does.
    #[arg(long, value_delimiter = ',', default_value = "10,2")]
    each: Vec<u32>,
    /// How often each question is asked, within ten seconds.
    #[arg(long, default_value_t = 300)]
    queries: u32,
    /// Start with none of the database in the kernel's cache.
    #[arg(long)]
    cold: bool,
}

/// What was found at one size.
struct Found {
    /// Events of each visitor.
    each: u32,
    rows: u64,
    file: u64,
    started_in: Duration,
    /// CPU that the start took: steadier than the clock.
    started_cpu: Duration,
    /// Memory after the start, after the queries, and the most ever.
    memory: [u64; 3],
    visitors: u64,
    conversions: u64,
    times: [Times; QUESTIONS.len()],
}

/// Measures each size and prints a table.
pub(crate) fn run(options: &Options) -> Result<()> {
    ensure!(
        options.each.iter().all(|each| *each > 1),
        "--each is at least 2: a visitor is exposed twice"
    );
    std::fs::create_dir_all(&options.place.folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // A collector without events: what the process itself takes.
    let mut found = Vec::new();
    let empty = tempfile::TempDir::with_prefix_in("ttoolab-bench-", &options.place.folder)?;
    found.push(runtime.block_on(look(options, empty.path(), 0, 0))?);
    for &each in &options.each {
        for &rows in &options.events {
            let Filled { folder, rows } = Filled::of(&options.place, rows, each)?;
            found.push(runtime.block_on(look(options, &folder, rows, each))?);
        }
    }
    print(&found);
    Ok(())
}

async fn look(options: &Options, folder: &Path, rows: u64, each: u32) -> Result<Found> {
    let database = folder.join("ttoolab.db");
    if options.cold && database.exists() {
        forget(&database)?;
    }
    let server = Server::collector(&options.place, folder)?;
    let memory = |line| process::memory(server.id(), line);
    let (started, started_cpu) = (memory("VmRSS")?, server.cpu()?);
    let mut connection = Connection::open(server.address).await?;
    let mut times = [Times::default(); QUESTIONS.len()];
    for (question, times) in QUESTIONS.iter().zip(&mut times) {
        let mut took = Vec::new();
        let asking = Instant::now();
        for number in 0..options.queries {
            if asking.elapsed() > MAX_ASKING {
                break;
            }
            let experiment = EXPERIMENTS[number as usize % EXPERIMENTS.len()];
            let began = Instant::now();
            ask(&mut connection, experiment, question).await?;
            took.push(began.elapsed());
        }
        *times = Times::of(&mut took);
    }
    let (mut visitors, mut conversions) = (0, 0);
    for experiment in EXPERIMENTS {
        let results = ask(&mut connection, experiment, "results").await?;
        let results: Value = serde_json::from_slice(&results)?;
        visitors += sum(&results["variants"], "exposures");
        let goals = results["goals"].as_array().context("no goals")?;
        conversions +=
            goals.iter().map(|goal| sum(&goal["variants"], "totalConversions")).sum::<u64>();
    }
    Ok(Found {
        each,
        rows,
        file: std::fs::metadata(database)?.len(),
        started_in: server.started_in,
        started_cpu,
        memory: [started, memory("VmRSS")?, memory("VmHWM")?],
        visitors,
        conversions,
        times,
    })
}

async fn ask(connection: &mut Connection, experiment: &str, question: &str) -> Result<Vec<u8>> {
    let path = format!("/api/v1/projects/{PROJECT}/experiments/{experiment}/{question}");
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: ab.shop.example\r\nauthorization: Bearer {ADMIN_KEY}\r\n\r\n"
    );
    let answer = connection.ask(request.as_bytes()).await?;
    ensure!(answer.status == 200, "{question} was answered {}", answer.status);
    Ok(answer.body.to_vec())
}

fn sum(variants: &Value, field: &str) -> u64 {
    let variants = variants.as_array().into_iter().flatten();
    variants.filter_map(|variant| variant[field].as_u64()).sum()
}

/// Takes a file out of the kernel's cache.
fn forget(path: &Path) -> Result<()> {
    let file = std::fs::File::open(path)?;
    file.sync_all()?;
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(())
}

fn print(all: &[Found]) {
    println!(
        "\n{:>8} {:>5} {:>8} {:>15} {:>21} {:>8} {:>8}   {:>17} {:>17} {:>17}",
        "events",
        "each",
        "file MB",
        "start s, CPU s",
        "MB now, asked, peak",
        "visitors",
        "conv.",
        "results ms p50/99",
        "daily",
        "health"
    );
    let mb = |bytes: u64| bytes / 1_000_000;
    let seconds = |time: Duration| time.as_secs_f64();
    for found in all {
        let [started, asked, most] = found.memory.map(mb);
        let [results, daily, health] =
            found.times.map(|times| format!("{:.2} / {:.2}", ms(times.p50), ms(times.p99)));
        println!(
            "{:>8} {:>5} {:>8} {:>15} {:>21} {:>8} {:>8}   {results:>17} {daily:>17} {health:>17}",
            short(found.rows as f64),
            found.each,
            mb(found.file),
            format!("{:.2}, {:.2}", seconds(found.started_in), seconds(found.started_cpu)),
            format!("{started}, {asked}, {most}"),
            short(found.visitors as f64),
            short(found.conversions as f64),
        );
    }
    println!("visitors are counted once per experiment, conversions once per goal and event");
    let Some((empty, filled)) = all.split_first() else { return };
    for (at, less) in filled.iter().enumerate() {
        for more in &filled[at + 1..] {
            if more.each == less.each {
                print_slope(less, more);
            } else if let Some([visitor, conversion]) = shares(empty, less, more) {
                println!(
                    "{} events, {} and {} for each visitor: {visitor:.0} B of memory for a visitor in \
                     an experiment, {conversion:.0} B for a conversion of a goal",
                    short(more.rows as f64),
                    less.each,
                    more.each,
                );
            }
        }
    }
}

/// What one more event costs.
fn print_slope(less: &Found, more: &Found) {
    let rows = more.rows.saturating_sub(less.rows) as f64;
    println!(
        "from {} to {} events, {} for each visitor: {:.0} B of memory and {:.2} µs of CPU at the start \
         for one more",
        short(less.rows as f64),
        short(more.rows as f64),
        more.each,
        more.memory[0].saturating_sub(less.memory[0]) as f64 / rows,
        more.started_cpu.saturating_sub(less.started_cpu).as_secs_f64() * 1e6 / rows,
    );
}

/// The bytes of a visitor and of a conversion: what two mixes of as many events take beyond an empty
/// collector, as two equations. Nothing if they are of different sizes, or too alike.
fn shares(empty: &Found, one: &Found, other: &Found) -> Option<[f64; 2]> {
    let alike = |a: u64, b: u64| a.abs_diff(b) < a.max(b) / 2;
    if !alike(one.rows, other.rows) {
        return None;
    }
    let bytes = |found: &Found| found.memory[0].saturating_sub(empty.memory[0]) as f64;
    let [v1, c1, m1] = [one.visitors as f64, one.conversions as f64, bytes(one)];
    let [v2, c2, m2] = [other.visitors as f64, other.conversions as f64, bytes(other)];
    let determinant = v1 * c2 - v2 * c1;
    let solved = [(m1 * c2 - m2 * c1) / determinant, (v1 * m2 - v2 * m1) / determinant];
    solved.iter().all(|bytes| bytes.is_finite()).then_some(solved)
}
