//! `track()`: what a caller may pass.

use js_sys::Array;
use ttoolab_core::check::REFUND;
use ttoolab_core::id::is_event_name;
use ttoolab_core::payload::{MAX_PROPERTIES, MAX_PROPERTY_KEY_BYTES, MAX_STRING_BYTES};
use ttoolab_core::reason::RejectCode;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/capture/payload.js")]
extern "C" {
    #[wasm_bindgen(js_name = payloadText)]
    fn payload_text(
        payload: &JsValue,
        max_properties: usize,
        max_key_bytes: usize,
        max_string_bytes: usize,
    ) -> Array;
}

/// What could be read of a payload.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    /// JSON text of an object that has properties.
    pub(crate) json: Option<String>,
    /// Why something of it was left out.
    pub(crate) reasons: Vec<String>,
}

impl Payload {
    /// Reads what the page passed.
    pub(crate) fn read(passed: &JsValue) -> Self {
        let found = payload_text(passed, MAX_PROPERTIES, MAX_PROPERTY_KEY_BYTES, MAX_STRING_BYTES);
        let reasons = found.iter().skip(1).filter_map(|reason| reason.as_string());
        Self { json: found.get(0).as_string(), reasons: reasons.collect() }
    }
}

/// Checks a tracked name as the collector would, so that a mistake is told where it is made.
pub(crate) fn check_name(name: &str) -> Result<(), &'static str> {
    if !is_event_name(name) {
        return Err(RejectCode::BadEventName.as_str());
    }
    if name.starts_with('$') && name != REFUND {
        return Err(RejectCode::ReservedEventName.as_str());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names() {
        for good in ["purchase", "signup.completed", "$refund", "Größe", &"x".repeat(128)] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "two\nlines", &"x".repeat(129)] {
            assert_eq!(check_name(bad), Err("badEventName"), "{bad}");
        }
        for ours in ["$exposure", "$url", "$click", "$submit", "$own"] {
            assert_eq!(check_name(ours), Err("reservedEventName"), "{ours}");
        }
    }
}
