//! The outbox of webhooks: messages, and a delivery of each for every endpoint that asked.

use super::digest::digest_of;
use super::documents::{document, json};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DeliveryStatus {
    /// Not tried yet.
    Pending,
    /// It failed, and will be tried again.
    Retrying,
    /// A 2xx.
    Success,
    /// Given up: every attempt failed, or the endpoint was disabled.
    Failed,
}

impl DeliveryStatus {
    const ALL: [Self; 4] = [Self::Pending, Self::Retrying, Self::Success, Self::Failed];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Retrying => "retrying",
            Self::Success => "success",
            Self::Failed => "failed",
        }
    }
}

impl ToSql for DeliveryStatus {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.as_str().to_sql()
    }
}

impl FromSql for DeliveryStatus {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let known = Self::ALL.into_iter().find(|status| status.as_str() == text);
        known.ok_or(FromSqlError::InvalidType)
    }
}

/// One attempt of a delivery, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    /// When it began, RFC 3339.
    #[schema(example = "2026-11-23T10:00:00.000Z")]
    pub(crate) at: String,
    /// What the receiver answered, if it did.
    #[schema(example = 500)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) response_status: Option<u16>,
    /// Why it failed: `status`, `timeout`, `dns`, `connect`, `tls`, `protocol`, `forbiddenAddress`,
    /// `disabled` or `backlog`.
    #[schema(example = "status")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    #[schema(example = 120)]
    pub(crate) duration_ms: u64,
}

/// A message to be written.
pub(crate) struct NewMessage<'m> {
    pub(crate) event_id: &'m str,
    pub(crate) kind: &'m str,
    pub(crate) project_id: i64,
    pub(crate) experiment: Option<&'m str>,
    /// The body, byte for byte.
    pub(crate) envelope: &'m str,
    pub(crate) created_ms: i64,
}

/// Writes a message and gives its id.
pub(crate) fn put_message(
    transaction: &Transaction<'_>,
    message: &NewMessage<'_>,
) -> rusqlite::Result<i64> {
    let NewMessage { event_id, kind, project_id, experiment, envelope, created_ms } = message;
    let id: i64 = transaction
        .prepare(
            "INSERT INTO webhook_messages
             (event_id, type, project_id, experiment, envelope, created_ms, digest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) RETURNING id",
        )?
        .query_row(
            params![event_id, kind, project_id, experiment, envelope, created_ms],
            |row| row.get(0),
        )?;
    let digest = digest_of(&[&id, event_id, kind, project_id, experiment, envelope, created_ms])?;
    transaction
        .prepare("UPDATE webhook_messages SET digest = ?2 WHERE id = ?1")?
        .execute(params![id, digest])?;
    Ok(id)
}

/// A delivery's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// 0 until it is written.
    pub(crate) id: i64,
    pub(crate) webhook_id: String,
    pub(crate) message_id: i64,
    /// Deliveries of one experiment to one endpoint come in order.
    pub(crate) experiment: Option<String>,
    pub(crate) status: DeliveryStatus,
    /// When it is tried next; `None` once it is over.
    pub(crate) due_ms: Option<i64>,
    pub(crate) attempts: Vec<Attempt>,
}

const DELIVERY: &str = "SELECT id, webhook_id, message_id, experiment, status, due_ms, attempts
     FROM webhook_deliveries";

/// Writes a new delivery and gives its id.
pub(crate) fn add_delivery(
    transaction: &Transaction<'_>,
    delivery: &Delivery,
) -> rusqlite::Result<i64> {
    let id: i64 = transaction
        .prepare(
            "INSERT INTO webhook_deliveries
             (webhook_id, message_id, experiment, status, due_ms, attempts, digest)
             VALUES (?1, ?2, ?3, ?4, ?5, '', 0) RETURNING id",
        )?
        .query_row(
            params![
                delivery.webhook_id,
                delivery.message_id,
                delivery.experiment,
                delivery.status,
                delivery.due_ms
            ],
            |row| row.get(0),
        )?;
    put_delivery(transaction, &Delivery { id, ..delivery.clone() })?;
    Ok(id)
}

/// Writes what became of a delivery.
pub(crate) fn put_delivery(
    transaction: &Transaction<'_>,
    delivery: &Delivery,
) -> rusqlite::Result<()> {
    let Delivery { id, webhook_id, message_id, experiment, status, due_ms, attempts } = delivery;
    let attempts = json(attempts)?;
    let digest = digest_of(&[id, webhook_id, message_id, experiment, status, due_ms, &attempts])?;
    transaction
        .prepare_cached(
            "UPDATE webhook_deliveries SET status = ?2, due_ms = ?3, attempts = ?4, digest = ?5
             WHERE id = ?1",
        )?
        .execute(params![id, status, due_ms, attempts, digest])?;
    Ok(())
}

