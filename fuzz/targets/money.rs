//! A number, an amount in minor units, and a text, read as amounts.
#![no_main]

#[path = "../../core/tests/robustness/bodies.rs"]
#[allow(dead_code, reason = "each target runs one of the bodies")]
mod bodies;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (f64, i64, &str)| {
    let (number, units, text) = input;
    bodies::money(text, number, units);
});
