//! Family `goals`: what a goal makes of a signal.
//!
//! Expects `"met"`, `"filtered"` or `"notConcerned"`; or, for a goal that must not be accepted,
//! `{"refused": field}`, where the field is `"unreadable"` if the goal is not even of the form.

use crate::Regex;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use ttoolab_core::goal::Value as Found;
use ttoolab_core::goal::{Goal, GoalConfig, Judgement, Signal, SignalKind, is_plain_decimal};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    goal: Value,
    signal: Told,
}

/// The signal as a file tells it. What it leaves out is the ordinary case: the element was hit,
/// and a person did it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    kind: Kind,
    #[serde(default)]
    name: String,
    url: String,
    #[serde(default)]
    payload: Map<String, Value>,
    #[serde(default = "yes")]
    hit: bool,
    #[serde(default = "yes")]
    trusted: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Url,
    Click,
    Submit,
    Track,
    Exposure,
}

fn yes() -> bool {
    true
}

pub(crate) fn answer(input: Value, regex: Regex<'_>) -> Result<Value, serde_json::Error> {
    let Input { goal, signal } = serde_json::from_value(input)?;
    let Ok(config) = serde_json::from_value::<GoalConfig>(goal) else {
        return Ok(json!({"refused": "unreadable"}));
    };
    Ok(match Goal::try_from(config) {
        Ok(goal) => word(judged(&goal, &signal, regex)).into(),
        Err(fault) => json!({"refused": fault.field()}),
    })
}

fn judged(goal: &Goal, told: &Told, regex: Regex<'_>) -> Judgement {
    let Some(kind) = told.kind() else { return Judgement::NotConcerned };
    goal.judge(&Signal {
        kind,
        url: &told.url,
        regex,
        hit: &|_, _| told.hit,
        field: &|name| told.payload.get(name).and_then(found),
    })
}

impl Told {
    /// The signal's kind; `None` for an event that no goal looks at.
    fn kind(&self) -> Option<SignalKind<'_>> {
        match self.kind {
            Kind::Url => SignalKind::of_event("$url"),
            Kind::Click => Some(SignalKind::Click { trusted: self.trusted }),
            Kind::Submit => SignalKind::of_event("$submit"),
            Kind::Track => SignalKind::of_event(&self.name),
            Kind::Exposure => SignalKind::of_event("$exposure"),
        }
    }
}

/// A property as either end shows it to the rules.
fn found(value: &Value) -> Option<Found<'_>> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => Found::Bool(*value),
        Value::Number(number) => Found::Number(number.as_f64()?),
        Value::String(text) => {
            let number = if is_plain_decimal(text) { text.parse().ok() } else { None };
            Found::Text(Cow::Borrowed(text), number)
        }
        Value::Array(_) | Value::Object(_) => Found::Nested,
    })
}

fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Met => "met",
        Judgement::Filtered => "filtered",
        Judgement::NotConcerned => "notConcerned",
    }
}
