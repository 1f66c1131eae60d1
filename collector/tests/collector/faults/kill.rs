//! `kill -9` in the middle of the work, again and again.
//!
//! Limits: a dead process leaves the kernel's page cache alive, so this finds answers that come
//! before the write, not writes that come before the sync. The second is `power_cut`'s.

use super::load::{Client, Sender};
use super::proxy::{Manner, Proxy};
use super::site::{Address, Site};
use super::{PATIENCE, short_or_long, wait_until};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const VISITORS_AT_ONCE: usize = 8;

/// Rounds of work and death over one folder, the senders going on all the time. Rounds end after
/// a random number of acknowledgements, not after a time: a slow machine does the same work.
fn rounds(site: &mut Site, rounds: usize, longest: usize, address: &Address) {
    let client = Client::with(site, Arc::clone(address), Sender::Honest, PATIENCE);
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for _ in 0..VISITORS_AT_ONCE {
            threads.spawn(|| client.visit_until(&stop, 20));
        }
        for _ in 0..rounds {
            let enough = site.ledger.acked() + fastrand::usize(1..=longest);
            wait_until("acknowledgements", || site.ledger.acked() >= enough);
            site.kill();
            site.start();
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn killed_under_load_nothing_is_lost_or_double() {
    // Several folders in the long form: every start replays all that is in one.
    for _ in 0..short_or_long(1, 10) {
        killed_again_and_again();
    }
}

fn killed_again_and_again() {
    let mut site = Site::started();
    let address = Arc::clone(&site.address);
    rounds(&mut site, 20, short_or_long(300, 3_000), &address);
    let (_, silent) = site.ledger.unlucky();
    assert!(silent > 0, "no request was ever cut off: the kills came at idle moments");
    site.recount().must_be_clean("kill -9");
    let counted = site.results();
    site.kill();
    site.start();
    assert_eq!(site.results(), counted, "the replay counts as the writer did");
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_acknowledging_before_storing_is_found() {
    let mut site = Site::started();
    let proxy = Proxy::start(Arc::clone(&site.address), Manner::AcknowledgesFirst);
    rounds(&mut site, 3, 200, &proxy.address);
    site.recount().must_find("lost", "kill -9");
}
