//! An acknowledged event is on disk, and counted exactly once.

use crate::running::Running;
use crate::visitor::{Visitor, goal};
use serde_json::{Value, json};

/// The numbers, without the time they were asked at.
pub(crate) fn numbers(collector: &Running) -> Value {
    let mut results = collector.api("hero/results");
    results.as_object_mut().unwrap().remove("asOf");
    json!([results, collector.api("hero/daily")])
}

#[test]
fn what_was_acknowledged_survives_sigkill() {
    let mut collector = Running::start();
    for _ in 0..20 {
        let visitor = Visitor::arrive(&collector);
        let order = visitor.event("purchase", &json!({"revenue": 3.5, "order_id": visitor.id}));
        visitor.send(&collector, &[visitor.exposure(), order]);
    }
    let before = numbers(&collector);
    collector.kill_and_restart();
    assert_eq!(numbers(&collector), before);
    let orders = ["control", "b"].map(|v| goal(&before[0], "order", v)["conversions"].as_i64());
    assert_eq!(orders.iter().flatten().sum::<i64>(), 20);
}

#[test]
fn re_sending_in_any_grouping_changes_nothing() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let order = visitor.event("purchase", &json!({"revenue": 3.5}));
    let events = [visitor.exposure(), order, visitor.event("purchase", &json!({}))];
    visitor.send(&collector, &events);
    let before = numbers(&collector);
    let reversed: Vec<_> = events.iter().rev().cloned().collect();
    visitor.send(&collector, &reversed);
    for event in &events {
        visitor.send(&collector, std::slice::from_ref(event));
    }
    assert_eq!(numbers(&collector), before);
    collector.kill_and_restart();
    visitor.send(&collector, &events);
    assert_eq!(numbers(&collector), before);
}

#[test]
fn the_same_id_of_another_visitor_is_another_event() {
    let collector = Running::start();
    let first = Visitor::arrive(&collector);
    let second = Visitor { exposure_id: first.exposure_id.clone(), ..Visitor::arrive(&collector) };
    first.send(&collector, &[first.exposure()]);
    second.send(&collector, &[second.exposure()]);
    let results = collector.api("hero/results");
    let all = results["variants"].as_array().unwrap();
    assert_eq!(all.iter().map(|v| v["exposures"].as_i64().unwrap()).sum::<i64>(), 2);
}
