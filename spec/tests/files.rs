//! The files beside the crate belong together, and the runner can say no.

#![expect(clippy::unwrap_used, reason = "clippy takes the helpers of a test for something else")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use ttoolab_spec::{FILES, SpecError, run_text};

/// Files whose cases run where their subject lives, as `where` in the index says.
const ELSEWHERE: [(&str, &str); 1] = [("counting.json", include_str!("../counting.json"))];

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_index_lists_every_file_in_order() {
    let index = read(include_str!("../index.json"));
    let listed: Vec<(&str, &str)> = index["families"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry.get("where").is_none())
        .map(|entry| (entry["family"].as_str().unwrap(), entry["file"].as_str().unwrap()))
        .collect();
    let families: Vec<Value> = FILES.iter().map(|(_, text)| read(text)["family"].clone()).collect();
    let found: Vec<(&str, &str)> = families
        .iter()
        .zip(FILES)
        .map(|(family, &(file, _))| (family.as_str().unwrap(), file))
        .collect();
    assert_eq!(listed, found);
}

#[test]
fn the_schema_knows_every_family() {
    let schema = read(include_str!("../schema.json"));
    let known: BTreeSet<&str> = schema["$defs"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(|form| form["properties"]["family"]["const"].as_str())
        .collect();
    let index = read(include_str!("../index.json"));
    let families = index["families"].as_array().unwrap();
    assert_eq!(known, families.iter().filter_map(|entry| entry["family"].as_str()).collect());
}

#[test]
fn every_name_says_which_case_it_is() {
    for (file, text) in FILES.iter().chain(&ELSEWHERE) {
        let mut seen = BTreeSet::new();
        for case in read(text)["cases"].as_array().unwrap() {
            let name = case["name"].as_str().unwrap().to_owned();
            assert!(seen.insert(name.clone()), "{file} has \"{name}\" twice");
        }
    }
}

#[track_caller]
fn failure(case: &Value, line: &str) {
    let file = json!({"family": "depth", "cases": [case]}).to_string();
    let report = run_text(&file, &|_, _| false).unwrap();
    assert_eq!((report.family.as_str(), report.passed), ("depth", 0));
    assert!(report.failures[0].starts_with(line), "{}", report.failures[0]);
}

#[test]
fn a_failure_names_the_case_and_both_answers() {
    failure(
        &json!({"name": "shallow", "input": {"json": "[]"}, "expect": false}),
        "shallow: expected false, got true",
    );
}

#[test]
fn a_misspelt_input_is_a_failure() {
    failure(
        &json!({"name": "shallow", "input": {"jsno": "[]"}, "expect": true}),
        "shallow: expected true, but the input is wrong: unknown field `jsno`",
    );
}

#[test]
fn what_is_no_file_of_vectors_is_refused() {
    let run = |text| run_text(text, &|_, _| false).unwrap_err();
    assert!(matches!(run("not json"), SpecError::Unreadable(_)));
    assert!(matches!(run(r#"{"family":"assignment","cases":[]}"#), SpecError::Unreadable(_)));
    assert!(matches!(run(r#"{"family":"depth","case":[]}"#), SpecError::Unreadable(_)));
    assert!(matches!(run(r#"{"family":"depth","cases":[]}"#), SpecError::NoCases));
}
