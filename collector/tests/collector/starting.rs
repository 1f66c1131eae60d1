//! Starting, and why it may fail: a clear sentence and an exit code, never a panic.

use crate::running::{Running, import_file, program};
use crate::visitor::{Visitor, exposures};
use serde_json::json;
use std::net::TcpListener;
use std::process::Stdio;
use tempfile::TempDir;

#[track_caller]
fn check_refusal(prepare: impl FnOnce(&TempDir, &mut std::process::Command), expected: &str) {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    prepare(&folder, &mut command);
    let output = command.stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(expected), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_data_folder_that_cannot_be_made() {
    // A file stands where the folder should be: refused also to root, whom modes do not stop.
    check_refusal(
        |folder, _| std::fs::write(folder.path().join("data"), "").unwrap(),
        "cannot be made or written to",
    );
}

#[test]
fn a_port_that_is_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    check_refusal(
        |_, command| {
            command.env("TTOOLAB_LISTEN", &address).args(["--listen", &address]);
        },
        "cannot listen on",
    );
}

#[test]
fn an_import_file_with_a_fault_names_its_place() {
    let mut wrong = import_file();
    wrong["projects"][0]["experiments"][0]["goals"][2]["url"] = json!([]);
    check_import(&wrong, "goals[2].url");
}

#[test]
fn a_change_that_would_run_a_script_is_not_imported() {
    let mut wrong = import_file();
    let change = json!({ "selector": "a", "operation": "set_attribute", "name": "onclick" });
    wrong["projects"][0]["experiments"][0]["variants"][1]["changes"] = json!([change]);
    check_import(&wrong, "variants[1].changes[0].name");
}

#[track_caller]
fn check_import(wrong: &serde_json::Value, place: &str) {
    check_refusal(
        |folder, command| {
            let file = folder.path().join("import.json");
            std::fs::write(&file, wrong.to_string()).unwrap();
            command.arg("--import").arg(file);
        },
        place,
    );
}

#[test]
fn a_data_folder_in_use() {
    let running = Running::start();
    let folder = running.folder.path().join("data");
    check_refusal(
        |_, command| {
            command.arg("--data").arg(&folder);
        },
        "in use by another collector",
    );
}

#[test]
fn importing_again_changes_nothing_and_changing_weights_starts_an_epoch() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    visitor.send(&collector, &[visitor.exposure()]);
    let mut changed = import_file();
    collector.restart_with(&changed);
    assert_eq!(collector.api("hero/results")["epoch"], 1);

    changed["projects"][0]["experiments"][0]["variants"][0]["weight"] = json!(20);
    collector.restart_with(&changed);
    let now = collector.api("hero/results");
    assert_eq!((&now["epoch"], exposures(&now, &visitor.variant)), (&json!(2), 0));
    let before = collector.api("hero/results?epoch=1");
    assert_eq!(exposures(&before, &visitor.variant), 1);
}

#[test]
fn a_goal_counts_visitors_since_its_last_edit() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    visitor.send(&collector, &[visitor.exposure()]);
    let mut changed = import_file();
    let goal = &mut changed["projects"][0]["experiments"][0]["goals"][3];
    goal["selector"] = json!("#pay");
    collector.restart_with(&changed);
    let results = collector.api("hero/results");
    let exposed =
        |key: &str| crate::visitor::goal(&results, key, &visitor.variant)["exposures"].clone();
    assert_eq!((exposed("order"), exposed("checkout")), (json!(1), json!(0)));
    assert_eq!(results["epoch"], 1);
}

#[test]
fn sigterm_ends_it_in_order() {
    let mut collector = Running::start();
    assert_eq!(collector.get("/ready").status, 200);
    assert_eq!(collector.get("/health").json()["service"], "ttoolab-collector");
    assert_eq!(collector.terminate(), Some(0));
}
