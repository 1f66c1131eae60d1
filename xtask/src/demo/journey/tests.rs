//! The shape of a simulated batch, over many journeys.

use super::*;

const HOME: &str = "http://127.0.0.1:8787/demo/";
const VISITOR: &str = "550e8400-e29b-41d4-a716-446655440000";

fn now() -> SystemTime {
    humantime::parse_rfc3339("2026-11-23T10:00:00.000Z").unwrap()
}

fn blob() -> Value {
    json!({ "visitorToken": "token", "experiments": [
        { "experimentKey": "hero", "epoch": 1, "variant": { "key": "b" } },
        { "experimentKey": "product-page", "epoch": 3, "variant": { "key": "control" } },
    ] })
}

fn batches() -> impl Iterator<Item = Value> {
    (0..500).map(|seed| batch(&mut Rng::with_seed(seed), HOME, VISITOR, &blob(), now()).unwrap())
}

fn events(batch: &Value) -> &Vec<Value> {
    batch["events"].as_array().unwrap()
}

#[test]
fn the_same_chance_makes_the_same_journey() {
    assert!(batches().eq(batches()));
}

#[test]
fn a_batch_says_whose_it_is_and_that_it_is_simulated() {
    let first = batches().next().unwrap();
    assert_eq!(first["projectKey"], "demo");
    assert_eq!(first["anonymousId"], VISITOR);
    assert_eq!(first["visitorToken"], "token");
    assert_eq!(first["sentAt"], "2026-11-23T10:00:00.000Z");
    assert_eq!(first["sdk"], "ttoolab-sim/0.1.0");
}

#[test]
fn a_journey_begins_with_the_exposure_of_the_hero() {
    for batch in batches() {
        let first = &events(&batch)[0];
        assert_eq!(first["eventName"], "$exposure");
        assert_eq!(
            first["assignments"],
            json!([{ "experimentKey": "hero", "variantKey": "b", "epoch": 1 }])
        );
    }
}

#[test]
fn the_sequence_has_no_gap_and_time_goes_on_within_the_last_week() {
    for batch in batches() {
        let mut last = humantime::format_rfc3339_millis(now() - OLDEST).to_string();
        for (index, event) in events(&batch).iter().enumerate() {
            assert_eq!(event["seq"], index + 1);
            assert_eq!(event["docId"], events(&batch)[0]["docId"]);
            assert_eq!(event["clockOffsetMs"], 0);
            let time = event["createdAt"].as_str().unwrap().to_owned();
            assert!(last < time && *time < *batch["sentAt"].as_str().unwrap(), "{time}");
            last = time;
        }
    }
}

#[test]
fn an_id_is_a_v7_of_the_events_time() {
    for batch in batches() {
        for event in events(&batch) {
            let id = Uuid::parse_str(event["eventId"].as_str().unwrap()).unwrap();
            assert_eq!(id.get_version_num(), 7);
            let (seconds, _) = id.get_timestamp().unwrap().to_unix();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            let second = humantime::format_rfc3339_seconds(time).to_string();
            assert_eq!(second[..19], event["createdAt"].as_str().unwrap()[..19]);
        }
    }
}

#[test]
fn later_events_name_the_exposure_they_follow() {
    for batch in batches() {
        let mut exposures = Vec::new();
        for event in events(&batch) {
            if event["eventName"] == "$exposure" {
                exposures.push(&event["eventId"]);
                continue;
            }
            let named = event["assignments"].as_array().unwrap().iter().map(|a| &a["exposureId"]);
            assert_eq!(named.collect::<Vec<_>>(), exposures);
        }
    }
}

#[test]
fn every_kind_of_goal_is_met_by_somebody() {
    let all: Vec<Value> = batches().flat_map(|batch| events(&batch).clone()).collect();
    for name in ["$exposure", "$submit", "add_to_cart", "$click", "$url", "purchase"] {
        assert!(all.iter().any(|event| event["eventName"] == name), "{name}");
    }
    let purchase = all.iter().find(|event| event["eventName"] == "purchase").unwrap();
    assert!(purchase["payload"]["revenue"].as_f64().unwrap() > 0.0);
    assert!(purchase["url"].as_str().unwrap().contains("/demo/order-confirmation?order=SIM-"));
    let click = all.iter().find(|event| event["eventName"] == "$click").unwrap();
    assert_eq!(
        click["conversions"],
        json!([
            { "experimentKey": "hero", "goalKey": "checkout" },
            { "experimentKey": "product-page", "goalKey": "checkout" },
        ])
    );
}

#[test]
fn whom_no_experiment_takes_is_not_exposed() {
    let blob = json!({ "visitorToken": "token", "experiments": [] });
    let batch = batch(&mut Rng::with_seed(1), HOME, VISITOR, &blob, now()).unwrap();
    for event in events(&batch) {
        assert_ne!(event["eventName"], "$exposure");
        assert!(event.get("assignments").is_none() && event.get("conversions").is_none());
    }
}
