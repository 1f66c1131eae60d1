//! Sending by hand, and what was sent.

use super::super::endpoint::Endpoint;
use super::super::message::News;
use super::super::outbox::{self, Enqueued, MAX_LOGGED, Source, Subject};
use super::{ManageError, find};
use crate::admin::experiment::Fault;
use crate::store::{Attempt, DeliveryStatus, Logged, StoredWebhook, delivery, logged, message_of};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use ttoolab_core::clock::format_time;
use utoipa::{IntoParams, ToSchema};

/// The most lines of a log in one answer; as many as are kept of what is over.
const MAX_LINES: u32 = MAX_LOGGED;

/// A delivery that was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Queued {
    /// Of the delivery.
    id: i64,
    /// Of the message: what the receiver tells copies by.
    #[schema(example = "0193570e-5c00-4a6f-9c3b-000000000002")]
    event_id: String,
}

fn enabled(webhook: &StoredWebhook<Endpoint>) -> Result<(), Fault> {
    if webhook.document.enabled {
        return Ok(());
    }
    Err(Fault::new("enabled", "is false: enable the webhook first"))
}

/// Sends a test to an endpoint, whatever types it asked for.
pub(crate) fn send_test(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    id: &str,
) -> Result<Queued, ManageError> {
    let webhook = find(transaction, source.project_id, id)?;
    enabled(&webhook)?;
    let Enqueued { event_id, deliveries } =
        outbox::enqueue_for(transaction, source, &News::Test, &[webhook])?;
    let id = deliveries.first().copied().unwrap_or_default();
    Ok(Queued { id, event_id: event_id.to_string() })
}

/// Sends the message of a delivery once more, as a new delivery of the same event.
pub(crate) fn resend(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    id: &str,
    delivery_id: i64,
) -> Result<Queued, ManageError> {
    let webhook = find(transaction, source.project_id, id)?;
    enabled(&webhook)?;
    let old = delivery(transaction, delivery_id)?
        .filter(|delivery| delivery.webhook_id == webhook.id)
        .ok_or(ManageError::NotFound("delivery"))?;
    let message = message_of(transaction, delivery_id)?.ok_or(ManageError::NotFound("delivery"))?;
    if old.due_ms.is_some() {
        return Err(Fault::new("delivery", "is not over: it is tried by itself").into());
    }
    let subject = Subject { message_id: old.message_id, experiment: old.experiment };
    let first = source.schedule.first(source.now_ms);
    let id = outbox::queue(transaction, &webhook.id, &subject, (first, source.now_ms))?;
    Ok(Queued { id, event_id: message.event_id })
}

/// How much of a log is asked for, as it comes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Lines {
    /// From 1 to 200, which is also what is given unless it is said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
}

impl Lines {
    pub(crate) fn check(&self) -> Result<u32, Fault> {
        let limit = self.limit.as_deref().map_or(Some(MAX_LINES), |limit| limit.parse().ok());
        limit
            .filter(|limit| (1..=MAX_LINES).contains(limit))
            .ok_or_else(|| Fault::new("limit", "is a number from 1 to 200"))
    }
}

/// What was sent to an endpoint, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Log {
    deliveries: Vec<LoggedDelivery>,
}

/// A message and how far it has come at one endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LoggedDelivery {
    id: i64,
    #[schema(example = "0193570e-5c00-4a6f-9c3b-000000000002")]
    event_id: String,
    #[serde(rename = "type")]
    #[schema(example = "experiment.winner_detected")]
    kind: String,
    experiment_key: Option<String>,
    status: DeliveryStatus,
    created_at: String,
    /// When it is tried next.
    next_attempt_at: Option<String>,
    attempts: Vec<Attempt>,
}

/// The last deliveries to an endpoint.
pub(crate) fn log(
    connection: &Connection,
    project_id: i64,
    (id, limit): (&str, u32),
) -> Result<Log, ManageError> {
    let webhook = find(connection, project_id, id)?;
    let logged = logged(connection, &webhook.id, limit)?;
    let show = |Logged { delivery, event_id, kind, created_ms }| LoggedDelivery {
        id: delivery.id,
        event_id,
        kind,
        experiment_key: delivery.experiment,
        status: delivery.status,
        created_at: format_time(created_ms),
        next_attempt_at: delivery.due_ms.map(format_time),
        attempts: delivery.attempts,
    };
    Ok(Log { deliveries: logged.into_iter().map(show).collect() })
}
