//! Regular expressions: refused at a place within them, or compiled by the collector's engine.
#![no_main]

// The collector shows its modules to nobody, so the file is taken as it lies there.
#[path = "../../collector/src/admin"]
mod admin {
    pub(crate) mod regex_subset;
}

use admin::regex_subset::check;
use libfuzzer_sys::fuzz_target;
use regex::bytes::RegexBuilder;

fuzz_target!(|pattern: &str| match check(pattern) {
    Ok(()) => {
        let built = RegexBuilder::new(pattern).unicode(false).size_limit(1 << 20).build();
        assert!(built.is_ok(), "accepted, and does not compile: {pattern}");
    }
    Err(refusal) => assert!(refusal.at <= pattern.len(), "{pattern}: {refusal}"),
});
