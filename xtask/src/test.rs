//! `cargo xtask test`: every check that CI runs.
//!
//! What fails soonest and cheapest comes first, and the first failure ends the run: what comes
//! after a broken build says nothing.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::bundle;
use crate::place;
use crate::readme;
use crate::run::Run;
use crate::schema;
use crate::setup::toolchain::WasmToolchain;
use crate::setup::{self, Scope, browser, tools};
use crate::wasm;

/// Randomised tests: cases a property, where a short run takes proptest's default of 256.
const SOAK_CASES: &str = "20000";
/// Whole-system tests: how often each is repeated.
const SOAK_REPEATS: &str = "--repeat-each=20";

#[derive(Args)]
pub(crate) struct Options {
    /// Run this step alone (and the bundle first, where the step looks at it).
    #[arg(long, value_name = "STEP")]
    only: Option<Step>,
}

/// The collector and its tests, with the features that all crates together ask of their
/// dependencies: `--package` would ask for fewer, and compile everything a second time.
const COLLECTOR_TESTS: [&str; 3] = ["test", "--workspace", "--test=collector"];

/// The steps, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Rust is formatted.
    Fmt,
    /// Scripts are formatted and linted.
    Biome,
    /// The wasm, the scripts and the demo shop can be built.
    Bundle,
    /// Scripts have consistent types.
    Types,
    /// Rust has no warnings.
    Clippy,
    /// The Rust documentation has no warnings, private items included: it is for people who
    /// work here. sdk-wasm is looked at as compiled for this machine, like everything else.
    Doc,
    /// Licences and sources of all crates are allowed ones.
    Deny,
    /// Rust's tests on this machine, the vectors among them.
    Unit,
    /// The collector through crashes, power cuts, sick disks and lost answers.
    Faults,
    /// The API is what its OpenAPI document says.
    Api,
    /// Rust's tests inside a browser.
    Wasm,
    /// The whole system: collector and browser.
    E2e,
}

/// How long the tests that can be repeated are repeated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Short,
    Long,
}

/// Runs all steps, or the one asked for.
pub(crate) fn run(options: &Options) -> Result<()> {
    match options.only {
        None => run_steps(Step::value_variants(), Length::Short),
        Some(step) if step.looks_at_bundle() => run_steps(&[Step::Bundle, step], Length::Short),
        Some(step) => run_steps(&[step], Length::Short),
    }
}

/// Runs these steps, and tells how long each took.
pub(crate) fn run_steps(steps: &[Step], length: Length) -> Result<()> {
    let toolchain = setup::run(Scope::Everything)?;
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for (index, &step) in steps.iter().enumerate() {
        println!("\n[{}/{}] {}", index + 1, steps.len(), step.title());
        let start = Instant::now();
        outcome = step.run(toolchain, length).with_context(|| {
            let name = step.name();
            format!("\"{}\" failed; alone: cargo xtask test --only {name}", step.title())
        });
        times.push((step, start.elapsed()));
        if outcome.is_err() {
            break;
        }
    }
    print_times(&times);
    outcome
}

