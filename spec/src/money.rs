//! Family `money`: amounts in minor units.
//!
//! Expects `{"minor": "9990"}` (text, for readers whose numbers end at 2^53), `"badRevenue"` or
//! `"badCurrency"`. A `revenue` left out is the one a revenue goal needs and does not get.

use serde::Deserialize;
use serde::de::Error;
use serde_json::{Value, json};
use ttoolab_core::money::{BadRevenue, Currency, from_decimal, from_number};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default)]
    revenue: Value,
    currency: String,
}

pub(crate) fn answer(input: Value) -> Result<Value, serde_json::Error> {
    let Input { revenue, currency } = serde_json::from_value(input)?;
    let Ok(currency) = Currency::parse(&currency) else { return Ok("badCurrency".into()) };
    let units = match special(&revenue)? {
        Some(number) => from_number(number, currency),
        None => minor_units(&revenue, currency),
    };
    Ok(units.map_or_else(|_| "badRevenue".into(), |units| json!({"minor": units.to_string()})))
}

/// A number that JSON cannot write, as `{"special": "NaN"}`; `None` for any other value.
fn special(revenue: &Value) -> Result<Option<f64>, serde_json::Error> {
    match revenue.get("special").map(Value::as_str) {
        None => Ok(None),
        Some(Some("NaN")) => Ok(Some(f64::NAN)),
        Some(Some("Infinity")) => Ok(Some(f64::INFINITY)),
        Some(Some("-Infinity")) => Ok(Some(f64::NEG_INFINITY)),
        Some(Some("-0")) => Ok(Some(-0.0)),
        Some(_) => Err(Error::custom("special is NaN, Infinity, -Infinity or -0")),
    }
}

/// Reads a property as money, as the collector does.
fn minor_units(revenue: &Value, currency: Currency) -> Result<i64, BadRevenue> {
    match revenue {
        Value::Number(number) => from_number(number.as_f64().ok_or(BadRevenue)?, currency),
        Value::String(text) => from_decimal(text, currency),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(BadRevenue),
    }
}
