//! A collector that is killed around a delivery: every message arrives, under one id.

use super::*;
use crate::running::importing;

fn killed_and_started(collector: &mut Running, import: &Value) {
    collector.kill();
    let mut command = importing(collector.folder.path(), import);
    collector.start_again_as(command.arg("--allow-private-webhooks"));
}

/// The receiver keeps its answer until the collector is dead: it has the message, and the collector
/// cannot have written so.
#[test]
fn killed_between_a_delivery_and_its_record_it_delivers_again_under_the_same_id() {
    let hook = Hook::start();
    let import = told_to(&[&hook.url], &LIFECYCLE);
    let mut collector = start(&import);
    let first = hook.next();
    killed_and_started(&mut collector, &import);
    let again = hook.next().answer(200);
    assert_eq!((again.event_id(), &again.body), (first.event_id(), &first.body));
    // What waited behind it is there too, in order, and comes once.
    let second = hook.next().answer(200);
    let third = hook.next().answer(200);
    let told = [&again, &second, &third].map(|delivered| delivered.kind().to_owned());
    assert_eq!(told, ["experiment.created", "experiment.published", "experiment.started"]);
}

/// One at a time for an endpoint: once the second has come, the first is on record.
#[test]
fn killed_after_the_record_it_does_not_deliver_again() {
    let hook = Hook::start();
    let import = told_to(&[&hook.url], &LIFECYCLE);
    let mut collector = start(&import);
    let first = hook.next().answer(200);
    let second = hook.next();
    killed_and_started(&mut collector, &import);
    let next = hook.next().answer(200);
    assert_eq!(next.event_id(), second.event_id());
    assert_ne!(next.event_id(), first.event_id());
    assert_eq!(hook.next().answer(200).kind(), "experiment.started");
}
