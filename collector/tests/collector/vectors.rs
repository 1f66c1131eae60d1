//! The vectors of `spec/` over HTTP: what `core` promises, a running collector keeps.
//!
//! Each case has a project of its own within one running collector.

#[path = "vectors/checks.rs"]
mod checks;
#[path = "vectors/clock.rs"]
mod clock;
#[path = "vectors/counting.rs"]
mod counting;
#[path = "vectors/faketime.rs"]
mod faketime;
#[path = "vectors/judging.rs"]
mod judging;
#[path = "vectors/token.rs"]
mod token;
#[path = "vectors/trial.rs"]
mod trial;

use std::io::Write;

/// The cases of a family, with long values written out.
fn cases(family: &str) -> Vec<ttoolab_spec::Case> {
    let file = format!("{family}.json");
    let (_, text) = ttoolab_spec::FILES.iter().find(|(name, _)| *name == file).unwrap();
    ttoolab_spec::cases(text).unwrap()
}

/// What became of a family.
struct Outcome {
    family: &'static str,
    cases: usize,
    /// Why some of them were not sent.
    skipped: Vec<&'static str>,
    /// One entry for a case that failed, in as many lines as it was sent in vain.
    failures: Vec<String>,
}

impl Outcome {
    /// Says it, past the harness, which keeps back what `println!` prints in a test that passes.
    fn tell(&self) {
        let Self { family, cases, skipped, failures } = self;
        let sent = cases - skipped.len();
        let mut reasons = skipped.clone();
        reasons.sort_unstable();
        reasons.dedup();
        let count = |reason: &&str| skipped.iter().filter(|skipped| *skipped == reason).count();
        let reasons = reasons.iter().map(|reason| format!(", {} {reason}", count(reason)));
        let reasons: String = reasons.collect();
        let (passed, skipped) = (sent - failures.len(), skipped.len());
        let line = format!("{family}: http {passed}/{sent} (skipped {skipped}{reasons})\n");
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
}

/// Says what became of families, and stops if anything failed.
fn conclude(outcomes: &[Outcome]) {
    outcomes.iter().for_each(Outcome::tell);
    let failures = outcomes.iter().flat_map(|outcome| {
        outcome.failures.iter().map(|failure| format!("{}: {failure}", outcome.family))
    });
    let failures: Vec<_> = failures.collect();
    assert!(failures.is_empty(), "{} vectors fail:\n{}", failures.len(), failures.join("\n"));
    assert!(
        outcomes.iter().all(|outcome| outcome.cases > outcome.skipped.len()),
        "nothing was sent"
    );
}