/// The delivery of that id.
pub(crate) fn delivery(connection: &Connection, id: i64) -> rusqlite::Result<Option<Delivery>> {
    connection.prepare(&format!("{DELIVERY} WHERE id = ?1"))?.query_row([id], read).optional()
}

/// The deliveries that wait for an endpoint.
pub(crate) fn waiting(
    connection: &Connection,
    webhook_id: &str,
) -> rusqlite::Result<Vec<Delivery>> {
    connection
        .prepare(&format!("{DELIVERY} WHERE webhook_id = ?1 AND due_ms IS NOT NULL ORDER BY id"))?
        .query_map([webhook_id], read)?
        .collect()
}

/// A delivery that no other one stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) delivery_id: i64,
    pub(crate) webhook_id: String,
    pub(crate) due_ms: i64,
}

/// What may be tried now or later without overtaking anything, the earliest first. As many as
/// endpoints have experiments whose messages wait.
pub(crate) fn heads(connection: &Connection) -> rusqlite::Result<Vec<Head>> {
    connection
        .prepare(
            "SELECT id, webhook_id, due_ms FROM webhook_deliveries AS one
             WHERE due_ms IS NOT NULL AND (experiment IS NULL OR NOT EXISTS (
                 SELECT 1 FROM webhook_deliveries AS earlier
                 WHERE earlier.webhook_id = one.webhook_id
                 AND earlier.experiment = one.experiment
                 AND earlier.id < one.id AND earlier.due_ms IS NOT NULL))
             ORDER BY due_ms, id",
        )?
        .query_map([], |row| {
            Ok(Head { delivery_id: row.get(0)?, webhook_id: row.get(1)?, due_ms: row.get(2)? })
        })?
        .collect()
}

/// What is sent.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) event_id: String,
    pub(crate) kind: String,
    pub(crate) envelope: String,
}

/// The message of a delivery.
pub(crate) fn message_of(
    connection: &Connection,
    delivery_id: i64,
) -> rusqlite::Result<Option<Message>> {
    connection
        .prepare(
            "SELECT event_id, type, envelope FROM webhook_messages WHERE id =
             (SELECT message_id FROM webhook_deliveries WHERE id = ?1)",
        )?
        .query_row([delivery_id], |row| {
            Ok(Message { event_id: row.get(0)?, kind: row.get(1)?, envelope: row.get(2)? })
        })
        .optional()
}

/// A line of the log of an endpoint.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) delivery: Delivery,
    pub(crate) event_id: String,
    pub(crate) kind: String,
    pub(crate) created_ms: i64,
}

/// The deliveries of an endpoint, the newest first.
pub(crate) fn logged(
    connection: &Connection,
    webhook_id: &str,
    limit: u32,
) -> rusqlite::Result<Vec<Logged>> {
    connection
        .prepare(
            "SELECT one.id, webhook_id, message_id, one.experiment, status, due_ms, attempts,
                 event_id, type, created_ms
             FROM webhook_deliveries AS one JOIN webhook_messages AS message
             ON message.id = one.message_id
             WHERE webhook_id = ?1 ORDER BY one.id DESC LIMIT ?2",
        )?
        .query_map(params![webhook_id, limit], |row| {
            let delivery = read(row)?;
            let (event_id, kind) = (row.get(7)?, row.get(8)?);
            Ok(Logged { delivery, event_id, kind, created_ms: row.get(9)? })
        })?
        .collect()
}

/// Forgets the oldest deliveries of an endpoint that are over, and what nobody waits for any more.
pub(crate) fn prune(
    transaction: &Transaction<'_>,
    webhook_id: &str,
    kept: u32,
) -> rusqlite::Result<()> {
    let forgotten = transaction
        .prepare(
            "DELETE FROM webhook_deliveries WHERE webhook_id = ?1 AND due_ms IS NULL AND id <= (
                 SELECT id FROM webhook_deliveries WHERE webhook_id = ?1 AND due_ms IS NULL
                 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        )?
        .execute(params![webhook_id, kept])?;
    if forgotten == 0 { Ok(()) } else { forget_told(transaction) }
}

/// Forgets messages that no delivery is about.
pub(super) fn forget_told(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .prepare(
            "DELETE FROM webhook_messages WHERE NOT EXISTS (
                 SELECT 1 FROM webhook_deliveries WHERE message_id = webhook_messages.id)",
        )?
        .execute([])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: row.get(0)?,
        webhook_id: row.get(1)?,
        message_id: row.get(2)?,
        experiment: row.get(3)?,
        status: row.get(4)?,
        due_ms: row.get(5)?,
        attempts: document(row, 6)?,
    })
}
