//! Where things lie. Every path of the commands begins at one of these.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root. Fixed when xtask is compiled: cargo recompiles it when the
/// repository moves, and so `cargo xtask` works from any folder below.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// A path inside the repository.
pub(crate) fn in_repo(path: &str) -> PathBuf {
    root().join(path)
}

/// Cargo's target folder, also where the caller has moved it.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => in_repo("target"),
    }
}

/// The target folder of the wasm builds. Apart from the host's, because the two may come from
/// two different compilers and each would throw the other's work away.
pub(crate) fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// The tools folder, which survives `cargo clean` and is shared by all checkouts.
pub(crate) fn tools() -> Result<PathBuf> {
    let home = env::home_dir().context("the home folder is unknown: set HOME")?;
    Ok(home.join(".cache/ttoolab-tools"))
}

/// The first of `names` that is a program on `PATH`.
pub(crate) fn program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
}

/// The path as a person would type it at the root of the repository.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
