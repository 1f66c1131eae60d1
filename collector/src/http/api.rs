//! `/api/v1`: what people and programs ask with a key, or signed in.

use super::errors::ApiError;
use super::openapi::ApiErrors;
use super::session::token_in;
use crate::admin::erase::{Erased, erase};
use crate::admin::experiment::Experiment;
use crate::admin::project::Project;
use crate::app::App;
use crate::clock::now_ms;
use crate::results::census::{self, Counted};
use crate::results::daily::{Daily, daily};
use crate::results::exposition::Reasons;
use crate::results::health::{self, Health, Received};
use crate::results::query::Parameters;
use crate::results::totals::{Results, totals};
use axum::Json;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use ttoolab_core::id::AnonymousId;
use utoipa::ToSchema;

/// Proof that the request may see everything: the admin key, or an open session.
pub(super) struct Admin;

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let key = text(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let session = text(COOKIE).and_then(token_in);
        let known = key.is_some_and(|key| app.keys.is_admin(key))
            || session.is_some_and(|token| app.sessions.is_open(token));
        if known { Ok(Self) } else { Err(ApiError::Unauthorized) }
    }
}

/// A list under one name, so that fields can be added beside it.
#[derive(Serialize, ToSchema)]
pub(super) struct Projects {
    projects: Vec<Value>,
}

/// `GET /api/v1/projects`.
#[utoipa::path(get, path = "/api/v1/projects", tag = "api", security(("key" = [])),
    responses((status = 200, body = Projects), ApiErrors))]
pub(super) async fn projects(_: Admin, State(app): State<Arc<App>>) -> Json<Projects> {
    let catalog = app.catalog.load();
    let projects = catalog.projects().into_iter().map(|project| described(&project.config));
    Json(Projects { projects: projects.collect() })
}

/// A list under one name.
#[derive(Serialize, ToSchema)]
pub(super) struct Experiments {
    experiments: Vec<Value>,
}

/// `GET /api/v1/projects/{p}/experiments`: each in the shape of the import file.
#[utoipa::path(get, path = "/api/v1/projects/{project}/experiments", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo")),
    responses((status = 200, body = Experiments), ApiErrors))]
pub(super) async fn experiments(
    _: Admin,
    State(app): State<Arc<App>>,
    Path(project): Path<String>,
) -> Result<Json<Experiments>, ApiError> {
    let project = project_of(&app, &project)?;
    let experiments = project.experiments.iter().map(|experiment| described(&experiment.config));
    Ok(Json(Experiments { experiments: experiments.collect() }))
}

/// `GET /api/v1/projects/{p}/experiments/{e}`.
#[utoipa::path(get, path = "/api/v1/projects/{project}/experiments/{experiment}", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("experiment" = String, Path, example = "hero")),
    responses((status = 200, body = Value), ApiErrors))]
pub(super) async fn experiment(
    _: Admin,
    State(app): State<Arc<App>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    let (_, experiment) = find(&app, &path)?;
    Ok(Json(described(&experiment.config)))
}

/// `GET /api/v1/projects/{p}/experiments/{e}/results`.
#[utoipa::path(get, path = "/api/v1/projects/{project}/experiments/{experiment}/results", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("experiment" = String, Path, example = "hero"), Parameters),
    responses((status = 200, body = Results), ApiErrors))]
pub(super) async fn results(
    _: Admin,
    State(app): State<Arc<App>>,
    Path(path): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Results>, ApiError> {
    let (project, experiment) = find(&app, &path)?;
    let selection = parameters.check(&experiment)?;
    let counts = app.counts();
    let counted = counts.experiment(project.id, experiment.key());
    Ok(Json(totals(&experiment, counted, &selection, now_ms())))
}

/// `GET /api/v1/projects/{p}/experiments/{e}/daily`.
#[utoipa::path(get, path = "/api/v1/projects/{project}/experiments/{experiment}/daily", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("experiment" = String, Path, example = "hero"), Parameters),
    responses((status = 200, body = Daily), ApiErrors))]
