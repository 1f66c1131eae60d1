//! The lists of an event: the assignments it names and the conversions it claims.

use super::{Fault, fault, is_object};
use crate::batch::{Assignment, Claim};
use crate::id::{EventId, is_key};
use crate::reason::RejectCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The most assignments one event may name: more running experiments on one page is a mistake.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// # use ttoolab_core::check::{IdRule, MAX_ASSIGNMENTS, check_event};
/// let hero = json!({ "experimentKey": "hero", "variantKey": "b" });
/// let event = |n| json!({ "eventName": "$exposure", "assignments": vec![&hero; n] });
/// let of = |n| to_raw_value(&event(n)).unwrap();
/// assert!(check_event(&of(MAX_ASSIGNMENTS), IdRule::Optional).is_ok());
/// assert!(check_event(&of(MAX_ASSIGNMENTS + 1), IdRule::Optional).is_err());
/// ```
pub const MAX_ASSIGNMENTS: usize = 64;

/// The most conversions one event may claim.
///
/// ```
/// # use serde_json::{json, value::to_raw_value};
/// # use ttoolab_core::check::{IdRule, MAX_CLAIMS, check_event};
/// let order = json!({ "experimentKey": "hero", "goalKey": "order" });
/// let event = |n| json!({ "eventName": "purchase", "conversions": vec![&order; n] });
/// let of = |n| to_raw_value(&event(n)).unwrap();
/// assert!(check_event(&of(MAX_CLAIMS), IdRule::Optional).is_ok());
/// assert!(check_event(&of(MAX_CLAIMS + 1), IdRule::Optional).is_err());
/// ```
pub const MAX_CLAIMS: usize = 256;

/// An assignment whose keys are keys and whose exposure id is an id.
///
/// ```
/// use ttoolab_core::check::{IdRule, check_event};
/// let raw = r#"{"eventName":"$exposure",
///     "assignments":[{"experimentKey":"hero","variantKey":"b","epoch":1}]}"#;
/// let event = check_event(serde_json::from_str(raw).unwrap(), IdRule::Optional).unwrap();
/// let hero = &event.assignments[0];
/// assert_eq!((&*hero.experiment_key, &*hero.variant_key, hero.epoch), ("hero", "b", Some(1)));
/// assert_eq!(hero.exposure_id, None);
/// ```
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

pub(super) fn assignments(raw: Option<&RawValue>) -> Result<Vec<CheckedAssignment<'_>>, Fault> {
    let sent: Vec<Assignment<'_>> = list("assignments", raw)?;
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

pub(super) fn claims(raw: Option<&RawValue>) -> Result<Vec<Claim<'_>>, Fault> {
    let sent: Vec<Claim<'_>> = list("conversions", raw)?;
    if sent.len() > MAX_CLAIMS {
        return Err(fault(RejectCode::BadAssignment, "an event claims at most 256 conversions"));
    }
    if !sent.iter().all(|claim| is_key(&claim.experiment_key) && is_key(&claim.goal_key)) {
        return Err(fault(RejectCode::BadAssignment, "experimentKey and goalKey are keys"));
    }
    Ok(sent)
}
