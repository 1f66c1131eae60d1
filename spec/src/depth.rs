//! Family `depth`: whether a body is nested no deeper than allowed.
//!
//! The body stands as text, because what is counted is its bytes. Expects `true` or `false`.

use serde::Deserialize;
use serde_json::Value;
use ttoolab_core::batch::is_shallow;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    json: String,
}

pub(crate) fn answer(input: Value) -> Result<Value, serde_json::Error> {
    let Input { json } = serde_json::from_value(input)?;
    Ok(is_shallow(json.as_bytes()).into())
}
