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

/// The reasons of an experiment as `…/health` lists them.
fn reasons_at_health(collector: &Running, experiment: &str) -> Vec<Value> {
    let health = collector.api(&format!("{experiment}/health"));
    let counts = health["reasons"].as_array().unwrap().iter();
    let of = |count: &Value| {
        let goal = count.get("goalKey").cloned().unwrap_or_else(|| json!(""));
        json!([goal, count["reason"], count["events"]])
    };
    sorted(counts.map(of).collect())
}

/// The same as `/metrics` lists them.
fn reasons_at_metrics(collector: &Running, experiment: &str) -> Vec<Value> {
    let text = collector.get_as_admin("/metrics").text;
    let start = format!(r#"ttoolab_goal_events{{project="demo",experiment="{experiment}","#);
    let of = |line: &str| {
        let (labels, events) = line.strip_prefix(&start)?.split_once("} ")?;
        let (goal, reason) = labels.strip_prefix("goal=\"")?.split_once("\",reason=\"")?;
        let events: u64 = events.parse().unwrap();
        Some(json!([goal, reason.trim_end_matches('"'), events]))
    };
    sorted(text.lines().filter_map(of).collect())
}

fn sorted(mut counts: Vec<Value>) -> Vec<Value> {
    counts.sort_by_key(Value::to_string);
    counts
}

#[test]
fn metrics_and_health_show_the_same_reasons() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let buy = |payload: Value| visitor.event("purchase", &payload);
    let mut exposure = visitor.exposure();
    let later = json!({ "experimentKey": "later", "variantKey": "b", "epoch": 1 });
    exposure["assignments"].as_array_mut().unwrap().push(later);
    let order = json!({"revenue": 5, "order_id": "A"});
    visitor.send(&collector, &[exposure, buy(order.clone()), buy(order)]);
    visitor.send(&collector, &[buy(json!({"revenue": 5})), buy(json!({"revenue": "much"}))]);
    let stranger = Visitor::arrive(&collector);
    stranger.send(&collector, &[stranger.event("purchase", &json!({"revenue": 1}))]);

    let hero = reasons_at_health(&collector, "hero");
    for reason in [
        json!(["order", "counted", 1]),
        json!(["order", "repeat", 2]),
        json!(["order", "duplicateOrder", 1]),
        json!(["aov", "badRevenue", 1]),
        json!(["aov", "notExposed", 1]),
    ] {
        assert!(hero.contains(&reason), "{reason} in {hero:?}");
    }
    assert_eq!(reasons_at_health(&collector, "later"), [json!(["", "notRunning", 1])]);
    for restarted in [false, true] {
        for experiment in ["hero", "later"] {
            let health = reasons_at_health(&collector, experiment);
            assert_eq!(reasons_at_metrics(&collector, experiment), health, "{restarted}");
        }
        if !restarted {
            collector.kill_and_restart();
        }
    }
    assert_eq!(reasons_at_health(&collector, "hero"), hero, "restarted");

    // What follows from other events changes with them, in both places.
    stranger.send(&collector, &[stranger.exposure()]);
    let now = reasons_at_metrics(&collector, "hero");
    assert_eq!(now, reasons_at_health(&collector, "hero"));
    assert!(now.contains(&json!(["order", "counted", 2])), "{now:?}");
    assert!(!now.iter().any(|count| count[1] == "notExposed"), "{now:?}");
}

#[test]
fn metrics_and_health_show_the_same_outcomes() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let order = visitor.event("purchase", &json!({"revenue": 1}));
    visitor.send(&collector, &[visitor.exposure(), order.clone()]);
    visitor.send(&collector, &[order]);
    visitor.try_send(&collector, &[json!({"eventId": fresh_id(), "eventName": "$ours"})]);
    let health = collector.api("hero/health");
    let outcomes = health["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), 4, "accepted, duplicate, rejected and why: {outcomes:?}");
    let text = collector.get_as_admin("/metrics").text;
    let lines = text.lines().filter(|line| line.starts_with("ttoolab_events_total{"));
    let expected = outcomes.iter().map(|count| {
        let reason = count.get("reason").and_then(Value::as_str).unwrap_or_default();
        let outcome = count["outcome"].as_str().unwrap();
        let events = &count["events"];
        format!(r#"ttoolab_events_total{{outcome="{outcome}",reason="{reason}"}} {events}"#)
    });
    let (mut lines, mut expected): (Vec<_>, Vec<_>) =
        (lines.map(str::to_owned).collect(), expected.collect());
    lines.sort();
    expected.sort();
    assert_eq!(lines, expected);
}
