//! Goals, evaluation, URL rules and money: what an event does for the goals of its experiments.

use super::trial::{Assigned, Claims, Expected, Happened, Judged, Trial};
use super::{Outcome, cases, conclude};
use crate::running::{Running, importing};
use serde_json::{Value, json};
use tempfile::TempDir;
use ttoolab_core::money::{Currency, to_decimal};
use ttoolab_spec::Case;

/// How many visitors come at once: what they wait for is the disk, and one write serves all.
const VISITORS: usize = 8;

/// A family, and how its cases are put; or why one of them cannot be.
type Family = (&'static str, fn(&Case) -> Result<Judged, &'static str>);

const FAMILIES: [Family; 4] =
    [("goals", goal), ("evaluation", evaluation), ("url-rules", url_rules), ("money", money)];

#[test]
fn goals_are_judged_alike_whatever_is_claimed() {
    let families = FAMILIES.map(|(family, read)| (family, read_all(family, read)));
    let mut trials = Vec::new();
    for (family, (cases, _)) in &families {
        for (number, case) in cases.iter().enumerate() {
            for (way, claims) in
                [("h", Claims::Honest), ("a", Claims::Absent), ("f", Claims::Forged)]
            {
                trials.push(Trial { case, claims, project: format!("{family}-{number}-{way}") });
            }
        }
    }
    let projects: Vec<_> = trials.iter().map(Trial::import).collect();
    let folder = TempDir::new().unwrap();
    let mut command = importing(folder.path(), &json!({"projects": projects}));
    let collector = Running::start_as(folder, command.args(["--rate-limit", "off"]));
    let failures: Vec<(&str, String)> = std::thread::scope(|threads| {
        let visitors = trials.chunks(trials.len().div_ceil(VISITORS)).map(|trials| {
            let collector = &collector;
            threads.spawn(move || {
                let failed = trials.iter().map(|trial| Some((trial, trial.failure(collector)?)));
                let failed = failed.flatten();
                failed.map(|(trial, line)| (trial.project.as_str(), line)).collect::<Vec<_>>()
            })
        });
        let visitors: Vec<_> = visitors.collect();
        visitors.into_iter().flat_map(|visitor| visitor.join().unwrap()).collect()
    });
    let outcomes = families.iter().map(|(family, (cases, skipped))| {
        let failures = cases.iter().enumerate().filter_map(|(number, _)| {
            let case = format!("{family}-{number}-");
            let lines = failures.iter().filter(|(project, _)| project.starts_with(&case));
            let lines: Vec<_> = lines.map(|(_, line)| line.as_str()).collect();
            (!lines.is_empty()).then(|| lines.join("\n  "))
        });
        Outcome {
            family,
            cases: cases.len() + skipped.len(),
            skipped: skipped.clone(),
            failures: failures.collect(),
        }
    });
    conclude(&outcomes.collect::<Vec<_>>());
}

fn read_all(
    family: &str,
    read: fn(&Case) -> Result<Judged, &'static str>,
) -> (Vec<Judged>, Vec<&'static str>) {
    let (mut judged, mut skipped) = (Vec::new(), Vec::new());
    for case in cases(family) {
        match read(&case) {
            Ok(case) => judged.push(case),
            Err(why) => skipped.push(why),
        }
    }
    (judged, skipped)
}

/// What cannot be configured meets no event.
const REFUSED: &str = "with a goal that cannot be saved";

fn goal(case: &Case) -> Result<Judged, &'static str> {
    let signal = &case.input["signal"];
    if signal.get("hit") == Some(&Value::Null) {
        return Err("with a selector that a browser refuses");
    }
    let goal = &case.input["goal"];
    let judged = Judged::of_one(case, vec![goal.clone()], Happened::read(signal));
    match case.expect.as_str() {
        None => Err(REFUSED),
        Some("notConcerned") => Ok(judged),
        Some(reason) => Ok(judged.expect(goal, reason, None)),
    }
}

fn evaluation(case: &Case) -> Result<Judged, &'static str> {
    let signal = &case.input["signal"];
    if signal.get("hit") == Some(&Value::Null) {
        return Err("with a selector that a browser refuses");
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let assigned = case.input["assignments"].as_array().unwrap().iter().map(|assigned| Assigned {
        experiment_key: text(&assigned["experimentKey"]),
        exposed: assigned["exposed"] == true,
        goals: assigned["goals"].as_array().unwrap().clone(),
    });
    let expected = case.expect.as_array().unwrap().iter().map(|expected| Expected {
        experiment_key: text(&expected[0]),
        goal_key: text(&expected[1]),
        reason: text(&expected[2]),
        gross: None,
    });
    Ok(Judged {
        name: case.name.clone(),
        assigned: assigned.collect(),
        happened: Happened::read(signal),
        expected: expected.collect(),
    })
}

fn url_rules(case: &Case) -> Result<Judged, &'static str> {
    let rules = &case.input["rules"];
    if case.expect == "refused" {
        return Err(REFUSED);
    }
    if *rules == json!([]) {
        return Err("without a rule, which is no goal");
    }
    let goal = json!({"goalKey": "page", "type": "page_view", "url": rules});
    let happened = Happened::read(&json!({"kind": "url", "url": case.input["url"]}));
    let judged = Judged::of_one(case, vec![goal.clone()], happened);
    Ok(if case.expect == true { judged.expect(&goal, "counted", None) } else { judged })
}

fn money(case: &Case) -> Result<Judged, &'static str> {
    let mut payload = case.input.clone();
    match payload["revenue"].get("special").and_then(Value::as_str) {
        None => {}
        Some("-0") => payload["revenue"] = json!(-0.0),
        Some(_) => return Err("with a number that JSON cannot write"),
    }
    if case.input.get("revenue").is_none() {
        payload.as_object_mut().unwrap().remove("revenue");
    }
    let order = json!({"goalKey": "order", "type": "custom_event", "eventName": "purchase"});
    let aov = json!({"goalKey": "aov", "type": "revenue", "eventName": "purchase"});
    let signal = json!({"kind": "track", "name": "purchase", "url": "https://shop.example/", "payload": payload});
    let judged = Judged::of_one(case, vec![order.clone(), aov.clone()], Happened::read(&signal));
    let judged = judged.expect(&order, "counted", None);
    Ok(match case.expect["minor"].as_str() {
        Some(minor) => {
            let currency = Currency::parse(case.input["currency"].as_str().unwrap()).unwrap();
            let gross = to_decimal(minor.parse().unwrap(), currency);
            let shown = json!({"currency": currency.code(), "gross": gross});
            judged.expect(&aov, "counted", Some(shown))
        }
        None => judged.expect(&aov, case.expect.as_str().unwrap(), None),
    })
}
