//! When an answer is the expected one: the rule in the file's header.

use serde::Deserialize;
use serde_json::Value;

/// Below this a p-value is not compared but for being as small.
const SMALLEST_P: f64 = 1e-300;
/// Below this a p-value must have the right digits, not only be near 0.
const SMALL_P: f64 = 1e-6;

/// How far a number may be from the expected one: `abs + rel·|expected|`.
#[derive(Clone, Copy, Deserialize)]
pub(crate) struct Tolerance {
    rel: f64,
    abs: f64,
}

impl Tolerance {
    /// What is wrong with an answer. Fields that are not expected are not looked at.
    pub(crate) fn faults(self, expected: &Value, got: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.compare("", expected, got, &mut faults);
        faults
    }

    fn compare(self, field: &str, expected: &Value, got: &Value, faults: &mut Vec<String>) {
        let same = match (expected, got) {
            (Value::Object(fields), Value::Object(_)) => {
                for (name, value) in fields {
                    let got = got.get(name).unwrap_or(&Value::Null);
                    self.compare(name, value, got, faults);
                }
                true
            }
            (Value::Array(values), Value::Array(others)) if values.len() == others.len() => {
                for (value, other) in values.iter().zip(others) {
                    self.compare(field, value, other, faults);
                }
                true
            }
            _ => match (expected.as_f64(), got.as_f64()) {
                (Some(number), Some(other)) => self.near(field, number, other),
                _ => expected == got,
            },
        };
        if !same {
            faults.push(format!("{field}: expected {expected}, got {got}"));
        }
    }

    fn near(self, field: &str, expected: f64, got: f64) -> bool {
        let is_p = field.starts_with("p_") || field == "value";
        if is_p && expected.abs() <= SMALLEST_P {
            return (0.0..=10.0 * SMALLEST_P).contains(&got);
        }
        let abs = if is_p && expected.abs() < SMALL_P { 0.0 } else { self.abs };
        (got - expected).abs() <= abs + self.rel * expected.abs()
    }
}
