//! Everything a browser downloads, in the order in which one part needs the other.

use std::fs;

use anyhow::{Context, Result};

use crate::compress;
use crate::place;
use crate::run::Run;
use crate::setup::toolchain::WasmToolchain;
use crate::stamp::Step;
use crate::wasm;

/// What the collector serves under `/sdk`.
pub(crate) const SDK: &str = "js/dist";
/// What the collector serves under `/demo` when told so.
pub(crate) const SHOP: &str = "www-demo/dist";

/// Makes js/pkg, js/dist and www-demo/dist, as far as something changed.
pub(crate) fn bring_up_to_date(toolchain: WasmToolchain) -> Result<()> {
    wasm::bring_up_to_date(toolchain)?;
    Step {
        name: "scripts",
        inputs: &["js", "package.json", "package-lock.json"],
        words: &[compress::SETTINGS.to_owned()],
        outputs: &[SDK],
    }
    .bring_up_to_date(|| {
        start_afresh(SDK)?;
        npm_build("js")?;
        compress::folder(&place::in_repo(SDK))
    })?;
    Step {
        name: "demo-shop",
        inputs: &["www-demo", SDK, "package.json", "package-lock.json"],
        words: &[],
        outputs: &[SHOP],
    }
    .bring_up_to_date(|| {
        start_afresh(SHOP)?;
        npm_build("www-demo")
    })
}

fn npm_build(workspace: &str) -> Result<()> {
    Run::new("npm")
        .args(["run", "build", "--silent", "-w", workspace])
        .hint(format!("the script \"build\" of {workspace}/package.json failed"))
        .pass()
}

/// Removes a folder of outputs: a file with yesterday's hash in its name would be embedded in
/// the collector for ever.
fn start_afresh(folder: &str) -> Result<()> {
    let path = place::in_repo(folder);
    if path.exists() {
        fs::remove_dir_all(&path).with_context(|| format!("{folder} cannot be emptied"))?;
    }
    Ok(())
}
