//! `GET /sdk/bootstrap`: which variants a visitor gets, signed.

use super::{header, origin};
use crate::admin::origins::origin_of;
use crate::app::App;
use crate::assign::audience::Facts;
use crate::assign::blob::{Request, blob};
use crate::assign::token::{Holder, verify};
use crate::clock::now_ms;
use crate::http::errors::SdkError;
use crate::http::openapi::SdkErrors;
use crate::ingest::edge::{Refusal, may_come_from};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, REFERER, USER_AGENT};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;
use ttoolab_core::id::AnonymousId;
use utoipa::IntoParams;

/// The query. Everything is optional here so that what is missing gets the documented text.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    #[param(example = "demo")]
    project_key: String,
    /// A UUID.
    #[param(example = "550e8400-e29b-41d4-a716-446655440000")]
    anonymous_id: String,
    /// Of the page.
    url: String,
    /// The visitor's token, if there is one.
    token: String,
}

/// The country that the operator's header names; empty when it names none. Proxies also write
/// `XX`, which no audience asks for, and could be made to write anything.
fn country<'h>(name: Option<&HeaderName>, headers: &'h HeaderMap) -> &'h str {
    let named = name.and_then(|name| header(headers, name)).unwrap_or_default().trim();
    let is_code = named.len() == 2 && named.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { named } else { "" }
}

/// Answers with the blob.
#[utoipa::path(get, path = "/sdk/bootstrap", tag = "sdk",
    responses((status = 200, body = Value), SdkErrors))]
pub(crate) async fn bootstrap(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(parameters): Query<Parameters>,
) -> Result<Response, SdkError> {
    let catalog = app.catalog.load();
    let project = catalog.project(&parameters.project_key).ok_or(SdkError::ProjectKey)?;
    let visitor = AnonymousId::parse(&parameters.anonymous_id).map_err(|_| Refusal::AnonymousId)?;
    // A page asking its own origin sends no `Origin` with a GET; then the page's URL tells.
    let origin = origin(&headers).or_else(|| origin_of(&parameters.url)).unwrap_or_default();
    if !may_come_from(project, origin) {
        return Err(Refusal::Origin.into());
    }
    let holder = Holder { project: project.key(), visitor };
    let facts = Facts {
        user_agent: header(&headers, &USER_AGENT).unwrap_or_default(),
        url: &parameters.url,
        referrer: header(&headers, &REFERER).unwrap_or_default(),
        country: country(app.country_header.as_ref(), &headers),
    };
    let erased = app.suppressed.contains(project.id, &project.order_key.visitor(&visitor));
    let request = Request {
        project,
        visitor,
        erased,
        token: verify(&app.keys.token_keys, &holder, &parameters.token),
        origin,
        facts,
        now_ms: now_ms(),
    };
    let counts = app.counts();
    let blob = blob(&request, &app.keys.signing_key, |experiment| {
        let counted = counts.experiment(project.id, experiment.key());
        counted.is_some_and(|counted| counted.was_exposed(&visitor))
    });
    Ok(([(CACHE_CONTROL, "private, no-store")], Json(blob)).into_response())
}
