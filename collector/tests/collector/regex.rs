//! Regular expressions that the two engines read differently are refused when they are saved.

use crate::running::{Running, import_file, program};
use serde_json::{Value, json};
use std::process::Stdio;
use tempfile::TempDir;

fn rule(pattern: &str) -> Value {
    json!([{ "match": "regex", "pattern": pattern }])
}

#[track_caller]
fn check_refused(change: impl FnOnce(&mut Value), place: &str) {
    let mut import = import_file();
    change(&mut import["projects"][0]["experiments"][0]);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("import.json");
    std::fs::write(&file, import.to_string()).unwrap();
    let mut command = program(folder.path());
    let output = command.arg("--import").arg(file).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(place), "{said}");
}

#[test]
fn a_refused_pattern_names_its_rule_and_the_byte() {
    check_refused(
        |experiment| experiment["goals"][2]["url"] = rule("^(ab)+$"),
        "goals[2].url[0].pattern: at byte 5: a group must not be repeated",
    );
    check_refused(
        |experiment| experiment["goals"][3]["page"] = rule("/[[:alpha:]]"),
        "goals[3].page[0].pattern: at byte 2: classes such as `[:alpha:]` are not supported",
    );
    check_refused(
        |experiment| experiment["urlRules"] = rule("a.*b.*c.*"),
        "urlRules[0].pattern: at byte 8: there are at most two unbounded repetitions",
    );
}

#[test]
fn an_accepted_pattern_starts() {
    let mut import = import_file();
    let experiment = &mut import["projects"][0]["experiments"][0];
    experiment["urlRules"] = rule("^https?://[^/]+/(thanks|merci)\\b");
    experiment["goals"][2]["url"] = rule("/order/\\d{6}$");
    assert_eq!(Running::start_with(&import).get("/ready").status, 200);
}
