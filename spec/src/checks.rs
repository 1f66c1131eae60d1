//! Family `checks`: which events are refused, and why.
//!
//! The event stands as `event`, or as `json` where the text itself matters: a number beyond a
//! double, a name given twice. Expects `"ok"` or the code of the refusal.

use serde::Deserialize;
use serde::de::Error;
use serde_json::Value;
use serde_json::value::RawValue;
use ttoolab_core::check::{IdRule, check_event};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    // `Option` would take an event that is `null` for one that is not there.
    #[serde(default, deserialize_with = "present")]
    event: Option<Value>,
    json: Option<String>,
    ids: Ids,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Ids {
    Required,
    Optional,
}

pub(crate) fn answer(input: Value) -> Result<Value, serde_json::Error> {
    let Input { event, json, ids } = serde_json::from_value(input)?;
    let raw = match (event, json) {
        (Some(event), None) => serde_json::value::to_raw_value(&event)?,
        (None, Some(json)) => RawValue::from_string(json)?,
        (Some(_), Some(_)) | (None, None) => return Err(Error::custom("event, or else json")),
    };
    let rule = match ids {
        Ids::Required => IdRule::Required,
        Ids::Optional => IdRule::Optional,
    };
    Ok(match check_event(&raw, rule) {
        Ok(_) => "ok".into(),
        Err(rejection) => rejection.code.as_str().into(),
    })
}

fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
