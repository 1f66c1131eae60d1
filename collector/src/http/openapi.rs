//! The OpenAPI document: made of the handlers and the types they answer with.

mod wire;

use super::{api, router, sdk, webhooks};
use crate::app::App;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{IntoResponses, Modify, OpenApi as _, ToSchema};
pub(crate) use wire::{Batch, PublishedEvent};

/// Every operation.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Ttoolab collector",
        description = "Takes what visitors of A/B tests do, and says what it comes to.",
        license(name = "MIT", identifier = "MIT"),
    ),
    modifiers(&Security),
    components(schemas(ErrorBody, ErrorDetail)),
    tags(
        (name = "sdk", description = "What pages talk to: a project key, an origin, a signed token."),
        (name = "api", description = "With the admin key as a bearer token, or signed in."),
        (name = "process", description = "The state of the program."),
    ),
    paths(
        router::health,
        router::ready,
        sdk::bootstrap::bootstrap,
        sdk::event::event,
        sdk::events::events,
        api::projects,
        api::experiments,
        api::experiment,
        api::results,
        api::daily_results,
        api::health,
        api::erase_visitor,
        api::metrics,
        webhooks::list,
        webhooks::create,
        webhooks::change,
        webhooks::delete,
        webhooks::rotate,
        webhooks::test,
        webhooks::deliveries,
        webhooks::resend,
    ),
)]
struct Described;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(bearer));
    }
}

/// The document as it is sent: made once, at the start, for it is the same in every answer.
pub(crate) struct Document(Bytes);

impl Document {
    pub(crate) fn build() -> serde_json::Result<Self> {
        Ok(Self(Described::openapi().to_json()?.into()))
    }
}

/// `GET /api/openapi.json`.
pub(super) async fn document(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], app.openapi.0.clone())
}

/// How the API says that something is wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorDetail,
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorDetail {
    #[schema(example = "invalid")]
    code: String,
    message: String,
    /// The field or parameter at fault.
    path: Option<String>,
}

/// The errors of `/api`.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers, and is never made")]
pub(crate) enum ApiErrors {
    /// No key, or a wrong one.
    #[response(status = 401)]
    Unauthorized(ErrorBody),
    /// No such project, experiment or path.
    #[response(status = 404)]
    NotFound(ErrorBody),
    /// A parameter or field is wrong; `path` names it.
    #[response(status = 422)]
    Invalid(ErrorBody),
    /// The database cannot be used now; a retry may help.
    #[response(status = 503)]
    Unavailable(ErrorBody),
}

/// The errors of `/sdk`, as plain text.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers, and is never made")]
pub(crate) enum SdkErrors {
    /// The body is unreadable, or a field that concerns all of it is missing.
    #[response(status = 400, content_type = "text/plain")]
    BadRequest(String),
    /// Unknown project, or a wrong secret key.
    #[response(status = 401, content_type = "text/plain")]
    Unauthorized(String),
    /// The origin is not allowed, or a secret key came from a page.
    #[response(status = 403, content_type = "text/plain")]
    Forbidden(String),
    /// More than 256 KiB, or 50 times what was sent.
    #[response(status = 413, content_type = "text/plain")]
    TooLarge(String),
    /// Over a limit; nothing is stored. `Retry-After` says when to come back.
    #[response(status = 429, content_type = "text/plain")]
    TooMany(String),
    /// Nothing was stored: it cannot be now, or the body did not come in time. `Retry-After` says
    /// when to come back.
    #[response(status = 503, content_type = "text/plain")]
    Unavailable(String),
    /// It is not known whether the events were stored: send the same ones again.
    #[response(status = 504, content_type = "text/plain")]
    Timeout(String),
}
