//! A stored row back into the event it came from, as far as it goes, and through the judge.

use crate::admin::keys::Keys;
use crate::admin::project::Project;
use crate::assign::token::{Arm, Claims, Holder, mint, verify};
use crate::ingest::event_names::OTHER;
use crate::ingest::judge::scrub::{CARD, EMAIL};
use crate::ingest::judge::{Context, Identity, judge};
use crate::store::verdict::{Entry, Lane, Sender};
use crate::store::{Countable, EventRow};
use serde::Serialize;
use serde_json::value::RawValue;
use ttoolab_core::check::{IdRule, check_event};
use ttoolab_core::clock::format_time;
use ttoolab_core::reason::Note;

/// What became of it.
pub(super) enum Again {
    /// It was judged.
    Judged(Box<EventRow>),
    /// Today's rules would not store it.
    Refused(String),
    /// What it was judged by is gone.
    Incomparable(Missing),
}

/// What is gone of an event that cannot be judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// Its name is one too many for its project, or something in it was an address or a card number.
    Text,
    /// All of it but what counts: its visitor was erased.
    Visitor,
    /// Its project is not configured any more.
    Project,
}

/// The event as it stands on the wire.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    event_id: String,
    doc_id: Option<&'a str>,
    seq: Option<u32>,
    event_name: &'a str,
    created_at: Option<String>,
    clock_offset_ms: Option<i64>,
    url: &'a str,
    referrer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignments: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversions: Option<&'a RawValue>,
}

/// Judges a row as if its event came now, from the same sender and with the same rights.
pub(super) fn judge_again(row: &EventRow, project: &Project, keys: &Keys) -> Again {
    if let Some(missing) = missing(row) {
        return Again::Incomparable(missing);
    }
    let wire = match wire(row) {
        Ok(wire) => wire,
        Err(error) => return Again::Refused(format!("not as it was written: {error}")),
    };
    let event = match check_event(&wire, IdRule::Required) {
        Ok(event) => event,
        Err(rejection) => return Again::Refused(rejection.message),
    };
    let token = token(&row.counts, project, keys);
    let context = &row.counts.context;
    let now = Context {
        project,
        visitor: row.counts.visitor,
        sender: context.verdict.sender,
        token: token.as_ref(),
        flag: context.verdict.flag,
        // Its rows would be gone.
        erased: false,
        visitor_hash: project.order_key.visitor(&row.counts.visitor),
        sdk: &context.sdk,
        received_ms: context.received_ms,
    };
    let idempotent = !row.counts.verdict.notes.contains(&Note::NoIdempotency);
    match judge(&event, Identity { event_id: row.counts.event_id, idempotent }, &now, None) {
        Ok(judged) => Again::Judged(Box::new(judged)),
        Err(rejection) => Again::Refused(rejection.message),
    }
}

fn wire(row: &EventRow) -> serde_json::Result<Box<RawValue>> {
    fn raw(json: Option<&String>) -> serde_json::Result<Option<&RawValue>> {
        json.map(|json| serde_json::from_str(json)).transpose()
    }
    let context = &row.counts.context;
    serde_json::value::to_raw_value(&Wire {
        event_id: row.counts.event_id.to_string(),
        doc_id: context.doc_id.as_deref(),
        seq: row.seq,
        event_name: &row.name,
        created_at: row.created_ms.map(format_time),
        clock_offset_ms: row.clock_offset_ms,
        url: &row.url,
        referrer: &context.referrer,
        payload: raw(row.payload.as_ref())?,
        assignments: raw(context.assignments.as_ref())?,
        conversions: raw(row.conversions.as_ref())?,
    })
}

/// What the row lacks of what it was judged by.
fn missing(row: &EventRow) -> Option<Missing> {
    let context = &row.counts.context;
    // Past a project's bound of names, and after the scrubbing of addresses and card numbers.
    let renamed = row.name == OTHER;
    let scrubbed = [Some(&row.name), row.payload.as_ref(), context.assignments.as_ref()]
        .into_iter()
        .chain([row.conversions.as_ref(), context.doc_id.as_ref()])
        .flatten()
        .any(|text| [EMAIL, CARD].iter().any(|mark| text.contains(mark)));
    // Nobody's since its visitor was erased.
    let anonymised = row.created_ms.is_none()
        && row.url.is_empty()
        && row.payload.is_none()
        && context.assignments.is_none();
    if anonymised { Some(Missing::Visitor) } else { (renamed || scrubbed).then_some(Missing::Text) }
}

/// A token with the rights that the event had: it covered the experiments of verified entries.
fn token(event: &Countable, project: &Project, keys: &Keys) -> Option<Claims> {
    let context = &event.context;
    if context.verdict.sender == Sender::Server || context.verdict.lane == Lane::Unverified {
        return None;
    }
    let entries = context.verdict.entries.iter().filter(|entry| entry.lane == Lane::Verified);
    let arms = entries.filter_map(|entry| arm(entry, project)).collect();
    let holder = Holder { project: project.key(), visitor: event.visitor };
    let signed = mint(&keys.signing_key, &holder, "", context.received_ms, arms);
    verify(&keys.token_keys, &holder, &signed)
}

/// The arm of an entry. Only exposures keep theirs; elsewhere any will do, for it is not looked at.
fn arm(entry: &Entry, project: &Project) -> Option<Arm> {
    let experiment = entry.experiment_key.clone();
    match &entry.exposure {
        Some(shown) => Some(Arm { experiment, variant: shown.variant.clone(), epoch: shown.epoch }),
        None => {
            let known = project.experiment(experiment.as_str())?;
            let variant = known.config.variants.first()?.variant_key.clone();
            Some(Arm { experiment, variant, epoch: known.epoch() })
        }
    }
}
