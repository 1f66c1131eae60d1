//! Picks what is due, sends it, records what became of it. Time is an argument: whoever drives this
//! decides how fast a schedule of hours passes.
//!
//! One attempt at a time for an endpoint. A receiver that does not answer therefore costs one of
//! [`MAX_UNDER_WAY`] places for 30 s and then waits for its schedule; and what it is sent about one
//! experiment cannot arrive out of order, because nothing overtakes a delivery that is not over.

use super::deliver::{AttemptError, Courier, Parcel};
use super::endpoint::{Endpoint, Health};
use super::network::Network;
use super::outbox::{MAX_LOGGED, give_up};
use super::schedule::{Ending, Schedule};
use super::sign::{Signable, headers};
use crate::store::{
    Attempt, Changes, DeliveryStatus, Documents, Reader, StoredWebhook, Unreadable, Unwritable,
    delivery, heads, message_of, prune, put_delivery, waiting,
};
use rusqlite::{Connection, Transaction};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use ttoolab_core::clock::format_time;

/// The most attempts at a time, over all endpoints: sockets and memory, and far more than live
/// receivers ever need at once.
const MAX_UNDER_WAY: usize = 64;

/// Delivers what the outbox holds.
pub(crate) struct Dispatcher<N> {
    reader: Reader,
    changes: Changes,
    courier: Arc<Courier<N>>,
    schedule: Schedule,
    under_way: JoinSet<Ended>,
    /// The endpoints that something is on its way to, or waits to be recorded of.
    busy: HashSet<String>,
}

/// An attempt that has ended and is not recorded yet.
#[derive(Debug)]
pub(crate) struct Ended {
    delivery_id: i64,
    webhook_id: String,
    began_ms: i64,
    took: Duration,
    outcome: Result<u16, AttemptError>,
}

/// A delivery that is due.
struct Due {
    delivery_id: i64,
    webhook_id: String,
    parcel: Parcel,
}

impl<N: Network> Dispatcher<N> {
    pub(crate) fn new(
        reader: Reader,
        changes: Changes,
        courier: Courier<N>,
        schedule: Schedule,
    ) -> Self {
        let (under_way, busy) = (JoinSet::new(), HashSet::new());
        Self { reader, changes, courier: Arc::new(courier), schedule, under_way, busy }
    }

    /// Begins every attempt that is due and has a place; tells when the next one will be, as far as
    /// that does not hang on one that is under way.
    pub(crate) async fn begin(&mut self, now_ms: i64) -> Result<Option<i64>, Unreadable> {
        let (busy, places) =
            (self.busy.clone(), MAX_UNDER_WAY.saturating_sub(self.under_way.len()));
        let (due, next_ms) =
            self.reader.ask(move |connection| look(connection, &busy, places, now_ms)).await?;
        for Due { delivery_id, webhook_id, parcel } in due {
            self.busy.insert(webhook_id.clone());
            let courier = Arc::clone(&self.courier);
            self.under_way.spawn(async move {
                let began = Instant::now();
                let outcome = courier.attempt(parcel).await;
                Ended { delivery_id, webhook_id, began_ms: now_ms, took: began.elapsed(), outcome }
            });
        }
        Ok(next_ms)
    }

    /// The next attempt to end; `None` when none is under way. May be dropped while it waits.
    pub(crate) async fn ended(&mut self) -> Option<Ended> {
        loop {
            match self.under_way.join_next().await? {
                Ok(ended) => return Some(ended),
                // It panicked. The endpoint stays busy, or the same would happen again at once;
                // the next start tries it anew.
                Err(error) => tracing::error!(%error, "a delivery ended by a panic"),
            }
        }
    }