impl Step {
    fn title(self) -> &'static str {
        match self {
            Self::Fmt => "formatting of Rust",
            Self::Biome => "formatting and lints of scripts",
            Self::Bundle => "wasm, scripts and demo shop",
            Self::Types => "types of scripts",
            Self::Clippy => "lints of Rust",
            Self::Doc => "documentation of Rust",
            Self::Deny => "licences and sources of crates",
            Self::Unit => "tests of Rust",
            Self::Faults => "tests by fault injection",
            Self::Api => "the API against its document",
            Self::Wasm => "tests of Rust in a browser",
            Self::E2e => "tests of the whole system",
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The bundle is embedded in the collector and is what the scripts' types are about.
    fn looks_at_bundle(self) -> bool {
        match self {
            Self::Types
            | Self::Clippy
            | Self::Doc
            | Self::Unit
            | Self::Faults
            | Self::Api
            | Self::E2e => true,
            Self::Fmt | Self::Biome | Self::Bundle | Self::Deny | Self::Wasm => false,
        }
    }

    fn run(self, toolchain: WasmToolchain, length: Length) -> Result<()> {
        match self {
            Self::Fmt => Run::new("cargo")
                .args(["fmt", "--all", "--check"])
                .hint("`cargo fmt --all` puts it right")
                .pass(),
            Self::Biome => Run::new("node_modules/.bin/biome")
                .args(["ci", "."])
                .hint("`npx biome check --write .` puts most of it right")
                .pass(),
            Self::Bundle => {
                bundle::bring_up_to_date(toolchain)?;
                readme::check()
            }
            Self::Types => Run::new("npm")
                .args(["run", "check", "--silent", "--workspaces", "--if-present"])
                .pass(),
            Self::Clippy => Run::new("cargo")
                .args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
                .pass(),
            Self::Doc => Run::new("cargo")
                .env("RUSTDOCFLAGS", "-D warnings")
                .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
                .pass(),
            Self::Deny => deny(),
            Self::Unit => {
                lengthened(Run::new("cargo"), length).args(["test", "--workspace"]).pass()
            }
            Self::Faults => faults(length),
            Self::Api => schema::check(length == Length::Long),
            Self::Wasm => wasm::test_in_browser(toolchain),
            Self::E2e => whole_system(length),
        }
    }
}

/// Advisories are left out: their database comes from GitHub, and a check that asks the network
/// fails for reasons that are not ours. Look at them by hand: `cargo deny check advisories`.
fn deny() -> Result<()> {
    println!("(security advisories are not looked at: they need the network)");
    Run::new(tools::cargo_deny().program()?)
        .args(["--offline", "check", "bans", "licenses", "sources"])
        .hint("deny.toml says what is allowed and why")
        .pass()
}

/// Two at a time: they mostly wait for a disk, but some are about time too. The long form is about
/// many events, for which a debug build is too slow.
fn faults(length: Length) -> Result<()> {
    let profile: &[&str] = match length {
        Length::Short => &[],
        Length::Long => &["--release"],
    };
    lengthened(Run::new("cargo"), length)
        .args(COLLECTOR_TESTS)
        .args(profile)
        .args(["--", "--ignored", "--test-threads=2", "--show-output", "faults::"])
        .hint("they need strace, allowed to trace (kernel.yama.ptrace_scope = 0 or root), and python3")
        .pass()
}

/// Builds the collector that the later steps run, which is the one that the unit step has built.
pub(crate) fn build_collector() -> Result<()> {
    Run::new("cargo").args(COLLECTOR_TESTS).arg("--no-run").pass()
}

fn whole_system(length: Length) -> Result<()> {
    build_collector()?;
    let repeats: &[&str] = match length {
        Length::Short => &[],
        Length::Long => &["--", SOAK_REPEATS],
    };
    lengthened(Run::new("npm"), length)
        .env("TTOOLAB_COLLECTOR", place::target().join("debug/ttoolab-collector"))
        .env("CHROMIUM", browser::chromium()?)
        .env("FIREFOX", browser::firefox()?)
        .args(["test", "-w", "tests"])
        .args(repeats)
        .pass()
}

fn lengthened(run: Run, length: Length) -> Run {
    match length {
        Length::Short => run,
        Length::Long => run.env("TTOOLAB_SOAK", "1").env("PROPTEST_CASES", SOAK_CASES),
    }
}

fn print_times(times: &[(Step, Duration)]) {
    println!();
    for (step, time) in times {
        println!("{:>8.1} s  {}", time.as_secs_f64(), step.title());
    }
    let total: Duration = times.iter().map(|(_, time)| time).sum();
    println!("{:>8.1} s  in all", total.as_secs_f64());
}
