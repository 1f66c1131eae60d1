//! Putting another secret in place.

use super::super::endpoint::Endpoint;
use super::super::outbox::Source;
use super::super::secret::Secret;
use super::{ManageError, find};
use crate::admin::experiment::Fault;
use crate::store::Documents;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ttoolab_core::clock::format_time;
use utoipa::ToSchema;

/// How long a replaced secret signs unless somebody says otherwise, and at most: time to bring the
/// new one to a receiver, and a bound for one that should not be known.
const OVERLAP_HOURS: u32 = 24;
const MAX_OVERLAP_HOURS: u32 = 7 * 24;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// How a secret is replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rotation {
    /// How long the old secret signs beside the new one: 24 unless it is given, at most 168; 0 for
    /// a secret that others know.
    #[schema(example = 24)]
    overlap_hours: Option<u32>,
}

impl Rotation {
    /// Reads what people wrote, which may be nothing.
    pub(crate) fn read(value: &Value) -> Result<Self, Fault> {
        if value.is_null() {
            return Ok(Self::default());
        }
        if !value.is_object() {
            return Err(Fault::new("body", "is a JSON object, or empty"));
        }
        let rotation: Self = serde_path_to_error::deserialize(value)
            .map_err(|error| Fault::new(error.path().to_string(), error.inner()))?;
        if rotation.overlap_hours.is_some_and(|hours| hours > MAX_OVERLAP_HOURS) {
            return Err(Fault::new("overlapHours", "is at most 168"));
        }
        Ok(rotation)
    }
}

/// A secret in the place of another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rotated {
    id: String,
    /// Shown this once.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
    /// How long the old one signs beside it.
    previous_secret_until: String,
}

/// Puts a fresh secret in the place of an endpoint's.
pub(crate) fn rotate(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    id: &str,
    rotation: &Rotation,
) -> Result<Rotated, ManageError> {
    let mut webhook = find(transaction, source.project_id, id)?;
    let hours = rotation.overlap_hours.unwrap_or(OVERLAP_HOURS);
    let until_ms = replace(&mut webhook.document, Secret::generate(), (hours, source.now_ms));
    Documents(transaction).put_webhook(&webhook)?;
    let secret = webhook.document.secret.text().to_owned();
    Ok(Rotated { id: webhook.id, secret, previous_secret_until: format_time(until_ms) })
}

/// Takes over a secret that an import file has changed.
pub(super) fn follow(endpoint: &mut Endpoint, secret: Secret, now_ms: i64) {
    replace(endpoint, secret, (OVERLAP_HOURS, now_ms));
}

fn replace(endpoint: &mut Endpoint, secret: Secret, (hours, now_ms): (u32, i64)) -> i64 {
    let until_ms = now_ms.saturating_add(i64::from(hours) * HOUR_MS);
    endpoint.replace_secret(secret, until_ms);
    until_ms
}
