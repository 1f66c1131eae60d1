//! One unchecked event in; a checked event, or a reason for refusing it, out.
//!
//! ```
//! use ttoolab_core::check::{IdRule, check_event};
//! let raw = r#"{"eventName":"purchase","createdAt":"1970-01-01T00:00:01.500Z"}"#;
//! let raw = serde_json::from_str(raw).unwrap();
//! let event = check_event(raw, IdRule::Optional).unwrap();
//! assert_eq!((&*event.name, event.created_ms), ("purchase", Some(1500)));
//! ```

use crate::batch::{Claim, Event, Text};
use crate::clock::parse_time;
use crate::id::{EventId, is_event_name};
use crate::payload::{InvalidPayload, Payload};
use crate::reason::RejectCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

mod lists;

pub use lists::{CheckedAssignment, MAX_ASSIGNMENTS, MAX_CLAIMS};

/// The longest URL, in bytes: what browsers and proxies agree to carry.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// # use ttoolab_core::check::{IdRule, MAX_URL_BYTES, check_event};
/// let of = |n| to_raw_value(&json!({ "eventName": "$url", "url": "u".repeat(n) })).unwrap();
/// assert!(check_event(&of(MAX_URL_BYTES), IdRule::Optional).is_ok());
/// assert!(check_event(&of(MAX_URL_BYTES + 1), IdRule::Optional).is_err());
/// ```
pub const MAX_URL_BYTES: usize = 8 * 1024;

/// The longest `docId`, in bytes: a UUID with room.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// # use ttoolab_core::check::{IdRule, MAX_DOC_ID_BYTES, check_event};
/// let of = |n| to_raw_value(&json!({ "eventName": "$url", "docId": "d".repeat(n) })).unwrap();
/// assert!(check_event(&of(MAX_DOC_ID_BYTES), IdRule::Optional).is_ok());
/// assert!(check_event(&of(MAX_DOC_ID_BYTES + 1), IdRule::Optional).is_err());
/// ```
pub const MAX_DOC_ID_BYTES: usize = 64;

/// The largest measured clock offset that is believed, in milliseconds (a hundred years): past
/// it the number is noise, and sums could overflow.
const MAX_OFFSET_MS: f64 = 3_155_760_000_000.0;

/// The name of an event that takes back from an order; of our own names, the one that a caller may
/// send.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// # use ttoolab_core::check::{IdRule, REFUND, check_event};
/// let refund = to_raw_value(&json!({ "eventName": REFUND })).unwrap();
/// assert_eq!(check_event(&refund, IdRule::Optional).unwrap().name, "$refund");
/// ```
pub const REFUND: &str = "$refund";

/// Our own event names that may be on the wire.
const OWN_NAMES: [&str; 5] = ["$exposure", "$url", "$click", "$submit", REFUND];

/// An event whose every field is within its bounds.
///
/// ```
/// use ttoolab_core::check::{IdRule, check_event};
/// let raw = r#"{"eventName":"signup","clockOffsetMs":-119.6,"payload":{"plan":"pro"}}"#;
/// let event = check_event(serde_json::from_str(raw).unwrap(), IdRule::Optional).unwrap();
/// assert_eq!(event.clock_offset_ms, Some(-120));
/// // Fields left out are empty, not missing.
/// assert_eq!((&*event.url, event.claims.len()), ("", 0));
/// assert_eq!(event.raw_payload.unwrap().get(), r#"{"plan":"pro"}"#);
/// ```
#[derive(Debug, Clone)]
pub struct CheckedEvent<'a> {
    /// Its id; `None` if the sender gave none, which only the published form may.
    pub event_id: Option<EventId>,
    /// The id as the sender spelled it, which is how it is acknowledged.
    pub sent_id: Option<Cow<'a, str>>,
    /// The page load it happened in.
    pub doc_id: Option<Cow<'a, str>>,
    /// Its place within the page load.
    pub seq: Option<u32>,
    /// Its name.
    pub name: Cow<'a, str>,
    /// The page's clock, in milliseconds since the epoch.
    pub created_ms: Option<i64>,
    /// The measured offset of that clock, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// The full URL of the page; empty if the sender gave none.
    pub url: Cow<'a, str>,
    /// The full URL of the page before.
    pub referrer: Cow<'a, str>,
    /// The properties.
    pub payload: Payload<'a>,
    /// The payload as it was sent, for storing.
    pub raw_payload: Option<&'a RawValue>,
    /// The assignments as they were sent, for storing.
    pub raw_assignments: Option<&'a RawValue>,
    /// The claims as they were sent, for storing.
    pub raw_conversions: Option<&'a RawValue>,
    /// The assignments it names.
    pub assignments: Vec<CheckedAssignment<'a>>,
    /// The goals the browser claims.
    pub claims: Vec<Claim<'a>>,
}

