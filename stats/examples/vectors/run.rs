//! A file of vectors: its shape, which code answers which kind, and the report.

// By their paths: this file is a module of the example and of a test.
#[path = "arms.rs"]
mod arms;
#[path = "compared.rs"]
mod compared;
#[path = "decided.rs"]
mod decided;
#[path = "decimal.rs"]
mod decimal;
#[path = "functions.rs"]
mod functions;
#[path = "tolerance.rs"]
mod tolerance;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tolerance::Tolerance;

/// Kinds of what is not built: CUPED needs data from before the exposure, the sequential test of
/// gbstats and the beta-binomial belief have another in their place.
const SKIPPED: [&str; 3] = ["cuped_fixed", "sequential_gbstats", "bayes_beta_binomial"];

#[derive(Deserialize)]
struct File {
    header: Header,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Header {
    tolerance_default: Tolerance,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    kind: String,
    topic: String,
    /// As text: sums have more digits than a double.
    input: Box<RawValue>,
    expected: Value,
    tolerance: Option<Tolerance>,
}

/// What became of the cases, by kind.
#[derive(Default)]
pub(crate) struct Report {
    kinds: BTreeMap<String, Kind>,
}

#[derive(Default)]
struct Kind {
    passed: usize,
    skipped: usize,
    failures: Vec<String>,
}

/// Runs all cases of a file.
pub(crate) fn run_text(text: &str) -> Result<Report, String> {
    let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if file.cases.is_empty() {
        return Err("there are no cases".to_owned());
    }
    let mut report = Report::default();
    for case in file.cases {
        let kind = report.kinds.entry(case.kind.clone()).or_default();
        if SKIPPED.contains(&case.kind.as_str()) {
            kind.skipped += 1;
            continue;
        }
        let tolerance = case.tolerance.unwrap_or(file.header.tolerance_default);
        let faults = match answer(&case.kind, case.input.get()) {
            Ok(got) => tolerance.faults(&case.expected, &got),
            Err(error) => vec![error],
        };
        if faults.is_empty() {
            kind.passed += 1;
        } else {
            kind.failures.push(format!("{} ({}): {}", case.id, case.topic, faults.join("; ")));
        }
    }
    Ok(report)
}

fn answer(kind: &str, input: &str) -> Result<Value, String> {
    match kind {
        "two_sample_fixed" => read(input, compared::two_sample_fixed),
        "bayes_gaussian" => read(input, compared::bayes_gaussian),
        "always_valid" => read(input, compared::always_valid),
        "ratio_fixed" => read(input, compared::ratio_fixed),
        "winsorize" => read(input, compared::winsorize),
        "mixture_core" => read(input, functions::mixture_core),
        "p_adjust" => read(input, functions::p_adjust),
        "sample_size" => read(input, functions::sample_size),
        "special_fn" => read(input, functions::special_fn),
        "srm_chi2" => read(input, decided::srm_chi2),
        "srm_sequential" => read(input, decided::srm_sequential),
        "decision" => read(input, decided::decision),
        _ => Err("nobody knows this kind".to_owned()),
    }
}

fn read<'a, T: Deserialize<'a>>(
    input: &'a str,
    answer: impl FnOnce(&T) -> Result<Value, String>,
) -> Result<Value, String> {
    answer(&serde_json::from_str(input).map_err(|error| format!("the input is wrong: {error}"))?)
}

impl Report {
    pub(crate) fn failed(&self) -> usize {
        self.kinds.values().map(|kind| kind.failures.len()).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, Kind { passed, skipped, failures }) in &self.kinds {
            let all = passed + skipped + failures.len();
            if *skipped > 0 {
                writeln!(f, "{name}: {skipped} skipped, not built")?;
            } else {
                writeln!(f, "{name}: {passed}/{all}")?;
            }
            for failure in failures {
                writeln!(f, "  {failure}")?;
            }
        }
        let passed: usize = self.kinds.values().map(|kind| kind.passed).sum();
        let skipped: usize = self.kinds.values().map(|kind| kind.skipped).sum();
        writeln!(f, "{passed} passed, {} failed, {skipped} skipped", self.failed())
    }
}
