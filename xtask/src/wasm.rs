//! The browser's half: sdk-wasm compiled, bound to JavaScript and made small, into js/pkg.

use std::fs;

use anyhow::{Context, Result};

use crate::place;
use crate::run::Run;
use crate::setup::browser;
use crate::setup::toolchain::{Purpose, TARGET, WasmToolchain};
use crate::stamp::Step;

/// What wasm-bindgen makes of it.
const MODULE: &str = "js/pkg/ttoolab_sdk_bg.wasm";

/// Cargo's release profile as the wasm wants it. Set here and not in the workspace's profile,
/// which is the collector's: there, speed and backtraces are worth more than bytes.
const PROFILE: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    // Stripping takes away the section that tells wasm-opt which features are in use.
    ("CARGO_PROFILE_RELEASE_STRIP", "none"),
];

const WASM_PACK: [&str; 11] = [
    "build",
    "sdk-wasm",
    "--target=web",
    "--release",
    // Any other mode looks for the target in rustup, and way 3 has none there.
    "--mode=force",
    // The wasm-opt that wasm-pack would download is older than the one npm has brought.
    "--no-opt",
    "--no-pack",
    "--out-dir=../js/pkg",
    "--out-name=ttoolab_sdk",
    "--",
    "--locked",
];

/// The features that the compiler uses, one by one: `--all-features` would let wasm-opt write
/// import sections that no browser reads yet. Then what makes it small: flattening gives the
/// optimiser one shape to work on, `rereloop` makes structured code of it again, the second
/// `-Oz` finds what the first has uncovered, and what is stripped only tools would read.
const WASM_OPT: [&str; 13] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--strip-producers",
    "--strip-target-features",
];

/// Builds js/pkg unless neither sources nor flags have changed.
pub(crate) fn bring_up_to_date(toolchain: WasmToolchain) -> Result<()> {
    let mut words = vec![format!("{toolchain:?}")];
    words.extend(PROFILE.iter().map(|(name, value)| format!("{name}={value}")));
    words.extend(WASM_PACK.iter().chain(&WASM_OPT).map(|&word| word.to_owned()));
    words.extend(toolchain.release_flags().map(str::to_owned));
    Step {
        name: "wasm",
        inputs: &["Cargo.lock", "Cargo.toml", "core/Cargo.toml", "core/src", "sdk-wasm"],
        words: &words,
        outputs: &["js/pkg"],
    }
    .bring_up_to_date(|| {
        compile(toolchain)?;
        optimise()
    })
}

fn compile(toolchain: WasmToolchain) -> Result<()> {
    let mut run = Run::new("wasm-pack");
    for (name, value) in PROFILE {
        run = run.env(name, value);
    }
    toolchain
        .prepare(run, Purpose::Release)?
        .args(WASM_PACK)
        .args(toolchain.cargo_flags(Purpose::Release))
        .hint("`cargo check -p ttoolab-sdk` shows the compiler's errors alone")
        .pass()
}

fn optimise() -> Result<()> {
    let before = size()?;
    Run::new("node_modules/.bin/wasm-opt").args(WASM_OPT).args([MODULE, "-o", MODULE]).pass()?;
    println!("wasm: {before} bytes compiled, {} after wasm-opt", size()?);
    Ok(())
}

fn size() -> Result<u64> {
    let path = place::in_repo(MODULE);
    Ok(fs::metadata(path).with_context(|| format!("{MODULE} was not made"))?.len())
}

/// Seconds until the runner gives up. The tests take five to eight on two shared cores, and its own
/// 20 are too near for a machine that is slower still.
const TEST_LIMIT: &str = "120";

/// Runs sdk-wasm's tests inside a real browser. Not by `wasm-pack test`, which looks for the
/// target in rustup.
pub(crate) fn test_in_browser(toolchain: WasmToolchain) -> Result<()> {
    let run = Run::new("cargo")
        .env("CHROMEDRIVER", browser::chromedriver()?)
        .env("WASM_BINDGEN_TEST_TIMEOUT", TEST_LIMIT)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    toolchain
        .prepare(run, Purpose::Test)?
        .args(["test", "--package=ttoolab-sdk", "--target", TARGET, "--test=web"])
        .args(toolchain.cargo_flags(Purpose::Test))
        // How many vectors held in the browser is worth a line when all of them did.
        .args(["--", "--nocapture"])
        .hint("the browser's flags are in sdk-wasm/webdriver.json")
        .pass()
}
