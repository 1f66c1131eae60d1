//! Changing endpoints, and asking about them; each within a transaction of the caller.

mod import;
mod rotation;
mod sending;

use super::dispatch::give_up_waiting;
use super::endpoint::{Change, Endpoint, Shown};
use super::guard::Guard;
use super::outbox::Source;
use crate::admin::experiment::Fault;
use crate::random;
use crate::store::{Documents, StoredWebhook, Unreadable, Unwritable};
pub(crate) use import::{import, read_all};
pub(crate) use rotation::{Rotated, Rotation, rotate};
use rusqlite::{Connection, Transaction};
pub(crate) use sending::{Lines, Log, Queued, log, resend, send_test};
use serde::Serialize;
use ttoolab_core::id::EventId;
use utoipa::ToSchema;

/// The most endpoints of a project: each costs a delivery for each message.
const MAX_ENDPOINTS: usize = 20;

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManageError {
    /// What people wrote is wrong; sending it again does not help.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// Nor does this.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A retry may help.
    #[error("the database cannot be used now")]
    Unavailable,
}

impl From<Unwritable> for ManageError {
    fn from(Unwritable: Unwritable) -> Self {
        Self::Unavailable
    }
}

impl From<Unreadable> for ManageError {
    fn from(Unreadable: Unreadable) -> Self {
        Self::Unavailable
    }
}

impl From<rusqlite::Error> for ManageError {
    fn from(error: rusqlite::Error) -> Self {
        Unwritable::from(error).into()
    }
}

/// A new endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Created {
    #[schema(example = "0193570e-5c00-4a6f-9c3b-000000000001")]
    id: String,
    /// Shown this once.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// Makes an endpoint.
pub(crate) fn create(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    (change, guard): (Change, Guard),
) -> Result<Created, ManageError> {
    let endpoint = Endpoint::create(change, source.now_ms)?;
    check_reach(&endpoint, guard)?;
    let known = Documents(transaction).webhooks::<Endpoint>(source.project_id)?.len();
    let secret = endpoint.secret.text().to_owned();
    Ok(Created { id: add(transaction, source, known, endpoint)?.id, secret })
}

/// Adds an endpoint to those that a project has.
fn add(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    known: usize,
    endpoint: Endpoint,
) -> Result<StoredWebhook<Endpoint>, ManageError> {
    if known >= MAX_ENDPOINTS {
        return Err(Fault::new("webhooks", "are at most 20 for each project").into());
    }
    let webhook = StoredWebhook {
        id: EventId::from_bytes(random::uuid()).to_string(),
        project_id: source.project_id,
        document: endpoint,
    };
    Documents(transaction).put_webhook(&webhook)?;
    Ok(webhook)
}

/// Refused early, for people to see; every delivery asks again.
fn check_reach(endpoint: &Endpoint, guard: Guard) -> Result<(), Fault> {
    endpoint.url.check(guard).map_err(|forbidden| Fault::new("url", forbidden))
}

/// The endpoints of a project.
pub(crate) fn list(
    connection: &Connection,
    project_id: i64,
    now_ms: i64,
) -> rusqlite::Result<Vec<Shown>> {
    let webhooks = Documents(connection).webhooks::<Endpoint>(project_id)?;
    Ok(webhooks.iter().map(|webhook| webhook.document.shown(&webhook.id, now_ms)).collect())
}

fn find(
    connection: &Connection,
    project_id: i64,
    id: &str,
) -> Result<StoredWebhook<Endpoint>, ManageError> {
    let found = Documents(connection).webhook::<Endpoint>(id)?;
    found.filter(|webhook| webhook.project_id == project_id).ok_or(ManageError::NotFound("webhook"))
}

/// Changes an endpoint. One that is disabled by it gets nothing of what waits.
pub(crate) fn change(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    id: &str,
    (change, guard): (Change, Guard),
) -> Result<Shown, ManageError> {
    let mut webhook = find(transaction, source.project_id, id)?;
    if change.secret.is_some() {
        return Err(Fault::new("secret", "is changed by POST …/rotate").into());
    }
    let moved = change.url.is_some();
    webhook.document.apply(change);
    if moved {
        check_reach(&webhook.document, guard)?;
    }
    Documents(transaction).put_webhook(&webhook)?;
    if !webhook.document.enabled {
        give_up_waiting(transaction, &webhook, source.now_ms)?;
    }
    Ok(webhook.document.shown(id, source.now_ms))
}

/// Deletes an endpoint with its log.
pub(crate) fn delete(
    transaction: &Transaction<'_>,
    project_id: i64,
    id: &str,
) -> Result<(), ManageError> {
    let webhook = find(transaction, project_id, id)?;
    Ok(Documents(transaction).delete_webhook(&webhook.id)?)
}
