//! Taking over endpoints from an import file, as often as one likes.

use super::super::dispatch::give_up_waiting;
use super::super::endpoint::{Change, Endpoint};
use super::super::outbox::{Source, fresh_id};
use super::{MAX_ENDPOINTS, ManageError, rotation};
use crate::admin::experiment::Fault;
use crate::store::{Documents, StoredWebhook};
use rusqlite::Transaction;
use serde_json::Value;

/// Takes over the endpoints of an import file, which are known by their URL. What was disabled, by
/// people or by failures, stays so unless the file says otherwise; another secret is a rotation.
///
/// Where an address leads is not asked: the same file may be loaded where private ones are allowed
/// and where they are not, and every delivery asks.
pub(crate) fn import(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    values: &[Value],
) -> Result<(), ManageError> {
    let documents = Documents(transaction);
    let mut known = documents.webhooks::<Endpoint>(source.project_id)?;
    for (change, fresh) in read_all(values, source.now_ms)? {
        if !fresh.types.iter().all(|kind| kind.is_raised()) {
            tracing::warn!(
                project = %source.project,
                "a webhook asks for exposures or conversions, which are not sent yet"
            );
        }
        if let Some(webhook) = known.iter_mut().find(|known| known.document.url == fresh.url) {
            let before = webhook.document.clone();
            let secret = change.secret.clone();
            webhook.document.apply(change);
            if let Some(secret) = secret.filter(|secret| *secret != before.secret) {
                rotation::follow(&mut webhook.document, secret, source.now_ms);
            }
            if webhook.document != before {
                documents.put_webhook(webhook)?;
            }
            if !webhook.document.enabled {
                give_up_waiting(transaction, webhook, source.now_ms)?;
            }
            continue;
        }
        if known.len() >= MAX_ENDPOINTS {
            return Err(Fault::new("webhooks", "are at most 20 for each project").into());
        }
        let id = fresh_id().to_string();
        let webhook = StoredWebhook { id, project_id: source.project_id, document: fresh };
        documents.put_webhook(&webhook)?;
        known.push(webhook);
    }
    Ok(())
}

/// The endpoints of an import file, checked; the fault names the place.
pub(crate) fn read_all(values: &[Value], now_ms: i64) -> Result<Vec<(Change, Endpoint)>, Fault> {
    let mut read: Vec<(Change, Endpoint)> = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let under = |fault: Fault| fault.under(&format!("webhooks[{at}]"));
        let change = Change::read(value).map_err(under)?;
        let endpoint = Endpoint::create(change.clone(), now_ms).map_err(under)?;
        if read.iter().any(|(_, other)| other.url == endpoint.url) {
            return Err(Fault::new(format!("webhooks[{at}].url"), "is there twice"));
        }
        read.push((change, endpoint));
    }
    Ok(read)
}
