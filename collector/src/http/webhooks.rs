//! `/api/v1/projects/{p}/webhooks`: endpoints, tests, and what was sent.

use super::api::{Admin, project_of};
use super::errors::ApiError;
use super::openapi::{ApiErrors, ErrorBody};
use crate::admin::project::Project;
use crate::app::App;
use crate::clock::now_ms;
use crate::store::Unreadable;
use crate::webhooks::{
    self, Change, Created, Lines, Log, ManageError, Queued, Rotated, Rotation, Shown, Source,
};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::Transaction;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// The largest body: a URL, a name and a list of types have room to spare.
pub(super) const MAX_BODY_BYTES: usize = 16 * 1024;

/// A list under one name.
#[derive(Serialize, ToSchema)]
pub(super) struct Webhooks {
    webhooks: Vec<Shown>,
}

/// `GET /api/v1/projects/{p}/webhooks`.
#[utoipa::path(get, path = "/api/v1/projects/{project}/webhooks", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo")),
    responses((status = 200, body = Webhooks), ApiErrors))]
pub(super) async fn list(
    _: Admin,
    State(app): State<Arc<App>>,
    Path(project): Path<String>,
) -> Result<Json<Webhooks>, ApiError> {
    let project_id = project_of(&app, &project)?.id;
    let list = move |connection: &_| webhooks::list(connection, project_id, now_ms());
    Ok(Json(Webhooks { webhooks: app.reader.ask(list).await? }))
}

/// `POST /api/v1/projects/{p}/webhooks`. `url` and `types` are required. The secret is shown this
/// once.
#[utoipa::path(post, path = "/api/v1/projects/{project}/webhooks", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo")), request_body = Change,
    responses((status = 201, body = Created), (status = 413, body = ErrorBody), ApiErrors))]
