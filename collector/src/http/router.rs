//! Every route, with its limits and layers.

use super::{api, assets, dashboard, limits, openapi, rate_limit, sdk, webhooks};
use crate::app::App;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, delete, get, patch, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// The whole service.
pub(crate) fn router(app: Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .merge(limits::bounded(Router::new().route("/metrics", get(api::metrics))))
        .nest("/sdk", sdk_routes(&app))
        // What is nested does not have the bare slash.
        .merge(limits::readable(Router::new().route("/sdk/", any(unknown_path))))
        .route("/api/openapi.json", get(openapi::document))
        .nest("/api/v1", limits::bounded(api_routes()))
        .merge(limits::bounded(dashboard_routes()));
    if let Some(folder) = &app.demo {
        router = router.merge(demo_routes(folder));
    }
    router.fallback(dashboard::not_found).layer(CatchPanicLayer::new()).with_state(app)
}

fn sdk_routes(app: &Arc<App>) -> Router<Arc<App>> {
    let routes = Router::new()
        .route("/bootstrap", get(sdk::bootstrap::bootstrap).fallback(method_not_allowed))
        .route("/{file}", get(assets::sdk_file).fallback(method_not_allowed))
        .fallback(unknown_path)
        .layer(middleware::from_fn_with_state(Arc::clone(app), rate_limit::enforce))
        // These ask the limit themselves, once they know the project.
        .route("/event", post(sdk::event::event).fallback(method_not_allowed))
        .route("/events", post(sdk::events::events).fallback(method_not_allowed));
    limits::readable(routes)
}

fn api_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/projects", get(api::projects))
        .route("/projects/{project}/experiments", get(api::experiments))
        .route("/projects/{project}/experiments/{experiment}", get(api::experiment))
        .route("/projects/{project}/experiments/{experiment}/results", get(api::results))
        .route("/projects/{project}/experiments/{experiment}/daily", get(api::daily_results))
        .route("/projects/{project}/experiments/{experiment}/health", get(api::health))
        .route("/projects/{project}/visitors/{visitor}", delete(api::erase_visitor))
        .merge(webhook_routes())
        .route("/metrics", get(api::metrics))
        .fallback(api_not_found)
        .method_not_allowed_fallback(api_method_not_allowed)
}

fn webhook_routes() -> Router<Arc<App>> {
    let one = "/projects/{project}/webhooks/{webhook}";
    Router::new()
        .route("/projects/{project}/webhooks", get(webhooks::list).post(webhooks::create))
        .route(one, patch(webhooks::change).delete(webhooks::delete))
        .route(&format!("{one}/rotate"), post(webhooks::rotate))
        .route(&format!("{one}/test"), post(webhooks::test))
        .route(&format!("{one}/deliveries"), get(webhooks::deliveries))
        .route(&format!("{one}/deliveries/{{delivery}}/resend"), post(webhooks::resend))
        .layer(DefaultBodyLimit::max(webhooks::MAX_BODY_BYTES))
}

fn dashboard_routes() -> Router<Arc<App>> {
    let header = |name: &'static str, value: &'static str| {
        let name = axum::http::HeaderName::from_static(name);
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/", get(dashboard::experiments))
        .route("/login", get(dashboard::login_form).post(dashboard::login))
        .route("/logout", post(dashboard::logout))
        .route("/projects/{project}/experiments/{experiment}", get(dashboard::experiment))
        .route("/assets/dashboard.css", get(dashboard::stylesheet))
        .layer(header("content-security-policy", dashboard::CONTENT_SECURITY_POLICY))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("x-frame-options", "DENY"))
}

/// The demo shop: its files, and its one page for every path that names no file.
fn demo_routes(folder: &Path) -> Router<Arc<App>> {
    let page = ServeFile::new(folder.join("index.html"));
    let files = ServeDir::new(folder).fallback(page);
    Router::new()
        .route("/demo", get(|| async { Redirect::permanent("/demo/") }))
        .nest_service("/demo/", files)
}

/// Whether the process runs.
#[utoipa::path(get, path = "/health", tag = "process", responses((status = 200, body = Value)))]
pub(super) async fn health() -> Json<Value> {
    let version = env!("CARGO_PKG_VERSION");
    Json(json!({"ok": true, "service": "ttoolab-collector", "version": version}))
}

/// Whether events are taken.
#[utoipa::path(get, path = "/ready", tag = "process",
    responses((status = 200, body = Value), (status = 503, body = Value)))]
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response {
    let ok = !app.draining.load(Ordering::Relaxed) && app.log.is_accepting();
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"ok": ok, "service": "ttoolab-collector"}))).into_response()
}

async fn method_not_allowed() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").into_response()
}

async fn unknown_path(_: Request) -> Response {
    (StatusCode::NOT_FOUND, "Not found").into_response()
}

async fn api_not_found() -> Response {
    super::errors::ApiError::NotFound("path").into_response()
}

async fn api_method_not_allowed() -> Response {
    super::errors::ApiError::MethodNotAllowed.into_response()
}
