//! The outbox: a message is written in the transaction of what it tells of, so that it is told if
//! and only if that is true, whatever dies in between.

use super::endpoint::Endpoint;
use super::message::News;
use super::schedule::{Next, Schedule};
use crate::random;
use crate::store::{
    Attempt, Delivery, DeliveryStatus, Documents, NewMessage, StoredWebhook, add_delivery, prune,
    put_message, waiting,
};
use rusqlite::Transaction;
use ttoolab_core::clock::format_time;
use ttoolab_core::id::{EventId, ExperimentKey, ProjectKey};

/// The most deliveries that wait for one endpoint. Experiments change a few times a day; whoever
/// has so many has been away for long, and what comes on top is given up, visibly.
const MAX_WAITING: usize = 1_000;
/// How many deliveries that are over are kept for each endpoint.
pub(super) const MAX_LOGGED: u32 = 200;

/// Of which project, and when.
pub(crate) struct Source<'s> {
    pub(crate) project_id: i64,
    pub(crate) project: &'s ProjectKey,
    pub(crate) schedule: &'s Schedule,
    pub(crate) now_ms: i64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enqueued {
    pub(crate) event_id: EventId,
    /// One for each endpoint.
    pub(crate) deliveries: Vec<i64>,
}

/// Writes news for every endpoint of the project that asked for it; `None` when nobody did. Whoever
/// calls this while the collector runs wakes the deliverer after the commit.
pub(crate) fn enqueue(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    news: &News,
) -> rusqlite::Result<Option<Enqueued>> {
    let mut endpoints = Documents(transaction).webhooks::<Endpoint>(source.project_id)?;
    endpoints.retain(|endpoint| endpoint.document.wants(news.kind()));
    if endpoints.is_empty() {
        return Ok(None);
    }
    enqueue_for(transaction, source, news, &endpoints).map(Some)
}

/// Writes news for these endpoints.
pub(super) fn enqueue_for(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    news: &News,
    endpoints: &[StoredWebhook<Endpoint>],
) -> rusqlite::Result<Enqueued> {
    let event_id = EventId::from_bytes(random::uuid());
    let envelope = news
        .envelope(event_id, source.project, source.now_ms)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let experiment = news.experiment().map(ExperimentKey::as_str);
    let message = NewMessage {
        event_id: &event_id.to_string(),
        kind: news.kind().as_str(),
        project_id: source.project_id,
        experiment,
        envelope: &envelope,
        created_ms: source.now_ms,
    };
    let message_id = put_message(transaction, &message)?;
    let subject = Subject { message_id, experiment: experiment.map(str::to_owned) };
    let mut deliveries = Vec::new();
    for endpoint in endpoints {
        let next = source.schedule.first(source.now_ms);
        deliveries.push(queue(transaction, &endpoint.id, &subject, (next, source.now_ms))?);
    }
    Ok(Enqueued { event_id, deliveries })
}

/// What a delivery is about.
pub(super) struct Subject {
    pub(super) message_id: i64,
    pub(super) experiment: Option<String>,
}

/// Writes a delivery at the end of an endpoint's queue.
pub(super) fn queue(
    transaction: &Transaction<'_>,
    webhook_id: &str,
    subject: &Subject,
    (next, now_ms): (Next, i64),
) -> rusqlite::Result<i64> {
    let mut delivery = Delivery {
        id: 0,
        webhook_id: webhook_id.to_owned(),
        message_id: subject.message_id,
        experiment: subject.experiment.clone(),
        status: next.status,
        due_ms: next.due_ms,
        attempts: Vec::new(),
    };
    if waiting(transaction, webhook_id)?.len() >= MAX_WAITING {
        give_up(&mut delivery, "backlog", now_ms);
    }
    let id = add_delivery(transaction, &delivery)?;
    prune(transaction, webhook_id, MAX_LOGGED)?;
    Ok(id)
}

/// Ends a delivery that is not to be tried, and says why.
pub(super) fn give_up(delivery: &mut Delivery, why: &str, now_ms: i64) {
    delivery.status = DeliveryStatus::Failed;
    delivery.due_ms = None;
    delivery.attempts.push(Attempt {
        at: format_time(now_ms),
        response_status: None,
        error: Some(why.to_owned()),
        duration_ms: 0,
    });
}
