//! What a crate is made of, asked of `cargo tree`. `stats` is held to its own list by the same code.

#![expect(clippy::unwrap_used, reason = "clippy takes the helpers of a test for something else")]

use std::collections::BTreeSet;
use std::process::Command;

/// Everything that is compiled into the crate `ttoolab-<name>` is on the list, and nothing else is.
#[track_caller]
pub(crate) fn assert_made_of(name: &str, allowed: &[&str]) {
    let package = format!("--package=ttoolab-{name}");
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", &package, "--edges=normal", "--prefix=none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let found: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let allowed = BTreeSet::from_iter(allowed.iter().copied());
    let extra: Vec<_> = found.difference(&allowed).collect();
    assert!(extra.is_empty(), "{name} must not depend on {extra:?}: see `ALLOWED`");
    let gone: Vec<_> = allowed.difference(&found).collect();
    assert!(gone.is_empty(), "{name} no longer depends on {gone:?}: take them off `ALLOWED`");
}
