//! The dashboard: pages rendered here, one stylesheet, no script.

mod format;
mod layout;
mod list;
mod results;
mod sign_in;

pub(super) use sign_in::{login, login_form, logout};

use crate::app::App;
use crate::clock::now_ms;
use crate::http::api::find;
use crate::http::session::token_in;
use crate::ingest::fold::ExperimentFold;
use crate::results::daily::daily;
use crate::results::query::Selection;
use crate::results::totals::totals;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use std::sync::Arc;

/// No script, no foreign request, no inline style: an injected tag has nothing to run with.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
     img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Proof that somebody is signed in; everybody else is sent to the form.
pub(super) struct SignedIn;

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Redirect> {
        let cookies = parts.headers.get(COOKIE).and_then(|value| value.to_str().ok());
        let token = cookies.and_then(token_in);
        if token.is_some_and(|token| app.sessions.is_open(token)) {
            Ok(Self)
        } else {
            Err(Redirect::to("/login"))
        }
    }
}

/// `GET /`: every experiment.
pub(super) async fn experiments(_: SignedIn, State(app): State<Arc<App>>) -> Response {
    let counts = app.counts();
    page(list::experiments(&app.catalog.load(), &counts, now_ms()))
}

/// `GET /projects/{p}/experiments/{e}`: the results of one.
pub(super) async fn experiment(
    _: SignedIn,
    State(app): State<Arc<App>>,
    Path(path): Path<(String, String)>,
) -> Response {
    let Ok((project, experiment)) = find(&app, &path) else {
        return not_found().await;
    };
    let selection = Selection::current(&experiment);
    let counts = app.counts();
    let counted = counts.experiment(project.id, experiment.key());
    let shown = results::Shown {
        project: &project,
        experiment: &experiment,
        totals: totals(&experiment, counted, &selection, now_ms()),
        daily: daily(&experiment, &project.config.time_zone, counted, &selection),
        multiple_variants: counted.map_or(0, ExperimentFold::multiple_variants),
    };
    page(results::page(&shown))
}

/// `GET /assets/dashboard.css`.
pub(super) async fn stylesheet() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=300")];
    (headers, include_str!("../../assets/dashboard.css")).into_response()
}

/// Everything that has no route.
pub(super) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, page(layout::message("Not found", "There is no such page.")))
        .into_response()
}

/// A page with private content is never kept.
fn page(markup: Markup) -> Response {
    ([(CACHE_CONTROL, "no-store")], markup).into_response()
}
