//! Whether this browser's `RegExp` and the collector's `regex` crate give the same answers.
//!
//! The collector's tests say that it accepts every one of these patterns; what they ask about
//! besides, in Node, are short patterns picked by its check, which does not come here.

use js_sys::RegExp;
use regex::bytes::RegexBuilder;
use ttoolab_spec::regex_cases::{self, COUNT, SEED};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// As the collector compiles what it saves (`collector/src/admin/experiment.rs`).
fn collector_says(pattern: &str, url: &str) -> bool {
    let mut builder = RegexBuilder::new(pattern);
    let regex = builder.unicode(false).size_limit(1 << 20).build().expect(pattern);
    regex.is_match(url.as_bytes())
}

#[wasm_bindgen_test]
fn engines_agree_on_patterns_made_by_chance() {
    let cases = regex_cases::cases(SEED, COUNT);
    let differences: Vec<_> = cases
        .iter()
        .filter(|(pattern, url)| RegExp::new(pattern, "").test(url) != collector_says(pattern, url))
        .collect();
    console_log!("regex: {} of {COUNT} agree", cases.len() - differences.len());
    let shown = &differences[..differences.len().min(20)];
    assert!(differences.is_empty(), "they differ on {} pairs: {shown:#?}", differences.len());
}
