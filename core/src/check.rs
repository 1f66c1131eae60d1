//! One unchecked event in; a checked event, or a reason for refusing it, out.

use crate::batch::{Assignment, Claim, Event, Text};
use crate::clock::parse_time;
use crate::id::{EventId, is_event_name, is_key};
use crate::payload::{InvalidPayload, Payload};
use crate::reason::RejectCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The longest URL, in bytes: what browsers and proxies agree to carry.
pub const MAX_URL_BYTES: usize = 8 * 1024;
/// The longest `docId`, in bytes: a UUID with room.
pub const MAX_DOC_ID_BYTES: usize = 64;
/// The most assignments one event may name: more running experiments on one page is a mistake.
pub const MAX_ASSIGNMENTS: usize = 64;
/// The most conversions one event may claim.
pub const MAX_CLAIMS: usize = 256;
/// The largest measured clock offset that is believed, in milliseconds (a hundred years): past
/// it the number is noise, and sums could overflow.
const MAX_OFFSET_MS: f64 = 3_155_760_000_000.0;

/// Our own event names that may be on the wire.
const OWN_NAMES: [&str; 5] = ["$exposure", "$url", "$click", "$submit", "$refund"];

/// An event whose every field is within its bounds.
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

/// An assignment whose keys are keys and whose exposure id is an id.
#[derive(Debug, Clone)]
pub struct CheckedAssignment<'a> {
    /// The experiment's key.
    pub experiment_key: Cow<'a, str>,
    /// The variant's key.
    pub variant_key: Cow<'a, str>,
    /// The epoch, if named.
    pub epoch: Option<u32>,
    /// The exposure it followed.
    pub exposure_id: Option<EventId>,
}

/// Why an event was refused.
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
    let assignments = assignments(list("assignments", event.assignments)?)?;
    let claims = claims(list("conversions", event.conversions)?)?;
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

/// Reads a list that is kept as sent beside its parsed form.
fn list<'a, T: Deserialize<'a>>(name: &str, raw: Option<&'a RawValue>) -> Result<Vec<T>, Fault> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let fault = |why: String| (RejectCode::BadAssignment, format!("{name}: {why}"));
    let list: Vec<&RawValue> =
        serde_json::from_str(raw.get()).map_err(|error| fault(error.to_string()))?;
    if !list.iter().all(|item| is_object(item)) {
        return Err(fault("each is an object".to_owned()));
    }
    let read = |item: &'a RawValue| serde_json::from_str(item.get());
    list.into_iter().map(read).collect::<Result<_, _>>().map_err(|error| fault(error.to_string()))
}

/// Asked by hand, because serde takes a list for a struct as well.
fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

fn assignments(sent: Vec<Assignment<'_>>) -> Result<Vec<CheckedAssignment<'_>>, Fault> {
    if sent.len() > MAX_ASSIGNMENTS {
        return Err(fault(RejectCode::BadAssignment, "an event names at most 64 assignments"));
    }
    sent.into_iter().map(assignment).collect()
}

fn assignment(sent: Assignment<'_>) -> Result<CheckedAssignment<'_>, Fault> {
    if !is_key(&sent.experiment_key) || !is_key(&sent.variant_key) {
        return Err(fault(RejectCode::BadAssignment, "experimentKey and variantKey are keys"));
    }
    let exposure_id = match sent.exposure_id {
        None => None,
        Some(id) => Some(
            EventId::parse(&id)
                .map_err(|_| fault(RejectCode::BadAssignment, "exposureId is a UUID"))?,
        ),
    };
    Ok(CheckedAssignment {
        experiment_key: sent.experiment_key.0,
        variant_key: sent.variant_key.0,
        epoch: sent.epoch,
        exposure_id,
    })
}

fn claims(sent: Vec<Claim<'_>>) -> Result<Vec<Claim<'_>>, Fault> {
    if sent.len() > MAX_CLAIMS {
        return Err(fault(RejectCode::BadAssignment, "an event claims at most 256 conversions"));
    }
    if !sent.iter().all(|claim| is_key(&claim.experiment_key) && is_key(&claim.goal_key)) {
        return Err(fault(RejectCode::BadAssignment, "experimentKey and goalKey are keys"));
    }
    Ok(sent)
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
