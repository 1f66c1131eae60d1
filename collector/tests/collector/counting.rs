//! What counts, seen from outside.

use crate::running::{ADMIN_KEY, Running};
use crate::visitor::{Visitor, exposures, fresh_id, goal, now};
use serde_json::{Value, json};

fn results(collector: &Running) -> Value {
    collector.api("hero/results")
}

#[test]
fn a_conversion_counts_for_the_visitors_variant_and_repeats_add_to_the_total() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let order = || visitor.event("purchase", &json!({"revenue": 249.00, "currency": "usd"}));
    visitor.send(&collector, &[visitor.exposure(), order(), order()]);
    let results = results(&collector);
    assert_eq!(exposures(&results, &visitor.variant), 1);
    let converted = goal(&results, "order", &visitor.variant);
    assert_eq!(converted["conversions"], 1);
    assert_eq!(converted["totalConversions"], 2);
    assert_eq!(converted["conversionRate"], 1.0);
    assert_eq!(
        goal(&results, "aov", &visitor.variant)["revenue"],
        json!([{
            "currency": "USD", "orders": 2, "gross": "498.00", "net": "498.00",
            "perVisitor": 498.0, "perOrder": 249.0,
        }]),
    );
    let other = if visitor.variant == "b" { "control" } else { "b" };
    assert_eq!(goal(&results, "order", other)["conversions"], 0);
}

#[test]
fn a_conversion_waits_for_its_exposure() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    visitor.send(&collector, &[visitor.event("purchase", &json!({}))]);
    assert_eq!(goal(&results(&collector), "order", &visitor.variant)["conversions"], 0);
    visitor.send(&collector, &[visitor.exposure()]);
    assert_eq!(goal(&results(&collector), "order", &visitor.variant)["conversions"], 1);
}

#[test]
fn selector_goals_rest_on_the_claim_the_others_do_not() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let mut click = visitor.event("$click", &json!({}));
    click["conversions"] = json!([
        { "experimentKey": "hero", "goalKey": "checkout" },
        { "experimentKey": "hero", "goalKey": "order" },
    ]);
    let mut page = visitor.event("$url", &json!({}));
    page["url"] = json!("https://shop.example/order-confirmation?order=1");
    visitor.send(&collector, &[visitor.exposure(), click, page]);
    let results = results(&collector);
    let count = |key: &str| goal(&results, key, &visitor.variant)["conversions"].clone();
    assert_eq!(count("checkout"), 1, "claimed");
    assert_eq!(count("order"), 0, "claimed, but a click is no purchase");
    assert_eq!(count("thank-you"), 1, "not claimed, but the URL says so");
    assert_eq!(count("signup"), 0);
}

#[test]
fn another_arm_than_the_signed_one_cannot_be_claimed() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let other = if visitor.variant == "b" { "control" } else { "b" };
    let liar = Visitor { variant: other.to_owned(), ..visitor.clone() };
    liar.send(&collector, &[liar.exposure(), liar.event("purchase", &json!({}))]);
    let results = results(&collector);
    assert_eq!(exposures(&results, other), 0);
    assert_eq!(goal(&results, "order", &visitor.variant)["conversions"], 1);
}

#[test]
fn events_without_a_token_are_counted_apart() {
    let collector = Running::start();
    let visitor = Visitor { token: None, ..Visitor::arrive(&collector) };
    visitor.send(&collector, &[visitor.exposure(), visitor.event("purchase", &json!({}))]);
    let shown = |query: &str| {
        let results = collector.api(&format!("hero/results{query}"));
        exposures(&results, &visitor.variant)
    };
    assert_eq!((shown(""), shown("?lane=unverified"), shown("?lane=all")), (0, 1, 1));
}

#[test]
fn browsers_that_programs_drive_are_kept_out_unless_asked_for() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let mut batch = visitor.batch(&[visitor.exposure()]);
    batch["webdriver"] = json!(true);
    assert_eq!(collector.post("/sdk/events", batch.to_string().as_bytes()).status, 200);
    let shown = |query: &str| {
        let results = collector.api(&format!("hero/results{query}"));
        exposures(&results, &visitor.variant)
    };
    assert_eq!((shown(""), shown("?flagged=include")), (0, 1));
}