pub(super) async fn create(
    _: Admin,
    State(app): State<Arc<App>>,
    Path(project): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Created>), ApiError> {
    let project = project_of(&app, &project)?;
    let change = Change::read(&json(body)?)?;
    let guard = app.webhooks.guard;
    let made = make(&app, project, move |transaction, source| {
        webhooks::create(transaction, source, (change, guard))
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

/// `PATCH /api/v1/projects/{p}/webhooks/{id}`. What is left out stays as it is.
#[utoipa::path(patch, path = "/api/v1/projects/{project}/webhooks/{webhook}", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("webhook" = String, Path)),
    request_body = Change,
    responses((status = 200, body = Shown), (status = 413, body = ErrorBody), ApiErrors))]
pub(super) async fn change(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((project, id)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Shown>, ApiError> {
    let project = project_of(&app, &project)?;
    let change = Change::read(&json(body)?)?;
    let guard = app.webhooks.guard;
    let made = make(&app, project, move |transaction, source| {
        webhooks::change(transaction, source, &id, (change, guard))
    });
    Ok(Json(made.await?))
}

/// `DELETE /api/v1/projects/{p}/webhooks/{id}`, with all that was sent to it.
#[utoipa::path(delete, path = "/api/v1/projects/{project}/webhooks/{webhook}", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("webhook" = String, Path)),
    responses((status = 204), ApiErrors))]
pub(super) async fn delete(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((project, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let project = project_of(&app, &project)?;
    let delete = move |transaction: &Transaction<'_>, source: &Source<'_>| {
        webhooks::delete(transaction, source.project_id, &id)
    };
    make(&app, project, delete).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/projects/{p}/webhooks/{id}/rotate`. The new secret is shown this once; the old one
/// signs beside it for a while.
#[utoipa::path(post, path = "/api/v1/projects/{project}/webhooks/{webhook}/rotate", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("webhook" = String, Path)),
    request_body = Option<Rotation>,
    responses((status = 200, body = Rotated), (status = 413, body = ErrorBody), ApiErrors))]
pub(super) async fn rotate(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((project, id)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Rotated>, ApiError> {
    let project = project_of(&app, &project)?;
    let rotation = Rotation::read(&json(body)?)?;
    let made = make(&app, project, move |transaction, source| {
        webhooks::rotate(transaction, source, &id, &rotation)
    });
    Ok(Json(made.await?))
}

/// `POST /api/v1/projects/{p}/webhooks/{id}/test`: sends `webhook.test`, whatever types it asked for.
#[utoipa::path(post, path = "/api/v1/projects/{project}/webhooks/{webhook}/test", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("webhook" = String, Path)),
    responses((status = 202, body = Queued), ApiErrors))]
pub(super) async fn test(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((project, id)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Queued>), ApiError> {
    let project = project_of(&app, &project)?;
    let made = make(&app, project, move |transaction, source| {
        webhooks::send_test(transaction, source, &id)
    });
    Ok((StatusCode::ACCEPTED, Json(made.await?)))
}

/// `POST /api/v1/projects/{p}/webhooks/{id}/deliveries/{delivery}/resend`: the same event once more.
#[utoipa::path(post, path = "/api/v1/projects/{project}/webhooks/{webhook}/deliveries/{delivery}/resend", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("webhook" = String, Path), ("delivery" = i64, Path, example = 1)),
    responses((status = 202, body = Queued), ApiErrors))]
pub(super) async fn resend(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((project, id, delivery)): Path<(String, String, String)>,
) -> Result<(StatusCode, Json<Queued>), ApiError> {
    let project = project_of(&app, &project)?;
    let delivery: i64 = delivery.parse().map_err(|_| ApiError::NotFound("delivery"))?;
    let made = make(&app, project, move |transaction, source| {
        webhooks::resend(transaction, source, &id, delivery)
    });
    Ok((StatusCode::ACCEPTED, Json(made.await?)))
}

/// `GET /api/v1/projects/{p}/webhooks/{id}/deliveries`, the newest first. Of those that are over, the
/// last 200 are kept.
#[utoipa::path(get, path = "/api/v1/projects/{project}/webhooks/{webhook}/deliveries", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("webhook" = String, Path), Lines),
    responses((status = 200, body = Log), ApiErrors))]
pub(super) async fn deliveries(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((project, id)): Path<(String, String)>,
    lines: Result<Query<Lines>, QueryRejection>,
) -> Result<Json<Log>, ApiError> {
    let project_id = project_of(&app, &project)?.id;
    let twice = |_| ApiError::Invalid { path: "limit", message: "is given once at most" };
    let limit = lines.map_err(twice)?.check()?;
    let log = move |connection: &_| Ok(webhooks::log(connection, project_id, (&id, limit)));
    let log: Result<Result<Log, ManageError>, Unreadable> = app.reader.ask(log).await;
    Ok(Json(log??))
}

/// A body as JSON; an empty one is `null`.
fn json(body: Result<Bytes, BytesRejection>) -> Result<Value, ApiError> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _ => ApiError::Invalid { path: "body", message: "could not be read" },
    })?;
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&body)
        .map_err(|_| ApiError::Invalid { path: "body", message: "is JSON" })
}

/// Makes a change, unless the disk is nearly full or does not keep up, and wakes the deliverer.
async fn make<T: Send + 'static>(
    app: &App,
    project: Arc<Project>,
    change: impl FnOnce(&Transaction<'_>, &Source<'_>) -> Result<T, ManageError> + Send + 'static,
) -> Result<T, ApiError> {
    if !app.log.is_accepting() {
        return Err(ApiError::Unavailable);
    }
    let schedule = app.webhooks.schedule.clone();
    let made = app.changes.make(move |transaction| {
        let (project_id, now_ms) = (project.id, now_ms());
        let project = project.key();
        change(transaction, &Source { project_id, project, schedule: &schedule, now_ms })
    });
    let made = made.await?;
    app.webhooks.wake();
    Ok(made)
}
