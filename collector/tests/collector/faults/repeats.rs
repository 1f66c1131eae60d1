//! Every batch many times, in any order, over many connections.

use super::load::{Batch, Client, Outcome, Sender};
use super::short_or_long;
use super::site::Site;
use std::sync::Mutex;

const CONNECTIONS: usize = 10;

/// Sends all copies, every connection taking the next one.
fn send_all(site: &Site, copies: Vec<Batch>) {
    let copies = Mutex::new(copies);
    std::thread::scope(|threads| {
        for _ in 0..CONNECTIONS {
            threads.spawn(|| {
                // A client of its own has connections of its own.
                let client = Client::new(site, Sender::Honest);
                loop {
                    let Some(batch) = copies.lock().unwrap().pop() else { return };
                    assert_eq!(client.send(&batch), Outcome::Accepted);
                }
            });
        }
    });
}

fn visits(site: &Site, visits: usize) -> Vec<Batch> {
    let client = Client::new(site, Sender::Honest);
    (0..visits).flat_map(|_| client.visit(16)).collect()
}

/// Each batch 1 to 20 times, shuffled.
fn multiplied(once: &[Batch], copy: impl Fn(&Batch) -> Batch) -> Vec<Batch> {
    let copies = |batch| {
        let first = std::iter::once(Batch::clone(batch));
        first.chain((0..fastrand::usize(0..20)).map(|_| copy(batch)))
    };
    let mut all: Vec<Batch> = once.iter().flat_map(copies).collect();
    fastrand::shuffle(&mut all);
    all
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn every_batch_up_to_twenty_times_counts_as_once() {
    let once = Site::started();
    let batches = visits(&once, short_or_long(60, 2_000));
    send_all(&once, batches.clone());
    // The same events to a second collector, which knows the same tokens: a copy of the folder's
    // secrets is what makes it one.
    let many = Site::started_like(&once);
    send_all(&many, multiplied(&batches, Batch::clone));
    many.recount().must_be_clean("every batch 1-20 times");
    assert_eq!(many.results(), once.results());
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_copies_under_new_ids_are_found() {
    let site = Site::started();
    let renamed = |batch: &Batch| {
        let mut batch = batch.clone();
        batch.rename();
        batch
    };
    let batches = visits(&site, 4);
    send_all(&site, multiplied(&batches, renamed));
    site.recount().must_find("deedTwice", "every batch 1-20 times");
}
