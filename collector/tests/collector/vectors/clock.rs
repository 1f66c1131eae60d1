//! Corrected times as they are stored, and days as they are shown.

use super::faketime::{Elsewhen, library};
use super::{Outcome, cases, conclude};
use crate::running::ORIGIN;
use crate::visitor::fresh_id;
use serde_json::{Value, json};
use ttoolab_core::clock::{format_time, parse_time};
use ttoolab_spec::Case;
use ttoolab_spec::counting::STARTED_MS;

/// How long before its receipt an event may have happened.
const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

#[test]
fn events_count_at_their_corrected_time_and_on_their_day() {
    let all = cases("clock");
    let (family, count) = ("clock", all.len());
    let Some(library) = library() else {
        let skipped = vec!["without libfaketime, which `cargo xtask setup` installs"; count];
        Outcome { family, cases: count, skipped, failures: Vec::new() }.tell();
        return;
    };
    let (sendable, early): (Vec<_>, Vec<_>) =
        all.iter().partition(|case| received_ms(case) - at_ms(case) <= MONTH_MS || !is_day(case));
    let projects = sendable.iter().enumerate().map(|(number, case)| {
        let zone = case.input.get("timeZone").cloned().unwrap_or_else(|| json!("UTC"));
        json!({ "projectKey": format!("clock-{number}"), "origins": [ORIGIN], "timeZone": zone,
            "experiments": [{
                "experimentKey": "hero", "status": "running",
                "urlRules": [{"match": "contains", "pattern": "/"}],
                "variants": [
                    {"variantKey": "control", "weight": 1, "isControl": true},
                    {"variantKey": "b", "weight": 1},
                ],
                "goals": [{"goalKey": "order", "type": "custom_event", "eventName": "purchase"}],
            }] })
    });
    let import = json!({"projects": projects.collect::<Vec<_>>()});
    let there = Elsewhen::start(library, &import, STARTED_MS);
    let failures = sendable.iter().enumerate().filter_map(|(number, case)| {
        let got = run(case, &format!("clock-{number}"), &there);
        (got != case.expect).then(|| format!("{}: expected {}, got {got}", case.name, case.expect))
    });
    let failures = failures.collect();
    let skipped = vec!["more than a month before 1970"; early.len()];
    conclude(&[Outcome { family, cases: count, skipped, failures }]);
}

fn is_day(case: &Case) -> bool {
    case.input.get("timeZone").is_some()
}

fn time(case: &Case, field: &str) -> Option<i64> {
    Some(parse_time(case.input.get(field)?.as_str().unwrap()).unwrap())
}

fn at_ms(case: &Case) -> i64 {
    time(case, "time").or_else(|| time(case, "createdAt")).unwrap()
}

/// No clock of a server goes before 1970: an older event comes late.
fn received_ms(case: &Case) -> i64 {
    time(case, "receivedAt").unwrap_or_else(|| at_ms(case).max(1))
}

fn run(case: &Case, project: &str, there: &Elsewhen) -> Value {
    there.set(received_ms(case));
    let id = fresh_id();
    let created_at = case.input.get("time").or_else(|| case.input.get("createdAt"));
    let mut event = json!({
        "eventId": id, "eventName": "$exposure", "createdAt": created_at,
        "assignments": [{"experimentKey": "hero", "variantKey": "b", "epoch": 1}],
    });
    let offset =
        if is_day(case) { Some(json!(0)) } else { case.input.get("clockOffsetMs").cloned() };
    if let Some(offset) = offset {
        event["clockOffsetMs"] = offset;
    }
    let body = json!({"projectKey": project, "anonymousId": fresh_id(), "events": [event]});
    let answer = there.collector.post("/sdk/events", body.to_string().as_bytes());
    assert_eq!(answer.json()["accepted"], json!([id]), "{}", answer.text);
    if is_day(case) { shown(project, there) } else { stored(project, there) }
}

/// The day of the one exposure.
fn shown(project: &str, there: &Elsewhen) -> Value {
    let path = format!("/api/v1/projects/{project}/experiments/hero/daily?lane=all");
    let daily = there.collector.get_as_admin(&path).json();
    let days = daily["days"].as_array().unwrap();
    assert_eq!(days.len(), 1, "{daily}");
    days[0]["day"].clone()
}

/// The time of the one event, and whether its clock was noted.
fn stored(project: &str, there: &Elsewhen) -> Value {
    let sql = "SELECT at_ms, verdict FROM events
               WHERE project_id = (SELECT id FROM projects WHERE key = ?1)";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (at_ms, verdict): (i64, Option<String>) =
        there.database().query_row(sql, [project], read).unwrap();
    json!({"correctedAt": format_time(at_ms), "badClock": verdict.is_some_and(|verdict| verdict.contains("badClock"))})
}
