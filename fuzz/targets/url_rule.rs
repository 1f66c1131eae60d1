//! A pattern and a URL, one line each, under every kind of rule.
#![no_main]

#[path = "../../core/tests/robustness/bodies.rs"]
#[allow(dead_code, reason = "each target runs one of the bodies")]
mod bodies;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (pattern, url) = text.split_once('\n').unwrap_or((text, text));
    bodies::url_rule(pattern, url);
});
