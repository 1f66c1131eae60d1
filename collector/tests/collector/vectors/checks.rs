//! Ids, checks and depth: what is taken, and what is refused with which word.

use super::{Outcome, cases, conclude};
use crate::running::{Answer, ORIGIN, Running, importing};
use crate::visitor::fresh_id;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use ttoolab_spec::Case;

#[test]
fn what_is_refused_is_refused_over_http() {
    let folder = TempDir::new().unwrap();
    let projects: Vec<_> =
        (0..cases("checks").len()).map(|number| project(&format!("checks-{number}"))).collect();
    let mut command = importing(folder.path(), &json!({"projects": projects}));
    let collector = Running::start_as(folder, command.args(["--rate-limit", "off"]));
    conclude(&[
        outcome("ids", |_, case| Ok(id(case, &collector))),
        outcome("checks", |number, case| Ok(check(case, number, &collector))),
        outcome("depth", |_, case| depth(case, &collector)),
    ]);
}

fn project(key: &str) -> Value {
    json!({ "projectKey": key, "origins": [ORIGIN], "experiments": [{
        "experimentKey": "any", "status": "running",
        "urlRules": [{"match": "contains", "pattern": "/"}],
        "variants": [
            {"variantKey": "control", "weight": 1, "isControl": true},
            {"variantKey": "b", "weight": 1},
        ],
    }] })
}

fn outcome(
    family: &'static str,
    answer: impl Fn(usize, &Case) -> Result<Value, &'static str>,
) -> Outcome {
    let (mut skipped, mut failures) = (Vec::new(), Vec::new());
    let cases = cases(family);
    for (number, case) in cases.iter().enumerate() {
        match answer(number, case) {
            Ok(got) if got == case.expect => {}
            Ok(got) => failures.push(format!("{}: expected {}, got {got}", case.name, case.expect)),
            Err(why) => skipped.push(why),
        }
    }
    Outcome { family, cases: cases.len(), skipped, failures }
}

fn batch(project: &str, visitor: &str, event: &str, collector: &Running) -> Answer {
    let (project, visitor) = (json!(project), json!(visitor));
    let body = format!(r#"{{"projectKey":{project},"anonymousId":{visitor},"events":[{event}]}}"#);
    collector.post("/sdk/events", body.as_bytes())
}

/// `"ok"`, or why the one event was rejected.
fn word(answer: &Answer) -> Value {
    if answer.status != 200 {
        return json!(answer.text);
    }
    let told = answer.json();
    let codes: Vec<_> =
        told["rejected"].as_array().unwrap().iter().map(|told| told["code"].clone()).collect();
    match (told["accepted"].as_array().unwrap().len(), codes.as_slice()) {
        (1, []) => json!("ok"),
        (0, [code]) => code.clone(),
        (_, _) => told,
    }
}

fn check(case: &Case, number: usize, collector: &Running) -> Value {
    let project = format!("checks-{number}");
    let written = || case.input["event"].to_string();
    let event = case.input["json"].as_str().map_or_else(written, str::to_owned);
    if case.input["ids"] == "required" {
        return word(&batch(&project, &fresh_id(), &event, collector));
    }
    let mut published: Value = serde_json::from_str(&event).unwrap();
    published["projectKey"] = json!(project);
    published["anonymousId"] = json!(fresh_id());
    // The published form asks for them.
    published["assignments"] = published.get("assignments").cloned().unwrap_or_else(|| json!([]));
    let answer = collector.post("/sdk/event", published.to_string().as_bytes());
    // It has one word for all refusals; which one it was is counted.
    let path = format!("/api/v1/projects/{project}/experiments/any/health");
    let outcomes = collector.get_as_admin(&path).json()["outcomes"].clone();
    let counted = |outcome: &str| {
        let all = outcomes.as_array().unwrap().iter();
        let all = all.filter(|counted| counted["outcome"] == outcome);
        all.map(|counted| counted["reason"].clone()).collect::<Vec<_>>()
    };
    // What has no reason is all of an outcome.
    match (answer.status, counted("accepted").as_slice(), counted("rejected").as_slice()) {
        (200, [Value::Null, ..], []) => json!("ok"),
        (400, [], [Value::Null, code]) => code.clone(),
        (status, _, _) => json!([status, answer.text, outcomes]),
    }
}

fn id(case: &Case, collector: &Running) -> Value {
    let text = &case.input["text"];
    let (project, visitor, event_id) = ("checks-0", fresh_id(), fresh_id());
    match case.input["kind"].as_str().unwrap() {
        "key" => {
            let assignment = json!({"experimentKey": text, "variantKey": "b"});
            let event = json!({"eventId": event_id, "eventName": "$exposure",
                "assignments": [assignment]});
            is("badAssignment", &batch(project, &visitor, &event.to_string(), collector))
        }
        "eventName" => {
            let event = json!({"eventId": event_id, "eventName": text});
            is("badEventName", &batch(project, &visitor, &event.to_string(), collector))
        }
        "eventId" => {
            let event = json!({"eventId": text, "eventName": "purchase"});
            let answer = batch(project, &visitor, &event.to_string(), collector);
            canonical("badEventId", &answer, "event_id", "visitor", &visitor, collector)
        }
        _ => {
            let event = json!({"eventId": event_id, "eventName": "purchase"});
            let answer = batch(project, text.as_str().unwrap(), &event.to_string(), collector);
            let refusal = "Invalid or missing anonymousId";
            canonical(refusal, &answer, "visitor", "event_id", &event_id, collector)
        }
    }
}

/// Whether a text was taken for what it should be; else anything but `false`.
fn is(refusal: &str, answer: &Answer) -> Value {
    match word(answer) {
        ok if ok == "ok" => json!(true),
        code if code == refusal => json!(false),
        other => other,
    }
}

/// An id as it is stored beside another one.
fn canonical(
    refusal: &str,
    answer: &Answer,
    column: &str,
    beside: &str,
    known: &str,
    collector: &Running,
) -> Value {
    let taken = is(refusal, answer);
    if taken != true {
        return taken;
    }
    let database = Connection::open(collector.folder.path().join("data/ttoolab.db")).unwrap();
    let sql = format!("SELECT lower(hex({column})) FROM events WHERE lower(hex({beside})) = ?1");
    let known = known.replace('-', "");
    let hex: String = database.query_row(&sql, [known], |row| row.get(0)).unwrap();
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    json!(parts.join("-"))
}

/// A body that is no batch is refused, but in other words than one that is too deep.
fn depth(case: &Case, collector: &Running) -> Result<Value, &'static str> {
    let body = case.input["json"].as_str().unwrap();
    let answer = collector.post("/sdk/events", body.as_bytes());
    match (answer.status, answer.text.as_str()) {
        (400, "Invalid event payload") => Ok(json!(true)),
        (400, "Invalid JSON body") => {
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
            let told_apart = is_json || case.expect == false;
            if told_apart { Ok(json!(false)) } else { Err("that are no JSON at any depth") }
        }
        (status, text) => Ok(json!([status, text])),
    }
}