/// Why an event was refused.
///
/// ```
/// use ttoolab_core::check::{IdRule, Rejection, check_event};
/// let raw = r#"{"eventId":"0193B5F0-0000-7000-8000-000000000000","eventName":7}"#;
/// let Rejection { event_id, code, message } =
///     check_event(serde_json::from_str(raw).unwrap(), IdRule::Required).unwrap_err();
/// // The id as it was sent, also of an event that could not be read.
/// assert_eq!(event_id.as_deref(), Some("0193B5F0-0000-7000-8000-000000000000"));
/// assert_eq!(code.as_str(), "badEvent");
/// assert!(message.starts_with("invalid type: integer `7`, expected a string"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The id as the sender wrote it, so that it can be forgotten there.
    pub event_id: Option<String>,
    /// The reason.
    pub code: RejectCode,
    /// The reason for people.
    pub message: String,
}

/// Whether an event must bring its own id.
///
/// ```
/// use ttoolab_core::check::{IdRule, check_event};
/// let raw = serde_json::from_str(r#"{"eventName":"signup"}"#).unwrap();
/// assert!(check_event(raw, IdRule::Optional).is_ok());
/// assert!(check_event(raw, IdRule::Required).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdRule {
    /// In a batch, whose answer names ids.
    Required,
    /// In the published form, which does not know them.
    Optional,
}

/// Reads and checks one event.
///
/// # Errors
/// A [`Rejection`] naming the first field that is wrong; the event must not be stored.
///
/// ```
/// use ttoolab_core::check::{IdRule, check_event};
/// use ttoolab_core::reason::RejectCode;
/// let raw = serde_json::from_str(r#"{"eventId":"not an id","eventName":"purchase"}"#).unwrap();
/// let rejection = check_event(raw, IdRule::Required).unwrap_err();
/// assert_eq!(rejection.code, RejectCode::BadEventId);
/// assert_eq!(rejection.event_id.as_deref(), Some("not an id"));
/// ```
pub fn check_event(raw: &RawValue, ids: IdRule) -> Result<CheckedEvent<'_>, Rejection> {
    let bad_event =
        |message| Rejection { event_id: sent_id(raw), code: RejectCode::BadEvent, message };
    if !is_object(raw) {
        return Err(bad_event("an event is an object".to_owned()));
    }
    let event: Event<'_> =
        serde_json::from_str(raw.get()).map_err(|error| bad_event(error.to_string()))?;
    let sent_id = event.event_id.as_ref().map(|id| id.to_string());
    check_fields(event, ids).map_err(|(code, message)| Rejection {
        event_id: sent_id,
        code,
        message,
    })
}

type Fault = (RejectCode, String);

