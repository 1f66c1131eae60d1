//! Bodies of any bytes, read as batches and as events.
#![no_main]

#[path = "../../core/tests/robustness/bodies.rs"]
#[allow(dead_code, reason = "each target runs one of the bodies")]
mod bodies;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    bodies::batch(body);
});
