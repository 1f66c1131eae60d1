//! Family `counting`: events of one experiment in, parts of its results out.
//!
//! Here the file is read, and answers are compared; who counts is the caller. The collector's
//! tests run it twice: on the fold itself, and over HTTP.

use crate::SpecError;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use ttoolab_core::clock::parse_time;
use ttoolab_core::id::{AnonymousId, EventId};

/// When the experiment began unless the case says otherwise: with the year 2026.
pub const STARTED_MS: i64 = 1_767_225_600_000;

/// One case: a small world, what came in, and those of the results that its sentence speaks of.
#[derive(Debug)]
pub struct World {
    /// The sentence of the contract that it holds us to.
    pub name: String,
    /// The project, as the import file spells it.
    pub project: Value,
    /// The experiment `hero`, as the import file spells it.
    pub experiment: Value,
    /// What the collector remembers of the experiment.
    pub history: Value,
    /// Query parameters of the question, such as `lane`.
    pub query: Value,
    /// The events, in their order.
    pub sent: Vec<Sent>,
    /// For [`difference`]: `results`, `daily` and `rejected`.
    pub expect: Value,
}

/// One event as it came in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sent {
    /// Who it is of.
    #[serde(deserialize_with = "visitor")]
    pub visitor: AnonymousId,
    /// The arm in the visitor's token, with its epoch; no token when left out.
    #[serde(default)]
    pub token: Option<(String, u32)>,
    /// Sent with a secret key.
    #[serde(default)]
    pub server: bool,
    /// Said by the batch.
    #[serde(default)]
    pub webdriver: bool,
    /// When it was received, in milliseconds since 1970.
    #[serde(rename = "receivedAt", deserialize_with = "time")]
    pub received_ms: i64,
    /// The event on the wire.
    #[serde(deserialize_with = "with_ids")]
    pub event: Value,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    input: Input,
    expect: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Changes to the experiment `hero` with the variants `control` and `b`.
    #[serde(default)]
    experiment: Value,
    /// Changes to the project.
    #[serde(default)]
    project: Value,
    #[serde(default)]
    history: Option<Value>,
    #[serde(default)]
    query: Value,
    sent: Vec<Sent>,
}

/// Every case.
///
/// # Errors
/// [`SpecError`] when the file cannot be read, or has no case.
pub fn worlds() -> Result<Vec<World>, SpecError> {
    let file: File = serde_json::from_str(include_str!("../counting.json"))?;
    if file.cases.is_empty() {
        return Err(SpecError::NoCases);
    }
    Ok(file.cases.into_iter().map(world).collect())
}

fn world(Case { name, input, expect }: Case) -> World {
    let project = json!({"projectKey": "demo", "currency": "USD", "timeZone": "UTC"});
    let experiment = changed(experiment(), &input.experiment);
    let history = input.history.unwrap_or_else(|| {
        json!({"goalsSince": {}, "epochs": [
            {"number": 1, "startedMs": STARTED_MS, "variants": experiment["variants"]},
        ]})
    });
    let project = changed(project, &input.project);
    World { name, project, experiment, history, query: input.query, sent: input.sent, expect }
}

fn experiment() -> Value {
    json!({
        "experimentKey": "hero", "status": "running",
        "urlRules": [{"match": "contains", "pattern": "/"}],
        "variants": [
            {"variantKey": "control", "weight": 1, "isControl": true},
            {"variantKey": "b", "weight": 1},
        ],
        "goals": [
            {"goalKey": "order", "type": "custom_event", "eventName": "purchase", "isPrimary": true},
            {"goalKey": "aov", "type": "revenue", "eventName": "purchase"},
            {"goalKey": "thanks", "type": "page_view",
             "url": [{"match": "contains", "pattern": "/thanks"}]},
            {"goalKey": "pay", "type": "click", "selector": "#pay"},
        ],
    })
}

fn changed(mut base: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
    base
}

fn visitor<'de, D: Deserializer<'de>>(from: D) -> Result<AnonymousId, D::Error> {
    u8::deserialize(from).map(|number| AnonymousId::from_bytes([number; 16]))
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    parse_time(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

/// Numbers in place of ids become ids.
fn with_ids<'de, D: Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
    let id = |number: &Value| {
        let number = u8::deserialize(number).map_err(serde::de::Error::custom)?;
        Ok(json!(EventId::from_bytes([number; 16]).to_string()))
    };
    let mut event = Value::deserialize(from)?;
    event["eventId"] = id(&event["eventId"])?;
    for assignment in event["assignments"].as_array_mut().into_iter().flatten() {
        if let Some(number) = assignment.get("exposureId") {
            assignment["exposureId"] = id(number)?;
        }
    }
    Ok(event)
}

/// What of `wanted` is not in `got`, in which lists of things that have a key are objects by that
/// key. Parts that `wanted` does not name may be anything; `null` asks for absence, or for null.
///
/// ```
/// use serde_json::json;
/// use ttoolab_spec::counting::difference;
/// let got = json!({"variants": [{"variantKey": "b", "exposures": 2}], "epoch": 1});
/// assert_eq!(difference(&json!({"variants": {"b": {"exposures": 2}}}), got.clone()), None);
/// let line = difference(&json!({"variants": {"b": {"exposures": 3}}}), got).unwrap();
/// assert_eq!(line, ".variants.b.exposures is 2, not 3");
/// ```
#[must_use]
pub fn difference(wanted: &Value, got: Value) -> Option<String> {
    missing(wanted, &by_key(got), "")
}

fn by_key(value: Value) -> Value {
    match value {
        Value::Array(list) => {
            let key = |item: &Value| {
                let names = ["variantKey", "goalKey", "day", "currency"];
                names.iter().find_map(|name| item.get(name)?.as_str().map(str::to_owned))
            };
            let keys: Option<Vec<_>> = list.iter().map(key).collect();
            match keys.filter(|keys| !keys.is_empty()) {
                Some(keys) => keys.into_iter().zip(list.into_iter().map(by_key)).collect(),
                None => Value::Array(list.into_iter().map(by_key).collect()),
            }
        }
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, by_key(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn missing(wanted: &Value, got: &Value, path: &str) -> Option<String> {
    match wanted {
        Value::Object(fields) => fields.iter().find_map(|(name, wanted)| {
            missing(wanted, got.get(name).unwrap_or(&Value::Null), &format!("{path}.{name}"))
        }),
        Value::Number(number) if got.as_f64() == number.as_f64() => None,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            (wanted != got).then(|| format!("{path} is {got}, not {wanted}"))
        }
    }
}
