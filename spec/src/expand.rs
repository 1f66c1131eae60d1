//! Long values, written short: what stands for them is replaced anywhere in an input.
//!
//! | in the file | stands for |
//! |---|---|
//! | `{"$repeat":["a",1025]}` | a string of 1025 `a` |
//! | `{"$join":["https://", {"$repeat":["a",9]}]}` | the strings, one after another |
//! | `{"$list":[1,65]}` | a list of 65 times the value |
//! | `{"$properties":65}` | an object of 65 properties `p1` … `p65`, each `true` |

use serde::de::Error;
use serde_json::{Map, Value};

/// The most copies of one value: a slip of the pen must not fill the memory.
const MAX_COPIES: usize = 65_536;

/// The input with everything written out.
pub(crate) fn expanded(value: Value) -> Result<Value, serde_json::Error> {
    match value {
        Value::Array(items) => items.into_iter().map(expanded).collect(),
        Value::Object(fields) => {
            let fields: Map<String, Value> = fields
                .into_iter()
                .map(|(key, value)| Ok((key, expanded(value)?)))
                .collect::<Result<_, serde_json::Error>>()?;
            generated(fields)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value),
    }
}

/// What an object of a single `$` field stands for; any other object stands for itself.
fn generated(fields: Map<String, Value>) -> Result<Value, serde_json::Error> {
    let mut entries = fields.iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        return Ok(Value::Object(fields));
    };
    match name.as_str() {
        "$repeat" => {
            let (text, count) = pair(value)?;
            let text = text.as_str().ok_or_else(|| Error::custom("$repeat takes a string"))?;
            Ok(Value::String(text.repeat(count)))
        }
        "$list" => {
            let (item, count) = pair(value)?;
            Ok(Value::Array(vec![item.clone(); count]))
        }
        "$join" => {
            let parts: Vec<String> = serde_json::from_value(value.clone())?;
            Ok(Value::String(parts.concat()))
        }
        "$properties" => {
            let count = bounded(value)?;
            Ok((1..=count).map(|place| (format!("p{place}"), Value::Bool(true))).collect())
        }
        _ => Ok(Value::Object(fields)),
    }
}

fn pair(value: &Value) -> Result<(&Value, usize), serde_json::Error> {
    match value.as_array().map(Vec::as_slice) {
        Some([item, count]) => Ok((item, bounded(count)?)),
        _ => Err(Error::custom("expected a value and how often")),
    }
}

fn bounded(count: &Value) -> Result<usize, serde_json::Error> {
    let count: usize = serde_json::from_value(count.clone())?;
    if count > MAX_COPIES {
        return Err(Error::custom(format!("at most {MAX_COPIES} copies")));
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::expanded;
    use serde_json::{Value, json};

    #[track_caller]
    fn case(short: Value, long: &Value) {
        assert_eq!(&expanded(short).unwrap(), long);
    }

    #[test]
    fn generators_are_written_out() {
        case(json!({"a": [{"$repeat": ["é", 3]}]}), &json!({"a": ["ééé"]}));
        case(json!({"$join": ["x", {"$repeat": ["y", 2]}]}), &json!("xyy"));
        case(json!({"$list": [{"$repeat": ["a", 2]}, 2]}), &json!(["aa", "aa"]));
        case(json!({"$properties": 2}), &json!({"p1": true, "p2": true}));
    }

    #[test]
    fn other_objects_stand_for_themselves() {
        case(json!({"$refund": 1}), &json!({"$refund": 1}));
        case(json!({"$repeat": 1, "a": 2}), &json!({"$repeat": 1, "a": 2}));
        case(json!({}), &json!({}));
    }

    #[test]
    fn a_slip_of_the_pen_is_an_error() {
        for slip in
            [json!({"$repeat": ["a"]}), json!({"$repeat": [1, 1]}), json!({"$properties": 65_537})]
        {
            assert!(expanded(slip).is_err());
        }
    }
}
