//! Statuses and texts of the contract, with CORS headers on every one of them.

use crate::running::{ADMIN_KEY, Answer, ORIGIN, Running};
use crate::visitor::Visitor;
use serde_json::json;

const ID: &str = "550e8400-e29b-41d4-a716-446655440000";

#[track_caller]
fn check(answer: &Answer, status: u16, text: &str) {
    assert_eq!((answer.status, answer.text.as_str()), (status, text));
    check_cors(answer);
}

#[track_caller]
fn check_cors(answer: &Answer) {
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
}

#[test]
fn bootstrap_says_what_is_missing() {
    let collector = Running::start();
    let ask = |query: &str| collector.get(&format!("/sdk/bootstrap?{query}"));
    let project = "Invalid or missing projectKey";
    check(&ask(""), 400, project);
    check(&ask(&format!("projectKey=unknown&anonymousId={ID}")), 400, project);
    let id = "Invalid or missing anonymousId";
    check(&ask("projectKey=demo"), 400, id);
    check(&ask("projectKey=demo&anonymousId=123"), 400, id);
    let blob = ask(&format!("projectKey=demo&anonymousId={}", ID.to_uppercase()));
    assert_eq!(blob.status, 200);
    assert_eq!(blob.headers["cache-control"], "private, no-store");
    assert_eq!(blob.json()["anonymousId"], ID, "lower-cased");
    assert_eq!(blob.json()["hasActiveExperiments"], false, "no page, no active experiment");
    check_cors(&blob);
}

#[test]
fn bodies_that_cannot_be_read_are_refused_as_documented() {
    let collector = Running::start();
    let post = |path: &str, body: &str| collector.post(path, body.as_bytes());
    check(&post("/sdk/event", "{"), 400, "Invalid JSON body");
    check(&post("/sdk/event", "{}"), 400, "Invalid event payload");
    check(&post("/sdk/events", "{"), 400, "Invalid JSON body");
    check(&post("/sdk/events", r#"{"projectKey":"demo"}"#), 400, "Invalid event payload");
    let deep = format!("{}1{}", "[".repeat(9), "]".repeat(9));
    check(&post("/sdk/events", &deep), 400, "Invalid JSON body");
    let unknown = json!({"projectKey": "unknown", "anonymousId": ID, "events": []}).to_string();
    check(&post("/sdk/events", &unknown), 401, "Unknown projectKey");
    let bad_id = json!({"projectKey": "demo", "anonymousId": "7", "events": []}).to_string();
    check(&post("/sdk/events", &bad_id), 400, "Invalid or missing anonymousId");
    check(&post("/sdk/events", &" ".repeat(256 * 1024 + 1)), 413, "Body too large");
    check(&collector.get("/sdk/event"), 405, "Method not allowed");
    check(&collector.get("/sdk/nothing/here"), 404, "Not found");
    check(&collector.get("/sdk/"), 404, "Not found");
}

#[test]
fn the_published_form_takes_one_event() {
    let collector = Running::start();
    let event = json!({
        "projectKey": "demo", "anonymousId": ID, "eventName": "purchase", "assignments": [],
        "payload": { "revenue": 5 },
    });
    let answer = collector.post("/sdk/event", event.to_string().as_bytes());
    assert_eq!((answer.status, answer.json()), (200, json!({"success": true})));
    check_cors(&answer);
}

#[test]
fn one_bad_event_takes_no_other_with_it() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let good = visitor.event("purchase", &json!({"revenue": 5}));
    let mut unknown_name = visitor.event("$pageview", &json!({}));
    unknown_name["eventId"] = json!(ID);
    let events = [good.clone(), unknown_name, json!({"eventId": 7}), json!("no event")];
    let answer = visitor.try_send(&collector, &events);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["accepted"], json!([good["eventId"]]));
    let rejected = answer.json()["rejected"].clone();
    let codes: Vec<_> = rejected.as_array().unwrap().iter().map(|r| r["code"].clone()).collect();
    assert_eq!(codes, ["reservedEventName", "badEvent", "badEvent"]);
    assert_eq!(rejected[0]["eventId"], ID);
}

#[test]
fn only_allowed_origins_may_write() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let body = visitor.batch(&[visitor.exposure()]).to_string();
    let from =
        |origin: &str| collector.post_with("/sdk/events", &[("origin", origin)], body.as_bytes());
    check(&from("https://evil.example"), 403, "Origin not allowed");
    assert_eq!(from(ORIGIN).status, 200);
    assert_eq!(from("null").status, 200, "the token says where it comes from");
    let without_token = Visitor { token: None, ..visitor };
    let body = without_token.batch(&[]).to_string();
    let answer = collector.post_with("/sdk/events", &[("origin", "null")], body.as_bytes());
    check(&answer, 403, "Origin not allowed");
}

#[test]
fn a_secret_key_does_not_work_from_a_page() {
    let collector = Running::start();
    let body = json!({"projectKey": "demo", "anonymousId": ID, "events": []}).to_string();
    let key = format!("Bearer {ADMIN_KEY}");
    let send =
        |headers: &[(&str, &str)]| collector.post_with("/sdk/events", headers, body.as_bytes());
    assert_eq!(send(&[("authorization", &key)]).status, 200);
    assert_eq!(send(&[("authorization", "Bearer guess")]).status, 401);
    assert_eq!(send(&[("authorization", &key), ("origin", ORIGIN)]).status, 403);
}

#[test]
fn a_preflight_is_answered_for_everybody() {
    let collector = Running::start();
    let answer = collector.options("/sdk/events");
    assert_eq!(answer.status, 200);
    check_cors(&answer);
    assert!(answer.headers["access-control-allow-methods"].to_str().unwrap().contains("POST"));
}

#[test]
fn the_api_wants_a_key_and_names_the_parameter_at_fault() {
    let collector = Running::start();
    let answer = collector.get("/api/v1/projects/demo/experiments/hero/results");
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"]["code"], "unauthorized");
    assert_eq!(collector.api("nothing/results")["error"]["code"], "not_found");
    assert_eq!(collector.api("hero/results?lane=fast")["error"]["path"], "lane");
    assert_eq!(collector.api("hero/results?epoch=2")["error"]["path"], "epoch");
    assert_eq!(collector.api("hero/daily?from=monday")["error"]["path"], "from");
}

#[test]
fn the_api_describes_itself() {
    let collector = Running::start();
    let answer = collector.get("/api/openapi.json");
    assert_eq!(answer.headers["content-type"], "application/json");
    let paths = answer.json()["paths"].as_object().unwrap().clone();
    assert!(paths.contains_key("/sdk/events") && paths.contains_key("/metrics"), "{paths:?}");
    assert_eq!(collector.get("/api/openapi.json").text, answer.text);
}
