//! Every event ends in a counted outcome, and every goal it met in a reason.

use crate::running::{ORIGIN, Running};
use crate::visitor::{Visitor, exposures, fresh_id};
use serde_json::{Value, json};

/// How many events `…/health` counts for an outcome and a reason; no reason is all of them.
fn events(health: &Value, outcome: &str, reason: Option<&str>) -> i64 {
    let counts = health["outcomes"].as_array().unwrap();
    let found = counts.iter().find(|count| {
        count["outcome"] == outcome && count.get("reason").and_then(Value::as_str) == reason
    });
    found.map_or(0, |count| count["events"].as_i64().unwrap())
}

fn reason(health: &Value, goal: &str, reason: &str) -> i64 {
    let counts = health["reasons"].as_array().unwrap();
    let found = counts.iter().find(|count| count["goalKey"] == goal && count["reason"] == reason);
    found.map_or(0, |count| count["events"].as_i64().unwrap())
}

#[test]
fn outcomes_are_counted_and_survive_a_restart() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let order = visitor.event("purchase", &json!({"revenue": 1}));
    visitor.send(&collector, &[visitor.exposure(), order.clone()]);
    visitor.send(&collector, std::slice::from_ref(&order));
    let mut other = order.clone();
    other["payload"] = json!({"revenue": 2});
    visitor.send(&collector, &[other]);
    let refused = json!({"eventId": fresh_id(), "eventName": "$ours"});
    let answer = visitor.try_send(&collector, &[refused]);
    assert_eq!(answer.json()["rejected"][0]["code"], "reservedEventName");

    for restarted in [false, true] {
        let health = collector.api("hero/health");
        assert_eq!(events(&health, "accepted", None), 2, "restarted: {restarted}");
        assert_eq!(events(&health, "duplicate", None), 2);
        assert_eq!(events(&health, "duplicate", Some("idConflict")), 1);
        assert_eq!(events(&health, "rejected", None), 1);
        assert_eq!(events(&health, "rejected", Some("reservedEventName")), 1);
        assert_eq!(reason(&health, "order", "counted"), 1);
        if !restarted {
            collector.kill_and_restart();
        }
    }
}

#[test]
fn the_first_of_two_events_under_one_id_is_kept() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let first = visitor.event("purchase", &json!({"revenue": 1}));
    let mut second = first.clone();
    second["payload"] = json!({"revenue": 2});
    visitor.send(&collector, &[visitor.exposure(), first]);
    visitor.send(&collector, &[second]);
    let results = collector.api("hero/results");
    let aov = crate::visitor::goal(&results, "aov", &visitor.variant);
    assert_eq!(aov["revenue"][0]["gross"], "1.00");
}

#[test]
fn each_goal_gets_its_reason() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let buy = |payload: Value| visitor.event("purchase", &payload);
    visitor.send(
        &collector,
        &[
            visitor.exposure(),
            buy(json!({"revenue": 5, "order_id": "A"})),
            buy(json!({"revenue": 5, "order_id": "A"})),
            buy(json!({"revenue": "much"})),
        ],
    );
    let stranger = Visitor::arrive(&collector);
    stranger.send(&collector, &[stranger.event("purchase", &json!({"revenue": 1}))]);
    let health = collector.api("hero/health");
    assert_eq!(reason(&health, "order", "counted"), 1);
    assert_eq!(reason(&health, "order", "duplicateOrder"), 1);
    assert_eq!(reason(&health, "order", "repeat"), 1, "a bad amount is still an order");
    assert_eq!(reason(&health, "aov", "badRevenue"), 1);
    assert_eq!(reason(&health, "aov", "notExposed"), 1);
    assert_eq!(health["notExposed"], 2, "for either goal");
    assert_eq!(health["lanes"], json!({"verified": 1, "unverified": 0}));
}

#[test]
fn crawlers_and_driven_browsers_are_flagged_and_left_out() {
    let collector = Running::start();
    let crawler = Visitor::arrive(&collector);
    let agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let body = crawler.batch(&[crawler.exposure()]).to_string();
    let headers = [("origin", ORIGIN), ("user-agent", agent)];
    assert_eq!(collector.post_with("/sdk/events", &headers, body.as_bytes()).status, 200);
    let driven = Visitor::arrive(&collector);
    let mut batch = driven.batch(&[driven.exposure()]);
    batch["webdriver"] = json!(true);
    assert_eq!(collector.post("/sdk/events", batch.to_string().as_bytes()).status, 200);

    let health = collector.api("hero/health");
    assert_eq!(events(&health, "flagged", None), 2);
    assert_eq!(events(&health, "flagged", Some("crawler")), 1);
    assert_eq!(events(&health, "flagged", Some("webdriver")), 1);
    assert_eq!(health["flagged"], 2);
    let count = |path: &str| {
        let results = collector.api(path);
        exposures(&results, "control") + exposures(&results, "b")
    };
    assert_eq!(count("hero/results"), 0);
    assert_eq!(count("hero/results?flagged=include"), 2);
}

#[test]
fn more_events_than_a_person_can_make_flag_the_visitor() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    visitor.send(&collector, &[visitor.exposure()]);
    let send = |count| {
        let events: Vec<_> = (0..count).map(|_| visitor.event("scroll", &json!({}))).collect();
        visitor.send(&collector, &events);
    };
    send(200);
    send(99);
    assert_eq!(collector.api("hero/health")["flagged"], 0, "300 events");
    send(1);
    assert_eq!(collector.api("hero/health")["flagged"], 1, "301 events");
}

#[test]
fn metrics_are_for_those_with_a_key() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    visitor.send(&collector, &[visitor.exposure()]);
    assert_eq!(collector.get("/metrics").status, 401);
    let text = collector.get_as_admin("/metrics").text;
    let line = r#"ttoolab_events_total{outcome="accepted",reason=""} 1"#;
    assert!(text.contains(line), "{text}");
    assert!(text.contains("ttoolab_commit_seconds_count 1"), "{text}");
    assert!(!text.contains(&visitor.id));
}
