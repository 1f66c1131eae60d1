//! Family `goals`: what a goal makes of a signal.
//!
//! Expects the reason, `"counted"` or `"filtered"`, or `"notConcerned"`; or, for a goal that must not be accepted,
//! `{"refused": field}`, where the field is `"unreadable"` if the goal is not even of the form.

use crate::Regex;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use ttoolab_core::goal::Value as Found;
use ttoolab_core::goal::{Goal, GoalConfig, Signal, SignalKind, is_plain_decimal};
use ttoolab_core::reason::Reason;

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
pub(crate) struct Told {
    kind: Kind,
    #[serde(default)]
    name: String,
    url: String,
    #[serde(default)]
    payload: Map<String, Value>,
    #[serde(default = "yes")]
    hit: Option<bool>,
    #[serde(default = "person")]
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

fn yes() -> Option<bool> {
    Some(true)
}

fn person() -> bool {
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

fn judged(goal: &Goal, told: &Told, regex: Regex<'_>) -> Option<Reason> {
    told.signal(regex, |signal| goal.judge(signal))?
}

impl Told {
    /// What `look` sees in the signal; `None` for an event that no goal looks at.
    pub(crate) fn signal<R>(
        &self,
        regex: Regex<'_>,
        look: impl FnOnce(&Signal<'_>) -> R,
    ) -> Option<R> {
        Some(look(&Signal {
            kind: self.kind()?,
            url: &self.url,
            regex,
            hit: &|_, _| self.hit,
            field: &|name| self.payload.get(name).and_then(found),
            no_amount: &|| {
                let revenue = self.payload.get("revenue").and_then(Value::as_f64);
                revenue.is_none().then_some(Reason::BadRevenue)
            },
        }))
    }

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

fn word(reason: Option<Reason>) -> &'static str {
    reason.map_or("notConcerned", Reason::as_str)
}
