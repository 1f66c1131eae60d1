//! Family `clock`: at which time an event counts, and on which day.
//!
//! Expects `{"correctedAt", "badClock"}`; or, for a `time` and a `timeZone`, the day.

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::Error;
use serde_json::{Value, json};
use ttoolab_core::clock::{Corrected, Day, corrected, format_time, parse_time};

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Time(Sent),
    Day(Moment),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sent {
    created_at: String,
    clock_offset_ms: Option<i64>,
    received_at: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Moment {
    time: String,
    time_zone: String,
}

pub(crate) fn answer(input: Value) -> Result<Value, serde_json::Error> {
    match serde_json::from_value(input)? {
        Input::Time(Sent { created_at, clock_offset_ms, received_at }) => {
            let Corrected { at_ms, bad_clock } =
                corrected(millis(&created_at)?, clock_offset_ms, millis(&received_at)?);
            Ok(json!({"correctedAt": format_time(at_ms), "badClock": bad_clock}))
        }
        Input::Day(Moment { time, time_zone }) => {
            let zone = TimeZone::get(&time_zone).map_err(Error::custom)?;
            Ok(Day::of(millis(&time)?, &zone).to_string().into())
        }
    }
}

fn millis(text: &str) -> Result<i64, serde_json::Error> {
    parse_time(text).map_err(Error::custom)
}
