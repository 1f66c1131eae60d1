//! The commands beside `serve`, as the person who runs the collector meets them.

use crate::running::Running;
use crate::visitor::Visitor;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command said, and how it ended.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) error: String,
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ttoolab-collector"));
    command.args(arguments).stdin(Stdio::null());
    command
}

pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said =
        Said { code: output.status.code(), out: text(output.stdout), error: text(output.stderr) };
    assert!(!said.error.contains("panicked"), "{}", said.error);
    said
}

pub(crate) fn run(name: &str, data: &Path, arguments: &[&str]) -> Said {
    said(command(&[name]).arg("--data").arg(data).args(arguments))
}

/// The data folder of a collector, with a few orders in it.
pub(crate) fn orders(collector: &Running) -> PathBuf {
    for _ in 0..5 {
        let visitor = Visitor::arrive(collector);
        let order = visitor.event("purchase", &json!({"revenue": 3.5, "order_id": visitor.id}));
        let mut click = visitor.event("$click", &json!({}));
        click["conversions"] = json!([{ "experimentKey": "hero", "goalKey": "checkout" }]);
        visitor.send(collector, &[visitor.exposure(), order, click]);
    }
    collector.folder.path().join("data")
}