fn check_fields(event: Event<'_>, ids: IdRule) -> Result<CheckedEvent<'_>, Fault> {
    let event_id = match (&event.event_id, ids) {
        (None, IdRule::Optional) => None,
        (None, IdRule::Required) => {
            return Err(fault(RejectCode::BadEventId, "eventId is missing"));
        }
        (Some(id), _) => {
            Some(EventId::parse(id).map_err(|error| (RejectCode::BadEventId, error.to_string()))?)
        }
    };
    let name = event_name(event.event_name)?;
    let created_ms = match event.created_at {
        None => None,
        Some(text) => {
            Some(parse_time(&text).map_err(|error| (RejectCode::BadCreatedAt, error.to_string()))?)
        }
    };
    if let Some(doc_id) = &event.doc_id
        && (doc_id.is_empty() || doc_id.len() > MAX_DOC_ID_BYTES)
    {
        return Err(fault(RejectCode::BadDocId, "docId is 1 to 64 bytes"));
    }
    let url = bounded_url(event.url)?;
    let referrer = bounded_url(event.referrer)?;
    let payload = match event.payload {
        None => Payload::default(),
        Some(raw) => Payload::read(raw).map_err(|why| (payload_code(&why), why.to_string()))?,
    };
    let assignments = lists::assignments(event.assignments)?;
    let claims = lists::claims(event.conversions)?;
    if name == "$exposure" && assignments.is_empty() {
        return Err(fault(RejectCode::NoAssignment, "an $exposure names its assignments"));
    }
    Ok(CheckedEvent {
        event_id,
        sent_id: event.event_id.map(|text| text.0),
        doc_id: event.doc_id.map(|text| text.0),
        seq: event.seq,
        name,
        created_ms,
        clock_offset_ms: event.clock_offset_ms.and_then(whole_ms),
        url,
        referrer,
        payload,
        raw_payload: event.payload,
        raw_assignments: event.assignments,
        raw_conversions: event.conversions,
        assignments,
        claims,
    })
}

fn event_name(name: Option<Text<'_>>) -> Result<Cow<'_, str>, Fault> {
    let Some(Text(name)) = name else {
        return Err(fault(RejectCode::BadEventName, "eventName is missing"));
    };
    if !is_event_name(&name) {
        let message = "eventName is 1 to 128 characters without control characters";
        return Err(fault(RejectCode::BadEventName, message));
    }
    if name.starts_with('$') && !OWN_NAMES.contains(&&*name) {
        let message = "names that start with `$` are reserved";
        return Err(fault(RejectCode::ReservedEventName, message));
    }
    Ok(name)
}

fn bounded_url(url: Option<Text<'_>>) -> Result<Cow<'_, str>, Fault> {
    let url = url.map_or(Cow::Borrowed(""), |text| text.0);
    if url.len() > MAX_URL_BYTES {
        return Err(fault(RejectCode::UrlTooLong, "url and referrer are at most 8192 bytes"));
    }
    Ok(url)
}

/// Asked by hand, because serde takes a list for a struct as well.
fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

fn payload_code(why: &InvalidPayload) -> RejectCode {
    match why {
        InvalidPayload::NotAnObject => RejectCode::BadPayload,
        InvalidPayload::TooManyProperties => RejectCode::TooManyProperties,
        InvalidPayload::KeyTooLong => RejectCode::KeyTooLong,
        InvalidPayload::StringTooLong => RejectCode::StringTooLong,
    }
}

/// An offset in whole milliseconds. One that is out of bounds was not measured by anybody: it
/// counts as unknown, and the event is kept.
#[expect(clippy::cast_possible_truncation, reason = "bounded right before")]
fn whole_ms(offset: f64) -> Option<i64> {
    (offset.abs() <= MAX_OFFSET_MS).then(|| offset.round() as i64)
}

/// The id of an event that could not be read as a whole.
fn sent_id(raw: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct OnlyId {
        event_id: String,
    }
    serde_json::from_str::<OnlyId>(raw.get()).ok().map(|only| only.event_id)
}

fn fault(code: RejectCode, message: &str) -> Fault {
    (code, message.to_owned())
}
