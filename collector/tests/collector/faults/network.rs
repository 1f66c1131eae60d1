//! Answers that get lost on the way: the sender cannot know, and sends again.

use super::load::{Client, Sender};
use super::proxy::{Manner, Proxy};
use super::site::Site;
use super::{PATIENCE, short_or_long};
use std::sync::Arc;

fn run(sender: Sender, visits: usize) -> (Site, usize) {
    let site = Site::started();
    let proxy = Proxy::start(Arc::clone(&site.address), Manner::LosesAnswers);
    let client = Client::with(&site, Arc::clone(&proxy.address), sender, PATIENCE);
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                for _ in 0..visits.div_ceil(8) {
                    for mut batch in client.visit(24) {
                        client.settle(&mut batch);
                    }
                }
            });
        }
    });
    (site, proxy.cut())
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn answers_lost_on_the_way_change_no_count() {
    let (site, cut) = run(Sender::Honest, short_or_long(160, 28_000));
    assert!(cut > 0);
    site.recount().must_be_clean(&format!("{cut} answers lost"));
}

#[test]
#[ignore = "cargo xtask test --only faults"]
fn twin_sending_again_under_new_ids_is_found() {
    let (site, cut) = run(Sender::NewIds, 24);
    assert!(cut > 0);
    site.recount().must_find("deedTwice", "answers lost");
}
