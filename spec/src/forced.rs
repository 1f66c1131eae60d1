//! Family `forced`: which variants a page's URL asks for.
//!
//! Expects `experiment:variant` texts, in order.

use serde::Deserialize;
use serde_json::Value;
use ttoolab_core::forced::forced;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    url: String,
}

pub(crate) fn answer(input: Value) -> Result<Value, serde_json::Error> {
    let Input { url } = serde_json::from_value(input)?;
    let pairs = forced(&url).into_iter();
    Ok(pairs.map(|pair| format!("{}:{}", pair.experiment_key, pair.variant_key)).collect())
}
