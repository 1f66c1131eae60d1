//! Disks that fail, fill up or take their time, by strace's fault injection.
//!
//! A disk without room is made here by writes that say `ENOSPC`, which needs no mounted file system;
//! `full_disk` has a real one.

use super::load::{Batch, Client, Outcome, Sender};
use super::power_cut::cut_everywhere;
use super::short_or_long;
use super::site::Site;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The most resident memory a collector may take while its disk is in trouble, in MiB.
pub(super) const MAX_MEMORY_MIB: usize = 300;

/// A collector whose disk goes wrong after a while, and recovers. Batches are sent once each, and
/// what was refused is given back.
pub(super) fn send_once_each(site: &Site, sender: Sender, visits: usize) -> Vec<Batch> {
    let client = Client::new(site, sender);
    let refused = Mutex::new(Vec::new());
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..visits.div_ceil(4) {
                    for batch in client.visit(9) {
                        match client.send(&batch) {
                            Outcome::Accepted => {}
                            Outcome::Refused => refused.lock().unwrap().push(batch),
                            Outcome::Silence => {
                                panic!("a disk in trouble is no reason for silence")
                            }
                        }
                    }
                }
            });
        }
    });
    refused.into_inner().unwrap()
}

pub(super) fn started_with(injections: &[&str]) -> Site {
    let mut site = Site::new();
    let program = site.command();
    site.start_traced("trace", &program, injections);
    site
}

/// Refuses while the disk fails, tells nobody otherwise, and goes on without a restart.
fn survives(what: &str, injections: &[&str]) {
    let mut site = started_with(injections);
    let refused = send_once_each(&site, Sender::Honest, short_or_long(60, 1_000));
    assert!(!refused.is_empty(), "{what}: the disk never failed");
    site.recount_unsettled().must_be_clean(&format!("{what}, before sending again"));
    let client = Client::new(&site, Sender::Honest);
    for mut batch in refused {
        client.settle(&mut batch);
    }
    assert!(site.memory_mib() < MAX_MEMORY_MIB);
    let before = site.results();
    site.recount().must_be_clean(&format!("{what}, sent again"));
    site.kill();
    let cuts = cut_everywhere(&site.read_trace("trace"), &site.path("data"));
    assert_eq!(cuts.bad, 0, "{what}, then a power cut: {cuts:?}");
    site.start();
    assert_eq!(site.results(), before, "{what}: a restart counts the same");
    site.recount().must_be_clean(&format!("{what}, restarted"));
}

/// Who takes a refusal for a yes must be found to have lost something.
fn twin_is_found(what: &str, injections: &[&str]) {
    let site = started_with(injections);
    send_once_each(&site, Sender::TakesNoForYes, 60);
    site.recount().must_find("lost", what);
}

/// Syncs of the writer fail for a while: the group's own, and those of closing and reopening.
const SYNC_FAILS: [&str; 1] = ["fsync,fdatasync:error=EIO:when=30..41"];
/// One sync fails.
const ONE_SYNC_FAILS: [&str; 1] = ["fsync,fdatasync:error=EIO:when=30"];
/// Writes of the writer find no room for a while. Many: each refused group takes one.
const DISK_FULL: [&str; 1] = ["pwrite64:error=ENOSPC:when=200..230"];

#[test]
#[ignore = "cargo xtask test --only faults"]
fn one_sync_that_fails_is_answered_by_refusal() {
    survives("one EIO", &ONE_SYNC_FAILS);
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn syncs_that_fail_for_a_while_are_answered_by_refusal() {
    survives("EIO", &SYNC_FAILS);
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_that_ignores_failed_syncs_is_found() {
    twin_is_found("EIO", &SYNC_FAILS);
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn a_full_disk_is_answered_by_refusal() {
    survives("disk full", &DISK_FULL);
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_that_ignores_a_full_disk_is_found() {
    twin_is_found("disk full", &DISK_FULL);
}

/// Three syncs in a row take two seconds each.
const SLOW: [&str; 1] = ["fsync,fdatasync:delay_enter=2000000:when=20..22"];

#[test]
#[ignore = "cargo xtask test --only faults"]
fn a_slow_disk_makes_answers_late_and_nothing_else() {
    let site = started_with(&SLOW);
    let began = Instant::now();
    let refused = send_once_each(&site, Sender::Honest, short_or_long(24, 400));
    assert!(began.elapsed() >= Duration::from_secs(6), "the disk was never slow");
    assert!(site.memory_mib() < MAX_MEMORY_MIB);
    let client = Client::new(&site, Sender::Honest);
    for mut batch in refused {
        client.settle(&mut batch);
    }
    site.recount().must_be_clean("slow disk");
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_that_does_not_wait_for_a_slow_disk_is_found() {
    let mut site = started_with(&["fsync,fdatasync:delay_enter=6000000:when=20"]);
    let client = Client::new(&site, Sender::Honest);
    let address = Arc::clone(&site.address);
    let wait = Duration::from_millis(500);
    let hasty = Client::with(&site, address, Sender::TakesSilenceForYes, wait);
    let mut batches = (0..).flat_map(|_| client.visit(9));
    batches.find(|batch| hasty.send(batch) == Outcome::Silence);
    // That one is written and waits for its sync; these wait behind it.
    for batch in batches.take(3) {
        hasty.send(&batch);
    }
    site.kill();
    site.start();
    site.recount().must_find("lost", "slow disk");
}
