//! Settings: a file, the environment and the command line, read once.

mod file;
mod layers;

use crate::http::rate_limit::Rate;
use crate::webhooks::Schedule;
use clap::{Args, Parser, Subcommand, ValueEnum};
use hyper::http::HeaderName;
pub use layers::{Effective, Faults, read};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Ttoolab's collector: takes events, stores them durably, counts them exactly.
#[derive(Debug, Parser)]
#[command(name = "ttoolab-collector", version, about)]
pub struct Cli {
    /// Settings, spelled as the flags of `serve`: `listen = "127.0.0.1:8787"`. The environment
    /// wins over the file, and flags win over both.
    #[arg(long, env = "TTOOLAB_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The collector's commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the SDK, the API and the dashboard.
    Serve(Serve),
    /// Says what is wrong with the settings and the import file, and where; touches no data.
    CheckConfig(Serve),
    /// Verifies that everything stored is as it was written.
    Check(Folder),
    /// Judges the stored events by today's rules and says where the verdicts differ; writes nothing.
    Rebuild(Folder),
    /// Writes a consistent copy of the database, also while the collector runs.
    Backup(Backup),
    /// Writes the stored events and their verdicts to standard output.
    Export(Export),
    /// Erases a visitor for good, while no collector runs; a running one is asked by its API.
    Erase(Erase),
    /// Makes a new key to sign visitor tokens with, while no collector runs.
    RotateTokenKey(Folder),
}

/// Which data to look at.
#[derive(Debug, Args)]
pub struct Folder {
    /// Folder of the database.
    #[arg(long, env = "TTOOLAB_DATA", default_value = "./data")]
    pub data: PathBuf,
}

/// Settings of `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// Which data.
    #[command(flatten)]
    pub folder: Folder,
    /// The copy; must not exist. To restore it, put it into an empty folder as `ttoolab.db`.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// Settings of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Which data.
    #[command(flatten)]
    pub folder: Folder,
    /// The project's key.
    #[arg(long)]
    pub project: String,
    /// Only events that were judged for this experiment.
    #[arg(long)]
    pub experiment: Option<String>,
    /// One object or one row per event.
    #[arg(long, value_enum, default_value = "jsonl")]
    pub format: Format,
}

/// Settings of `erase`.
#[derive(Debug, Args)]
pub struct Erase {
    /// Which data.
    #[command(flatten)]
    pub folder: Folder,
    /// The project's key.
    #[arg(long)]
    pub project: String,
    /// The visitor's `anonymousId`.
    #[arg(long, value_name = "UUID")]
    pub visitor: String,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object per line.
    Jsonl,
    /// Comma-separated, safe to open in a spreadsheet.
    Csv,
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
    /// Requests a client may make to /sdk/* per second and project: `off`, or `N/s`.
    #[arg(long, env = "TTOOLAB_RATE_LIMIT", default_value = "off")]
    pub rate_limit: Rate,
    /// Request header with the visitor's country (ISO 3166 alpha-2) for audiences, such as
    /// `CF-IPCountry`. Only one that your proxy always sets: browsers could send any other.
    #[arg(long, env = "TTOOLAB_COUNTRY_HEADER", value_name = "NAME")]
    pub country_header: Option<HeaderName>,
    /// Folder of the built demo shop, served at /demo/.
    #[arg(long, env = "TTOOLAB_DEMO", value_name = "DIR")]
    pub demo: Option<PathBuf>,
    /// Lets webhooks reach loopback and private addresses: for tests and labs.
    #[arg(long, env = "TTOOLAB_ALLOW_PRIVATE_WEBHOOKS")]
    pub allow_private_webhooks: bool,
    /// How long a webhook waits before each attempt; there are as many attempts as waits.
    #[arg(
        long,
        env = "TTOOLAB_WEBHOOK_SCHEDULE",
        default_value = "0s,1m,5m,15m,1h",
        value_name = "WAITS"
    )]
    pub webhook_schedule: Schedule,
    /// The admin key, in place of a generated one.
    #[arg(long, env = "TTOOLAB_ADMIN_KEY", hide = true, hide_env_values = true)]
    pub admin_key: Option<String>,
}
