//! A disk that stands still for seconds: what waits for it is bounded by age and by bytes, and
//! whoever is one too many is told to come back before the page gives up.

use super::load::{Batch, Client, Outcome, Sender};
use super::sick_disk::{MAX_MEMORY_MIB, started_with};
use super::site::Site;
use super::wait_until;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// One sync takes this long: longer than a request may have waited when the next one comes (4 s),
/// shorter than the time of a request (9 s).
const STALL: Duration = Duration::from_secs(8);
const STALLS: [&str; 1] = ["fsync,fdatasync:delay_enter=8000000:when=20"];
/// Which sync that is.
const STALLED_SYNC: usize = 20;
/// A batch that takes longer may wait for the stall.
const SOON: Duration = Duration::from_millis(500);
/// The most bytes of bodies that may wait.
const MAX_QUEUED_BYTES: usize = 32 * 1024 * 1024;
/// A body of nearly the largest size there is.
const LARGE: usize = 250 * 1024;
/// More of them than may wait.
const TOO_MANY: usize = MAX_QUEUED_BYTES / LARGE + 20;

/// A collector whose disk has just come to a stop.
struct Stalled {
    site: Site,
    began: Instant,
    /// The batches that were not answered soon; the last one waits for the disk.
    waiting: Vec<Batch>,
    /// Large batches that were made before, and not sent.
    ready: Vec<Batch>,
}

fn stalled(ready: usize) -> Stalled {
    let site = started_with(&STALLS);
    let client = Client::new(&site, Sender::Honest);
    let hasty = Client::with(&site, Arc::clone(&site.address), Sender::Honest, SOON);
    let mut batches = (0..).flat_map(|_| client.visit(9));
    let large = batches.by_ref().map(|batch| batch.padded(LARGE));
    let ready = large.take(ready).collect();
    let mut waiting = Vec::new();
    let mut began = Instant::now();
    wait_until("a stall", || {
        began = Instant::now();
        let batch = batches.next().unwrap();
        if hasty.send(&batch) != Outcome::Silence {
            return false;
        }
        waiting.push(batch);
        // A machine that is busy with something else is slow too.
        site.is_within_sync("trace", STALLED_SYNC)
    });
    Stalled { site, began, waiting, ready }
}

fn refused_for(site: &Site, reason: &str) -> u64 {
    let metric = format!(r#"ttoolab_refused_requests_total{{reason="{reason}"}}"#);
    site.metric(&metric).unwrap_or(0)
}

/// Sends everything again until it is acknowledged.
fn settle(site: &Site, batches: Vec<Batch>) {
    let client = Client::new(site, Sender::Honest);
    for mut batch in batches {
        client.settle(&mut batch);
    }
    assert!(site.is_ready(), "it goes on by itself");
}

/// Sends until a batch is refused because the oldest has waited too long.
fn too_old(site: &Site, sender: Sender) -> Vec<Batch> {
    let hasty = Client::with(site, Arc::clone(&site.address), sender, SOON);
    let visits = Client::new(site, Sender::Honest);
    let mut sent = Vec::new();
    wait_until("a refusal", || {
        sent.extend(visits.visit(9));
        let batch = sent.last().unwrap();
        hasty.send(batch) == Outcome::Refused
    });
    sent
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn who_would_wait_too_long_is_refused() {
    let Stalled { site, waiting, began, .. } = stalled(0);
    let mut sent = too_old(&site, Sender::Honest);
    let after = began.elapsed();
    assert!(!site.is_ready(), "it says that it takes nothing");
    assert!(began.elapsed() < STALL, "the disk went on before anybody was refused");
    assert!(after >= Duration::from_secs(4), "refused after {after:?}, too early");
    assert!(refused_for(&site, "diskSlow") > 0);
    assert_eq!(refused_for(&site, "queueFull"), 0);
    sent.extend(waiting);
    settle(&site, sent);
    site.recount().must_be_clean("queue by age");
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_that_takes_too_old_for_a_yes_is_found() {
    let Stalled { site, waiting, .. } = stalled(0);
    too_old(&site, Sender::TakesNoForYes);
    settle(&site, waiting);
    site.recount_unsettled().must_find("lost", "queue by age");
}

/// Large bodies, each by a sender of its own: more of them than may wait. Gives the refused.
///
/// They are refused for their bytes; a machine that needs more than four seconds to take them in
/// refuses some for the age of the first instead, which is as good for who must not be lost.
fn too_many_bytes(site: &Site, batches: Vec<Batch>, sender: Sender) -> Vec<Batch> {
    let client = Client::new(site, sender);
    let refused = Mutex::new(Vec::new());
    std::thread::scope(|threads| {
        for batch in batches {
            let (client, refused) = (&client, &refused);
            threads.spawn(move || match client.send(&batch) {
                Outcome::Accepted => {}
                Outcome::Refused => refused.lock().unwrap().push(batch),
                Outcome::Silence => panic!("a disk in trouble is no reason for silence"),
            });
        }
    });
    refused.into_inner().unwrap()
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn more_bytes_than_may_wait_are_refused() {
    let Stalled { site, waiting, ready, .. } = stalled(TOO_MANY);
    let mut refused = too_many_bytes(&site, ready, Sender::Honest);
    assert!(!refused.is_empty(), "there was room for all of them");
    let (full, slow) = (refused_for(&site, "queueFull"), refused_for(&site, "diskSlow"));
    assert_eq!(full + slow, refused.len() as u64);
    println!("refused for their bytes: {full}, for their age: {slow}");
    assert!(site.memory_mib() < MAX_MEMORY_MIB, "{} MiB", site.memory_mib());
    refused.extend(waiting);
    settle(&site, refused);
    site.recount().must_be_clean("queue by bytes");
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_that_takes_too_many_bytes_for_a_yes_is_found() {
    let Stalled { site, waiting, ready, .. } = stalled(TOO_MANY);
    too_many_bytes(&site, ready, Sender::TakesNoForYes);
    settle(&site, waiting);
    site.recount().must_find("lost", "queue by bytes");
}
