//! The compiler that makes the wasm: three ways, because a machine behind a registry mirror
//! has no rustup server, and an ordinary user's machine has no Debian packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{apt, say, tools};
use crate::place;
use crate::run::Run;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Offline, rustup tries for minutes before it gives up.
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);

/// Debian's newest compiler, its cargo, the sources of std and a linker for wasm.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_BIN: &str = "/usr/bin";

/// The way this process builds wasm; decided once, remembered no longer than the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The active compiler had the target already.
    Installed,
    /// rustup has just added it.
    RustupTarget,
    /// Debian's compiler builds std itself, for size and without unwinding: 4.5 to 6 KB less
    /// to download. So what is released is built this way wherever it can be.
    DebianRebuilt,
}

/// What a build is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Every byte counts.
    Release,
    /// A panic must say what it was.
    Test,
}

/// What only a compiler that builds std itself can leave out: unwinding, the text of derived
/// `Debug`, and the source positions of panics (which also name folders of this machine).
const SMALL: &str = "-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none \
                     -Zlocation-detail=none";

static DECIDED: OnceLock<WasmToolchain> = OnceLock::new();

impl WasmToolchain {
    /// Takes what is there, the smallest outcome first, then brings what is missing, the
    /// least intrusive way first.
    pub(crate) fn find_or_install() -> Result<Self> {
        if let Some(decided) = DECIDED.get() {
            return Ok(*decided);
        }
        let way = if apt::has(&DEBIAN_PACKAGES) {
            Self::DebianRebuilt
        } else if active_compiler_has_target() {
            Self::Installed
        } else if rustup_adds_target()? {
            Self::RustupTarget
        } else {
            apt::install(&DEBIAN_PACKAGES).with_context(|| {
                format!(
                    "no compiler for {TARGET}: run `rustup target add {TARGET}`, or on Debian \
                     install {}",
                    DEBIAN_PACKAGES.join(" ")
                )
            })?;
            Self::DebianRebuilt
        };
        say("wasm toolchain", way.description());
        Ok(*DECIDED.get_or_init(|| way))
    }

    fn description(self) -> &'static str {
        match self {
            Self::Installed => "the active rustc has the target; std as shipped (4.5-6 KB larger)",
            Self::RustupTarget => "rustup added the target; std as shipped (4.5-6 KB larger)",
            Self::DebianRebuilt => "Debian's rustc, with std rebuilt for size",
        }
    }

    /// Gives a cargo or wasm-pack call the environment of this way.
    pub(crate) fn prepare(self, run: Run, purpose: Purpose) -> Result<Run> {
        let tools = [tools::wasm_pack().folder()?, tools::wasm_bindgen()?.folder()?];
        let run = run.env("CARGO_TARGET_DIR", place::wasm_target());
        match self {
            Self::Installed | Self::RustupTarget => run.path_first(&tools),
            Self::DebianRebuilt => {
                let debian = Path::new(DEBIAN_BIN);
                let [wasm_pack, wasm_bindgen] = tools;
                let run = run
                    .env("RUSTC", debian.join("rustc"))
                    .env("RUSTDOC", debian.join("rustdoc"))
                    // Building std is not stable; the compiler's version is pinned by Debian.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22")
                    // Debian's cargo goes with Debian's compiler, in front of any rustup.
                    .path_first(&[debian.to_owned(), wasm_pack, wasm_bindgen])?;
                Ok(match purpose {
                    Purpose::Release => run.env("RUSTFLAGS", SMALL),
                    Purpose::Test => run,
                })
            }
        }
    }

    /// Every flag that decides what a release is made of.
    pub(crate) fn release_flags(self) -> impl Iterator<Item = &'static str> {
        let compiler = match self {
            Self::Installed | Self::RustupTarget => "",
            Self::DebianRebuilt => SMALL,
        };
        self.cargo_flags(Purpose::Release).iter().copied().chain([compiler])
    }

    /// What cargo itself is told in addition.
    pub(crate) fn cargo_flags(self, purpose: Purpose) -> &'static [&'static str] {
        match (self, purpose) {
            (Self::Installed | Self::RustupTarget, Purpose::Release | Purpose::Test) => &[],
            (Self::DebianRebuilt, Purpose::Release) => {
                &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]
            }
            (Self::DebianRebuilt, Purpose::Test) => &["-Zbuild-std=std,panic_abort"],
        }
    }
}

/// rustc names the folder also when it is not there; the library in it is the proof.
fn active_compiler_has_target() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = Run::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).ask();
    let Some(files) = folder.and_then(|folder| fs::read_dir(PathBuf::from(folder)).ok()) else {
        return false;
    };
    let mut names = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned());
    names.any(|name| name.starts_with("libcore-") && name.ends_with(".rlib"))
}

fn rustup_adds_target() -> Result<bool> {
    if place::program(&["rustup"]).is_none() {
        return Ok(false);
    }
    say("wasm toolchain", "asking rustup for the target, for a minute at most");
    Run::new("rustup").args(["target", "add", TARGET]).succeeds_within(RUSTUP_LIMIT)
}
