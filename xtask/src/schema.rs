//! The API held to its OpenAPI document, by schemathesis against a running collector.

use std::fs;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};

use crate::collector::{self, Collector, Profile};
use crate::place;
use crate::run::Run;
use crate::setup::schemathesis;
use crate::test;

/// What must hold for every answer. Not among them: that everything outside of the document is
/// refused and everything within is taken. The wire is lenient on purpose (an unknown or misspelt
/// optional field never costs an event), and what is taken depends on projects that exist.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method,ignored_auth";

/// Requests an operation in CI; the phases before the random one have a fixed number.
const EXAMPLES: &str = "50";
/// Requests an operation in a soak.
const SOAK_EXAMPLES: &str = "1000";

/// A key for a collector that lives for a minute on loopback.
const KEY: &str = "a-key-for-tests";

/// Asks a fresh collector with the demo project.
pub(crate) fn check(soak: bool) -> Result<()> {
    test::build_collector()?;
    let data = place::target().join("schema-data");
    if data.exists() {
        fs::remove_dir_all(&data).context("the data of the last run cannot be removed")?;
    }
    let import = place::in_repo("www-demo/experiments.json");
    let port = collector::free_port()?;
    let mut collector = Collector::start(Profile::Debug, port, &data, &import, KEY)?;
    collector.wait_until_ready(&AtomicBool::new(false))?;
    Run::new(schemathesis::program()?)
        .arg("run")
        .arg(format!("{}/api/openapi.json", collector.origin()))
        .args(["--header", &format!("Authorization: Bearer {KEY}")])
        .args(["--checks", CHECKS])
        .args(["--max-examples", if soak { SOAK_EXAMPLES } else { EXAMPLES }])
        // The same requests in every run: a failure can be seen again.
        .args(["--seed", "1", "--generation-database", "none", "--no-color"])
        .hint("the collector's document is made in collector/src/http/openapi.rs")
        .pass()
}
