//! What the process says: a few lines for the person who started it, logs for whoever runs it.
//!
//! Nothing here ever names an address, a visitor, a query string or a body.

use crate::admin::keys::AdminKey;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::Write;
use std::net::SocketAddr;
use tracing_subscriber::EnvFilter;

/// The bounds of the commit times that are counted apart, in seconds: from a fast disk's to one
/// that makes senders wait.
const COMMIT_BUCKETS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 4.0];

/// Sends logs to standard error; `RUST_LOG` narrows or widens them.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Fails only when logging was set up before, as tests in one process do.
    let _ = logs.try_init();
}

/// Starts counting what `/metrics` shows.
pub(crate) fn metrics() -> anyhow::Result<PrometheusHandle> {
    let commit = Matcher::Full("ttoolab_commit_seconds".to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(commit, &COMMIT_BUCKETS)?
        .install_recorder()?;
    metrics::describe_counter!(
        "ttoolab_events_total",
        "Events by outcome since the start; those with a reason are parts of those without."
    );
    metrics::describe_counter!(
        "ttoolab_refused_requests_total",
        "Requests to /sdk/* of which nothing was stored, by reason, since the start."
    );
    metrics::describe_counter!(
        "ttoolab_rate_limited_total",
        "Those of them that came too often, by project; none for the files of the SDK."
    );
    metrics::describe_counter!("ttoolab_commit_failures_total", "Groups that were not stored.");
    metrics::describe_counter!(
        "ttoolab_webhook_attempts_total",
        "Attempts to deliver a webhook since the start, by result."
    );
    metrics::describe_gauge!("ttoolab_queue_bytes", "Bytes of bodies that wait for the disk.");
    metrics::describe_histogram!("ttoolab_commit_seconds", "How long a group took to be durable.");
    Ok(recorder)
}

/// Says where the dashboard is and how to get in.
pub(crate) fn announce(address: SocketAddr, key: &AdminKey) {
    let key = match key {
        AdminKey::Generated(key) => {
            format!("{key}   (shown this once; keep it)")
        }
        AdminKey::Chosen => "as set by TTOOLAB_ADMIN_KEY".to_owned(),
        AdminKey::Stored => "as shown at the first start".to_owned(),
    };
    let text = format!("Dashboard  http://{address}/\nAdmin key  {key}\n");
    // A closed standard output is no reason to stop.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Says why the program ends, on one line per cause.
pub fn complain(error: &anyhow::Error) {
    let mut text = format!("ttoolab-collector: {error}\n");
    for cause in error.chain().skip(1) {
        text.push_str(&format!("  because: {cause}\n"));
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
}
