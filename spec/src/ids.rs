//! Family `ids`: which texts are keys, event names and ids.
//!
//! Expects `true` or `false` for keys and names; for ids the canonical text, or `false`.

use serde::Deserialize;
use serde_json::Value;
use ttoolab_core::id::{AnonymousId, EventId, InvalidId, is_event_name, is_key};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    kind: Kind,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Key,
    EventName,
    AnonymousId,
    EventId,
}

pub(crate) fn answer(input: Value) -> Result<Value, serde_json::Error> {
    let Input { kind, text } = serde_json::from_value(input)?;
    Ok(match kind {
        Kind::Key => is_key(&text).into(),
        Kind::EventName => is_event_name(&text).into(),
        Kind::AnonymousId => canonical(AnonymousId::parse(&text)),
        Kind::EventId => canonical(EventId::parse(&text)),
    })
}

fn canonical<T: ToString>(id: Result<T, InvalidId>) -> Value {
    id.map_or(Value::Bool(false), |id| id.to_string().into())
}
