//! What `stats` is made of, seen through `cargo tree`: `clippy.toml` keeps it from reading the
//! world itself, this keeps it from doing so through somebody else.

use std::collections::BTreeSet;
use std::process::Command;

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
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package=ttoolab-stats", "--edges=normal", "--prefix=none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let found: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let allowed = BTreeSet::from_iter(ALLOWED.iter().copied());
    let extra: Vec<_> = found.difference(&allowed).collect();
    assert!(extra.is_empty(), "stats must not depend on {extra:?}: see `ALLOWED`");
    let gone: Vec<_> = allowed.difference(&found).collect();
    assert!(gone.is_empty(), "stats no longer depends on {gone:?}: take them off `ALLOWED`");
}