#[test]
fn an_order_counts_once_whoever_sends_it() {
    let collector = Running::start();
    let order =
        |visitor: &Visitor| visitor.event("purchase", &json!({"revenue": 10, "order_id": "ORD-1"}));
    let first = Visitor::arrive(&collector);
    first.send(&collector, &[first.exposure(), order(&first), order(&first)]);
    let second = Visitor::arrive(&collector);
    second.send(&collector, &[second.exposure(), order(&second)]);
    let results = results(&collector);
    let total = |key: &str| {
        ["control", "b"].map(|v| goal(&results, key, v)["totalConversions"].as_i64().unwrap())
    };
    assert_eq!(total("order").iter().sum::<i64>(), 1);
    assert_eq!(goal(&results, "aov", &first.variant)["revenue"][0]["gross"], "10.00");
}

#[test]
fn a_server_takes_an_order_back_by_its_id() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let order = visitor.event("purchase", &json!({"revenue": 100, "order_id": "ORD-1"}));
    let refund = |payload: Value| {
        let event = json!({"eventId": fresh_id(), "eventName": "$refund", "createdAt": now(),
            "payload": payload});
        let batch = json!({"projectKey": "demo", "anonymousId": fresh_id(), "events": [event]});
        let key = format!("Bearer {ADMIN_KEY}");
        let headers = [("authorization", key.as_str())];
        let answer = collector.post_with("/sdk/events", &headers, batch.to_string().as_bytes());
        assert_eq!(answer.json()["rejected"], json!([]));
    };
    let money = || goal(&results(&collector), "aov", &visitor.variant)["revenue"][0].clone();
    refund(json!({"order_id": "ORD-1", "revenue": 30}));
    visitor.send(&collector, &[visitor.exposure(), order]);
    assert_eq!(
        (money()["gross"].clone(), money()["net"].clone()),
        ("100.00".into(), "70.00".into())
    );
    refund(json!({"order_id": "ORD-1"}));
    refund(json!({"order_id": "ORD-1", "revenue": 5}));
    assert_eq!(money()["net"], "0.00");
    assert_eq!(money()["perOrder"], Value::Null, "no order is left");
}

#[test]
fn a_server_event_without_assignments_counts_where_its_visitor_was_exposed() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    visitor.send(&collector, &[visitor.exposure()]);
    let event = json!({"projectKey": "demo", "anonymousId": visitor.id, "assignments": [],
        "eventName": "purchase", "payload": {"revenue": "12.50"}});
    let key = format!("Bearer {ADMIN_KEY}");
    let headers = [("authorization", key.as_str())];
    let answer = collector.post_with("/sdk/event", &headers, event.to_string().as_bytes());
    assert_eq!(answer.status, 200);
    let results = results(&collector);
    assert_eq!(goal(&results, "order", &visitor.variant)["conversions"], 1);
    assert_eq!(goal(&results, "aov", &visitor.variant)["revenue"][0]["gross"], "12.50");
}

#[test]
fn a_draft_takes_no_events() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let mut exposure = visitor.exposure();
    exposure["assignments"][0]["experimentKey"] = json!("later");
    let answer = visitor.try_send(&collector, &[exposure]).json();
    assert_eq!(answer["rejected"][0]["code"], "notRunning");
}

#[test]
fn neither_order_ids_nor_query_strings_are_stored() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let mut order = visitor.event("purchase", &json!({"revenue": 1, "order_id": "SECRET-1"}));
    order["url"] = json!("https://shop.example/c?email=SECRET-2&utm_source=mail#SECRET-3");
    visitor.send(&collector, &[visitor.exposure(), order]);
    for file in std::fs::read_dir(collector.folder.path().join("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("SECRET"), "an order id or a query string was stored");
    }
}

#[test]
fn order_ids_beyond_64_bits_keep_their_digits() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    // Written into the body as numbers: in a JSON value of this test they would lose the digits.
    let order = |id: &str| visitor.event("purchase", &json!({ "revenue": 1, "order_id": id }));
    let (one, two) = ("123456789012345678901", "123456789012345678902");
    let batch = visitor.batch(&[visitor.exposure(), order(one), order(two), order(two)]);
    let body = [one, two].iter().fold(batch.to_string(), |body, id| {
        let quoted = format!("\"{id}\"");
        assert!(body.contains(&quoted));
        body.replace(&quoted, id)
    });
    assert_eq!(collector.post("/sdk/events", body.as_bytes()).status, 200);
    let counted = goal(&results(&collector), "order", &visitor.variant);
    assert_eq!(counted["totalConversions"], 2);
}
