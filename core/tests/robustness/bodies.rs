//! What must hold whatever comes in. Each function takes any input, and panics if it does not.
//!
//! `robustness.rs` calls these a bounded number of times, and `fuzz/` for as long as one likes.

use serde_json::Value;
use serde_json::value::RawValue;
use std::cell::Cell;
use ttoolab_core::batch::{Batch, is_shallow};
use ttoolab_core::check::{
    CheckedEvent, IdRule, MAX_ASSIGNMENTS, MAX_CLAIMS, MAX_DOC_ID_BYTES, MAX_URL_BYTES, check_event,
};
use ttoolab_core::id::{is_event_name, is_key};
use ttoolab_core::money::{Currency, MAX_MINOR_UNITS, from_decimal, from_number, to_decimal};
use ttoolab_core::payload::{MAX_PROPERTIES, MAX_PROPERTY_KEY_BYTES, MAX_STRING_BYTES};
use ttoolab_core::url_rule::{MAX_PATTERN_BYTES, REGEX_URL_BYTES, UrlMatch, UrlRule, matches_any};

/// One of each number of decimals: none, two, three, four.
const CURRENCIES: [&str; 4] = ["JPY", "USD", "KWD", "CLF"];

/// Reads a body as a batch and as an event, and gives how many events were accepted.
pub(crate) fn batch(body: &[u8]) -> usize {
    // The collector looks at the depth first, and refuses what is too deep.
    if !is_shallow(body) {
        return 0;
    }
    let alone = serde_json::from_slice::<&RawValue>(body).map_or(0, event);
    let batch = serde_json::from_slice::<Batch<'_>>(body);
    alone + batch.map_or(0, |batch| batch.events.into_iter().map(event).sum())
}

fn event(raw: &RawValue) -> usize {
    let strict = check_event(raw, IdRule::Required);
    match (&strict, check_event(raw, IdRule::Optional)) {
        (Ok(_), Err(rejection)) => panic!("a rule that asks for less refuses more: {rejection:?}"),
        (Ok(_) | Err(_), Ok(event)) => within_bounds(&event),
        (Err(_), Err(rejection)) => assert!(!rejection.message.is_empty()),
    }
    usize::from(strict.is_ok_and(|event| event.event_id.is_some()))
}

fn within_bounds(event: &CheckedEvent<'_>) {
    assert!(is_event_name(&event.name));
    assert!(event.sent_id.is_some() == event.event_id.is_some());
    assert!(event.doc_id.as_ref().is_none_or(|id| (1..=MAX_DOC_ID_BYTES).contains(&id.len())));
    assert!(event.url.len() <= MAX_URL_BYTES && event.referrer.len() <= MAX_URL_BYTES);
    assert!(event.assignments.len() <= MAX_ASSIGNMENTS && event.claims.len() <= MAX_CLAIMS);
    for assignment in &event.assignments {
        assert!(is_key(&assignment.experiment_key) && is_key(&assignment.variant_key));
    }
    for claim in &event.claims {
        assert!(is_key(&claim.experiment_key) && is_key(&claim.goal_key));
    }
    // Clocks are added up: a sum of any two times must not overflow.
    assert!(
        event.created_ms.unwrap_or(0).checked_add(event.clock_offset_ms.unwrap_or(0)).is_some()
    );
    // What serde_json alone cannot hold, such as 1e400, has been looked at by others.
    let payload = event.raw_payload.and_then(|raw| serde_json::from_str(raw.get()).ok());
    if let Some(payload) = payload {
        small(&payload);
        let named = |name: &String| event.payload.get(name).is_some();
        assert!(payload.as_object().is_some_and(|object| object.keys().all(named)));
    }
}

/// Every bound of a payload, at every depth.
fn small(value: &Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => assert!(text.len() <= MAX_STRING_BYTES),
        Value::Array(list) => list.iter().for_each(small),
        Value::Object(object) => {
            assert!(object.len() <= MAX_PROPERTIES);
            assert!(object.keys().all(|key| key.len() <= MAX_PROPERTY_KEY_BYTES));
            object.values().for_each(small);
        }
    }
}

/// Saves a pattern of every kind and matches it with a URL.
pub(crate) fn url_rule(pattern: &str, url: &str) {
    for kind in [
        UrlMatch::Exact,
        UrlMatch::Contains,
        UrlMatch::StartsWith,
        UrlMatch::Regex,
        UrlMatch::Simple,
    ] {
        let written = UrlRule { kind, pattern: pattern.to_owned(), not: false };
        let Ok(rule) = written.saved() else { continue };
        assert!(rule.pattern.is_ascii() && (1..=MAX_PATTERN_BYTES).contains(&rule.pattern.len()));
        assert_eq!(rule.clone().saved().as_ref(), Ok(&rule), "saving again changes nothing");

        let asked = Cell::new(false);
        let regex = |pattern: &str, seen: &str| {
            asked.set(true);
            assert!(pattern == rule.pattern && seen.len() <= REGEX_URL_BYTES);
            url.starts_with(seen)
        };
        let matches = matches_any(std::slice::from_ref(&rule), url, &regex);
        assert_eq!(asked.get(), kind == UrlMatch::Regex, "no other kind asks the engine");
        let excluded = UrlRule { not: true, ..rule.clone() };
        assert_eq!(matches_any(std::slice::from_ref(&excluded), url, &regex), !matches);
        assert!(!matches_any(&[rule.clone(), excluded], url, &regex), "an exclusion wins");
        if kind == UrlMatch::Simple {
            let itself = matches_any(std::slice::from_ref(&rule), &rule.pattern, &regex);
            assert!(itself, "a simple pattern takes itself: {}", rule.pattern);
        }
    }
}

/// Reads a text and a number as amounts.
pub(crate) fn money(text: &str, number: f64, units: i64) {
    for code in CURRENCIES {
        let currency = Currency::parse(code).expect(code);
        for read in [from_decimal(text, currency), from_number(number, currency)] {
            let Ok(units) = read else { continue };
            assert!((0..=MAX_MINOR_UNITS).contains(&units));
            assert_eq!(from_decimal(&to_decimal(units.into(), currency), currency), Ok(units));
        }
        assert_eq!(
            from_number(number, currency),
            from_decimal(&number.to_string(), currency).or_else(|why| {
                // The one number whose text has a sign and that is an amount.
                if number == 0.0 { Ok(0) } else { Err(why) }
            })
        );
        let amount = to_decimal(units.into(), currency);
        let is_amount = (0..=MAX_MINOR_UNITS).contains(&units);
        assert_eq!(from_decimal(&amount, currency).ok(), is_amount.then_some(units), "{amount}");
    }
}
