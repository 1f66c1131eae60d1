//! `cargo xtask setup`: makes sure that whatever the build and the tests need is there.
//!
//! Each step is idempotent and quick when there is nothing to do, so `build`, `demo` and
//! `test` begin with it and a newcomer never has to. Steps that wait for the network run in a
//! thread beside the tools, which wait for the processor.

mod apt;
pub(crate) mod browser;
mod faketime;
mod npm;
pub(crate) mod schemathesis;
mod strace;
pub(crate) mod toolchain;
pub(crate) mod tools;

use std::thread;

use anyhow::{Result, anyhow};

use toolchain::WasmToolchain;

/// How much has to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What `build` and `demo` need.
    Build,
    /// That and what only the tests need: a browser, strace, libfaketime, cargo-deny and
    /// schemathesis.
    Everything,
}

/// Brings what is missing and says which way the wasm is built.
pub(crate) fn run(scope: Scope) -> Result<WasmToolchain> {
    thread::scope(|threads| {
        let network = threads.spawn(|| from_the_network(scope));
        let tools = install_tools(scope);
        let network = network.join().map_err(|_| anyhow!("the setup thread panicked"))?;
        tools.and(network)
    })
}

/// One thread for all of these: apt allows one caller at a time.
fn from_the_network(scope: Scope) -> Result<WasmToolchain> {
    npm::install()?;
    let toolchain = WasmToolchain::find_or_install()?;
    if scope == Scope::Everything {
        browser::find_or_install()?;
        faketime::find_or_install()?;
        strace::find_or_install()?;
        schemathesis::install()?;
    }
    Ok(toolchain)
}

fn install_tools(scope: Scope) -> Result<()> {
    tools::wasm_pack().install()?;
    tools::wasm_bindgen()?.install()?;
    if scope == Scope::Everything {
        tools::cargo_deny().install()?;
    }
    Ok(())
}

/// One line about one step.
fn say(what: &str, how: &str) {
    println!("setup: {what:<18} {how}");
}
