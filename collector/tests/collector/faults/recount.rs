//! Asking `tests/ledger/recount.py` what it makes of a site.

use super::site::Site;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The report of a recount.
#[derive(Debug)]
pub(super) struct Recount(Value);

impl Site {
    /// Recounts when every batch was acknowledged in the end.
    pub(super) fn recount(&self) -> Recount {
        self.recount_with(&[])
    }

    /// Recounts while some batches are still to be sent again.
    pub(super) fn recount_unsettled(&self) -> Recount {
        self.recount_with(&["--unsettled-is-fine"])
    }

    fn recount_with(&self, options: &[&str]) -> Recount {
        let results = self.path("results.json");
        std::fs::write(&results, self.results().to_string()).unwrap();
        let command = recounting(self.ledger.path(), &self.database(), &results, options);
        report(&mut self.where_the_data_are(command))
    }
}

/// Runs the script over any three files.
pub(super) fn recount(ledger: &Path, database: &Path, results: &Path, options: &[&str]) -> Recount {
    report(&mut recounting(ledger, database, results, options))
}

fn recounting(ledger: &Path, database: &Path, results: &Path, options: &[&str]) -> Command {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/ledger/recount.py");
    let mut command = Command::new("python3");
    command.arg(script).arg("--ledger").arg(ledger).arg("--database").arg(database);
    command.arg("--results").arg(results).args(options);
    command
}

fn report(command: &mut Command) -> Recount {
    let output = command.output().expect("Python 3 is needed");
    let complaint = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout);
    Recount(report.unwrap_or_else(|_| panic!("no report: {complaint}")))
}

impl Recount {
    /// Nothing lost, nothing double, all numbers right, every batch settled.
    pub(super) fn must_be_clean(&self, what: &str) {
        assert_eq!(self.0["problems"], serde_json::json!({}), "{what}: {}", self.0);
        assert!(self.number("acked") > 0, "{what}: an empty run proves nothing");
        assert!(self.number("conversions") > 0, "{what}: nothing was counted");
        self.say(what);
    }

    /// The twin's report must name this problem.
    pub(super) fn must_find(&self, problem: &str, what: &str) {
        assert!(self.count(problem) > 0, "{what}: the check is blind to {problem}: {}", self.0);
        self.say(&format!("{what} (twin): {problem} {}", self.count(problem)));
    }

    /// How many cases of a problem there are.
    pub(super) fn count(&self, problem: &str) -> u64 {
        self.0["problems"][problem]["count"].as_u64().unwrap_or(0)
    }

    pub(super) fn number(&self, field: &str) -> u64 {
        self.0[field].as_u64().unwrap_or_else(|| panic!("no {field} in {}", self.0))
    }

    /// A line for people who run the tests with `--nocapture`.
    #[expect(clippy::print_stdout, reason = "figures, for who asks to see them")]
    pub(super) fn say(&self, what: &str) {
        let [sent, acked, stored] = ["sent", "acked", "stored"].map(|field| self.number(field));
        println!("{what}: {sent} events sent, {acked} acknowledged, {stored} stored");
    }
}