    /// Records an attempt; until then it counts as not made, and its endpoint gets nothing else.
    pub(crate) async fn record(
        &mut self,
        ended: &Arc<Ended>,
        now_ms: i64,
    ) -> Result<(), Unwritable> {
        let (schedule, recorded) = (self.schedule.clone(), Arc::clone(ended));
        let note = move |transaction: &Transaction<'_>| {
            Ok::<_, Unwritable>(note(transaction, &schedule, &recorded, now_ms)?)
        };
        let paused = self.changes.make(note).await?;
        self.busy.remove(&ended.webhook_id);
        let result = ended.outcome.as_ref().map_or_else(AttemptError::word, |_| "success");
        metrics::counter!("ttoolab_webhook_attempts_total", "result" => result).increment(1);
        if paused == Some(Health::Paused) {
            tracing::warn!(
                webhook = ended.webhook_id,
                "a webhook was disabled: 10 failures in a row"
            );
        }
        Ok(())
    }
}

/// What is due at that time, at most one for each endpoint; and when something else will be.
fn look(
    connection: &Connection,
    busy: &HashSet<String>,
    places: usize,
    now_ms: i64,
) -> rusqlite::Result<(Vec<Due>, Option<i64>)> {
    let mut taken = busy.clone();
    let mut due = Vec::new();
    let mut next_ms = None;
    for head in heads(connection)? {
        if taken.contains(&head.webhook_id) {
            continue;
        }
        if head.due_ms > now_ms {
            next_ms = next_ms.or(Some(head.due_ms));
            continue;
        }
        if due.len() == places {
            // A place becomes free by an attempt that ends, which is waited for anyway.
            break;
        }
        taken.insert(head.webhook_id.clone());
        let webhook = Documents(connection).webhook::<Endpoint>(&head.webhook_id)?;
        // Deleted since the heads were read.
        let Some((webhook, message)) = webhook.zip(message_of(connection, head.delivery_id)?)
        else {
            continue;
        };
        let signable = Signable {
            event_id: &message.event_id,
            kind: &message.kind,
            body: &message.envelope,
            at_ms: now_ms,
        };
        let headers = headers(&signable, &webhook.document.signers(now_ms));
        let parcel = Parcel { target: webhook.document.url, headers, body: message.envelope };
        due.push(Due { delivery_id: head.delivery_id, webhook_id: head.webhook_id, parcel });
    }
    Ok((due, next_ms))
}

/// Writes what follows from an attempt; nothing when the endpoint was deleted meanwhile.
fn note(
    transaction: &Transaction<'_>,
    schedule: &Schedule,
    ended: &Ended,
    now_ms: i64,
) -> rusqlite::Result<Option<Health>> {
    let Some(mut delivery) = delivery(transaction, ended.delivery_id)? else { return Ok(None) };
    let documents = Documents(transaction);
    let Some(mut webhook) = documents.webhook::<Endpoint>(&ended.webhook_id)? else {
        return Ok(None);
    };
    let (ending, status, error) = match &ended.outcome {
        Ok(status) => (Ending::Delivered, Some(*status), None),
        Err(error) => (error.ending(), error.status(), Some(error.word().to_owned())),
    };
    delivery.attempts.push(Attempt {
        at: format_time(ended.began_ms),
        response_status: status,
        error,
        duration_ms: u64::try_from(ended.took.as_millis()).unwrap_or(u64::MAX),
    });
    let next = schedule.after(delivery.attempts.len(), ending, now_ms);
    // It may have been given up while it was under way; then only a success changes that.
    if delivery.due_ms.is_some() || next.status == DeliveryStatus::Success {
        (delivery.status, delivery.due_ms) = (next.status, next.due_ms);
    }
    put_delivery(transaction, &delivery)?;
    let health = webhook.document.note(ending == Ending::Delivered, now_ms);
    documents.put_webhook(&webhook)?;
    if health == Health::Paused {
        give_up_waiting(transaction, &webhook, now_ms)?;
    }
    prune(transaction, &ended.webhook_id, MAX_LOGGED)?;
    Ok(Some(health))
}

/// Gives up everything that waits for an endpoint that was disabled.
pub(super) fn give_up_waiting(
    transaction: &Transaction<'_>,
    webhook: &StoredWebhook<Endpoint>,
    now_ms: i64,
) -> rusqlite::Result<()> {
    for mut delivery in waiting(transaction, &webhook.id)? {
        give_up(&mut delivery, "disabled", now_ms);
        put_delivery(transaction, &delivery)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
