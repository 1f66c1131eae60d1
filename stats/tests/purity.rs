//! What `stats` is made of, seen through `cargo tree`: `clippy.toml` keeps it from reading the
//! world itself, this keeps it from doing so through somebody else.

#[path = "../../core/tests/purity/made_of.rs"]
mod made_of;

use made_of::assert_made_of;

/// Everything that may be compiled into `stats`: mathematics, and nothing of ours.
const ALLOWED: &[&str] = &[
    // erfc and ln Γ to the last digits, in Rust.
    "libm",
    // Incomplete beta and gamma functions, the inverse of erfc; without its random numbers.
    "statrs",
    "approx",
    "num-traits",
    // Errors that say what they mean.
    "thiserror",
    // Run while compiling and leave nothing behind.
    "thiserror-impl",
    "proc-macro2",
    "quote",
    "syn",
    "unicode-ident",
    // Ourselves.
    "ttoolab-stats",
];

#[test]
fn stats_is_made_of_nothing_but_the_allowed_crates() {
    assert_made_of("stats", ALLOWED);
}
