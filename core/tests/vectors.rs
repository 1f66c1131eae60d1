//! The vectors of `spec/`, run on this machine: the collector's half of the promise that both
//! ends judge alike. `sdk-wasm` runs the same ones in a browser, with its own engine.

#![expect(clippy::unwrap_used, reason = "clippy takes the helpers of a test for something else")]

use regex::bytes::RegexBuilder;
use std::io::Write;

/// The collector's engine. Bytes and no Unicode, because a URL is ASCII: that is what `\d`, `\b`
/// and `.` mean to a browser's `RegExp` there.
fn regex(pattern: &str, url: &str) -> bool {
    let engine = RegexBuilder::new(pattern).unicode(false).build().unwrap();
    engine.is_match(url.as_bytes())
}

#[test]
fn every_family_holds() {
    let reports = ttoolab_spec::run_all(&regex);
    // Past the harness, which keeps back what `println!` prints in a test that passes: these lines
    // and the browser's are the record that both ends ran the same vectors.
    let mut out = std::io::stdout();
    for report in &reports {
        writeln!(out, "{}: native {}/{}", report.family, report.passed, report.total()).unwrap();
    }
    let failures: Vec<String> = reports
        .iter()
        .flat_map(|report| report.failures.iter().map(|line| format!("{}: {line}", report.family)))
        .collect();
    assert!(failures.is_empty(), "{} vectors fail:\n{}", failures.len(), failures.join("\n"));
}
