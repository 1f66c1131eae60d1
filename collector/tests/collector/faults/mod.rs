//! What the collector promises when its world breaks: crashes, power cuts, sick disks, lost
//! answers, repeated batches, restarts.
//!
//! Every test keeps a [`ledger`]: what was sent and what was answered, written down by the side
//! that cannot forget. `tests/ledger/recount.py` then reads the ledger, the SQLite file and the
//! API's numbers, and says whether anything was lost, counted twice or counted wrongly; it shares
//! no code with the collector.
//!
//! Every test has a *twin*: the same run with one thing broken on purpose, which the same check
//! must refuse. A check without a twin may be blind.
//!
//! Ignored by a plain `cargo test`: they take minutes, and want Linux, `strace`, Python 3, and for
//! real disks the right to mount one: root's, or namespaces of one's own.
//! `cargo xtask test --only faults` runs them, `cargo xtask soak` in their long form.
//!
//! | module | what breaks | twin |
//! |---|---|---|
//! | [`kill`] | the process, by SIGKILL under load | acknowledges before it stores |
//! | [`power_cut`] | the power, at every sync; a crash, then the power | `synchronous = NORMAL`; no checkpoint at start |
//! | [`sick_disk`] | syncs (`EIO`), room (`ENOSPC`), speed | takes a refusal, or silence, for a yes |
//! | [`full_disk`] | a real disk is full, or nearly | acknowledges before it stores; does not look for room |
//! | [`stalled_disk`] | a sync takes seconds: too many wait, or too long | takes a refusal for a yes |
//! | [`network`] | three answers of ten | sends again under new ids |
//! | [`repeats`] | every batch comes up to 20 times, in any order | copies under new ids |
//! | [`deploy`] | SIGTERM under load | SIGKILL |
//! | [`tampering`] | the files that are recounted | (is one itself) |

mod deploy;
mod disk;
mod full_disk;
mod kill;
mod ledger;
mod load;
mod network;
mod power_cut;
mod proxy;
mod recount;
mod repeats;
mod sick_disk;
mod site;
mod small_disk;
mod stalled_disk;
mod tampering;
mod trace;

use std::time::{Duration, Instant};

/// How long anything may take that is waited for: far beyond what a slow machine needs.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often what is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A size in the short form, or in the long one (`TTOOLAB_SOAK`, set by `cargo xtask soak`).
fn short_or_long(short: usize, long: usize) -> usize {
    if std::env::var_os("TTOOLAB_SOAK").is_some() { long } else { short }
}

/// Waits until something holds.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}
