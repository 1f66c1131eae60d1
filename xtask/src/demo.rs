//! `cargo xtask demo`: the demo shop and the dashboard, ready to be looked at.

mod import;
mod journey;
mod key;
mod visitors;
mod wire;

use std::path::{self, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use clap::Args;

use crate::collector::{self, Collector, Profile};

use crate::build;
use crate::place;

#[derive(Args)]
pub(crate) struct Options {
    /// The port on this machine at which everything is served.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Where the collector keeps its data from run to run [default: target/demo-data].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How many simulated visitors to send through the shop.
    #[arg(long, default_value_t = 0)]
    visitors: u64,
}

/// Builds, starts the collector with the demo project and serves until Ctrl-C.
pub(crate) fn run(options: &Options) -> Result<()> {
    // Asked before the build, which takes minutes the first time.
    collector::check_port(options.port)?;
    build::run()?;

    let data = match &options.data {
        Some(folder) => path::absolute(folder).context("--data is no path")?,
        None => place::target().join("demo-data"),
    };
    let import = import::write(&data, options.port)?;
    let key = key::of(&data)?;
    let mut collector = Collector::start(Profile::Release, options.port, &data, &import, &key)?;
    let stopping = stop_with(&collector)?;
    collector.wait_until_ready(&stopping)?;

    let origin = collector.origin().to_owned();
    println!("\ndashboard  {origin}/");
    println!("admin key  {key}");
    println!("shop       {origin}/demo/");
    println!("serving until Ctrl-C; the data stays in {}", place::shown(&data));
    if options.visitors > 0 {
        visitors::send(&origin, options.visitors, &stopping)?;
    }
    collector.wait(&stopping)
}

/// Lets Ctrl-C, SIGTERM and a closed terminal end the collector in its orderly way. Ours is to
/// wait for it, so that the prompt does not come back while it still writes.
fn stop_with(collector: &Collector) -> Result<Arc<AtomicBool>> {
    let stopping = Arc::new(AtomicBool::new(false));
    let (flag, id) = (Arc::clone(&stopping), collector.id());
    ctrlc::set_handler(move || {
        if !flag.swap(true, Ordering::SeqCst) {
            collector::terminate(id);
        }
    })
    .context("Ctrl-C cannot be caught")?;
    Ok(stopping)
}
