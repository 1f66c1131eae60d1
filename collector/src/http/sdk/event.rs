//! `POST /sdk/event`: one event in the published form.

use super::body::Body;
use super::{context, limit, speaker, submission};
use crate::app::App;
use crate::http::errors::SdkError;
use crate::http::openapi::{PublishedEvent, SdkErrors};
use crate::ingest::edge::{Refusal, read_json};
use crate::ingest::judge::{Identity, judge};
use crate::random;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::sync::Arc;
use ttoolab_core::batch::Text;
use ttoolab_core::check::{CheckedEvent, IdRule, check_event};
use ttoolab_core::id::EventId;
use utoipa::ToSchema;

/// The fields around the event itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published<'a> {
    #[serde(borrow)]
    project_key: Text<'a>,
    #[serde(borrow)]
    anonymous_id: Text<'a>,
    /// Required, though it may be empty.
    #[serde(borrow, rename = "assignments")]
    _assignments: &'a RawValue,
    #[serde(borrow, default)]
    visitor_token: Option<Text<'a>>,
    #[serde(default)]
    webdriver: bool,
}

/// The documented answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Success {
    success: bool,
}

/// Takes one event.
#[utoipa::path(post, path = "/sdk/event", tag = "sdk", request_body = PublishedEvent,
    responses((status = 200, body = Success), SdkErrors))]
pub(crate) async fn event(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Success>, SdkError> {
    let (submission, success) = {
        let raw: &RawValue = read_json(&body)?;
        let published: Published<'_> =
            serde_json::from_str(raw.get()).map_err(|_| Refusal::Incomplete)?;
        limit(&app, peer, &published.project_key)?;
        let token = published.visitor_token.as_deref();
        let speaker =
            speaker(&app, &headers, &published.project_key, &published.anonymous_id, token)?;
        let context = context(&app, &speaker, &headers, "", published.webdriver);
        let judged = check_event(raw, IdRule::Optional)
            .and_then(|event| judge(&event, identity(&event, &published), &context, None));
        let (mut rows, mut rejected) = (Vec::new(), Vec::new());
        match judged {
            Ok(mut row) => {
                app.names.bound(&mut row, context.project);
                rows.push(row);
            }
            Err(rejection) => rejected.push(rejection.code),
        }
        let success = rejected.is_empty();
        (submission(&context, rows, rejected, body.len()), success)
    };
    app.log.store(submission).await?;
    // Refused events were counted; the published form has one word for all of them.
    if success { Ok(Json(Success { success })) } else { Err(Refusal::Incomplete.into()) }
}

/// The event's own id; else one made of what it says, if that includes when it happened; else a
/// random one, which a re-send cannot repeat.
fn identity(event: &CheckedEvent<'_>, published: &Published<'_>) -> Identity {
    match (event.event_id, event.created_ms) {
        (Some(event_id), _) => Identity { event_id, idempotent: true },
        (None, Some(created_ms)) => {
            let mut hash = Sha256::new();
            let raw = [event.raw_payload, event.raw_assignments, event.raw_conversions];
            let raw = raw.map(|raw| raw.map(RawValue::get).unwrap_or_default());
            let created = created_ms.to_string();
            let plain: [&str; 5] = [
                &published.project_key,
                &published.anonymous_id,
                &event.name,
                &event.url,
                &created,
            ];
            for part in plain.iter().chain(&raw).chain([&&*event.referrer]) {
                // Lengths keep `a`, `bc` apart from `ab`, `c`.
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
            Identity { event_id: from_hash(&hash.finalize()), idempotent: true }
        }
        (None, None) => {
            Identity { event_id: EventId::from_bytes(random::uuid()), idempotent: false }
        }
    }
}

/// A UUID of version 8 (made of anything) from the first bytes.
fn from_hash(bytes: &[u8]) -> EventId {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(bytes) {
        *to = *from;
    }
    id[6] = (id[6] & 0x0f) | 0x80;
    id[8] = (id[8] & 0x3f) | 0x80;
    EventId::from_bytes(id)
}
