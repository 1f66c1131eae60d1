//! The vectors in `spec/stats.json`: numbers of scipy, statsmodels, gbstats and mpmath.

#![expect(clippy::unwrap_used, reason = "clippy takes the helpers of a test for something else")]

#[path = "../examples/vectors/run.rs"]
mod run;

use serde_json::{Value, json};

const VECTORS: &str = include_str!("../../spec/stats.json");

#[test]
fn the_vectors_hold() {
    let report = run::run_text(VECTORS).unwrap();
    println!("{report}");
    assert_eq!(report.failed(), 0, "{report}");
    let last = report.to_string().lines().last().unwrap().to_owned();
    assert_eq!(last, "62 passed, 0 failed, 6 skipped");
}

/// Runs one case of ours and gives the report.
fn one(kind: &str, input: &Value, expected: &Value) -> String {
    let case = json!({"id": "x", "kind": kind, "topic": "y", "input": input, "expected": expected});
    let file = json!({
        "header": {"tolerance_default": {"rel": 1e-6, "abs": 1e-12}},
        "cases": [case],
    });
    run::run_text(&file.to_string()).unwrap().to_string()
}

#[test]
fn the_runner_can_say_no() {
    let input = json!({"p_values": [0.01, 0.04]});
    let said = one("p_adjust", &input, &json!({"holm": [0.02, 0.05]}));
    assert!(said.contains("x (y): holm: expected 0.05, got 0.04"), "{said}");
    assert!(said.ends_with("0 passed, 1 failed, 0 skipped\n"), "{said}");
    let said = one("p_adjust", &input, &json!({"holm": [0.02, 0.04], "holmes": 1}));
    assert!(said.contains("holmes: expected 1, got null"), "{said}");
}

#[test]
fn a_zero_is_no_answer_for_a_small_p() {
    let tail =
        |z: f64| one("special_fn", &json!({"fn": "normal_sf", "z": z}), &json!({"value": 1e-20}));
    assert!(tail(40.0).ends_with("0 passed, 1 failed, 0 skipped\n"));
}

#[test]
fn unknown_kinds_fail_and_known_ones_that_are_not_built_are_named() {
    let said = one("astrology", &json!({}), &json!({}));
    assert!(said.contains("nobody knows this kind"), "{said}");
    let said = one("cuped_fixed", &json!({}), &json!({}));
    assert!(said.starts_with("cuped_fixed: 1 skipped"), "{said}");
    assert!(said.ends_with("0 passed, 0 failed, 1 skipped\n"), "{said}");
}

#[test]
fn sums_keep_every_digit() {
    // Two visitors a cent above and below 10^12: the squares have no double, and no 64 bits.
    let input = r#"{"metric": "mean", "alpha": 0.05,
        "control": {"n": 2, "sum": 2000000000000, "sum_squares": 2000000000000000000000002},
        "treatment": {"n": 2, "sum": 20000000000.00, "sum_squares": 200000000000000000000.0002}}"#;
    let file = format!(
        r#"{{"header": {{"tolerance_default": {{"rel": 1e-12, "abs": 0.0}}}}, "cases": [
            {{"id": "x", "kind": "two_sample_fixed", "topic": "y", "input": {input},
              "expected": {{"status": "ok", "se_abs": 1.000049998750062}}}}]}}"#
    );
    let said = run::run_text(&file).unwrap().to_string();
    assert!(said.ends_with("1 passed, 0 failed, 0 skipped\n"), "{said}");
}
