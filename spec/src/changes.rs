//! Family `changes`: the name and the value that a change of a variant is carried out with.
//!
//! Expects `[name, value]`, or `"refused"` for what is no change.

use serde_json::{Value, json};
use ttoolab_core::change::Change;

pub(crate) fn answer(input: Value) -> Result<Value, serde_json::Error> {
    Ok(match serde_json::from_value::<Change>(input) {
        Ok(change) => {
            let (name, value) = change.operands();
            json!([name, value])
        }
        Err(_) => "refused".into(),
    })
}
