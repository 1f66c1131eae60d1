//! `POST /sdk/events`: a batch, answered event by event once it is on disk.

use super::body::Body;
use super::{context, limit, speaker, submission};
use crate::app::App;
use crate::http::errors::SdkError;
use crate::http::openapi::{self, SdkErrors};
use crate::ingest::edge::read_batch;
use crate::ingest::event_names::EventNames;
use crate::ingest::judge::{Context, Identity, judge};
use crate::store::EventRow;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::value::RawValue;
use std::net::SocketAddr;
use std::sync::Arc;
use ttoolab_core::check::{IdRule, Rejection, check_event};
use ttoolab_core::reason::RejectCode;
use utoipa::ToSchema;

/// What became of each event.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Answer {
    success: bool,
    /// Durable and counted, now or before.
    accepted: Vec<String>,
    /// Not stored; sending them again cannot help.
    rejected: Vec<Rejected>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Rejected {
    event_id: Option<String>,
    #[schema(value_type = String, example = "badEventName")]
    code: RejectCode,
    message: String,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let Rejection { event_id, code, message } = rejection;
        Self { event_id, code, message }
    }
}

/// Takes a batch.
#[utoipa::path(post, path = "/sdk/events", tag = "sdk", request_body = openapi::Batch,
    responses((status = 200, body = Answer), SdkErrors))]
pub(crate) async fn events(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Answer>, SdkError> {
    let (submission, answer) = {
        let batch = read_batch(&body)?;
        limit(&app, peer, &batch.project_key)?;
        let token = batch.visitor_token.as_deref();
        let speaker = speaker(&app, &headers, &batch.project_key, &batch.anonymous_id, token)?;
        let sdk = batch.sdk.as_deref().unwrap_or_default();
        let context = context(&app, &speaker, &headers, sdk, batch.webdriver == Some(true));
        let (rows, answer) = judge_all(&batch.events, &context, &app.names);
        let rejected = answer.rejected.iter().map(|rejection| rejection.code).collect();
        (submission(&context, rows, rejected, body.len()), answer)
    };
    app.log.store(submission).await?;
    Ok(Json(answer))
}

fn judge_all(
    events: &[&RawValue],
    context: &Context<'_>,
    names: &EventNames,
) -> (Vec<EventRow>, Answer) {
    let mut rows = Vec::with_capacity(events.len());
    let mut answer = Answer { success: true, ..Answer::default() };
    for raw in events {
        match judge_one(raw, context, rows.last()) {
            Ok((id, mut row)) => {
                names.bound(&mut row, context.project);
                answer.accepted.push(id);
                rows.push(row);
            }
            Err(rejection) => answer.rejected.push(rejection.into()),
        }
    }
    (rows, answer)
}

/// Judges one event; its id goes back as it was spelled, for that is what the sender compares.
fn judge_one(
    raw: &RawValue,
    context: &Context<'_>,
    before: Option<&EventRow>,
) -> Result<(String, EventRow), Rejection> {
    let event = check_event(raw, IdRule::Required)?;
    let Some((event_id, sent_id)) = event.event_id.zip(event.sent_id.as_deref()) else {
        return Err(Rejection {
            event_id: None,
            code: RejectCode::BadEventId,
            message: "eventId is missing".to_owned(),
        });
    };
    let row = judge(&event, Identity { event_id, idempotent: true }, context, before)?;
    Ok((sent_id.to_owned(), row))
}
