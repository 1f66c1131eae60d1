//! Programs from crates.io, compiled once into the tools folder and shared by all checkouts.

use std::fs;
use std::path::PathBuf;
use std::process;

use anyhow::{Context, Result};

use super::say;
use crate::place;
use crate::run::Run;

/// wasm-pack drives cargo and wasm-bindgen.
const WASM_PACK: &str = "0.15.1";
/// cargo-deny checks licences and where crates come from.
const CARGO_DENY: &str = "0.20.2";

/// Whether a tool is compiled with the dependency versions its authors tested.
#[derive(Clone, Copy)]
enum Lock {
    Theirs,
    Newest,
}

/// A program of one version. Its folder carries the version, so a new one does not break a
/// checkout that still wants the old one.
pub(crate) struct Tool {
    krate: &'static str,
    version: String,
    binary: &'static str,
    lock: Lock,
}

pub(crate) fn wasm_pack() -> Tool {
    let version = WASM_PACK.to_owned();
    Tool { krate: "wasm-pack", version, binary: "wasm-pack", lock: Lock::Newest }
}

/// The program must be of exactly the version of the library, else it refuses the wasm; so
/// the version is read where the library's stands. (Its own lock file does not resolve.)
pub(crate) fn wasm_bindgen() -> Result<Tool> {
    let path = place::in_repo("Cargo.lock");
    let lock = fs::read_to_string(&path).context("Cargo.lock cannot be read")?;
    let version = locked_version(&lock, "wasm-bindgen")
        .context("Cargo.lock names no wasm-bindgen: is sdk-wasm a member of the workspace?")?;
    Ok(Tool { krate: "wasm-bindgen-cli", version, binary: "wasm-bindgen", lock: Lock::Newest })
}

pub(crate) fn cargo_deny() -> Tool {
    let version = CARGO_DENY.to_owned();
    Tool { krate: "cargo-deny", version, binary: "cargo-deny", lock: Lock::Theirs }
}

impl Tool {
    /// The folder to put on `PATH`.
    pub(crate) fn folder(&self) -> Result<PathBuf> {
        Ok(place::tools()?.join(format!("{}-{}", self.krate, self.version)).join("bin"))
    }

    /// The program itself.
    pub(crate) fn program(&self) -> Result<PathBuf> {
        Ok(self.folder()?.join(self.binary))
    }

    /// Compiles it unless it is there. The work is done in a sibling folder that gets its name
    /// at the end: what carries the name is complete.
    pub(crate) fn install(&self) -> Result<()> {
        let Self { krate, version, .. } = self;
        if self.program()?.is_file() {
            say(krate, &format!("{version} is there"));
            return Ok(());
        }
        say(krate, &format!("{version} is compiled once, which takes some minutes"));
        let tools = place::tools()?;
        let work = tools.join(format!(".installing-{krate}-{version}-{}", process::id()));
        fs::create_dir_all(&work).with_context(|| format!("{} is needed", work.display()))?;
        let made = work.join("made");
        let outcome = Run::new("cargo")
            .args(["install", krate, "--quiet", "--version", version])
            .args(match self.lock {
                Lock::Theirs => &["--locked"][..],
                Lock::Newest => &[],
            })
            .arg("--root")
            .arg(&made)
            .arg("--target-dir")
            .arg(work.join("target"))
            .hint("it needs crates.io; after that the tools folder is enough")
            .pass()
            .and_then(|()| {
                let place = tools.join(format!("{krate}-{version}"));
                fs::rename(&made, &place)
                    .with_context(|| format!("{} cannot be put in place", place.display()))
            });
        fs::remove_dir_all(&work).with_context(|| format!("{} is left over", work.display()))?;
        outcome
    }
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| line.trim() != name);
    let version = lines.nth(1)?.trim().strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
[[package]]
name = "wasm-bindgen-macro"
version = "9.9.9"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
source = "registry+https://github.com/rust-lang/crates.io-index"
"#;

    #[test]
    fn the_version_is_the_one_of_the_package_with_exactly_that_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm-bindgen-macro").as_deref(), Some("9.9.9"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn a_folder_is_named_after_crate_and_version() {
        let folder = wasm_pack().folder().unwrap();
        assert!(folder.ends_with("wasm-pack-0.15.1/bin"), "{}", folder.display());
    }
}
