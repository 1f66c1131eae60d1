//! Webhooks of a running collector: endpoints over the API, deliveries at a receiver.

#[path = "webhooks/crashing.rs"]
mod crashing;
#[path = "webhooks/delivering.rs"]
mod delivering;
#[path = "webhooks/hook.rs"]
mod hook;
#[path = "webhooks/interop.rs"]
mod interop;
#[path = "webhooks/managing.rs"]
mod managing;

use crate::running::{Running, import_file};
use hook::Hook;
use serde_json::{Value, json};

/// A secret of the form that both signatures take.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const WEBHOOKS: &str = "/api/v1/projects/demo/webhooks";
const LIFECYCLE: [&str; 5] = [
    "experiment.created",
    "experiment.published",
    "experiment.started",
    "experiment.paused",
    "experiment.finished",
];

/// The test project with one running experiment, told to these URLs.
fn told_to(urls: &[&str], types: &[&str]) -> Value {
    let mut import = import_file();
    let project = &mut import["projects"][0];
    project["experiments"].as_array_mut().unwrap().truncate(1);
    let endpoint = |url: &&str| json!({ "url": url, "types": types, "secret": SECRET });
    project["webhooks"] = urls.iter().map(endpoint).collect();
    import
}

/// A collector that may reach this machine, and does not wait.
fn start(import: &Value) -> Running {
    Running::start_with_arguments(
        import,
        &["--allow-private-webhooks", "--webhook-schedule", "0s,0s,0s,0s,0s"],
    )
}

/// The id of the only endpoint.
fn only_endpoint(collector: &Running) -> String {
    let list = collector.get_as_admin(WEBHOOKS).json();
    assert_eq!(list["webhooks"].as_array().unwrap().len(), 1, "{list}");
    list["webhooks"][0]["id"].as_str().unwrap().to_owned()
}

fn send_test(collector: &Running, id: &str) {
    let answer = collector.as_admin("POST", &format!("{WEBHOOKS}/{id}/test"), &Value::Null);
    assert_eq!(answer.status, 202, "{}", answer.text);
}

/// The log of an endpoint, the oldest first.
fn log(collector: &Running, id: &str) -> Vec<Value> {
    let log = collector.get_as_admin(&format!("{WEBHOOKS}/{id}/deliveries")).json();
    let mut log = log["deliveries"].as_array().unwrap().clone();
    log.reverse();
    log
}
