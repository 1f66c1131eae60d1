//! A disk that is really full: refused in time where the system says how much is free, and refused
//! without a loss where it does not, or where somebody else takes the last room.

use super::load::{Client, Sender};
use super::proxy::{Manner, Proxy};
use super::sick_disk::send_once_each;
use super::site::Site;
use super::{PATIENCE, short_or_long, wait_until};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MIB: u64 = 1024 * 1024;
/// Below this much free disk the collector writes nothing.
const WATERMARK: u64 = 64 * MIB;
/// Room for the collector's work above that.
const ROOMY: u64 = WATERMARK + 64 * MIB;
/// A disk far below, for a collector that does not know it.
const TINY: u64 = 24 * MIB;

/// A system that does not say how much is free: the collector goes on to the end.
const UNKNOWN_ROOM: [&str; 1] = ["statfs,fstatfs:error=ENOSYS"];

/// How often a group failed at its commit, as `/metrics` says.
fn failed_commits(site: &Site) -> u64 {
    site.metric("ttoolab_commit_failures_total").unwrap_or(0)
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn writes_that_find_no_room_are_refused_and_nothing_is_lost() {
    let Some(mut site) = Site::on_disk_of(TINY) else { return };
    site.start_traced("trace", &site.command(), &UNKNOWN_ROOM);
    for _ in 0..short_or_long(2, 20) {
        fills_up_and_empties(&site);
    }
    let before = site.results();
    site.kill();
    site.start();
    assert_eq!(site.results(), before, "a restart counts the same");
    site.recount().must_be_clean("no room, restarted");
}

fn fills_up_and_empties(site: &Site) {
    let failed = failed_commits(site);
    let client = Client::new(site, Sender::Honest);
    for mut batch in client.visit(9) {
        client.settle(&mut batch);
    }
    site.disk().leave_free(MIB / 8);
    let mut refused = Vec::new();
    wait_until("refusals", || {
        refused.extend(send_once_each(site, Sender::Honest, 20));
        !refused.is_empty()
    });
    assert!(failed_commits(site) > failed, "refused before the disk was full");
    site.recount_unsettled().must_be_clean("no room, before sending again");
    site.disk().make_room();
    for mut batch in refused {
        client.settle(&mut batch);
    }
    site.recount().must_be_clean("room again, sent again");
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_acknowledging_before_the_disk_has_it_is_found() {
    let Some(mut site) = Site::on_disk_of(TINY) else { return };
    site.start_traced("trace", &site.command(), &UNKNOWN_ROOM);
    let proxy = Proxy::start(Arc::clone(&site.address), Manner::AcknowledgesFirst);
    let client = Client::with(&site, Arc::clone(&proxy.address), Sender::Honest, PATIENCE);
    site.disk().leave_free(MIB / 8);
    for batch in (0..60).flat_map(|_| client.visit(9)) {
        client.send(&batch);
    }
    assert!(failed_commits(&site) > 0, "there was always room");
    site.recount_unsettled().must_find("lost", "no room");
}

/// Visitors come while somebody else fills the disk, first down to the watermark, then to the last
/// byte, and then makes room again. Gives how many commits failed.
fn filled_by_somebody_else(site: &Site) -> u64 {
    let client = Client::with(site, Arc::clone(&site.address), Sender::Honest, PATIENCE);
    let stop = AtomicBool::new(false);
    let some_more = || {
        let enough = site.ledger.acked() + short_or_long(200, 20_000);
        wait_until("acknowledgements", || site.ledger.acked() >= enough);
    };
    let refused = || {
        let (refused, _) = site.ledger.unlucky();
        wait_until("refusals", || site.ledger.unlucky().0 > refused + 50);
    };
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| client.visit_until(&stop, 9));
        }
        some_more();
        assert!(site.is_ready());
        site.disk().leave_free(WATERMARK - MIB);
        refused();
        site.disk().leave_free(0);
        refused();
        assert!(!site.is_ready(), "it says that it takes nothing");
        site.disk().make_room();
        some_more();
        assert!(site.is_ready());
        stop.store(true, Ordering::Relaxed);
    });
    failed_commits(site)
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn a_disk_that_fills_up_is_left_alone_in_time() {
    let Some(mut site) = Site::on_disk_of(ROOMY) else { return };
    site.start();
    assert_eq!(filled_by_somebody_else(&site), 0, "a commit met the end of the disk");
    assert!(site.metric(r#"ttoolab_refused_requests_total{reason="diskFull"}"#) > Some(0));
    site.recount().must_be_clean("a disk that fills up");
}

/// The defect "does not look how much is free": commits meet the end of the disk.
#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_that_does_not_look_for_room_is_found() {
    let Some(mut site) = Site::on_disk_of(TINY) else { return };
    site.start_traced("trace", &site.command(), &UNKNOWN_ROOM);
    let client = Client::new(&site, Sender::Honest);
    for mut batch in client.visit(9) {
        client.settle(&mut batch);
    }
    site.disk().leave_free(0);
    send_once_each(&site, Sender::Honest, 60);
    assert!(failed_commits(&site) > 0, "the check for failed commits is blind");
}