pub(super) async fn daily_results(
    _: Admin,
    State(app): State<Arc<App>>,
    Path(path): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Daily>, ApiError> {
    let (project, experiment) = find(&app, &path)?;
    let selection = parameters.check(&experiment)?;
    let counts = app.counts();
    let counted = counts.experiment(project.id, experiment.key());
    Ok(Json(daily(&experiment, &project.config.time_zone, counted, &selection)))
}

/// `GET /api/v1/projects/{p}/experiments/{e}/health`.
#[utoipa::path(get, path = "/api/v1/projects/{project}/experiments/{experiment}/health", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("experiment" = String, Path, example = "hero")),
    responses((status = 200, body = Health), ApiErrors))]
pub(super) async fn health(
    _: Admin,
    State(app): State<Arc<App>>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Health>, ApiError> {
    let (project, experiment) = find(&app, &path)?;
    let outcomes = app.reader.outcomes(project.id).await?;
    let received = Received { outcomes, rate_limited: app.rate_limit.refused(&project) };
    let counted = counted(&app, project.id, &experiment).await?;
    Ok(Json(health::health(&experiment, &counted, received, now_ms())))
}

/// `DELETE /api/v1/projects/{p}/visitors/{anonymousId}`.
#[utoipa::path(delete, path = "/api/v1/projects/{project}/visitors/{visitor}", tag = "api", security(("key" = [])),
    params(("project" = String, Path, example = "demo"), ("visitor" = String, Path, example = "550e8400-e29b-41d4-a716-446655440000")),
    responses((status = 200, body = Erased), ApiErrors))]
pub(super) async fn erase_visitor(
    _: Admin,
    State(app): State<Arc<App>>,
    Path((project, visitor)): Path<(String, String)>,
) -> Result<Json<Erased>, ApiError> {
    let project = project_of(&app, &project)?;
    let visitor = AnonymousId::parse(&visitor)
        .map_err(|_| ApiError::Invalid { path: "anonymousId", message: "is a UUID" })?;
    Ok(Json(erase(&app.log, &app.reader, &project, visitor, now_ms()).await?))
}

/// `GET /metrics`, in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "api", security(("key" = [])),
    responses((status = 200, body = String, content_type = "text/plain"), ApiErrors))]
pub(super) async fn metrics(_: Admin, State(app): State<Arc<App>>) -> Result<String, ApiError> {
    let mut text = app.metrics.render();
    let mut reasons = Reasons::begin(&mut text);
    for project in app.catalog.load_full().projects() {
        for experiment in &project.experiments {
            let counted = counted(&app, project.id, experiment).await?.reasons();
            let written = reasons.add(project.key(), experiment.key(), &counted);
            // A string takes everything.
            written.map_err(|_| ApiError::Unavailable)?;
        }
    }
    Ok(text)
}

/// Counts what became of everything in an experiment, beside the requests.
async fn counted(
    app: &Arc<App>,
    project_id: i64,
    experiment: &Arc<Experiment>,
) -> Result<Counted, ApiError> {
    let (app, experiment) = (Arc::clone(app), Arc::clone(experiment));
    let counting = tokio::task::spawn_blocking(move || {
        census::count(&experiment, |look| {
            if let Some(fold) = app.counts().experiment(project_id, experiment.key()) {
                look(fold);
            }
        })
    });
    // It panicked, or the runtime is going away.
    counting.await.map_err(|_| ApiError::Unavailable)
}

/// The project and experiment of a path.
pub(super) fn find(
    app: &App,
    (project, experiment): &(String, String),
) -> Result<(Arc<Project>, Arc<Experiment>), ApiError> {
    let project = project_of(app, project)?;
    let experiment = project.experiment(experiment).ok_or(ApiError::NotFound("experiment"))?;
    let experiment = Arc::clone(experiment);
    Ok((project, experiment))
}

/// The project of a path.
pub(super) fn project_of(app: &App, project: &str) -> Result<Arc<Project>, ApiError> {
    app.catalog.load().project(project).cloned().ok_or(ApiError::NotFound("project"))
}

/// A configuration as JSON.
fn described<T: Serialize>(config: &T) -> Value {
    serde_json::to_value(config).unwrap_or_default()
}
