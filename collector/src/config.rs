//! Settings: the command line and the environment, read once.

use crate::http::rate_limit::Rate;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Ttoolab's collector: takes events, stores them durably, counts them exactly.
#[derive(Debug, Parser)]
#[command(name = "ttoolab-collector", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The collector's commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the SDK, the API and the dashboard.
    Serve(Serve),
    /// Verifies that everything stored is as it was written.
    Check(Folder),
}

/// Which data to look at.
#[derive(Debug, Args)]
pub struct Folder {
    /// Folder of the database.
    #[arg(long, env = "TTOOLAB_DATA", default_value = "./data")]
    pub data: PathBuf,
}

/// Settings of `serve`. Given twice, the last one holds.
#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct Serve {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "TTOOLAB_LISTEN", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Folder of the database; made if it is missing.
    #[arg(long, env = "TTOOLAB_DATA", default_value = "./data")]
    pub data: PathBuf,
    /// Projects, experiments and goals to take over at start.
    #[arg(long, env = "TTOOLAB_IMPORT", value_name = "FILE")]
    pub import: Option<PathBuf>,
    /// Requests a client may make to /sdk/* per second: `off`, or `N/s`.
    #[arg(long, env = "TTOOLAB_RATE_LIMIT", default_value = "off")]
    pub rate_limit: Rate,
    /// Folder of the built demo shop, served at /demo/.
    #[arg(long, value_name = "DIR")]
    pub demo: Option<PathBuf>,
    /// Taken so that a start line can be written today; says at start that it has no effect yet.
    #[arg(long, hide = true)]
    pub allow_private_webhooks: bool,
    /// Likewise.
    #[arg(long, hide = true, value_name = "DELAYS")]
    pub webhook_schedule: Option<String>,
    /// The admin key, in place of a generated one.
    #[arg(long, env = "TTOOLAB_ADMIN_KEY", hide = true, hide_env_values = true)]
    pub admin_key: Option<String>,
}
